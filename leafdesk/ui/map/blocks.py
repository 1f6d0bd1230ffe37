"""Which squares of the world's pixels at a zoom are tiles, and what lies side by side of them."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRect

SIDE = 128
"""Device pixels; the smaller, the less is rendered beside what is seen."""


class Key(NamedTuple):
    """Which tile: the zoom, then column and row counted in tiles from the world's upper left corner."""

    zoom: float
    column: int
    row: int


class Block(NamedTuple):
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
            self._replace(column=self.column - 1, columns=self.columns + 1),
            self._replace(columns=self.columns + 1),
            self._replace(row=self.row - 1, rows=self.rows + 1),
            self._replace(rows=self.rows + 1),
        ]

    @property
    def place(self) -> QRect:
        """Where it lies, in device pixels of the world."""
        return QRect(self.column * SIDE, self.row * SIDE, self.columns * SIDE, self.rows * SIDE)


class Patch(NamedTuple):
    """What has changed of tiles that are there: where it lies, in device pixels of the world."""

    zoom: float
    place: QRect


def pieces(keys: list[Key]) -> list[QRect]:
    """Where tiles of one sheet lie, in pixels of the world; in one piece if together they make a rectangle."""
    block = around(keys)
    return [block.place] if block.columns * block.rows == len(keys) else [Block(*key).place for key in keys]


def around(keys: list[Key]) -> Block:
    """The smallest block with all of these in it."""
    columns, rows = [key.column for key in keys], [key.row for key in keys]
    left, top = min(columns), min(rows)
    return Block(keys[0].zoom, left, top, max(columns) - left + 1, max(rows) - top + 1)
