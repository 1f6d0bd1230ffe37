"""Many corners in one step, corners shared with neighbours, stretches redrawn, neighbours followed, freehand."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from leafdesk.geo.check import problems
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Shape
from leafdesk.ui.map import edit
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.edit import EditTool
from leafdesk.ui.map.reshaping import ReshapeTool
from tests.geo.test_apart import spot
from tests.ui.map.conftest import square
from tests.ui.map.test_tools import HOLE, LEFT, SQUARE, Heard, at, by_enter, drag, ring_through

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
SHAPE: Shape = ((SQUARE, HOLE),)
BESIDE: Shape = ((square(-93.496, 41.7),),)
"""It shares SQUARE's eastern edge."""
EAST_SOUTH, EAST_NORTH = SQUARE[1], SQUARE[2]


@pytest.fixture
def editing(show: Callable[..., MapCanvas], field: Any) -> tuple[MapCanvas, Heard, list[dict[str, Shape]]]:
    canvas = show(field("one", SHAPE), field("two", BESIDE, "Beside"))
    heard, together = Heard(canvas), list[dict[str, Shape]]()
    canvas.edited_together.connect(together.append)
    canvas.start_edit("one", SHAPE)
    return canvas, heard, together


Editing = tuple[MapCanvas, Heard, list[dict[str, Shape]]]


def shift_drag(canvas: MapCanvas, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(canvas, LEFT, SHIFT, start)
    for step in range(1, 5):
        QTest.mouseMove(canvas, start + (end - start) * step / 4)
    QTest.mouseRelease(canvas, LEFT, SHIFT, end)


def test_a_box_chooses_corners_and_one_drag_moves_them_all(editing: Editing) -> None:
    canvas, heard, _ = editing
    shift_drag(canvas, at(canvas, HOLE[0]) + QPoint(-20, 20), at(canvas, HOLE[2]) + QPoint(20, -20))
    assert isinstance(tool := canvas.hand_tool, EditTool)
    assert len(tool.chosen) == 4
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith("Drag one to move all")
    start = at(canvas, HOLE[0])
    drag(canvas, start, start + QPoint(30, -20))
    assert canvas.edit_state.undo_name == "Move 4 corners"
    assert canvas.undo() and not canvas.undo()
    assert canvas.redo()
    by_enter(canvas)
    ((_, after),) = heard.edited
    assert after[0][0] is SQUARE
    moves = {(round(b[0] - a[0], 9), round(b[1] - a[1], 6)) for a, b in zip(HOLE, after[0][1], strict=True)}
    assert len(moves) == 1
    assert area_ha(((after[0][1],),)) == pytest.approx(area_ha(((HOLE,),)), rel=1e-4)


def test_chosen_corners_are_added_dropped_nudged_and_removed(editing: Editing) -> None:
    canvas, heard, _ = editing
    assert isinstance(tool := canvas.hand_tool, EditTool)
    for corner in (SQUARE[0], SQUARE[1], SQUARE[1], HOLE[0]):
        QTest.mouseClick(canvas, LEFT, CTRL, at(canvas, corner))
    assert len(tool.chosen) == 2
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.edit_state is not None and canvas.edit_state.undo_name == "Nudge 2 corners"
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert canvas.edit_state.undo_name == "Remove 2 corners"
    assert [len(ring) for ring in tool.shape[0]] == [4, 4]
    assert set(tool.shape[0][0]) == set(SQUARE[1:4])
    by_enter(canvas)
    assert heard.edited == []
    assert canvas.edit_state.hint.startswith("A hole lies outside") or canvas.edit_state.problems


def test_all_corners_are_chosen_by_keys_and_cannot_all_go(editing: Editing) -> None:
    canvas, heard, _ = editing
    QTest.keyClick(canvas, Qt.Key.Key_A, CTRL)
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("A boundary needs at least three corners.")
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.tool == "edit", "the first Esc only chooses none"
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (canvas.tool, heard.edited) == ("browse", [])


def test_an_empty_box_says_so(editing: Editing) -> None:
    canvas, _, _ = editing
    shift_drag(canvas, QPoint(5, 5), QPoint(20, 20))
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith("There is no corner in that box.")


# ---------------------------------------------------------------------- shared corners
def test_a_shared_corner_moves_in_both_fields_as_one_step(editing: Editing) -> None:
    canvas, heard, together = editing
    assert canvas.hand_tool.does("together")
    start = at(canvas, EAST_SOUTH)
    drag(canvas, start, start + QPoint(0, 40))
    by_enter(canvas)
    assert heard.edited == []
    (shapes,) = together
    new = shapes["one"][0][0][1]
    assert new != EAST_SOUTH
    assert shapes == {"one": ((*_with(SHAPE[0], 1, new),),), "two": ((_ring_with(BESIDE[0][0], EAST_SOUTH, new),),)}


def _ring_with(ring: Any, old: Any, new: Any) -> Any:
    return tuple(new if spot == old else spot for spot in ring)


def _with(polygon: Any, at_: int, new: Any) -> Any:
    return (_ring_with(polygon[0], polygon[0][at_], new), *polygon[1:])


def test_corners_move_alone_unless_wanted(editing: Editing) -> None:
    canvas, heard, together = editing
    start = at(canvas, EAST_SOUTH)
    drag(canvas, start, start + QPoint(0, 40))
    by_enter(canvas)
    assert len(heard.edited) == 1 and together == []


def test_a_corner_on_a_shared_edge_is_added_and_removed_in_both(editing: Editing) -> None:
    canvas, _heard, together = editing
    canvas.together = True
    middle = (at(canvas, EAST_SOUTH) + at(canvas, EAST_NORTH)) / 2
    drag(canvas, middle, middle + QPoint(25, 0))
    assert canvas.edit_state is not None and canvas.edit_state.undo_name == "Add corner"
    assert isinstance(tool := canvas.hand_tool, EditTool)
    assert {len(shape[0][0]) for _, shape in tool.ground.beside} == {6}
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    by_enter(canvas)
    (shapes,) = together
    assert shapes == {"one": SHAPE, "two": BESIDE}


def test_a_neighbour_that_may_not_change_stays_and_is_named(editing: Editing) -> None:
    canvas, heard, together = editing
    canvas.together = True
    canvas.why_not_change = lambda id_: "Fields from Deere are changed in Deere."
    start = at(canvas, EAST_SOUTH)
    drag(canvas, start, start + QPoint(0, 40))
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("Beside stays as it is. Fields from Deere are changed in Deere.")
    by_enter(canvas)
    assert len(heard.edited) == 1 and together == []


# ---------------------------------------------------------------------- stretches
def test_a_stretch_is_redrawn(show: Callable[..., MapCanvas], field: Any) -> None:
    shape: Shape = ((SQUARE,),)
    canvas = show(field("one", shape))
    heard = Heard(canvas)
    canvas.take(ReshapeTool(canvas, "one", shape))
    low, high = at(canvas, (-93.499, 41.704)), at(canvas, (-93.497, 41.704))
    for pixel in (low, (low + high) / 2 + QPoint(0, 60), high):
        QTest.mouseClick(canvas, LEFT, pos=pixel)
    assert canvas.edit_state is not None and canvas.edit_state.area_ha is not None
    assert canvas.edit_state.area_ha < area_ha(shape)
    by_enter(canvas)
    ((_, after),) = heard.edited
    assert problems(after) == [] and set(SQUARE) <= set(after[0][0])
    assert len(after[0][0]) == len(SQUARE) + 3


def test_a_line_that_does_not_reach_the_boundary_is_refused(show: Callable[..., MapCanvas], field: Any) -> None:
    shape: Shape = ((SQUARE,),)
    canvas = show(field("one", shape))
    heard = Heard(canvas)
    canvas.take(ReshapeTool(canvas, "one", shape))
    for pixel in (QPoint(380, 300), QPoint(420, 300)):
        QTest.mouseClick(canvas, LEFT, pos=pixel)
    by_enter(canvas)
    assert heard.edited == []
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("The line has to begin and end on the boundary")


def test_a_neighbour_is_followed_between_two_of_its_corners(show: Callable[..., MapCanvas], field: Any) -> None:
    canvas = show(field("one", ((SQUARE,),)))
    heard = Heard(canvas)
    canvas.start_draw()
    QTest.mouseClick(canvas, LEFT, pos=at(canvas, SQUARE[0]))
    QTest.mouseClick(canvas, LEFT, CTRL, at(canvas, SQUARE[2]))
    assert canvas.edit_state is not None and canvas.edit_state.undo_name == "Follow neighbour"
    by_enter(canvas)
    ((ring,),) = heard.drawn[0]
    assert ring[0] == SQUARE[0] and ring[2] == SQUARE[2] and ring[1] in (SQUARE[1], SQUARE[3])
    canvas.start_draw()
    QTest.mouseClick(canvas, LEFT, pos=QPoint(20, 20))
    QTest.mouseClick(canvas, LEFT, CTRL, at(canvas, SQUARE[2]))
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("To follow a boundary")


def test_a_line_is_drawn_by_freehand_as_one_step(canvas: MapCanvas) -> None:
    heard = Heard(canvas)
    canvas.start_draw()
    pixels = [QPoint(100 + n, 100) for n in range(0, 200, 5)] + [QPoint(300, 100 + n) for n in range(0, 200, 5)]
    QTest.mousePress(canvas, LEFT, SHIFT, pixels[0])
    for pixel in pixels:
        QTest.mouseMove(canvas, pixel)
    QTest.mouseRelease(canvas, LEFT, SHIFT, pixels[-1])
    assert canvas.edit_state is not None and canvas.edit_state.undo_name == "Draw freehand"
    by_enter(canvas)
    assert heard.drawn == [((ring_through(canvas, [QPoint(100, 100), QPoint(300, 100), QPoint(300, 295)]),),)]


def test_a_parcel_of_many_thousand_corners_is_measured_beside_the_window_and_keeps_every_number(
    show: Callable[..., MapCanvas], field: Any
) -> None:
    ring = tuple(spot(n * 6.283185 / 3_000, 0.008 + 0.000002 * (n % 7)) for n in range(3_000))
    shape: Shape = (((*ring, ring[0]),),)
    canvas = show(field("big", shape))
    heard = Heard(canvas)
    jobs: list[tuple[Any, Any]] = []
    canvas.work = lambda job, done, failed: jobs.append((job, done))
    canvas.start_edit("big", shape)
    assert canvas.edit_state is not None and canvas.edit_state.area_ha is None
    ((job, done),) = jobs
    done(job())
    assert canvas.edit_state.area_ha == canvas.edit_state.before_ha == pytest.approx(area_ha(shape), rel=1e-12)
    start = at(canvas, ring[750])
    QTest.mouseMove(canvas, start)
    QTest.mousePress(canvas, LEFT, pos=start)
    QTest.mouseMove(canvas, start + QPoint(0, -40))
    picture = canvas.grab().toImage()
    moving = [picture.pixelColor(start + QPoint(dx, -20)) for dx in range(-8, 9)]
    assert any(one.blue() > one.red() + 90 for one in moving), "the edges at the hand are seen while it drags"
    QTest.mouseRelease(canvas, LEFT, pos=start + QPoint(0, -40))
    job, done = jobs[-1]
    done(job())
    assert canvas.edit_state.area_ha != canvas.edit_state.before_ha
    by_enter(canvas)
    job, done = jobs[-1]
    done(job())
    ((_, after),) = heard.edited
    assert sum(a is not b for a, b in zip(after[0][0], shape[0][0], strict=True)) == 1


def test_while_a_corner_of_thousands_is_dragged_the_other_handles_are_painted_once(
    show: Callable[..., MapCanvas], field: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = tuple(spot(n * 6.283185 / 3_000, 0.008) for n in range(3_000))
    shape: Shape = (((*ring, ring[0]),),)
    canvas = show(field("big", shape))
    canvas.work = lambda job, done, failed: done(job())
    canvas.start_edit("big", shape)
    start, painted = at(canvas, ring[750]), list[int]()
    paint = edit.paint_handles
    monkeypatch.setattr(edit, "paint_handles", lambda *a, **k: (painted.append(1), paint(*a, **k)))
    QTest.mouseMove(canvas, start)
    QTest.mousePress(canvas, LEFT, pos=start)
    canvas.grab()
    painted.clear()
    for step in range(1, 6):
        QTest.mouseMove(canvas, start + QPoint(0, 15 * step))
        picture = canvas.grab().toImage()
    assert len(painted) <= 1
    assert picture.pixelColor(start + QPoint(3, 73)) == canvas.colours.accent, "the corner is under the hand"
    assert picture.pixelColor(start + QPoint(3, 30)) != canvas.colours.accent, "and nowhere on the way"
    QTest.mouseRelease(canvas, LEFT, pos=start + QPoint(0, 75))
