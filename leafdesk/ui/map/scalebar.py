"""The scale bar in the map's corner, with the way north over it."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from leafdesk.geo.view import View
from leafdesk.ui.map.colours import MapColours
from leafdesk.ui.map.wording import paint_text

_LONGEST = 120
_INSET = 14


def round_length(metres: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not longer."""
    power: float = 10.0 ** math.floor(math.log10(metres))
    return next(step * power for step in (5, 2, 1) if step * power <= metres)


def paint_scale_bar(painter: QPainter, view: View, colours: MapColours, font: QFont, lifted: int = 0) -> None:
    """A bar of a round length in the lower right corner, or so many pixels over it."""
    length = round_length(_LONGEST * view.metres_per_pixel)
    width = length / view.metres_per_pixel
    right, bottom = round(view.width - _INSET) + 0.5, round(view.height - _INSET - lifted) + 0.5
    left = round(right - width) + 0.5
    text = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    small = QFont(font)
    small.setPixelSize(11)
    painter.setFont(small)
    paint_text(painter, QPointF(left, bottom - 9), text, colours.label_quiet, colours.halo)
    bar = [
        QLineF(left, bottom - 5, left, bottom),
        QLineF(left, bottom, right, bottom),
        QLineF(right, bottom, right, bottom - 5),
    ]
    for colour, width in ((colours.halo, 4.0), (colours.label_quiet, 1.6)):
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
        painter.drawLines([*bar, *_north(right - 4, bottom - 24)])
    paint_text(painter, QPointF(right - 8, bottom - 44), "N", colours.label_quiet, colours.halo)


def _north(x: float, foot: float) -> list[QLineF]:
    """An arrow that points up, as north does everywhere on this map."""
    tip = QPointF(x, foot - 16)
    return [QLineF(QPointF(x, foot), tip), *(QLineF(tip, tip + QPointF(aside, 5)) for aside in (-4, 4))]
