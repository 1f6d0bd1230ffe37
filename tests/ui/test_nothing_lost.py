"""What stands in the window when a change cannot be kept, and when the hand goes elsewhere while drawing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from leafdesk.geo.shape import Shape
from leafdesk.ui.dialogs.field import Rename
from leafdesk.ui.drawing import AT_STAKE
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import FieldRow
from tests.journeys import hands

PATIENCE = 15000
AROUND = (QPoint(-30, -20), QPoint(30, -20), QPoint(34, 18), QPoint(-28, 22))


@contextmanager
def a_full_disk() -> Iterator[None]:
    """The system lets no file of this process take another byte."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def shape_of(window: MainWindow, row: FieldRow) -> Shape:
    field = window.workspace.catalog.field(row.id)
    assert field is not None and field.shape is not None
    return field.shape


def begin_to_move_a_corner(window: MainWindow, qtbot: QtBot) -> FieldRow:
    """A field in the editing tool, one corner dragged, nothing kept yet."""
    row = hands.field_to_edit(window)
    window.select(row.id)
    window.canvas.fit_field(row.id)
    window.canvas.settle()
    qtbot.waitUntil(window.commands["edit"].isEnabled, timeout=PATIENCE)
    hands.press(window, "edit")
    qtbot.waitUntil(lambda: window.canvas.tool == "edit", timeout=PATIENCE)
    corner = hands.pixel(window, shape_of(window, row)[0][0][0])
    hands.drag(window, corner, corner + QPoint(9, 7), qtbot)
    assert window.drawing.at_stake
    return row


def test_a_new_field_stays_in_its_sheet_and_on_the_map_until_the_disk_takes_it(
    window: MainWindow, qtbot: QtBot
) -> None:
    middle = QPoint(window.canvas.width() // 2, window.canvas.height() // 2)
    hands.draw(window, [middle + corner for corner in AROUND], qtbot)
    qtbot.waitUntil(lambda: window.drawing.sheet is not None, timeout=PATIENCE)
    sheet = window.drawing.sheet
    assert sheet is not None and window.canvas.unnamed is not None
    with a_full_disk():
        hands.name_it(window, "Kept After All", qtbot)
        qtbot.waitUntil(lambda: "disk" in sheet.wrong.text(), timeout=PATIENCE)
    assert sheet.isVisible() and sheet.name.text() == "Kept After All"
    assert window.canvas.unnamed is not None
    assert not window.queue.items
    sheet.yes.click()
    qtbot.waitUntil(lambda: any(row.name == "Kept After All" for row in window.lists.rows.values()), timeout=PATIENCE)
    qtbot.waitUntil(lambda: window.drawing.sheet is None, timeout=PATIENCE)
    assert window.canvas.unnamed is None


def test_a_boundary_goes_back_into_the_hand_until_the_disk_takes_it(window: MainWindow, qtbot: QtBot) -> None:
    row = begin_to_move_a_corner(window, qtbot)
    assert window.canvas.edit_state is not None
    moved = window.canvas.edit_state.area_ha
    with a_full_disk():
        qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "disk" in window.notice.text.text(), timeout=PATIENCE)
    assert window.notice.isVisible()
    assert window.canvas.tool == "edit" and window.drawing.at_stake
    assert window.canvas.edit_state is not None and window.canvas.edit_state.area_ha == moved
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=PATIENCE)
    qtbot.waitUntil(lambda: window.lists.rows[row.id].mark == "pending", timeout=PATIENCE)


def test_a_new_name_stays_in_its_sheet(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    window.doing.rename(row.id)
    (sheet,) = window.findChildren(Rename)
    sheet.name.setText("Zebra Piece")
    with a_full_disk():
        sheet.yes.click()
        qtbot.waitUntil(lambda: "disk" in sheet.wrong.text(), timeout=PATIENCE)
    assert sheet.isVisible() and sheet.name.text() == "Zebra Piece"
    sheet.yes.click()
    qtbot.waitUntil(lambda: window.lists.rows[row.id].name == "Zebra Piece", timeout=PATIENCE)


def test_going_elsewhere_does_not_lose_a_boundary(window: MainWindow, qtbot: QtBot) -> None:
    row = begin_to_move_a_corner(window, qtbot)
    other = next(known for known in window.lists.rows.values() if known.box and known.id != row.id)
    for go in (
        lambda: window.show_page("queue"),
        lambda: window.select(other.id),
        lambda: window.commands["draw"].trigger(),
        lambda: window.commands["select"].trigger(),
    ):
        window.notice.say("")
        go()
        assert window.canvas.tool == "edit" and window.pages.currentWidget() is window.workbench
        assert window.inspector.field_id == row.id == window.canvas.selection
        assert window.commands["edit"].isChecked() and window.commands["map"].isChecked()
        assert window.notice.text.text() == AT_STAKE
    assert not window.close(), "the first time it asks"
    assert window.canvas.tool == "edit"
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert window.canvas.tool == "browse"
    window.select(other.id)
    assert window.inspector.field_id == other.id
