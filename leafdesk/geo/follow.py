"""Follows a neighbour's boundary from one of its corners or edges to another, corner by corner."""

from __future__ import annotations

import math
from itertools import pairwise

from leafdesk.geo.measure import length_m
from leafdesk.geo.shape import Position, Ring, Shape, rings

_ON = 1e-8
"""So near an edge in degrees (a millimetre) a spot lies on it."""


def follow(shape: Shape, start: Position, end: Position, *, longer: bool = False) -> Ring | None:
    """The corners of a boundary that lie between two spots on it, in order; None when no ring has both.

    The shorter way around is taken, or the longer one.
    """
    for ring in rings(shape):
        first, last = _place(ring, start), _place(ring, end)
        if first is not None and last is not None:
            forward = _between(ring[:-1], first, last)
            backward = tuple(reversed(_between(ring[:-1], last, first)))
            ways = sorted((forward, backward), key=lambda way: _length((start, *way, end)))
            way = ways[1 if longer else 0]
            return tuple(spot for spot in way if spot not in (start, end))
    return None


def _place(ring: Ring, spot: Position) -> float | None:
    """Where on the ring a spot lies: the number of the edge and the share of it; None beside the ring."""
    best, where = _ON, None
    squeeze = math.cos(math.radians(spot[1]))
    for n, (a, b) in enumerate(pairwise(ring)):
        ax, ay = (a[0] - spot[0]) * squeeze, a[1] - spot[1]
        dx, dy = (b[0] - a[0]) * squeeze, b[1] - a[1]
        share = min(max(-(ax * dx + ay * dy) / ((dx * dx + dy * dy) or 1.0), 0.0), 1.0)
        far = math.hypot(ax + share * dx, ay + share * dy)
        if far <= best:
            best, where = far, n + share
    return where


def _between(corners: Ring, start: float, end: float) -> Ring:
    """The corners strictly between two places, going forward."""
    count = len(corners)
    span = (end - start) % count
    first = math.floor(start) + 1
    return tuple(corners[n % count] for n in range(first, first + count) if 0 < n - start < span)


def _length(line: Ring) -> float:
    return sum(length_m(a, b) for a, b in pairwise(line))
