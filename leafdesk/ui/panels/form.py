"""The numbers and choices that a map tool asks for, as a line over the hint."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from leafdesk.ui.flow import Flow
from leafdesk.ui.map.tool import Ask
from leafdesk.ui.parts import Picker, label, row
from leafdesk.ui.theme import STEP


class Form(QWidget):
    """`put` replaces the questions. Part for tests: `fields`, the widgets by their keys."""

    answered = Signal(str, str)
    """The key of a question and what stands there now."""
    kept = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, QLineEdit | Picker] = {}
        self._parts: list[QWidget] = []
        self._flow = Flow(self, gap=STEP * 3)
        self._flow.setContentsMargins(STEP, 0, STEP, STEP)

    def put(self, asks: Sequence[Ask]) -> None:
        """Ask these; nothing is shown when there are none."""
        for part in self._parts:
            part.hide()
            part.deleteLater()
        while self._flow.count():
            self._flow.takeAt(0)
        self.fields, self._parts = {}, []
        for ask in asks:
            field = self.fields[ask.key] = self._made(ask)
            field.setObjectName(f"ask-{ask.key}")
            field.setAccessibleName(f"{ask.title}, {ask.unit}" if ask.unit else ask.title)
            field.installEventFilter(self)
            name = label(ask.title, "muted")
            name.setBuddy(field)
            part = QWidget()
            unit = label(ask.unit, "muted")
            unit.setMinimumWidth(STEP * 4 if ask.unit else 0)
            part.setLayout(row(name, field, unit))
            self._parts.append(part)
            self._flow.addWidget(part)
            part.show()
        self.setVisible(bool(asks))

    def _made(self, ask: Ask) -> QLineEdit | Picker:
        if ask.choices:
            picker = Picker()
            picker.addItems(list(ask.choices))
            picker.setCurrentText(ask.start)
            picker.currentTextChanged.connect(lambda text: self.answered.emit(ask.key, text))
            return picker
        line = QLineEdit(ask.start)
        line.setPlaceholderText(ask.example)
        line.setFixedWidth(STEP * (66 if ask.wide else 18))
        line.textEdited.connect(lambda text: self.answered.emit(ask.key, text))
        return line

    def text(self, key: str) -> str:
        """What stands in a field."""
        field = self.fields[key]
        return field.text() if isinstance(field, QLineEdit) else field.currentText()

    def take_focus(self) -> bool:
        """Go to the first field, all of it marked; False when there is none."""
        first = next(iter(self.fields.values()), None)
        if first is None:
            return False
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(first, QLineEdit):
            first.selectAll()
        return True

    def fit(self, room: int) -> None:
        """Take no more than so many pixels across, and as many lines as that needs."""
        whole = sum(part.sizeHint().width() + STEP * 3 for part in self._parts) + STEP * 2
        wide = min(whole, room)
        self.setFixedSize(wide, self._flow.heightForWidth(wide))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.accept()  # letters are typed here, they are no tools' keys
                return True
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.kept.emit()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)
