"""Asks which area of a server's map is to be downloaded, and says first what that takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from leafdesk.tiles.area import Area, widened
from leafdesk.tiles.download import MOST_TILES, why_not
from leafdesk.ui import words
from leafdesk.ui.dialogs.field import add_farms
from leafdesk.ui.dialogs.sheet import Sheet
from leafdesk.ui.parts import Figures, Picker, label, row
from leafdesk.ui.theme import STEP
from leafdesk.ui.ticks import tick_box

if TYPE_CHECKING:
    from leafdesk.geo.shape import Box
    from leafdesk.tiles.download import Estimate
    from leafdesk.ui.main_window import MainWindow
    from leafdesk.workspace.basemaps import Basemap

VIEW, CHOSEN, ALL = "\0view", "\0chosen", "\0all"
USUAL_NEAREST = 17
MARGIN_M = 200

Ask = Callable[[Area, Callable[[object], None]], None]


class MapArea(Sheet):
    """Parts for tests: `what`, `margin`, `lowest`, `highest`, `figures`, `agreed`. The answer: `area` and `called`."""

    def __init__(self, window: MainWindow, one: Basemap, ask: Ask) -> None:
        about = "The tiles stay on this computer until you remove the map. A download can be paused and goes on later."
        super().__init__(window, f"Download an area of {one.about.name}", about, "Download")
        assert one.source is not None
        self.setObjectName("mapArea")
        self.window_, self.one, self.source, self._ask = window, one, one.source, ask
        self.figure: Estimate | None = None
        self._turn = 0
        self.what = Picker()
        self._fill()
        self.ask("Which area", self.what)
        self.margin = QLineEdit(str(MARGIN_M))
        self.margin.setFixedWidth(STEP * 18)
        self.margin.setAccessibleName("Margin around it in metres")
        self.lowest, self.highest = Picker(), Picker()
        zooms = [str(zoom) for zoom in range(self.source.lowest, self.source.highest + 1)]
        for picker, name in ((self.lowest, "Farthest zoom"), (self.highest, "Nearest zoom")):
            picker.addItems(zooms)
            picker.setAccessibleName(name)
        self.lowest.setCurrentIndex(max(0, min(10 - self.source.lowest, len(zooms) - 1)))
        self.highest.setCurrentIndex(max(0, min(USUAL_NEAREST - self.source.lowest, len(zooms) - 1)))
        line = QWidget()
        line.setLayout(
            row(
                *(label("Margin", "muted"), self.margin, label("m", "muted"), None),
                *(label("Zooms", "muted"), self.lowest, label("to"), self.highest),
            )
        )
        self.lines.addSpacing(STEP)
        self.lines.addWidget(line)
        self.figures = Figures(tiles="Tiles", here="Here already", size="About", time="Takes about")
        self.lines.addSpacing(STEP)
        self.lines.addWidget(self.figures)
        self.agreed = tick_box("I have read the terms of this map, and they allow it")
        self.agreed.setVisible(self.source.bulk == "ask")
        self.terms = label(f"Terms: {self.source.terms}" if self.source.terms else "", "muted", wrap=True, select=True)
        self.terms.setVisible(bool(self.source.terms))
        self.lines.addWidget(self.terms)
        self.lines.addWidget(self.agreed)
        for picker in (self.what, self.lowest, self.highest):
            picker.currentIndexChanged.connect(lambda _: self._reckon())
        self.margin.textChanged.connect(lambda _: self._reckon())
        self.agreed.toggled.connect(lambda _: self._allow())
        self._reckon()

    # ------------------------------------------------------------------ the area
    def _fill(self) -> None:
        lists, chosen = self.window_.lists, self.window_.inspector.field_id
        self.what.addItem("What the map shows", VIEW)
        row_ = lists.rows.get(chosen or "")
        if row_ is not None and row_.box is not None:
            self.what.addItem(f"The field {row_.name}", CHOSEN)
            self.what.setCurrentIndex(1)
        if any(one.box for one in lists.rows.values()):
            self.what.addItem("All fields", ALL)
        add_farms(self.what, lists, {one.farm_id for one in lists.rows.values() if one.box})

    def choose(self, which: str) -> None:
        """Let it be about a farm, by its key, or ALL; for what cannot be picked it stays as it is."""
        if (at := self.what.findData(which)) >= 0:
            self.what.setCurrentIndex(at)

    @property
    def called(self) -> str:
        """What the download is called."""
        return f"{self.one.about.name}: {self.what.currentText()}"

    @property
    def area(self) -> Area | None:
        """What is asked for; None while the numbers make no sense."""
        lowest, highest = (self.source.lowest + picker.currentIndex() for picker in (self.lowest, self.highest))
        text = self.margin.text().strip()
        if lowest > highest or not (text.isascii() and text.isdigit() and int(text) <= 100_000):
            return None
        boxes = tuple(widened(box, int(text)) for box in self._boxes())
        return Area(boxes, lowest, highest) if boxes else None

    def _boxes(self) -> list[Box]:
        which, window = self.what.currentData(), self.window_
        if which == VIEW:
            return [window.canvas.view.box]
        if which == CHOSEN:
            which_ids = {window.inspector.field_id}
            return [one.box for one in window.lists.rows.values() if one.box and one.id in which_ids]
        return [one.box for one in window.lists.rows.values() if one.box and which in (ALL, one.farm_id)]

    # ------------------------------------------------------------------ what it takes
    def _reckon(self) -> None:
        self._turn += 1
        self.figure, area, turn = None, self.area, self._turn
        for key in ("tiles", "here", "size", "time"):
            self.figures.put(key, "…" if area else "–")
        if area is not None:
            self._ask(area, lambda figure: self._reckoned(turn, figure))
        self._allow()

    def _reckoned(self, turn: int, figure: object) -> None:
        if turn != self._turn:
            return
        self.figure = figure  # type: ignore[assignment]
        assert self.figure is not None
        self.figures.put("tiles", f"{self.figure.tiles:,}", "strong")
        self.figures.put("here", f"{self.figure.here:,}")
        self.figures.put("size", words.size(self.figure.bytes))
        self.figures.put("time", words.lasting(self.figure.seconds))
        self._allow()

    def _allow(self) -> None:
        why = self._why_not()
        self.yes.setEnabled(not why)
        self.yes.setToolTip(why)
        told = (self.figure is not None and self.figure.tiles > MOST_TILES) or self.area is None
        self.say_wrong(why if told else "", mild=True)

    def _why_not(self) -> str:
        area = self.area
        if area is None:
            return "The margin is a number of metres, and the farthest zoom comes first."
        if self.figure is None:
            return "The tiles are being counted."
        if self.figure.tiles > MOST_TILES:
            return (
                f"These are {self.figure.tiles:,} tiles, and {MOST_TILES:,} is the most. "
                "Take a smaller area or a farther last zoom."
            )
        return why_not(self.source, Area((), 0, 0), self.agreed.isChecked())
