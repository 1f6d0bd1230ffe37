"""Joins two shapes into one."""

from __future__ import annotations

from leafdesk.geo.check import refuse_invalid
from leafdesk.geo.shape import Shape


def join(first: Shape, second: Shape) -> Shape:
    """What lies in either; where they share an edge it goes, where they do not touch the answer has more parts.

    The rings keep their coordinates exactly; ground that lies in both counts once.
    Raises NotPossibleError, in words for the user, when one of them is invalid: nobody knows what that covers.
    """
    refuse_invalid(first, second)
    import shapely

    flat = [shapely.Polygon(polygon[0], polygon[1:]) for polygon in (*first, *second)]
    whole = shapely.union_all(flat)
    return tuple(
        tuple(tuple((float(x), float(y)) for x, y in ring.coords) for ring in (part.exterior, *part.interiors))
        for part in shapely.get_parts(whole)
    )
