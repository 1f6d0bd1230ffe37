"""Cuts a shape in two along a drawn line; hectares are kept, and so is every corner that the line does not touch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.measure import along, area_ha
from leafdesk.geo.shape import Polygon, Position, Ring, Shape

if TYPE_CHECKING:
    from shapely import Polygon as Flat

_OVER = 2e-7
"""Both ends of a line are drawn out by so many degrees (2 cm): one that ends on the boundary shall cut it."""


def cut(shape: Shape, line: Ring) -> tuple[Shape, Shape]:
    """What lies on the two sides of the line, the larger side first; parts that the line misses stay with that.

    New corners lie on the boundary's geodesic edges, so that the hectares of both sides add up to those before.
    Raises NotPossibleError, in words for the user, when the line does not cut through.
    """
    if len(set(line)) < 2:
        raise NotPossibleError("A line needs two ends.")
    import shapely

    drawn = shapely.LineString(_longer(line))
    if not drawn.is_simple:
        raise NotPossibleError("The line crosses itself.")
    sides: dict[str, list[Polygon]] = {"left": [], "right": [], "missed": []}
    moved = dict[Position, Position]()
    for polygon in shape:
        pieces = _pieces(polygon, drawn)
        if len(pieces) == 1:
            sides["missed"].append(polygon)
            continue
        known = {position for ring in polygon for position in ring}
        for piece in pieces:
            made = _polygon(piece)
            sides["left" if _on_the_left(made, drawn) else "right"].append(_on_edges(made, polygon, known, moved))
    if not sides["left"] or not sides["right"]:
        raise NotPossibleError("The line has to cross the field from one side to the other.")
    left, right = tuple(sides["left"]), tuple(sides["right"])
    larger, smaller = (left, right) if area_ha(left) >= area_ha(right) else (right, left)
    return (*larger, *sides["missed"]), smaller


def _longer(line: Ring) -> list[Position]:
    return [_beyond(line[1], line[0]), *line[1:-1], _beyond(line[-2], line[-1])]


def _beyond(a: Position, b: Position) -> Position:
    """A little farther than b, coming from a."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    size = math.hypot(dx, dy) or 1.0
    return (b[0] + dx / size * _OVER, b[1] + dy / size * _OVER)


def _pieces(polygon: Polygon, line: Any) -> list[Flat]:
    import shapely

    flat = shapely.Polygon(polygon[0], polygon[1:])
    edges = shapely.union(flat.boundary, line)
    found = shapely.get_parts(shapely.polygonize([edges]))
    return [piece for piece in found if flat.contains(piece.point_on_surface())]


def _polygon(flat: Flat) -> Polygon:
    """Shell to the left of its edges, holes to the right, so that the cut's direction tells the side."""
    import shapely

    turned = shapely.orient_polygons(flat)
    return tuple(tuple((float(x), float(y)) for x, y in ring.coords) for ring in (turned.exterior, *turned.interiors))


def _on_the_left(piece: Polygon, line: Any) -> bool:
    """Whether the piece has the line's direction along their common edge: it lies to the left then."""
    import shapely

    edges = list(_edges(piece))
    ends = shapely.points(edges)
    middles = shapely.points([((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in edges])
    far = shapely.distance(line, ends).sum(axis=1) + shapely.distance(line, middles)
    a, b = ends[far.argmin()]
    return bool(line.project(b) > line.project(a))


def _edges(polygon: Polygon) -> Iterator[tuple[Position, Position]]:
    for ring in polygon:
        yield from pairwise(ring)


def _on_edges(piece: Polygon, whole: Polygon, known: set[Position], moved: dict[Position, Position]) -> Polygon:
    """The piece with every new corner moved from the flat map's straight edge onto the geodesic (centimetres)."""
    for position in {position for ring in piece for position in ring} - known - moved.keys():
        moved[position] = _on_geodesic(position, list(_edges(whole)))
    return tuple(tuple(moved.get(position, position) for position in ring) for ring in piece)


def _on_geodesic(spot: Position, edges: Sequence[tuple[Position, Position]]) -> Position:
    """The same share of the way along the edge that the spot lies on."""
    far, share, a, b = min((*_foot(spot, a, b), a, b) for a, b in edges)
    return along(a, b, share) if far < 1e-9 else spot


def _foot(spot: Position, a: Position, b: Position) -> tuple[float, float]:
    """How far a spot is from an edge, in degrees, and the share of the edge before it."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    share = ((spot[0] - a[0]) * dx + (spot[1] - a[1]) * dy) / ((dx * dx + dy * dy) or 1.0)
    share = min(max(share, 0.0), 1.0)
    return math.dist(spot, (a[0] + share * dx, a[1] + share * dy)), share
