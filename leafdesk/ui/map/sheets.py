"""The pictures that tiles are cut from: kept within a room of memory, and painted on again when nobody looks at them.

Ten megabytes fresh from the system cost more time than forty fields to paint: its pages come one by one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from leafdesk.ui.map.blocks import Key

_FORM = QImage.Format.Format_RGB32
_PIXEL = 4
"""Bytes."""
_SPARE = 3
"""So many pieces of memory wait for the next sheets."""


@dataclass(slots=True, eq=False)
class Sheet:
    """A picture of tiles side by side, its corner in pixels of the world; `keys` are those still shown from it."""

    left: int
    top: int
    image: QImage
    memory: bytearray
    keys: set[Key] = field(default_factory=set)


class Sheets:
    """Every sheet, the one seen last at the end."""

    def __init__(self) -> None:
        self._used: OrderedDict[int, Sheet] = OrderedDict()
        self._spare: list[bytearray] = []

    @property
    def size(self) -> int:
        """Bytes of all of them and of what waits to be used again."""
        return sum(len(sheet.memory) for sheet in self._used.values()) + sum(map(len, self._spare))

    def blank(self, left: int, top: int, wide: int, high: int) -> Sheet:
        """A sheet to paint on, whatever its memory showed before."""
        need = wide * high * _PIXEL
        fitting = [memory for memory in self._spare if need <= len(memory) <= 2 * need]
        memory = min(fitting, key=len, default=None)
        if memory is None:
            memory = bytearray(need)
        else:
            self._spare = [other for other in self._spare if other is not memory]
        return Sheet(left, top, QImage(memory, wide, high, wide * _PIXEL, _FORM), memory)

    def keep(self, sheet: Sheet) -> None:
        """A sheet is painted: its tiles are shown from it."""
        self._used[id(sheet)] = sheet

    def of(self, zoom: float) -> list[Sheet]:
        """The sheets of a zoom."""
        return [sheet for sheet in self._used.values() if next(iter(sheet.keys)).zoom == zoom]

    def seen(self, sheet: Sheet) -> None:
        """A sheet is looked at: others go before it."""
        self._used.move_to_end(id(sheet))

    def leave(self, sheet: Sheet, key: Key) -> None:
        """A tile is not shown from this sheet any more."""
        sheet.keys.discard(key)
        if not sheet.keys and id(sheet) in self._used:
            del self._used[id(sheet)]
            self.spare(sheet)

    def spare(self, sheet: Sheet) -> None:
        """Nobody looks at this sheet any more."""
        self._spare = [*self._spare, sheet.memory][-_SPARE:]

    def too_many(self, room: int, needed: Collection[Key]) -> list[Key]:
        """The tiles to let go of, so that all sheets find room; a sheet of which one tile is needed stays whole."""
        going: list[Key] = []
        over = self.size - room
        while over > 0 and self._spare:
            over -= len(self._spare.pop(0))
        for sheet in self._used.values():
            if over <= 0:
                break
            if sheet.keys.isdisjoint(needed):
                going += sheet.keys
                over -= len(sheet.memory)
        return going
