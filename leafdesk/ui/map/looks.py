"""How a field looks on the map: its fill, its edge and its pattern, by how it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen

from leafdesk.ui.map.colours import MapColours

if TYPE_CHECKING:
    from leafdesk.workspace import FieldRow

KINDS = ("manual", "provider", "preview", "invalid", "pending", "parked", "conflict")
"""Every look a field can have, those that need a person last."""
PLAIN = 2
"""So many of them, the first, are drawn with plain lines."""
LARGEST_CELL = 32
"""Device pixels after which every pattern is at its beginning again."""
FINE_BELOW = 14
"""Below this zoom thousands of fields are in sight, each of them small: their edges are thin."""
HAIR_BELOW = 15.5
"""Below this zoom dozens are: a line wider than a pixel would take thrice the time for a third of a pixel more."""
_CLEAR = 90
"""How opaque a field is over a map, of 255."""
_DASHES = {"pending": [5.0, 2.5], "preview": [2.5, 2.5], "parked": [6.0, 2.5, 1.5, 2.5]}


@dataclass(frozen=True, slots=True)
class Look:
    """Ground and edge of one kind of field, and a pattern over the ground."""

    ground: QColor
    edge: QPen
    pattern: QBrush | None = None
    casing: QPen | None = None
    """A wider line under the edge, so that it is seen on any map."""

    @property
    def pixel(self) -> int:
        """The ground as a pixel of an image, its parts multiplied by how opaque it is."""
        red, green, blue, alpha = self.ground.red(), self.ground.green(), self.ground.blue(), self.ground.alpha()
        return alpha << 24 | red * alpha // 255 << 16 | green * alpha // 255 << 8 | blue * alpha // 255

    def paint(self, painter: QPainter, path: QPainterPath) -> None:
        """Paint pattern and edge around a path in device pixels; the ground is there already."""
        if self.pattern:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.pattern)
            painter.drawPath(path)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self.edge)
        painter.drawPath(path)


def kind_of(row: FieldRow) -> str:
    """Which look a field has: its mark, else "provider" or "manual"."""
    if row.mark:
        return "pending" if row.mark == "enabling" else row.mark
    return "manual" if row.provider_name in (None, "", "Leaf") else "provider"


def looks_for(colours: MapColours, ratio: float, zoom: float, *, clear: bool = False) -> list[Look]:
    """The looks of `KINDS` at a zoom, in device pixels; `clear` over a map."""
    fine = zoom < FINE_BELOW
    thin, thick = (1.0, 1.5 * ratio) if fine else (1.3 * ratio * colours.stroke, 2.0 * ratio * colours.stroke)
    if zoom < HAIR_BELOW and thin < 1.5 and not clear:
        thin = 1.0
    alarm = (colours.field_fill, colours.alarm_edge, thick)
    looks = [
        _look(colours.field_fill, colours.field_edge, thin),
        _look(colours.provider_fill, colours.provider_edge, thin),
        _look(colours.preview_fill, colours.preview_edge, thin, "preview"),
        _look(*alarm),
        _look(colours.pending_fill, colours.pending_edge, thick, "pending"),
        _look(*alarm, "parked", _dotted(colours.alarm_fill, ratio)),
        _look(*alarm, pattern=_hatched(colours.alarm_fill, ratio)),
    ]
    return [_cleared(look, colours, ratio, fine) for look in looks] if clear else looks


def _cleared(look: Look, colours: MapColours, ratio: float, fine: bool) -> Look:
    """The same look for a map to be seen through it: a thinner ground, an edge that stands out from any colour."""
    ground, edge, casing = QColor(look.ground), QPen(look.edge), QPen(colours.casing)
    ground.setAlpha(_CLEAR)
    dark = colours.ground.lightness() < 128
    edge.setColor(edge.color().lighter(140) if dark else edge.color().darker(130))
    if not fine:
        edge.setWidthF(max(edge.widthF(), 1.6 * ratio))
        casing.setWidthF(edge.widthF() + 2.0 * ratio)
        casing.setCosmetic(True)
        casing.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return replace(look, ground=ground, edge=edge, casing=None if fine else casing)


def _look(ground: QColor, edge: QColor, width: float, dashes: str = "", pattern: QBrush | None = None) -> Look:
    pen = QPen(edge, width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashes or width <= 1.0:  # the ends of thousands of short lines would be painted twice
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashes:
        pen.setDashPattern(_DASHES[dashes])
    return Look(ground, pen, pattern)


def _hatched(colour: QColor, ratio: float) -> QBrush:
    """Slanted lines; the cell divides the largest, so that they run on from picture to picture."""
    cell = 8 if ratio < 1.5 else 16
    picture, painter = _cell(cell, QPen(colour, 1.4 * ratio))
    for shift in (-cell, 0, cell):
        painter.drawLine(QPointF(shift - 1, cell + 1), QPointF(shift + cell + 1, -1))
    painter.end()
    return QBrush(picture)


def _dotted(colour: QColor, ratio: float) -> QBrush:
    """Dots in rows, every other row shifted by half."""
    cell = 16 if ratio < 1.5 else 32
    picture, painter = _cell(cell, QPen(colour, 2.6 * ratio, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPoints([QPointF(cell / 4, cell / 4), QPointF(cell * 3 / 4, cell * 3 / 4)])
    painter.end()
    return QBrush(picture)


def _cell(side: int, pen: QPen) -> tuple[QImage, QPainter]:
    picture = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    return picture, painter
