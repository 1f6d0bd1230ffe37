"""Drawing and editing with a simulated hand: the shapes that come out, what is refused and why."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from leafdesk.geo.measure import area_ha, bearing_deg, length_m
from leafdesk.geo.shape import Position, Ring, Shape
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.colours import LIGHT
from leafdesk.ui.map.sketch import EditState, metres
from tests.ui.map.conftest import square

LEFT = Qt.MouseButton.LeftButton
SQUARE = square(-93.5, 41.7)
HOLE = square(-93.4985, 41.7015, 0.001)


class Heard:
    """Everything a map says while a test works on it."""

    def __init__(self, canvas: MapCanvas) -> None:
        self.drawn: list[Shape] = []
        self.edited: list[tuple[str, Shape]] = []
        self.states: list[EditState | None] = []
        self.tools: list[str] = []
        canvas.drawn.connect(self.drawn.append)
        canvas.edited.connect(lambda id_, shape: self.edited.append((id_, shape)))
        canvas.edit_changed.connect(self.states.append)
        canvas.tool_changed.connect(self.tools.append)


@pytest.fixture
def editing(show: Callable[..., MapCanvas], field: Any) -> tuple[MapCanvas, Heard]:
    """A map on which a square field with a square hole is being edited, another field beside it."""
    shape: Shape = ((SQUARE, HOLE),)
    canvas = show(field("one", shape), field("other", ((square(-93.49, 41.7),),)))
    heard = Heard(canvas)
    canvas.start_edit("one", shape)
    return canvas, heard


def at(canvas: MapCanvas, position: Position) -> QPoint:
    x, y = canvas.view.to_screen(position)
    return QPoint(round(x), round(y))


def drag(canvas: MapCanvas, start: QPoint, end: QPoint) -> None:
    QTest.mouseMove(canvas, start)
    QTest.mousePress(canvas, LEFT, pos=start)
    QTest.mouseMove(canvas, (start + end) / 2)
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, LEFT, pos=end)


def press_keys(canvas: MapCanvas, keys: QKeySequence.StandardKey) -> None:
    stroke = QKeySequence.keyBindings(keys)[0][0]
    QTest.keyClick(canvas, stroke.key(), stroke.keyboardModifiers())


# ---------------------------------------------------------------------- drawing
CORNERS = [QPoint(100, 100), QPoint(300, 120), QPoint(280, 300), QPoint(120, 280)]


def draw(canvas: MapCanvas, corners: list[QPoint]) -> None:
    canvas.start_draw()
    for corner in corners:
        QTest.mouseClick(canvas, LEFT, pos=corner)


def ring_through(canvas: MapCanvas, corners: list[QPoint]) -> Ring:
    drawn = tuple(canvas.view.to_lonlat((corner.x(), corner.y())) for corner in corners)
    return (*drawn, drawn[0])


def test_the_card_says_hectares_acres_and_the_side_with_its_bearing(canvas: MapCanvas) -> None:
    draw(canvas, CORNERS[:1])
    tool = canvas.hand_tool
    QTest.mouseMove(canvas, CORNERS[1])
    a, b = (canvas.view.to_lonlat((spot.x(), spot.y())) for spot in CORNERS[:2])
    side = f"side {metres(length_m(a, b))}, {bearing_deg(a, b):.0f}°"
    assert tool._lines() == [side]  # type: ignore[attr-defined]
    for corner in CORNERS[1:]:
        QTest.mouseClick(canvas, LEFT, pos=corner)
    area = area_ha(((ring_through(canvas, CORNERS),),))
    assert tool._lines()[0] == f"{area:,.2f} ha ({area * 2.4710538146716534:,.2f} ac)"  # type: ignore[attr-defined]


def by_enter(canvas: MapCanvas) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_Return)


def by_first_corner(canvas: MapCanvas) -> None:
    QTest.mouseClick(canvas, LEFT, pos=CORNERS[0] + QPoint(3, -2))


def by_double_click(canvas: MapCanvas) -> None:
    QTest.mouseDClick(canvas, LEFT, pos=CORNERS[-1])


@pytest.mark.parametrize("close", [by_enter, by_first_corner, by_double_click])
def test_clicks_become_the_very_corners_of_the_shape(
    show: Callable[..., MapCanvas], field: Any, close: Callable[[MapCanvas], None]
) -> None:
    canvas = show(field("one", ((SQUARE,),)))
    heard = Heard(canvas)
    draw(canvas, CORNERS)
    assert heard.drawn == []
    close(canvas)
    assert heard.drawn == [((ring_through(canvas, CORNERS),),)]
    assert canvas.tool == "browse"
    assert heard.tools == ["draw", "browse"]
    assert heard.states[-1] is None


def test_a_double_click_elsewhere_adds_its_corner_first(canvas: MapCanvas) -> None:
    heard = Heard(canvas)
    draw(canvas, CORNERS[:3])
    QTest.mouseDClick(canvas, LEFT, pos=CORNERS[3])
    assert heard.drawn == [((ring_through(canvas, CORNERS),),)]


def test_backspace_and_undo_take_corners_back(canvas: MapCanvas) -> None:
    heard = Heard(canvas)
    draw(canvas, CORNERS)
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    press_keys(canvas, QKeySequence.StandardKey.Undo)  # takes the taking back back
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    by_enter(canvas)
    assert heard.drawn == [((ring_through(canvas, CORNERS[:3]),),)]


def test_the_area_is_told_while_the_hand_moves(canvas: MapCanvas) -> None:
    heard = Heard(canvas)
    draw(canvas, CORNERS[:2])
    QTest.mouseMove(canvas, CORNERS[2])
    state = heard.states[-1]
    assert state is not None
    ring = ring_through(canvas, CORNERS[:3])
    assert state.area_ha == pytest.approx(area_ha(((ring,),)), rel=1e-9)
    assert state.side_m == pytest.approx(length_m(ring[1], ring[2]))
    assert state.before_ha is None
    assert state.can_undo
    assert not state.can_redo


def test_too_few_corners_are_not_taken_and_the_hint_counts(canvas: MapCanvas) -> None:
    heard = Heard(canvas)
    draw(canvas, CORNERS[:2])
    by_enter(canvas)
    assert heard.drawn == []
    assert canvas.tool == "draw"
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("1 more corner needed.")


def test_a_crossing_boundary_is_not_taken_and_is_marked_where_it_crosses(
    show: Callable[..., MapCanvas], field: Any
) -> None:
    canvas = show(field("one", ((SQUARE,),)))
    heard = Heard(canvas)
    crossing = [QPoint(100, 100), QPoint(300, 300), QPoint(300, 100), QPoint(100, 300)]
    draw(canvas, crossing)
    by_enter(canvas)
    assert heard.drawn == []
    state = canvas.edit_state
    assert state is not None
    assert state.hint.startswith("The boundary crosses itself here.")
    assert [problem.code for problem in state.problems] == ["SELF_INTERSECTION"]
    assert state.problems[0].where is not None
    assert canvas.view.to_screen(state.problems[0].where) == pytest.approx((200, 200), abs=1)
    picture = canvas.grab().toImage()
    reds = {picture.pixelColor(200 + dx, 200 + dy).rgb() for dx in range(-10, 11) for dy in range(-10, 11)}
    assert QColor(LIGHT.warning).rgb() in reds
    for _ in range(2):
        QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    QTest.mouseClick(canvas, LEFT, pos=QPoint(100, 300))
    by_enter(canvas)
    assert heard.drawn == [((ring_through(canvas, [*crossing[:2], crossing[3]]),),)]


def test_esc_leaves_a_drawing_without_a_word(canvas: MapCanvas) -> None:
    heard = Heard(canvas)
    draw(canvas, CORNERS)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (heard.drawn, canvas.tool, canvas.edit_state) == ([], "browse", None)


def test_the_map_can_be_pushed_while_drawing(canvas: MapCanvas) -> None:
    heard = Heard(canvas)
    draw(canvas, CORNERS[:2])
    before = ring_through(canvas, CORNERS[:2])[:2]
    drag(canvas, QPoint(500, 400), QPoint(600, 450))
    QTest.mouseClick(canvas, LEFT, pos=QPoint(300, 500))
    after = canvas.view.to_lonlat((300, 500))
    by_enter(canvas)
    assert heard.drawn == [(((*before, after, before[0]),),)]


# ---------------------------------------------------------------------- editing
def test_dragging_a_corner_moves_it_and_nothing_else(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    end = at(canvas, SQUARE[2]) + QPoint(-30, 25)
    drag(canvas, at(canvas, SQUARE[2]), end)
    to = canvas.view.to_lonlat((end.x(), end.y()))
    by_enter(canvas)
    assert heard.edited == [("one", (((*SQUARE[:2], to, *SQUARE[3:]), HOLE),))]
    assert heard.edited[0][1][0][1] is HOLE
    assert canvas.tool == "browse"


def test_the_first_corner_takes_its_twin_along(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    end = at(canvas, SQUARE[0]) + QPoint(-20, 10)
    drag(canvas, at(canvas, SQUARE[0]), end)
    by_enter(canvas)
    ring = heard.edited[0][1][0][0]
    assert ring[0] == ring[-1] == canvas.view.to_lonlat((end.x(), end.y()))
    assert ring[1:-1] == SQUARE[1:-1]


def test_corners_of_holes_can_be_dragged(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    drag(canvas, at(canvas, HOLE[1]), at(canvas, HOLE[1]) + QPoint(15, 0))
    by_enter(canvas)
    shell, hole = heard.edited[0][1][0]
    assert shell is SQUARE
    assert hole[0] == HOLE[0]
    assert hole[1] != HOLE[1]


@pytest.mark.parametrize("along", [0.5, 0.2], ids=["midpoint", "elsewhere on the edge"])
def test_pulling_an_edge_adds_a_corner(editing: tuple[MapCanvas, Heard], along: float) -> None:
    canvas, heard = editing
    a, b = SQUARE[1], SQUARE[2]
    start = at(canvas, (a[0] + (b[0] - a[0]) * along, a[1] + (b[1] - a[1]) * along))
    drag(canvas, start, start + QPoint(40, 0))
    assert canvas.undo()
    assert not canvas.undo(), "adding and moving was one step"
    assert canvas.redo()
    by_enter(canvas)
    ring = heard.edited[0][1][0][0]
    assert ring[:2] == SQUARE[:2]
    assert ring[3:] == SQUARE[2:]
    assert canvas.view.to_screen(ring[2]) == pytest.approx((start.x() + 40, start.y()), abs=1)


def test_one_drag_is_one_step_and_steps_go_both_ways(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    for n, move in ((2, QPoint(20, 20)), (3, QPoint(-20, 20))):
        drag(canvas, at(canvas, SQUARE[n]), at(canvas, SQUARE[n]) + move)
    both = heard.states[-1]
    press_keys(canvas, QKeySequence.StandardKey.Undo)
    press_keys(canvas, QKeySequence.StandardKey.Undo)
    none = heard.states[-1]
    assert both is not None
    assert none is not None
    assert (none.can_undo, none.can_redo, none.area_ha) == (False, True, none.before_ha)
    assert none.redo_name == "Move corner"
    press_keys(canvas, QKeySequence.StandardKey.Redo)
    press_keys(canvas, QKeySequence.StandardKey.Redo)
    assert heard.states[-1] is not None
    assert heard.states[-1].area_ha == both.area_ha


def test_delete_removes_the_corner_under_the_hand_down_to_three(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    QTest.mouseMove(canvas, at(canvas, SQUARE[2]))
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    QTest.mouseMove(canvas, at(canvas, SQUARE[3]))
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("A boundary needs at least three corners.")
    by_enter(canvas)
    assert heard.edited == []  # the hole now lies outside the triangle's long side or touches it
    assert canvas.edit_state.problems


def test_delete_with_nothing_under_the_hand_says_what_to_do(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, _ = editing
    QTest.mouseMove(canvas, QPoint(5, 5))
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("Point at the corner to remove.")


def test_an_invalid_shape_is_not_kept_and_the_hint_says_why(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    drag(canvas, at(canvas, SQUARE[0]), at(canvas, SQUARE[2]) + QPoint(60, -60))
    by_enter(canvas)
    assert heard.edited == []
    assert canvas.tool == "edit"
    assert canvas.edit_state is not None
    assert canvas.edit_state.problems
    assert canvas.edit_state.hint.startswith(canvas.edit_state.problems[0].message)


def test_esc_takes_everything_back(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    drag(canvas, at(canvas, SQUARE[2]), at(canvas, SQUARE[2]) + QPoint(30, 30))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (heard.edited, canvas.tool, canvas.edit_state) == ([], "browse", None)


def test_esc_in_the_middle_of_a_drag_takes_only_the_drag_back(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    start = at(canvas, SQUARE[2])
    QTest.mouseMove(canvas, start)
    QTest.mousePress(canvas, LEFT, pos=start)
    QTest.mouseMove(canvas, start + QPoint(50, 50))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas, LEFT, pos=start + QPoint(50, 50))
    assert canvas.tool == "edit"
    by_enter(canvas)
    assert heard.edited == []


def test_a_click_beside_the_shape_keeps_it(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    drag(canvas, at(canvas, SQUARE[2]), at(canvas, SQUARE[2]) + QPoint(20, 0))
    QTest.mouseClick(canvas, LEFT, pos=QPoint(12, 12))
    assert len(heard.edited) == 1


def test_nothing_changed_is_no_edit(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    by_enter(canvas)
    assert (heard.edited, canvas.tool) == ([], "browse")


def test_the_area_is_told_before_and_after(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    drag(canvas, at(canvas, SQUARE[2]), at(canvas, SQUARE[2]) + QPoint(-20, 20))
    state = heard.states[-1]
    assert state is not None
    by_enter(canvas)
    assert state.before_ha == pytest.approx(area_ha(((SQUARE, HOLE),)))
    assert state.area_ha == pytest.approx(area_ha(heard.edited[0][1]))
    assert state.undo_name == "Move corner"


def test_the_edited_field_is_painted_as_it_is_becoming(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, _ = editing
    canvas.settle()
    start = at(canvas, SQUARE[2])
    drag(canvas, start, start + QPoint(-60, 60))
    picture = canvas.grab().toImage()
    assert picture.pixelColor(start + QPoint(-100, 8)).rgb() == LIGHT.ground.rgb()
    handle = picture.pixelColor(start + QPoint(-60, 60))
    assert handle.rgb() == LIGHT.accent.rgb()


def test_the_window_does_not_get_the_drawings_own_keys(qtbot: QtBot) -> None:
    """Ctrl+Z is the window's undo too; while drawing it has to take back a corner instead."""
    window = QMainWindow()
    qtbot.addWidget(window)
    canvas = MapCanvas()
    window.setCentralWidget(canvas)
    taken: list[bool] = []
    undo = QAction("Undo", window, shortcut=QKeySequence.StandardKey.Undo)
    undo.triggered.connect(lambda: taken.append(True))
    window.addAction(undo)
    window.resize(800, 600)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    canvas.setFocus()
    draw(canvas, CORNERS)
    press_keys(canvas, QKeySequence.StandardKey.Undo)
    assert taken == []
    assert canvas.edit_state is not None
    assert canvas.edit_state.can_redo
    canvas.cancel()
    press_keys(canvas, QKeySequence.StandardKey.Undo)
    assert len(taken) == 1
    window.hide()
