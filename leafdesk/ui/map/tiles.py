"""The picture of the fields in square tiles: kept, rendered a little at a time, scaled while better ones are made."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QRegion, QTransform

from leafdesk.geo.detail import Detail
from leafdesk.geo.spans import spans
from leafdesk.geo.view import View
from leafdesk.ui.map.colours import LIGHT, MapColours
from leafdesk.ui.map.graticule import paint_graticule
from leafdesk.ui.map.looks import PLAIN, Look, looks_for
from leafdesk.ui.map.outlines import Outlines, WorldBox
from leafdesk.ui.map.strokes import draw_lines, fill, pixels_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from leafdesk.geo.detail import Slots
    from leafdesk.geo.spans import Edges, Whole

SIDE = 512
"""Device pixels."""
_KEPT = 60
"""Tiles in the cache: 63 MB at four bytes a pixel, about six screens."""
_PAD = 6
"""Device pixels by which a field's edge reaches beyond its box."""
_CHUNK_FIELDS, _CHUNK_CORNERS = 64, 15_000
"""How much is thinned, how much is filled between two looks at the clock: a few milliseconds' work each."""
_FINE_BELOW = 14
"""Edges are thin below this zoom, where thousands of fields are in sight."""
_MANY_MARKED = 200
"""More fields than so many in one tile are drawn without patterns and dashes."""


@dataclass(frozen=True, slots=True)
class Key:
    """Which tile: the zoom, then column and row counted in tiles from the world's upper left corner."""

    zoom: float
    column: int
    row: int


@dataclass(slots=True)
class Tile:
    """A finished picture; `stale` when the fields in it have changed since."""

    image: QImage
    stale: bool = False


class Tiles:
    """An LRU of tiles for one device pixel ratio and one set of colours."""

    def __init__(self, outlines: Outlines) -> None:
        self.outlines = outlines
        self.colours: MapColours = LIGHT
        self.ratio = 1.0
        self.done: OrderedDict[Key, Tile] = OrderedDict()

    def forget(self, colours: MapColours | None = None, ratio: float | None = None) -> None:
        """Throw every tile away: other colours, another screen."""
        self.colours, self.ratio = colours or self.colours, ratio or self.ratio
        self.done.clear()

    def age(self, boxes: list[WorldBox] | None = None) -> None:
        """Mark the tiles stale that show any of these boxes (all of them when None)."""
        if boxes is None:
            for tile in self.done.values():
                tile.stale = True
            return
        for zoom in {key.zoom for key in self.done}:
            side = self._world_px(zoom)
            for box in boxes:
                left, top, right, bottom = (
                    math.floor((v * side + pad) / SIDE) for v, pad in zip(box, (-_PAD, -_PAD, _PAD, _PAD), strict=True)
                )
                if (right - left + 1) * (bottom - top + 1) > len(self.done):
                    touched = [key for key in self.done if key.zoom == zoom]
                else:
                    touched = [Key(zoom, c, r) for c in range(left, right + 1) for r in range(top, bottom + 1)]
                for key in touched:
                    if key in self.done:
                        self.done[key].stale = True

    def box(self, key: Key, pad: float = 0.0) -> WorldBox:
        """What a tile shows and `pad` device pixels around, in world units."""
        side = self._world_px(key.zoom)
        left, top = key.column * SIDE, key.row * SIDE
        return ((left - pad) / side, (top - pad) / side, (left + SIDE + pad) / side, (top + SIDE + pad) / side)

    def keys(self, view: View, margin: int = 0) -> list[Key]:
        """The tiles of a view and `margin` tiles around it, nearest the centre first."""
        left, top = (value * self.ratio / SIDE for value in view.origin)
        right, bottom = left + view.width * self.ratio / SIDE, top + view.height * self.ratio / SIDE
        middle = ((left + right) / 2 - 0.5, (top + bottom) / 2 - 0.5)
        columns = range(math.floor(left) - margin, math.ceil(right) + margin)
        rows = range(math.floor(top) - margin, math.ceil(bottom) + margin)
        last = self._world_px(view.zoom) / SIDE
        keys = [Key(view.zoom, c, r) for c in columns for r in rows if -1 < c < last and -1 < r < last]
        return sorted(keys, key=lambda k: math.hypot(k.column - middle[0], k.row - middle[1]))

    def wanted(self, view: View) -> Key | None:
        """The tile to render next: what the view lacks, then what is stale in it, then what lies just outside."""
        inside = self.keys(view)
        return (
            next((key for key in inside if key not in self.done), None)
            or next((key for key in inside if self.done[key].stale), None)
            or next((key for key in self.keys(view, margin=1) if key not in self.done or self.done[key].stale), None)
        )

    def complete(self, view: View) -> bool:
        """Whether every tile of the view is there, fresh or stale."""
        return all(key in self.done for key in self.keys(view))

    # ------------------------------------------------------------------ rendering
    def render(self, key: Key) -> Generator[None, None, None]:
        """Render one tile, giving way after each few milliseconds of work; the tile is kept when it is finished.

        First every field's ground, small fields over large ones; then every edge, so that an overlap shows both.
        """
        import numpy as np

        octave = math.floor(key.zoom)
        found = self.outlines.within(self.box(key, pad=_PAD))
        slots = np.empty(0, np.intp) if found is None else found
        detail = self.outlines.detail(octave)
        lacking = detail.lacking(slots)
        for start in range(0, len(lacking), _CHUNK_FIELDS):
            self.outlines.put_detail(detail, lacking[start : start + _CHUNK_FIELDS])
            yield
        image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
        image.fill(self.colours.ground)
        painter = QPainter(image)
        try:
            painter.translate(-key.column * SIDE, -key.row * SIDE)
            paint_graticule(painter, self.colours, self._world_px(key.zoom), self.box(key))
            painter.resetTransform()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if len(slots):
                looks = looks_for(self.colours, self.ratio, fine=octave < _FINE_BELOW)
                yield from self._paint_fields(painter, image, key, slots, looks)
        finally:
            painter.end()
        self._keep(key, Tile(image))

    def _paint_fields(
        self, painter: QPainter, image: QImage, key: Key, slots: Slots, looks: Sequence[Look]
    ) -> Iterator[None]:
        import numpy as np

        detail, pixels = self.outlines.detail(math.floor(key.zoom)), pixels_of(image)
        grounds = np.array([look.ground.rgb() for look in looks], np.uint32)
        lines: list[list[Edges]] = [[] for _ in looks]
        for batch in detail.batches(slots, _CHUNK_CORNERS):
            edges, owner = self._edges(key, detail, batch)
            kinds = self.outlines.kinds(batch)
            first, long, filled = spans(edges, owner, SIDE, SIDE)
            fill(pixels, first, long, grounds[kinds[filled]])
            seen = _reaching(edges[:, 0], edges[:, 2])
            for kind in np.unique(kinds).tolist():
                lines[kind].append(edges[seen & (kinds[owner] == kind)])
            yield
        marked = slots[self.outlines.kinds(slots) >= PLAIN]
        few = len(marked) <= _MANY_MARKED
        for look, edges_of in list(zip(looks, lines, strict=True))[: PLAIN if few else None]:
            if edges_of:
                yield from draw_lines(painter, look.edge, np.concatenate(edges_of))
        if few:
            yield from self._paint_marked(painter, key, marked, looks)

    def _edges(self, key: Key, detail: Detail, slots: Slots) -> tuple[Edges, Whole]:
        """Edges in pixels of the tile, without those above and below it, and whose they are."""
        edges, owner = detail.edges(slots)
        edges *= self._world_px(key.zoom)
        edges -= (key.column * SIDE, key.row * SIDE) * 2
        seen = _reaching(edges[:, 1], edges[:, 3])
        return edges[seen], owner[seen]

    def _paint_marked(self, painter: QPainter, key: Key, slots: Slots, looks: Sequence[Look]) -> Iterator[None]:
        """Patterns and dashes, which go around the whole field, not edge by edge."""
        octave = math.floor(key.zoom)
        stretch = self._world_px(key.zoom) / (256.0 * 2.0**octave)
        place = QTransform(stretch, 0, 0, stretch, -key.column * SIDE, -key.row * SIDE)
        for slot, kind in zip(slots.tolist(), self.outlines.kinds(slots).tolist(), strict=True):
            looks[kind].paint(painter, place.map(self.outlines.path(slot, octave)))
            yield

    def _keep(self, key: Key, tile: Tile) -> None:
        self.done[key] = tile
        self.done.move_to_end(key)
        while len(self.done) > _KEPT:
            self.done.popitem(last=False)

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter, view: View) -> None:
        """Blit the view's tiles; where one is missing, those of other zooms scaled."""
        holes = QRegion()
        ready: list[tuple[Key, Tile]] = []
        for key in self.keys(view):
            if tile := self.done.get(key):
                self.done.move_to_end(key)
                ready.append((key, tile))
            else:
                holes += self._place(key, view).toAlignedRect()
        if not holes.isEmpty():
            self._paint_scaled(painter, view, holes)
        for key, tile in ready:
            tile.image.setDevicePixelRatio(self.ratio)
            painter.drawImage(self._place(key, view).topLeft(), tile.image)

    def _paint_scaled(self, painter: QPainter, view: View, holes: QRegion) -> None:
        painter.save()
        painter.setClipRegion(holes)
        zooms = sorted({key.zoom for key in self.done if key.zoom != view.zoom}, key=lambda z: abs(z - view.zoom))[:3]
        for zoom in reversed(zooms):
            for key in [key for key in self.done if key.zoom == zoom]:
                place = self._place(key, view)
                if holes.intersects(place.toAlignedRect()):
                    painter.drawImage(place, self.done[key].image, QRectF(0, 0, SIDE, SIDE))
        painter.restore()

    def _place(self, key: Key, view: View) -> QRectF:
        """Where a tile lies in the view, in logical pixels."""
        left, top = view.origin
        stretch = view.world_px / self._world_px(key.zoom)
        corner = QPointF(key.column * SIDE * stretch - left, key.row * SIDE * stretch - top)
        return QRectF(corner, corner + QPointF(SIDE * stretch, SIDE * stretch))

    def screen_rect(self, key: Key, view: View) -> QRect:
        """The widget's rectangle that a tile covers."""
        return self._place(key, view).toAlignedRect()

    def _world_px(self, zoom: float) -> float:
        """How many device pixels wide the whole world is."""
        return 256.0 * math.exp2(zoom) * self.ratio


def _reaching(starts: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which edges reach a tile or the few pixels around it, by their two ends along one axis."""
    return ((starts > -_PAD) | (ends > -_PAD)) & ((starts < SIDE + _PAD) | (ends < SIDE + _PAD))
