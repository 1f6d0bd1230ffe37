"""A row of small bars: the areas of a boundary's versions."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from leafdesk.ui import words
from leafdesk.ui.theme import STEP, Theme


class Bars(QWidget):
    """One small bar for each version of the boundary, as high as its area; the one looked at stands out."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._areas: list[float] = []
        self._chosen = 0
        self.setFixedHeight(STEP * 8)

    def sizeHint(self) -> QSize:
        return QSize(160, STEP * 8)

    def show_areas(self, areas: list[float], chosen: int | None = None) -> None:
        """Hectares, oldest first, and which of them is looked at (else the last)."""
        self._areas = areas
        self._chosen = len(areas) - 1 if chosen is None else chosen
        self.setVisible(len(areas) > 1)
        self.setToolTip(" · ".join(words.area(area) for area in areas))
        self.setAccessibleName("Areas of the versions, oldest first: " + ", ".join(map(words.area, areas)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        c = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        count = max(5, len(self._areas))
        gap = min(STEP, self.width() // (3 * count))  # many versions stand closer together
        wide = (self.width() - gap * (count - 1)) / count
        most = max(self._areas, default=0.0) or 1.0
        places = sorted(range(len(self._areas)), key=lambda place: place == self._chosen)  # that one over the others
        for place in places:
            area, broad = self._areas[place], max(2.0, wide)
            tall = max(STEP, area / most * self.height())
            path = QPainterPath()
            bar = QRectF(place * (wide + gap), self.height() - tall, broad, tall)
            path.addRoundedRect(bar, min(3.0, broad / 4), min(3.0, broad / 4))
            painter.fillPath(path, QColor(c.accent if place == self._chosen else c.line))
        painter.end()
