"""Moves a boundary inward or outward by metres: headlands, field margins, buffers."""

from __future__ import annotations

from typing import Any

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import made_sound, refuse_invalid
from leafdesk.geo.plane import Plane
from leafdesk.geo.shape import Polygon, Position, Ring, Shape

WIDEST_M = 1_000.0
_SPECK_M2 = 1.0


def inset(shape: Shape, metres: float) -> Shape:
    """What lies at least so many metres inside the boundary, holes' edges too. Raises NotPossibleError for nothing."""
    refuse_invalid(shape)
    plane = Plane.of(shape)
    inner = _shape(plane, _flat(plane, shape).buffer(-metres, join_style="mitre", mitre_limit=2.0))
    if not inner:
        raise NotPossibleError(f"Nothing is left {metres:g} metres inside this field.")
    return made_sound(inner)


def outset(shape: Shape, metres: float) -> Shape:
    """The field and what lies within so many metres of it; corners are cut off square, not rounded."""
    refuse_invalid(shape)
    plane = Plane.of(shape)
    return made_sound(_shape(plane, _flat(plane, shape).buffer(metres, join_style="mitre", mitre_limit=2.0)))


def headland(shape: Shape, metres: float) -> tuple[Shape, Shape]:
    """(what lies inside, the strip along the boundary); the strip keeps the boundary's own corners as they are.

    Raises NotPossibleError when nothing would be left inside.
    """
    inner = inset(shape, metres)
    strips: list[Polygon] = []
    for polygon in shape:
        mine = [part for part in inner if _within(part[0][0], polygon)]
        strips += _strip(polygon, mine)
    return inner, tuple(strips)


def _strip(polygon: Polygon, inner: list[Polygon]) -> list[Polygon]:
    """The polygon without its inner parts: a hole for each, and what lies around its own holes beside them."""
    import shapely

    ring = shapely.Polygon(polygon[0], polygon[1:])
    left = shapely.difference(ring, shapely.union_all([shapely.Polygon(part[0], part[1:]) for part in inner]))
    return [
        tuple(_positions(one) for one in (part.exterior, *part.interiors))
        for part in shapely.get_parts(left).tolist()
        if part.geom_type == "Polygon"
    ]


def _within(spot: Position, polygon: Polygon) -> bool:
    from leafdesk.geo.parts import holds

    return holds(polygon[0], spot)


def _flat(plane: Plane, shape: Shape) -> Any:
    import shapely

    flat = [[plane.flat(ring) for ring in polygon] for polygon in shape]
    return shapely.MultiPolygon([shapely.Polygon(polygon[0], polygon[1:]) for polygon in flat])


def _shape(plane: Plane, flat: Any) -> Shape:
    import shapely

    found: list[Polygon] = []
    for part in shapely.get_parts(flat).tolist():
        if part.geom_type == "Polygon" and part.area > _SPECK_M2:
            found.append(tuple(_closed(plane.back(ring.coords)) for ring in (part.exterior, *part.interiors)))
    return tuple(found)


def _closed(ring: Ring) -> Ring:
    return (*ring[:-1], ring[0])


def _positions(ring: Any) -> Ring:
    return tuple((float(x), float(y)) for x, y in ring.coords)
