"""Browsing with shapes laid over the map: what a boundary was, what it would gain and lose, what fields share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from leafdesk.geo.shape import Shape
from leafdesk.ui.map.browse import BrowseTool
from leafdesk.ui.map.sketch import paint_former, paint_outline
from leafdesk.ui.map.trace import Trace

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

Sort = Literal["former", "outline", "gained", "lost"]


class OverlayTool(BrowseTool):
    """Painted in order: a `former` shape is bare ground with a dashed edge, an `outline` tinted; `gained` and `lost`
    are hatched this way and that, so that they differ without colour too."""

    def __init__(self, canvas: MapCanvas, shapes: Iterable[tuple[Sort, Shape]], hides: str | None = None) -> None:
        super().__init__(canvas)
        self.shapes = [(sort, Trace(shape)) for sort, shape in shapes if shape]
        self.hides = hides

    def paint(self, painter: QPainter) -> None:
        view, colours = self.canvas.view, self.canvas.colours
        for sort, trace in self.shapes:
            path = trace.path(view)
            if sort == "former":
                paint_former(painter, path, colours)
            elif sort == "outline":
                paint_outline(painter, path, colours)
            else:
                colour = QColor(colours.accent if sort == "gained" else colours.warning)
                pattern = Qt.BrushStyle.BDiagPattern if sort == "gained" else Qt.BrushStyle.FDiagPattern
                painter.setBrush(QBrush(colour, pattern))
                painter.setPen(QPen(colour, 1))
                painter.drawPath(path)
