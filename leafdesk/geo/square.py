"""Squares up a boundary: sides that nearly meet at right angles do so afterwards."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import refuse_invalid
from leafdesk.geo.plane import Plane
from leafdesk.geo.shape import Position, Ring, Shape, rings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WIDEST_DEG = 25.0
_STILL_M = 1e-4
"""A corner that would move by less keeps its numbers."""


def squared(shape: Shape, tolerance: float) -> Shape:
    """The shape with every side that is within so many degrees of its main direction, or across it, laid along it.

    Sides farther off stay as they are but for their ends. Corners that need not move keep their numbers.
    Raises NotPossibleError when nothing is nearly square, or when nothing but a line would be left.
    """
    refuse_invalid(shape)
    plane = Plane.of(shape)
    flat = [plane.flat(ring[:-1]) for ring in rings(shape)]
    main = _main_direction(flat)
    if main is None:
        raise NotPossibleError("No two sides are nearly at right angles.")
    made = iter([_squared(points, main, math.radians(tolerance)) for points in flat])
    after = tuple(tuple(_back(ring, plane, next(made)) for ring in polygon) for polygon in shape)
    if after == shape:
        raise NotPossibleError("The sides are square already, or too far from it.")
    return after


def _main_direction(flat: list[NDArray[np.float64]]) -> float | None:
    """The direction of the sides, weighed by their lengths; a quarter turn counts as none. None for a circle."""
    import numpy as np

    sides = np.concatenate([np.roll(points, -1, axis=0) - points for points in flat])
    lengths = np.hypot(*sides.T)
    spin = (lengths * np.exp(4j * np.arctan2(sides[:, 1], sides[:, 0]))).sum()
    return float(np.angle(spin)) / 4 if abs(spin) > 0.2 * lengths.sum() else None


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
