"""What every tool tells while it is in the hand: the next click and keys, and live figures while something moves."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from leafdesk.geo.cut import cut
from leafdesk.geo.measure import area_ha, bearing_deg, length_m
from leafdesk.geo.reshape import reshaped
from leafdesk.geo.shape import Position, Shape
from leafdesk.ui.drawing import NEW_FIELD, TOOLS
from leafdesk.ui.map.across import LIVE
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.cutting import CutTool
from leafdesk.ui.map.joining import JoinTool
from leafdesk.ui.map.measuring import MeasureTool
from leafdesk.ui.map.parts import RemoveTool
from leafdesk.ui.map.reshaping import ReshapeTool
from leafdesk.ui.map.shifting import ShiftTool
from leafdesk.ui.map.sketch import course, hectares, metres, side
from leafdesk.ui.toolbox import TOOLBOX
from tests.ui.map.conftest import square
from tests.ui.map.test_tools import HOLE, LEFT, SQUARE, at, drag

SHAPE: Shape = ((SQUARE, HOLE),)
BESIDE: Position = (-93.494, 41.702)
"""In the field next to it."""
MIDDLE = -93.498


@pytest.fixture
def canvas(show: Callable[..., MapCanvas], field: Any) -> MapCanvas:
    shown = show(field("one", SHAPE), field("next", ((square(-93.496, 41.7),),)))
    shown.view = shown.view.zoomed_at((400, 300), shown.view.zoom - 0.5)
    return shown


def take(canvas: MapCanvas, key: str) -> None:
    """The tool of that key, in the hand."""
    if key in NEW_FIELD:
        canvas.take(NEW_FIELD[key](canvas))
    elif key == "edit":
        canvas.start_edit("one", SHAPE)
    elif key == "join":
        canvas.take(JoinTool(canvas, "one", SHAPE))
    elif key == "measure":
        canvas.take(MeasureTool(canvas))
    else:
        canvas.take(TOOLS[key](canvas, "one", SHAPE))


@pytest.mark.parametrize("key", [tool.key for tool in TOOLBOX])
def test_every_tool_says_what_click_enter_backspace_and_esc_do(canvas: MapCanvas, key: str) -> None:
    take(canvas, key)
    assert canvas.edit_state is not None
    first = canvas.edit_state.hint
    assert "Esc" in first and any(hand in first.casefold() for hand in ("click", "drag")), first
    spot = BESIDE if key == "join" else (MIDDLE, 41.7048) if key in ("split", "reshape") else (-93.4995, 41.7035)
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, spot))
    assert canvas.edit_state is not None
    told = f"{first} {canvas.edit_state.hint}"
    if key in ("draw", "hole", "part"):  # a ring closes from three corners on
        for corner in ((-93.4993, 41.7035), (-93.4993, 41.7033)):
            QTest.mouseClick(canvas, LEFT, pos=at(canvas, corner))
        told += canvas.edit_state.hint
    if key == "rim":
        for corner in ((-93.4973, 41.7035), (-93.4993, 41.7013)):
            QTest.mouseClick(canvas, LEFT, pos=at(canvas, corner))
        told += canvas.edit_state.hint
    assert [word for word in ("Enter", "Backspace") if word not in told] == [], told
    canvas.cancel()


def test_a_corner_that_is_dragged_tells_hectares_perimeter_both_sides_and_how_far_it_went(canvas: MapCanvas) -> None:
    canvas.start_edit("one", SHAPE)
    tool: Any = canvas.hand_tool
    corner, to = at(canvas, SQUARE[2]), at(canvas, SQUARE[2]) + QPoint(40, -30)
    QTest.mousePress(canvas, LEFT, pos=corner)
    QTest.mouseMove(canvas, to, delay=1)
    ring = tool.shape[0][0]
    assert ring[2] != SQUARE[2]
    state = canvas.edit_state
    assert state is not None and state.area_ha is not None
    assert state.area_ha == pytest.approx(area_ha(tool.shape), rel=1e-9)
    assert tool._lines() == [
        f"{area_ha(SHAPE):,.2f} → {hectares(area_ha(tool.shape))}",
        f"+{area_ha(tool.shape) - area_ha(SHAPE):,.2f} ha · around {metres(state.perimeter_m)}",
        f"moved {course(length_m(SQUARE[2], ring[2]), bearing_deg(SQUARE[2], ring[2]))}",
        side(ring[1], ring[2]),
        side(ring[2], ring[3]),
    ]
    QTest.mouseRelease(canvas, LEFT, pos=to)
    assert len(tool._lines()) == 4, "it no longer moves"


def test_a_field_that_is_moved_or_turned_tells_how_far_while_it_goes(canvas: MapCanvas) -> None:
    canvas.take(tool := ShiftTool(canvas, "one", SHAPE))
    start = at(canvas, (-93.4995, 41.7005))
    QTest.mousePress(canvas, LEFT, pos=start)
    QTest.mouseMove(canvas, start + QPoint(50, 0), delay=1)
    area, around, going = tool.lines()
    assert area == hectares(area_ha(SHAPE)) and around.startswith("around ")
    far = canvas.view.metres_per_pixel * 50
    assert going.startswith(metres(far)[:2]) and going.endswith("along 90°, turned 0.0°")
    QTest.mouseRelease(canvas, LEFT, pos=start + QPoint(50, 0))
    assert tool.lines()[-1] == tool.history.now.said == going
    x, y = tool._lever()
    QTest.mousePress(canvas, LEFT, pos=QPoint(round(x), round(y)))
    middle = canvas.view.to_screen(tool._now())
    QTest.mouseMove(canvas, QPoint(round(middle[0] + middle[1] - y), round(middle[1])), delay=1)
    turned = float(tool.lines()[-1].rpartition("turned ")[2].rstrip("°"))
    assert turned == pytest.approx(90.0, abs=1.0)
    assert tool.history.now.turn == 0.0, "nothing is kept before the hand lets go"
    canvas.cancel()


def test_a_cut_tells_both_sides_in_hectares_and_acres_and_the_lines_bearing(canvas: MapCanvas) -> None:
    canvas.take(tool := CutTool(canvas, "one", SHAPE))
    above, below = at(canvas, (MIDDLE, 41.7045)), at(canvas, (MIDDLE, 41.6995))
    QTest.mouseClick(canvas, LEFT, pos=above)
    QTest.mouseMove(canvas, below)
    stays, goes = cut(SHAPE, tool._preview())
    assert tool._lines() == [
        f"{hectares(area_ha(stays))} stay",
        f"{hectares(area_ha(goes))} become a new field",
        side(*tool._preview()),
    ]
    assert tool._lines()[-1].endswith("180°")
    canvas.cancel()


@pytest.mark.parametrize(("make", "job"), [(CutTool, cut), (ReshapeTool, lambda *given: (reshaped(*given),))])
def test_a_large_field_is_worked_out_when_the_hand_rests(
    canvas: MapCanvas, qtbot: QtBot, make: Any, job: Callable[..., tuple[Shape, ...]]
) -> None:
    turns = [2 * math.pi * n / (LIVE + 20) for n in range(LIVE + 20)]
    rim = [(MIDDLE + 0.0015 * math.cos(turn), 41.702 + 0.0012 * math.sin(turn)) for turn in turns]
    many: Shape = (((*rim, rim[0]),),)
    canvas.take(tool := make(canvas, "one", many))
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, (MIDDLE, 41.7045)))
    QTest.mouseMove(canvas, at(canvas, (MIDDLE + 0.0005, 41.6995)))
    state = canvas.edit_state
    assert state is not None and (state.area_ha, tool.pieces) == (area_ha(many), ())
    qtbot.waitUntil(lambda: bool(tool.pieces), timeout=15000)
    expected = job(many, tool._preview())
    assert tool.pieces == expected
    state = canvas.edit_state
    assert state is not None and state.area_ha == pytest.approx(area_ha(expected[0]), rel=1e-9)
    QTest.mouseMove(canvas, at(canvas, (MIDDLE + 0.001, 41.6995)))
    assert tool.pieces == (), "what the line made is not what it makes now"
    qtbot.waitUntil(lambda: tool.pieces == job(many, tool._preview()), timeout=15000)
    canvas.cancel()


def test_what_a_click_would_remove_tells_the_hectares_then(canvas: MapCanvas) -> None:
    canvas.take(tool := RemoveTool(canvas, "one", SHAPE))
    QTest.mouseMove(canvas, at(canvas, (-93.498, 41.702)))
    hole, whole = area_ha(((HOLE,),)), area_ha(((SQUARE,),))
    assert tool._lines(tool_piece(tool), hole) == [
        "Remove this hole",
        hectares(hole),
        f"{area_ha(SHAPE):,.2f} → {hectares(whole)}",
    ]
    drag(canvas, QPoint(20, 20), QPoint(40, 20))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)


def tool_piece(tool: RemoveTool) -> Any:
    from leafdesk.geo import parts

    assert tool.hand is not None
    return parts.piece_at(tool.history.now, tool.hand.at)


def go_to(canvas: MapCanvas, position: Position) -> None:
    """Move the cross-hair there by strokes of the arrow keys."""
    QTest.keyClick(canvas, Qt.Key.Key_Right)  # it appears in the middle
    tool: Any = canvas.hand_tool
    for _ in range(400):
        x, y = tool.hand.pixel
        right, down = at(canvas, position).x() - x, at(canvas, position).y() - y
        if abs(right) <= 1 and abs(down) <= 1:
            return
        key = (Qt.Key.Key_Right, Qt.Key.Key_Left)[right < 0] if abs(right) > 1 else None
        key = key or (Qt.Key.Key_Down, Qt.Key.Key_Up)[down < 0]
        far = max(abs(right), 0) if key in (Qt.Key.Key_Right, Qt.Key.Key_Left) else abs(down)
        held = Qt.KeyboardModifier.ShiftModifier if far < 12 else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(canvas, key, held)
    raise AssertionError("it never got there")


def cross_at(canvas: MapCanvas, position: Position) -> bool:
    """Whether an arm of the cross-hair is painted below a place."""
    picture, middle = canvas.grab().toImage(), at(canvas, position)
    arm = [picture.pixelColor(middle + QPoint(dx, dy)) for dx in (-1, 0, 1) for dy in range(7, 14)]
    return sum(colour.blue() - colour.red() > 60 for colour in arm) >= 6  # the accent, smoothed


def test_a_hole_is_removed_and_fields_are_joined_without_a_mouse(canvas: MapCanvas) -> None:
    joined: list[tuple[str, Shape, str]] = []
    edited: list[tuple[str, Shape]] = []
    canvas.joined.connect(lambda *made: joined.append(made))
    canvas.edited.connect(lambda *made: edited.append(made))
    canvas.take(RemoveTool(canvas, "one", SHAPE))
    go_to(canvas, (-93.498, 41.702))
    assert cross_at(canvas, (-93.498, 41.702))
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert edited == [("one", ((SQUARE,),))]
    canvas.take(JoinTool(canvas, "one", SHAPE))
    go_to(canvas, BESIDE)
    assert cross_at(canvas, BESIDE)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert [(field, other) for field, _, other in joined] == [("one", "next")]
