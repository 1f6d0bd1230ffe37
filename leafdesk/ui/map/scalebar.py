"""The scale bar in the map's corner, with the way north over it."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QFont, QPainter, QPen, QPixmap

from leafdesk.geo.view import View
from leafdesk.ui.map.colours import MapColours
from leafdesk.ui.map.wording import paint_text

_LONGEST = 120
_INSET = 14
_WIDE, _HIGH, _EDGE = _LONGEST + 6, 62, 6
"""The bar's picture, from its upper left corner to the bar's right end, and what lies beyond that."""


def round_length(metres: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not longer."""
    power: float = 10.0 ** math.floor(math.log10(metres))
    return next(step * power for step in (5, 2, 1) if step * power <= metres)


class ScaleBar:
    """The bar, painted once for each length that it has."""

    def __init__(self) -> None:
        self._picture = QPixmap()
        self._of: object = None

    def paint(self, painter: QPainter, view: View, colours: MapColours, font: QFont, lifted: int = 0) -> None:
        """A bar of a round length in the lower right corner, or so many pixels over it."""
        length = round_length(_LONGEST * view.metres_per_pixel)
        width, ratio = round(length / view.metres_per_pixel), painter.device().devicePixelRatio()
        of = (length, width, colours, font.key(), ratio)
        if of != self._of:
            self._of, self._picture = of, _picture(length, width, colours, font, ratio)
        painter.drawPixmap(
            round(view.width - _INSET) - _WIDE, round(view.height - _INSET - lifted) - _HIGH, self._picture
        )


def _picture(length: float, width: int, colours: MapColours, font: QFont, ratio: float) -> QPixmap:
    """A bar so many metres and pixels long; its right end is half a pixel after (_WIDE, _HIGH)."""
    picture = QPixmap(math.ceil((_WIDE + _EDGE) * ratio), math.ceil((_HIGH + _EDGE) * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    right, bottom = _WIDE + 0.5, _HIGH + 0.5
    left = right - width
    text = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    small = QFont(font)
    small.setPixelSize(11)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(small)
    paint_text(painter, QPointF(left, bottom - 9), text, colours.label_quiet, colours.halo)
    bar = [
        QLineF(left, bottom - 5, left, bottom),
        QLineF(left, bottom, right, bottom),
        QLineF(right, bottom, right, bottom - 5),
    ]
    for colour, thick in ((colours.halo, 4.0), (colours.label_quiet, 1.6)):
        painter.setPen(QPen(colour, thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
        painter.drawLines([*bar, *_north(right - 4, bottom - 24)])
    paint_text(painter, QPointF(right - 8, bottom - 44), "N", colours.label_quiet, colours.halo)
    painter.end()
    return picture


def _north(x: float, foot: float) -> list[QLineF]:
    """An arrow that points up, as north does everywhere on this map."""
    tip = QPointF(x, foot - 16)
    return [QLineF(QPointF(x, foot), tip), *(QLineF(tip, tip + QPointF(aside, 5)) for aside in (-4, 4))]
