"""Corners that neighbours share: they move, come and go together, so that no gap opens between fields.

Two fields share a corner when it has the very same numbers in both; an edge when both its corners are shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from leafdesk.geo.actions import Corner, NotPossibleError, delete_vertices, insert_vertex, move_vertices
from leafdesk.geo.shape import Position, Shape

Beside = Mapping[str, Shape]
"""Neighbours by their ids."""


def sharing(beside: Beside, spots: Iterable[Position]) -> dict[str, Shape]:
    """The neighbours that have one of these corners."""
    wanted = set(spots)
    return {
        id_: shape
        for id_, shape in beside.items()
        if any(position in wanted for polygon in shape for ring in polygon for position in ring)
    }


def moved(beside: Beside, places: Mapping[Position, Position]) -> dict[str, Shape]:
    """The neighbours with every corner that stood at one of these places where it is now; all others as they were."""
    return {id_: move_vertices(shape, _at(shape, places)) for id_, shape in beside.items()}


def inserted(beside: Beside, a: Position, b: Position, spot: Position) -> dict[str, Shape]:
    """The neighbours with a corner more on the edge between a and b, where they have it."""
    after = dict(beside)
    for id_, shape in beside.items():
        corner = next((corner for corner, edge in _edges(shape) if edge in ((a, b), (b, a))), None)
        if corner is not None:
            after[id_] = insert_vertex(shape, corner, spot)
    return after


def deleted(beside: Beside, spots: Iterable[Position]) -> dict[str, Shape]:
    """The neighbours without corners at these places; one that would be no boundary any more keeps them."""
    gone = dict.fromkeys(spots, (0.0, 0.0))
    after = dict(beside)
    for id_, shape in beside.items():
        try:
            after[id_] = delete_vertices(shape, _at(shape, gone))
        except NotPossibleError:
            continue
    return after


def _at(shape: Shape, places: Mapping[Position, Position]) -> dict[Corner, Position]:
    return {
        Corner(p, r, at): places[position]
        for p, polygon in enumerate(shape)
        for r, ring in enumerate(polygon)
        for at, position in enumerate(ring[:-1])
        if position in places
    }


def _edges(shape: Shape) -> Iterable[tuple[Corner, tuple[Position, Position]]]:
    for p, polygon in enumerate(shape):
        for r, ring in enumerate(polygon):
            for at, edge in enumerate(pairwise(ring)):
                yield Corner(p, r, at), edge
