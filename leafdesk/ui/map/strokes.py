"""Thousands of spans and lines onto an image straight from arrays, with no Python run for a single one."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import shiboken6
from PySide6.QtCore import QLineF
from PySide6.QtGui import QBrush, QImage, QPainter, QPen, QPolygonF

from leafdesk.geo.spans import pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from leafdesk.geo.spans import Edges, Whole

_CHUNK_LINES = 3_000
"""Lines drawn between two looks at the clock; one to three milliseconds' work."""
_CHUNK_CORNERS = 2_000
"""Corners of filled lines between two."""
_POINT = 16
"""Bytes."""


def pixels_of(image: QImage) -> NDArray[np.uint32]:
    """The pixels of an image of 32 bits each, row by row, to be written to; the image must outlive them."""
    import numpy as np

    return np.frombuffer(image.bits(), np.uint32)


def fill(onto: NDArray[np.uint32], first: Whole, long: Whole, colours: NDArray[np.uint32]) -> None:
    """Colour spans of pixels, each in its own colour; where they overlap the last one stays."""
    import numpy as np

    onto[pixels(first, long)] = np.repeat(colours, long)


def draw_lines(painter: QPainter, pen: QPen, edges: Edges) -> Iterator[None]:
    """Draw every edge, x0, y0, x1, y1, (n, 4), giving way after some thousands."""
    import numpy as np

    lines = np.ascontiguousarray(edges, np.float64)
    painter.setPen(pen)
    for start in range(0, len(lines), _CHUNK_LINES):
        some = lines[start : start + _CHUNK_LINES]
        first = cast("QLineF", shiboken6.wrapInstance(some.ctypes.data, QLineF))
        painter.drawLines(first, len(some))
        yield


def draw_loops(painter: QPainter, corners: Edges, ends: Whole, brushes: Sequence[QBrush]) -> Iterator[None]:
    """Fill closed lines by even and odd, each with its brush, giving way after some thousand corners.

    All lines' corners, (n, 2), stand one after the other; `ends` tells where each one's end.
    """
    import numpy as np

    corners = np.ascontiguousarray(corners, np.float64)
    sizes = np.diff(ends, prepend=0)
    loop = QPolygonF()
    loop.resize(int(sizes.max(initial=1)))
    into, source = shiboken6.getCppPointer(loop.data())[0], corners.ctypes.data  # shorter ones need no other memory
    drawn = 0
    for size, brush in zip(sizes.tolist(), brushes, strict=True):
        loop.resize(size)
        ctypes.memmove(into, source, size * _POINT)
        source += size * _POINT
        painter.setBrush(brush)
        painter.drawPolygon(loop)
        drawn += size
        if drawn > _CHUNK_CORNERS:
            drawn = 0
            yield
