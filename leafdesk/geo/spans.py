"""Polygons filled on a grid of pixels: edges become spans of pixels, spans become colours, for thousands at once.

A pixel belongs to a polygon when its middle does, by even and odd, as QPainter fills without antialiasing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Edges = NDArray[np.float64]


def spans(edges: Edges, owner: Whole, wide: int, high: int) -> tuple[Whole, Whole, Whole]:
    """The (first pixel, length, owner) of every span that closed rings cover, in the owners' order.

    `edges` are x0, y0, x1, y1 in pixels, (n, 4), right and down; `owner` says which polygon each is of, (n,), rising.
    Pixels are numbered row by row. Edges wholly above or below the grid may be left out. Where polygons overlap so do
    their spans.
    """
    import numpy as np

    first, last = np.ceil(edges[:, 1] - 0.5), np.ceil(edges[:, 3] - 0.5)  # rows whose middle lies between the ends
    crossing = np.flatnonzero(first != last)
    x0, y0, x1, y1 = edges[crossing].T
    first, last = first[crossing], last[crossing]
    low = np.clip(np.minimum(first, last), 0, high).astype(np.int32)
    rows = np.clip(np.maximum(first, last), 0, high).astype(np.int32) - low
    slope = (x1 - x0) / (y1 - y0)
    at_zero = x0 + (0.5 - y0) * slope - 0.5
    edge = np.repeat(np.arange(len(crossing), dtype=np.int32), rows)
    row = np.arange(len(edge), dtype=np.int32) + (low - (np.cumsum(rows, dtype=np.int32) - rows))[edge]
    x = np.clip(np.ceil(at_zero[edge] + slope[edge] * row), 0, wide)
    bits = wide.bit_length()
    owners = int(owner[-1]) + 1 if len(owner) else 0
    number = np.dtype(np.uint32 if owners * high < 1 << 32 - bits else np.uint64)  # half as wide: sorted twice as fast
    line: NDArray[Any] = (owner[crossing] * high).astype(number)[edge] + row.astype(number)
    key = (line << number.type(bits)) | x.astype(number)
    key.sort()  # by owner, row, x: every other one enters, the next one leaves
    enter, leave = key[0::2], key[1::2]
    seen = np.flatnonzero(enter != leave)
    enter = enter[seen]
    long = (leave[seen] - enter).astype(np.int64)
    line = (enter >> number.type(bits)).astype(np.int64)
    x_enter = (enter & number.type((1 << bits) - 1)).astype(np.int64)
    return (line % high) * wide + x_enter, long, line // high


def pixels(first: Whole, long: Whole) -> Whole:
    """The numbers of all pixels in spans, span after span."""
    import numpy as np

    ends = np.cumsum(long)
    numbers: Whole = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - long), long)
    return numbers


class Laid:
    """Spans laid out on their grid: whose each pixel is."""

    def __init__(self, first: Whole, long: Whole, owner: Whole, wide: int, high: int) -> None:
        import numpy as np

        order = np.argsort(first)
        self._wide, self._high = wide, high
        self._first, self._owner = first[order].astype(np.int32), owner[order].astype(np.int32)
        self._end = self._first + long[order].astype(np.int32)
        self._reach = np.maximum.accumulate(self._end)
        """How far the spans up to here reach: it only rises, so that those over a pixel stand between two places."""

    def at(self, x: int, y: int) -> list[int]:
        """The owners of a pixel of the grid, the last one painted at the end."""
        import numpy as np

        pixel = np.int32(y * self._wide + x)  # of the arrays' own kind: else they would be turned into another, whole
        until = int(self._first.searchsorted(pixel, "right"))
        since = int(self._reach.searchsorted(pixel, "right"))
        if until - since == 1:
            return [int(self._owner[since])]
        over = self._end[since:until] > pixel
        return sorted(set(self._owner[since:until][over].tolist()))

    def nearest(self, x: int, y: int, reach: float) -> int | None:
        """The owner of the nearest pixel not farther than `reach`, of equally near ones the last painted."""
        import numpy as np

        far = int(reach)
        rows = np.arange(max(0, y - far), min(self._high, y + far + 1), dtype=np.int32)
        line = rows * np.int32(self._wide)
        since = self._reach.searchsorted(line + np.int32(max(0, x - far)), "right")
        until = self._first.searchsorted(line + np.int32(min(self._wide - 1, x + far)), "right")
        many = np.maximum(until - since, 0)
        total = int(many.sum())
        if not total:
            return None
        row = np.repeat(np.arange(len(rows)), many)
        spans_of = np.arange(total) + (since - (np.cumsum(many) - many))[row]
        across = line[row] + x
        aside = np.maximum(np.maximum(self._first[spans_of] - across, across - self._end[spans_of] + 1), 0)
        apart = aside.astype(np.int64) ** 2 + (rows[row] - y) ** 2
        owner = self._owner[spans_of]
        best = int(np.lexsort((-owner, apart))[0])
        return int(owner[best]) if apart[best] <= reach**2 else None
