"""Moves and turns a whole shape on the ground without bending it."""

from __future__ import annotations

import math

from leafdesk.geo.check import made_sound
from leafdesk.geo.measure import reached
from leafdesk.geo.plane import Plane
from leafdesk.geo.shape import Position, Ring, Shape, rings

FARTHEST_M = 50_000.0


def moved(shape: Shape, metres: float, bearing: float, turn: float = 0.0) -> Shape:
    """The shape so many metres along a bearing, turned clockwise by so many degrees around the mean of its corners.

    Distances and angles from the middle stay, so the hectares do to 1e-6 of them. With nothing to do it comes back
    as it is. Raises NotPossibleError for what is no field, and for what would be none there.
    """
    if not metres and not turn % 360.0:
        return shape
    plane = Plane(middle_of(shape))
    middle = reached(plane.middle, bearing, metres) if metres else plane.middle
    there = Plane(middle)
    return made_sound(tuple(tuple(_ring(ring, plane, there, turn) for ring in polygon) for polygon in shape))


def middle_of(shape: Shape) -> Position:
    """The mean of a shape's corners: moved and turned with the shape, it is still that of the shape."""
    plane = Plane.of(shape)
    for _ in range(2):  # the second time on the plane of the mean itself
        ((lon, lat),) = plane.back(plane.flat(spot for ring in rings(shape) for spot in ring[:-1]).mean(axis=0))
        plane = Plane((lon, lat))
    return plane.middle


def _ring(ring: Ring, before: Plane, after: Plane, turn: float) -> Ring:
    flat = before.flat(ring)
    sin, cos = math.sin(math.radians(turn)), math.cos(math.radians(turn))
    x, y = flat[:, 0] * cos + flat[:, 1] * sin, flat[:, 1] * cos - flat[:, 0] * sin
    made: list[Position] = list(after.back(list(zip(x.tolist(), y.tolist(), strict=True))))
    if len(ring) > 1 and ring[0] == ring[-1]:
        made[-1] = made[0]
    return tuple(made)
