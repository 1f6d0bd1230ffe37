"""Divides a block of land into parcels that share their borders vertex for vertex. Metres on a plane."""

import math
import random
from itertools import pairwise

Point = tuple[float, float]
Ring = list[Point]
"""Corners counter-clockwise, the first not repeated."""

_NEAR_M = 22.0
_HA = 10_000.0


class Block:
    """A piece of land being divided. Where a border meets another one, both sides get the corner."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._corners: dict[tuple[Point, Point], Point] = {}

    def divide(self, outline: Ring, target_ha: float, *, smallest_ha: float = 3.5) -> list[Ring]:
        """Parcels of about the target's size; each is cut across its longer side until it is small enough."""
        outline = self.resolve(outline)
        if area_ha(outline) <= target_ha * self._rng.uniform(0.75, 1.35):
            return [outline]
        for attempt in range(6 if area_ha(outline) < 55 else 20):
            normal, at = self._border(outline, across=attempt % 3 == 2)
            halves = self.cut(outline, normal, at, smallest_ha=smallest_ha)
            if halves:
                return [parcel for half in halves for parcel in self.divide(half, target_ha, smallest_ha=smallest_ha)]
        return [outline]

    def strips(self, outline: Ring, count: int) -> list[Ring]:
        """Long parcels side by side."""
        west, south, east, north = box(outline)
        upright = east - west > north - south
        tilt = self._rng.uniform(-0.03, 0.03)
        normal = (1.0, tilt) if upright else (tilt, 1.0)
        start, length = _extent(outline, normal)
        strips, rest = [], outline
        for n in range(1, count):
            halves = self.cut(rest, normal, start + length * n / count, smallest_ha=3.0)
            if halves:
                rest, strip = halves
                strips.append(strip)
        return [*strips, rest]

    def cut(self, outline: Ring, normal: Point, at: float, *, smallest_ha: float = 0.0) -> tuple[Ring, Ring] | None:
        """The two sides of the line normal · p = at: where that is larger, where it is smaller.

        None when the line does not part the outline in two, or a part is too small or too thin.
        """
        outline = self.resolve(outline)
        heights = [normal[0] * x + normal[1] * y - at for x, y in outline]
        heights = [0.0 if abs(height) < _NEAR_M else height for height in heights]
        above, below, found, crossings = Ring(), Ring(), {}, 0
        for n, (a, height) in enumerate(zip(outline, heights, strict=True)):
            b, next_height = outline[(n + 1) % len(outline)], heights[(n + 1) % len(outline)]
            if height >= 0:
                above.append(a)
            if height <= 0:
                below.append(a)
            if height == 0:
                crossings += 1
            elif height * next_height < 0:
                t = height / (height - next_height)
                corner = (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]))
                found[a, b] = corner
                above.append(corner)
                below.append(corner)
                crossings += 1
        if crossings != 2 or not (_sound(above, smallest_ha) and _sound(below, smallest_ha)):
            return None
        self._corners |= found
        return above, below

    def bend(self, rings: list[Ring], longest_m: float, by_m: float) -> list[Ring]:
        """The same parcels with long borders slightly bent, as no fence runs dead straight."""
        for ring in [self.resolve(ring) for ring in rings]:
            for a, b in pairwise([*ring, ring[0]]):
                length = math.dist(a, b)
                if length > longest_m and (b, a) not in self._corners and self._rng.random() < 0.7:
                    t, off = self._rng.uniform(0.35, 0.65), self._rng.uniform(-by_m, by_m)
                    normal = ((a[1] - b[1]) / length, (b[0] - a[0]) / length)
                    x, y = a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])
                    self._corners[a, b] = (x + off * normal[0], y + off * normal[1])
        return [self.resolve(ring) for ring in rings]

    def resolve(self, ring: Ring) -> Ring:
        """The ring with every corner that its neighbours have put on its borders."""
        resolved: Ring = []
        for a, b in pairwise([*ring, ring[0]]):
            resolved.append(a)
            resolved.extend(self._between(a, b))
        return resolved

    def _between(self, a: Point, b: Point) -> Ring:
        corner = self._corners.get((a, b)) or self._corners.get((b, a))
        return [*self._between(a, corner), corner, *self._between(corner, b)] if corner else []

    def _border(self, outline: Ring, *, across: bool) -> tuple[Point, float]:
        west, south, east, north = box(outline)
        upright = (east - west > north - south) != across
        tilt = self._rng.gauss(0, 0.045)
        normal = (1.0, tilt) if upright else (tilt, 1.0)
        start, length = _extent(outline, normal)
        return normal, start + length * self._rng.uniform(0.36, 0.64)


def area_ha(ring: Ring) -> float:
    """Hectares inside a ring on the plane."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, ring[0]]))) / 2 / _HA


def box(ring: Ring) -> tuple[float, float, float, float]:
    """West, south, east, north in metres."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def middle(ring: Ring) -> Point:
    """The centre of gravity."""
    doubled = x = y = 0.0
    for a, b in pairwise([*ring, ring[0]]):
        cross = a[0] * b[1] - b[0] * a[1]
        doubled, x, y = doubled + cross, x + (a[0] + b[0]) * cross, y + (a[1] + b[1]) * cross
    return (x / (3 * doubled), y / (3 * doubled))


def room_m(ring: Ring, point: Point) -> float:
    """How far the nearest border is from a point."""
    return min(_distance(point, a, b) for a, b in pairwise([*ring, ring[0]]))


def _distance(p: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    t = max(0.0, min(1.0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / ((dx * dx + dy * dy) or 1.0)))
    return math.dist(p, (a[0] + t * dx, a[1] + t * dy))


def _extent(ring: Ring, normal: Point) -> tuple[float, float]:
    heights = [normal[0] * x + normal[1] * y for x, y in ring]
    return min(heights), max(heights) - min(heights)


def _sound(ring: Ring, smallest_ha: float) -> bool:
    """Large enough, and no sliver."""
    if len(ring) < 3:
        return False
    area = area_ha(ring)
    length = sum(math.dist(a, b) for a, b in pairwise([*ring, ring[0]]))
    return area >= smallest_ha and area * _HA * 4 * math.pi / length**2 > 0.3
