"""One sentence that floats over the window's lower edge for a while."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from leafdesk.ui.parts import Card, button, label, row
from leafdesk.ui.theme import STEP

STAYS_MS = 9000


class Notice(Card):
    """Part for tests: `text`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("float")
        self.setParent(parent)
        self._above = parent
        self.lift: Callable[[], int] = lambda: 0
        """How much room is taken above the status bar."""
        self.setObjectName("notice")
        self.text = label("", "", wrap=True)
        done = button("Close", "link")
        done.clicked.connect(self.hide)
        line = row(self.text, done, gap=STEP * 3)
        line.setStretch(0, 1)
        self.column.addLayout(line)
        self._over = QTimer(self, singleShot=True, interval=STAYS_MS)
        self._over.timeout.connect(self.hide)
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence; "" takes it away."""
        self.text.setText(text)
        self.setVisible(bool(text))
        if text:
            self.setAccessibleName(text)
            self.place()
            self.raise_()
            self._over.start()

    def hideEvent(self, event: object) -> None:
        self._over.stop()

    def float_over(self, parent: QWidget) -> None:
        """Float over another widget from now on."""
        self._above = parent
        self.setParent(parent)

    def place(self) -> None:
        """Keep to the middle above the status bar, and above what stands there already."""
        if self.isHidden():
            return
        above = self._above
        wide = min(STEP * 120, above.width() - STEP * 8)
        self.setFixedSize(wide, self.column.totalHeightForWidth(wide))
        self.move((above.width() - wide) // 2, above.height() - self.height() - STEP * 12 - self.lift())
