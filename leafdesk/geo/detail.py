"""The corners of many shapes at one scale in one array, so that any choice of them is gathered at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leafdesk.geo import flat

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Slots = NDArray[np.intp]
    Edges = NDArray[np.float64]


class Detail:
    """Corners by slot (an index that the caller gives out), in the units of `geo.view.world`.

    `tolerance` is the largest detail that may be left out, in the same units; 0 keeps every corner.
    """

    def __init__(self, tolerance: float) -> None:
        import numpy as np

        self.tolerance = tolerance
        self._corners = np.empty((1024, 2))
        self._ends = np.empty(1024, bool)
        """Whether a corner is the last of its ring."""
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

    def put(self, slots: Slots, geometries: NDArray[Any]) -> None:
        """Take in the corners of (Multi)Polygons, thinned; one geometry for each slot, which must be lacking."""
        import numpy as np

        thin = flat.thinned(geometries, self.tolerance) if self.tolerance else geometries
        corners, rings, starts = flat.corners(thin)
        self._reach(int(slots.max()) + 1)
        end = self._used + len(corners)
        if end > len(self._ends):
            self._corners = np.resize(self._corners, (2 * end, 2))
            self._ends = np.resize(self._ends, 2 * end)
        self._corners[self._used : end] = corners
        self._ends[self._used : end] = False
        self._ends[self._used + rings[1:] - 1] = True
        self._start[slots], self._count[slots] = self._used + starts[:-1], np.diff(starts)
        self._used = end

    def forget(self, slot: int) -> None:
        """The shape of a slot is another one now, or gone."""
        if slot < len(self._count) and self._count[slot]:
            self._wasted += int(self._count[slot])
            self._count[slot] = 0

    def corners(self, slot: int) -> tuple[Edges, NDArray[np.int64]]:
        """A slot's corners (n, 2) and the offsets of its rings, the last one being n."""
        import numpy as np

        start, end = int(self._start[slot]), int(self._start[slot] + self._count[slot])
        rings = np.flatnonzero(self._ends[start:end]) + 1
        return self._corners[start:end], np.concatenate(([0], rings))

    def edges(self, slots: Slots) -> tuple[Edges, NDArray[np.int64]]:
        """Every edge of the slots, x0, y0, x1, y1, (n, 4), and the place in `slots` of the shape it is of, (n,)."""
        import numpy as np

        counts = self._count[slots]
        ends = np.cumsum(counts)
        total = int(ends[-1]) if len(ends) else 0
        owner = np.repeat(np.arange(len(slots)), counts)
        at = np.arange(total) + np.repeat(self._start[slots] - (ends - counts), counts)
        at, owner = at[~self._ends[at]], owner[~self._ends[at]]
        return np.concatenate((self._corners[at], self._corners[at + 1]), axis=1), owner

    def _reach(self, size: int) -> None:
        import numpy as np

        if size > len(self._count):
            more = np.zeros(max(256, 2 * size) - len(self._count), np.int64)
            self._start, self._count = np.concatenate((self._start, more)), np.concatenate((self._count, more))
