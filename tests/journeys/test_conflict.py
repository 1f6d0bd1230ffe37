"""A boundary that somebody redrew at Leaf meanwhile: the user decides, nothing is overwritten."""

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from leafdesk.geo.shape import Shape, to_geojson
from leafdesk.sandbox import Sandbox
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import FieldRow
from tests.journeys import hands


def into_conflict(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> tuple[FieldRow, Shape, Shape]:
    """Mine and theirs of one field: edited here, redrawn at Leaf, then synced."""
    row = hands.field_to_edit(window)
    hands.move_a_corner(window, row, QPoint(9, 7), qtbot)
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=15000)
    mine = window.workspace.catalog.field(row.id)
    copy = window.workspace.catalog.server_copy("fields", row.id)
    assert mine is not None and mine.shape is not None
    theirs: Shape = tuple(
        tuple(tuple((x + 1e-5, y) for x, y in ring) for ring in polygon) for polygon in getattr(copy, "shape", ())
    )
    sandbox.leaf.redraw(row.id, to_geojson(theirs))
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: [item.state for item in window.queue.items] == ["conflict"], timeout=15000)
    return row, mine.shape, theirs


@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_the_user_decides(window: MainWindow, sandbox: Sandbox, qtbot: QtBot, keep: str) -> None:
    row, mine, theirs = into_conflict(window, sandbox, qtbot)
    window.select(row.id)
    qtbot.waitUntil(lambda: window.inspector.banner_title.text() == "In conflict with Leaf", timeout=15000)
    assert window.navigator.chips["conflict"].text() == "Conflict 1"
    window.navigator.chips["conflict"].click()
    assert window.navigator.shown() == {row.id}
    window.navigator.chips["all"].click()

    hands.press(window, "queue")
    (line,) = window.queue.lines.values()
    assert line.state.text() == "In conflict"
    assert line.reason.text()
    assert not line.buttons["mine"].isHidden() and line.buttons["discard"].isHidden()
    line.buttons[keep].click()
    if keep == "mine":
        qtbot.waitUntil(lambda: [item.state for item in window.queue.items] == ["waiting"], timeout=15000)
        hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: not window.queue.items, timeout=15000)
    qtbot.waitUntil(lambda: window.lists.rows[row.id].mark == "", timeout=15000)
    field = window.workspace.catalog.field(row.id)
    assert field is not None and field.shape == (mine if keep == "mine" else theirs)
    assert "Everything you did here is at Leaf" in window.queue.note.text()


def test_show_on_map_turns_to_the_field(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    row, _, _ = into_conflict(window, sandbox, qtbot)
    window.select(None)
    hands.press(window, "queue")
    (line,) = window.queue.lines.values()
    line.buttons["show"].click()
    assert window.pages.currentWidget() is window.workbench
    assert window.canvas.selection == window.inspector.field_id == row.id
