"""Takes corners out of a boundary that hardly change it."""

from __future__ import annotations

from typing import Any

from leafdesk.geo.check import refuse_invalid
from leafdesk.geo.plane import Plane
from leafdesk.geo.shape import Ring, Shape, rings


def thinned(shape: Shape, metres: float) -> Shape:
    """The shape without corners that lie within so many metres of the boundary left; those left keep their numbers.

    Parts and holes stay as many as they are and never touch. Raises NotPossibleError for an invalid shape.
    """
    import shapely

    refuse_invalid(shape)
    plane = Plane.of(shape)
    flat = [[plane.flat(ring) for ring in polygon] for polygon in shape]
    whole = shapely.MultiPolygon([shapely.Polygon(polygon[0], polygon[1:]) for polygon in flat])
    thin = shapely.simplify(whole, metres, preserve_topology=True)
    were = {
        (float(x), float(y)): position
        for polygon, laid in zip(shape, flat, strict=True)
        for ring, points in zip(polygon, laid, strict=True)
        for position, (x, y) in zip(ring, points, strict=True)
    }

    def back(ring: Any) -> Ring:
        return tuple(were[(x, y)] for x, y in ring.coords)

    return tuple(
        tuple(back(ring) for ring in (part.exterior, *part.interiors)) for part in shapely.get_parts(thin).tolist()
    )


def corners_of(shape: Shape) -> int:
    """How many corners a shape has."""
    return sum(max(len(ring) - 1, 0) for ring in rings(shape))
