"""Holes and parts with a simulated hand, and drawing without a mouse."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from leafdesk.geo.history import History
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Shape
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.colours import LIGHT
from leafdesk.ui.map.parts import HoleTool, PartTool, RemoveTool
from tests.ui.map.conftest import square
from tests.ui.map.test_tools import CORNERS, HOLE, LEFT, SQUARE, Heard, at, by_enter, draw, ring_through

PLAIN: Shape = ((SQUARE,),)
BESIDE = square(-93.4955, 41.7, 0.001)
RICH: Shape = ((SQUARE, HOLE), (BESIDE,))


@pytest.fixture
def canvas_with(show: Callable[..., MapCanvas], field: Any) -> Callable[[Shape], tuple[MapCanvas, Heard]]:
    def make(shape: Shape) -> tuple[MapCanvas, Heard]:
        canvas = show(field("one", shape), field("other", ((square(-93.49, 41.7),),)))
        canvas.select("one")
        return canvas, Heard(canvas)

    return make


def click_around(canvas: MapCanvas, middle: QPoint, half: int) -> list[QPoint]:
    pixels = [middle + QPoint(dx * half, dy * half) for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    for pixel in pixels:
        QTest.mouseClick(canvas, LEFT, pos=pixel)
    return pixels


def test_a_hole_is_drawn_into_the_field(canvas_with: Callable[[Shape], tuple[MapCanvas, Heard]]) -> None:
    canvas, heard = canvas_with(PLAIN)
    canvas.take(HoleTool(canvas, "one", PLAIN))
    pixels = click_around(canvas, at(canvas, (-93.498, 41.702)), 40)
    state = canvas.edit_state
    assert state is not None and state.area_ha is not None
    hole = ring_through(canvas, pixels)
    assert state.before_ha == pytest.approx(area_ha(PLAIN))
    assert state.area_ha == pytest.approx(area_ha(PLAIN) - area_ha(((hole,),)), rel=1e-9)
    by_enter(canvas)
    assert heard.edited == [("one", ((SQUARE, hole),))]
    assert heard.edited[0][1][0][0] is SQUARE
    assert heard.drawn == []
    assert heard.tools == ["hole", "browse"]


def test_a_hole_beside_the_field_or_across_its_edge_is_refused_with_the_reason(
    canvas_with: Callable[[Shape], tuple[MapCanvas, Heard]],
) -> None:
    canvas, heard = canvas_with(PLAIN)
    canvas.take(HoleTool(canvas, "one", PLAIN))
    click_around(canvas, at(canvas, (-93.498, 41.702)) + QPoint(0, -250), 20)
    by_enter(canvas)
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("A hole is drawn inside the field.")
    for _ in range(4):
        QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    click_around(canvas, at(canvas, (-93.498, 41.704)), 30)
    assert [problem.code for problem in canvas.edit_state.problems] == ["SELF_INTERSECTION"]
    by_enter(canvas)
    assert (heard.edited, canvas.tool) == ([], "hole")


def test_a_part_is_added_beside(canvas_with: Callable[[Shape], tuple[MapCanvas, Heard]]) -> None:
    canvas, heard = canvas_with(PLAIN)
    canvas.take(PartTool(canvas, "one", PLAIN))
    pixels = click_around(canvas, at(canvas, (-93.498, 41.702)) + QPoint(0, 220), 30)
    part = ring_through(canvas, pixels)
    assert canvas.edit_state is not None
    assert canvas.edit_state.area_ha == pytest.approx(area_ha(((SQUARE,), (part,))), rel=1e-9)
    by_enter(canvas)
    assert heard.edited == [("one", ((SQUARE,), (part,)))]


def test_a_part_over_the_field_is_refused(canvas_with: Callable[[Shape], tuple[MapCanvas, Heard]]) -> None:
    canvas, heard = canvas_with(PLAIN)
    canvas.take(PartTool(canvas, "one", PLAIN))
    click_around(canvas, at(canvas, (-93.498, 41.702)), 30)
    by_enter(canvas)
    assert heard.edited == []
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("One part of the field lies inside another part.")


def test_holes_and_parts_are_removed_step_by_step(canvas_with: Callable[[Shape], tuple[MapCanvas, Heard]]) -> None:
    canvas, heard = canvas_with(RICH)
    canvas.take(RemoveTool(canvas, "one", RICH))
    in_hole, in_part, in_shell = (-93.498, 41.702), (-93.495, 41.7005), (-93.4995, 41.7005)
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, in_hole))
    state = canvas.edit_state
    assert state is not None
    assert (state.undo_name, state.area_ha) == ("Remove hole", pytest.approx(area_ha(((SQUARE,), (BESIDE,)))))
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, in_part))
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    assert canvas.redo()
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, in_shell))
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("This is the field's only part")
    by_enter(canvas)
    assert heard.edited == [("one", PLAIN)]


def test_what_was_removed_is_written_down_step_by_step_and_taken_up_again(
    canvas_with: Callable[[Shape], tuple[MapCanvas, Heard]],
) -> None:
    canvas, heard = canvas_with(RICH)
    canvas.take(tool := RemoveTool(canvas, "one", RICH))
    for spot in ((-93.498, 41.702), (-93.495, 41.7005)):
        QTest.mouseClick(canvas, LEFT, pos=at(canvas, spot))
    kept = tool.kept_history
    written = [tool.as_shapes(value) for value in kept.values]
    canvas.take(again := RemoveTool(canvas, "one", RICH))
    again.resume(History(tuple(map(again.from_shapes, written)), kept.names, kept.at))
    assert canvas.edit_state is not None and canvas.edit_state.undo_name == "Remove part"
    assert again.undo() and again.undo() and again.history.now == RICH
    assert again.redo() and again.redo()
    by_enter(canvas)
    assert heard.edited == [("one", PLAIN)]


def test_what_would_go_is_red_and_esc_takes_everything_back(
    canvas_with: Callable[[Shape], tuple[MapCanvas, Heard]],
) -> None:
    canvas, heard = canvas_with(RICH)
    canvas.take(RemoveTool(canvas, "one", RICH))
    QTest.mouseMove(canvas, at(canvas, (-93.495, 41.7005)))
    edge = at(canvas, (-93.4955, 41.7005))
    picture = canvas.grab().toImage()
    assert LIGHT.warning.rgb() in {picture.pixelColor(edge + QPoint(dx, 0)).rgb() for dx in range(-3, 4)}
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, (-93.495, 41.7005)))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (heard.edited, canvas.tool) == ([], "browse")


def test_a_field_is_drawn_without_a_mouse(canvas: MapCanvas) -> None:
    heard = Heard(canvas)
    canvas.start_draw()

    def strokes(key: Qt.Key, count: int) -> None:
        for _ in range(count):
            QTest.keyClick(canvas, key)

    QTest.keyClick(canvas, Qt.Key.Key_Up)  # the cross-hair comes to the middle
    pixels = [QPoint(400, 300), QPoint(460, 300), QPoint(460, 348)]
    for key, count in ((Qt.Key.Key_Up, 0), (Qt.Key.Key_Right, 5), (Qt.Key.Key_Down, 4)):
        strokes(key, count)
        QTest.keyClick(canvas, Qt.Key.Key_Space)
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    picture = canvas.grab().toImage()
    arm = picture.pixelColor(459, 348 + 12)
    assert arm.blue() > arm.red() + 100, "the cross-hair is seen"
    by_enter(canvas)
    (made,) = heard.drawn
    assert [canvas.view.to_screen(spot) for spot in made[0][0][:-1]] == [
        pytest.approx((pixel.x(), pixel.y()), abs=1e-3) for pixel in pixels
    ]


def test_the_cross_hair_pushes_the_map_at_its_edge(canvas: MapCanvas) -> None:
    canvas.start_draw()
    before = canvas.view.center
    for _ in range(40):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.center[0] > before[0]
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert canvas.edit_state is not None and canvas.edit_state.can_undo


def test_arrow_keys_push_the_map_again_when_the_drawing_is_over(canvas: MapCanvas) -> None:
    draw(canvas, CORNERS)
    canvas.cancel()
    before = canvas.view.center
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.center[0] > before[0]
