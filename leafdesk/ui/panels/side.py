"""The frame of everything there is to look at beside a field's own figures: a way back, a heading, room to scroll."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from leafdesk.ui.lists import Lists
from leafdesk.ui.parts import button, label, row
from leafdesk.ui.theme import STEP
from leafdesk.ui.trouble import plain

NOT_THERE = "Leaf does not have this field yet; the next sync sends it."


class Side(QFrame):
    """A side of one field. `turn` grows with each field, so that what was asked for another one is told apart.

    Parts for tests: `back`, `title`, `name`, `trouble`.
    """

    closed = Signal()
    """It is no longer in sight."""
    fetched = Signal()
    """Leaf was asked for something of the field: its figures may be others."""
    left = Signal()
    """The user wants the field's figures again."""

    def __init__(self, lists: Lists, title: str) -> None:
        super().__init__()
        self.lists = lists
        self.bridge, self.workspace = lists.bridge, lists.bridge.workspace
        self.field_id, self.turn = "", 0
        self.closed.connect(self._forget)
        page = QWidget()
        self.column = QVBoxLayout(page)
        self.column.setContentsMargins(STEP * 4, STEP * 3, STEP * 4, STEP * 4)
        self.column.setSpacing(STEP * 3)
        self.back = button("‹ Back to the field", "link", tip="Show the field's figures again (Esc)")
        self.back.clicked.connect(self.left)
        self.title = label(title, "title", wrap=True)
        self.name = label("", "small", wrap=True)
        heading = QVBoxLayout()
        heading.setSpacing(0)
        heading.addLayout(row(self.back, None))
        heading.addSpacing(STEP * 2)
        heading.addWidget(self.title)
        heading.addWidget(self.name)
        self.column.addLayout(heading)
        self.trouble = label("", "error", wrap=True)
        self.trouble.hide()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def show_field(self, field_id: str, name: str) -> None:
        """Show another field from its beginning."""
        self.turn += 1
        self.field_id = field_id
        self.name.setText(name)
        self.say_trouble("")
        self.read()

    def again(self) -> None:
        """The field or something of it is new: read it again and keep what the user chose."""
        self.read()

    def read(self) -> None:
        """Read and show what is known here."""

    def say_trouble(self, text: str) -> None:
        """Say what went wrong; "" takes it away."""
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    def failed(self, error: BaseException) -> None:
        """What was asked of Leaf did not come."""
        self.say_trouble(NOT_THERE if isinstance(error, KeyError) else plain(error))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _forget(self) -> None:
        self.turn += 1
