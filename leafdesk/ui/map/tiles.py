"""The picture of the fields in square tiles: kept, rendered a little at a time, scaled while better ones are made."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QRegion

from leafdesk.geo.view import View
from leafdesk.ui.map.blocks import SIDE, Block, Key, Patch, around, pieces
from leafdesk.ui.map.colours import LIGHT, MapColours
from leafdesk.ui.map.fieldwork import PAD, Frame, paint_fields
from leafdesk.ui.map.graticule import paint_graticule
from leafdesk.ui.map.looks import PLAIN, Look, looks_for
from leafdesk.ui.map.outlines import Outlines, WorldBox
from leafdesk.ui.map.places import paint_places
from leafdesk.ui.map.sheets import Sheet, Sheets
from leafdesk.ui.map.underlay import LEAST_BYTES, Underlay
from leafdesk.ui.map.whose import REACH

if TYPE_CHECKING:
    from leafdesk.geo.detail import Slots

_ROOM = 16 << 20
"""Bytes of pictures that are kept at least; a large screen has more, for what it shows and once more for its zooms."""
_AROUND = 2
"""So many tiles around the view are rendered ahead of the hand."""
_AT_ONCE = 384
"""Tiles rendered as one picture; together they cost little more than one."""
_WHOLE = QRect(0, 0, SIDE, SIDE)


@dataclass(slots=True)
class Tile:
    """A part of a finished sheet; `dirty` where what it shows has changed since, `rough` while its map is to come."""

    sheet: Sheet
    rough: bool = False
    dirty: QRect | None = None

    @property
    def stale(self) -> bool:
        """Whether it shows what is no more so."""
        return self.dirty is not None


class Tiles:
    """The tiles for one device pixel ratio and one set of colours."""

    def __init__(self, outlines: Outlines, underlay: Underlay | None = None) -> None:
        self.outlines, self.underlay = outlines, underlay
        self.colours: MapColours = LIGHT
        self.ratio = 1.0
        self.done: dict[Key, Tile] = {}
        self.version = 0
        """Another number whenever tiles have come, changed or gone."""
        self._sheets = Sheets()
        self._view = View((0.0, 0.0), 0.0, 1, 1)
        """For which tiles were wanted last."""
        self._looks: tuple[tuple[float, bool], list[Look]] | None = None

    def dress(self, colours: MapColours, ratio: float) -> None:
        """Other colours: what there is stays in sight until it is painted anew; of another screen nothing is of use."""
        if ratio != self.ratio:
            self.forget()
        self.colours, self.ratio, self._looks = colours, ratio, None
        self.age()

    @property
    def size(self) -> int:
        """Bytes that the pictures take."""
        return self._sheets.size

    def forget(self) -> None:
        """Throw every tile away."""
        self._let_go(list(self.done))

    def age(self, boxes: list[WorldBox] | None = None) -> None:
        """Mark the tiles stale that show any of these boxes (all of them when None)."""
        for tile in self.done.values() if boxes is None else ():
            tile.dirty = _WHOLE
        for key, _ in self._showing(boxes or []):
            self.done[key].dirty = _WHOLE

    def soil(self, boxes: list[WorldBox]) -> None:
        """Have painted again what of the tiles shows these boxes: in each lies a field that looks different now."""
        for key, spot in self._showing(boxes):
            tile, new = self.done[key], spot.translated(-key.column * SIDE, -key.row * SIDE) & _WHOLE
            tile.dirty = tile.dirty.united(new) if tile.dirty else new

    def _showing(self, boxes: list[WorldBox]) -> Iterator[tuple[Key, QRect]]:
        """The tiles that show boxes, each with where all of the box lies in pixels of the tile's world."""
        for zoom in {key.zoom for key in self.done} if boxes else ():
            side = self._world_px(zoom)
            for left, top, right, bottom in boxes:
                low = (math.floor(left * side) - PAD, math.floor(top * side) - PAD)
                high = (math.ceil(right * side) + PAD, math.ceil(bottom * side) + PAD)
                spot = QRect(QPoint(*low), QPoint(*high))
                columns, rows = (range(a // SIDE, b // SIDE + 1) for a, b in zip(low, high, strict=True))
                if len(columns) * len(rows) > len(self.done):
                    touched = [k for k in self.done if k.zoom == zoom and k.column in columns and k.row in rows]
                else:
                    touched = [key for c in columns for r in rows if (key := Key(zoom, c, r)) in self.done]
                yield from ((key, spot) for key in touched)

    def box(self, what: Block | Patch, pad: float = 0.0) -> WorldBox:
        """What tiles show and `pad` device pixels around, in world units."""
        return self._frame(what).box(pad)

    def _frame(self, what: Block | Patch) -> Frame:
        place = what.place
        return Frame(what.zoom, place.x(), place.y(), place.width(), place.height(), self._world_px(what.zoom))

    def keys(self, view: View, margin: int = 0) -> list[Key]:
        """The tiles of a view and `margin` tiles around it, nearest the centre first."""
        left, top, right, bottom = self._tiled(view)
        across, down = (left + right) / 2 - 0.5, (top + bottom) / 2 - 0.5
        keys = self._inside(view, margin)
        return sorted(keys, key=lambda k: math.hypot(k.column - across, k.row - down))

    def _inside(self, view: View, margin: int = 0) -> list[Key]:
        left, top, right, bottom = self._tiled(view)
        last = math.ceil(self._world_px(view.zoom) / SIDE)
        columns = range(max(0, math.floor(left) - margin), min(last, math.ceil(right) + margin))
        rows = range(max(0, math.floor(top) - margin), min(last, math.ceil(bottom) + margin))
        return [Key(view.zoom, c, r) for c in columns for r in rows]

    def _tiled(self, view: View) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of a view, counted in tiles."""
        left, top = (value * self.ratio / SIDE for value in view.origin)
        return (left, top, left + view.width * self.ratio / SIDE, top + view.height * self.ratio / SIDE)

    def wanted(self, view: View) -> Block | Patch | None:
        """What to render next: what the view lacks, then what is stale in it, then what lies just outside."""
        self._view = view
        for margin in (0, _AROUND):
            keys = self.keys(view, margin)
            if missing := [key for key in keys if key not in self.done]:
                return self._block(missing)
            if dirty := [(key, tile.dirty) for key in keys if (tile := self.done[key]).dirty]:
                whole = [key for key, spot in dirty if spot == _WHOLE]
                return self._block(whole) or self._patch(dirty)
        return None

    def _patch(self, dirty: list[tuple[Key, QRect]]) -> Patch:
        """The spot that the first of the keys has to have painted again, with those beside it that touch it."""
        spots = [spot.translated(key.column * SIDE, key.row * SIDE) for key, spot in dirty]
        place, rest = spots[0], spots[1:]
        while touching := [spot for spot in rest if spot.adjusted(-1, -1, 1, 1).intersects(place)]:
            rest = [spot for spot in rest if spot not in touching]
            for spot in touching:
                place = place.united(spot)
        return Patch(dirty[0][0].zoom, place)

    def _block(self, keys: list[Key]) -> Block | None:
        """The first of the keys and as many of the others as make a rectangle with it."""
        if not keys:
            return None
        first, rest, block = keys[0], set(keys), around(keys)
        if block.columns * block.rows == len(keys) <= _AT_ONCE:
            return block
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
        return all(key in self.done for key in self._inside(view))

    def sharp(self, view: View) -> bool:
        """Whether every tile of the view shows what is so now."""
        return all(key in self.done and not self.done[key].stale for key in self._inside(view))

    def screen(self, view: View) -> Frame:
        """The frame of all of a view's tiles and a little around them."""
        block = around(self._inside(view))
        return self._frame(Patch(view.zoom, block.place.adjusted(-REACH, -REACH, REACH, REACH)))

    def slots(self, what: Block | Patch) -> Slots | None:
        """Whose fields tiles show, from the bottom to the top; None while no field was taken in."""
        return self.outlines.within(self.box(what, pad=PAD))

    # ------------------------------------------------------------------ rendering
    def render(self, what: Block | Patch) -> Generator[None, None, None]:
        """Render tiles that lie side by side, giving way after each few milliseconds of work; kept when all is done.

        The detail of the fields is there already. First every field's ground, small fields over large ones; then every
        edge, so that an overlap shows both.
        """
        slots = self.slots(what)
        if isinstance(what, Patch) and slots is not None:
            frame = self._frame(self._with_dashes(what, slots))
        else:
            frame = self._frame(what)
        sheet, kept = self._sheets.blank(frame.left, frame.top, frame.wide, frame.high), False
        try:
            sheet.image.fill(self.colours.ground)
            rough = yield from self._render_ground(sheet.image, frame)
            if slots is not None and len(slots):
                yield from self._render_fields(sheet.image, frame, slots)
            if isinstance(what, Block):
                self._keep(what, sheet, rough)
                kept = True
            else:
                self._mend(what, sheet)
        finally:
            if not kept:
                self._sheets.spare(sheet)

    def _with_dashes(self, patch: Patch, slots: Slots) -> Patch:
        """The patch and all of the dashed edges that reach into it: Qt would begin them anew at the patch's edge."""
        dashed = slots[self.outlines.kinds(slots) >= PLAIN]
        place, most = patch.place, patch.place.adjusted(-SIDE, -SIDE, SIDE, SIDE)
        for left, top, right, bottom in (self.outlines.boxes(dashed) * self._world_px(patch.zoom)).tolist():
            all_of_it = QRectF(QPointF(left, top), QPointF(right, bottom)).toAlignedRect()
            place = place.united(all_of_it.adjusted(-PAD, -PAD, PAD, PAD) & most)
        return patch._replace(place=place)

    def _render_ground(self, image: QImage, frame: Frame) -> Generator[None, None, bool]:
        """The graticule, names of places, and the maps over them; whether better pictures of those may come."""
        painter = QPainter(image)
        try:
            painter.translate(-frame.left, -frame.top)
            paint_graticule(painter, self.colours, frame.world_px, frame.box())
            painter.resetTransform()
            paint_places(painter, self.colours, frame, self.ratio)
            yield
            return bool(self.underlay and self.mapped and (yield from self.underlay.paint(painter, frame)))
        finally:
            painter.end()

    def _render_fields(self, image: QImage, frame: Frame, slots: Slots) -> Generator[None, None, None]:
        """The fields; over a map on a sheet of their own that lets it through, so that an overlap is no darker."""
        looks = self._looks_at(frame.zoom)
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

    def _looks_at(self, zoom: float) -> list[Look]:
        """How the fields look at a zoom; their patterns are painted once."""
        key = (zoom, self.mapped)
        if self._looks is None or self._looks[0] != key:
            self._looks = (key, looks_for(self.colours, self.ratio, zoom, clear=self.mapped))
        return self._looks[1]

    def _keep(self, block: Block, sheet: Sheet, rough: bool) -> None:
        """Show the tiles of a block from a finished sheet, and let go of what there is no room for."""
        keys = block.tiles()
        self._let_go([key for key in keys if key in self.done])
        sheet.keys.update(keys)
        self._sheets.keep(sheet)
        self.version += 1
        for key in keys:
            self.done[key] = Tile(sheet, rough)
        needed = {*keys, *self._inside(self._view, _AROUND)}
        room = max(_ROOM, len(needed) * SIDE * SIDE * 6)  # of four bytes a pixel: half as many again
        self._let_go(self._sheets.too_many(room, needed))

    def _let_go(self, keys: Iterable[Key]) -> None:
        self.version += 1
        for key in keys:
            self._sheets.leave(self.done.pop(key).sheet, key)

    def _mend(self, patch: Patch, sheet: Sheet) -> None:
        """Paint a patch over the tiles that it is of."""
        self.version += 1
        for mended in self._sheets.of(patch.zoom):
            whole = QRect(QPoint(mended.left, mended.top), mended.image.size())
            spot = patch.place & whole
            if not spot.isEmpty():
                painter = QPainter(mended.image)
                painter.drawImage(
                    spot.topLeft() - whole.topLeft(), sheet.image, spot.translated(-sheet.left, -sheet.top)
                )
                painter.end()
        for key, dirty in [(key, tile.dirty) for key, tile in self.done.items() if tile.dirty]:
            if key.zoom == patch.zoom and patch.place.contains(dirty.translated(key.column * SIDE, key.row * SIDE)):
                self.done[key].dirty = None

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter, view: View) -> None:
        """Blit the view's tiles; where one is missing, those of other zooms scaled."""
        holes = QRegion()
        ready: dict[int, list[Key]] = defaultdict(list)
        for key in self._inside(view):
            if tile := self.done.get(key):
                ready[id(tile.sheet)].append(key)
            else:
                holes += self._place(Block(*key).place, key.zoom, view).toAlignedRect()
        if not holes.isEmpty():
            self._paint_scaled(painter, view, holes)
        left, top = view.corner(self.ratio)
        painter.save()
        painter.scale(1 / self.ratio, 1 / self.ratio)  # pixel by pixel: quick, and sharp
        for keys in ready.values():
            sheet = self.done[keys[0]].sheet
            self._sheets.seen(sheet)
            for place in pieces(keys):
                painter.drawImage(place.translated(-left, -top), sheet.image, place.translated(-sheet.left, -sheet.top))
        painter.restore()

    def _paint_scaled(self, painter: QPainter, view: View, holes: QRegion) -> None:
        painter.save()
        painter.setClipRegion(holes)
        others: dict[float, dict[int, list[Key]]] = defaultdict(lambda: defaultdict(list))
        for key, tile in self.done.items():
            if key.zoom != view.zoom:
                others[key.zoom][id(tile.sheet)].append(key)
        for zoom in reversed(sorted(others, key=lambda z: abs(z - view.zoom))[:3]):
            for keys in others[zoom].values():
                sheet = self.done[keys[0]].sheet
                for part in pieces(keys):
                    place = self._place(part, zoom, view)
                    if holes.intersects(place.toAlignedRect()):
                        painter.drawImage(place, sheet.image, QRectF(part.translated(-sheet.left, -sheet.top)))
        painter.restore()

    def _place(self, place: QRect, zoom: float, view: View) -> QRectF:
        """Where a rectangle of device pixels of the world at a zoom lies in the view, in logical pixels."""
        left, top = view.origin
        stretch = view.world_px / self._world_px(zoom)
        corner = QPointF(place.x() * stretch - left, place.y() * stretch - top)
        return QRectF(corner, corner + QPointF(place.width() * stretch, place.height() * stretch))

    def _world_px(self, zoom: float) -> float:
        """How many device pixels wide the whole world is."""
        return 256.0 * math.exp2(zoom) * self.ratio
