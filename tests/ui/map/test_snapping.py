"""The hand is drawn to the neighbours' corners and edges, sees it, and can do without."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from leafdesk.geo.shape import Shape
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.colours import LIGHT
from tests.ui.map.conftest import square
from tests.ui.map.test_tools import LEFT, Heard, at, by_enter

LEFT_FIELD = square(-93.5, 41.7)
RIGHT_FIELD = square(-93.49, 41.7)
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def two(show: Callable[..., MapCanvas], field: Any) -> tuple[MapCanvas, Heard]:
    canvas = show(field("left", ((LEFT_FIELD,),)), field("right", ((RIGHT_FIELD,),)))
    return canvas, Heard(canvas)


def test_corners_and_edges_are_taken_over_exactly(two: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = two
    canvas.start_draw()
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, LEFT_FIELD[1]) + QPoint(5, 3))
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, RIGHT_FIELD[0]) + QPoint(-4, 4))
    on_edge = at(canvas, (RIGHT_FIELD[0][0], 41.702)) + QPoint(-6, 0)
    QTest.mouseClick(canvas, LEFT, pos=on_edge)
    by_enter(canvas)
    ring = heard.drawn[0][0][0]
    assert ring[0] is not LEFT_FIELD[1] and ring[0] == LEFT_FIELD[1]
    assert ring[1] == RIGHT_FIELD[0]
    assert ring[2][0] == pytest.approx(RIGHT_FIELD[0][0], abs=1e-12)
    assert canvas.view.to_screen(ring[2])[1] == pytest.approx(on_edge.y(), abs=0.01)


def test_alt_keeps_the_hand_free(two: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = two
    canvas.start_draw()
    near = at(canvas, LEFT_FIELD[1]) + QPoint(5, 3)
    QTest.mouseClick(canvas, LEFT, ALT, near)
    for pixel in (QPoint(400, 100), QPoint(300, 80)):
        QTest.mouseClick(canvas, LEFT, pos=pixel)
    by_enter(canvas)
    assert heard.drawn[0][0][0][0] == canvas.view.to_lonlat((near.x(), near.y()))


def test_the_spot_that_draws_the_hand_is_ringed(two: tuple[MapCanvas, Heard]) -> None:
    canvas, _ = two
    canvas.start_draw()
    spot = at(canvas, LEFT_FIELD[1])
    QTest.mouseMove(canvas, spot + QPoint(40, 40))
    assert canvas.snapped is None
    QTest.mouseMove(canvas, spot + QPoint(5, 3))
    assert canvas.snapped is not None
    assert canvas.snapped.at == LEFT_FIELD[1]
    picture = canvas.grab().toImage()
    ring = {picture.pixelColor(spot + QPoint(dx, 0)).rgb() for dx in range(6, 11)}
    assert LIGHT.accent.rgb() in ring
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.snapped is None


def test_a_dragged_corner_meets_the_neighbours_and_not_its_own_old_place(two: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = two
    shape: Shape = ((LEFT_FIELD,),)
    canvas.start_edit("left", shape)
    start, end = at(canvas, LEFT_FIELD[1]), at(canvas, RIGHT_FIELD[0]) + QPoint(4, 5)
    QTest.mouseMove(canvas, start)
    assert canvas.snapped is None, "nothing is held yet"
    QTest.mousePress(canvas, LEFT, pos=start)
    QTest.mouseMove(canvas, start + QPoint(5, -5))
    assert canvas.snapped is None
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, LEFT, pos=end)
    by_enter(canvas)
    assert heard.edited[0][1][0][0][1] == RIGHT_FIELD[0]


def test_a_dragged_corner_stays_free_with_alt(two: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = two
    canvas.start_edit("left", ((LEFT_FIELD,),))
    start, end = at(canvas, LEFT_FIELD[1]), at(canvas, RIGHT_FIELD[0]) + QPoint(4, 5)
    QTest.mousePress(canvas, LEFT, pos=start)
    where = QPointF(end)
    for kind, held in ((QEvent.Type.MouseMove, LEFT), (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton)):
        QApplication.sendEvent(canvas, QMouseEvent(kind, where, canvas.mapToGlobal(where), LEFT, held, ALT))
    by_enter(canvas)
    assert heard.edited[0][1][0][0][1] == canvas.view.to_lonlat((end.x(), end.y()))


def test_a_field_that_changed_is_snapped_to_as_it_is_now(two: tuple[MapCanvas, Heard], field: Any) -> None:
    canvas, _ = two
    canvas.start_draw()
    spot = at(canvas, RIGHT_FIELD[1])
    QTest.mouseMove(canvas, spot)
    assert canvas.snapped is not None
    moved = field("right", ((square(-93.49, 41.7, 0.002),),))
    canvas.update_fields([moved[0]], [("right", moved[1])], set())
    canvas.settle()
    QTest.mouseMove(canvas, spot + QPoint(1, 0))
    assert canvas.snapped is None
