"""The fields' names on the map: inside their field where there is room, never one over another."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter, QPixmap

from leafdesk.geo import flat
from leafdesk.geo.view import View
from leafdesk.ui.map.colours import LIGHT, MapColours
from leafdesk.ui.map.outlines import Outlines, WorldBox
from leafdesk.ui.map.wording import MARGIN, Wording, Words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from leafdesk.geo.detail import Slots

_MOST = 500
"""Labels on one screen; more would be noise."""
_GAP = 4.0
"""Pixels that stay free between two labels."""
_AIRY = 3.0
"""A label that fits nowhere inside is still shown on a field so many times larger."""
_AROUND = 0.25
"""Labels are placed for so much of the view beyond each edge, so that a pan finds them there."""
_CHUNK = 16

Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wish:
    """A label of some size that would like to be centred on one of these spots, the best first."""

    width: float
    height: float
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A placed label: the field, its picture, its middle in world units, its size in logical pixels."""

    id: str
    picture: QPixmap
    middle: Spot
    width: float
    height: float


def spread(wishes: Sequence[Wish], gap: float = _GAP) -> list[Spot | None]:
    """A spot for each wish, earlier ones first, no two labels nearer than `gap`; None where none is left."""
    cell = 96.0
    taken: dict[tuple[int, int], list[tuple[float, float, float, float]]] = defaultdict(list)
    given: list[Spot | None] = []
    for wish in wishes:
        half_w, half_h = (wish.width + gap) / 2, (wish.height + gap) / 2
        chosen = None
        for x, y in wish.spots:
            left, top, right, bottom = x - half_w, y - half_h, x + half_w, y + half_h
            cells = [
                (i, j)
                for i in range(int(left // cell), int(right // cell) + 1)
                for j in range(int(top // cell), int(bottom // cell) + 1)
            ]
            if any(left < x1 and x0 < right and top < y1 and y0 < bottom for c in cells for x0, y0, x1, y1 in taken[c]):
                continue
            for c in cells:
                taken[c].append((left, top, right, bottom))
            chosen = (x, y)
            break
        given.append(chosen)
    return given


class Labels:
    """The labels of one zoom around one view, placed a little at a time and then only moved with the map."""

    def __init__(self, outlines: Outlines) -> None:
        self.outlines = outlines
        self.placed: list[Label] = []
        self.version = 0
        """Another number whenever other labels are placed."""
        self.zoom = -1.0
        self._area: WorldBox | None = None
        self._words = Wording(LIGHT, 1.0, QFont())
        self.first: str | None = None
        """The field whose label goes before all others: the selected one."""

    def dress(self, colours: MapColours, ratio: float, font: QFont) -> None:
        """Other colours, another screen, another font: every picture is made anew."""
        self._words = Wording(colours, ratio, font)
        self.outdate()

    def outdate(self) -> None:
        """Have the labels placed again."""
        self._area = None

    def fit(self, view: View) -> bool:
        """Whether the labels that are placed serve this view."""
        if self._area is None or self.zoom != view.zoom:
            return False
        left, top, right, bottom = _world_of(view, 0.0)
        a = self._area
        return a[0] <= left and a[1] <= top and right <= a[2] and bottom <= a[3]

    # ------------------------------------------------------------------ placing
    def place(self, view: View) -> Generator[None, None, None]:
        """Place the labels for a view, giving way after each millisecond or so of work."""
        area = _world_of(view, _AROUND)
        slots = self._candidates(self.slots(view), view.world_px)
        wishes: list[tuple[str, Words, Wish]] = []
        for start in range(0, len(slots), _CHUNK):
            wishes += self._wishes(slots[start : start + _CHUNK], view.world_px)
            yield
        placed = []
        for (id_, words, wish), spot in zip(wishes, spread([wish for *_, wish in wishes]), strict=True):
            if spot:
                middle = (spot[0] / view.world_px, spot[1] / view.world_px)
                placed.append(Label(id_, self._words.picture(words), middle, wish.width, wish.height))
            yield
        self.placed, self.zoom, self._area = placed, view.zoom, area
        self.version += 1

    def slots(self, view: View) -> Slots:
        """The fields with room for a label in a view and around it."""
        return self.outlines.spacious(_world_of(view, _AROUND), 34 / view.world_px, 16 / view.world_px)

    def _candidates(self, found: Slots, world_px: float) -> list[int]:
        """The selected field, those that have a label now, then by size."""
        import numpy as np

        if not len(found):
            return []
        boxes = self.outlines.boxes(found) * world_px
        size = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        shown = {label.id for label in self.placed}
        had = np.array([self.outlines.ids[slot] in shown for slot in found.tolist()], bool)
        first = np.array([self.outlines.ids[slot] == self.first for slot in found.tolist()], bool)
        return [int(slot) for slot in found[np.lexsort((-size, ~had, ~first))][:_MOST]]

    def _wishes(self, slots: list[int], world_px: float) -> list[tuple[str, Words, Wish]]:
        import numpy as np

        at = np.asarray(slots, np.intp)
        octave = math.floor(math.log2(world_px / 256))
        self.outlines.thin(at, octave)
        lacking = self.outlines.lacking(at, octave)
        slots = [slot for slot in slots if slot not in lacking]
        at = np.asarray(slots, np.intp)
        boxes = self.outlines.boxes(at) * world_px
        rows = [self.outlines.rows.get(self.outlines.ids[slot] or "") for slot in slots]
        room = (boxes[:, 2:] - boxes[:, :2]).tolist()
        words = [
            self._words.fit(row.name, row.area_ha, wide, high * 0.9) if row else None
            for row, (wide, high) in zip(rows, room, strict=True)
        ]
        keep = [n for n, text in enumerate(words) if text]
        if not keep:
            return []
        sizes = np.array([[text.width, text.height] for text in words if text])
        spots = self._spots(at[keep], boxes[keep], sizes, world_px)
        wishes = []
        for n, where in zip(keep, spots, strict=True):
            row, text = rows[n], words[n]
            if row and text:
                wishes.append((row.id, text, Wish(text.width, text.height, where)))
        return wishes

    def _spots(
        self, slots: NDArray[np.intp], boxes: NDArray[np.float64], sizes: NDArray[np.float64], world_px: float
    ) -> list[tuple[Spot, ...]]:
        """Where each label may lie, in pixels of the world: spots at which all of it is inside first."""
        shapes = self.outlines.shapes(slots, math.floor(math.log2(world_px / 256)))
        tries, whole, inside = flat.name_spots(shapes, sizes / world_px)
        ground = flat.areas(shapes) * world_px**2
        half = sizes[:, :1] / 2
        edges = (boxes[:, [0, 2]] + half * [[1, -1]]).tolist()
        spots = []
        for n, options in enumerate((tries * world_px).tolist()):
            good = [(x, y) for (x, y), ok in zip(options, whole[n].tolist(), strict=True) if ok]
            if not good and sizes[n, 0] * sizes[n, 1] * _AIRY < ground[n]:
                good = [_second_best(options, inside[n].tolist(), edges[n])]
            spots.append(tuple(good))
        return spots

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter, view: View, hidden: str | None = None) -> None:
        """Blit the labels where they belong in this view, all but the hidden field's."""
        left, top = view.origin
        seen = QRectF(-200, -60, view.width + 400, view.height + 120)
        for label in self.placed:
            x = label.middle[0] * view.world_px - left
            y = label.middle[1] * view.world_px - top
            if label.id != hidden and seen.contains(x, y):
                corner = QPointF(x - label.width / 2 - MARGIN, y - label.height / 2 - MARGIN)
                painter.drawPixmap(_crisp(corner, self._words.ratio), label.picture)


def _second_best(options: list[list[float]], inside: list[bool], edges: list[float]) -> Spot:
    """Where a label goes that fits nowhere: on the middle, above or below it, else beside, but over no other field."""
    for n in (0, 2, 3):
        if inside[n]:
            return (options[n][0], options[n][1])
    x = min(max(options[1][0], edges[0]), edges[1]) if edges[0] <= edges[1] else sum(edges) / 2
    return (x, options[1][1])


def _world_of(view: View, around: float) -> WorldBox:
    left, top = view.origin
    wide, high = view.width * around, view.height * around
    px = view.world_px
    return ((left - wide) / px, (top - high) / px, (left + view.width + wide) / px, (top + view.height + high) / px)


def _crisp(corner: QPointF, ratio: float) -> QPointF:
    """The nearest whole device pixel, so that text is not smeared over two."""
    return QPointF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio)
