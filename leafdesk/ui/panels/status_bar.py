"""The line at the bottom: connection, what waits, how old the data are, a running sync, cursor and scale."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from leafdesk.ui import words
from leafdesk.ui.parts import button, label, row
from leafdesk.ui.theme import STEP, Theme
from leafdesk.workspace import ConnectionChanged, Progress

CONNECTIONS = {
    "online": ("Online", ""),
    "unsteady": ("Online, unsteady", "some answers fail or come late"),
    "offline": ("Offline", "work goes on"),
    "captive": ("Sign-in page in the way", "open a browser to get through it"),
    "signed-out": ("Signed out", "work goes on"),
    "unknown": ("Not connected yet", ""),
}
"""Each state in words, and what it means for the user."""


class StatusBar(QFrame):
    """Parts for tests: `connection`, `waiting`, `age`, `progress`, `cancel`, `cursor`, `scale` with their texts."""

    open_queue = Signal()
    open_conflicts = Signal()
    cancelled = Signal()
    sign_in = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setFixedHeight(STEP * 8)
        self._last: str | None = None
        self.light = Light(theme)
        self.connection = label("", "strong")
        self.detail = label("", "muted")
        self.enter = button("Sign in", "link")
        self.enter.clicked.connect(self.sign_in)
        self.waiting = button("", "quiet", tip="Show the queue (Ctrl+5)")
        self.waiting.setObjectName("waiting")
        self.waiting.clicked.connect(self.open_queue)
        self.conflicts = button("", "quiet", tip="Look at both sides, then choose (Ctrl+Shift+X)")
        self.conflicts.setObjectName("conflicts")
        self.conflicts.clicked.connect(self.open_conflicts)
        self.age = label("", "muted")
        self.doing = label("", "muted")
        self.progress = QProgressBar(textVisible=False)
        self.progress.setFixedWidth(STEP * 30)
        self.cancel = button("Cancel", "link", tip="Stop after the present step; what was fetched is kept")
        self.cancel.setObjectName("cancelSync")
        self.cancel.clicked.connect(self.cancelled)
        self.cursor_label = label("", "muted")
        self.scale = label("", "muted")
        line = row(
            self.light, self.connection, self.detail, self.enter, STEP, self.waiting, self.conflicts, STEP, self.age
        )
        for part in (self.doing, self.progress, self.cancel):
            line.addWidget(part)
        line.addStretch(1)
        line.addWidget(self.cursor_label)
        line.addSpacing(STEP * 3)
        line.addWidget(self.scale)
        line.setContentsMargins(STEP * 3, 0, STEP * 4, 0)
        self.setLayout(line)
        self.show_connection(ConnectionChanged("unknown"))
        self.show_waiting(0)
        self.show_conflicts(0)
        self.show_progress(None)
        self._minute = QTimer(self, interval=60_000)
        self._minute.timeout.connect(lambda: self.show_last_sync(self._last))

    def showEvent(self, event: object) -> None:
        self._minute.start()

    def hideEvent(self, event: object) -> None:
        self._minute.stop()

    def show_connection(self, connection: ConnectionChanged) -> None:
        """Say how things stand with Leaf."""
        name, meaning = CONNECTIONS[connection.state]
        self.light.show_state(connection.state)
        self.connection.setText(name)
        self.detail.setText(f"· {meaning}" if meaning else "")
        for part in (self.connection, self.detail, self.light):
            part.setToolTip(connection.detail)
        self.enter.setVisible(connection.state == "signed-out")

    def show_waiting(self, number: int) -> None:
        """How many changes Leaf does not have yet."""
        self.waiting.setText(f"{words.count(number, 'change')} waiting" if number else "Everything sent")
        self.waiting.setAccessibleName(f"{self.waiting.text()}, show the queue")

    def show_conflicts(self, number: int) -> None:
        """How many changes were changed by somebody else, too."""
        self.conflicts.setText(f"◆ {words.count(number, 'conflict')}")
        self.conflicts.setAccessibleName(f"{words.count(number, 'conflict')}, decide")
        self.conflicts.setVisible(number > 0)

    def show_last_sync(self, when: str | None) -> None:
        """When the data were fetched and how old they are."""
        self._last = when
        old = words.age(when)
        text = f"Fetched {words.moment(when)}" if when else ""
        self.age.setText(f"{text} · {old}" if old and text else text)

    def show_progress(self, progress: Progress | None) -> None:
        """What the sync is doing: `Boundaries 120 of 214`; None when it is over."""
        for part in (self.doing, self.progress, self.cancel):
            part.setVisible(progress is not None)
        if progress is None:
            return
        if progress.total is None:
            self.doing.setText(f"{progress.what} {progress.done:,}" if progress.done else f"{progress.what}…")
            self.progress.setRange(0, 0)
        else:
            self.doing.setText(f"{progress.what} {progress.done:,} of {progress.total:,}")
            self.progress.setRange(0, max(1, progress.total))
            self.progress.setValue(progress.done)
        self.progress.setAccessibleName(self.doing.text())

    def show_cursor(self, lonlat: tuple[float, float] | None) -> None:
        """Where the mouse is, in degrees."""
        self.cursor_label.setText(words.position(lonlat))

    def follow(self, page: QWidget | None, canvas: QWidget) -> None:
        """Tell cursor and scale only where the map is in sight."""
        for part in (self.cursor_label, self.scale):
            part.setVisible(page is not None and page.isAncestorOf(canvas))

    def show_scale(self, denominator: float) -> None:
        """The map's scale."""
        self.scale.setText(words.scale(denominator))


class Light(QWidget):
    """The connection by shape and colour: full dot, half a dot when it is unsteady, diamond, triangle, square; a ring
    while nothing is known."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._state = theme, "unknown"
        self.setFixedSize(QSize(STEP * 3, STEP * 3))
        theme.changed.connect(self.update)

    def show_state(self, state: str) -> None:
        """Show a Connection."""
        self._state = state
        self.setAccessibleName(CONNECTIONS[state][0])
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        c = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = {"online": c.accent, "unsteady": c.warn, "offline": c.warn, "captive": c.warn, "signed-out": c.error}
        colour = colours.get(self._state, c.muted)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        if self._state == "online":
            painter.drawEllipse(QRectF(1.5, 1.5, 9, 9))
        elif self._state == "unsteady":
            painter.drawPie(QRectF(1.5, 1.5, 9, 9), 180 * 16, 180 * 16)
            self._ring(painter, colour)
        elif self._state == "offline":
            painter.drawPolygon(QPolygonF([QPointF(6, 0), QPointF(12, 6), QPointF(6, 12), QPointF(0, 6)]))
        elif self._state == "captive":
            painter.drawPolygon(QPolygonF([QPointF(6, 0.5), QPointF(12, 11), QPointF(0, 11)]))
        elif self._state == "signed-out":
            painter.drawRect(QRectF(1.5, 1.5, 9, 9))
        else:
            self._ring(painter, colour)
        painter.end()

    def _ring(self, painter: QPainter, colour: str) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colour), 1.5))
        painter.drawEllipse(QRectF(2, 2, 8, 8))
