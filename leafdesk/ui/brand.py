"""Leafdesk's own mark, a leaf drawn with two curves."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from leafdesk.ui.theme import STEP, Theme


def leaf() -> QPainterPath:
    """The outline inside a square of 1 by 1."""
    path = QPainterPath(QPointF(0.14, 0.86))
    path.cubicTo(QPointF(0.02, 0.40), QPointF(0.30, 0.08), QPointF(0.92, 0.08))
    path.cubicTo(QPointF(0.94, 0.68), QPointF(0.62, 0.98), QPointF(0.14, 0.86))
    return path


def paint(painter: QPainter, size: float, leaf_colour: str, vein_colour: str) -> None:
    """Draw the mark at the painter's origin."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.save()
    painter.scale(size, size)
    painter.fillPath(leaf(), QColor(leaf_colour))
    painter.setPen(QPen(QColor(vein_colour), 0.075, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(0.21, 0.80), QPointF(0.62, 0.38))
    painter.drawLine(QPointF(0.36, 0.65), QPointF(0.38, 0.44))
    painter.drawLine(QPointF(0.36, 0.65), QPointF(0.60, 0.66))
    painter.restore()


def window_icon() -> QIcon:
    """The mark for the window's frame and the task bar."""
    icon = QIcon()
    for size in (16, 32, 64, 128):
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        paint(painter, size, "#2a9460", "#ffffff")
        painter.end()
        icon.addPixmap(picture)
    return icon


class Mark(QWidget):
    """The mark in the theme's accent."""

    def __init__(self, theme: Theme, size: int = STEP * 5) -> None:
        super().__init__()
        self._theme, self._size = theme, size
        self.setFixedSize(QSize(size, size))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint(painter, self._size, self._theme.colours.accent, self._theme.colours.ground)
        painter.end()
