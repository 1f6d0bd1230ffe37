"""The rarer tools in the real window: from the menu to the queue, and back with one undo."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Shape
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import FieldRow
from tests.journeys import hands

PATIENCE = 15000


def shape_of(window: MainWindow, field_id: str) -> Shape:
    field = window.workspace.catalog.field(field_id)
    assert field is not None and field.shape is not None
    return field.shape


def select(window: MainWindow, row: FieldRow, qtbot: QtBot) -> None:
    """Select a field, look at it, wait until its tools may be used."""
    window.select(row.id)
    window.canvas.fit_field(row.id)
    window.canvas.settle()
    qtbot.waitUntil(window.commands["hole"].isEnabled, timeout=PATIENCE)


def take(window: MainWindow, tool: str, qtbot: QtBot) -> None:
    hands.press(window, tool)
    qtbot.waitUntil(lambda: window.canvas.tool == tool, timeout=PATIENCE)


def middle_of(window: MainWindow, shape: Shape) -> QPoint:
    ring = shape[0][0][:-1]
    return hands.pixel(window, (sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)))


def click_around(window: MainWindow, middle: QPoint, half: int, qtbot: QtBot) -> None:
    for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(dx * half, dy * half))


def test_a_hole_goes_into_the_queue_and_comes_out_again(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    before = shape_of(window, row.id)
    select(window, row, qtbot)
    if len(before) == len(before[0]) == 1:
        assert window.commands.why_not("remove") == "This field is one part without holes."
    take(window, "hole", qtbot)
    assert window.commands["hole"].isChecked()
    click_around(window, middle_of(window, before), 12, qtbot)
    assert "Enter or the first corner closes" in window.map_page.hint.text
    assert window.inspector.draft.value("change").startswith("−")
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=PATIENCE)
    after = shape_of(window, row.id)
    assert after[0][0] == before[0][0] and len(after[0]) == len(before[0]) + 1
    assert area_ha(after) < area_ha(before)
    qtbot.waitUntil(window.commands["remove"].isEnabled, timeout=PATIENCE)
    take(window, "remove", qtbot)
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=middle_of(window, before))
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.queue.items, timeout=PATIENCE)
    assert shape_of(window, row.id) == before


@pytest.mark.parametrize("key", [Qt.Key.Key_H, Qt.Key.Key_P])
def test_a_tool_is_taken_by_its_key_and_left_by_esc(window: MainWindow, qtbot: QtBot, key: Qt.Key) -> None:
    select(window, hands.field_to_edit(window), qtbot)
    qtbot.keyClick(window.canvas, key)
    name = {Qt.Key.Key_H: "hole", Qt.Key.Key_P: "part"}[key]
    qtbot.waitUntil(lambda: window.canvas.tool == name, timeout=PATIENCE)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert (window.canvas.tool, window.drawing.mode) == ("browse", "select")
    assert window.commands["select"].isChecked()


def test_the_menu_holds_the_tools_and_says_why_one_cannot_be_used(window: MainWindow) -> None:
    assert window.map_page.more.menu() is window.map_page.menu
    assert window.commands["hole"] in window.map_page.menu.actions()
    assert window.map_page.menu.toolTipsVisible()
    assert window.commands["hole"].toolTip() == "Select a field first."
