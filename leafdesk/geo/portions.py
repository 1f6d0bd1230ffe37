"""Cuts a shape by numbers: so many hectares off one side, or so many equal parts; straight cuts, geodesic hectares."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import refuse_invalid
from leafdesk.geo.cut import sides
from leafdesk.geo.measure import area_ha
from leafdesk.geo.plane import Plane
from leafdesk.geo.shape import Position, Ring, Shape, box, rings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST = 50
_TRIES = 12
_E2 = 0.0066943799901413165
"""WGS 84's first eccentricity, squared."""
_EXACT = 1e-9
"""Hectares asked for are met to this share of them."""
_FLOOR_HA = 5e-9
"""Half a square centimetre: the sum of geodesic edges is itself no finer, being taken against the equator."""


def cut_off(shape: Shape, hectares: float, towards: float) -> tuple[Shape, Shape]:
    """(what is left, so many hectares off the side that lies in that direction), cut square to it.

    `towards`: degrees clockwise from north; 0 takes from the north. The hectares are geodesic and met to 1e-9 of them,
    or to half a square centimetre, which is more for pieces under five hectares.
    Raises NotPossibleError when the field has no such piece to give.
    """
    refuse_invalid(shape)
    Plane.of(shape)
    whole = area_ha(shape)
    if not 0 < hectares < whole:
        raise NotPossibleError(f"The field has {whole:,.2f} ha; a part of that can be cut off.")
    sweep = _Sweep.over(shape, towards)
    at = sweep.guess(hectares / whole)
    best: tuple[float, Shape, Shape] = (math.inf, (), ())
    enough = max(hectares * _EXACT, _FLOOR_HA)
    for _ in range(_TRIES):
        left, off = sweep.cut(shape, at)
        missing = hectares - area_ha(off)
        best = min(best, (abs(missing), left, off), key=lambda one: one[0])
        if best[0] <= enough or not sweep.width(at):
            break
        at -= missing / whole * sweep.area / sweep.width(at)
    missed, left, off = best
    if not left or not off or missed > enough:
        raise NotPossibleError("This cannot be cut off with one straight line; ask for a little more or less.")
    return left, off


def equal_parts(shape: Shape, count: int, bearing: float) -> tuple[Shape, ...]:
    """So many parts of the same hectares; the cuts run along the bearing. Raises NotPossibleError as `cut_off` does."""
    if not 2 <= count <= MOST:
        raise NotPossibleError(f"A field can be split into 2 to {MOST} parts.")
    each, left, parts = area_ha(shape) / count, shape, []
    for _ in range(count - 1):
        left, off = cut_off(left, each, bearing + 90)
        parts.append(off)
    return (*parts, left)


@dataclass(frozen=True, slots=True)
class _Sweep:
    """A straight line moved over a shape on the flat map; `ends` are the edges' distances from it and across it."""

    start: tuple[float, float]
    squeeze: float
    """How much shorter a degree of longitude is."""
    turn: float
    ahead: NDArray[np.float64]
    across: NDArray[np.float64]
    following: NDArray[np.intp]
    area: float

    @classmethod
    def over(cls, shape: Shape, towards: float) -> _Sweep:
        import numpy as np

        west, south, _east, north = box(shape)
        start, squeeze, turn = (west, south), _squeeze((south + north) / 2), math.radians(towards)
        points: list[Position] = []
        following: list[int] = []
        for polygon in shape:
            for n, ring in enumerate(polygon):
                first, corners = len(points), _turned(ring, left=n == 0)
                points += corners
                following += [*range(first + 1, len(points)), first]
        x, y = ((np.array(points) - start) * (squeeze, 1.0)).T
        ahead, across = x * math.sin(turn) + y * math.cos(turn), x * math.cos(turn) - y * math.sin(turn)
        found = cls(start, squeeze, turn, ahead, across, np.array(following), 0.0)
        return cls(start, squeeze, turn, ahead, across, np.array(following), found.beyond(float(ahead.min()) - 1.0))

    def beyond(self, at: float) -> float:
        """The flat area ahead of the line: of each edge, what lies there, taken against the line itself."""
        import numpy as np

        a, b = self.ahead - at, self.ahead[self.following] - at
        share_a, share_b = _kept(a, b), _kept(b, a)
        u, v = self.across, self.across[self.following]
        u, v = u + (v - u) * share_a, v + (u - v) * share_b
        return abs(float(((np.maximum(a, 0) + np.maximum(b, 0)) / 2 * (v - u)).sum()))

    def width(self, at: float) -> float:
        """How long the cut is: what the area ahead loses when the line moves on."""
        step = float(self.ahead.max() - self.ahead.min()) * 1e-5
        return (self.beyond(at - step) - self.beyond(at + step)) / (2 * step)

    def guess(self, share: float) -> float:
        """Where about this share of the area lies ahead."""
        low, high = float(self.ahead.min()), float(self.ahead.max())
        for _ in range(48):
            middle = (low + high) / 2
            low, high = (middle, high) if self.beyond(middle) > share * self.area else (low, middle)
        return (low + high) / 2

    def cut(self, shape: Shape, at: float) -> tuple[Shape, Shape]:
        """(what lies behind the line, what lies ahead)."""
        over = float(self.across.max() - self.across.min()) * 0.1 + 1e-5
        ends = [self._lonlat(at, far) for far in (float(self.across.min()) - over, float(self.across.max()) + over)]
        ahead, behind, missed = sides(shape, tuple(ends))
        for polygon in missed:
            if self._ahead_of(polygon[0]) > at:
                ahead = (*ahead, polygon)
            else:
                behind = (*behind, polygon)
        return behind, ahead

    def _lonlat(self, ahead: float, across: float) -> tuple[float, float]:
        sin, cos = math.sin(self.turn), math.cos(self.turn)
        return (
            self.start[0] + (ahead * sin + across * cos) / self.squeeze,
            self.start[1] + ahead * cos - across * sin,
        )

    def _ahead_of(self, ring: Ring) -> float:
        """How far ahead the middle of a ring's box lies."""
        west, south, east, north = box(((ring,),))
        x, y = ((west + east) / 2 - self.start[0]) * self.squeeze, (south + north) / 2 - self.start[1]
        return x * math.sin(self.turn) + y * math.cos(self.turn)


def _kept(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of an edge from a to b, the share that has to be left out at a, where that lies behind the line."""
    import numpy as np

    rise = np.where(b == a, 1.0, b - a)
    return np.where((a < 0) & (b > 0), -a / rise, 0.0)


def _squeeze(latitude: float) -> float:
    """The length of a degree of longitude in degrees of latitude, on the ellipsoid."""
    phi = math.radians(latitude)
    return math.cos(phi) * (1 - _E2 * math.sin(phi) ** 2) / (1 - _E2)


def _turned(ring: Ring, *, left: bool) -> list[tuple[float, float]]:
    """The open ring, its inside to the left or to the right."""
    corners = list(ring[:-1])
    double = sum(ax * by - bx * ay for (ax, ay), (bx, by) in itertools.pairwise(ring))
    return corners if (double > 0) == left else corners[::-1]


def longest_side_bearing(shape: Shape) -> float:
    """The direction of the longest edge, 0 <= degrees < 180: along it machines usually drive."""
    from leafdesk.geo.measure import bearing_deg

    def flat(a: tuple[float, float], b: tuple[float, float]) -> float:
        return math.hypot((b[0] - a[0]) * math.cos(math.radians(a[1])), b[1] - a[1])

    edges = ((a, b) for ring in rings(shape) for a, b in itertools.pairwise(ring))
    longest = max(edges, key=lambda edge: flat(*edge), default=None)
    return bearing_deg(*longest) % 180.0 if longest else 0.0
