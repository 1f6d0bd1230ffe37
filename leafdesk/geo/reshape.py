"""Redraws a stretch of a boundary: a drawn line takes the place of what lies between its two crossings."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import problems, refuse_invalid
from leafdesk.geo.measure import along, area_ha
from leafdesk.geo.shape import Position, Ring, Shape

_OVER = 2e-7
"""Both ends of the line are drawn out by so many degrees (2 cm), so that one on the boundary meets it."""


class _Meeting(NamedTuple):
    """Where line and ring meet: how far along each (number of the edge and share of it), and the spot."""

    line: float
    ring: float
    spot: Position


def reshaped(shape: Shape, line: Ring) -> Shape:
    """The shape with the drawn line in place of the boundary between the first and the last spot where they meet.

    Of the two ways around the ring the one goes whose loss leaves more hectares. Corners beside the stretch keep their
    numbers. Raises NotPossibleError when the line does not meet one ring twice, or nothing valid comes out.
    """
    refuse_invalid(shape)
    if len(set(line)) < 2:
        raise NotPossibleError("A line needs two ends.")
    for p, polygon in enumerate(shape):
        for r, ring in enumerate(polygon):
            met = sorted(_meetings(_longer(line), ring))
            if len(met) > 1 and met[0].ring != met[-1].ring:
                made = [_with(shape, p, r, new) for new in _both_ways(ring, line, met[0], met[-1])]
                valid = [one for one in made if not problems(one)]
                if not valid:
                    raise NotPossibleError("With this line the boundary would cross itself.")
                return max(valid, key=area_ha)
    raise NotPossibleError("The line has to begin and end on the boundary, or beyond it.")


def _meetings(line: Ring, ring: Ring) -> list[_Meeting]:
    found = []
    for n, (a, b) in enumerate(pairwise(line)):
        for m, (c, d) in enumerate(pairwise(ring)):
            if (shares := _crossing(a, b, c, d)) is not None:
                on_line, on_edge = shares
                spot = c if on_edge == 0 else d if on_edge == 1 else along(c, d, on_edge)
                found.append(_Meeting(n + on_line, m + on_edge, spot))
    return found


def _crossing(a: Position, b: Position, c: Position, d: Position) -> tuple[float, float] | None:
    """The shares of both edges at which they cross on the flat map; None when they do not, or run side by side."""
    ux, uy, vx, vy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    cross = ux * vy - uy * vx
    if abs(cross) < 1e-24:
        return None
    wx, wy = c[0] - a[0], c[1] - a[1]
    on_line, on_edge = (wx * vy - wy * vx) / cross, (wx * uy - wy * ux) / cross
    near = 1e-9  # a line that ends at a corner meets it whatever the last digit says
    if not (-near <= on_line <= 1 + near and -near <= on_edge <= 1 + near):
        return None
    on_edge = 0.0 if on_edge < near else 1.0 if on_edge > 1 - near else on_edge
    return on_line, on_edge


def _both_ways(ring: Ring, line: Ring, first: _Meeting, last: _Meeting) -> tuple[Ring, Ring]:
    """The ring by the line from the first meeting to the last and back along the one or the other side."""
    inner = [p for n, p in enumerate(line) if first.line < n < last.line and p not in (first.spot, last.spot)]
    drawn = (first.spot, *inner, last.spot)
    onward = _stretch(ring[:-1], last.ring, first.ring)
    backward = tuple(reversed(_stretch(ring[:-1], first.ring, last.ring)))
    return _closed((*drawn, *onward)), _closed((*drawn, *backward))


def _stretch(corners: Ring, start: float, end: float) -> Ring:
    """The corners strictly between two places of the ring, going forward."""
    count = len(corners)
    first = math.floor(start) + 1
    span = (end - start) % count
    return tuple(corners[n % count] for n in range(first, first + count) if 0 < n - start < span)


def _closed(ring: Ring) -> Ring:
    return (*ring, ring[0])


def _longer(line: Ring) -> Ring:
    def beyond(a: Position, b: Position) -> Position:
        size = math.dist(a, b) or 1.0
        return (b[0] + (b[0] - a[0]) / size * _OVER, b[1] + (b[1] - a[1]) / size * _OVER)

    return (beyond(line[1], line[0]), *line[1:-1], beyond(line[-2], line[-1]))


def _with(shape: Shape, p: int, r: int, ring: Ring) -> Shape:
    polygon = (*shape[p][:r], ring, *shape[p][r + 1 :])
    return (*shape[:p], polygon, *shape[p + 1 :])
