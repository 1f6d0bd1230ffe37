"""Tools for a whole field with a simulated hand: moved, turned, squared up, thinned, taken in."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from leafdesk.geo.circle import circle
from leafdesk.geo.margin import headland, inset, outset
from leafdesk.geo.measure import area_ha, bearing_deg, length_m
from leafdesk.geo.motion import moved
from leafdesk.geo.shape import Shape
from leafdesk.geo.square import squared
from leafdesk.geo.thin import thinned
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.shifting import ShiftTool
from leafdesk.ui.map.sketch import hectares
from leafdesk.ui.map.tidying import BOTH, OUTWARD, HeadlandTool, SquareTool, ThinTool
from tests.ui.map.test_tools import SQUARE, Heard, at, by_enter, drag

SHAPE: Shape = ((SQUARE,),)
CROOKED: Shape = (((SQUARE[0], SQUARE[1], (SQUARE[2][0] + 0.0001, SQUARE[2][1]), SQUARE[3], SQUARE[0]),),)
ROUND = circle((-93.498, 41.702), 150.0)
Given = Callable[[Shape], tuple[MapCanvas, Heard]]


@pytest.fixture
def given(show: Callable[..., MapCanvas], field: Any) -> Given:
    def make(shape: Shape) -> tuple[MapCanvas, Heard]:
        canvas = show(field("one", shape))
        canvas.view = canvas.view.zoomed_at((400, 300), canvas.view.zoom - 1)
        return canvas, Heard(canvas)

    return make


def test_a_field_is_dragged_and_every_drag_is_a_step(given: Given) -> None:
    canvas, heard = given(SHAPE)
    canvas.take(tool := ShiftTool(canvas, "one", SHAPE))
    middle = at(canvas, (-93.498, 41.702))
    drag(canvas, middle, middle + QPoint(60, 0))
    drag(canvas, middle + QPoint(60, 0), middle + QPoint(60, 40))
    assert canvas.edit_state is not None and canvas.edit_state.can_undo
    assert canvas.undo()
    expected = canvas.view.metres_per_pixel * 60
    assert tool.history.now.metres == pytest.approx(expected, rel=3e-3)
    assert tool.history.now.bearing == pytest.approx(90.0, abs=0.1)
    by_enter(canvas)
    ((_, after),) = heard.edited
    assert length_m(SQUARE[0], after[0][0][0]) == pytest.approx(expected, rel=3e-3)
    assert area_ha(after) == pytest.approx(area_ha(SHAPE), rel=1e-6)


def test_a_field_is_turned_by_its_handle(given: Given) -> None:
    canvas, heard = given(SHAPE)
    canvas.take(tool := ShiftTool(canvas, "one", SHAPE))
    x, y = tool._lever()
    middle = at(canvas, (-93.498, 41.702))
    reach = middle.y() - round(y)
    drag(canvas, QPoint(round(x), round(y)), middle + QPoint(reach, 0))
    assert canvas.edit_state is not None
    by_enter(canvas)
    ((_, after),) = heard.edited
    before, now = (bearing_deg(shape[0][0][0], shape[0][0][1]) for shape in (SHAPE, after))
    assert (now - before) % 360 == pytest.approx(90.0, abs=1.0)


def test_a_field_is_moved_by_typed_metres_and_by_arrow_keys(given: Given) -> None:
    canvas, heard = given(SHAPE)
    canvas.take(tool := ShiftTool(canvas, "one", SHAPE))
    for key, text in (("metres", "120"), ("bearing", "45"), ("turn", "10")):
        tool.answer(key, text)
    assert canvas.edit_state is not None
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    by_enter(canvas)
    ((_, after),) = heard.edited
    expected = moved(SHAPE, 120.0, 45.0, 10.0)
    assert after[0][0][1] == pytest.approx(expected[0][0][1], abs=1e-12)
    canvas.take(tool := ShiftTool(canvas, "one", SHAPE))
    tool.answer("metres", "far")
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith("Metres: a number")
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert len(heard.edited) == 1


def test_a_field_that_was_not_moved_stays_as_it_was(given: Given) -> None:
    canvas, heard = given(SHAPE)
    canvas.take(ShiftTool(canvas, "one", SHAPE))
    by_enter(canvas)
    assert (heard.edited, canvas.tool) == ([], "browse")


def test_squaring_up_tells_the_farthest_move(given: Given) -> None:
    canvas, heard = given(CROOKED)
    canvas.take(tool := SquareTool(canvas, "one", CROOKED))
    assert tool.lines()[-1].startswith("no corner moves more than ")
    by_enter(canvas)
    assert heard.edited == [("one", squared(CROOKED, 15.0))]
    canvas.take(SquareTool(canvas, "one", heard.edited[0][1]))
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith("The sides are square already")


def test_simplifying_counts_the_corners(given: Given) -> None:
    canvas, heard = given(ROUND)
    canvas.take(tool := ThinTool(canvas, "one", ROUND))
    after = thinned(ROUND, 3.0)
    tool.answer("metres", "3")
    assert tool.lines()[-1] == f"{len(ROUND[0][0]) - 1} → {len(after[0][0]) - 1} corners"
    by_enter(canvas)
    assert heard.edited == [("one", after)]
    canvas.take(ThinTool(canvas, "one", SHAPE))
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith("No corner can go")


def test_a_headland_is_taken_off_kept_as_a_field_or_added(given: Given) -> None:
    canvas, heard = given(SHAPE)
    found: list[Any] = []
    canvas.split.connect(lambda id_, stays, goes: found.append((id_, stays, goes)))
    canvas.take(tool := HeadlandTool(canvas, "one", SHAPE))
    assert tool.lines()[0] == f"{area_ha(SHAPE):,.2f} → {hectares(area_ha(inset(SHAPE, 20.0)))}"
    by_enter(canvas)
    canvas.take(tool := HeadlandTool(canvas, "one", SHAPE))
    tool.answer("metres", "12")
    tool.answer("keep", BOTH)
    by_enter(canvas)
    inner, strip = headland(SHAPE, 12.0)
    assert found == [("one", inner, [strip])]
    canvas.take(tool := HeadlandTool(canvas, "one", SHAPE))
    tool.answer("keep", OUTWARD)
    by_enter(canvas)
    assert heard.edited == [("one", inset(SHAPE, 20.0)), ("one", outset(SHAPE, 20.0))]
    canvas.take(tool := HeadlandTool(canvas, "one", SHAPE))
    tool.answer("metres", "900")
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith("Nothing is left 900 metres inside")
