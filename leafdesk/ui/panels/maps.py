"""The page of the maps under the fields: which there are, in which order, and what of them is downloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from leafdesk.ui import words
from leafdesk.ui.parts import Card, Figures, button, label, row
from leafdesk.ui.theme import STEP
from leafdesk.ui.ticks import with_ticks

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow
    from leafdesk.workspace.basemaps import Basemap, Download

ID = Qt.ItemDataRole.UserRole
LIST_WIDE = STEP * 95
ORDER = "The uppermost lies on top; fields lie over all of them. Drag a map to another place, or tick it to show it."
NOTHING = (
    "Open a map file (MBTiles or PMTiles), or drop one on the window: it needs no connection at all. Or add the map of "
    "a server; what you looked at stays here, and where its terms allow that, whole areas can be fetched for the field."
)


class Maps(QFrame):
    """Parts for tests: `list`, `detail`, `empty`, `downloads` (by id)."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.setObjectName("page")
        self.window_, self.desk = window, window.maps
        commands = window.commands
        self.list = with_ticks(QListWidget())
        self.list.setObjectName("maps")
        self.list.setAccessibleName("Maps under the fields, the uppermost first")
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setWordWrap(True)
        self.list.setSpacing(1)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda now, _: self.desk.choose(now.data(ID) if now else None))
        self.list.itemChanged.connect(self._ticked)
        self.list.model().rowsMoved.connect(self._dragged)
        self.detail = MapDetail(window)
        left = Card()
        left.setFixedWidth(LIST_WIDE)
        left.column.addWidget(self.list)
        left.column.addLayout(row(*(commands.bind(button(""), key) for key in ("map-up", "map-down")), None))
        self.whole = QWidget()
        across = row(left, self.detail, gap=STEP * 3)
        across.setStretch(1, 1)
        self.whole.setLayout(across)
        self.empty = Card()
        self.empty.column.setContentsMargins(STEP * 6, STEP * 5, STEP * 6, STEP * 5)
        self.empty.column.addWidget(label("No map under the fields yet", "title"))
        self.empty.column.addWidget(label(NOTHING, "muted", wrap=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(STEP * 6, STEP * 6, STEP * 6, STEP * 6)
        column.setSpacing(STEP * 3)
        adding = [commands.bind(button("", "primary"), "open-map"), commands.bind(button(""), "add-map")]
        column.addLayout(row(label("Offline maps", "heading"), None, *reversed(adding)))
        self.order = label(ORDER, "muted", wrap=True)
        column.addWidget(self.order)
        column.addWidget(self.empty)
        column.addWidget(self.whole, 1)
        self._foot = QWidget()
        column.addWidget(self._foot, 1)
        self.desk.stood.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the maps as they stand."""
        maps, chosen = list(reversed(self.desk.maps)), self.desk.chosen
        self.list.blockSignals(True)
        self.list.clear()
        for one in maps:
            self.list.addItem(_line(one))
        at = next((n for n, one in enumerate(maps) if one.id == chosen), 0 if maps else -1)
        self.list.setCurrentRow(at)
        self.list.blockSignals(False)
        for part, there in ((self.whole, bool(maps)), (self.order, bool(maps)), (self.empty, not maps)):
            part.setVisible(there)
        self._foot.setVisible(not maps)
        self.desk.choose(maps[at].id if maps else None)

    def _ticked(self, item: QListWidgetItem) -> None:
        self.desk.change(item.data(ID), shown=item.checkState() == Qt.CheckState.Checked)

    def _dragged(self, _a: QModelIndex, start: int, _end: int, _b: QModelIndex, to: int) -> None:
        place = to - 1 if to > start else to
        item = self.list.item(place)
        if item is not None and place != start:
            self.desk.move(item.data(ID), start - place)


def _line(one: Basemap) -> QListWidgetItem:
    said = [one.about.kind, f"zooms {one.about.lowest}–{one.about.highest}", words.size(one.about.bytes)]
    if one.source is not None:
        said[0] = one.source.host
    text = f"{one.about.name}\n{' · '.join(said)}"
    item = QListWidgetItem(f"{text}\n▲ {one.wrong}" if one.wrong else text)
    item.setData(ID, one.id)
    item.setCheckState(Qt.CheckState.Checked if one.shown else Qt.CheckState.Unchecked)
    return item


class MapDetail(QScrollArea):
    """All about the chosen map. Parts for tests: `name`, `wrong`, `figures`, `opacity`, `lines` (downloads by id)."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(widgetResizable=True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.window_, self.desk = window, window.maps
        self.one: Basemap | None = None
        self.name = label("", "title", wrap=True)
        self.wrong = label("", "", wrap=True)
        self._banner = Card("banner-warn")
        self._banner.column.addWidget(self.wrong)
        self.figures = Figures(
            kind="Kind",
            where="Where",
            zooms="Zooms",
            area="Area",
            size="On this computer",
            attribution="Whose map",
            licence="Licence",
            terms="Terms",
        )
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(10, 100)
        self.opacity.setSingleStep(5)
        self.opacity.setPageStep(20)
        self.opacity.setAccessibleName("How opaque the map is, in percent")
        self.opacity.valueChanged.connect(self._slid)
        self.percent = label("", "muted")
        self.percent.setFixedWidth(STEP * 12)
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        keys = ("map-sight", "download-area", "remove-map")
        buttons = row(*(window.commands.bind(button(""), key) for key in keys), None)
        opaque = row(label("Opacity", "muted"), self.opacity, self.percent, gap=STEP * 3)
        self.lines: dict[str, DownloadLine] = {}
        self._going = label("Downloads", "title")
        self._downloads = QVBoxLayout()
        self._downloads.setSpacing(STEP * 2)
        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP * 3)
        for part in (self.name, self._banner, self.figures):
            column.addWidget(part)
        column.addLayout(opaque)
        column.addLayout(buttons)
        column.addWidget(self._going)
        column.addLayout(self._downloads)
        column.addStretch(1)
        self.setWidget(self._inside)
        self.desk.turned.connect(self.refresh)
        self.desk.moved_on.connect(self._moved_on)

    def refresh(self) -> None:
        """Show the chosen map as it stands."""
        one = self.desk.one
        self.one = one
        self._inside.setVisible(one is not None)
        if one is None:
            return
        about, source = one.about, one.source
        self.name.setText(about.name)
        self.wrong.setText(one.wrong)
        self._banner.setVisible(bool(one.wrong))
        form = {"png": "PNG", "jpg": "JPEG", "webp": "WebP"}.get(about.form, "")
        pictures = f"{form} pictures of {about.side} pixels" if form else f"Tiles of {about.side} pixels"
        self.figures.put("kind", f"{'Server' if source else about.kind} · {pictures}")
        self.figures.put("where", source.host if source else one.path)
        self.figures.put("zooms", f"{about.lowest} to {about.highest}")
        self.figures.put("area", words.box(about.box))
        self.figures.put("size", words.size(about.bytes))
        self.figures.put("attribution", about.attribution or "It does not say")
        self.figures.put("licence", about.licence or "It does not say")
        self.figures.put("terms", source.terms if source else "")
        self.opacity.blockSignals(True)
        self.opacity.setValue(round(one.opacity * 100))
        self.opacity.blockSignals(False)
        self.percent.setText(f"{self.opacity.value()} %")
        self._show_downloads()

    def _slid(self, value: int) -> None:
        self.percent.setText(f"{value} %")
        if self.one is not None:
            self.desk.fade(self.one.id, value / 100)

    def _show_downloads(self) -> None:
        mine = {one.id: one for one in self.desk.downloads.values() if self.one and one.source == self.one.id}
        for id_ in list(self.lines):
            if id_ not in mine:
                line = self.lines.pop(id_)
                line.hide()
                line.deleteLater()
        for id_, one in mine.items():
            if id_ not in self.lines:
                self.lines[id_] = DownloadLine(self.window_, id_)
                self._downloads.addWidget(self.lines[id_])
            self.lines[id_].show_download(one)
        self._going.setVisible(bool(mine))

    def _moved_on(self, one: Download) -> None:
        if one.id in self.lines:
            self.lines[one.id].show_download(one)


class DownloadLine(Card):
    """A download with how far it is. Parts for tests: `text`, `bar`, `stop`, `forget`."""

    def __init__(self, window: MainWindow, id_: str) -> None:
        super().__init__()
        self.desk, self.id, self.state = window.maps, id_, ""
        self.name, self.text = label("", "strong", wrap=True), label("", "muted", wrap=True)
        self.bar = QProgressBar(textVisible=False)
        self.stop = button("Pause")
        self.forget = button("End it", tip="Fetch no more of it; the tiles that came stay")
        self.stop.clicked.connect(lambda: (self.desk.pause if self.going else self.desk.resume)(self.id))
        self.forget.clicked.connect(lambda: self.desk.forget(self.id))
        self.column.setSpacing(STEP * 2)
        for part in (self.name, self.bar, self.text):
            self.column.addWidget(part)
        self.column.addLayout(row(self.stop, self.forget, None))

    @property
    def going(self) -> bool:
        """Whether it is being fetched, or waits for that by itself."""
        return self.state in ("running", "waiting")

    def show_download(self, one: Download) -> None:
        """Show how it stands."""
        self.state = one.state
        said = {
            "running": "",
            "paused": " · paused, goes on where it is",
            "waiting": f" · {one.why or 'waits for the server'}",
            "done": " · all here",
            "stopped": f" · {one.why}",
        }[one.state]
        self.name.setText(one.name)
        self.bar.setMaximum(max(one.tiles, 1))
        self.bar.setValue(one.done)
        self.bar.setAccessibleName(f"{one.name}, tiles fetched")
        self.text.setText(f"{one.done:,} of {words.count(one.tiles, 'tile')}{said}")
        self.stop.setText("Pause" if self.going else "Resume")
        self.stop.setAccessibleName(f"{self.stop.text()} {one.name}")
        self.stop.setVisible(one.state != "done")
