"""The import inspector: what files hold, what would become of it, and the map that shows it before anything is done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from leafdesk.files.found import Reading
from leafdesk.ui import words
from leafdesk.ui.lists import Lists
from leafdesk.ui.looked import Looked, rechosen, row_of
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.colours import colours_of
from leafdesk.ui.panels.import_form import ImportForm
from leafdesk.ui.panels.plots import BECOMES, Entry, PlotList
from leafdesk.ui.parts import Card, button, label, row, set_role
from leafdesk.ui.theme import STEP, Theme
from leafdesk.workspace.importing import Action, Line

CHIPS = {"": "All", "new": "New", "update": "Boundaries", "skip": "Left out", "refused": "Refused"}
"""What is shown of the list, by what becomes of an entry."""
CHOICES: tuple[tuple[Action, str, str], ...] = (
    ("new", "New field", "N"),
    ("update", "New boundary", "U"),
    ("skip", "Leave out", "L"),
)


class ImportPage(QFrame):
    """Parts for tests: `form`, `plots` (list), `canvas`, `chips`, `choices`, `banner`, `about`, `go` (import or, when
    done, show on the map), `back`, `report`.

    Signals: `read_again()`, `wished()` (whose, or names from where), `wanted(lines, wishes)`, `left()`,
    `cancelled()`, `show_fields()`, `copied(text)`, `asked_sign_in()`.
    """

    read_again = Signal()
    wished = Signal()
    wanted = Signal(object, object)
    left = Signal()
    cancelled = Signal()
    show_fields = Signal()
    copied = Signal(str)
    asked_sign_in = Signal()

    def __init__(self, lists: Lists, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page")
        self.lists, self.theme = lists, theme
        self.readings: list[Reading] = []
        self.entries: list[Entry] = []
        self.looked: Looked | None = None
        self._filter = ""
        self.over = False
        """The import is done; the page tells what came of it."""
        self._make_parts()
        self._lay_out()
        self.plots.chosen.connect(self.choose)
        self.plots.picked.connect(self._pick)
        self.canvas.selected.connect(lambda key: self.plots.go_to(key or ""))
        theme.changed.connect(self._colour)
        self.form.read_again.connect(self.read_again)
        self.form.wished.connect(self.wished)
        self.form.peopled.connect(self._count)
        self._colour()
        self._count()

    # ------------------------------------------------------------------ making
    def _make_parts(self) -> None:
        self.title, self.about = label("Import", "heading"), label("", "muted", wrap=True)
        self.banner_card = Card("banner-error")
        self.banner = label("", "", wrap=True)
        self.banner_card.column.addWidget(self.banner)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop = button("Cancel")
        self.stop.clicked.connect(self.cancelled)
        self.form = ImportForm(self.lists)
        self.plots = PlotList(self.theme)
        self.chips: dict[str, QPushButton] = {}
        self.why = label("", "muted", wrap=True, select=True)
        self.why.setMinimumHeight(self.why.fontMetrics().lineSpacing() * 2)  # the list above must not jump
        self.why.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.choices: dict[str, QPushButton] = {}
        self.go, self.back = (
            button("Import", "primary"),
            button("Close", tip="Back to the map; nothing more is done (Esc)"),
        )
        self.report = button("Copy report", tip="Copy what became of each area, as text")
        self.go.clicked.connect(self._go)
        self.back.clicked.connect(self.left)
        self.report.clicked.connect(lambda: self.copied.emit(self.told()))
        self.canvas = MapCanvas()
        self.canvas.setAccessibleName("Map of what the files hold")

    def _lay_out(self) -> None:
        side = QFrame()
        side.setObjectName("inspector")
        side.setMinimumWidth(STEP * 96)
        column = QVBoxLayout(side)
        column.setContentsMargins(STEP * 4, STEP * 4, STEP * 4, STEP * 4)
        column.setSpacing(STEP * 2)
        column.addWidget(self.title)
        column.addWidget(self.about)
        column.addWidget(self.banner_card)
        self.progress = QWidget()
        across = row(self.bar, self.stop)
        across.setStretch(0, 1)
        self.progress.setLayout(across)
        column.addWidget(self.progress)
        column.addWidget(self.form)
        self.chip_line = QWidget()
        self.chip_line.setLayout(self._chip_line())
        column.addWidget(self.chip_line)
        column.addWidget(self.plots, 1)
        self.nothing = QWidget()
        column.addWidget(self.nothing, 1)
        column.addWidget(self.why)
        self.choosing = QWidget()
        self.choosing.setLayout(self._choice_line())
        column.addWidget(self.choosing)
        divider = QFrame()
        divider.setProperty("role", "divider")
        column.addWidget(divider)
        column.addLayout(row(self.report, None, self.back, self.go))
        whole = QSplitter(Qt.Orientation.Horizontal, handleWidth=1, childrenCollapsible=False)
        whole.addWidget(side)
        whole.addWidget(self.canvas)
        whole.setSizes([STEP * 110, STEP * 200])
        whole.setStretchFactor(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(whole)

    def _chip_line(self) -> QHBoxLayout:
        group = QButtonGroup(self)
        for key in ("", *BECOMES):
            chip = button("", "chip")
            chip.setCheckable(True)
            chip.setChecked(not key)
            chip.setObjectName(f"chip-{key or 'all'}")
            chip.clicked.connect(lambda _=False, key=key: self._sift(key))
            group.addButton(chip)
            self.chips[key] = chip
        return row(*self.chips.values(), None, gap=STEP)

    def _choice_line(self) -> QHBoxLayout:
        self._choice_group = QButtonGroup(self)
        for action, text, key in CHOICES:
            made = button(text, "choice", tip=f"{text} ({key})")
            made.setCheckable(True)
            made.setObjectName(f"choose-{action}")
            made.clicked.connect(lambda _=False, action=action: self.choose(action))
            self._choice_group.addButton(made)
            self.choices[action] = made
        return row(*self.choices.values(), None)

    # ------------------------------------------------------------------ showing
    def start_over(self) -> None:
        """Other files: what was chosen for the last ones does not count."""
        self.form.start_over()
        self.chips[""].click()

    def begin(self, files: Sequence[str]) -> None:
        """Files are being read."""
        self.over = False
        self.title.setText("Import")
        self.about.setText(f"Reading {', '.join(files[:3])}{' …' if len(files) > 3 else ''}")
        self.readings, self.entries, self.looked = [], [], None
        self.plots.put([])
        self.canvas.show_fields([], [])
        self.say_wrong("")
        self.go.setText("Import")
        self.busy("", 0, 0)
        self._count()

    def busy(self, what: str, done: int, total: int) -> None:
        """How far reading or comparing is."""
        self.progress.show()
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        if what:
            self.about.setText(what)
        self._count()

    def take(self, readings: Sequence[Reading]) -> None:
        """What the files hold."""
        self.readings = list(readings)
        self.form.take(readings)

    def show_look(self, looked: Looked) -> None:
        """What would become of it."""
        self.looked = looked
        self.entries = looked.entries
        self.progress.hide()
        self.canvas.show_fields(looked.rows, looked.outlines)
        if looked.box is not None:
            self.canvas.fit_box(looked.box)
        files = words.count(len(self.readings), "file")
        grounds = "; ".join(dict.fromkeys(one.ground for one in self.readings))
        notes = " ".join(dict.fromkeys(note for one in self.readings for note in one.notes))
        name = self.readings[0].file if len(self.readings) == 1 else files
        self.about.setText(f"{name} · {grounds}" + (f"\n{notes}" if notes else ""))
        if looked.doubt:
            self.say_wrong(looked.doubt, mild=True)
        self._show_entries()
        self.plots.setFocus(Qt.FocusReason.OtherFocusReason)

    def say_wrong(self, text: str, *, mild: bool = False) -> None:
        """Say what is wrong with the files, or what is doubtful; "" takes it away."""
        set_role(self.banner_card, "banner-warn" if mild else "banner-error")
        self.banner.style().polish(self.banner)
        self.banner.setText(text)
        self.banner_card.setVisible(bool(text))

    def stopped(self) -> None:
        """Nothing goes on any more."""
        self.progress.hide()
        if not self.readings:
            self.about.setText("Nothing was read, and nothing was changed.")
        self._count()

    def say_done(self, text: str) -> None:
        """It was imported."""
        self.over = True
        self.progress.hide()
        self.title.setText("Imported")
        self.about.setText(text)
        self.say_wrong("")
        self.go.setText("Show on the map")
        self._count()

    def _show_entries(self) -> None:
        self.plots.put([entry for entry in self.entries if self._filter in ("", entry.becomes)])
        self._count()

    def _sift(self, key: str) -> None:
        self._filter = key
        self._show_entries()

    def _count(self) -> None:
        """Counts on the chips, and whether there is anything to import and nobody in the way."""
        busy = not self.progress.isHidden()
        for key, chip in self.chips.items():
            many = sum(key in ("", entry.becomes) for entry in self.entries)
            chip.setText(f"{CHIPS[key]} {many:,}")
            chip.setAccessibleName(chip.text())
            chip.setVisible(bool(many) or not key or key == self._filter)
        many = len(self.lines)
        some = bool(self.entries)
        self.form.setVisible(not self.over and bool(some or self.readings or self.banner.text()))
        self.choosing.setVisible(not self.over and some)
        for part in (self.chip_line, self.plots, self.why):
            part.setVisible(some)
        self.nothing.setVisible(not some)
        self.report.setVisible(self.over)
        if self.over:
            self.go.setEnabled(True)
            self.go.setToolTip("")
            return
        out = not self.form.peopled_already
        reason = "Wait until the files are read." if busy else "" if many else "There is nothing to import."
        reason = "Sign in first: fields belong to a Leaf user of yours." if out and not busy and many else reason
        count = f"Import {words.count(many, 'area')}" if many else "Import"
        self.go.setText("Sign in to import" if out and many else count)
        self.go.setAccessibleName(self.go.text())
        self.go.setEnabled(many > 0 and not busy)
        self.go.setToolTip(reason)

    @property
    def lines(self) -> list[Line]:
        """What is to be imported."""
        return [entry.line for entry in self.entries if entry.line is not None and entry.line.action != "skip"]

    # ------------------------------------------------------------------ choosing
    def _pick(self, entry: Entry | None) -> None:
        self.why.setText(entry.why if entry is not None else "")
        line = entry.line if entry is not None else None
        self._choice_group.setExclusive(False)  # of what was refused, none is pressed
        for action, made in self.choices.items():
            reason = line.why_not(action) if line is not None else "This cannot be imported."  # type: ignore[arg-type]
            text, key = next((text, key) for one, text, key in CHOICES if one == action)
            twin = f" for {line.twin.name}" if line and line.twin and action == "update" else ""
            made.setEnabled(not reason)
            made.setToolTip(reason or f"{text}{twin} ({key})")
            made.setChecked(line is not None and line.action == action)
        self._choice_group.setExclusive(line is not None)
        drawn = self.looked is not None and entry is not None and entry.key in self.canvas.picture.outlines.rows
        self.canvas.select(entry.key if drawn and entry is not None else None)

    def choose(self, action: Action) -> None:
        """Let something else become of what is marked in the list."""
        if self.over or self.looked is None:
            return
        keys = {entry.key for entry in self.plots.marked}
        before = {entry.key: entry for entry in self.entries}
        self.entries = rechosen(self.entries, keys, action)
        changed = [entry for entry in self.entries if entry != before[entry.key]]
        packed = self.canvas.picture.outlines.packed
        boxes = {key: known.box for key, known in self.canvas.picture.outlines.rows.items()}
        rows = [row_of(entry, at) for entry in changed if (at := boxes.get(entry.key)) is not None]
        self.canvas.update_fields(rows, [(one.id, packed[one.id]) for one in rows], set())
        self._show_entries()
        now = self.plots.currentIndex()
        self._pick(self.plots.plots.entries[now.row()] if now.isValid() else None)

    def _go(self) -> None:
        if self.over:
            self.show_fields.emit()
        elif not self.form.peopled_already:
            self.asked_sign_in.emit()
        else:
            self.wanted.emit(self.lines, self.form.wishes)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def told(self) -> str:
        """The report as text: each area, what became of it, and why."""
        lines = [self.about.text(), ""]
        for entry in self.entries:
            place = entry.line.plot.where if entry.line is not None else ""
            where = f"{entry.file}, {place}" if place else entry.file
            lines.append(f"{BECOMES[entry.becomes]}\t{entry.name}\t{where}\t{entry.why}".rstrip())
        return "\n".join(lines)

    def _colour(self) -> None:
        self.canvas.set_theme(colours_of(self.theme.colours))
        self.plots.viewport().update()
