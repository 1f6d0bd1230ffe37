"""Cutting a field in two and joining two, with a simulated hand."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Shape
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.cutting import CutTool
from leafdesk.ui.map.joining import JoinTool
from tests.ui.map.conftest import square
from tests.ui.map.test_tools import LEFT, SQUARE, Heard, at, by_enter, drag

SHAPE: Shape = ((SQUARE,),)
NEXT: Shape = ((square(-93.496, 41.7),),)
APART: Shape = ((square(-93.49, 41.7),),)
MIDDLE = -93.498


@pytest.fixture
def three(show: Callable[..., MapCanvas], field: Any) -> tuple[MapCanvas, Heard]:
    canvas = show(field("one", SHAPE), field("next", NEXT), field("apart", APART, provider="JohnDeere"))
    canvas.select("one")
    return canvas, Heard(canvas)


@pytest.fixture
def cuts(three: tuple[MapCanvas, Heard]) -> tuple[MapCanvas, Heard, list[tuple[str, Shape, Shape]]]:
    canvas, heard = three
    found: list[tuple[str, Shape, Shape]] = []
    canvas.split.connect(lambda id_, stays, goes: found.append((id_, stays, *goes)))
    canvas.take(CutTool(canvas, "one", SHAPE))
    return canvas, heard, found


def test_a_line_across_cuts_and_tells_both_hectares(
    cuts: tuple[MapCanvas, Heard, list[tuple[str, Shape, Shape]]],
) -> None:
    canvas, heard, found = cuts
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, (MIDDLE, 41.7045)))
    QTest.mouseMove(canvas, at(canvas, (MIDDLE - 0.0005, 41.6995)))
    state = canvas.edit_state
    assert state is not None and state.area_ha is not None
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, (MIDDLE - 0.0005, 41.6995)))
    by_enter(canvas)
    ((field_id, larger, smaller),) = found
    assert field_id == "one"
    assert state.area_ha == pytest.approx(area_ha(larger), rel=1e-9)
    assert area_ha(larger) + area_ha(smaller) == pytest.approx(area_ha(SHAPE), rel=1e-9)
    assert heard.tools == ["split", "browse"]
    assert heard.drawn == [] and heard.edited == []


def test_a_line_that_ends_inside_is_refused_and_can_go_on(
    cuts: tuple[MapCanvas, Heard, list[tuple[str, Shape, Shape]]],
) -> None:
    canvas, _, found = cuts
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, (MIDDLE, 41.7045)))
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, (MIDDLE, 41.702)))
    by_enter(canvas)
    assert found == []
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("The line has to cross the field from one side to the other.")
    QTest.mouseDClick(canvas, LEFT, pos=at(canvas, (MIDDLE - 0.0005, 41.6995)))
    assert len(found) == 1
    assert canvas.tool == "browse"


def test_an_end_snapped_to_the_boundary_cuts(cuts: tuple[MapCanvas, Heard, list[tuple[str, Shape, Shape]]]) -> None:
    canvas, _, found = cuts
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, (MIDDLE, 41.704)) + QPoint(0, 3))
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, (MIDDLE, 41.7)) + QPoint(0, -3))
    by_enter(canvas)
    assert len(found) == 1


def test_backspace_undo_and_esc_while_cutting(cuts: tuple[MapCanvas, Heard, list[tuple[str, Shape, Shape]]]) -> None:
    canvas, _, found = cuts
    for y in (41.7045, 41.702):
        QTest.mouseClick(canvas, LEFT, pos=at(canvas, (MIDDLE, y)))
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, (MIDDLE, 41.6995)))
    drag(canvas, QPoint(20, 20), QPoint(60, 20))
    assert canvas.undo() and canvas.redo()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (found, canvas.tool, canvas.edit_state) == ([], "browse", None)


# ---------------------------------------------------------------------- joining
@pytest.fixture
def joins(three: tuple[MapCanvas, Heard]) -> tuple[MapCanvas, list[tuple[str, Shape, str]]]:
    canvas, _ = three
    found: list[tuple[str, Shape, str]] = []
    canvas.joined.connect(lambda *made: found.append(made))
    canvas.take(JoinTool(canvas, "one", SHAPE, lambda id_: "That one is not yours." if id_ == "apart" else None))
    return canvas, found


def test_a_click_shows_the_whole_and_enter_joins(joins: tuple[MapCanvas, list[tuple[str, Shape, str]]]) -> None:
    canvas, found = joins
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, (-93.494, 41.702)))
    assert found == []
    state = canvas.edit_state
    assert state is not None
    assert state.area_ha == pytest.approx(area_ha(SHAPE) + area_ha(NEXT), rel=1e-9)
    assert "Enter joins them" in state.hint
    by_enter(canvas)
    ((field_id, whole, other),) = found
    assert (field_id, other, len(whole)) == ("one", "next", 1)
    assert canvas.tool == "browse"


def test_a_field_that_cannot_go_is_refused_with_the_reason(
    joins: tuple[MapCanvas, list[tuple[str, Shape, str]]],
) -> None:
    canvas, found = joins
    for spot, why in (((-93.488, 41.702), "That one is not yours."), ((-93.498, 41.702), "Click one of the other")):
        QTest.mouseClick(canvas, LEFT, pos=at(canvas, spot))
        assert canvas.edit_state is not None and canvas.edit_state.hint.startswith(why)
    by_enter(canvas)
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith("Click the other field first.")
    assert found == []


def test_backspace_chooses_none_and_esc_leaves(joins: tuple[MapCanvas, list[tuple[str, Shape, str]]]) -> None:
    canvas, found = joins
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, (-93.494, 41.702)))
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    assert canvas.edit_state is not None and canvas.edit_state.area_ha is None
    assert not canvas.undo()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (found, canvas.tool) == ([], "browse")
