"""Files come into the window: by a drop, by Ctrl+O, from the system; they are read, looked at, and imported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog

from leafdesk.ui import words
from leafdesk.ui.bridge import beside
from leafdesk.ui.dialogs.files import file_question

if TYPE_CHECKING:
    from leafdesk.files.apart import Reader
    from leafdesk.files.found import Reading
    from leafdesk.ui.looked import Looked
    from leafdesk.ui.main_window import MainWindow
    from leafdesk.ui.panels.import_page import ImportPage
    from leafdesk.workspace.importing import Line, Wishes

MOST_FILES = 50
"""Of a folder that was dropped, so many files are opened."""


class _StoppedError(Exception):
    """Nobody waits for this comparing any more."""


class Importing(QObject):
    """`page` is the inspector once files were opened; `dialog` the question for files while it is open."""

    _told = Signal(str, int, int)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.page: ImportPage | None = None
        self.dialog: QFileDialog | None = None
        self._paths: list[Path] = []
        self._readers: list[Reader] = []
        self._turn = 0
        self._told.connect(self._show_progress)
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        if sys.platform == "darwin" and (app := QApplication.instance()) is not None:
            app.installEventFilter(self)  # there files do not come as arguments

    # ------------------------------------------------------------------ files come
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent) and watched is self.window:  # an entering drag is one too
            if files := [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]:
                event.setDropAction(Qt.DropAction.CopyAction)
                event.accept()
                if event.type() == QEvent.Type.Drop and not isinstance(event, QDragEnterEvent):
                    self.open(files)
            return bool(files)
        if isinstance(event, QFileOpenEvent) and event.file():
            self.open([Path(event.file())])
            return True
        return False

    def ask(self) -> None:
        """Ask for files."""
        from leafdesk.files.formats import OPENED

        pattern = " ".join(f"*{ending}" for ending in OPENED)
        filters = (f"Fields: GeoJSON, KML, Shapefile ({pattern})", "All files (*)")
        dialog = file_question(self, "Import fields", filters)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.open([Path(name) for name in names]))
        dialog.open()

    def open(self, paths: Sequence[Path]) -> None:
        """Read files and show what they hold; nothing is changed by that. Maps go under the fields."""
        from leafdesk.files.handover import is_hand_over
        from leafdesk.ui.panels.import_page import ImportPage

        paths = self.window.maps.take(paths)
        handed = [path for path in paths if is_hand_over(path)]
        if handed:  # one at a time: what one of them brings may be what another rests on
            self.window.handing.open(handed[0])
            return
        if not paths or not self.window.drawing.let_go():
            return
        if self.page is None:
            self.page = ImportPage(self.window.lists, self.window.theme)
            self._wire(self.page)
            self.window.pages.addWidget(self.page)
        self._paths = chosen(paths)
        self.page.start_over()
        self.window.pages.show_instead(self.page)
        self._read(None)

    def _wire(self, page: ImportPage) -> None:
        page.read_again.connect(lambda: self._read(page.form.swap.isChecked()))
        page.wished.connect(self._look)
        page.wanted.connect(self._import)
        page.cancelled.connect(self._cancel)
        page.left.connect(self._leave)
        page.show_fields.connect(self._show_fields)
        page.copied.connect(lambda text: QGuiApplication.clipboard().setText(text))
        page.asked_sign_in.connect(self.window.sign_in)

    # ------------------------------------------------------------------ reading
    def _read(self, swap: bool | None) -> None:
        from leafdesk.files.apart import Reader

        assert self.page is not None
        self.stop()
        crs = self.page.form.crs.text().strip() or None
        self._readers = [Reader(path, crs=crs, swap=swap) for path in self._paths]
        self.page.begin([path.name for path in self._paths])
        turn, readers = self._turn, self._readers
        done = beside(lambda: _read_all(readers, self._told.emit))
        self.window.bridge.then(done, lambda found: self._have_read(turn, *found))

    def _show_progress(self, what: str, done: int, total: int) -> None:
        if self.page is not None and not self.page.progress.isHidden():
            self.page.busy(what, done, total)

    def _have_read(self, turn: int, readings: list[Reading], wrong: list[str], unplaced: bool) -> None:
        if turn != self._turn or self.page is None:
            return
        self.page.take(readings)
        self.page.say_wrong("\n".join(wrong))
        if readings:
            self._look()
        else:
            self.page.stopped()
        if unplaced:
            self.page.form.crs.setFocus(Qt.FocusReason.OtherFocusReason)

    # ------------------------------------------------------------------ comparing
    def _look(self) -> None:
        page = self.page
        if page is None or page.over or not page.readings:
            return
        from leafdesk.ui.looked import look

        self._turn += 1
        turn, workspace, readings, wishes = self._turn, self.window.workspace, page.readings, page.form.wishes

        def tell(done: int, total: int) -> None:
            if turn != self._turn:
                raise _StoppedError
            self._told.emit("Comparing with the fields here", done, total)

        page.busy("Comparing with the fields here", 0, 0)
        done = beside(lambda: look(workspace, readings, wishes, tell))
        self.window.bridge.then(done, lambda looked: self._have_looked(turn, looked), self._not_looked)

    def _have_looked(self, turn: int, looked: Looked) -> None:
        if turn == self._turn and self.page is not None:
            self.page.show_look(looked)

    def _not_looked(self, error: BaseException) -> None:
        if not isinstance(error, _StoppedError):
            self.window.bridge.failed.emit(error)

    # ------------------------------------------------------------------ importing
    def _import(self, lines: list[Line], wishes: Wishes) -> None:
        from leafdesk.workspace.importing import edits_of

        assert self.page is not None
        self.page.busy(f"Keeping {words.count(len(lines), 'area')}", 0, 0)
        edits = edits_of(lines, wishes, lambda: str(uuid4()))
        self.window.doing.do(*edits, then=lambda _: self._done(lines), sorry=self._sorry)

    def _done(self, lines: list[Line]) -> None:
        page = self.page
        if page is None:
            return
        new, others = sum(line.action == "new" for line in lines), len(page.entries) - len(lines)
        told = [
            words.count(new, "new field") if new else "",
            words.count(len(lines) - new, "new boundary", "new boundaries") if len(lines) > new else "",
            f"{others:,} left out or refused, listed below" if others else "",
        ]
        text = ", ".join(part for part in told if part)
        page.say_done(f"{text}. They are kept here and go to Leaf with the next sync; Undo takes all of them back.")

    def _sorry(self, why: str) -> None:
        if self.page is not None:
            self.page.stopped()
            self.page.say_wrong(f"{why} Nothing was imported.")

    def _show_fields(self) -> None:
        looked = self.page.looked if self.page is not None else None
        self._leave()
        if looked is not None and looked.box is not None:
            self.window.canvas.fit_box(looked.box)

    # ------------------------------------------------------------------ the end
    def come_back(self) -> None:
        """Somebody signed in while files were open: show them again, now beside their fields."""
        if self.page is not None and self.page.readings and not self.page.over:
            self.window.pages.show_instead(self.page)

    def _leave(self) -> None:
        self.stop()
        if self.page is not None:
            self.page.take([])
            self.page.over = False
        self.window.show_page("map")

    def _cancel(self) -> None:
        self.stop()
        if self.page is not None:
            self.page.stopped()

    def stop(self) -> None:
        """Read and compare no more."""
        self._turn += 1
        for reader in self._readers:
            reader.cancel()
        self._readers = []


def chosen(paths: Sequence[Path]) -> list[Path]:
    """The files to read: folders opened, and of a Shapefile's parts only the .shp when it is among them."""
    from leafdesk.files.formats import known
    from leafdesk.files.shapefile import PARTS

    files = list[Path]()
    for path in paths:
        inside = sorted(one for one in path.iterdir() if known(one)) if path.is_dir() else [path]
        files += inside[:MOST_FILES] or [path]
    whole = {path.with_suffix("") for path in files if path.suffix.casefold() == ".shp"}
    beside_one = [ending for ending in PARTS if ending != ".shp"]
    kept = [p for p in files if not (p.suffix.casefold() in beside_one and p.with_suffix("") in whole)]
    return list(dict.fromkeys(kept))


def _read_all(
    readers: Sequence[Reader], tell: Callable[[str, int, int], None]
) -> tuple[list[Reading], list[str], bool]:
    """(what was read, what could not be and why, whether one only lacks a reference system); not on the GUI thread."""
    from leafdesk.files.apart import CancelledError
    from leafdesk.files.found import UnplacedError, UnreadableError

    readings: list[Reading] = []
    wrong: list[str] = []
    unplaced = False
    for reader in readers:
        what = f"Reading {reader.path.name}"
        tell(what, 0, 0)
        try:
            readings.append(reader.read(lambda done, total, what=what: tell(what, done, total)))  # type: ignore[misc]
        except UnreadableError as error:
            wrong.append(f"{reader.path.name}: {error}")
            unplaced |= isinstance(error, UnplacedError)
        except CancelledError:
            break
    return readings, wrong, unplaced
