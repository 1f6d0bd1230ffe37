"""The main window: sets the panels side by side and lets them follow each other."""

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from leafdesk.ui import brand, words
from leafdesk.ui.actions import Actions
from leafdesk.ui.autosync import Autosync
from leafdesk.ui.bridge import Bridge
from leafdesk.ui.doing import Doing
from leafdesk.ui.drawing import AT_STAKE, Drawing
from leafdesk.ui.icons import Icons
from leafdesk.ui.leaf_side import LeafSide
from leafdesk.ui.lists import Everything, Lists, Update
from leafdesk.ui.map import colours as map_colours
from leafdesk.ui.memory import Memory
from leafdesk.ui.panels.inspector import Inspector
from leafdesk.ui.panels.map_page import MapPage
from leafdesk.ui.panels.navigator import Navigator
from leafdesk.ui.panels.notice import Notice
from leafdesk.ui.panels.queue import Queue
from leafdesk.ui.panels.rail import Rail
from leafdesk.ui.panels.settings import Settings
from leafdesk.ui.panels.start import StartPage
from leafdesk.ui.panels.status_bar import StatusBar
from leafdesk.ui.panels.top_bar import TopBar
from leafdesk.ui.parts import row
from leafdesk.ui.theme import STEP, Choice, Theme
from leafdesk.workspace import Changes, Workspace


class MainWindow(QMainWindow):
    """One window on one workspace.

    For whoever drives it (demo, journeys): the panels `canvas` (MapCanvas), `navigator`, `inspector`, `queue`,
    `status`, `top`, `rail`, `map_page`, `settings`, `start`, `notice`; `drawing` (mode, sheet), `lists` (rows, ready),
    `theme`, `bridge`, `leaf` (sheet). `commands["draw"].trigger()` does what the button does; keys: ui/actions.py.

    select(field_id | None)       as if clicked on the map or in the list
    show_page("map" | "queue" | "settings")
    sync(), sign_in(), undo(), redo()
    choose_look("system" | "light" | "dark")
    The new-field question is `drawing.sheet` (fill in `.name`, then `.yes.click()`).
    """

    def __init__(
        self,
        workspace: Workspace,
        folder: Path,
        *,
        try_demo: Callable[[], None] | None = None,
        autosync: bool = False,
        title: str = "Leafdesk",
    ) -> None:
        super().__init__()
        self.workspace, self.folder = workspace, folder
        self.memory = Memory(folder)
        self.theme = Theme(self.memory.look, self)
        self.icons = Icons(self.theme)
        self.bridge = Bridge(workspace, self)
        self.lists = Lists(self.bridge, self)
        self.commands = Actions(self, self.icons)
        self._dressed = self._fitted = self._asked = self._warned = False
        self._autosync: Autosync | None = None
        self._unseen = QTimer(self, singleShot=True, interval=1000)  # a window that nobody sees is not painted
        self._unseen.timeout.connect(self._painted)
        self._wants_autosync = autosync
        self.setWindowTitle(title)
        self.setWindowIcon(brand.window_icon())
        self.setMinimumSize(STEP * 225, STEP * 140)
        self._build(try_demo)
        self._wire_commands()
        self._wire_parts()
        self._remember()
        self._account_opened()

    # ------------------------------------------------------------------ making
    def _build(self, try_demo: Callable[[], None] | None) -> None:
        self.top = TopBar(self.lists, self.commands, self.theme)
        self.rail = Rail(self.commands, self.theme)
        self.navigator = Navigator(self.lists, self.theme)
        self.map_page = MapPage(self.commands, self.theme)
        self.canvas = self.map_page.canvas
        self.inspector = Inspector(self.lists, self.commands, self.theme)
        self.queue = Queue(self.bridge, self.commands, self.theme)
        self.settings = Settings(self.workspace, str(self.folder), self.commands, self.theme)
        self.start = StartPage(self.theme, demo=try_demo is not None)
        self.status = StatusBar(self.theme)
        self.notice = Notice(self)
        self.doing = Doing(self, self.lists)
        self.drawing = Drawing(self.map_page, self.commands, self.doing, self.inspector, self.lists)
        self.leaf = LeafSide(self, self.lists, self.commands, self.status, self.map_page, self.notice)
        if try_demo is not None:
            self.start.try_demo.connect(try_demo)
        self.workbench = QSplitter(Qt.Orientation.Horizontal, handleWidth=1, childrenCollapsible=False)
        for part, wide in ((self.navigator, 262), (self.map_page, 870), (self.inspector, 286)):
            self.workbench.addWidget(part)
            part.setMinimumWidth(min(wide, STEP * 55))
        self.workbench.setSizes([262, 870, 286])
        self.workbench.setStretchFactor(1, 1)
        self.pages = QStackedWidget()
        for page in (self.workbench, self.queue, self.settings, self.start):
            self.pages.addWidget(page)
        middle = QWidget()
        across = row(self.rail, self.pages, gap=0)
        across.setStretch(1, 1)
        middle.setLayout(across)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.top, middle, self.status):
            column.addWidget(widget)
        column.setStretch(1, 1)
        self.setCentralWidget(whole)
        self.notice.float_over(whole)
        self.notice.lift = self.map_page.taken
        for glass in (self.top.finder.glass, self.navigator.glass):
            self.icons.put(glass, "magnifying-glass")

    def _wire_commands(self) -> None:
        for key, do in (
            ("map", lambda: self.show_page("map")),
            ("queue", lambda: self.show_page("queue")),
            ("settings", lambda: self.show_page("settings")),
            ("find", self._find),
            ("filter", self._filter),
            ("undo", self.undo),
            ("redo", self.redo),
            ("sync", self.sync),
            ("cancel-sync", self.workspace.cancel_sync),
            ("select", self.drawing.let_go),
            ("draw", self._draw),
            ("edit", self._edit),
            ("zoom-in", self.canvas.zoom_in),
            ("zoom-out", self.canvas.zoom_out),
            ("fit-all", self.canvas.fit_all),
            ("fit-field", lambda: self._look_at(self.inspector.field_id)),
            ("rename", lambda: self.doing.rename(self.inspector.field_id or "")),
            ("move", lambda: self.doing.move(self.inspector.field_id or "")),
            ("delete", lambda: self.doing.delete(self.inspector.field_id or "")),
            ("sign-in", self.sign_in),
            ("sign-out", self.leaf.sign_out),
            ("theme", lambda: self.choose_look("light" if self.theme.colours.dark else "dark")),
        ):
            self.commands[key].triggered.connect(lambda _=False, do=do: do())

    def _wire_parts(self) -> None:
        self.lists.loaded.connect(self._loaded)
        self.lists.updated.connect(self._updated)
        self.lists.reshaped.connect(self.leaf.offer)
        self.canvas.selected.connect(self.select)
        self.navigator.selected.connect(self.select)
        self.navigator.activated.connect(self._look_at)
        self.top.finder.found.connect(self._look_at)
        self.drawing.saved.connect(self.select)
        self.canvas.cursor_moved.connect(self.status.show_cursor)
        self.canvas.view_changed.connect(lambda view: self.status.show_scale(view.scale_denominator))
        self.queue.show_on_map.connect(self._look_at)
        self.queue.retry.connect(self.doing.retry)
        self.queue.discard.connect(self.doing.discard)
        self.queue.resolve.connect(self.doing.resolve)
        self.queue.counted.connect(self._counted)
        self.inspector.show_in_queue.connect(lambda: self.show_page("queue"))
        self.status.open_queue.connect(lambda: self.show_page("queue"))
        self.status.cancelled.connect(self.workspace.cancel_sync)
        self.status.sign_in.connect(self.sign_in)
        self.start.asked_sign_in.connect(self.sign_in)
        self.settings.look_chosen.connect(self.choose_look)
        self.theme.changed.connect(self._looks_changed)
        self.doing.trouble.connect(self.notice.say)
        self.doing.stepped.connect(self._allow)
        self.bridge.changed.connect(self._changed)
        self.leaf.stood.connect(self._allow)
        self.leaf.opened.connect(self._other_account)
        self.bridge.failed.connect(_bug)

    def _remember(self) -> None:
        self.resize(STEP * 350, STEP * 215)
        geometry, split = self.memory.get("geometry"), self.memory.get("split")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(split, QByteArray):
            self.workbench.restoreState(split)
        self.canvas.set_theme(map_colours.DARK if self.theme.colours.dark else map_colours.LIGHT)
        last = self.memory.last_view(dark=self.theme.colours.dark) if self.workspace.account else None
        if last is not None:
            picture, view = last
            if picture is None:
                self.canvas.view = view
            else:
                self.canvas.set_snapshot(picture, view)
            self._fitted = True

    # ------------------------------------------------------------------ after the first paint
    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.Paint and not self._dressed:
            self._dressed = True
            QTimer.singleShot(0, self, self._painted)
        return done

    def showEvent(self, event: QShowEvent) -> None:
        self._unseen.start()

    def _painted(self) -> None:
        """What would hold up the first paint: icons, the lists, the first sync."""
        if self._asked or not self.isVisible():
            return
        self._asked = self._dressed = True
        self._unseen.stop()
        self.icons.dress()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self.lists.load()
        self.queue.load()
        if self._wants_autosync:
            self._autosync = Autosync(self.bridge, self.sync, self)
            self._autosync.start()

    # ------------------------------------------------------------------ pages and selection
    def show_page(self, page: str) -> None:
        """Turn to a page."""
        if page != "map" and not self.drawing.let_go():
            page = "map"
        widget: QWidget = {"map": self.workbench, "queue": self.queue, "settings": self.settings}[page]
        if page == "map" and self.workspace.account is None:
            widget = self.start
        self.commands[page].setChecked(True)
        self.pages.setCurrentWidget(widget)
        self.settings.refresh()

    def select(self, field_id: str | None) -> None:
        """Select a field everywhere: map, list, inspector."""
        other = field_id is not None and field_id != self.inspector.field_id
        if other and self.drawing.mode != "select" and not self.drawing.let_go():
            self.navigator.select(self.inspector.field_id)
            return
        self.canvas.select(field_id)
        self.navigator.select(field_id)
        self.inspector.show_field(field_id)

    def _look_at(self, field_id: str | None) -> None:
        if field_id is None or field_id not in self.lists.rows:
            return
        self.show_page("map")
        self.select(field_id)
        if self.inspector.field_id == field_id and self.lists.rows[field_id].box is not None:
            self.canvas.fit_field(field_id)

    def _find(self) -> None:
        self.top.finder.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.top.finder.selectAll()

    def _filter(self) -> None:
        self.show_page("map")
        self.navigator.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.navigator.search.selectAll()

    def _draw(self) -> None:
        self.show_page("map")
        if self.drawing.let_go():
            self.drawing.start_draw()

    def _edit(self) -> None:
        self.show_page("map")
        if self.drawing.let_go():
            self.drawing.start_edit(self.inspector.field_id)

    # ------------------------------------------------------------------ what is done
    def undo(self) -> None:
        """Take back the last step, inside a drawing or of the records."""
        if not self.drawing.undo():
            self.doing.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        if not self.drawing.redo():
            self.doing.redo()

    def sync(self) -> None:
        """Send and fetch, beside the window; signed out, ask for the sign-in."""
        self.leaf.sync()

    def sign_in(self) -> None:
        """Ask for user name and password; the question is `leaf.sheet`."""
        self.leaf.sign_in()

    def choose_look(self, choice: Choice) -> None:
        """Follow the system, or keep light or dark."""
        self.memory.look = choice
        self.theme.choose(choice)

    # ------------------------------------------------------------------ what has happened
    def _account_opened(self) -> None:
        known = self.workspace.account is not None
        for part in (self.rail, self.status, self.top.finder, self.top.undo, self.top.sync, self.top.account):
            part.setVisible(known)
        self.top.account.setText(self.workspace.account or "")
        self.show_page("map")
        self.select(None)
        self._allow()

    def _other_account(self) -> None:
        self.memory.forget_view()
        self._fitted = False
        self._account_opened()
        self.lists.load()
        self.queue.load()

    def _loaded(self, read: Everything) -> None:
        self.canvas.show_fields(read.rows, read.outlines)
        if read.rows and not self._fitted:
            self._fitted = True
            self.canvas.fit_all()
        self.canvas.select(self.inspector.field_id)

    def _updated(self, update: Update) -> None:
        first = not self._fitted and any(line.box for line in update.rows)
        self.canvas.update_fields(update.rows, update.outlines, update.gone)
        if first or (self.workspace.syncing and not self.inspector.field_id and self.workspace.last_sync is None):
            self.canvas.fit_all()
        self._fitted |= first
        if self.inspector.field_id in update.gone:
            self.select(None)

    def _changed(self, changes: Changes) -> None:
        if changes.queue:
            self._allow()

    def _counted(self, waiting: int, need: int) -> None:
        self.status.show_waiting(waiting)
        self.rail.buttons["queue"].show_count(waiting)
        self._allow()

    def _looks_changed(self) -> None:
        self.canvas.set_theme(map_colours.DARK if self.theme.colours.dark else map_colours.LIGHT)
        self.settings.refresh()

    def _allow(self) -> None:
        """Name and allow undo, redo and sync as things stand."""
        self._warned = False
        workspace, drawing = self.workspace, self.drawing
        inside = drawing.mode != "select"
        has = workspace.account is not None
        undo = "step" if inside else workspace.undo_name if has else None
        redo = "step" if inside else workspace.redo_name if has else None
        undo = None if inside and not drawing.can_undo else undo
        redo = None if inside and not drawing.can_redo else redo
        self.commands.allow("undo", None if undo else "There is nothing to take back.")
        self.commands.allow("redo", None if redo else "There is nothing to do again.")
        name = "Undo" if not undo or inside else f"Undo {undo[:1].lower() + undo[1:]}"
        self.commands["undo"].setText(name if len(name) < 40 else f"{name[:38].rstrip()}…")
        waiting = len(self.queue.items)
        text = f"Sync {words.count(waiting, 'change')}" if waiting else "Sync"
        syncing = has and workspace.syncing
        self.commands["sync"].setText("Syncing…" if syncing else text if workspace.signed_in else "Sign in to sync")
        self.commands.allow("sync", "A sync is running; Cancel is at the bottom of the window." if syncing else None)
        self.commands.allow("sign-out", None if has and workspace.signed_in else "Nobody is signed in.")
        self.leaf.offer()

    # ------------------------------------------------------------------ size and end
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.notice.place()
        self.top.finder.close_answers()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.drawing.at_stake and not self._warned:
            self._warned = True
            self.notice.say(f"{AT_STAKE} Closing the window once more forgets it.")
            event.ignore()
            return
        self.memory.put("geometry", self.saveGeometry())
        self.memory.put("split", self.workbench.saveState())
        if self.workspace.account is not None and self.lists.rows:
            self.drawing.leave()
            self.memory.keep_view(self.canvas.snapshot(), self.canvas.view, dark=self.theme.colours.dark)
        if self._autosync is not None:
            self._autosync.stop()
        self._unseen.stop()
        self.bridge.close()
        event.accept()


def _bug(error: BaseException) -> None:
    """A mistake of ours on another thread: to the error hook like any other."""
    sys.excepthook(type(error), error, error.__traceback__)
