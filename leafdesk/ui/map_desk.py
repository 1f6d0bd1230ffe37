"""What is done with the maps under the fields: opened, ordered, shown, downloaded; all of it beside the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from leafdesk.tiles.opening import ENDINGS, is_map
from leafdesk.ui.bridge import beside
from leafdesk.ui.dialogs.files import file_question
from leafdesk.ui.map.underlay import Layer

if TYPE_CHECKING:
    from leafdesk.geo.shape import Box
    from leafdesk.ui.main_window import MainWindow
    from leafdesk.workspace import ConnectionChanged
    from leafdesk.workspace.basemaps import Area, Basemap, Basemaps, Download, Source

T = TypeVar("T")
FULL = "The disk is full or cannot be written; nothing was changed."


class MapDesk(QObject):
    """`maps` and `downloads` are as last read. Part for tests: `dialog`, the question for a file while it is open."""

    stood = Signal()
    """The maps are others, or stand otherwise."""
    turned = Signal()
    """Another map is chosen, or the chosen one stands otherwise."""
    moved_on = Signal(object)
    """A Download has come on."""
    _heard = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.maps: tuple[Basemap, ...] = ()
        self.downloads: dict[str, Download] = {}
        self.chosen: str | None = None
        """Which map the actions are about: its id."""
        self.dialog: QFileDialog | None = None
        self._fade = QTimer(self, singleShot=True, interval=120)
        self._fade.timeout.connect(self._faded)
        self._faint: tuple[str, float] | None = None
        self._shelf: Basemaps | None = None
        self._underlay = window.canvas.picture.underlay
        self._underlay.broke.connect(self._broke)
        self._heard.connect(self._moved_on, Qt.ConnectionType.QueuedConnection)
        window.opened.connect(self.begin)
        window.canvas.view_changed.connect(lambda _: self._give_credit())
        window.bridge.connection_changed.connect(self._connected)
        for key, do in (
            ("open-map", self.ask),
            ("add-map", self.ask_address),
            ("map-up", lambda: self._for_chosen(partial(self.move, up=1))),
            ("map-down", lambda: self._for_chosen(partial(self.move, up=-1))),
            ("map-sight", lambda: self._for_chosen(self.look_at)),
            ("download-area", self.ask_area),
            ("remove-map", lambda: self._for_chosen(self.remove)),
        ):
            window.commands[key].triggered.connect(lambda _=False, do=do: do())
        self._allow()

    def begin(self) -> None:
        """Read which maps there are and show them."""
        self._do(lambda shelf: None)

    def _connected(self, now: ConnectionChanged) -> None:
        if now.state == "online":
            self._underlay.came.emit([])  # what could not be fetched is wanted again

    # ------------------------------------------------------------------ on the working thread
    def _do(
        self,
        job: Callable[[Basemaps], T],
        then: Callable[[T], None] = lambda _: None,
        sorry: Callable[[str], None] | None = None,
    ) -> None:
        """Do something with the shelf, show what came of it, then call `then`; or `sorry` with why it did not work."""

        def done(result: tuple[T, tuple[Basemap, ...], list[Layer], list[Download]]) -> None:
            answer, self.maps, layers, downloads = result
            self.downloads = {one.id: one for one in downloads}
            if tuple((layer.id, layer.opacity) for layer in layers) != self._shown():
                self._underlay.show(layers)
            self._give_credit()
            self._allow()
            self.stood.emit()
            self.turned.emit()
            then(answer)

        self.window.bridge.work(lambda: self._worked(job), done, partial(self._failed, sorry))

    def _worked(self, job: Callable[[Basemaps], T]) -> tuple[T, tuple[Basemap, ...], list[Layer], list[Download]]:
        shelf = self.shelf()
        answer = job(shelf)
        maps = shelf.all()
        shown = [one for one in maps if one.shown and not _unread(one)]
        layers = [Layer(one.id, one.about, one.opacity, shelf.opener(one)) for one in shown]
        return answer, maps, layers, shelf.downloads()

    def shelf(self) -> Basemaps:
        """The maps as they lie on the disk; for the working thread (`bridge.work`) alone."""
        from leafdesk.workspace.basemaps import Basemaps

        if self._shelf is None:
            self._shelf = Basemaps(self.window.folder)
            self._shelf.tell = self._heard.emit
        return self._shelf

    def _give_credit(self) -> None:
        credit = credit_of(self.maps, self.window.canvas.view.box) if self.maps else ""
        if credit != self.window.map_page.credited:
            self.window.map_page.say_credit(credit)

    def _shown(self) -> tuple[tuple[str, float], ...]:
        return tuple((layer.id, layer.opacity) for layer in self._underlay.layers)

    def _failed(self, sorry: Callable[[str], None] | None, error: BaseException) -> None:
        from leafdesk.workspace.basemaps import UnreadableError

        if isinstance(error, OSError):
            (sorry or self.window.notice.say)(FULL)
        elif isinstance(error, UnreadableError):
            (sorry or self.window.notice.say)(str(error))
        else:
            self.window.bridge.failed.emit(error)

    # ------------------------------------------------------------------ maps come
    def ask(self) -> None:
        """Ask for a map file."""
        pattern = " ".join(f"*{ending}" for ending in ENDINGS)
        filters = (f"Maps: MBTiles, PMTiles ({pattern})", "All files (*)")
        dialog = file_question(self, "Open a map file", filters)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.open([Path(name) for name in names]))
        dialog.open()

    def take(self, paths: Sequence[Path]) -> list[Path]:
        """Open the maps among files that came in; the answer is the others."""
        if maps := [path for path in paths if is_map(path)]:
            self.open(maps)
        return [path for path in paths if not is_map(path)]

    def open(self, paths: Sequence[Path]) -> None:
        """Lay map files under the fields; one that cannot be read says why."""
        for path in paths:
            job = partial(_add_file, path=path)
            self._do(job, self._opened, lambda why, name=path.name: self.window.notice.say(f"{name}: {why}"))  # type: ignore[misc]

    def _opened(self, one: Basemap) -> None:
        self.window.notice.say(f"{one.about.name} lies under the fields now. Offline maps (Ctrl+7) lists it.")
        self._bring_in_sight(one.about.box)

    def ask_address(self) -> None:
        """Ask for a server's map."""
        from leafdesk.ui.dialogs.map_source import MapSource

        sheet = MapSource(self.window)
        sheet.wanted.connect(lambda: self.add(sheet.answer(), lambda _: sheet.done_well(), sheet.say_failed))
        sheet.open()

    def add(self, source: Source, then: Callable[[Basemap], None], sorry: Callable[[str], None]) -> None:
        """Lay a server's map under the fields: from now on it is asked for what is looked at."""
        self._do(lambda shelf: shelf.add_source(source), then, sorry)

    def _bring_in_sight(self, box: Box) -> None:
        """Show a map's area when nothing of it can be seen, and there is no drawing that would be lost from sight."""
        seen = self.window.canvas.view.box
        too_far = (box[2] - box[0]) * 8 < seen[2] - seen[0]
        if (_apart(box, seen) or too_far) and self.window.drawing.mode == "select":
            self.window.canvas.fit_box(box)

    # ------------------------------------------------------------------ the chosen one
    @property
    def one(self) -> Basemap | None:
        """The chosen map."""
        return next((one for one in self.maps if one.id == self.chosen), None)

    def choose(self, id_: str | None) -> None:
        """Let the actions be about this map."""
        self.chosen = id_
        self._allow()
        self.turned.emit()

    def _for_chosen(self, do: Callable[[str], None]) -> None:
        if self.chosen is not None:
            do(self.chosen)

    def _allow(self) -> None:
        one, allow = self.one, self.window.commands.allow
        none = None if one is not None else "Choose one of the offline maps first (Ctrl+7)."
        top, low = (one is not None and self.maps[end].id == one.id for end in (-1, 0))
        allow("map-up", none or ("It lies on top." if top else None))
        allow("map-down", none or ("It lies lowest." if low else None))
        for key in ("map-sight", "remove-map"):
            allow(key, none)
        file = "A map file is here already; nothing needs to be downloaded."
        allow("download-area", none or (one.source.why_no_download or None if one and one.source else file))

    # ------------------------------------------------------------------ what is done with them
    def look_at(self, id_: str) -> None:
        """Turn to the map and show where a map is."""
        one = next((one for one in self.maps if one.id == id_), None)
        if one is not None:
            self.window.show_page("map")
            self.window.canvas.fit_box(one.about.box)

    def change(self, id_: str, *, shown: bool | None = None, opacity: float | None = None) -> None:
        """Show or hide it, or let what is below through."""
        self._do(lambda shelf: shelf.change(id_, shown=shown, opacity=opacity))

    def fade(self, id_: str, opacity: float) -> None:
        """Let what is below through, once the hand that slides rests for a moment."""
        self._faint = (id_, opacity)
        self._fade.start()

    def _faded(self) -> None:
        if self._faint is not None:
            self.change(self._faint[0], opacity=self._faint[1])

    def move(self, id_: str, up: int) -> None:
        """Lay it higher or lower."""
        self._do(lambda shelf: shelf.move(id_, up))

    def remove(self, id_: str) -> None:
        """Take it away."""
        self._do(lambda shelf: shelf.remove(id_))

    def _broke(self, id_: str, why: str) -> None:
        one = next((one for one in self.maps if one.id == id_), None)
        self.window.notice.say(f"{one.about.name if one else 'A map'}: {why}")

    # ------------------------------------------------------------------ downloads
    def ask_area_of(self, id_: str, farm_id: str) -> None:
        """Ask how much of a map is to be downloaded for a farm; "" for all fields."""
        from leafdesk.ui.dialogs.map_area import ALL

        self.choose(id_)
        self.ask_area(farm_id or ALL)

    def ask_area(self, which: str = "") -> None:
        """Ask which area of the chosen map is to be downloaded; `which` of those that can be picked stands first."""
        from leafdesk.ui.dialogs.map_area import MapArea

        one = self.one
        if one is None or one.source is None:
            return
        sheet = MapArea(self.window, one, lambda area, then: self.estimate(one.id, area, then))

        def begin() -> None:
            assert sheet.area is not None
            agreed = sheet.agreed.isChecked()
            done, sorry = sheet.done_well, sheet.say_failed
            self.begin_download(one.id, sheet.called, sheet.area, agreed=agreed, then=done, sorry=sorry)

        sheet.choose(which)
        sheet.wanted.connect(begin)
        sheet.open()

    def estimate(self, id_: str, area: Area, then: Callable[[object], None]) -> None:
        """Work out what a download would take; `then` gets the Estimate."""
        self.window.bridge.work(lambda: self._shelf and self._shelf.estimate(id_, area), then)

    def begin_download(
        self, id_: str, name: str, area: Area, *, agreed: bool, then: Callable[[], None], sorry: Callable[[str], None]
    ) -> None:
        """Download an area for offline use."""
        self._do(lambda shelf: shelf.begin(id_, name, area, agreed=agreed), lambda _: then(), sorry)

    def pause(self, download_id: str) -> None:
        """Stop it for now."""
        self._do(lambda shelf: shelf.pause(download_id))

    def resume(self, download_id: str) -> None:
        """Go on with it."""
        self._do(lambda shelf: shelf.resume(download_id))

    def forget(self, download_id: str) -> None:
        """End it for good."""
        self._do(lambda shelf: shelf.forget(download_id))

    def _moved_on(self, download: Download) -> None:
        self.downloads[download.id] = download
        if download.state == "done":
            self.window.notice.say(f"{download.name} is here for offline use: {download.tiles:,} tiles.")
        self.moved_on.emit(download)
        if download.state in ("done", "paused", "stopped"):
            self.begin()

    def close(self) -> None:
        """Read, ask and download no more; what is under way ends beside."""
        self._fade.stop()
        self._underlay.close()
        if self._shelf is not None:
            beside(self._shelf.close)
            self._shelf = None


def _add_file(shelf: Basemaps, path: Path) -> Basemap:
    return shelf.add_file(path)


def credit_of(maps: Sequence[Basemap], view: Box) -> str:
    """Whose maps are in sight, the uppermost first."""
    shown = [one for one in reversed(maps) if one.shown and not _unread(one) and not _apart(one.about.box, view)]
    return " · ".join(dict.fromkeys(one.about.attribution for one in shown if one.about.attribution))


def _unread(one: Basemap) -> bool:
    """A file that cannot be read; of a server that cannot be reached, what is here is shown all the same."""
    return bool(one.wrong) and one.source is None


def _apart(one: Box, other: Box) -> bool:
    return one[0] > other[2] or one[2] < other[0] or one[1] > other[3] or one[3] < other[1]
