"""The corners of many shapes at one scale in one array, so that any choice of them is gathered at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from leafdesk.geo import flat

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Slots = NDArray[np.intp]
    Edges = NDArray[np.float64]

_RING, _POLYGON = 1, 2


class Detail:
    """Corners by slot (an index that the caller gives out), in the units of `geo.view.world`.

    `tolerance` is the largest detail that may be left out, in the same units; 0 keeps every corner.
    """

    def __init__(self, tolerance: float) -> None:
        import numpy as np

        self.tolerance = tolerance
        self._corners = np.empty((1024, 2))
        self._ends = np.empty(1024, np.uint8)
        """_RING for the last corner of a ring, _POLYGON for that of a polygon's last ring, else 0."""
        self._used = self._wasted = 0
        self._start = np.zeros(0, np.int64)
        self._count = np.zeros(0, np.int64)
        """Corners of a slot; 0 when it was not put, or forgotten."""

    @property
    def overfull(self) -> bool:
        """Whether it is time to begin anew: more than half is of shapes that changed, or 64 MB are taken."""
        return self._used > 4_000_000 or self._wasted > 100_000 + self._used // 2

    def lacking(self, slots: Slots) -> Slots:
        """Those of the slots that have no corners here yet."""
        self._reach(int(slots.max()) + 1 if len(slots) else 0)
        without: Slots = slots[self._count[slots] == 0]
        return without

    def batches(self, slots: Slots, corners: int) -> list[Slots]:
        """The slots (one at least) in their order, in batches of about so many corners."""
        import numpy as np

        ends = np.cumsum(self._count[slots])
        cuts = np.searchsorted(ends, np.arange(corners, ends[-1], corners))
        return [batch for batch in np.split(slots, np.unique(cuts)) if len(batch)]

    def put(self, slots: Slots, packed: Sequence[bytes]) -> None:
        """Take in shapes (`geo.shape.pack`), thinned; one for each slot, which must be lacking."""
        import numpy as np

        shapes = flat.flat(packed)
        corners, rings, polygons, starts = flat.corners(
            flat.thinned(shapes, self.tolerance) if self.tolerance else shapes
        )
        self._reach(int(slots.max()) + 1)
        end = self._used + len(corners)
        if end > len(self._ends):
            corners_had, ends_had = self._corners[: self._used], self._ends[: self._used]
            self._corners, self._ends = np.empty((2 * end, 2)), np.empty(2 * end, np.uint8)  # untouched: no memory
            self._corners[: self._used], self._ends[: self._used] = corners_had, ends_had
        self._corners[self._used : end] = corners
        self._ends[self._used : end] = 0
        self._ends[self._used + rings[1:] - 1] = _RING
        self._ends[self._used + polygons[1:] - 1] = _POLYGON
        self._start[slots], self._count[slots] = self._used + starts[:-1], np.diff(starts)
        self._used = end

    def forget(self, slot: int) -> None:
        """The shape of a slot is another one now, or gone."""
        if slot < len(self._count) and self._count[slot]:
            self._wasted += int(self._count[slot])
            self._count[slot] = 0

    def outlined(self, slots: Slots) -> tuple[Edges, NDArray[np.bool_], NDArray[np.int64]]:
        """Every corner of the slots (n, 2), whether it is the first of its ring (n,), and where each slot's end."""
        import numpy as np

        at, _ = self._all(slots)
        begins = np.ones(len(at), bool)
        begins[1:] = self._ends[at[:-1]] != 0
        return self._corners[at], begins, np.cumsum(self._count[slots])

    def shapes(self, slots: Slots) -> NDArray[Any]:
        """What is kept of the slots as shapely (Multi)Polygons."""
        import numpy as np
        import shapely

        at, _ = self._all(slots)
        ends = self._ends[at]
        rings, polygons = np.flatnonzero(ends) + 1, np.flatnonzero(ends == _POLYGON) + 1
        shapes = np.cumsum(self._count[slots])
        offsets = (rings, np.searchsorted(rings, polygons, "right"), np.searchsorted(polygons, shapes, "right"))
        made = shapely.from_ragged_array(
            shapely.GeometryType.MULTIPOLYGON, self._corners[at], tuple(np.concatenate(([0], n)) for n in offsets)
        )
        return np.asarray(made, "O")

    def holding(self, slots: Slots, x: float, y: float) -> NDArray[np.bool_]:
        """Which of the slots have the point inside, by even and odd, as they are painted."""
        import numpy as np

        edges, owner = self.edges(slots)
        x0, y0, x1, y1 = edges.T
        crossed = np.flatnonzero((y0 > y) != (y1 > y))
        x0, y0, x1, y1 = x0[crossed], y0[crossed], x1[crossed], y1[crossed]
        right = x0 + (y - y0) / (y1 - y0) * (x1 - x0) > x
        inside: NDArray[np.bool_] = np.bincount(owner[crossed][right], minlength=len(slots)) % 2 == 1
        return inside

    def gaps(self, slots: Slots, x: float, y: float) -> NDArray[np.float64]:
        """How far the edge of each slot is from the point."""
        import numpy as np

        edges, owner = self.edges(slots)
        start, along = edges[:, :2], edges[:, 2:] - edges[:, :2]
        length = np.maximum((along**2).sum(axis=1), 1e-300)
        part = np.clip((((x, y) - start) * along).sum(axis=1) / length, 0, 1)
        apart = np.hypot(*((x, y) - (start + part[:, None] * along)).T)
        least = np.full(len(slots), np.inf)
        np.minimum.at(least, owner, apart)
        return least

    def edges(self, slots: Slots) -> tuple[Edges, NDArray[np.int64]]:
        """Every edge of the slots, x0, y0, x1, y1, (n, 4), and the place in `slots` of the shape it is of, (n,)."""
        import numpy as np

        at, owner = self._all(slots)
        on = np.flatnonzero(self._ends[at] == 0)
        both = np.lib.stride_tricks.as_strided(self._corners, (len(self._corners) - 1, 4), (16, 8), writeable=False)
        return both[at[on]], owner[on]

    def loops(self, slots: Slots) -> tuple[Edges, NDArray[np.int64]]:
        """Each of the slots as one closed line: corners (n, 2), and where each line ends.

        Between two rings it goes back to where it began: what it goes there and back again counts twice, so by even and
        odd it covers what the rings cover.
        """
        import numpy as np

        at, owner = self._all(slots)
        ends = np.cumsum(self._count[slots])
        inner = np.flatnonzero(self._ends[at]) + 1
        inner = inner[~np.isin(inner, ends, assume_unique=True)]
        if len(inner):
            home = owner[inner]
            at = np.insert(at, inner, self._start[slots][home])
            ends = ends + np.cumsum(np.bincount(home, minlength=len(slots)))
        return self._corners[at], ends

    def _all(self, slots: Slots) -> tuple[Slots, NDArray[np.int64]]:
        """Where every corner of the slots stands, and the place in `slots` of the shape it is of."""
        import numpy as np

        counts = self._count[slots]
        ends = np.cumsum(counts)
        owner = np.repeat(np.arange(len(slots)), counts)
        return np.arange(len(owner)) + np.repeat(self._start[slots] - (ends - counts), counts), owner

    def _reach(self, size: int) -> None:
        import numpy as np

        if size > len(self._count):
            more = np.zeros(max(256, 2 * size) - len(self._count), np.int64)
            self._start, self._count = np.concatenate((self._start, more)), np.concatenate((self._count, more))
