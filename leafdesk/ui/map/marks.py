"""Paints which field is selected and which one the hand points at."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen, QTransform

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

_NEW = ("draw", "pivot", "rim", "rectangle")
"""With these in the hand the selected field plays no part."""


def paint_marked(painter: QPainter, canvas: MapCanvas, hovered: str | None, hidden: str | None) -> None:
    """The field under the cursor and the selected one, but not the one that the tool paints itself."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if hovered and hovered != canvas.selection:
        _paint_edge(painter, canvas, hovered, QPen(canvas.colours.hover_edge, 2))
    if canvas.selection and canvas.selection != hidden and canvas.tool not in _NEW:
        painter.setBrush(canvas.colours.accent_fill)
        _paint_edge(painter, canvas, canvas.selection, QPen(canvas.colours.accent, 2.4))


def _paint_edge(painter: QPainter, canvas: MapCanvas, field_id: str, pen: QPen) -> None:
    outlines, view = canvas.picture.outlines, canvas.view
    slot = outlines.slots.get(field_id)
    if slot is None or outlines.waiting:
        return
    octave = math.floor(view.zoom)
    stretch = view.world_px / (256.0 * 2.0**octave)
    left, top = view.origin
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPath(QTransform(stretch, 0, 0, stretch, -left, -top).map(outlines.path(slot, octave)))
