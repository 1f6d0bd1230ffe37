"""Draws the hand to the corners and edges of the fields near it, and shows where."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from leafdesk.geo.shape import Position, Shape, unpack
from leafdesk.geo.snap import Rails, Snap, snap
from leafdesk.geo.view import Pixel, world

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

_REACH = 8.0
"""Pixels from which a corner or an edge draws the hand."""
_MANY = 24
"""With more fields than this under the hand one cannot tell them apart anyway."""
_KEPT = 64
_SAME = 1e-9
"""Some centimetres, in world units."""
_RING_PX = 8.0


class Snapping:
    """Keeps the edges of the fields that were near the hand lately."""

    def __init__(self, canvas: MapCanvas) -> None:
        self.canvas = canvas
        self._kept: OrderedDict[str, tuple[bytes, Rails]] = OrderedDict()

    def find(self, pixel: Pixel, without: str | None) -> Snap | None:
        """Where a hand at this pixel is drawn to; `without` is the field that may not draw it (being edited itself)."""
        view, outlines = self.canvas.view, self.canvas.picture.outlines
        x, y = world(view.to_lonlat(pixel))
        reach = _REACH / view.world_px
        slots = outlines.within((x - reach, y - reach, x + reach, y + reach))
        near = [] if slots is None or len(slots) > _MANY else slots.tolist()
        ids = [id_ for slot in near if (id_ := outlines.ids[slot]) and id_ != without]
        rails = [found for id_ in ids if (found := self._rails(id_))]
        return snap([*self.canvas.hand_tool.rails, *rails], (x, y), reach)

    def shapes_at(self, spot: Position) -> list[Shape]:
        """The fields whose box holds the spot, or nearly."""
        outlines, (x, y) = self.canvas.picture.outlines, world(spot)
        slots = outlines.within((x - _SAME, y - _SAME, x + _SAME, y + _SAME))
        ids = [] if slots is None else [outlines.ids[slot] for slot in slots.tolist()]
        return [unpack(packed) for id_ in ids if id_ and (packed := outlines.packed.get(id_))]

    def _rails(self, id_: str) -> Rails | None:
        packed = self.canvas.picture.outlines.packed.get(id_)
        if packed is None:
            if not self.canvas.picture.reading:
                self.canvas.picture.fetch([id_])  # for the next move of the hand
            return None
        kept = self._kept.get(id_)
        if kept is None or kept[0] is not packed:
            kept = self._kept[id_] = (packed, Rails.of(packed))
        self._kept.move_to_end(id_)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return kept[1]

    def paint(self, painter: QPainter, found: Snap) -> None:
        """A ring around the corner, or a ring with a bar across on an edge."""
        colours = self.canvas.colours
        x, y = self.canvas.view.to_screen(found.at)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(colours.handle, 4.5), QPen(colours.accent, 2)):
            painter.setPen(pen)
            painter.drawEllipse(QPointF(x, y), _RING_PX, _RING_PX)
            if found.to == "edge":
                painter.drawLine(QPointF(x - _RING_PX - 4, y), QPointF(x + _RING_PX + 4, y))
