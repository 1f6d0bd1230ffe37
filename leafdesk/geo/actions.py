"""What a hand does to a shape: move, insert and delete corners, add and close while drawing; always a new shape.

Every corner that is not touched stays the very same tuple, so nothing is rounded and comparing is cheap.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from leafdesk.geo.shape import Polygon, Position, Ring, Shape


class NotPossibleError(ValueError):
    """The shape cannot be changed so; the message says why, for the user."""


class Corner(NamedTuple):
    """Which corner: number of the polygon, of its ring (0 is the shell), of the position in the ring, all from 0."""

    polygon: int
    ring: int
    at: int


def ring_of(shape: Shape, corner: Corner) -> Ring:
    """The ring that the corner belongs to."""
    return shape[corner.polygon][corner.ring]


def position_of(shape: Shape, corner: Corner) -> Position:
    """Where the corner is."""
    return ring_of(shape, corner)[corner.at]


def move_vertex(shape: Shape, corner: Corner, to: Position) -> Shape:
    """The shape with one corner elsewhere; the ring's first corner takes its closing twin along."""
    ring = _closed(ring_of(shape, corner))
    at = _within(ring, corner)
    moved = (*ring[:at], to, *ring[at + 1 :])
    return _with_ring(shape, corner, (*moved[:-1], moved[0]))


def move_vertices(shape: Shape, places: Mapping[Corner, Position]) -> Shape:
    """The shape with several corners elsewhere; rings that none of them belongs to stay the same objects."""
    for (p, r), corners in _by_ring(places).items():
        ring = list(_closed(shape[p][r]))
        for corner in corners:
            ring[_within(tuple(ring), corner)] = places[corner]
        ring[-1] = ring[0]
        shape = _with_ring(shape, corners[0], tuple(ring))
    return shape


def delete_vertices(shape: Shape, corners: Iterable[Corner]) -> Shape:
    """The shape without several corners. Raises NotPossibleError when a ring would keep fewer than three."""
    for (p, r), gone in _by_ring(sorted(corners)).items():
        ring = _closed(shape[p][r])
        places = {_within(ring, corner) for corner in gone}
        left = tuple(position for at, position in enumerate(ring[:-1]) if at not in places)
        if len(left) < 3:
            raise NotPossibleError(f"A {'hole' if r else 'boundary'} needs at least three corners.")
        shape = _with_ring(shape, gone[0], (*left, left[0]))
    return shape


def _by_ring(corners: Iterable[Corner]) -> dict[tuple[int, int], list[Corner]]:
    found: dict[tuple[int, int], list[Corner]] = {}
    for corner in corners:
        found.setdefault((corner.polygon, corner.ring), []).append(corner)
    return found


def insert_vertex(shape: Shape, corner: Corner, where: Position) -> Shape:
    """The shape with a new corner on the edge that leaves `corner`."""
    ring = _closed(ring_of(shape, corner))
    at = _within(ring, corner)
    return _with_ring(shape, corner, (*ring[: at + 1], where, *ring[at + 1 :]))


def nearest_edge(shape: Shape, spot: Position) -> Corner:
    """The corner that the edge leaves which is nearest to the spot, by the eye of a map."""
    squeeze = math.cos(math.radians(spot[1]))

    def far(a: Position, b: Position) -> float:
        ax, ay, bx, by = (a[0] - spot[0]) * squeeze, a[1] - spot[1], (b[0] - spot[0]) * squeeze, b[1] - spot[1]
        dx, dy = bx - ax, by - ay
        share = min(max(-(ax * dx + ay * dy) / ((dx * dx + dy * dy) or 1.0), 0.0), 1.0)
        return math.hypot(ax + share * dx, ay + share * dy)

    edges = (
        (far(a, b), Corner(p, r, at))
        for p, polygon in enumerate(shape)
        for r, ring in enumerate(polygon)
        for at, (a, b) in enumerate(pairwise(_closed(ring)))
    )
    return min(edges)[1]


def why_not_delete(shape: Shape, corner: Corner) -> str | None:
    """Why this corner has to stay; None when it may go."""
    if len(_closed(ring_of(shape, corner))) <= 4:
        what = "hole" if corner.ring else "boundary"
        return f"A {what} needs at least three corners."
    return None


def delete_vertex(shape: Shape, corner: Corner) -> Shape:
    """The shape without that corner. Raises NotPossibleError when a triangle would lose one."""
    if reason := why_not_delete(shape, corner):
        raise NotPossibleError(reason)
    ring = _closed(ring_of(shape, corner))
    at = _within(ring, corner)
    left = ring[:-1][:at] + ring[:-1][at + 1 :]
    return _with_ring(shape, corner, (*left, left[0]))


def add_position(drawn: Ring, position: Position) -> Ring:
    """The corners drawn so far and one more. Raises NotPossibleError for the same spot twice in a row."""
    if drawn and drawn[-1] == position:
        raise NotPossibleError("This corner is already there.")
    return (*drawn, position)


def take_back(drawn: Ring) -> Ring:
    """The corners drawn so far without the last one. Raises NotPossibleError when there is none."""
    if not drawn:
        raise NotPossibleError("Nothing is drawn yet.")
    return drawn[:-1]


def why_not_close(drawn: Ring) -> str | None:
    """Why the corners drawn so far are no boundary yet; None when they can be closed."""
    missing = 3 - len(set(drawn))
    if missing > 0:
        return f"{missing} more {'corner' if missing == 1 else 'corners'} needed."
    return None


def close(drawn: Ring) -> Shape:
    """The drawn corners as a shape of one part. Raises NotPossibleError with fewer than three."""
    if reason := why_not_close(drawn):
        raise NotPossibleError(reason)
    return ((_closed(drawn),),)


def _closed(ring: Ring) -> Ring:
    return ring if len(ring) > 1 and ring[0] == ring[-1] else (*ring, *ring[:1])


def _within(ring: Ring, corner: Corner) -> int:
    if not 0 <= corner.at < len(ring):
        raise NotPossibleError("There is no such corner.")
    return corner.at % (len(ring) - 1)  # the closing twin is the first corner


def _with_ring(shape: Shape, corner: Corner, ring: Ring) -> Shape:
    old = shape[corner.polygon]
    polygon: Polygon = (*old[: corner.ring], ring, *old[corner.ring + 1 :])
    return (*shape[: corner.polygon], polygon, *shape[corner.polygon + 1 :])
