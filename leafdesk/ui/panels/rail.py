"""The rail on the far left: one button for each page, with a count where something waits."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QActionGroup, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from leafdesk.ui import words
from leafdesk.ui.actions import Actions
from leafdesk.ui.pages import PAGES
from leafdesk.ui.theme import STEP, Theme, font

WIDE = STEP * 22
"""As wide as the longest name of a page needs."""


class Rail(QFrame):
    """Parts for tests: `buttons` by page name."""

    def __init__(self, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setFixedWidth(WIDE)
        self.group = QActionGroup(self)
        self.buttons: dict[str, PageButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, STEP * 2, 0, STEP * 2)
        column.setSpacing(STEP)
        foot = False
        for page in PAGES:
            if page.at_foot and not foot:
                column.addStretch(1)
                foot = True
            self.group.addAction(actions[page.key])
            made = PageButton(theme)
            made.setDefaultAction(actions[page.key])
            made.setObjectName(f"page-{page.key}")
            column.addWidget(made)
            self.buttons[page.key] = made


class PageButton(QToolButton):
    """A page's button with a count in its corner."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._count = theme, 0
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(STEP * 6, STEP * 6))
        self.setFixedSize(QSize(WIDE - 1, STEP * 14))

    def show_count(self, count: int, one: str, many: str = "") -> None:
        """Show how many wait; nothing for none. `one` and `many` name them: "change"."""
        self._count = count
        self.setAccessibleName(f"{self.text()}, {words.count(count, one, many)}" if count else self.text())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._count:
            return
        c = self._theme.colours
        text = str(self._count) if self._count < 1000 else "999+"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(11, bold=True))
        wide = max(STEP * 4 + 2, painter.fontMetrics().horizontalAdvance(text) + STEP * 2)
        box = QRectF(self.width() / 2 + STEP, STEP + 1, wide, STEP * 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.warn))
        painter.drawRoundedRect(box, STEP * 2, STEP * 2)
        painter.setPen(QColor(c.ground))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
