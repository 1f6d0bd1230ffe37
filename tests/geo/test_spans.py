"""Spans against QPainter's own fill: the same pixels, holes and overlaps included."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPolygonF

from leafdesk.geo.spans import Laid, pixels, spans

WIDE, HIGH = 61, 47
GROUND, FILLS = 0xFFFFFFFF, [0xFF110000 + n for n in range(8)]

# eighths of a pixel, none of them on a pixel's middle, where the two may choose differently
coordinate = st.integers(-400, 900).map(lambda n: n / 8 + 1 / 16)
ring = st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=9)
polygons = st.lists(st.lists(ring, min_size=1, max_size=3), min_size=1, max_size=6)


def painted(shapes: list[list[list[tuple[float, float]]]]) -> Any:
    """What QPainter makes of it."""
    image = QImage(WIDE, HIGH, QImage.Format.Format_RGB32)
    image.fill(GROUND)
    painter = QPainter(image)
    painter.setPen(Qt.PenStyle.NoPen)
    for n, rings in enumerate(shapes):
        path = QPainterPath()
        for corners in rings:
            path.addPolygon(QPolygonF([QPointF(x, y) for x, y in (*corners, corners[0])]))
        painter.setBrush(QColor(FILLS[n]))
        painter.drawPath(path)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint32).reshape(HIGH, WIDE).copy()


def filled(shapes: list[list[list[tuple[float, float]]]]) -> Any:
    """What spans make of it."""
    first, long, whose = spans(*edges_of(shapes), WIDE, HIGH)
    onto = np.full(WIDE * HIGH, GROUND, np.uint32)
    onto[pixels(first, long)] = np.repeat(np.array(FILLS, np.uint32)[whose], long)
    return onto.reshape(HIGH, WIDE)


def edges_of(shapes: list[list[list[tuple[float, float]]]]) -> tuple[Any, Any]:
    """Every edge, and whose it is."""
    edges, owner = [], []
    for n, rings in enumerate(shapes):
        for corners in rings:
            for start, end in zip(corners, (*corners[1:], corners[0]), strict=True):
                edges.append((*start, *end))
                owner.append(n)
    return np.array(edges), np.array(owner)


@given(polygons)
@settings(max_examples=300, deadline=None)
def test_spans_cover_the_very_pixels_that_qpainter_fills(shapes: list[list[list[tuple[float, float]]]]) -> None:
    """QPainter counts in 64ths of a pixel: only a middle that an edge touches may fall to the other side."""
    from shapely import LineString, MultiLineString, Point

    rows, columns = np.nonzero(filled(shapes) != painted(shapes))
    edges = MultiLineString([LineString([*corners, corners[0]]) for rings in shapes for corners in rings])
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        assert edges.distance(Point(column + 0.5, row + 0.5)) < 1 / 32


def test_of_two_fields_the_upper_one_shows_and_a_hole_shows_the_lower() -> None:
    lower = [[(2.0, 2.0), (20.0, 2.0), (20.0, 20.0), (2.0, 20.0)]]
    upper = [
        [(10.0, 10.0), (30.0, 10.0), (30.0, 30.0), (10.0, 30.0)],
        [(14.0, 14.0), (18.0, 14.0), (18.0, 18.0), (14.0, 18.0)],
    ]
    picture = filled([lower, upper])
    assert picture[5, 5] == FILLS[0]
    assert picture[12, 12] == FILLS[1], "the later one lies on top"
    assert picture[16, 16] == FILLS[0], "through the hole the lower one is seen"
    assert picture[25, 16] == FILLS[1]
    assert picture[40, 5] == GROUND
    assert (picture == FILLS[0]).sum() == 18 * 18 - 10 * 10 + 4 * 4


def test_pixels_of_spans_are_numbered_one_after_the_other() -> None:
    assert pixels(np.array([3, 10]), np.array([2, 3])).tolist() == [3, 4, 10, 11, 12]
    assert pixels(np.array([], int), np.array([], int)).tolist() == []


@given(polygons)
@settings(max_examples=20, deadline=None)
def test_laid_spans_tell_of_every_pixel_whose_it_is(shapes: list[list[list[tuple[float, float]]]]) -> None:
    """All that cover it, in the order of painting, where they overlap too; and which one is nearest."""
    covered = np.array([filled([shape]) == FILLS[0] for shape in shapes])
    edges, owner = edges_of(shapes)
    laid = Laid(*spans(edges, owner, WIDE, HIGH), WIDE, HIGH)
    for y in range(HIGH):
        for x in range(WIDE):
            assert laid.at(x, y) == np.flatnonzero(covered[:, y, x]).tolist()
    for x, y in ((0, 0), (WIDE - 1, HIGH - 1), (30, 20), (7, 40)):
        apart = np.hypot(*np.ogrid[-y : HIGH - y, -x : WIDE - x])[None] + np.where(covered, 0, np.inf)
        least = apart.min(axis=(1, 2))
        wanted = int(np.flatnonzero(least == least.min())[-1]) if least.min() <= 3 else None
        assert laid.nearest(x, y, 3.0) == wanted
