"""The list of what was found in files: each area with what becomes of it, then what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from leafdesk.files.found import Refusal
from leafdesk.ui import words
from leafdesk.ui.theme import STEP, Theme
from leafdesk.workspace.importing import Action, Line

Index = QModelIndex | QPersistentModelIndex
BECOMES: dict[str, str] = {"new": "New field", "update": "New boundary", "skip": "Left out", "refused": "Refused"}
KEYS: dict[Qt.Key, Action] = {Qt.Key.Key_N: "new", Qt.Key.Key_U: "update", Qt.Key.Key_L: "skip"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list: an area of a file, or something of a file that cannot be used."""

    key: str
    file: str
    line: Line | None = None
    refusal: Refusal | None = None

    @property
    def becomes(self) -> str:
        """A key of BECOMES."""
        return self.line.action if self.line is not None else "refused"

    @property
    def name(self) -> str:
        return self.line.name if self.line is not None else self.refusal.where if self.refusal is not None else ""

    @property
    def why(self) -> str:
        """All there is to tell about it, in plain words."""
        if self.line is not None:
            told = (self.line.why, *self.line.plot.remarks)
            return " ".join(part for part in told if part)
        return f"{self.refusal.what} {self.refusal.do}" if self.refusal is not None else ""


class PlotModel(QAbstractTableModel):
    """Name, area and what becomes of each entry."""

    HEADS = ("Name", "Area", "Becomes")

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.entries: list[Entry] = []

    def show(self, entries: Sequence[Entry]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(self.HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.HEADS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return (Qt.AlignmentFlag.AlignRight if section == 1 else Qt.AlignmentFlag.AlignLeft) | _MIDDLE
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            area = words.area(entry.line.plot.area_ha) if entry.line is not None else ""
            return (entry.name, area, BECOMES[entry.becomes])[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.why
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return (Qt.AlignmentFlag.AlignRight if index.column() == 1 else Qt.AlignmentFlag.AlignLeft) | _MIDDLE
        if role == Qt.ItemDataRole.ForegroundRole:
            c = self._theme.colours
            tints = {"new": c.accent, "update": c.warn, "skip": c.muted, "refused": c.error}
            return QColor(tints[entry.becomes] if index.column() == 2 else c.text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.data(index)}. {entry.why}" if index.column() == 0 else self.data(index)
        return None


_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class PlotList(QTreeView):
    """The list itself. `chosen(action)` when N, U or L was pressed; `picked(entry)` for the current line."""

    chosen = Signal(str)
    picked = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("plots")
        self.setAccessibleName("What was found in the files")
        self.plots = PlotModel(theme)
        self.setModel(self.plots)
        self.setItemDelegate(_Row(theme, self))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = self.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setSectionsClickable(False)
        for column, wide in ((1, 24), (2, 31)):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            head.resizeSection(column, STEP * wide)
        self.selectionModel().currentChanged.connect(lambda now, _: self._tell(now))

    def _tell(self, now: QModelIndex) -> None:
        self.picked.emit(self.plots.entries[now.row()] if now.isValid() else None)

    @property
    def marked(self) -> list[Entry]:
        """The entries that are selected."""
        return [self.plots.entries[index.row()] for index in self.selectionModel().selectedRows()]

    def put(self, entries: Sequence[Entry]) -> None:
        """Show these; what was selected stays selected where it is still there."""
        marked = {entry.key for entry in self.marked}
        now = self.currentIndex()
        current = self.plots.entries[now.row()].key if now.isValid() else ""
        self.plots.show(entries)
        keys = [entry.key for entry in entries]
        selection = self.selectionModel()
        if keys:
            at = self.plots.index(keys.index(current) if current in keys else 0, 0)
            selection.setCurrentIndex(at, QItemSelectionModel.SelectionFlag.NoUpdate)
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        chosen = QItemSelection()  # at once: told one by one, thousands would hold up the window
        for first, last in _runs([row for row, key in enumerate(keys) if key in marked or (not marked and row == 0)]):
            chosen.append(QItemSelectionRange(self.plots.index(first, 0), self.plots.index(last, 0)))
        selection.select(chosen, flags)

    def go_to(self, key: str) -> None:
        """Make the entry of that key the current one."""
        row = next((row for row, entry in enumerate(self.plots.entries) if entry.key == key), None)
        if row is not None:
            self.setCurrentIndex(self.plots.index(row, 0))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _action(event):
            event.accept()  # else a tool of the map would take the letter
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if action := _action(event):
            self.chosen.emit(action)
        else:
            super().keyPressEvent(event)


def _action(event: QKeyEvent) -> Action | None:
    """What the key chooses; None for any other."""
    plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
    return next((action for key, action in KEYS.items() if plain and event.key() == key), None)


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last of each run of neighbouring rows."""
    runs = list[tuple[int, int]]()
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


class _Row(QStyledItemDelegate):
    """A line of the list in the house's colours."""

    def __init__(self, theme: Theme, view: QTreeView) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        c = self._theme.colours
        on = bool(option.state & QStyle.StateFlag.State_Selected)
        box = option.rect
        if on:
            painter.fillRect(box, QColor(c.accent_soft))
        if on and self._view.hasFocus() and index.row() == self._view.currentIndex().row() and index.column() == 0:
            painter.fillRect(box.left(), box.top(), 2, box.height(), QColor(c.accent))
        inner = box.adjusted(STEP * 2, 0, -STEP * 2, 0)
        painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole))
        text = painter.fontMetrics().elidedText(
            index.data(Qt.ItemDataRole.DisplayRole), Qt.TextElideMode.ElideRight, inner.width()
        )
        painter.drawText(inner, index.data(Qt.ItemDataRole.TextAlignmentRole), text)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> Any:
        size = super().sizeHint(option, index)
        size.setHeight(STEP * 8)
        return size
