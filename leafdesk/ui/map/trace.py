"""Rings on the screen: their corners as arrays, what is under the hand, and paths to paint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QPainterPath

from leafdesk.geo.actions import Corner
from leafdesk.geo.shape import Ring, Shape
from leafdesk.geo.view import Pixel, View, world_array
from leafdesk.ui.map.outlines import streamed_rings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Trace:
    """The corners of a shape in world units, without the rings' closing twins."""

    def __init__(self, shape: Shape) -> None:
        import numpy as np

        self.corners: list[Corner] = []
        self.following: list[int] = []
        self.starts: list[int] = []
        positions: list[tuple[float, float]] = []
        for p, polygon in enumerate(shape):
            for r, ring in enumerate(polygon):
                first, open_ring = len(positions), _open(ring)
                self.starts.append(first)
                positions.extend(open_ring)
                self.corners += [Corner(p, r, at) for at in range(len(open_ring))]
                self.following += [*range(first + 1, first + len(open_ring)), first]
        self.world: NDArray[np.float64] = world_array(np.array(positions, float).reshape(-1, 2))

    def pixels(self, view: View) -> NDArray[np.float64]:
        """Every corner on the screen, (n, 2)."""
        import numpy as np

        out: NDArray[np.float64] = self.world * view.world_px - np.array(view.origin)
        return out

    def path(self, view: View) -> QPainterPath:
        """The rings on the screen, closed."""
        return ring_path(self.pixels(view), self.starts)

    def corner_at(self, pixel: Pixel, view: View, reach: float) -> int | None:
        """The corner nearest to a pixel within reach, as an index into `corners`."""
        return nearest(self.pixels(view), pixel, reach)

    def middle_at(self, pixel: Pixel, view: View, reach: float, shortest: float) -> int | None:
        """The edge whose midpoint is near a pixel, by the corner it leaves; edges shorter than `shortest` have none."""
        import numpy as np

        a = self.pixels(view)
        b = a[self.following]
        long = np.hypot(*(b - a).T) >= shortest
        middles = np.where(long[:, None], (a + b) / 2, np.inf)
        return nearest(middles, pixel, reach)

    def edge_at(self, pixel: Pixel, view: View, reach: float) -> tuple[int, Pixel] | None:
        """The edge nearest to a pixel within reach, by the corner it leaves, and the spot on it."""
        import numpy as np

        a = self.pixels(view)
        along = a[self.following] - a
        length = np.maximum((along**2).sum(axis=1), 1e-12)
        share = np.clip(((np.array(pixel) - a) * along).sum(axis=1) / length, 0, 1)
        spots = a + along * share[:, None]
        found = nearest(spots, pixel, reach)
        return None if found is None else (found, (float(spots[found, 0]), float(spots[found, 1])))


def nearest(points: NDArray[Any], pixel: Pixel, reach: float) -> int | None:
    """The index of the point nearest to a pixel, None when all are farther than `reach`."""
    import numpy as np

    if not len(points):
        return None
    gaps = np.hypot(points[:, 0] - pixel[0], points[:, 1] - pixel[1])
    best = int(gaps.argmin())
    return best if gaps[best] <= reach else None


def ring_path(points: NDArray[Any], starts: list[int]) -> QPainterPath:
    """A path of closed rings; `starts` tells where each begins among the points."""
    import numpy as np

    ends = [*starts[1:], len(points)]
    order = np.concatenate([[*range(a, b), a] for a, b in zip(starts, ends, strict=True) if b > a] or [[]]).astype(int)
    offsets = np.cumsum([0, *(b - a + 1 for a, b in zip(starts, ends, strict=True) if b > a)])
    return streamed_rings(points[order], offsets)


def _open(ring: Ring) -> Ring:
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring
