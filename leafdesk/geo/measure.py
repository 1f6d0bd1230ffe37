"""Measures a shape on the WGS 84 ellipsoid: the areas that Leaf publishes, lengths a tape would give."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyproj import Geod

    from leafdesk.geo.shape import Position, Ring, Shape

_M2_PER_HA = 10_000.0


@cache
def geod() -> Geod:
    """The WGS 84 ellipsoid."""
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


def area_and_perimeter(shape: Shape) -> tuple[float, float]:
    """(`area_ha`, `perimeter_m`) in one go over the edges: what a drawing with many corners needs again and again."""
    hectares = metres = 0.0
    for polygon in shape:
        for n, ring in enumerate(polygon):
            if len(ring) > 1:
                area, around = geod().polygon_area_perimeter([x for x, _ in ring], [y for _, y in ring])
                hectares += (-1 if n else 1) * abs(float(area)) / _M2_PER_HA
                metres += float(around)
    return hectares, metres


def ring_area_ha(ring: Ring) -> float:
    """Hectares inside one ring, closed or not; 0.0 with fewer than three positions."""
    if len(ring) < 3:
        return 0.0
    area, _ = geod().polygon_area_perimeter([x for x, _ in ring], [y for _, y in ring])
    return abs(float(area)) / _M2_PER_HA


def perimeter_m(shape: Shape) -> float:
    """Metres along every ring, holes too."""
    return sum(_line_m(ring) for polygon in shape for ring in polygon)


def _line_m(ring: Ring) -> float:
    return float(geod().line_length([x for x, _ in ring], [y for _, y in ring])) if len(ring) > 1 else 0.0


def length_m(a: Position, b: Position) -> float:
    """Metres from a to b along the geodesic."""
    return float(geod().inv(a[0], a[1], b[0], b[1])[2])


def bearing_deg(a: Position, b: Position) -> float:
    """The direction in which b lies from a: degrees clockwise from true north, 0 <= bearing < 360."""
    azimuth = float(geod().inv(a[0], a[1], b[0], b[1])[0])
    return azimuth % 360.0 % 360.0  # twice: -1e-20 % 360 is 360.0


def along(a: Position, b: Position, share: float) -> Position:
    """The spot on the geodesic from a to b that has this share of its length behind it."""
    azimuth, _, length = geod().inv(a[0], a[1], b[0], b[1])
    lon, lat, _ = geod().fwd(a[0], a[1], azimuth, length * share)
    return (float(lon), float(lat))


def reached(start: Position, bearing: float, metres: float) -> Position:
    """Where one arrives going so many metres from `start` in a direction (degrees clockwise from true north)."""
    lon, lat, _ = geod().fwd(start[0], start[1], bearing, metres)
    return (float(lon), float(lat))
