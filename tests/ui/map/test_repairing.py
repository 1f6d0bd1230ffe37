"""Repairing with a simulated hand: the offer with hectares before and after, kept with Enter."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from leafdesk.geo.check import problems
from leafdesk.geo.measure import area_ha
from leafdesk.geo.repair import repair
from leafdesk.geo.shape import Shape
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.repairing import RepairTool
from leafdesk.ui.map.sketch import hectares
from tests.ui.map.test_tools import LEFT, SQUARE, Heard, at, by_enter

BOW: Shape = (((SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]),),)


def test_the_offer_shows_both_areas_and_enter_keeps_it(show: Callable[..., MapCanvas], field: Any) -> None:
    canvas = show(field("one", BOW))
    heard = Heard(canvas)
    canvas.take(tool := RepairTool(canvas, "one", BOW))
    mended = repair(BOW)
    assert tool.lines()[0] == f"{area_ha(BOW):,.2f} → {hectares(area_ha(mended))}"
    assert tool.lines()[-2:] == ["The boundary crosses itself here.", "in 2 parts"]
    middle = at(canvas, (-93.498, 41.702))
    assert canvas.grab().toImage().pixelColor(middle + QPoint(0, 9)).rgb() == canvas.colours.warning.rgb()
    by_enter(canvas)
    assert heard.edited == [("one", mended)]
    assert canvas.tool == "browse"


def test_a_valid_boundary_is_left_alone_and_esc_leaves(show: Callable[..., MapCanvas], field: Any) -> None:
    shape: Shape = ((SQUARE,),)
    canvas = show(field("one", shape))
    heard = Heard(canvas)
    canvas.take(RepairTool(canvas, "one", shape))
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith("This boundary is valid")
    by_enter(canvas)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (heard.edited, canvas.tool) == ([], "browse")


def test_a_boundary_dragged_over_itself_is_mended_within_the_drawing(
    show: Callable[..., MapCanvas], field: Any
) -> None:
    shape: Shape = ((SQUARE,),)
    canvas = show(field("one", shape))
    heard = Heard(canvas)
    canvas.start_edit("one", shape)
    QTest.mousePress(canvas, LEFT, pos=at(canvas, SQUARE[0]))
    QTest.mouseMove(canvas, at(canvas, (-93.494, 41.703)))
    QTest.mouseRelease(canvas, LEFT, pos=at(canvas, (-93.494, 41.703)))
    assert canvas.edit_state is not None and canvas.edit_state.problems
    assert "I repairs it" in canvas.edit_state.hint
    assert canvas.hand_tool.does("repair")
    assert canvas.edit_state.problems == () and canvas.edit_state.undo_name == "Repair"
    by_enter(canvas)
    ((_, after),) = heard.edited
    assert problems(after) == [] and len(after) >= 1


def test_a_drawing_that_crosses_itself_can_be_mended_and_named(canvas: MapCanvas) -> None:
    heard = Heard(canvas)
    canvas.start_draw()
    for corner in (QPoint(100, 100), QPoint(300, 300), QPoint(300, 100), QPoint(100, 300)):
        QTest.mouseClick(canvas, LEFT, pos=corner)
    by_enter(canvas)
    assert canvas.edit_state is not None and "I repairs it" in canvas.edit_state.hint
    assert canvas.hand_tool.does("repair")
    (made,) = heard.drawn
    assert problems(made) == [] and len(made) == 2
    assert canvas.tool == "browse"


@pytest.mark.parametrize("action", ["square", "delete", "sync"])
def test_other_actions_are_not_done_inside_the_drawing(canvas: MapCanvas, action: str) -> None:
    canvas.start_draw()
    assert not canvas.hand_tool.does(action)
