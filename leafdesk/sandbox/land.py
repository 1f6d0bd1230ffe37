"""Draws a stretch of prairie: section roads, a river and a railway, and the parcels in between. Metres on a plane."""

import math
import random
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from leafdesk.sandbox.subdivide import Block, Point, Ring, area_ha, box, middle, room_m

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SECTION_M = 1609.344
_ROAD_M = 15.0
_LANE_M = 7.0
Cell = tuple[int, int]


@dataclass(slots=True)
class Parcel:
    """A field's land: parts of shell and holes, where it lies, and whether a pivot waters it."""

    parts: list[list[Ring]]
    cell: Cell
    pivot: bool = False

    @property
    def middle(self) -> Point:
        return middle(self.parts[0][0])

    @property
    def hectares(self) -> float:
        return sum(area_ha(shell) - sum(map(area_ha, holes)) for shell, *holes in self.parts)


class Prairie:
    """Land of a seed, drawn section by section; the same seed draws the same land."""

    def __init__(self, sections: int, seed: int) -> None:
        self._seed = seed
        self._rng = random.Random(seed)
        self._phases = [self._rng.uniform(0, math.tau) for _ in range(6)]
        self.cells = _cells(sections)
        self._water = self._gaps()
        dry = [cell for cell in self.cells[:30] if self._is_dry(self._outline(cell))]
        lightness = sorted(map(self._lightness, dry))
        self._light = lightness[len(lightness) * 13 // 20] - 1e-9 if lightness else 0.0

    def parcels(self) -> list[Parcel]:
        """Every parcel, the middle of the land first."""
        drawn: dict[Cell, list[Parcel]] = {}
        for cell in self.cells:
            rng = random.Random(self._seed * 1_000_003 + cell[0] * 8191 + cell[1])
            near = [
                drawn.get((cell[0] - dx, cell[1] - dy), []) for dx, dy in ((0, 0), (1, 0), (0, 1), (-1, 0), (0, -1))
            ]
            drawn[cell] = self._section(cell, rng)
            self._join_over_a_road(drawn[cell], near[1:], rng)
        for parcels in drawn.values():
            parcels.sort(key=lambda parcel: _far(*parcel.middle))
        return [parcel for parcels in drawn.values() for parcel in parcels]

    def _section(self, cell: Cell, rng: random.Random) -> list[Parcel]:
        outline = self._outline(cell)
        block = Block(rng)
        if not self._is_dry(outline):
            target = rng.uniform(18, 34)
            rings = [ring for bank in self._banks(outline) for ring in block.divide(bank, target)]
            return self._finish(cell, block, rings, rng)
        if rng.random() < 0.02:
            return []  # woods, or a village
        if rng.random() < self._sandiness(cell):
            return self._pivots(cell, block, outline, rng)
        return self._finish(cell, block, self._fields(block, outline, rng), rng)

    def _fields(self, block: Block, outline: Ring, rng: random.Random) -> list[Ring]:
        """The rings of an ordinary section: halves along a lane, or one block; some of it in strips."""
        target = min(48.0, max(15.0, rng.lognormvariate(3.5, 0.32)))
        halves = [outline]
        if rng.random() < 0.4:
            halves = self._along_a_lane(outline, rng)
        rings: list[Ring] = []
        for half in halves:
            if rng.random() < 0.14:
                rings += block.strips(half, math.ceil(area_ha(half) / rng.uniform(24, 46)))
            else:
                rings += block.divide(half, target)
        return rings

    def _along_a_lane(self, outline: Ring, rng: random.Random) -> list[Ring]:
        west, south, east, north = box(outline)
        upright = rng.random() < 0.5
        tilt, share = rng.gauss(0, 0.02), rng.uniform(0.42, 0.58)
        normal = (1.0, tilt) if upright else (tilt, 1.0)
        at = west + share * (east - west) if upright else south + share * (north - south)
        at += tilt * ((south + north) if upright else (west + east)) / 2
        first = Block(rng).cut(outline, normal, at + _LANE_M)
        second = Block(rng).cut(outline, normal, at - _LANE_M)
        return [first[0], second[1]] if first and second else [outline]

    def _pivots(self, cell: Cell, block: Block, outline: Ring, rng: random.Random) -> list[Parcel]:
        """Four quarters, most of them watered by a pivot that turns in a circle."""
        centre = middle(outline)
        halves = block.cut(outline, (1.0, 0.0), centre[0])
        quarters = [block.cut(half, (0.0, 1.0), centre[1]) for half in halves or ()]
        drawn: list[Parcel] = []
        plain: list[Ring] = []
        for quarter in (quarter for pair in quarters if pair for quarter in pair):
            if rng.random() < 0.82:
                drawn += [Parcel([[ring]], cell, pivot=True) for ring in _circle(quarter, rng)]
            else:
                plain += block.divide(quarter, rng.uniform(16, 30))
        return drawn + self._finish(cell, block, plain, rng)

    def _finish(self, cell: Cell, block: Block, rings: list[Ring], rng: random.Random) -> list[Parcel]:
        """Bend long borders, leave room for farmyards, dig ponds; leave out what came out too small or too large."""
        rings = [ring for ring in block.bend(rings, 300, 6) if 3.0 <= area_ha(ring) <= 60.0]
        times: dict[frozenset[Point], int] = {}
        for ring in rings:
            for a, b in pairwise([*ring, ring[0]]):
                times[frozenset((a, b))] = times.get(frozenset((a, b)), 0) + 1
        parcels = []
        for ring in rings:
            if rng.random() < 0.07:
                ring = _with_yard(ring, times, rng)
            holes = [_pond(ring, rng)] if rng.random() < 0.07 else []
            parcels.append(Parcel([[ring, *(hole for hole in holes if hole)]], cell))
        return parcels

    def _join_over_a_road(self, here: list[Parcel], near: list[list[Parcel]], rng: random.Random) -> None:
        """Now and then two parcels over a road from each other are one field of two parts."""
        if rng.random() > 0.4:
            return
        for parcel in rng.sample(here, len(here)):
            for others in near:
                for other in others:
                    if _face_each_other(parcel, other):
                        here.remove(parcel)
                        other.parts += parcel.parts
                        return

    def _outline(self, cell: Cell) -> Ring:
        """A section without its half of the roads."""
        (x, y), r = cell, _ROAD_M
        corners = [self._corner(x, y), self._corner(x + 1, y), self._corner(x + 1, y + 1), self._corner(x, y + 1)]
        inward = ((r, r), (-r, r), (-r, -r), (r, -r))
        return [(a[0] + d[0], a[1] + d[1]) for a, d in zip(corners, inward, strict=True)]

    def _corner(self, x: int, y: int) -> Point:
        rng = random.Random(self._seed * 7919 + x * 104_729 + y * 1_299_709)
        return (x * SECTION_M + rng.uniform(-26, 26), y * SECTION_M + rng.uniform(-26, 26))

    def _sandiness(self, cell: Cell) -> float:
        """How likely a section is watered by pivots: they come in clusters, where the ground is light."""
        return 0.8 if self._lightness(cell) > self._light else 0.02

    def _lightness(self, cell: Cell) -> float:
        x, y, p = cell[0] / 1.3, cell[1] / 1.1, self._phases
        return math.sin(x + p[0]) + math.sin(y + p[1]) + math.sin((x + y) / 1.7 + p[2])

    def _gaps(self) -> "BaseGeometry":
        """The river, which meanders from west to east, and the railway, which does not."""
        import shapely

        half = (max(abs(cell[0]) for cell in self.cells) + 2) * SECTION_M
        x, y, s, course = -half, self._rng.uniform(-0.2, 0.2) * SECTION_M, 0.0, []
        p = self._phases
        while x < half:
            course.append((x, y))
            bend = 1.05 * math.sin(math.tau * s / 2900 + p[3]) * (0.62 + 0.38 * math.sin(math.tau * s / 13_000 + p[4]))
            turn = bend + 0.32 * math.sin(math.tau * s / 9_500 + p[5])
            x, y, s = x + 70 * math.cos(turn), y + 70 * math.sin(turn), s + 70
        slope, shift = self._rng.uniform(0.18, 0.32), self._rng.uniform(1.1, 1.7) * SECTION_M
        rails = shapely.LineString([(-half, shift - slope * half), (half, shift + slope * half)])
        gaps = shapely.union(shapely.LineString(course).buffer(48, quad_segs=3), rails.buffer(13, cap_style="flat"))
        shapely.prepare(gaps)
        return gaps

    def _is_dry(self, outline: Ring) -> bool:
        """Whether neither river nor railway come through."""
        import shapely

        return not self._water.intersects(shapely.Polygon(outline))

    def _banks(self, outline: Ring) -> list[Ring]:
        """What river and railway leave of a section."""
        import shapely
        from shapely.geometry.polygon import orient

        left = shapely.Polygon(outline).difference(self._water)
        pieces = [piece for piece in getattr(left, "geoms", [left]) if piece.area > 36_000 and not piece.interiors]
        return [list(orient(piece.simplify(1.5)).exterior.coords)[:-1] for piece in pieces]


def _cells(sections: int) -> list[Cell]:
    """Sections of an oval, the middle first."""
    reach = math.ceil(math.sqrt(sections)) + 1
    cells = [(x, y) for x in range(-reach, reach + 1) for y in range(-reach, reach + 1)]
    cells.sort(key=lambda cell: (_far(cell[0] + 0.5, cell[1] + 0.5), cell))
    return cells[:sections]


def _far(x: float, y: float) -> float:
    """How far out something lies: the land is wider than high."""
    return math.hypot(x / 1.4, y)


def _circle(quarter: Ring, rng: random.Random) -> list[Ring]:
    """A pivot's circle in a quarter section, now and then farmed as two halves."""
    x, y = middle(quarter)
    radius = room_m(quarter, (x, y)) - rng.uniform(4, 12)
    start = rng.uniform(0, math.tau)
    steps = [start + math.tau * n / 64 for n in range(64)]
    ring = [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in steps]
    return [ring[:33], [*ring[32:], ring[0]]] if rng.random() < 0.15 else [ring]


def _with_yard(ring: Ring, times: dict[frozenset[Point], int], rng: random.Random) -> Ring:
    """The ring with a farmyard left out at the road."""
    area_m2 = area_ha(ring) * 10_000
    for n, (a, b) in enumerate(pairwise([*ring, ring[0]])):
        length = math.dist(a, b)
        width, depth = rng.uniform(80, 130), rng.uniform(70, 105)
        if times[frozenset((a, b))] == 1 and length > 340 and area_m2 / length > 2.6 * depth:
            along = ((b[0] - a[0]) / length, (b[1] - a[1]) / length)
            start = rng.uniform(0.15, 0.5) * length
            left = (a[0] + start * along[0], a[1] + start * along[1])
            right = (left[0] + width * along[0], left[1] + width * along[1])
            inward = (-along[1] * depth, along[0] * depth)
            yard = [left, _plus(left, inward), _plus(right, inward), right]
            return [*ring[: n + 1], *yard, *ring[n + 1 :]]
    return ring


def _pond(ring: Ring, rng: random.Random) -> Ring | None:
    """A pond that keeps well away from the borders, clockwise as holes run; None where there is no room."""
    x, y = middle(ring)
    x, y = x + rng.uniform(-30, 30), y + rng.uniform(-30, 30)
    size, lobes, phase = rng.uniform(30, 62), rng.choice((2, 3)), rng.uniform(0, math.tau)
    if room_m(ring, (x, y)) < size * 1.6 or size**2 * 4e-4 > area_ha(ring) * 0.3:
        return None
    angles = [-math.tau * n / 18 for n in range(18)]
    reach = [size * (1 + 0.14 * math.sin(lobes * angle + phase) + rng.uniform(-0.03, 0.03)) for angle in angles]
    return [(x + r * 1.25 * math.cos(a), y + r * 0.85 * math.sin(a)) for a, r in zip(angles, reach, strict=True)]


def _face_each_other(one: Parcel, other: Parcel) -> bool:
    """Whether two parcels lie opposite each other over a road, and are small enough together."""
    if one.pivot or other.pivot or len(one.parts) + len(other.parts) > 2:
        return False
    a, b = box(one.parts[0][0]), box(other.parts[0][0])
    gaps = (max(a[0], b[0]) - min(a[2], b[2]), max(a[1], b[1]) - min(a[3], b[3]))
    spans = (max(a[2], b[2]) - min(a[0], b[0]), max(a[3], b[3]) - min(a[1], b[1]))
    facing = any(5 < gaps[n] < 50 and -gaps[1 - n] > 0.72 * spans[1 - n] for n in (0, 1))
    return facing and one.hectares + other.hectares < 60


def _plus(a: Point, b: Point) -> Point:
    return (a[0] + b[0], a[1] + b[1])
