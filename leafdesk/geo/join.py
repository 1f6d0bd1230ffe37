"""Joins two shapes into one."""

from __future__ import annotations

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import problems
from leafdesk.geo.shape import Shape


def join(first: Shape, second: Shape) -> Shape:
    """What lies in either; where they share an edge it goes, where they do not touch the answer has more parts.

    The rings keep their coordinates exactly; ground that lies in both counts once.
    Raises NotPossibleError, in words for the user, when one of them is invalid: nobody knows what that covers.
    """
    for shape in (first, second):
        if wrong := problems(shape):
            raise NotPossibleError(f"Repair the boundary first. {wrong[0].message}")
    import shapely

    flat = [shapely.Polygon(polygon[0], polygon[1:]) for polygon in (*first, *second)]
    whole = shapely.union_all(flat)
    return tuple(
        tuple(tuple((float(x), float(y)) for x, y in ring.coords) for ring in (part.exterior, *part.interiors))
        for part in shapely.get_parts(whole)
    )
