"""The small pieces that panels and dialogs are made of: labels, cards, rows of figures, buttons."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from leafdesk.ui.theme import STEP


def label(text: str = "", role: str = "", *, wrap: bool = False, select: bool = False) -> QLabel:
    """A label that never reads its text as markup: names come from Leaf and may hold anything."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    if select:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def button(text: str, role: str = "", *, tip: str = "") -> QPushButton:
    """A push button; `role` is "primary", "link", "chip", "choice" or none."""
    made = QPushButton(text)
    made.setProperty("role", role)
    made.setToolTip(tip)
    made.setAccessibleName(text)
    if role != "primary":
        made.setAutoDefault(False)
    return made


def set_role(widget: QWidget, role: str) -> None:
    """Change what a widget is; its look follows."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def row(*parts: QWidget | int | None, gap: int = STEP * 2) -> QHBoxLayout:
    """Parts side by side without margins; a number is a space, None stretches."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(gap)
    for part in parts:
        if part is None:
            made.addStretch(1)
        elif isinstance(part, int):
            made.addSpacing(part)
        else:
            made.addWidget(part)
    return made


class Picker(QComboBox):
    """A list to pick from; the arrow on its right is painted here, since a style sheet takes Qt's own away."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1.6))
        x, y = self.width() - STEP * 4.0, self.height() / 2
        painter.drawPolyline([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)])
        painter.end()


class Card(QFrame):
    """A quiet box with lines in it."""

    def __init__(self, role: str = "card") -> None:
        super().__init__()
        self.setProperty("role", role)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(STEP * 3, STEP * 2 + 2, STEP * 3, STEP * 2 + 2)
        self.column.setSpacing(STEP)


class Figures(Card):
    """Names on the left, values on the right; `put` sets a value, an empty one hides its line."""

    def __init__(self, **lines: str) -> None:
        super().__init__()
        self.column.setSpacing(STEP * 2)
        self._lines: dict[str, tuple[QWidget, QLabel]] = {}
        for key, title in lines.items():
            value = label(select=True)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setWordWrap(True)
            value.setObjectName(key)
            value.setAccessibleName(title)
            line = QWidget()
            across = row(label(title, "muted"), value, gap=STEP * 2)
            across.setStretch(1, 1)
            line.setLayout(across)
            self.column.addWidget(line)
            self._lines[key] = (line, value)

    def put(self, key: str, text: str, role: str = "", *, tip: str = "") -> None:
        """Set a value; `role` as for labels ("strong", "error", "good"). `tip`: what was too long for a line."""
        line, value = self._lines[key]
        value.setText(text)
        value.setToolTip(tip)
        set_role(value, role)
        line.setVisible(bool(text))

    def value(self, key: str) -> str:
        """The text that is shown."""
        return self._lines[key][1].text()
