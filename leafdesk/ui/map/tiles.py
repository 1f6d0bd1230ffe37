"""The picture of the fields in square tiles: kept, rendered a little at a time, scaled while better ones are made."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QRegion

from leafdesk.geo.view import View
from leafdesk.ui.map.colours import LIGHT, MapColours
from leafdesk.ui.map.graticule import paint_graticule
from leafdesk.ui.map.looks import kind_of, looks_for
from leafdesk.ui.map.outlines import Outlines, WorldBox

SIDE = 256
"""Device pixels."""
_KEPT = 320
"""Tiles in the cache: 84 MB at four bytes a pixel, about eight screens."""
_PADS = (-6, -6, 6, 6)
"""Device pixels by which a field's edge reaches beyond its box."""
_CHUNK_PATHS, _CHUNK_FIELDS = 128, 32
"""How much is done between two looks at the clock; about a millisecond's work each."""
_FINE_FROM = 500
"""So many fields in one tile are drawn with thin pens."""


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
                    math.floor((v * side + pad) / SIDE) for v, pad in zip(box, _PADS, strict=True)
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
        """Render one tile, giving way after each millisecond or so of work; the tile is kept when it is finished."""
        octave = math.floor(key.zoom)
        found = self.outlines.within(self.box(key, pad=6))
        slots: list[int] = [] if found is None else found.tolist()
        lacking = self.outlines.missing(slots, octave)
        for start in range(0, len(lacking), _CHUNK_PATHS):
            self.outlines.make_paths(lacking[start : start + _CHUNK_PATHS], octave)
            yield
        image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
        image.fill(self.colours.ground)
        painter = QPainter(image)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-key.column * SIDE, -key.row * SIDE)
            paint_graticule(painter, self.colours, self._world_px(key.zoom), self.box(key))
            painter.scale(*(self._world_px(key.zoom) / (256.0 * 2.0**octave),) * 2)
            yield from self._paint_fields(painter, slots, octave)
        finally:
            painter.end()
        self._keep(key, Tile(image))

    def _paint_fields(self, painter: QPainter, slots: list[int], octave: int) -> Iterator[None]:
        looks = looks_for(self.colours, self.ratio, fine=len(slots) > _FINE_FROM)
        outlines, marked = self.outlines, []
        for n, slot in enumerate(slots, 1):
            row = outlines.rows.get(outlines.ids[slot] or "")
            if row:  # else it went away while this tile was being rendered
                look, path = looks[kind_of(row)], outlines.path(slot, octave)
                look.paint(painter, path)
                if row.mark not in ("", "preview"):
                    marked.append((look, path))
            if n % _CHUNK_FIELDS == 0:
                yield
        for n, (look, path) in enumerate(marked, 1):  # a neighbour's fill must not hide half of a warning
            look.paint_edge(painter, path)
            if n % _CHUNK_FIELDS == 0:
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
