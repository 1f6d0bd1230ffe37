"""Rings on the screen: their corners as arrays, what is under the hand, and paths to paint."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QPainterPath

from leafdesk.geo.actions import Corner
from leafdesk.geo.flat import thinned_rings
from leafdesk.geo.shape import Position, Ring, Shape
from leafdesk.geo.view import Pixel, View, world, world_array
from leafdesk.ui.map.outlines import streamed_rings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MANY = 400
"""From so many corners on a path is thinned before it is painted: pens are slow on dense lines."""
_THIN_PX = 0.3


class Trace:
    """The corners of a shape in world units, without the rings' closing twins."""

    def __init__(self, shape: Shape) -> None:
        import numpy as np

        following: list[int] = []
        order: list[int] = []
        positions: list[Position] = []
        self._offsets = [0]
        self._first: dict[tuple[int, int], int] = {}
        self._begins: list[tuple[int, int, int]] = []
        for p, polygon in enumerate(shape):
            for r, ring in enumerate(polygon):
                first, open_ring = len(positions), _open(ring)
                last = first + len(open_ring)
                self._first[p, r] = first
                self._begins.append((first, p, r))
                positions.extend(open_ring)
                following += [*range(first + 1, last), first]
                order += [*range(first, last), first]
                self._offsets.append(len(order))
        self.following: NDArray[np.intp] = np.array(following, int)
        self._order: NDArray[np.intp] = np.array(order, int)
        self._painted: tuple[View, QPainterPath] | None = None
        self.world: NDArray[np.float64] = world_array(np.array(positions, float).reshape(-1, 2))

    def __len__(self) -> int:
        return len(self.world)

    def corner(self, n: int) -> Corner:
        """The corner whose number is n, counted along all rings."""
        first, p, r = self._begins[bisect_right(self._begins, (n, math.inf, 0)) - 1]
        return Corner(p, r, n - first)

    def index(self, corner: Corner) -> int:
        """The number of a corner: the inverse of `corner`."""
        return self._first[corner.polygon, corner.ring] + corner.at

    def moved(self, places: Mapping[Corner, Position]) -> Trace:
        """The trace with corners elsewhere: what each step of a drag needs, however many corners there are."""
        other = copy(self)
        other.world = self.world.copy()
        for corner, to in places.items():
            other.world[self.index(corner)] = world(to)
        other._painted = None
        return other

    def pixels(self, view: View) -> NDArray[np.float64]:
        """Every corner on the screen, (n, 2)."""
        import numpy as np

        out: NDArray[np.float64] = self.world * view.world_px - np.array(view.origin)
        return out

    def path(self, view: View) -> QPainterPath:
        """The rings on the screen, closed; kept until another view asks."""
        if self._painted is None or self._painted[0] != view:
            self._painted = (view, self._path(view))
        return self._painted[1]

    def _path(self, view: View) -> QPainterPath:
        import numpy as np

        points = self.pixels(view)[self._order]
        if len(points) < _MANY:
            return streamed_rings(points, np.array(self._offsets))
        return streamed_rings(*thinned_rings(points, self._offsets, _THIN_PX))

    def corner_at(self, pixel: Pixel, view: View, reach: float) -> int | None:
        """The corner nearest to a pixel within reach, by its number."""
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


def _open(ring: Ring) -> Ring:
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring
