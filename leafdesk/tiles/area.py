"""Which tiles an area takes: counted exactly, and told off one after the other in an order that never changes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leafdesk.geo.shape import Box
from leafdesk.tiles.tile import Tile, spanned

HUGE = 1_000_000
EARTH_DEGREE_M = 111_320.0
Rows = dict[int, list[tuple[int, int]]]
"""By row: the columns from and to, apart from each other and in order."""


@dataclass(frozen=True, slots=True)
class Area:
    """Boxes of west, south, east, north, and the zooms from the farthest to the nearest."""

    boxes: tuple[Box, ...]
    lowest: int
    highest: int

    def count(self) -> int:
        """How many tiles; one that several boxes touch counts once. Beyond HUGE only that it is at least so many."""
        largest = max((self._in_box(box) for box in self.boxes), default=0)
        if largest > HUGE or len(self.boxes) == 1:
            return largest
        zooms = (self._rows(zoom) for zoom in range(self.lowest, self.highest + 1))
        return sum(last - first + 1 for rows in zooms for spans in rows.values() for first, last in spans)

    def _in_box(self, box: Box) -> int:
        spans = (spanned(box, zoom) for zoom in range(self.lowest, self.highest + 1))
        return sum((right - left + 1) * (bottom - top + 1) for left, right, top, bottom in spans)

    def tiles(self) -> Iterator[Tile]:
        """The tiles, the farthest zoom first, then by row and column."""
        for zoom in range(self.lowest, self.highest + 1):
            rows = self._rows(zoom)
            for row in sorted(rows):
                for first, last in rows[row]:
                    yield from (Tile(zoom, column, row) for column in range(first, last + 1))

    def holding(self, tiles: Sequence[Tile]) -> int:
        """How many of these tiles belong to it."""
        rows = {zoom: self._rows(zoom) for zoom in {t.zoom for t in tiles} if self.lowest <= zoom <= self.highest}
        spans = ((tile, rows.get(tile.zoom, {}).get(tile.row, ())) for tile in tiles)
        return sum(any(first <= tile.column <= last for first, last in of_row) for tile, of_row in spans)

    def _rows(self, zoom: int) -> Rows:
        rows: Rows = {}
        for left, right, top, bottom in (spanned(box, zoom) for box in self.boxes):
            for row in range(top, bottom + 1):
                rows.setdefault(row, []).append((left, right))
        return {row: _joined(spans) for row, spans in rows.items()}


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined = list[tuple[int, int]]()
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def widened(box: Box, metres: float) -> Box:
    """A box with a margin around it."""
    west, south, east, north = box
    up = metres / EARTH_DEGREE_M
    nearest = max(abs(south), abs(north))
    across = up / max(math.cos(math.radians(min(nearest, 85.0))), 0.01)
    return (max(west - across, -180.0), max(south - up, -85.0), min(east + across, 180.0), min(north + up, 85.0))
