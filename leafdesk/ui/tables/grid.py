"""The grid of a table: its header, its lines with their marks, and the keys that move, sort and copy."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from leafdesk.ui.panels.line import paint_mark
from leafdesk.ui.tables.declare import as_text
from leafdesk.ui.tables.rows import NOT_READ, Rows, rows_at
from leafdesk.ui.theme import STEP, Theme, font
from leafdesk.workspace import Order, Row

TALL, PADDING = STEP * 8, STEP * 3
FEW = 5
"""So many numbers are looked up in an order of 100,000 within a millisecond or two."""
CHOSEN, HERE = QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_HasFocus
UNDER_MOUSE = QStyle.StateFlag.State_MouseOver


class Grid(QTableView):
    """Shows `rows`. `sorted_by(order)`: somebody wants another order. `typed(text)`: letters typed at the table, which
    belong into the filter. `activated` (Qt's): Enter or a double click on a row."""

    sorted_by = Signal(object)
    typed = Signal(str)

    def __init__(self, rows: Rows, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows, self.theme = rows, theme
        self.setModel(rows)
        self.setObjectName("grid")
        self.setAccessibleName(f"Table of {rows.table.plural}")
        self.setItemDelegate(Cell(theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(TALL)
        self.verticalHeader().setDefaultSectionSize(TALL)
        self._build_header()
        rows.keep = self._kept
        rows.modelAboutToBeReset.connect(self._remember)
        rows.stood.connect(self._find_again)
        self._before: tuple[int | None, list[int], int] = (None, [], 0)
        theme.changed.connect(self.viewport().update)

    def _build_header(self) -> None:
        header = self.horizontalHeader()
        header.setObjectName("gridHeader")
        header.setHighlightSections(False)
        header.setSectionsMovable(False)
        nothing = QItemSelectionModel(self.rows, header)  # else it asks of every row whether the column is selected
        header.setSelectionModel(nothing)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setMinimumSectionSize(STEP * 12)
        header.setFixedHeight(TALL)
        header.setStretchLastSection(True)
        header.sectionClicked.connect(self._clicked)
        for place, column in enumerate(self.rows.table.columns):
            self.setColumnWidth(place, column.wide)
        self.show_order(self.rows.wish.order)

    # ------------------------------------------------------------------ order
    def show_order(self, order: Order) -> None:
        """Show in the header by what the rows are sorted."""
        attribute, descending = order[0] if order else ("", False)
        keys = [column.sort for column in self.rows.table.columns]
        way = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(keys.index(attribute) if attribute in keys else -1, way)

    def _clicked(self, section: int) -> None:
        attribute = self.rows.table.columns[section].sort
        now = self.rows.wish.order[0] if self.rows.wish.order else ("", False)
        if attribute:
            self.sorted_by.emit(((attribute, attribute == now[0] and not now[1]),))
        else:
            self.show_order(self.rows.wish.order)  # Qt has put its arrow there already

    def sort_here(self, *, descending: bool) -> None:
        """Sort by the column that the keyboard is in."""
        attribute = self.rows.table.columns[max(0, self.currentIndex().column())].sort
        if attribute:
            self.sorted_by.emit(((attribute, descending),))

    # ------------------------------------------------------------------ selection
    def chosen(self) -> list[range]:
        """The places of the selected rows, in their order."""
        picked = self.selectionModel().selection()
        parts = [picked.at(place) for place in range(picked.count())]
        return sorted((range(some.top(), some.bottom() + 1) for some in parts), key=lambda places: places.start)

    def current_row(self) -> Row | None:
        """The row that the keyboard is in, when it is selected and read."""
        index = self.currentIndex()
        if not index.isValid() or not self.selectionModel().isRowSelected(index.row(), QModelIndex()):
            return None
        return self.rows.row(index.row())

    def select_place(self, place: int) -> None:
        """Select one row and bring it in sight."""
        column = max(0, self.currentIndex().column())
        self.setCurrentIndex(self.rows.index(place, column))
        self.scrollTo(self.rows.index(place, column))

    def _kept(self) -> list[int]:
        current, chosen, _ = self._standing()
        return [*chosen, *([current] if current is not None else [])]

    def _standing(self) -> tuple[int | None, list[int], int]:
        index = self.currentIndex()
        current = self.rows.number(index.row()) if index.isValid() else None
        return current, self.rows.numbers(self.chosen()), max(0, index.column())

    def _remember(self) -> None:
        self._before = self._standing()

    def _find_again(self) -> None:
        """After another order came: select what was selected, where it is now."""
        (current, chosen, column), self._before = self._before, (None, [], 0)
        standing = self.rows.standing
        if standing is None or current is None:
            return
        places = standing.places
        if len(chosen) <= FEW:  # they may have been selected after the order was asked for
            places = {number: standing.numbers.index(number) for number in chosen if number in standing.numbers}
        if current not in places:
            return
        picked, last = QItemSelection(), len(self.rows.table.columns) - 1
        for place in sorted(places[number] for number in chosen if number in places):
            picked.select(self.rows.index(place, 0), self.rows.index(place, last))
        index, model = self.rows.index(places[current], column), self.selectionModel()
        model.setCurrentIndex(index, model.SelectionFlag.NoUpdate)
        model.select(picked, model.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    # ------------------------------------------------------------------ copying
    def read_chosen(self, done: Callable[[list[Row]], None]) -> None:
        """Read all selected rows beside the window and hand them over."""
        numbers, table = self.rows.numbers(self.chosen()), self.rows.table
        self.rows.bridge.read(lambda workspace: rows_at(workspace, table, numbers), done)

    def copy(self, done: Callable[[int], None]) -> None:
        """Put the selected rows into the clipboard as tab-separated text; `done` is told how many."""
        numbers, table = self.rows.numbers(self.chosen()), self.rows.table

        def take(copied: tuple[int, str]) -> None:
            QApplication.clipboard().setText(copied[1])
            done(copied[0])

        def read(rows: list[Row]) -> tuple[int, str]:
            return len(rows), as_text(table, rows)

        self.rows.bridge.read(lambda workspace: read(rows_at(workspace, table, numbers)), take)

    # ------------------------------------------------------------------ keys
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _letter(event):
            event.accept()  # on the map a letter takes a tool; here it is typed
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _letter(event):
            self.typed.emit(event.text())
            return
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and not event.modifiers() and self.rows.rowCount():
            self.select_place(0 if event.key() == Qt.Key.Key_Home else self.rows.rowCount() - 1)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Qt would look through every row; what is typed goes to the filter instead."""


def _letter(event: QKeyEvent) -> str:
    """What somebody types without Ctrl or Alt."""
    plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
    return event.text().strip() if plain and event.text().isprintable() else ""


class Cell(QStyledItemDelegate):
    """Paints one cell: quiet lines, figures under figures, the mark by shape, a frame around the keyboard's cell.

    Some three hundred of them are in sight, so whatever is the same for all of them is made once.
    """

    def __init__(self, theme: Theme, grid: Grid) -> None:
        super().__init__(grid)
        self.theme, self.grid = theme, grid
        self._columns = grid.rows.table.columns
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        c = self.theme.colours
        self._face = font(13)
        self._metrics = QFontMetrics(self._face)
        self._down = (TALL - self._metrics.height()) // 2 + self._metrics.ascent()
        self._chosen, self._hover, self._line = QColor(c.accent_soft), QColor(c.hover), QColor(c.line)
        self._text, self._muted, self._accent = QColor(c.text), QColor(c.muted), QColor(c.accent)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(STEP * 20, TALL)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        state, place = option.state, index.column()
        rect: QRect = option.rect
        left, top, wide, tall = rect.left(), rect.top(), rect.width(), rect.height()
        column, row = self._columns[place], self.grid.rows.row(index.row())
        chosen = bool(state & CHOSEN)
        if chosen or state & UNDER_MOUSE:
            painter.fillRect(left, top, wide, tall, self._chosen if chosen else self._hover)
        painter.fillRect(left, top + tall - 1, wide, 1, self._line)
        if chosen and place == 0:
            painter.fillRect(left, top, 3, tall, self._accent)
        text = NOT_READ if row is None else column.text(row)
        if text:
            mark = row.mark if row is not None and column.marks else ""
            room = wide - PADDING * 2 - (STEP * 4 if mark not in ("", "preview") else 0)
            long = self._metrics.horizontalAdvance(text)
            if long > room:
                text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
                long = self._metrics.horizontalAdvance(text)
            painter.setFont(self._face)
            painter.setPen(self._text if chosen or (column.marks and row is not None) else self._muted)
            x = left + wide - PADDING - long if column.right else left + PADDING
            painter.drawText(x, top + self._down, text)
            if mark:
                self._mark(painter, QPointF(x + long + STEP * 2.5, top + tall / 2), mark)
        if state & HERE:
            painter.setPen(self._accent)
            painter.drawRect(left, top, wide - 1, tall - 1)

    def _mark(self, painter: QPainter, at: QPointF, mark: str) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_mark(painter, at, mark, self.theme.colours)
        painter.restore()
