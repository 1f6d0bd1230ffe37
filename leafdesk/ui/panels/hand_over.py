"""What a colleague's hand-over holds: who wrote it, when, each change, and what cannot be taken here and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QVBoxLayout, QWidget

from leafdesk.ui import words
from leafdesk.ui.parts import Card, button, label, row
from leafdesk.ui.theme import STEP, Theme
from leafdesk.workspace.handing import Look, Offered

Index = QModelIndex | QPersistentModelIndex
WIDE = STEP * 240
COMES, STAYS = "Comes to you", "Stays there"


class OfferedModel(QAbstractTableModel):
    """What, when, and what becomes of each change."""

    HEADS = ("Change", "Made", "Here")

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.lines: Sequence[Offered] = ()
        self.refused = False

    def show(self, lines: Sequence[Offered], *, refused: bool) -> None:
        """Show these instead; `refused`: none of them comes."""
        self.beginResetModel()
        self.lines, self.refused = lines, refused
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(self.HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.HEADS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        stays = self.refused or bool(line.why_not)
        if role == Qt.ItemDataRole.DisplayRole:
            here = line.why_not or (STAYS if stays else COMES)
            return (line.sentence, words.moment(line.created), here)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return line.why_not or line.sentence
        if role == Qt.ItemDataRole.ForegroundRole:
            c = self._theme.colours
            return QColor((c.warn if stays else c.accent) if index.column() == 2 else c.muted if stays else c.text)
        return None


class HandOverPage(QFrame):
    """Parts for tests: `title`, `about`, `banner`, `model`, `list`, `why`, `go` (take over), `back`.

    Signals: `wanted(path)` (take what can be taken), `left()`.
    """

    wanted = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page")
        self.path: Path | None = None
        self.title, self.about = label("Hand-over", "heading"), label("", "muted", wrap=True, select=True)
        self.banner_card = Card("banner-warn")
        self.banner = label("", "", wrap=True, select=True)
        self.banner_card.column.addWidget(self.banner)
        self.model = OfferedModel(theme)
        self.list = QTableView()
        self.list.setObjectName("offered")
        self.list.setAccessibleName("Changes in the hand-over")
        self.list.setModel(self.model)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setShowGrid(False)
        self.list.setWordWrap(False)
        self.list.setTabKeyNavigation(False)
        self.list.verticalHeader().hide()
        self.list.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.list.verticalHeader().setDefaultSectionSize(STEP * 9)
        head = self.list.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setFixedHeight(STEP * 9)
        head.setStretchLastSection(True)
        for column, wide in enumerate((STEP * 100, STEP * 32)):
            self.list.setColumnWidth(column, wide)
        self.list.selectionModel().currentChanged.connect(lambda now, _: self._tell(now))
        self.why = label("", "muted", wrap=True, select=True)
        self.why.setMinimumHeight(self.why.fontMetrics().lineSpacing() * 2)  # the list above must not jump
        self.why.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.go, self.back = button("Take over", "primary"), button("Close", tip="Nothing is taken (Esc)")
        self.go.clicked.connect(self._go)
        self.back.clicked.connect(self.left)
        self._lay_out()

    def _lay_out(self) -> None:
        middle = QWidget()
        middle.setMaximumWidth(WIDE)
        column = QVBoxLayout(middle)
        column.setContentsMargins(STEP * 6, STEP * 6, STEP * 6, STEP * 6)
        column.setSpacing(STEP * 2)
        for part in (self.title, self.about, self.banner_card):
            column.addWidget(part)
        column.addWidget(self.list, 1)
        column.addWidget(self.why)
        column.addLayout(row(None, self.back, self.go))
        across = row(None, middle, None, gap=0)
        across.setStretch(1, 100)
        self.setLayout(across)

    def begin(self, path: Path) -> None:
        """A file is being looked at."""
        self.path = path
        self._show(path.name, "Reading…", "", (), refused=True)

    def show_look(self, path: Path, looked: Look) -> None:
        """Show what it holds; an answer about another file than the last one is too late."""
        if path != self.path:
            return
        about = f"{looked.file}: written by {looked.by}, {words.moment(looked.made)}."
        title = f"Hand-over of {words.count(len(looked.lines), 'change')}"
        self._show(title, about, looked.refused, looked.lines, refused=bool(looked.refused))
        many, whole = len(looked.takes), len(looked.lines)
        if many:
            self.go.setText(f"Take over {words.count(many, 'change') if many == whole else f'{many:,} of {whole:,}'}")
            self.go.setAccessibleName(self.go.text())
            self.go.setEnabled(True)
            self.go.setToolTip("They wait in your queue then, and the next sync sends what Leaf lacks")
            self.go.setFocus(Qt.FocusReason.OtherFocusReason)
        if many and many < whole:
            self._say(f"{words.count(whole - many, 'change')} cannot be taken here; why stands beside each.")

    def say_wrong(self, path: Path, why: str) -> None:
        """Say why nothing of it can be used."""
        if path == self.path:
            self._show(path.name, "", f"{why} Nothing was changed.", self.model.lines, refused=True)

    def _show(self, title: str, about: str, banner: str, lines: Sequence[Offered], *, refused: bool) -> None:
        self.title.setText(title)
        self.about.setText(about)
        self._say(banner)
        self.model.show(lines, refused=refused)
        self.list.setVisible(bool(lines))
        self.why.setText("")
        self.go.setText("Take over")
        self.go.setEnabled(False)
        self.go.setToolTip(banner or "There is nothing to take over yet.")
        self.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, text: str) -> None:
        self.banner.setText(text)
        self.banner_card.setVisible(bool(text))

    def _tell(self, index: Index) -> None:
        line = self.model.lines[index.row()] if index.isValid() else None
        self.why.setText("" if line is None else f"{line.sentence}. {line.why_not}".strip())

    def _go(self) -> None:
        self.go.setEnabled(False)
        self.wanted.emit(self.path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)
