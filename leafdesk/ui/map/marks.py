"""Paints which field is selected and which one the hand points at."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen, QTransform

from leafdesk.geo.view import View

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

_NEW = ("draw", "pivot", "rim", "rectangle")
"""With these in the hand the selected field plays no part."""


def paint_marked(painter: QPainter, canvas: MapCanvas, view: View, hidden: str | None) -> None:
    """The field under the cursor and the selected one, but not the one that the tool paints itself."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if canvas.hovered and canvas.hovered != canvas.selection:
        _paint_edge(painter, canvas, view, canvas.hovered, QPen(canvas.colours.hover_edge, 2))
    if canvas.selection and canvas.selection != hidden and canvas.tool not in _NEW:
        painter.setBrush(canvas.colours.accent_fill)
        _paint_edge(painter, canvas, view, canvas.selection, QPen(canvas.colours.accent, 2.4))


def _paint_edge(painter: QPainter, canvas: MapCanvas, view: View, field_id: str, pen: QPen) -> None:
    outlines = canvas.picture.outlines
    slot = outlines.slots.get(field_id)
    if slot is None or outlines.waiting:
        return
    octave = math.floor(view.zoom)
    stretch = view.world_px / (256.0 * 2.0**octave)
    left, top = view.origin
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPath(QTransform(stretch, 0, 0, stretch, -left, -top).map(outlines.path(slot, octave)))
