"""The corners and midpoints of a shape as handles: which one is under the hand, and how they are painted."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from leafdesk.geo.actions import Corner
from leafdesk.geo.view import Pixel, View
from leafdesk.ui.map.colours import MapColours
from leafdesk.ui.map.sketch import paint_corner, paint_middle
from leafdesk.ui.map.tool import Pointer

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas
    from leafdesk.ui.map.trace import Trace

_REACH = 9.0
_EDGE_REACH = 6.0
_SHORTEST = 26.0
"""Edges shorter than this many pixels show no midpoint."""
_CROWD = 80
"""With more corners on the screen than this, only those near the hand are shown."""
_NEAR = 130.0
_STAMP = 16
"""Pixels across the picture of a handle."""


def corner_at(trace: Trace, pixel: Pixel, view: View) -> Corner | None:
    """The corner under a pixel."""
    found = trace.corner_at(pixel, view, _REACH)
    return None if found is None else trace.corner(found)


def middle_at(trace: Trace, pixel: Pixel, view: View) -> Corner | None:
    """The corner before the midpoint under a pixel."""
    found = trace.middle_at(pixel, view, _REACH, _SHORTEST)
    return None if found is None else trace.corner(found)


def edge_at(trace: Trace, pixel: Pixel, view: View) -> tuple[Corner, Pixel] | None:
    """The edge under a pixel and where a new corner on it goes: to its middle when that is near."""
    if (found := trace.middle_at(pixel, view, _REACH, _SHORTEST)) is not None:
        points = trace.pixels(view)
        x, y = ((points[found] + points[trace.following[found]]) / 2).tolist()
        return trace.corner(found), (x, y)
    if (near := trace.edge_at(pixel, view, _EDGE_REACH)) is not None:
        return trace.corner(near[0]), near[1]
    return None


def corners_within(trace: Trace, a: Pixel, b: Pixel, view: View) -> set[Corner]:
    """The corners in the box between two pixels."""
    import numpy as np

    low, high = np.minimum(a, b), np.maximum(a, b)
    points = trace.pixels(view)
    inside = ((points >= low) & (points <= high)).all(axis=1)
    return {trace.corner(n) for n in np.flatnonzero(inside).tolist()}


def paint_handles(
    painter: QPainter,
    canvas: MapCanvas,
    trace: Trace,
    *,
    hand: Pointer | None,
    held: Corner | None = None,
    chosen: Collection[Corner] = (),
    without: Collection[Corner] = (),
) -> None:
    """Corners that can be seen (near the hand only, where they are many), midpoints of edges that are long enough."""
    import numpy as np

    view, colours = canvas.view, canvas.colours
    points = trace.pixels(view)
    seen = (points > -12).all(axis=1) & (points[:, 0] < view.width + 12) & (points[:, 1] < view.height + 12)
    if seen.sum() > _CROWD:
        pixel = hand.pixel if hand else (view.width / 2, view.height / 2)
        gaps = np.where(seen, np.hypot(points[:, 0] - pixel[0], points[:, 1] - pixel[1]), np.inf)
        seen = gaps < min(_NEAR, float(np.partition(gaps, _CROWD)[_CROWD]))
    following, moving = points[trace.following], np.zeros(len(points), bool)
    moving[[trace.index(corner) for corner in without]] = True
    seen &= ~moving
    long = seen & ~moving[trace.following] & (np.hypot(*(following - points).T) >= _SHORTEST)
    hovered = corner_at(trace, hand.pixel, view) if hand and held is None else None
    middle = middle_at(trace, hand.pixel, view) if hand and hovered is None and held is None else None
    ratio = painter.device().devicePixelRatio()
    middles, small = (points[long] + following[long]) / 2, _stamp(paint_middle, colours, ratio)
    for n, at in zip(np.flatnonzero(long).tolist(), middles.tolist(), strict=True):
        if trace.corner(n) == middle:
            paint_middle(painter, at, colours, held=True)
        else:
            _put(painter, at, small, ratio)
    marked = {trace.index(corner) for corner in (held, hovered) if corner} | {trace.index(corner) for corner in chosen}
    shown, plain = np.flatnonzero(seen).tolist(), _stamp(paint_corner, colours, ratio)
    for n in sorted({*shown, *(marked if len(chosen) > 1 else ())}):
        at = points[n].tolist()
        if n in marked:
            paint_corner(painter, at, colours, held=True)
        else:
            _put(painter, at, plain, ratio)


def _stamp(paint: Callable[[QPainter, Pixel, MapColours], None], colours: MapColours, ratio: float) -> QImage:
    """A handle in the middle of a picture: to paint it takes ten times as long as to copy it, and there are dozens."""
    picture = QImage(round(_STAMP * ratio), round(_STAMP * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter, (_STAMP / 2, _STAMP / 2), colours)
    painter.end()
    return picture


def _put(painter: QPainter, at: Pixel, stamp: QImage, ratio: float) -> None:
    """Copy a handle to the whole device pixel nearest to its place."""
    x, y = (round((value - _STAMP / 2) * ratio) / ratio for value in at)
    painter.drawImage(QPointF(x, y), stamp)


def paint_box(painter: QPainter, canvas: MapCanvas, a: Pixel, b: Pixel) -> None:
    """The box that chooses corners."""
    painter.setBrush(canvas.colours.accent_fill)
    painter.setPen(QPen(canvas.colours.accent, 1.2, Qt.PenStyle.DashLine))
    painter.drawRect(QRectF(min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1])))
