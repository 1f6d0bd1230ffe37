"""Faint lines of longitude and latitude, so that a map without fields is still a map."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from leafdesk.geo.view import unworld, world
from leafdesk.ui.map.colours import MapColours

_STEPS = (30, 15, 10, 5, 2, 1, *(minutes / 60 for minutes in (30, 15, 10, 5, 2, 1)), *(s / 3600 for s in (30, 15, 5)))
"""Degrees between two lines; divisions that a map reader expects."""
_APART = 160
"""Lines are at least so many pixels apart."""


def step_for(world_px: float) -> float:
    """Degrees between two lines on a map on which the world is so many pixels wide."""
    return next((step for step in reversed(_STEPS) if step / 360 * world_px >= _APART), _STEPS[0])


def paint_graticule(
    painter: QPainter, colours: MapColours, world_px: float, box: tuple[float, float, float, float]
) -> None:
    """Lines through a box of world units, with the painter's origin at the world's upper left corner."""
    pen = QPen(colours.graticule, 1)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    step = step_for(world_px)
    (west, north), (east, south) = unworld((box[0], box[1])), unworld((box[2], box[3]))
    for n in range(math.ceil(west / step), math.floor(east / step) + 1):
        x = round(world((n * step, 0.0))[0] * world_px) + 0.5
        painter.drawLine(QPointF(x, box[1] * world_px), QPointF(x, box[3] * world_px))
    for n in range(math.ceil(south / step), math.floor(north / step) + 1):
        y = round(world((0.0, n * step))[1] * world_px) + 0.5
        painter.drawLine(QPointF(box[0] * world_px, y), QPointF(box[2] * world_px, y))
