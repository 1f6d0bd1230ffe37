"""Squares up a boundary: sides that nearly meet at right angles do so afterwards."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import made_sound, refuse_invalid
from leafdesk.geo.plane import Plane
from leafdesk.geo.shape import Polygon, Position, Ring, Shape, rings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WIDEST_DEG = 25.0
_STILL_M = 1e-4
"""A corner that would move by less keeps its numbers."""


def squared(shape: Shape, tolerance: float) -> Shape:
    """The shape with every side that is within so many degrees of its part's main direction, or across it, laid along.

    Sides farther off stay as they are but for their ends. Corners that need not move keep their numbers.
    Raises NotPossibleError when nothing is nearly square, or when nothing but a line would be left.
    """
    refuse_invalid(shape)
    plane = Plane.of(shape)
    after = tuple(_part(polygon, plane, math.radians(tolerance)) for polygon in shape)
    if after == shape:
        raise NotPossibleError("The sides are square already, or too far from it.")
    return made_sound(after)


def _part(polygon: Polygon, plane: Plane, tolerance: float) -> Polygon:
    flat = [plane.flat(ring[:-1]) for ring in polygon]
    main = _main_direction(flat, tolerance)
    if main is None:
        return polygon
    return tuple(
        _back(ring, plane, _squared(points, main, tolerance)) for ring, points in zip(polygon, flat, strict=True)
    )


def _main_direction(flat: list[NDArray[np.float64]], tolerance: float) -> float | None:
    """The direction of the sides, weighed by their lengths; a quarter turn counts as none. None for a circle."""
    import numpy as np

    sides = np.concatenate([np.roll(points, -1, axis=0) - points for points in flat])
    lengths, spins = np.hypot(*sides.T), np.exp(4j * np.arctan2(sides[:, 1], sides[:, 0]))
    spin = (lengths * spins).sum()
    if abs(spin) <= 0.2 * lengths.sum():
        return None
    for _ in range(3):  # sides on the slant have no say in what is square
        near = np.abs(np.angle(spins / spin * abs(spin))) < 4 * tolerance
        spin = (lengths * spins)[near].sum() if near.any() else spin
    return float(np.angle(spin)) / 4


def _squared(points: NDArray[np.float64], main: float, tolerance: float) -> NDArray[np.float64]:
    """Corners joined by a side along the main direction share one height over it; across it, one distance."""
    import numpy as np

    turn = np.array([[math.cos(main), -math.sin(main)], [math.sin(main), math.cos(main)]])
    along = points @ turn
    sides = np.roll(along, -1, axis=0) - along
    angle = np.arctan2(np.abs(sides[:, 1]), np.abs(sides[:, 0]))
    for axis, near in ((1, angle < tolerance), (0, angle > math.pi / 2 - tolerance)):
        along[:, axis] = _shared(along[:, axis], near)
    return np.asarray(along @ turn.T)


def _shared(values: NDArray[np.float64], joined: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Each run of values joined to the next one becomes their mean; the last is joined to the first."""
    import numpy as np

    if joined.all() or not joined.any():
        return values
    start = int(np.flatnonzero(~joined)[0]) + 1
    order = np.roll(np.arange(len(values)), -start)
    group = np.concatenate(([0], np.cumsum(~joined[order][:-1])))
    means = np.bincount(group, values[order]) / np.bincount(group)
    out = values.copy()
    out[order] = means[group]
    return out


def _back(ring: Ring, plane: Plane, made: NDArray[np.float64]) -> Ring:
    import numpy as np

    far = np.hypot(*(made - plane.flat(ring[:-1])).T)
    corners: list[Position] = [
        old if still else new
        for old, new, still in zip(ring[:-1], plane.back(made), (far < _STILL_M).tolist(), strict=True)
    ]
    return (*corners, corners[0])


def farthest_move(before: Shape, after: Shape) -> float:
    """Metres that the corner moves which moves most; both shapes have the same corners in the same order."""
    import numpy as np

    plane = Plane.of(before)
    moves = [plane.flat(b) - plane.flat(a) for a, b in zip(rings(before), rings(after), strict=True)]
    return max(float(np.hypot(*move.T).max()) for move in moves)
