"""Holes and parts: cut out of a shape, added to it, taken away; rings that are not touched stay the same objects."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from leafdesk.geo.actions import NotPossibleError, close
from leafdesk.geo.shape import Polygon, Position, Ring, Shape


class Piece(NamedTuple):
    """A part of a shape (ring 0) or a hole in it (ring 1 and on), both numbered from 0."""

    polygon: int
    ring: int


def holds(ring: Ring, spot: Position) -> bool:
    """Whether a ring has the spot inside, by even and odd; on the line itself either may be answered."""
    x, y = spot
    inside = False
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            inside = not inside
    return inside


def piece_at(shape: Shape, spot: Position) -> Piece | None:
    """The hole, else the part, in which the spot lies; None beside the shape."""
    for p, polygon in enumerate(shape):
        if holds(polygon[0], spot):
            hole = next((r for r, ring in enumerate(polygon[1:], 1) if holds(ring, spot)), 0)
            return Piece(p, hole)
    return None


def spot_inside(shape: Shape) -> Position:
    """A place in the shape's largest part where a word about it can stand: its middle, unless that lies outside."""
    import shapely

    flat = max((shapely.Polygon(polygon[0], polygon[1:]) for polygon in shape), key=lambda polygon: polygon.area)
    middle = flat.centroid if flat.contains(flat.centroid) else flat.point_on_surface()
    return (float(middle.x), float(middle.y))


def add_hole(shape: Shape, drawn: Ring) -> Shape:
    """The shape without what lies within the drawn corners, as a new last hole of the part they begin in.

    Raises NotPossibleError with too few corners, and when the first one lies in no part.
    """
    ((hole,),) = close(drawn)
    found = next((p for p, polygon in enumerate(shape) if any(holds(polygon[0], spot) for spot in drawn)), None)
    if found is None:
        raise NotPossibleError("A hole is drawn inside the field.")
    polygon: Polygon = (*shape[found], hole)
    return (*shape[:found], polygon, *shape[found + 1 :])


def add_part(shape: Shape, drawn: Ring) -> Shape:
    """The shape and what lies within the drawn corners, as a new last part. Raises NotPossibleError with too few."""
    return (*shape, *close(drawn))


def why_not_remove(shape: Shape, piece: Piece) -> str | None:
    """Why this piece has to stay; None when it may go."""
    if piece.ring == 0 and len(shape) == 1:
        return "This is the field's only part; to have it go, delete the field."
    return None


def remove(shape: Shape, piece: Piece) -> Shape:
    """The shape without a hole, or without a part and its holes. Raises NotPossibleError for the only part."""
    if reason := why_not_remove(shape, piece):
        raise NotPossibleError(reason)
    p, r = piece
    if r == 0:
        return (*shape[:p], *shape[p + 1 :])
    return (*shape[:p], (*shape[p][:r], *shape[p][r + 1 :]), *shape[p + 1 :])


def outline(shape: Shape, piece: Piece) -> Shape:
    """A part with its holes, or what a hole leaves out, as a shape of its own."""
    polygon = shape[piece.polygon]
    return (polygon,) if piece.ring == 0 else ((polygon[piece.ring],),)
