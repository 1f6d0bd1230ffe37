"""A table with what belongs to it: count and age, filter, what it says when it is empty, the detail beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QMenu, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from leafdesk.records import Kind
from leafdesk.ui import words
from leafdesk.ui.parts import button, label, row
from leafdesk.ui.tables.declare import Table, Wish
from leafdesk.ui.tables.detail import RecordDetail
from leafdesk.ui.tables.filters import Filters, Offer
from leafdesk.ui.tables.grid import Grid
from leafdesk.ui.tables.needs import Needs
from leafdesk.ui.tables.rows import Rows, Standing
from leafdesk.ui.theme import STEP
from leafdesk.ui.trouble import plain
from leafdesk.workspace import Changes, Order, Row, Where, Workspace

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow

EVERYWHERE = ("copy-rows", "sort-up", "sort-down")
"""The actions of every table."""
DETAIL = STEP * 80
"""The first width of the detail in pixels."""


class TablePanel(QFrame):
    """A page with one table, or one of several on a page (see `Tabs`).

    `detail`: what is known of the current row, at the right. `opened(row)`: what Enter and a double click do; by
    default the keyboard goes into the detail. `extra`: buttons at the right of the heading. `menu`: the actions (keys
    of ui/actions.py) that the context menu offers above those of every table.

    `fetch`: what brings these rows here when a sync does not: the name of the button, and what it does.

    Parts for tests: `filters`, `grid`, `rows`, `count`, `age`, `selected`, `message`, `next_step`, `detail`,
    `needs` (what its filters need of Leaf; None where there are no such).
    """

    row_changed = Signal(object)
    """Another Row is the current one, or its values changed; None when none is selected."""

    def __init__(
        self,
        window: MainWindow,
        table: Table,
        detail: RecordDetail | None = None,
        *,
        opened: Callable[[Row], None] | None = None,
        extra: Sequence[QWidget] = (),
        heading: bool = True,
        fetch: tuple[str, Callable[[], None]] | None = None,
        menu: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent or window.pages)  # from the start: the style is worked out once, not at each level
        self.setObjectName("page")
        self.window_, self.table, self.detail, self._opened = window, table, detail, opened
        self._fetch = fetch or ("Sync", window.sync)
        self.rows = Rows(window.bridge, table, self)
        self.row: Row | None = None
        self.needs: Needs | None = None
        self._seek: str | None = None
        self._due = self._offers_due = True
        self._menu = (*menu, *EVERYWHERE)
        self._build(extra, heading)
        self._wire()
        self._restore()

    def _build(self, extra: Sequence[QWidget], heading: bool) -> None:
        self.count, self.age, self.selected = label("", "strong"), label("", "muted"), label("", "good")
        top = row(self.count, self.age, STEP, self.selected, None, *extra)
        if heading:
            top.insertWidget(0, label(self.table.plural.capitalize(), "heading"))
            top.insertSpacing(1, STEP * 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self.split = QSplitter(Qt.Orientation.Horizontal, self, handleWidth=1, childrenCollapsible=False)
        whole.addWidget(self.split)
        left = QWidget(self.split)
        column = QVBoxLayout(left)
        column.setContentsMargins(STEP * 4, STEP * 4, STEP * 4, STEP * 4)
        column.setSpacing(STEP * 3)
        column.addLayout(top)
        self.filters = Filters(self.table, self.window_.icons, left)
        column.addWidget(self.filters)
        if self.table.more or self.table.work:
            self.needs = Needs(self.window_, self.table.kind, self.table.plural)
            column.addWidget(self.needs)
        column.addWidget(self._build_rows(left), 1)
        left.setMinimumWidth(STEP * 90)
        if self.detail is not None:
            self.split.addWidget(self.detail)
            self.detail.setMinimumWidth(STEP * 60)
            self.split.setSizes([DETAIL * 3, DETAIL])
        self.split.setStretchFactor(0, 1)

    def _build_rows(self, left: QWidget) -> QFrame:
        """The grid, or what is said instead of it."""
        either = QFrame(left)
        either.setProperty("role", "card")
        self.message = label("", "muted", wrap=True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.next_step = button("")
        self.grid = Grid(self.rows, self.window_.theme, either)
        said = QWidget(either)
        lines = QVBoxLayout(said)
        lines.setSpacing(STEP * 3)
        lines.addStretch(1)
        lines.addWidget(self.message)
        lines.addLayout(row(None, self.next_step, None))
        lines.addStretch(2)
        self._either = QStackedLayout(either)
        self._either.setContentsMargins(1, 1, 1, 1)
        self._either.addWidget(self.grid)
        self._either.addWidget(said)
        return either

    def _wire(self) -> None:
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._ask)
        self.filters.changed.connect(self._later.start)
        self.filters.leave.connect(self.enter)
        self.filters.near.connect(self._read_offer)
        self.filters.opened.connect(self._read_more)
        if self.needs is not None:
            self.needs.answered.connect(self._ask)
            self.needs.answered.connect(self._read_more)
        self.window_.bridge.changed.connect(self._changed)
        self.rows.stood.connect(self._stood)
        self.rows.failed.connect(self._not_read)
        self.rows.dataChanged.connect(self._follow)
        self.grid.sorted_by.connect(self._sort)
        self.grid.typed.connect(self._type)
        self.grid.activated.connect(self._open)
        self.grid.customContextMenuRequested.connect(self._show_menu)
        self.grid.selectionModel().currentRowChanged.connect(self._follow)
        self.grid.selectionModel().selectionChanged.connect(self._follow)
        self.next_step.clicked.connect(self._take_step)
        self.window_.lists.loaded.connect(self._other_records)
        if self.detail is not None:
            self.row_changed.connect(self.detail.show_row)
            self.detail.show_row(None)
        for key, do in (
            ("copy-rows", self.copy),
            ("sort-up", lambda: self.grid.sort_here(descending=False)),
            ("sort-down", lambda: self.grid.sort_here(descending=True)),
        ):
            self.window_.commands[key].triggered.connect(lambda _=False, do=do: do() if self.isVisible() else None)

    # ------------------------------------------------------------------ asking
    def showEvent(self, event: QShowEvent) -> None:
        if self._due:
            self._due = False
            self._ask()
        elif self.rows.standing is not None:
            self._read_offer()
        self._allow()

    def _ask(self) -> None:
        parent = self.rows.wish.where.parent
        where = self.filters.where()
        if self.needs is not None:
            where = replace(where, leaf_ids=self.needs.answer(self.filters.asks()))
        self.rows.show(Wish(replace(where, parent=parent), self.rows.wish.order))

    def _sort(self, order: Order) -> None:
        self.rows.show(Wish(self.rows.wish.where, order))
        self.grid.show_order(order)

    def _type(self, text: str) -> None:
        self.filters.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.line.end(False)
        self.filters.line.insert(text)

    def look_up(self, id: str) -> None:
        """Select a record and bring it in sight, taking away what hides it."""
        self._seek = id
        self.rows.standing = None  # the present rows may be older than the record
        if self.filters.where() != Wish().where or self.filters.asks():
            self.filters.reset()
        self._ask()

    def point_at(self, id: str) -> None:
        """Select a record if it is among the rows."""
        self._seek = id
        if self.rows.standing is not None:
            self._look_for(id)

    def own(self, parent: str | None) -> None:
        """Show only what belongs to one record; None: everything."""
        wish = self.rows.wish
        self.rows.wish = replace(wish, where=replace(wish.where, parent=parent))
        self._offers_due = True
        self._ask()

    def enter(self) -> None:
        """Take the keyboard into the table, to its current or first row."""
        if not self.rows.rowCount():
            return
        if not self.grid.currentIndex().isValid():
            self.grid.select_place(0)
        self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _other_records(self) -> None:
        """Another account's records are there."""
        if self.isVisible():
            self._ask()
        else:
            self._due = True

    # ------------------------------------------------------------------ what was read
    def _stood(self, standing: Standing) -> None:
        self._say(standing)
        if self.needs is not None and self.table.work:
            self.needs.say_unread(standing.unread)
        self._follow()
        if self._seek is not None:
            self._look_for(self._seek)
        self._read_offer()

    def _not_read(self, error: BaseException) -> None:
        self.message.setText(f"The {self.table.plural} could not be read. {plain(error)}")
        self._show_step("Try again")
        self._either.setCurrentIndex(1)

    def _say(self, standing: Standing) -> None:
        shown, everything = len(standing.numbers), standing.all
        table, narrowed = self.table, self.rows.wish.narrowed
        many = words.count(everything, table.one, table.plural)
        self.count.setText(f"{shown:,} of {many}" if narrowed and not standing.alike else many if everything else "")
        if standing.alike:
            self.count.setText(f"Nothing begins so; {shown:,} of {many} look alike")
        self.count.setVisible(bool(self.count.text()))
        self.age.setText(fetched_in_words(standing.fetched))
        self._either.setCurrentIndex(0 if shown else 1)
        if not shown:
            self._say_empty(standing)

    def _say_empty(self, standing: Standing) -> None:
        table, account = self.table, self.window_.workspace.account
        if account is None:
            self.message.setText("Nobody is signed in here yet.")
            self._show_step("Sign in to Leaf")
        elif standing.all and self.rows.wish.narrowed:
            typed = self.filters.line.text().strip()
            known = f"No {table.one} of those whose files are here fits" if standing.unread else f"No {table.one} fits"
            self.message.setText(f"{known} “{typed}”." if typed else f"{known} this filter.")
            self._show_step("Clear the filter")
        elif standing.fetched is None:
            self.message.setText(f"{table.plural.capitalize()} were not fetched yet.")
            self._show_step(self._fetch[0])
        else:
            whose = "this account" if self.rows.wish.where.parent is None else "this one"
            self.message.setText(f"Leaf has no {table.plural} for {whose}.")
            self._show_step("")

    def _show_step(self, text: str) -> None:
        self.next_step.setText(text)
        self.next_step.setAccessibleName(text)
        self.next_step.setVisible(bool(text))

    def _take_step(self) -> None:
        {
            "Clear the filter": self.filters.reset,
            self._fetch[0]: self._fetch[1],
            "Sign in to Leaf": self.window_.sign_in,
            "Try again": self._ask,
        }[self.next_step.text()]()

    def _follow(self) -> None:
        """Tell the detail when the current row, or what is known of it, is another."""
        now = self.grid.current_row() if self.rows.rowCount() else None
        waiting = now is None and self.grid.currentIndex().isValid() and bool(self.grid.chosen())
        if self.isVisible():  # else it is not what these actions are about
            self._allow()
        many = sum(map(len, self.grid.chosen()))
        self.selected.setText(f"{many:,} selected" if many > 1 else "")
        if now != self.row and not waiting:
            self.row = now
            self.row_changed.emit(now)

    def _open(self) -> None:
        opened = self.grid.current_row()
        if opened is None:
            return
        if self._opened is not None:
            self._opened(opened)
        elif self.detail is not None:
            self.detail.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.detail.focusNextChild()

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self.grid)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for key in self._menu:
            if key == EVERYWHERE[0] and len(self._menu) > len(EVERYWHERE):
                menu.addSeparator()
            menu.addAction(self.window_.commands[key])
        menu.popup(self.grid.viewport().mapToGlobal(at))

    def _look_for(self, id: str) -> None:
        """Find the place of a record among the present rows; if others came meanwhile, they ask again."""
        before = self.rows.standing

        def read(workspace: Workspace) -> int | None:
            found = workspace.tables.row(self.table.kind, id)
            return None if found is None else found.number

        def take(number: int | None) -> None:
            standing = self.rows.standing
            if number is None or standing is None or self._seek != id or standing is not before:
                return
            self._seek = None
            if number in standing.numbers:
                self.grid.select_place(standing.numbers.index(number))

        self.window_.bridge.read(read, take)

    def _read_offer(self) -> None:
        """Read what the lists over the table offer, one after the other: other readings come in between, and each list
        is made in a turn of its own."""
        if self._offers_due:
            self._offers_due = False
            self._read_next([pick.key for pick in self.table.picks], self.rows.wish.where.parent)

    def _read_next(self, keys: Sequence[str], parent: str | None) -> None:
        def take(found: Offer) -> None:
            self.filters.offer(found)
            self._read_next(keys[1:], parent)

        if keys:
            self.window_.bridge.read(_offer(self.table.kind, keys[0], parent), take, lambda _: None)

    def _read_more(self) -> None:
        more = self.filters.more
        self.window_.bridge.read(lambda there: more.read(there.tables) if there.account else {}, more.offer)

    def _changed(self, changes: Changes) -> None:
        self._offers_due |= any(kind == self.table.kind for kind, _ in changes.records)

    # ------------------------------------------------------------------ the selected rows
    def chosen(self, done: Callable[[list[Row]], None]) -> None:
        """Read all selected rows beside the window and hand them over."""
        self.grid.read_chosen(done)

    def copy(self) -> None:
        """Put the selected rows into the clipboard, for a spreadsheet."""
        self.grid.copy(
            lambda many: self.window_.notice.say(f"{words.count(many, self.table.one, self.table.plural)} copied.")
        )

    def _allow(self) -> None:
        commands = self.window_.commands
        none = "No table is in sight."
        chosen, seen = bool(self.grid.chosen()), self.isVisible() and self.rows.rowCount() > 0
        commands.allow("copy-rows", None if seen and chosen else "Select rows of a table first.")
        commands.allow("sort-up", None if seen else none)
        commands.allow("sort-down", None if seen else none)

    # ------------------------------------------------------------------ widths
    def hideEvent(self, event: QHideEvent) -> None:
        self._allow()
        wide = {column.key: self.grid.columnWidth(place) for place, column in enumerate(self.table.columns)}
        self.window_.memory.put(f"columns-{self.table.kind}", " ".join(f"{key}:{wide[key]}" for key in wide))

    def _restore(self) -> None:
        kept = str(self.window_.memory.get(f"columns-{self.table.kind}") or "")
        wide = dict(pair.rpartition(":")[::2] for pair in kept.split() if ":" in pair)
        for place, column in enumerate(self.table.columns[:-1]):
            if wide.get(column.key, "").isdecimal():
                self.grid.setColumnWidth(place, min(2000, int(wide[column.key])))


def _offer(kind: Kind, attribute: str, parent: str | None) -> Callable[[Workspace], Offer]:
    def read(workspace: Workspace) -> Offer:
        if workspace.account is None:
            return {}
        return {attribute: workspace.tables.choices(kind, attribute, Where(parent=parent))}

    return read


def fetched_in_words(fetched: str | None) -> str:
    """`fetched today 06:12`, `fetched 12 Mar 2026 · 41 days old`, or that it was not."""
    if fetched is None:
        return "not fetched yet"
    old = words.age(fetched)
    return f"fetched {words.moment(fetched)}{f' · {old}' if old else ''}"
