"""Where a tile lies in the world, and what is known about a map made of tiles."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from leafdesk.geo.shape import Box
from leafdesk.geo.view import unworld, world

DEEPEST = 24
"""No zoom beyond this one is read or asked for; at it, a pixel of a tile is 9 mm of the equator."""
LARGEST = 4 << 20
"""Bytes of one tile; the largest honest ones have some hundred thousand."""
SIDES = (256, 512)
"""Pixels across a tile, in every map there is."""
WHOLE_WORLD: Box = (-180.0, -85.0511287798, 180.0, 85.0511287798)


class UnreadableError(Exception):
    """A map that cannot be shown: the message says in plain words what is wrong and what to do."""


class Tile(NamedTuple):
    """A square of the Web Mercator world: columns from 180° W eastward, rows from the north downward."""

    zoom: int
    column: int
    row: int

    def above(self, levels: int = 1) -> Tile:
        """The tile so many zooms farther away that holds this one."""
        return Tile(self.zoom - levels, self.column >> levels, self.row >> levels)

    @property
    def in_the_world(self) -> bool:
        """Whether there is such a tile."""
        return 0 <= self.zoom <= DEEPEST and all(0 <= n < 1 << self.zoom for n in (self.column, self.row))

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in world units (the world is 1 wide)."""
        side = 2.0**-self.zoom
        return (self.column * side, self.row * side, (self.column + 1) * side, (self.row + 1) * side)


class Answer(NamedTuple):
    """What a map says of a tile: a picture; or that there is none; or, with neither, that it may come later."""

    picture: bytes | None = None
    absent: bool = False


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a map: its name and who made it, the zooms and the box (west, south, east, north) it covers.

    `side` is the width of its tiles in pixels; `form` is "png", "jpg" or "webp"; `bytes` what it takes on this disk.
    """

    name: str
    kind: str
    form: str
    side: int
    lowest: int
    highest: int
    box: Box = WHOLE_WORLD
    attribution: str = ""
    licence: str = ""
    bytes: int = 0


class Map(Protocol):
    """A map that gives tiles; used by one thread at a time."""

    @property
    def about(self) -> About: ...

    def read(self, tile: Tile) -> Answer:
        """The tile's picture as it is stored. Raises UnreadableError when the map turns out to be broken."""
        ...

    def close(self) -> None: ...


def sane_box(west: float, south: float, east: float, north: float) -> Box:
    """The box if it can be one, cut at the world's edges; else the whole world."""
    box = (west, south, east, north)
    if not all(math.isfinite(n) for n in box) or west >= east or south >= north:
        return WHOLE_WORLD
    cut = (max(west, -180.0), max(south, WHOLE_WORLD[1]), min(east, 180.0), min(north, WHOLE_WORLD[3]))
    return cut if cut[0] < cut[2] and cut[1] < cut[3] else WHOLE_WORLD


def box_of(tiles: Iterable[Tile]) -> Box:
    """The box of longitudes and latitudes around tiles; at least one."""
    lefts, tops, rights, bottoms = zip(*(tile.box for tile in tiles), strict=True)
    (west, north), (east, south) = unworld((min(lefts), min(tops))), unworld((max(rights), max(bottoms)))
    return sane_box(west, south, east, north)


def spanned(box: Box, zoom: int) -> tuple[int, int, int, int]:
    """The tiles of a zoom that a box touches: first and last column, first and last row."""
    west, south, east, north = box
    many = 1 << zoom
    (left, top), (right, bottom) = world((west, north)), world((east, south))
    first, last = math.floor(left * many), math.ceil(right * many) - 1
    upper, lower = math.floor(top * many), math.ceil(bottom * many) - 1
    clamped = [min(max(n, 0), many - 1) for n in (first, max(first, last), upper, max(upper, lower))]
    return (clamped[0], clamped[1], clamped[2], clamped[3])
