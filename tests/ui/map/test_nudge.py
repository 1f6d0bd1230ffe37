"""Corners chosen and moved with keys only."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from leafdesk.geo.shape import Shape
from leafdesk.ui.map.canvas import MapCanvas
from tests.ui.map.test_tools import HOLE, SQUARE, Heard, by_enter

SHAPE: Shape = ((SQUARE, HOLE),)
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def editing(show: Callable[..., MapCanvas], field: Any) -> tuple[MapCanvas, Heard]:
    canvas = show(field("one", SHAPE))
    heard = Heard(canvas)
    canvas.start_edit("one", SHAPE)
    return canvas, heard


def test_a_corner_is_chosen_and_nudged_without_a_mouse(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    for _ in range(2):
        QTest.keyClick(canvas, Qt.Key.Key_N)
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith("Arrow keys nudge the corner")
    x, y = canvas.view.to_screen(SQUARE[1])
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Down, SHIFT)
    assert canvas.edit_state is not None and canvas.edit_state.undo_name == "Nudge corner"
    by_enter(canvas)
    ((_, after),) = heard.edited
    assert canvas.view.to_screen(after[0][0][1]) == pytest.approx((x + 1, y + 10), abs=1e-3)
    assert (after[0][0][0], after[0][0][2:]) == (SQUARE[0], SQUARE[2:])
    assert after[0][1] is HOLE


def test_the_choice_goes_round_all_rings_and_back(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    QTest.keyClick(canvas, Qt.Key.Key_N)
    QTest.keyClick(canvas, Qt.Key.Key_N, SHIFT)  # from the first corner back to the last: one of the hole
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    by_enter(canvas)
    ((_, after),) = heard.edited
    assert after[0][0] is SQUARE
    assert after[0][1][:3] == HOLE[:3] and after[0][1][3] != HOLE[3]


def test_each_stroke_is_a_step_and_del_removes_the_chosen_corner(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    for key in (Qt.Key.Key_N, Qt.Key.Key_Left, Qt.Key.Key_Up):
        QTest.keyClick(canvas, key)
    assert canvas.undo() and canvas.undo() and not canvas.undo()
    for key in (Qt.Key.Key_N, Qt.Key.Key_N, Qt.Key.Key_N, Qt.Key.Key_N, Qt.Key.Key_N, Qt.Key.Key_Delete):
        QTest.keyClick(canvas, key)
    by_enter(canvas)
    ((_, after),) = heard.edited
    assert after[0][0] is SQUARE
    assert len(after[0][1]) == 4


def test_with_no_corner_chosen_the_arrow_keys_push_the_map(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, heard = editing
    before = canvas.view.center
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.center[0] > before[0]
    by_enter(canvas)
    assert heard.edited == []


def test_a_corner_out_of_sight_is_brought_into_it(editing: tuple[MapCanvas, Heard]) -> None:
    canvas, _ = editing
    canvas.pan(3000, 0)
    QTest.keyClick(canvas, Qt.Key.Key_N)
    x, y = canvas.view.to_screen(SQUARE[0])
    assert 0 <= x < canvas.width() and 0 <= y < canvas.height()
