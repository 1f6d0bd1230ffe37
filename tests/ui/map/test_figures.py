"""Rectangles and rim circles with a simulated hand, and corners that are typed."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.circle import circle, circle_through
from leafdesk.geo.measure import area_ha, bearing_deg, length_m
from leafdesk.geo.rectangle import rectangle
from leafdesk.geo.shape import Position, Shape
from leafdesk.geo.view import View
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.measuring import MeasureTool
from leafdesk.ui.map.parts import RemoveTool
from leafdesk.ui.map.rectangle import RectangleTool
from leafdesk.ui.map.rim import RimTool
from tests.ui.map.test_tools import LEFT, SQUARE, Heard, by_enter

A, B, C = QPoint(300, 300), QPoint(500, 260), QPoint(520, 360)


@pytest.fixture
def map_and_heard(canvas: MapCanvas) -> tuple[MapCanvas, Heard]:
    canvas.view = View((-93.5, 41.7), 15.0, 800, 600)
    return canvas, Heard(canvas)


def spot(canvas: MapCanvas, pixel: QPoint) -> Position:
    return canvas.view.to_lonlat((pixel.x(), pixel.y()))


def test_a_rectangle_is_typed_from_one_corner(map_and_heard: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = map_and_heard
    canvas.take(tool := RectangleTool(canvas))
    QTest.mouseClick(canvas, LEFT, pos=A)
    by_enter(canvas)
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("A length and a width are needed")
    for key, text in (("length", "400"), ("width", "250,5"), ("bearing", "30")):
        tool.answer(key, text)
    assert tool._lines() == ["10.02 ha (24.76 ac)", "400.0 m × 250.5 m · bearing 30.0°"]
    by_enter(canvas)
    assert heard.drawn == [rectangle(spot(canvas, A), 400.0, 250.5, 30.0)]
    assert heard.tools == ["rectangle", "browse"]


def test_a_rectangle_is_clicked_and_may_lie_to_the_left(map_and_heard: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = map_and_heard
    canvas.take(RectangleTool(canvas))
    for pixel in (A, B):
        QTest.mouseClick(canvas, LEFT, pos=pixel)
    above = QPoint(420, 150)
    QTest.mouseMove(canvas, above)
    assert canvas.edit_state is not None and canvas.edit_state.area_ha is not None
    QTest.mouseClick(canvas, LEFT, pos=above)
    by_enter(canvas)
    ((ring,),) = heard.drawn[0]
    assert ring[0] == spot(canvas, A)
    assert ring[1] == pytest.approx(spot(canvas, B), abs=1e-9)
    assert (bearing_deg(ring[0], ring[3]) - bearing_deg(ring[0], ring[1])) % 360 == pytest.approx(270, abs=0.01)


def test_a_typed_length_goes_before_the_click_and_a_wrong_one_is_said(map_and_heard: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = map_and_heard
    canvas.take(tool := RectangleTool(canvas))
    for pixel in (A, B, C):
        QTest.mouseClick(canvas, LEFT, pos=pixel)
    tool.answer("length", "long")
    by_enter(canvas)
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith("Length: a number from 0.1")
    tool.answer("length", "123")
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    QTest.mouseClick(canvas, LEFT, pos=C)
    by_enter(canvas)
    ((ring,),) = heard.drawn[0]
    assert length_m(ring[0], ring[1]) == pytest.approx(123.0, rel=1e-9)


def test_three_points_of_the_rim_make_a_pivot(map_and_heard: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = map_and_heard
    canvas.take(RimTool(canvas))
    for pixel in (A, B):
        QTest.mouseClick(canvas, LEFT, pos=pixel)
    by_enter(canvas)
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith("1 more on the rim.")
    QTest.mouseClick(canvas, LEFT, pos=C)
    by_enter(canvas)
    center, radius = circle_through(*(spot(canvas, pixel) for pixel in (A, B, C)))
    assert heard.drawn == [circle(center, radius)]


def test_corners_are_typed_while_drawing(map_and_heard: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = map_and_heard
    canvas.start_draw()
    for at in SQUARE[:3]:
        canvas.hand_tool.put(at)
    by_enter(canvas)
    assert heard.drawn == [(((*SQUARE[:3], SQUARE[0]),),)]


def test_the_chosen_corner_goes_where_it_was_typed_else_there_is_one_more(
    show: Callable[..., MapCanvas], field: Any
) -> None:
    shape: Shape = ((SQUARE,),)
    canvas = show(field("one", shape))
    heard = Heard(canvas)
    canvas.start_edit("one", shape)
    for _ in range(2):
        QTest.keyClick(canvas, Qt.Key.Key_N)
    canvas.hand_tool.put((-93.4955, 41.7001))
    canvas.undo()
    canvas.redo()
    canvas.hand_tool.put((-93.497, 41.6995))
    assert canvas.edit_state is not None and canvas.edit_state.undo_name == "Type corner"
    by_enter(canvas)
    ((_, after),) = heard.edited
    assert after == (((SQUARE[0], (-93.497, 41.6995), (-93.4955, 41.7001), *SQUARE[2:]),),)
    assert area_ha(after) > area_ha(shape)


def test_a_tool_without_corners_takes_none(show: Callable[..., MapCanvas], field: Any) -> None:
    shape: Shape = ((SQUARE,),)
    canvas = show(field("one", shape))
    canvas.take(RemoveTool(canvas, "one", shape))
    with pytest.raises(NotPossibleError, match="No corner can be typed"):
        canvas.hand_tool.put((0.0, 0.0))
    canvas.take(MeasureTool(canvas))
    canvas.hand_tool.put(SQUARE[0])
    assert canvas.edit_state is not None and canvas.edit_state.can_undo
