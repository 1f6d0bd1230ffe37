"""The line at the top: name, account, search over fields and commands, undo, sync."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from leafdesk.ui.actions import Actions
from leafdesk.ui.brand import Mark
from leafdesk.ui.lists import Lists
from leafdesk.ui.parts import Card, button, label, row
from leafdesk.ui.theme import STEP, Theme

FOUND = 8
MOST = 12
"""So many fields, and so many answers of both kinds, fit under the line."""
READABLE = STEP * 120
"""The answers take this width where the line for typing is narrower."""
WHAT = Qt.ItemDataRole.UserRole


class TopBar(QFrame):
    """Parts for tests: `account`, `finder`, `undo`, `sync`."""

    def __init__(self, lists: Lists, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setFixedHeight(STEP * 12)
        self.account = label("", "small")
        self.account.setObjectName("account")
        left = QWidget()
        left.setLayout(row(Mark(theme), label("Leafdesk", "brand"), self.account, None))
        self.finder = Finder(lists, actions)
        self.undo = actions.bind(button(""), "undo")
        self.sync = actions.bind(button("", "primary"), "sync")
        self.sync.setAutoDefault(False)
        right = QWidget()
        right.setLayout(row(None, self.undo, self.sync, gap=STEP * 3))
        line = row(left, self.finder, right, gap=STEP * 4)
        for place, share in enumerate((3, 4, 3)):
            line.setStretch(place, share)
        line.setContentsMargins(STEP * 4, 0, STEP * 3, 0)
        self.setLayout(line)


class Finder(QLineEdit):
    """Find a field or a command by typing; arrows and Enter pick. `found(field id)` when a field was picked."""

    found = Signal(str)

    def __init__(self, lists: Lists, actions: Actions) -> None:
        super().__init__(placeholderText="Find a field, farm or command   Ctrl+K", clearButtonEnabled=True)
        self.setObjectName("finder")
        self.setAccessibleName("Find a field, a farm or a command")
        self.setMaximumWidth(STEP * 120)
        self.lists, self.commands = lists, actions
        self._turn = 0
        self.glass = self.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self.answers = QListWidget(self)  # not without a parent: it would outlive the window
        self.answers.hide()
        self.answers.setObjectName("finderAnswers")
        self.answers.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.answers.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.answers.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.answers.itemClicked.connect(self._pick)
        self.sheet: QFrame | None = None
        self.textChanged.connect(self._ask)
        self.returnPressed.connect(lambda: self._pick(self.answers.currentItem()))
        self.installEventFilter(self)

    def _ask(self, text: str) -> None:
        self._turn += 1
        turn, text = self._turn, text.strip()
        if not text:
            self.close_answers()
            return
        self.lists.bridge.read(
            lambda workspace: (
                [row.id for row in workspace.catalog.fields(search=text, limit=FOUND)] if workspace.account else []
            ),
            lambda ids: self._show(turn, text, ids),
        )

    def _show(self, turn: int, text: str, ids: list[str]) -> None:
        if turn != self._turn:
            return
        self.answers.clear()
        for id_ in ids:
            known = self.lists.rows.get(id_)
            if known is not None:
                self._add(f"{known.name}   ·   {self.lists.where(known)}", ("field", id_))
        for entry, action in self.commands:
            fits = text.casefold() in f"{entry.text} {entry.tip}".casefold() and action.isEnabled()
            if fits and self.answers.count() < MOST:
                self._add(f"{action.text()}   ·   {entry.tip}", ("action", entry.key))
        if not self.answers.count():
            self._add(f"Nothing is called “{text}”.", ("", ""))
        self.answers.setCurrentRow(0)
        self._open()

    def _add(self, text: str, what: tuple[str, str]) -> None:
        item = QListWidgetItem(text)
        item.setData(WHAT, what)
        self.answers.addItem(item)

    def _open(self) -> None:
        if self.sheet is None:
            self.sheet = Card("float")
            self.sheet.setParent(self.window())
            column = self.sheet.layout()
            assert isinstance(column, QVBoxLayout)
            column.setContentsMargins(STEP, STEP, STEP, STEP)
            column.addWidget(self.answers)
            self.answers.show()
        at = self.mapTo(self.window(), QPoint(0, self.height() + STEP))
        wide = max(self.width(), min(READABLE, self.window().width() - at.x() - STEP * 2))
        height = sum(self.answers.sizeHintForRow(place) for place in range(self.answers.count()))
        self.sheet.setGeometry(at.x(), at.y(), wide, height + STEP * 4)
        self.sheet.show()
        self.sheet.raise_()

    def close_answers(self) -> None:
        """Put the list of answers away."""
        if self.sheet is not None:
            self.sheet.hide()

    def _pick(self, item: QListWidgetItem | None) -> None:
        kind, key = item.data(WHAT) if item is not None else ("", "")
        if not kind:
            return
        self.clear()
        self.close_answers()
        if kind == "field":
            self.found.emit(key)
        else:
            self.commands[key].trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.close_answers()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.answers.count():
                self.answers.setCurrentRow((self.answers.currentRow() + step) % self.answers.count())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.clear()
                self.clearFocus()
                return True
        return super().eventFilter(watched, event)
