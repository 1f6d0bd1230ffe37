"""Cuts a shape in two along a drawn line; hectares are kept, and so is every corner that the line does not touch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import refuse_invalid
from leafdesk.geo.measure import along, area_ha
from leafdesk.geo.shape import Polygon, Position, Ring, Shape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely import Polygon as Flat

_OVER = 2e-7
"""Both ends of a line are drawn out by so many degrees (2 cm): one that ends on the boundary shall cut it."""


def cut(shape: Shape, line: Ring) -> tuple[Shape, Shape]:
    """What lies on the two sides of the line, the larger side first; parts that the line misses stay with that.

    New corners lie on the boundary's geodesic edges, so that the hectares of both sides add up to those before.
    Raises NotPossibleError, in words for the user, when the line does not cut through.
    """
    refuse_invalid(shape)
    left, right, missed = sides(shape, line)
    if not left or not right:
        raise NotPossibleError("The line has to cross the field from one side to the other.")
    larger, smaller = (left, right) if area_ha(left) >= area_ha(right) else (right, left)
    return (*larger, *missed), smaller


def sides(shape: Shape, line: Ring) -> tuple[Shape, Shape, Shape]:
    """What lies to the left of the line, to its right, and the parts that it does not cut. Raises as `cut` does."""
    if len(set(line)) < 2:
        raise NotPossibleError("A line needs two ends.")
    import numpy as np
    import shapely

    drawn = shapely.LineString(_longer(line))
    if not drawn.is_simple:
        raise NotPossibleError("The line crosses itself.")
    found: dict[str, list[Polygon]] = {"left": [], "right": [], "missed": []}
    moved = dict[Position, Position]()
    for polygon in shape:
        pieces = _pieces(polygon, drawn)
        if len(pieces) == 1:
            found["missed"].append(polygon)
            continue
        known = {position for ring in polygon for position in ring}
        edges = np.array([(*a, *b) for a, b in _edges(polygon)])
        for piece in pieces:
            made = _polygon(piece)
            found["left" if _on_the_left(made, drawn) else "right"].append(_on_edges(made, edges, known, moved))
    return tuple(found["left"]), tuple(found["right"]), tuple(found["missed"])


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
    shapely.prepare(flat)
    return list(found[shapely.contains(flat, shapely.point_on_surface(found))])


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


def _on_edges(
    piece: Polygon, edges: NDArray[np.float64], known: set[Position], moved: dict[Position, Position]
) -> Polygon:
    """The piece with every new corner moved from the flat map's straight edge onto the geodesic (centimetres)."""
    for position in {position for ring in piece for position in ring} - known - moved.keys():
        moved[position] = _on_geodesic(position, edges)
    return tuple(tuple(moved.get(position, position) for position in ring) for ring in piece)


def _on_geodesic(spot: Position, edges: NDArray[np.float64]) -> Position:
    """The same share of the way along the edge that the spot lies on."""
    import numpy as np

    starts, steps = edges[:, :2], edges[:, 2:] - edges[:, :2]
    longs = np.maximum((steps**2).sum(axis=1), 1e-300)
    shares = np.clip(((spot - starts) * steps).sum(axis=1) / longs, 0.0, 1.0)
    far = np.hypot(*(starts + steps * shares[:, None] - spot).T)
    nearest = int(far.argmin())
    if far[nearest] >= 1e-9:
        return spot
    ax, ay, bx, by = edges[nearest].tolist()
    return along((ax, ay), (bx, by), float(shares[nearest]))
