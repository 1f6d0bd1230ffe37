"""Polygons filled on a grid of pixels: edges become spans of pixels, spans become colours, for thousands at once.

A pixel belongs to a polygon when its middle does, by even and odd, as QPainter fills without antialiasing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Edges = NDArray[np.float64]

_X_BITS = 13
LARGEST = (1 << _X_BITS) - 1
"""The widest grid, in pixels."""


def spans(edges: Edges, owner: Whole, wide: int, high: int) -> tuple[Whole, Whole, Whole]:
    """The (first pixel, length, owner) of every span that closed rings cover, in the owners' order.

    `edges` are x0, y0, x1, y1 in pixels, (n, 4), right and down; `owner` says which polygon each is of, (n,), from 0.
    Pixels are numbered row by row. Edges wholly above or below the grid may be left out. Where polygons overlap so do
    their spans.
    """
    import numpy as np

    x0, y0, x1, y1 = edges.T
    first, last = np.ceil(y0 - 0.5), np.ceil(y1 - 0.5)  # the rows whose middle lies between the two ends
    low = np.clip(np.minimum(first, last), 0, high).astype(np.int32)
    rows = np.clip(np.maximum(first, last), 0, high).astype(np.int32) - low
    crossing = np.flatnonzero(rows)
    low, rows = low[crossing], rows[crossing]
    slope = (x1[crossing] - x0[crossing]) / (y1[crossing] - y0[crossing])
    at_zero = x0[crossing] + (0.5 - y0[crossing]) * slope - 0.5
    edge = np.repeat(np.arange(len(crossing), dtype=np.int32), rows)
    row = np.arange(len(edge), dtype=np.int32) + (low - (np.cumsum(rows) - rows)).astype(np.int32)[edge]
    x = np.clip(np.ceil(at_zero[edge] + slope[edge] * row), 0, wide).astype(np.int64)
    key = ((owner[crossing][edge].astype(np.int64) * high + row) << _X_BITS) | x
    key.sort()  # by owner, row, x: every other one enters, the next one leaves
    enter, leave = key[0::2], key[1::2]
    long = leave - enter
    seen = np.flatnonzero(long)
    line = enter[seen] >> _X_BITS
    return (line % high) * wide + (enter[seen] & LARGEST), long[seen], line // high


def pixels(first: Whole, long: Whole) -> Whole:
    """The numbers of all pixels in spans, span after span."""
    import numpy as np

    ends = np.cumsum(long)
    numbers: Whole = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - long), long)
    return numbers
