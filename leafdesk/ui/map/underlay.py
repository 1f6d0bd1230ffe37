"""The maps under the fields: their tiles, read and decoded beside the window, kept, and painted where they belong.

Fields and tiles are both in Web Mercator on the screen, so a tile is only scaled and never bent.
"""

from __future__ import annotations

import logging
import math
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter

from leafdesk.geo.view import world
from leafdesk.tiles.picture import form_of, size_of
from leafdesk.tiles.tile import SIDES, About, Map, Tile, UnreadableError
from leafdesk.ui.map.outlines import WorldBox

if TYPE_CHECKING:
    from leafdesk.ui.map.fieldwork import Frame

logger = logging.getLogger("leafdesk.ui")

AT_ONCE = 3
"""Tiles on their way from the loading thread; more would only be older when they come."""
GATHER_MS = 60
"""Tiles that come within this time are painted together."""
LEAST_BYTES = 48 << 20
COARSE = 3
"""So many zooms farther away a tile is fetched first: one stands in for sixty-four."""
TOO_FAR = 2
"""A map whose farthest zoom is so much nearer than the view is not painted: it would take too many tiles."""
_DEEP = 10
"""So many zooms away a tile is looked for that stands in for one that is not there."""
_HUGE = 4096.0
"""Pixels across a tile on the screen from which on only the part in sight is drawn."""

News = Callable[[Tile], None]


@dataclass(frozen=True, slots=True)
class Layer:
    """A map that is shown. `open` opens it on the loading thread; it may tell later that a tile has changed."""

    id: str
    about: About
    opacity: float
    open: Callable[[News], Map]


class Key(NamedTuple):
    """A tile of a layer."""

    layer: str
    tile: Tile


class Loaded(NamedTuple):
    """What the loading thread found: a picture, nothing for good, or (`known` is False) nothing yet."""

    key: Key
    picture: QImage | None
    known: bool
    wrong: str = ""


class Underlay(QObject):
    """Keeps the decoded tiles used last. All of it belongs to the GUI thread but the reading and decoding."""

    came = Signal(object)
    """Boxes in world units, as a list, in which there is more to see."""
    broke = Signal(str, str)
    """A layer that cannot be read any more, and why."""
    _loaded = Signal(object, int)
    _told = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.layers: tuple[Layer, ...] = ()
        self.room = LEAST_BYTES
        """Bytes of decoded tiles that are kept."""
        self._kept: OrderedDict[Key, QImage | None] = OrderedDict()
        self._bytes = 0
        self._wanted: dict[Key, None] = {}
        self._asked: set[Key] = set()
        self._turn = 0
        self._reader: _Reader | None = None
        self._news: list[WorldBox] = []
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self._tell)
        self._loaded.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._again, Qt.ConnectionType.QueuedConnection)

    # ------------------------------------------------------------------ what is shown
    def show(self, layers: Sequence[Layer]) -> None:
        """Show these and no others, the first one lowest."""
        before, self.layers = self.layers, tuple(layers)
        known, now = {layer.id for layer in before}, {layer.id for layer in layers}
        for key in [key for key in self._kept if key.layer not in now]:
            self._drop(key)
        self._wanted.clear()
        if self._reader is not None and known - now:
            self._reader.forget(known - now)
        if not now:
            self._stop()
        if before != self.layers:
            self.came.emit([(0.0, 0.0, 1.0, 1.0)])

    @property
    def idle(self) -> bool:
        """Whether no tile is on its way from a file and nothing is left to tell."""
        return not self._asked and not self._wanted and not self._gather.isActive()

    def close(self) -> None:
        """Read no more, whatever may come: the window closes."""
        self.layers = ()
        self._stop()

    def _stop(self) -> None:
        self._turn += 1
        self._asked.clear()
        self._wanted.clear()
        self._gather.stop()
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def forget_wants(self) -> None:
        """The view has moved: nothing that was wanted counts any more, but what is on its way."""
        self._wanted.clear()

    # ------------------------------------------------------------------ painting
    def want(self, frame: Frame) -> None:
        """Have the tiles that a frame shows read."""
        for layer in self.layers:
            for tile in self._tiles(layer, frame):
                self._find(layer, tile)
        self._ask()

    def paint(self, painter: QPainter, frame: Frame) -> Generator[None, None, bool]:
        """Paint what there is of a frame, giving way after each few tiles; the answer: whether better ones may come."""
        rough = False
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for layer in self.layers:
            for n, tile in enumerate(self._tiles(layer, frame)):
                found, sharp = self._find(layer, tile)
                rough |= not sharp
                if found is not None:
                    painter.setOpacity(layer.opacity)
                    _draw(painter, frame, tile, found, self._kept[found])
                if n % 4 == 3:
                    yield
        painter.setOpacity(1.0)
        self._ask()
        return rough

    def _tiles(self, layer: Layer, frame: Frame) -> Iterator[Tile]:
        """The tiles of a layer that fill a frame at about the screen's own sharpness."""
        about = layer.about
        ideal = math.log2(frame.world_px / about.side)
        zoom = min(max(math.floor(ideal + 0.5), about.lowest), about.highest)
        if zoom - ideal > TOO_FAR:
            return
        west, south, east, north = about.box
        (left, top), (right, bottom) = world((west, north)), world((east, south))
        many, px = 1 << zoom, frame.world_px
        left, right = max(left, frame.left / px), min(right, (frame.left + frame.wide) / px)
        top, bottom = max(top, frame.top / px), min(bottom, (frame.top + frame.high) / px)
        for row in range(max(0, math.floor(top * many)), min(many, math.ceil(bottom * many))):
            for column in range(max(0, math.floor(left * many)), min(many, math.ceil(right * many))):
                yield Tile(zoom, column, row)

    def _find(self, layer: Layer, tile: Tile) -> tuple[Key | None, bool]:
        """What to paint for a tile: itself or a farther one that stands in for it; and whether that is for good."""
        sharp = True
        for up in range(min(tile.zoom - layer.about.lowest, _DEEP) + 1):
            key = Key(layer.id, tile.above(up))
            if key in self._kept:
                self._kept.move_to_end(key)
                if self._kept[key] is not None:
                    return key, sharp
                continue
            if sharp:  # the nearest that may be there: all between it and the tile are known to be absent
                coarse = key.tile.above(COARSE) if key.tile.zoom - COARSE >= layer.about.lowest else key.tile
                for wanted in (Key(layer.id, coarse), key):
                    if wanted not in self._kept and wanted not in self._asked:
                        self._wanted[wanted] = None
            sharp = False
        return None, sharp

    # ------------------------------------------------------------------ reading
    def _ask(self) -> None:
        while self._wanted and len(self._asked) < AT_ONCE:
            key = next(iter(self._wanted))
            del self._wanted[key]
            layer = next((layer for layer in self.layers if layer.id == key.layer), None)
            if layer is None:
                continue
            if self._reader is None:
                self._reader = _Reader()
            self._asked.add(key)
            self._reader.load(layer, key, partial(self._arrived, self._turn), self._told.emit)

    def _arrived(self, turn: int, loaded: Loaded) -> None:
        """On the reading thread."""
        self._loaded.emit(loaded, turn)

    def _take(self, loaded: Loaded, turn: int) -> None:
        if turn != self._turn:
            return
        self._asked.discard(loaded.key)
        if loaded.wrong:
            self.broke.emit(loaded.key.layer, loaded.wrong)
        if loaded.known and any(layer.id == loaded.key.layer for layer in self.layers):
            self._keep(loaded.key, loaded.picture)
            self._news.append(loaded.key.tile.box)
            if not self._gather.isActive():
                self._gather.start()
        self._ask()

    def _tell(self) -> None:
        if self._asked and len(self._news) < 24:
            self._gather.start()  # a file gives the next ones at once: paint them together
            return
        news, self._news = self._news, []
        self.came.emit(news)

    def _again(self, key: Key) -> None:
        """A tile has come that was not there, or another in its place."""
        if any(layer.id == key.layer for layer in self.layers):
            self._drop(key)
            self._wanted[key] = None
            self._ask()

    def _keep(self, key: Key, picture: QImage | None) -> None:
        self._drop(key)
        self._kept[key] = picture
        self._bytes += picture.sizeInBytes() if picture is not None else 0
        while self._bytes > self.room and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        picture = self._kept.pop(key, None)
        self._bytes -= picture.sizeInBytes() if picture is not None else 0


def _draw(painter: QPainter, frame: Frame, tile: Tile, found: Key, picture: QImage | None) -> None:
    """Draw the part of a picture that a tile covers, where the tile lies in the frame."""
    assert picture is not None
    left, top, right, bottom = (value * frame.world_px for value in tile.box)
    place = QRectF(left - frame.left, top - frame.top, right - left, bottom - top)
    share = picture.width() / (1 << tile.zoom - found.tile.zoom)
    up = tile.zoom - found.tile.zoom
    part = QRectF(
        (tile.column - (found.tile.column << up)) * share, (tile.row - (found.tile.row << up)) * share, share, share
    )
    if place.width() > _HUGE:
        seen = place.intersected(QRectF(0, 0, frame.wide, frame.high))
        scale = share / place.width()
        part = QRectF(
            part.x() + (seen.x() - place.x()) * scale,
            part.y() + (seen.y() - place.y()) * scale,
            seen.width() * scale,
            seen.height() * scale,
        )
        place = seen
    painter.drawImage(place, picture, part)


class _Reader:
    """The thread that reads and decodes; the maps are opened, read and closed there."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="leafdesk-tiles")
        self._maps: dict[str, Map | None] = {}

    def load(self, layer: Layer, key: Key, done: Callable[[Loaded], None], news: Callable[[Key], None]) -> None:
        """Read a tile and hand it over, on the reading thread."""
        self._pool.submit(self._deliver, layer, key, done, news)

    def _deliver(self, layer: Layer, key: Key, done: Callable[[Loaded], None], news: Callable[[Key], None]) -> None:
        try:
            loaded = self._load(layer, key, news)
        except Exception:  # a bug of ours costs one tile, not the map
            logger.exception("a tile could not be read")
            loaded = Loaded(key, None, True)
        done(loaded)

    def _load(self, layer: Layer, key: Key, news: Callable[[Key], None]) -> Loaded:
        try:
            if layer.id not in self._maps:
                self._maps[layer.id] = None
                self._maps[layer.id] = layer.open(lambda tile: news(Key(layer.id, tile)))
            map_ = self._maps[layer.id]
            if map_ is None:
                return Loaded(key, None, True)
            answer = map_.read(key.tile)
        except UnreadableError as error:
            if (broken := self._maps.get(layer.id)) is not None:
                broken.close()
            self._maps[layer.id] = None
            return Loaded(key, None, True, str(error))
        picture = decoded(answer.picture) if answer.picture else None
        return Loaded(key, picture, answer.absent or answer.picture is not None)

    def forget(self, ids: set[str]) -> None:
        """Close maps that are not shown any more."""
        self._pool.submit(self._close, ids)

    def _close(self, ids: set[str] | None = None) -> None:
        for id_ in list(self._maps) if ids is None else ids:
            map_ = self._maps.pop(id_, None)
            if map_ is not None:
                map_.close()

    def close(self) -> None:
        """Close everything; what is being read is not waited for."""
        self._pool.submit(self._close)
        self._pool.shutdown(wait=False)


def decoded(picture: bytes) -> QImage | None:
    """A tile's picture as it is painted fastest; None for what is broken, or of another size than tiles have."""
    if not form_of(picture) or size_of(picture) not in [(side, side) for side in SIDES]:
        return None
    image = QImage.fromData(picture)
    if image.isNull() or (image.width(), image.height()) != size_of(picture):
        return None
    clear = image.hasAlphaChannel()
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied if clear else QImage.Format.Format_RGB32)
