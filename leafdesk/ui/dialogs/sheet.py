"""The frame of every dialog: a heading, lines to fill in, one place for what is wrong, and two buttons."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from leafdesk.ui.parts import Card, button, label, row, set_role
from leafdesk.ui.theme import STEP


class Sheet(QDialog):
    """A dialog that is opened (`open()`), never waited for. Parts for tests: `yes`, `no`, `wrong`.

    Yes emits `wanted` and the sheet stays, with all that was filled in, until it is told `done_well` or `say_failed`.
    """

    wanted = Signal()
    """What was asked for may be done."""

    def __init__(self, parent: QWidget, title: str, about: str, yes: str, *, no: str = "Cancel") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(STEP * 6, STEP * 5, STEP * 6, STEP * 5)
        self.column.setSpacing(STEP * 2)
        self.column.addWidget(label(title, "title", wrap=True))
        if about:
            self.column.addWidget(label(about, "muted", wrap=True))
        self.column.addSpacing(STEP * 2)
        self.lines = QVBoxLayout()
        self.lines.setSpacing(STEP)
        self.column.addLayout(self.lines)
        self._wrong = Card("banner-error")
        self.wrong = label("", "", wrap=True)
        self._wrong.column.addWidget(self.wrong)
        self._wrong.hide()
        self.column.addWidget(self._wrong)
        self.column.addSpacing(STEP * 2)
        self.no = button(no)
        self.yes = button(yes, "primary")
        self.yes.setDefault(True)
        self.no.clicked.connect(self.reject)
        self.yes.clicked.connect(self.accept)
        self.buttons = row(None, self.no, self.yes)
        self.column.addLayout(self.buttons)
        self.setFixedWidth(STEP * 110)
        self._waiting = False

    def accept(self) -> None:
        """Ask for it to be done."""
        if not self._waiting:
            self._wait(True)
            self.say_wrong("")
            self.wanted.emit()

    def reject(self) -> None:
        """Close without; not while it is being done."""
        if not self._waiting:
            super().reject()

    def done_well(self) -> None:
        """It was done: close."""
        self._waiting = False
        super().accept()

    def say_failed(self, text: str) -> None:
        """It could not be done: say why and stay."""
        self._wait(False)
        self.say_wrong(text)

    def _wait(self, waiting: bool) -> None:
        self._waiting = waiting
        for part in (self.yes, self.no):
            part.setEnabled(not waiting)

    def ask(self, title: str, widget: QWidget) -> QLabel:
        """Add a line to fill in under its name."""
        named = label(title, "muted")
        named.setBuddy(widget)
        widget.setAccessibleName(title)
        if self.lines.count():
            self.lines.addSpacing(STEP)
        self.lines.addWidget(named)
        self.lines.addWidget(widget)
        return named

    def say_wrong(self, text: str, *, mild: bool = False) -> None:
        """Say what is wrong; "" takes it away. A mild one is a warning."""
        set_role(self._wrong, "banner-warn" if mild else "banner-error")
        self.wrong.style().polish(self.wrong)
        self.wrong.setText(text)
        self._wrong.setVisible(bool(text))
        self.fit()

    def fit(self) -> None:
        """As high as its lines need; `adjustSize` would take a long text for fewer lines than it has at this width."""
        self.column.activate()
        self.resize(self.width(), self.column.totalHeightForWidth(self.width()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()
