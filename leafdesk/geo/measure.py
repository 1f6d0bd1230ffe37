"""Measures a shape on the WGS 84 ellipsoid: the areas that Leaf publishes, lengths a tape would give."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyproj import Geod

    from leafdesk.geo.shape import Position, Ring, Shape

_M2_PER_HA = 10_000.0


@cache
def _geod() -> Geod:
    from pyproj import Geod  # takes a tenth of a second, so only when somebody measures

    return Geod(ellps="WGS84")


def area_ha(shape: Shape) -> float:
    """Hectares inside the shape: shells minus holes, whichever way round the rings run.

    Edges are geodesics on WGS 84. Leaf's published areas come out to 2e-11 (its page on boundaries, full-precision
    samples); other projections miss by 1e-5 and more.
    """
    return sum(
        ring_area_ha(shell) - sum(ring_area_ha(hole) for hole in holes) for shell, *holes in (p for p in shape if p)
    )


def ring_area_ha(ring: Ring) -> float:
    """Hectares inside one ring, closed or not; 0.0 with fewer than three positions."""
    if len(ring) < 3:
        return 0.0
    area, _ = _geod().polygon_area_perimeter([x for x, _ in ring], [y for _, y in ring])
    return abs(float(area)) / _M2_PER_HA


def perimeter_m(shape: Shape) -> float:
    """Metres along every ring, holes too."""
    return sum(length_m(a, b) for polygon in shape for ring in polygon for a, b in pairwise(ring))


def length_m(a: Position, b: Position) -> float:
    """Metres from a to b along the geodesic."""
    return float(_geod().inv(a[0], a[1], b[0], b[1])[2])


def bearing_deg(a: Position, b: Position) -> float:
    """The direction in which b lies from a: degrees clockwise from true north, 0 <= bearing < 360."""
    azimuth = float(_geod().inv(a[0], a[1], b[0], b[1])[0])
    return azimuth % 360.0 % 360.0  # twice: -1e-20 % 360 is 360.0


def along(a: Position, b: Position, share: float) -> Position:
    """The spot on the geodesic from a to b that has this share of its length behind it."""
    azimuth, _, length = _geod().inv(a[0], a[1], b[0], b[1])
    lon, lat, _ = _geod().fwd(a[0], a[1], azimuth, length * share)
    return (float(lon), float(lat))


def reached(start: Position, bearing: float, metres: float) -> Position:
    """Where one arrives going so many metres from `start` in a direction (degrees clockwise from true north)."""
    lon, lat, _ = _geod().fwd(start[0], start[1], bearing, metres)
    return (float(lon), float(lat))
