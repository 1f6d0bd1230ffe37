"""The main window: lets its parts, which `furniture` makes after the first paint, follow each other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent

from leafdesk.ui.first_sight import LATER, FirstSight, load

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLineEdit, QSplitter, QWidget

    from leafdesk.ui.actions import Actions
    from leafdesk.ui.autosync import Autosync
    from leafdesk.ui.bridge import Bridge
    from leafdesk.ui.deciding import Deciding
    from leafdesk.ui.doing import Doing
    from leafdesk.ui.drawing import Drawing
    from leafdesk.ui.exporting import Exporting
    from leafdesk.ui.field_desk import FieldDesk
    from leafdesk.ui.handing import Handing
    from leafdesk.ui.icons import Icons
    from leafdesk.ui.importing import Importing
    from leafdesk.ui.keeping import Keeping
    from leafdesk.ui.land_desk import LandDesk
    from leafdesk.ui.leaf_side import LeafSide
    from leafdesk.ui.lists import Everything, Lists, Update
    from leafdesk.ui.map.canvas import MapCanvas
    from leafdesk.ui.map_desk import MapDesk
    from leafdesk.ui.newness import Newness
    from leafdesk.ui.pages import Pages
    from leafdesk.ui.panels.inspector import Inspector
    from leafdesk.ui.panels.map_page import MapPage
    from leafdesk.ui.panels.navigator import Navigator
    from leafdesk.ui.panels.notice import Notice
    from leafdesk.ui.panels.queue import Queue
    from leafdesk.ui.panels.rail import Rail
    from leafdesk.ui.panels.start import StartPage
    from leafdesk.ui.panels.status_bar import StatusBar
    from leafdesk.ui.panels.top_bar import TopBar
    from leafdesk.ui.theme import Choice, Theme
    from leafdesk.workspace import Changes, Workspace


class MainWindow(FirstSight):
    """One window on one workspace. Its parts are there once it is `furnished`.

    For whoever drives it (demo, journeys): the panels `canvas` (MapCanvas), `navigator`, `inspector`, `queue`,
    `status`, `top`, `rail`, `map_page`, `start`, `notice`; `drawing` (mode, sheet), `lists` (rows, ready),
    `theme`, `bridge`, `leaf` (sheet). `commands["draw"].trigger()` does what the button does; keys: ui/actions.py.

    select(field_id | None)       as if clicked on the map or in the list
    look_at(field_id)             select it and bring it in sight on the map
    show_page(key)                a page of ui/pages.py; `pages.page(key)` is its widget
    sync(), sign_in(), undo(), redo()
    choose_look("system" | "light" | "dark" | "outdoor")
    The new-field question is `drawing.sheet` (fill in `.name`, then `.yes.click()`).
    """

    opened = Signal()  # the parts are there, the icons too; the lists are read next
    unopened = Signal(object)  # the workspace did not open: the exception
    theme: Theme
    icons: Icons
    bridge: Bridge
    lists: Lists
    commands: Actions
    top: TopBar
    rail: Rail
    navigator: Navigator
    map_page: MapPage
    canvas: MapCanvas
    inspector: Inspector
    queue: Queue
    newness: Newness
    start: StartPage
    status: StatusBar
    notice: Notice
    doing: Doing
    drawing: Drawing
    deciding: Deciding
    field_desk: FieldDesk
    keeping: Keeping
    leaf: LeafSide
    land: LandDesk
    maps: MapDesk
    importing: Importing
    handing: Handing
    exporting: Exporting
    workbench: QSplitter
    pages: Pages
    whole: QWidget

    def __init__(
        self,
        workspace: Workspace | Callable[[], Workspace],
        folder: Path,
        *,
        try_demo: Callable[[], None] | None = None,
        autosync: bool = False,
        title: str = "Leafdesk",
    ) -> None:
        """Make all parts at once; or, given a way to open the workspace, begin with that after the first paint."""
        super().__init__(folder, title)
        self.furnished = self._dressed = self._fitted = self._warned = False
        self._autosync: Autosync | None = None
        self._wants_autosync, self._try_demo = autosync, try_demo
        if callable(workspace):
            self.show_picture()
            self.steps = self._open(workspace)
        else:
            list(self._furnish(workspace))  # every step
            self.show_instead(self.whole)
            self.steps = self._begin()

    # ------------------------------------------------------------------ making
    def _open(self, opening: Callable[[], Workspace]) -> Iterator[None]:
        """Load, open, make and dress, beside a picture of what will be there."""
        yield from load()
        from leafdesk.ui.bridge import beside

        opened = beside(opening)  # after a power cut the database is looked through first, which takes its time
        yield from self.rest_until(opened)
        try:
            workspace = opened.result()
        except Exception as error:  # told when these steps are over: whoever hears it may open a dialog of its own
            QTimer.singleShot(0, self, partial(self.unopened.emit, error))
            return
        yield
        yield from self._furnish(workspace)
        yield from self._begin()

    def _furnish(self, workspace: Workspace) -> Iterator[None]:
        from leafdesk.ui import furniture
        from leafdesk.ui.costs import Costs
        from leafdesk.ui.remembering import remember

        self.workspace, self.costs = workspace, Costs(self.memory, self)
        yield from furniture.make(self, self._try_demo)
        self._wire_commands()
        self._wire_parts()
        self._fitted |= remember(self)
        self._account_opened()
        self.furnished = True
        yield

    def _wire_commands(self) -> None:
        from leafdesk.ui.pages import PAGES, get_ready, new_machine, show_work

        for key, do in (
            *((page.key, partial(self.show_page, page.key)) for page in PAGES),
            ("find", lambda: self._type_into(self.top.finder)),
            ("filter", self._filter),
            ("more-filters", lambda: self.pages.open_more_filters(self.notice.say)),
            ("undo", self.undo),
            ("redo", self.redo),
            ("sync", self.sync),
            ("ready", partial(get_ready, self)),
            ("cancel-sync", self.workspace.cancel_sync),
            ("select", self.drawing.let_go),
            *self.drawing.commands(self),
            *((key, partial(self._take, key)) for key in self.commands.hand_tools),
            ("zoom-in", self.canvas.zoom_in),
            ("zoom-out", self.canvas.zoom_out),
            ("fit-all", self.canvas.fit_all),
            ("fit-field", lambda: self.look_at(self.inspector.field_id)),
            ("rename", lambda: self.doing.rename(self.inspector.field_id or "")),
            ("move", lambda: self.doing.move(self.inspector.field_id or "")),
            ("delete", lambda: self.doing.delete(self.inspector.field_id or "")),
            ("work", lambda: show_work(self, self.inspector.field_id)),
            ("import", self.importing.ask),
            ("export", self.exporting.ask),
            ("new-machine", partial(new_machine, self)),
            ("sign-in", self.sign_in),
            ("help", self._read_guide),
            ("sign-out", self.leaf.sign_out),
            ("theme", lambda: self.choose_look("light" if self.theme.colours.dark else "dark")),
            ("outdoor", lambda: self.choose_look("system" if self.theme.colours.outdoor else "outdoor")),
        ):
            self.commands[key].triggered.connect(lambda _=False, do=do: do())

    def _read_guide(self) -> None:
        from leafdesk.ui.dialogs.reader import read_guide

        read_guide(self)

    def _wire_parts(self) -> None:
        self.lists.loaded.connect(self._loaded)
        self.lists.updated.connect(self._updated)
        self.lists.reshaped.connect(self.leaf.offer)
        self.canvas.read_from(lambda ids, then: self.bridge.read(lambda there: there.catalog.outlines(ids), then))
        self.canvas.selected.connect(self.select)
        self.navigator.selected.connect(self.select)
        self.navigator.activated.connect(self.look_at)
        self.top.finder.found.connect(self.look_at)
        self.top.finder.found.connect(lambda _: self.canvas.setFocus())
        self.drawing.saved.connect(self.select)
        self.canvas.cursor_moved.connect(self.status.show_cursor)
        self.pages.currentChanged.connect(lambda _: self.status.follow(self.pages.currentWidget(), self.canvas))
        self.canvas.view_changed.connect(lambda view: self.status.show_scale(view.scale_denominator))
        self.queue.show_on_map.connect(self.look_at)
        self.queue.retry.connect(self.doing.retry)
        self.queue.discard.connect(self.doing.discard)
        self.queue.heard.connect(self.doing.heard)
        self.queue.send_only.connect(self.leaf.send_only)
        self.queue.remove_missing.connect(lambda: self.doing.remove_missing(lambda _: self.leaf.sync()))
        self.queue.counted.connect(self._counted)
        self.inspector.show_in_queue.connect(lambda: self.show_page("queue"))
        self.status.open_queue.connect(lambda: self.show_page("queue"))
        self.status.cancelled.connect(self.workspace.cancel_sync)
        self.status.sign_in.connect(self.sign_in)
        self.start.asked_sign_in.connect(self.sign_in)
        self.start.asked_files.connect(self.importing.ask)
        self.doing.trouble.connect(self.notice.say)
        self.doing.stepped.connect(self._allow)
        self.bridge.changed.connect(self._changed)
        self.leaf.stood.connect(self._allow)
        self.leaf.opened.connect(self._other_account)
        self.leaf.opened.connect(self.importing.come_back)
        self.bridge.failed.connect(_bug)

    def _begin(self) -> Iterator[None]:
        """The icons, the first sync, and the lists: they are read when what they fill stands painted on the screen."""
        self.icons.dress()
        self.theme.wear()
        self.show_instead(self.whole)
        self.canvas.setFocus()
        if self._wants_autosync:
            from leafdesk.ui.autosync import Autosync

            self._autosync = Autosync(self.bridge, self.leaf.sync_by_itself, self, self.costs)
            self._autosync.start()
        self._dressed = True
        self.opened.emit()
        yield
        self.lists.load()
        self.queue.load()
        yield
        yield from load(LATER)
        yield from self.costs.ask_the_system()

    # ------------------------------------------------------------------ pages and selection
    def show_page(self, page: str) -> None:
        """Turn to a page."""
        if page != "map" and not self.drawing.let_go():
            page = "map"
        self.commands[page].setChecked(True)
        if page == "map" and self.workspace.account is None:
            self.pages.show_instead(self.start)
        else:
            self.pages.turn_to(page)

    def select(self, field_id: str | None) -> None:
        """Select a field everywhere: map, list, inspector."""
        other = field_id is not None and field_id != self.inspector.field_id
        if other and self.drawing.mode != "select" and not self.drawing.let_go():
            self.navigator.select(self.inspector.field_id)
            return
        self.canvas.select(field_id)
        self.navigator.select(field_id)
        self.inspector.show_field(field_id)

    def look_at(self, field_id: str | None) -> None:
        """Turn to the map and bring a field in sight."""
        if field_id is None or field_id not in self.lists.rows:
            return
        self.show_page("map")
        self.select(field_id)
        if self.inspector.field_id == field_id and self.lists.rows[field_id].box is not None:
            self.canvas.fit_field(field_id)

    def _type_into(self, line: QLineEdit) -> None:
        line.setFocus()
        line.selectAll()

    def _filter(self) -> None:
        line = self.pages.filter_line
        if line is None:
            self.show_page("map")
        self._type_into(line or self.navigator.search)

    def _take(self, tool: str) -> None:
        self.show_page("map")
        if not self.drawing.within(tool) and self.drawing.let_go():
            self.drawing.start(tool, self.inspector.field_id)

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
        """Follow the system, or keep light, dark or outdoor."""
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
        self.canvas.show_fields(read.rows)
        if read.rows and not self._fitted:
            self._fitted = True
            self.canvas.fit_all()
        self.canvas.select(self.inspector.field_id)

    def _updated(self, update: Update) -> None:
        first = not self._fitted and any(line.box for line in update.rows)
        self.canvas.update_fields(update.rows, update.outlines, update.gone)
        untouched = self.canvas.aimed and self.drawing.mode == "select" and not self.inspector.field_id
        if first or (untouched and self.workspace.syncing and self.workspace.last_sync is None):
            self.canvas.fit_all()
        self._fitted |= first
        if self.inspector.field_id in update.gone:
            self.select(None)

    def _changed(self, changes: Changes) -> None:
        if changes.queue:
            self._allow()

    def _counted(self, waiting: int, need: int) -> None:
        self.status.show_waiting(waiting)
        self.rail.buttons["queue"].show_count(waiting, "change")
        self._allow()

    def _allow(self) -> None:
        """Name and allow undo, redo and sync as things stand."""
        from leafdesk.ui.allowing import allow

        self._warned = False
        allow(self)
        self.leaf.offer()

    # ------------------------------------------------------------------ size and end
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.furnished:
            self.notice.place()
            self.top.finder.close_answers()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.furnished:
            if self.drawing.at_stake and not self._warned:
                self._warned = True
                from leafdesk.ui.drawing import AT_STAKE

                self.notice.say(f"{AT_STAKE} Closing the window once more leaves it as a draft.")
                event.ignore()
                return
            from leafdesk.ui.remembering import keep

            self.drawing.drafts.safe.leave()
            keep(self, whole=self._dressed)
        super().closeEvent(event)
        if self._autosync is not None:
            self._autosync.stop()
        if hasattr(self, "bridge"):
            self.bridge.close()
        if hasattr(self, "maps"):
            self.importing.stop()
            self.maps.close()


def _bug(error: BaseException) -> None:
    """A mistake of ours on another thread: to the error hook like any other."""
    sys.excepthook(type(error), error, error.__traceback__)
