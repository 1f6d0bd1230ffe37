"""Circles and sectors on the ground, as a pivot waters them."""

from __future__ import annotations

import math

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.measure import reached
from leafdesk.geo.plane import Plane
from leafdesk.geo.shape import Position, Ring, Shape

_SAG_M = 0.25
"""The edges between corners leave the true circle by no more than this."""
_FEWEST, _MOST = 36, 360
LONGEST_M = 5_000.0


def circle(center: Position, radius_m: float) -> Shape:
    """A circle of so many metres around a centre, its corners on the true circle (WGS 84 geodesics).

    Raises NotPossibleError for a radius that no pivot has.
    """
    return ((_closed(_arc(center, radius_m, 0.0, 360.0)[:-1]),),)


def sector(center: Position, radius_m: float, start_deg: float, end_deg: float) -> Shape:
    """The part of a circle that an arm sweeps clockwise from one bearing to the other, the centre its last corner.

    Raises NotPossibleError for a radius that no pivot has and for two bearings that are the same.
    """
    swept = (end_deg - start_deg) % 360.0
    if min(swept, 360.0 - swept) < 0.1:
        raise NotPossibleError("The arm has to begin and end in two directions.")
    return ((_closed((*_arc(center, radius_m, start_deg, swept), center)),),)


def _arc(center: Position, radius_m: float, start_deg: float, swept_deg: float) -> Ring:
    if not 1.0 <= radius_m <= LONGEST_M:
        raise NotPossibleError(f"A radius is between 1 and {LONGEST_M:,.0f} metres.")
    step = 2 * math.degrees(math.acos(max(0.0, 1 - _SAG_M / radius_m)))
    whole = min(max(math.ceil(360.0 / step), _FEWEST), _MOST)
    count = max(2, math.ceil(whole * swept_deg / 360.0))
    return tuple(reached(center, start_deg + swept_deg * n / count, radius_m) for n in range(count + 1))


def _closed(ring: Ring) -> Ring:
    return (*ring, ring[0])


def circle_through(a: Position, b: Position, c: Position) -> tuple[Position, float]:
    """(centre, radius in metres) of the circle on whose rim three spots lie.

    Raises NotPossibleError when they lie on a line, or so far apart that no pivot reaches them.
    """
    spots, center, radius = (a, b, c), ((a[0] + b[0] + c[0]) / 3, (a[1] + b[1] + c[1]) / 3), 0.0
    for _ in range(3):  # each time on a plane that is truer, being nearer to the true centre
        plane = Plane(center)
        (ax, ay), (bx, by), (cx, cy) = plane.flat(spots).tolist()
        twice = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
        if abs(twice) < 1e-3:
            raise NotPossibleError("The three points lie on a line; choose them farther apart along the rim.")
        a2, b2, c2 = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
        x = (a2 * (by - cy) + b2 * (cy - ay) + c2 * (ay - by)) / twice
        y = (a2 * (cx - bx) + b2 * (ax - cx) + c2 * (bx - ax)) / twice
        radius = math.hypot(ax - x, ay - y)
        if radius > LONGEST_M:
            raise NotPossibleError("The three points lie almost on a line; no pivot is so long.")
        ((lon, lat),) = plane.back([(x, y)])
        center = (lon, lat)
    return center, radius
