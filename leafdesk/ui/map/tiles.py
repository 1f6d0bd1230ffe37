"""The picture of the fields in square tiles: kept, rendered a little at a time, scaled while better ones are made."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QRegion

from leafdesk.geo.view import View
from leafdesk.ui.map.colours import LIGHT, MapColours
from leafdesk.ui.map.fieldwork import FINE_BELOW, PAD, Frame, paint_fields
from leafdesk.ui.map.graticule import paint_graticule
from leafdesk.ui.map.looks import looks_for
from leafdesk.ui.map.outlines import Outlines, WorldBox
from leafdesk.ui.map.places import paint_places
from leafdesk.ui.map.underlay import LEAST_BYTES, Underlay

if TYPE_CHECKING:
    from leafdesk.geo.detail import Slots

SIDE = 512
"""Device pixels."""
_KEPT = 32
"""Tiles in the cache at least: 34 MB at four bytes a pixel. A large screen has more, twice its own."""
_AT_ONCE = 24
"""Tiles rendered as one picture; together they cost little more than one."""


@dataclass(frozen=True, slots=True)
class Key:
    """Which tile: the zoom, then column and row counted in tiles from the world's upper left corner."""

    zoom: float
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Block:
    """Tiles side by side: the upper left one, and how many there are across and down."""

    zoom: float
    column: int
    row: int
    columns: int = 1
    rows: int = 1

    def tiles(self) -> list[Key]:
        """The tiles."""
        across = range(self.column, self.column + self.columns)
        return [Key(self.zoom, c, r) for r in range(self.row, self.row + self.rows) for c in across]

    def larger(self) -> list[Block]:
        """The blocks with one row or column more."""
        return [
            replace(self, column=self.column - 1, columns=self.columns + 1),
            replace(self, columns=self.columns + 1),
            replace(self, row=self.row - 1, rows=self.rows + 1),
            replace(self, rows=self.rows + 1),
        ]


@dataclass(slots=True)
class Tile:
    """A finished picture; `stale` when what it shows has changed since, `rough` while its map is on its way."""

    image: QImage
    stale: bool = False
    rough: bool = False


class Tiles:
    """An LRU of tiles for one device pixel ratio and one set of colours."""

    def __init__(self, outlines: Outlines, underlay: Underlay | None = None) -> None:
        self.outlines, self.underlay = outlines, underlay
        self.colours: MapColours = LIGHT
        self.ratio = 1.0
        self.done: OrderedDict[Key, Tile] = OrderedDict()
        self._room = _KEPT

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
                    math.floor((v * side + pad) / SIDE) for v, pad in zip(box, (-PAD, -PAD, PAD, PAD), strict=True)
                )
                if (right - left + 1) * (bottom - top + 1) > len(self.done):
                    touched = [key for key in self.done if key.zoom == zoom]
                else:
                    touched = [Key(zoom, c, r) for c in range(left, right + 1) for r in range(top, bottom + 1)]
                for key in touched:
                    if key in self.done:
                        self.done[key].stale = True

    def box(self, block: Block, pad: float = 0.0) -> WorldBox:
        """What a block shows and `pad` device pixels around, in world units."""
        f = self._frame(block)
        right, bottom = f.left + f.wide, f.top + f.high
        px = f.world_px
        return ((f.left - pad) / px, (f.top - pad) / px, (right + pad) / px, (bottom + pad) / px)

    def _frame(self, block: Block) -> Frame:
        place = (block.column * SIDE, block.row * SIDE, block.columns * SIDE, block.rows * SIDE)
        return Frame(block.zoom, *place, self._world_px(block.zoom))

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

    def wanted(self, view: View) -> Block | None:
        """The tiles to render next: what the view lacks, then what is stale in it, then what lies just outside."""
        inside, around = self.keys(view), self.keys(view, margin=1)
        self._room = max(_KEPT, len(inside) + len(around))
        return (
            self._block([key for key in inside if key not in self.done])
            or self._block([key for key in inside if self.done[key].stale])
            or self._block([key for key in around if key not in self.done or self.done[key].stale])
        )

    def _block(self, keys: list[Key]) -> Block | None:
        """The first of the keys and as many of the others as make a rectangle with it."""
        if not keys:
            return None
        first, rest = keys[0], set(keys)
        block = Block(first.zoom, first.column, first.row, 1, 1)
        grown = True
        while grown:
            grown = False
            for larger in block.larger():
                if rest.issuperset(larger.tiles()) and larger.columns * larger.rows <= _AT_ONCE:
                    block, grown = larger, True
                    break
        return block

    @property
    def mapped(self) -> bool:
        """Whether a map lies under the fields."""
        return bool(self.underlay and self.underlay.layers)

    def fetch_under(self, view: View) -> None:
        """Have the map read that a view lacks, the centre first; what other views wanted does not count any more."""
        if self.underlay is not None and self.mapped:
            self.underlay.forget_wants()
            screen = round(view.width * self.ratio + 2 * SIDE) * round(view.height * self.ratio + 2 * SIDE)
            self.underlay.room = max(LEAST_BYTES, len(self.underlay.layers) * screen * 4 * 3)
            for key in self.keys(view):
                if key not in self.done or self.done[key].rough:
                    self.underlay.want(self._frame(Block(key.zoom, key.column, key.row)))

    def complete(self, view: View) -> bool:
        """Whether every tile of the view is there, fresh or stale."""
        return all(key in self.done for key in self.keys(view))

    def slots(self, block: Block) -> Slots | None:
        """Whose fields a block shows, from the bottom to the top; None while no field was taken in."""
        return self.outlines.within(self.box(block, pad=PAD))

    # ------------------------------------------------------------------ rendering
    def render(self, block: Block) -> Generator[None, None, None]:
        """Render tiles that lie side by side, giving way after each few milliseconds of work; kept when all is done.

        The detail of the fields is there already. First every field's ground, small fields over large ones; then every
        edge, so that an overlap shows both.
        """
        slots, frame = self.slots(block), self._frame(block)
        image = QImage(frame.wide, frame.high, QImage.Format.Format_RGB32)
        image.fill(self.colours.ground)
        rough = yield from self._render_ground(image, block, frame)
        if slots is not None and len(slots):
            yield from self._render_fields(image, frame, slots)
        for key in block.tiles():
            place = QRect((key.column - block.column) * SIDE, (key.row - block.row) * SIDE, SIDE, SIDE)
            self._keep(key, Tile(image.copy(place), rough=rough))

    def _render_ground(self, image: QImage, block: Block, frame: Frame) -> Generator[None, None, bool]:
        """The graticule, names of places, and the maps over them; whether better pictures of those may come."""
        painter = QPainter(image)
        try:
            painter.translate(-frame.left, -frame.top)
            paint_graticule(painter, self.colours, frame.world_px, self.box(block))
            painter.resetTransform()
            paint_places(painter, self.colours, frame, self.ratio)
            yield
            return bool(self.underlay and self.mapped and (yield from self.underlay.paint(painter, frame)))
        finally:
            painter.end()

    def _render_fields(self, image: QImage, frame: Frame, slots: Slots) -> Generator[None, None, None]:
        """The fields; over a map on a sheet of their own that lets it through, so that an overlap is no darker."""
        fine = frame.zoom < FINE_BELOW
        looks = looks_for(self.colours, self.ratio, fine=fine, clear=self.mapped)
        sheet = image
        if self.mapped:
            sheet = QImage(image.size(), QImage.Format.Format_ARGB32_Premultiplied)
            sheet.fill(Qt.GlobalColor.transparent)
            yield
        painter = QPainter(sheet)
        try:
            yield from paint_fields(painter, sheet, frame, self.outlines, slots, looks)
        finally:
            painter.end()
        for top in range(0, image.height(), SIDE) if sheet is not image else ():
            painter = QPainter(image)
            painter.drawImage(0, top, sheet, 0, top, image.width(), SIDE)
            painter.end()
            yield

    def _keep(self, key: Key, tile: Tile) -> None:
        self.done[key] = tile
        self.done.move_to_end(key)
        while len(self.done) > self._room:
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
