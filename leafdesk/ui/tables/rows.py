"""The rows of a table as Qt asks for them: numbers in their order, and the rows in sight, read beside the window."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from leafdesk.ui import words
from leafdesk.ui.bridge import Bridge
from leafdesk.ui.tables.declare import Column, Table, Wish
from leafdesk.workspace import Changes, Row, Where, Workspace

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""The Row, or None while it is not read."""
AHEAD = 96
"""So many rows beyond those in sight are read with them."""
KEPT = 4096
"""So many rows are kept in memory."""
REST_MS = 1000
"""While a sync goes on the order is asked for at most so often."""
NOT_READ = "…"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a table: how many rows it shows of how many, when Leaf was asked (None: never), whether what it
    shows only looks like what was typed, and the first page. `places`: where the kept numbers are now. `unread`: the
    fields of whose work nothing is known, where that is what is asked."""

    numbers: array[int]
    all: int
    fetched: str | None
    alike: bool
    first: list[Row]
    places: dict[int, int]
    unread: list[str] = field(default_factory=list)


class Rows(QAbstractTableModel):
    """A table's rows. Tell it what to show with `wish`; nothing is read before.

    `stood` (Standing) comes after each reading of the order, `failed` when that was not possible.
    """

    stood = Signal(object)
    failed = Signal(object)

    def __init__(self, bridge: Bridge, table: Table, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bridge, self.table = bridge, table
        self.wish = Wish(order=table.order)
        self.standing: Standing | None = None
        self.keep: Callable[[], Iterable[int]] = lambda: ()
        """Which row numbers the view wants to find again after the order changed."""
        self._numbers = array("q")
        self._rows: dict[int, Row] = {}
        self._stale: set[int] = set()
        self._gone: set[int] = set()
        self._wanted: tuple[int, int] | None = None
        self._asked = False
        self._ordering = self._reading = self._again = self._due = False
        self._turn = 0
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._rested)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._read)
        bridge.changed.connect(self._changed)

    # ------------------------------------------------------------------ what is shown
    def show(self, wish: Wish) -> None:
        """Narrow and order otherwise; the present rows stay until the others are read."""
        self._asked = True
        self._turn += 1
        self.wish = wish
        self._order()

    def refresh(self) -> None:
        """Read again what is shown."""
        if self._asked:
            self._stale.update(self._rows)
            self._order()

    def row(self, place: int) -> Row | None:
        """The row at a place; None while it is not read (it is asked for)."""
        if not 0 <= place < len(self._numbers):
            return None
        number = self._numbers[place]
        row = self._rows.get(number)
        if (row is None and number not in self._gone) or number in self._stale:
            self._want(place)
        return row

    def number(self, place: int) -> int:
        """The row number at a place."""
        return self._numbers[place]

    def numbers(self, places: Iterable[range]) -> list[int]:
        """The row numbers at ranges of places."""
        return [number for some in places for number in self._numbers[some.start : some.stop]]

    # ------------------------------------------------------------------ the order
    def _order(self) -> None:
        """Ask for the order, one question at a time: what is wished meanwhile waits for the next."""
        if self._ordering:
            self._again = True
            return
        self._ordering, self._again = True, False
        table, wish, turn, keep = self.table, self.wish, self._turn, list(self.keep())
        self.bridge.read(
            lambda workspace: stand(workspace, table, wish, keep),
            lambda standing: self._take(turn, standing),
            self._not_ordered,
        )

    def _not_ordered(self, error: BaseException) -> None:
        self._ordering = False
        self.failed.emit(error)

    def _take(self, turn: int, standing: Standing) -> None:
        self._ordering = False
        if turn == self._turn:
            self._put(standing)
        if self._again:
            self._order()

    def _put(self, standing: Standing) -> None:
        same = standing.numbers == self._numbers
        if not same:
            self.beginResetModel()
        self._numbers = standing.numbers
        self._gone.clear()
        self._keep_rows(standing.first)
        self.standing = standing
        if not same:
            self.endResetModel()
        elif len(self._numbers):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._numbers) - 1, len(self.table.columns) - 1))
        self.stood.emit(standing)

    def _changed(self, changes: Changes) -> None:
        kinds = {kind for kind, _ in changes.records}
        if not self._asked or not kinds & {
            self.table.kind,
            "users",
            *self.table.also,
            *(("files",) if self.wish.where.work else ()),
        }:
            return
        self._stale.update(self._rows)
        self._due = True
        if not self._rest.isActive():
            self._rested()

    def _rested(self) -> None:
        if self._due:
            self._due = False
            self._rest.start()
            self._order()

    # ------------------------------------------------------------------ the rows in sight
    def _want(self, place: int) -> None:
        low, high = self._wanted or (place, place)
        if place < low - AHEAD or place > high + AHEAD:  # the view has moved on: what it passed is not needed
            low = high = place
        self._wanted = (min(low, place), max(high, place))
        if not self._reading and not self._soon.isActive():
            self._soon.start()

    def _read(self) -> None:
        if self._wanted is None or self._reading:
            return
        (low, high), self._wanted = self._wanted, None
        near = self._numbers[max(0, low - AHEAD // 3) : high + AHEAD]
        missing = [number for number in near if number not in self._rows or number in self._stale]
        if not missing:
            return
        self._reading = True
        table = self.table
        self.bridge.read(
            lambda workspace: rows_at(workspace, table, missing),
            lambda rows: self._take_rows(missing, rows),
            self._not_read,
        )

    def _not_read(self, error: BaseException) -> None:
        self._reading = False
        self.failed.emit(error)

    def _take_rows(self, asked: list[int], rows: list[Row]) -> None:
        self._reading = False
        self._keep_rows(rows)
        self._gone.update(set(asked) - {row.number for row in rows})
        self._stale -= self._gone
        if len(self._numbers):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._numbers) - 1, len(self.table.columns) - 1))
        if self._wanted is not None:
            self._soon.start()

    def _keep_rows(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._rows.pop(row.number, None)
            self._rows[row.number] = row
            self._stale.discard(row.number)
        for number in list(self._rows)[: max(0, len(self._rows) - KEPT)]:
            del self._rows[number]
            self._stale.discard(number)

    # ------------------------------------------------------------------ what Qt asks
    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._numbers)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.table.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column = self.table.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            across = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return across | Qt.AlignmentFlag.AlignVCenter
        if role not in _TEXTS and role != ROW_ROLE:
            return None
        row = self.row(index.row())
        if role == ROW_ROLE:
            return row
        return NOT_READ if row is None else _say(column, row, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.table.columns):
            return None
        column = self.table.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            how = f"Sort by {column.title.lower()}: click, or Alt+Up and Alt+Down" if column.sort else ""
            return "\n".join(filter(None, (column.tip, how)))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            across = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return across | Qt.AlignmentFlag.AlignVCenter
        return None


_TEXTS = (
    int(Qt.ItemDataRole.DisplayRole),
    int(Qt.ItemDataRole.ToolTipRole),
    int(Qt.ItemDataRole.AccessibleTextRole),
)


def _say(column: Column, row: Row, role: int) -> str:
    text = column.text(row)
    mark = words.MARKS.get(row.mark, "") if column.marks else ""
    if role == Qt.ItemDataRole.DisplayRole or not mark:
        return text
    return f"{text}, {mark}"


# ---------------------------------------------------------------------- on the reading thread
def stand(workspace: Workspace, table: Table, wish: Wish, keep: Sequence[int] = ()) -> Standing:
    """Read how a table stands: the row numbers in their order, how many there are, how old they are."""
    if workspace.account is None:
        return Standing(array("q"), 0, None, False, [], {})
    tables, where = workspace.tables, wish.where
    numbers, alike = tables.numbers(table.kind, where, wish.order), False
    if not numbers and where.text.strip() and where == Where(text=where.text):
        numbers = array("q", (found.row.number for found in tables.search(table.kind, where.text)))
        alike = bool(numbers)
    everything = len(numbers) if not wish.narrowed else tables.count(table.kind, replace(Where(), parent=where.parent))
    fetched = tables.fetched(table.kind, about=where.parent or "")
    places = {number: place for place, number in enumerate(numbers)} if keep else {}
    kept = {number: places[number] for number in keep if number in places}
    unread = tables.unread_fields(where) if where.work is not None else []
    return Standing(numbers, everything, fetched, alike, rows_at(workspace, table, numbers[:AHEAD]), kept, unread)


def rows_at(workspace: Workspace, table: Table, numbers: Iterable[int]) -> list[Row]:
    """The rows of these numbers, with all that the table shows of them."""
    rows = workspace.tables.rows_at(numbers)
    return table.enrich(workspace, rows) if table.enrich is not None else rows
