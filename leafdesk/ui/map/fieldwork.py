"""Paints many fields onto one image, a few milliseconds' work at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPainterPath, QTransform

from leafdesk.geo.spans import spans
from leafdesk.ui.map.looks import FINE_BELOW, LARGEST_CELL, PLAIN, Look
from leafdesk.ui.map.outlines import Outlines, WorldBox
from leafdesk.ui.map.strokes import draw_lines, draw_loops, fill, pixels_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from leafdesk.geo.detail import Slots
    from leafdesk.geo.spans import Edges, Whole

PAD = 6
"""Device pixels by which a field's edge reaches beyond its box."""
BATCH_CORNERS, _CHUNK_PATHS = 15_000, 16
"""How much is done between two looks at the clock: a few milliseconds' work."""
_MANY_MARKED = 400
"""More fields than so many in one picture are drawn without patterns and dashes."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of pixels of the world at a zoom: its corner counted from the world's, its size, the world's size."""

    zoom: float
    left: int
    top: int
    wide: int
    high: int
    world_px: float

    def box(self, pad: float = 0.0) -> WorldBox:
        """What it shows and `pad` pixels around, in world units."""
        right, bottom, px = self.left + self.wide, self.top + self.high, self.world_px
        return ((self.left - pad) / px, (self.top - pad) / px, (right + pad) / px, (bottom + pad) / px)

    @property
    def octave(self) -> int:
        """The whole zoom whose detail serves."""
        return math.floor(self.zoom)

    @property
    def from_octave(self) -> QTransform:
        """Takes pixels of the world at the octave to pixels of this frame."""
        stretch = self.world_px / (256.0 * 2.0**self.octave)
        return QTransform(stretch, 0, 0, stretch, -self.left, -self.top)


def paint_fields(
    painter: QPainter, image: QImage, frame: Frame, outlines: Outlines, slots: Slots, looks: Sequence[Look]
) -> Iterator[None]:
    """Paint fields whose detail is there, the first of them lowest.

    First every field's ground; then every edge, so that where two overlap both are seen; last what needs a person.
    """
    import numpy as np

    lines: list[list[Edges]] = [[] for _ in looks]
    grounds = np.array([look.pixel for look in looks], np.uint32)
    for batch in outlines.detail(frame.octave).batches(slots, BATCH_CORNERS):
        edges, owner = edges_in(outlines, frame, batch)
        kinds = outlines.kinds(batch)
        if frame.zoom < FINE_BELOW:
            first, long, filled = spans(edges, owner, frame.wide, frame.high)
            fill(pixels_of(image), first, long, grounds[kinds[filled]])
        else:
            yield from _fill_loops(painter, frame, outlines, batch, looks)
        seen = _reaching(edges[:, 0], edges[:, 2], frame.wide)
        for kind in np.unique(kinds).tolist():
            lines[kind].append(edges[seen & (kinds[owner] == kind)])
        yield
    painter.setBrushOrigin(-(frame.left % LARGEST_CELL), -(frame.top % LARGEST_CELL))  # patterns run on beside it
    marked = slots[outlines.kinds(slots) >= PLAIN]
    few = len(marked) <= _MANY_MARKED
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    casing = looks[0].casing
    if casing is not None and (cased := [edges for edges_of in lines for edges in edges_of]):
        yield from draw_lines(painter, casing, np.concatenate(cased))
    for look, edges_of in list(zip(looks, lines, strict=True))[: PLAIN if few else None]:
        if edges_of:
            yield from draw_lines(painter, look.edge, np.concatenate(edges_of))
    if few:
        yield from _paint_marked(painter, frame, outlines, marked, looks)


def _fill_loops(
    painter: QPainter, frame: Frame, outlines: Outlines, slots: Slots, looks: Sequence[Look]
) -> Iterator[None]:
    """The ground of large fields: for them Qt's own fill is quicker than spans, and covers the same pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)  # as spans do: the last one stays
    painter.setPen(Qt.PenStyle.NoPen)
    brushes = [QBrush(look.ground) for look in looks]
    corners, ends = outlines.detail(frame.octave).loops(slots)
    corners *= frame.world_px
    corners -= (frame.left, frame.top)
    yield from draw_loops(painter, corners, ends, [brushes[kind] for kind in outlines.kinds(slots).tolist()])
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)


def _paint_marked(
    painter: QPainter, frame: Frame, outlines: Outlines, slots: Slots, looks: Sequence[Look]
) -> Iterator[None]:
    """Patterns and dashes, which go around a whole field, not edge by edge."""
    transform = frame.from_octave
    for path, kind in _paths(frame, outlines, slots):
        looks[kind].paint(painter, transform.map(path))
        yield


def _paths(frame: Frame, outlines: Outlines, slots: Slots) -> Iterator[tuple[QPainterPath, int]]:
    """Each slot's path in pixels of the world at the frame's octave, and how it stands."""
    for start in range(0, len(slots), _CHUNK_PATHS):
        some = slots[start : start + _CHUNK_PATHS]
        yield from zip(outlines.paths(some, frame.octave), outlines.kinds(some).tolist(), strict=True)


def edges_in(outlines: Outlines, frame: Frame, slots: Slots) -> tuple[Edges, Whole]:
    """Edges in pixels of the frame, without those above and below it, and whose they are."""
    edges, owner = outlines.detail(frame.octave).edges(slots)
    edges *= frame.world_px
    edges -= (frame.left, frame.top) * 2
    seen = _reaching(edges[:, 1], edges[:, 3], frame.high)
    return (edges, owner) if seen.all() else (edges[seen], owner[seen])


def _reaching(starts: NDArray[np.float64], ends: NDArray[np.float64], size: int) -> NDArray[np.bool_]:
    """Which edges reach a frame or the few pixels around it, by their two ends along one axis."""
    return ((starts > -PAD) | (ends > -PAD)) & ((starts < size + PAD) | (ends < size + PAD))
