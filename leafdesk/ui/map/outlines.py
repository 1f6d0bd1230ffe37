"""The outlines of all fields in the map's own coordinates: found by place, drawn at any scale.

Nothing here imports numpy or shapely before the first outline is taken in, so a window can paint before they load.
"""

from __future__ import annotations

import math
import struct
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QDataStream
from PySide6.QtGui import QPainterPath

from leafdesk.geo.detail import Detail
from leafdesk.geo.shape import Box
from leafdesk.geo.view import unworld, world_array
from leafdesk.ui.map.looks import KINDS, kind_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from leafdesk.workspace import FieldRow

WorldBox = tuple[float, float, float, float]
"""Left, top, right, bottom in `geo.view.world` units."""
Packed = list[tuple[str, bytes]]
"""Field ids and their shapes (`geo.shape.pack`)."""
Source = Callable[[list[str], Callable[[Packed], None]], None]
"""Reads the shapes of some fields beside the window and hands them over when they are there."""
_OCTAVES_KEPT = 3
_EXACT_FROM = 19
"""From this octave on a pixel is smaller than what anybody has measured; nothing is thinned."""
_THIN_PX = 0.5 / math.sqrt(2)
"""What may be left out, in pixels where an octave begins: half a pixel in its middle."""
_FEW = 2_000
_KEPT_BYTES = 8_000_000
"""So much of what a source gave is kept at hand: about 5,000 fields; what is painted of them is kept besides."""


class Outlines:
    """Rows and outlines by field id; what is new waits in `waiting` until `take_in` is given a moment.

    Each outline has a slot: an index into the arrays of boxes. Larger fields lie below smaller ones. Without a `source`
    every outline that was given is kept; with one, those used last, and the others are asked for when they are seen.
    """

    def __init__(self) -> None:
        self.source: Source | None = None
        self.version = 0
        """Another number whenever fields have come, changed or gone."""
        self._forget()

    def _forget(self) -> None:
        self.rows: dict[str, FieldRow] = {}
        self.packed: OrderedDict[str, bytes] = OrderedDict()
        """Outlines at hand, the one used last at the end."""
        self._bytes = 0
        self.waiting: deque[str] = deque()
        self.ids: list[str | None] = []
        self.slots: dict[str, int] = {}
        self._boxes: NDArray[np.float64] | None = None
        self._order: NDArray[np.intp] | None = None
        self._free: list[int] = []
        self._kinds: NDArray[np.uint8] | None = None
        self._details: dict[int, Detail] = {}

    # ------------------------------------------------------------------ taking in
    def replace(self, rows: Iterable[FieldRow], outlines: Iterable[tuple[str, bytes]]) -> None:
        """Forget everything and begin with these."""
        self._forget()
        self.change(rows, outlines, ())

    def change(self, rows: Iterable[FieldRow], outlines: Iterable[tuple[str, bytes]], gone: Iterable[str]) -> None:
        """These fields are new or different, those are gone; a row without box has no boundary any more."""
        self.version += 1
        given = dict(outlines)
        for row in rows:
            self.rows[row.id] = row
            self._keep(row.id, given.get(row.id))
            self.waiting.append(row.id)
        for id_ in gone:
            self.rows.pop(id_, None)
            self._keep(id_, None)
            self.waiting.append(id_)

    def _keep(self, id_: str, packed: bytes | None) -> None:
        self._bytes -= len(self.packed.pop(id_, b""))
        if packed is not None:
            self.packed[id_] = packed
            self._bytes += len(packed)

    def take_in(self, count: int) -> list[WorldBox]:
        """Take in up to `count` waiting outlines; the boxes, old and new, in which the map looks different now."""
        self.version += 1
        batch = dict.fromkeys(self.waiting.popleft() for _ in range(min(count, len(self.waiting))))
        touched = [box for id_ in batch if (box := self._box_of(id_))]
        shown = [id_ for id_ in batch if self._has_outline(id_)]
        for id_ in batch.keys() - set(shown):
            self._drop(id_)
        if shown:
            self._store(shown)
            touched += [box for id_ in shown if (box := self._box_of(id_))]
        self._order = None
        return touched

    def _has_outline(self, id_: str) -> bool:
        row = self.rows.get(id_)
        return row is not None and row.box is not None and (self.source is not None or id_ in self.packed)

    def absent(self, slots: NDArray[np.intp]) -> list[str]:
        """The fields of slots whose outlines are not at hand: ask the source for them."""
        return [id_ for slot in slots.tolist() if (id_ := self.ids[slot]) and id_ not in self.packed]

    def give(self, asked: Iterable[str], found: Packed) -> None:
        """What the source found of those that were asked for; a field without an outline after all is dropped."""
        given = dict(found)
        for id_ in asked:
            if id_ in given:
                self._keep(id_, given[id_])
            else:
                self._drop(id_)
        while self._bytes > _KEPT_BYTES and len(self.packed) > len(given):  # never those that are wanted just now
            self._bytes -= len(self.packed.popitem(last=False)[1])

    def _store(self, ids: Sequence[str]) -> None:
        import numpy as np

        at = np.array([self._slot(id_) for id_ in ids])
        self._grow()
        assert self._boxes is not None and self._kinds is not None
        rows = [self.rows[id_] for id_ in ids]
        degrees = np.array([row.box or (np.nan,) * 4 for row in rows])
        low, high = world_array(degrees[:, :2]), world_array(degrees[:, 2:])  # world's y grows downward
        self._boxes[at] = np.column_stack((low[:, 0], high[:, 1], high[:, 0], low[:, 1]))
        self._kinds[at] = [KINDS.index(kind_of(row)) for row in rows]
        for detail in self._details.values():
            for slot in at.tolist():
                detail.forget(slot)

    def _slot(self, id_: str) -> int:
        if id_ not in self.slots:
            if self._free:
                self.slots[id_] = self._free.pop()
                self.ids[self.slots[id_]] = id_
            else:
                self.slots[id_] = len(self.ids)
                self.ids.append(id_)
        return self.slots[id_]

    def _grow(self) -> None:
        import numpy as np

        have = 0 if self._boxes is None else len(self._boxes)
        if len(self.ids) <= have:
            return
        room = max(256, 2 * len(self.ids))
        boxes, kinds = np.full((room, 4), np.nan), np.zeros(room, np.uint8)
        if self._boxes is not None and self._kinds is not None:
            boxes[:have], kinds[:have] = self._boxes, self._kinds
        self._boxes, self._kinds = boxes, kinds

    def _drop(self, id_: str) -> None:
        slot = self.slots.pop(id_, None)
        if slot is None or self._boxes is None:
            return
        self.ids[slot] = None
        self._boxes[slot] = float("nan")
        self._free.append(slot)
        for detail in self._details.values():
            detail.forget(slot)

    # ------------------------------------------------------------------ finding
    def _box_of(self, id_: str) -> WorldBox | None:
        slot = self.slots.get(id_)
        if slot is None or self._boxes is None:
            return None
        left, top, right, bottom = self._boxes[slot].tolist()
        return (left, top, right, bottom)

    def within(self, box: WorldBox) -> NDArray[np.intp] | None:
        """Slots whose box meets this one, from the bottom to the top; None when nothing was taken in yet."""
        import numpy as np

        if self._boxes is None:
            return None
        left, top, right, bottom = box
        b = self._boxes
        inside = (b[:, 0] <= right) & (b[:, 2] >= left) & (b[:, 1] <= bottom) & (b[:, 3] >= top)
        if np.count_nonzero(inside) < _FEW:  # where one field has changed nobody asks for the order of all
            found = np.flatnonzero(inside)
            return found[np.argsort(-_sizes(b[found]), kind="stable")]
        if self._order is None:
            self._order = np.argsort(-_sizes(b), kind="stable")
        return self._order[inside[self._order]]

    def all_at(self, point: tuple[float, float], octave: int = _EXACT_FROM, slack: float = 0.0) -> list[str]:
        """The ids of the fields at a world point, as they are drawn at an octave, the top one first.

        With `slack`, when there is none: the one nearest within it.
        """
        x, y = point
        near = self.within((x - slack, y - slack, x + slack, y + slack))
        if near is None or not len(near):
            return []
        detail = self.detail(octave)
        self.thin(near, octave)
        found = near[detail.holding(near, x, y)][::-1]
        if not len(found) and slack:
            gaps = detail.gaps(near, x, y)
            found = near[[gaps.argmin()]] if gaps.min() <= slack else found
        return [id_ for slot in found.tolist() if (id_ := self.ids[slot])]

    def at(self, point: tuple[float, float], octave: int = _EXACT_FROM) -> str | None:
        """The first of `all_at`, None where there is no field."""
        return next(iter(self.all_at(point, octave)), None)

    def shapes(self, slots: NDArray[np.intp], octave: int) -> NDArray[Any]:
        """The shapes of slots as they are drawn at an octave, in world units."""
        self.thin(slots, octave)
        return self.detail(octave).shapes(slots)

    def spacious(self, box: WorldBox, wide: float, high: float) -> NDArray[np.intp]:
        """Slots whose box meets this one and is so large, in any order; none when nothing was taken in yet."""
        import numpy as np

        b = self._boxes if self._boxes is not None else np.empty((0, 4))
        left, top, right, bottom = box
        large = (b[:, 2] - b[:, 0] >= wide) & (b[:, 3] - b[:, 1] >= high)
        return np.flatnonzero(large & (b[:, 0] <= right) & (b[:, 2] >= left) & (b[:, 1] <= bottom) & (b[:, 3] >= top))

    def boxes(self, slots: NDArray[np.intp]) -> NDArray[np.float64]:
        """Left, top, right, bottom of slots, in world units, (n, 4)."""
        assert self._boxes is not None
        return self._boxes[slots]

    def around_all(self) -> Box | None:
        """West, south, east, north around every field that has a box, also of those still waiting."""
        if self._boxes is not None and self.slots and not self.waiting:  # of 50,000 rows one by one it takes a frame
            import numpy as np

            (left, top), (right, bottom) = np.nanmin(self._boxes[:, :2], axis=0), np.nanmax(self._boxes[:, 2:], axis=0)
            (west, north), (east, south) = unworld((float(left), float(top))), unworld((float(right), float(bottom)))
            return (west, south, east, north)
        found = [row.box for row in self.rows.values() if row.box]
        if not found:
            return None
        wests, souths, easts, norths = zip(*found, strict=True)
        return (min(wests), min(souths), max(easts), max(norths))

    # ------------------------------------------------------------------ drawing
    def kinds(self, slots: NDArray[np.intp]) -> NDArray[np.uint8]:
        """How the fields of slots stand: indices into `looks.KINDS`."""
        assert self._kinds is not None
        return self._kinds[slots]

    def detail(self, octave: int) -> Detail:
        """The corners for zooms from `octave` up to the next, without detail that those could not show."""
        found = self._details.get(octave)
        if found is None:
            scale = 256.0 * 2.0**octave
            self._details[octave] = found = Detail(_THIN_PX / scale if octave < _EXACT_FROM else 0.0)
            for other in sorted(self._details, key=lambda o: abs(o - octave))[_OCTAVES_KEPT:]:
                del self._details[other]
        return found

    def tidy(self, octave: int) -> None:
        """Throw away a detail that has grown too large; nothing may be painting from it."""
        if octave in self._details and self._details[octave].overfull:
            del self._details[octave]

    def lacking(self, slots: NDArray[np.intp], octave: int) -> NDArray[np.intp]:
        """Those of the slots whose detail at an octave has yet to be made."""
        return self.detail(octave).lacking(slots)

    def thin(self, slots: NDArray[np.intp], octave: int) -> None:
        """Make the detail that slots lack, as far as their outlines are at hand."""
        import numpy as np

        detail = self.detail(octave)
        ids = {slot: self.ids[slot] or "" for slot in detail.lacking(slots).tolist()}
        ready = {slot: self.packed[id_] for slot, id_ in ids.items() if id_ in self.packed}
        if ready:
            detail.put(np.array(list(ready)), list(ready.values()))

    def path(self, slot: int, octave: int) -> QPainterPath:
        """A slot's path in pixels of the world at zoom `octave`, filled by even and odd."""
        import numpy as np

        return self.paths(np.array([slot]), octave)[0]

    def paths(self, slots: NDArray[np.intp], octave: int) -> list[QPainterPath]:
        """The paths of slots, as `path` gives one."""
        self.thin(slots, octave)
        corners, begins, ends = self.detail(octave).outlined(slots)
        return streamed(corners * (256.0 * 2.0**octave), begins, ends)


def _sizes(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    size: NDArray[np.float64] = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return size


def streamed(points: NDArray[Any], begins: NDArray[np.bool_], ends: NDArray[np.int64]) -> list[QPainterPath]:
    """Paths filled by even and odd: points (n, 2), which of them begin a ring (n,), and where each path's last one is.

    Made through Qt's own stream format, so that no Python runs for a single corner.
    """
    import numpy as np

    elements = np.empty(len(points), [("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])
    elements["kind"] = ~begins  # 0 moves there, 1 draws a line
    elements["x"], elements["y"] = points[:, 0], points[:, 1]
    blob, size, start = elements.tobytes(), elements.itemsize, 0
    pieces = []
    for end in ends.tolist():
        pieces += [struct.pack(">i", end - start), blob[start * size : end * size], struct.pack(">ii", 0, 0)]
        start = end  # after the corners: where the last ring begins, and that even and odd count
    stream = QDataStream(QByteArray(b"".join(pieces)))
    paths = [QPainterPath() for _ in ends]
    for path in paths:
        stream >> path
    return paths


def streamed_rings(points: NDArray[Any], rings: NDArray[Any]) -> QPainterPath:
    """One path of rings: points (n, 2) and the offsets between rings, the last one being n."""
    import numpy as np

    begins = np.zeros(len(points), bool)
    begins[rings[:-1]] = True
    return streamed(points, begins, rings[-1:])[0]
