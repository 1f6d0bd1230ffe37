"""Thousands of spans and lines onto an image straight from arrays, with no Python run for a single one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import shiboken6
from PySide6.QtCore import QLineF
from PySide6.QtGui import QImage, QPainter, QPen

from leafdesk.geo.spans import pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from leafdesk.geo.spans import Edges, Whole

_CHUNK_LINES = 3_000
"""Lines drawn between two looks at the clock; one to three milliseconds' work."""


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
