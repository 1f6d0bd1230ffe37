"""A morning at the desk without a mouse: look fields through, put names right, note a new machine, all without a
signal; then Leaf has it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from leafdesk.sandbox import Sandbox
from leafdesk.ui.dialogs.field import Rename
from leafdesk.ui.dialogs.machine import MachineSheet
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.fields import FieldsPage
from leafdesk.ui.panels.machines import MachinesPanel
from leafdesk.ui.tables.tabs import Tabs
from tests.journeys import hands

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def focus() -> QWidget:
    """Where the keyboard is."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_a_morning_at_the_desk(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    sandbox.go_dark()
    # the largest fields of one farm, taken into a spreadsheet
    qtbot.keyClick(window, Qt.Key.Key_2, CTRL)
    qtbot.waitUntil(lambda: isinstance(window.pages.currentWidget(), FieldsPage))
    fields = window.pages.currentWidget()
    assert isinstance(fields, FieldsPage)
    qtbot.waitUntil(lambda: fields.rows.rowCount() > 0, timeout=15000)
    row = hands.field_to_edit(window)
    farm = window.lists.farms[row.farm_id or ""]
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL)
    with qtbot.waitSignal(fields.rows.stood):
        qtbot.keyClicks(focus(), farm.name)
    qtbot.waitUntil(lambda: fields.rows.rowCount() < len(window.lists.rows))
    qtbot.keyClick(focus(), Qt.Key.Key_Return)
    for _ in range(2):
        qtbot.keyClick(focus(), Qt.Key.Key_Right)
    with qtbot.waitSignal(fields.rows.stood):
        qtbot.keyClick(focus(), Qt.Key.Key_Down, ALT)
    shown = [fields.rows.row(place) for place in range(fields.rows.rowCount())]
    areas = [one.values.get("leaf_area", 0.0) for one in shown if one is not None]
    assert areas == sorted(areas, reverse=True) and len(areas) == len(shown)
    qtbot.keyClick(focus(), Qt.Key.Key_A, CTRL)
    qtbot.keyClick(focus(), Qt.Key.Key_C, CTRL)
    qtbot.waitUntil(lambda: QApplication.clipboard().text().count("\n") == len(shown))

    # a name put right
    fields.point_at(row.id)
    qtbot.waitUntil(window.commands["rename"].isEnabled)
    qtbot.waitUntil(lambda: window.inspector.field_id == row.id)
    qtbot.keyClick(window, Qt.Key.Key_F2)
    rename = window.findChild(Rename)
    assert rename is not None
    rename.name.setText("Put Right")
    qtbot.keyClick(rename.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: fields.row is not None and fields.row.name == "Put Right")
    assert fields.row is not None and fields.row.mark == "pending"

    # a new machine
    window.activateWindow()  # the window system gives it back; offscreen there is none
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_N, CTRL)
    page = window.pages.page("machines")
    assert isinstance(page, Tabs)
    machines = page.panel("Machines")
    assert isinstance(machines, MachinesPanel) and isinstance(machines.sheet, MachineSheet)
    qtbot.keyClicks(machines.sheet.lines_["name"], "Green One")
    qtbot.keyClicks(machines.sheet.lines_["serial_number"], "00042")
    qtbot.keyClick(machines.sheet.lines_["serial_number"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: machines.row is not None and machines.row.name == "Green One", timeout=15000)
    qtbot.waitUntil(lambda: window.status.waiting.text() == "2 changes waiting", timeout=15000)

    # back in reach
    sandbox.come_back()
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: window.status.waiting.text() == "Everything sent", timeout=15000)
    assert {field.get("name") for field in sandbox.leaf.all("fields")} >= {"Put Right"}
    made = [machine for machine in sandbox.leaf.all("machines") if machine.get("name") == "Green One"]
    assert [machine["serialNumber"] for machine in made] == ["00042"]
    qtbot.waitUntil(lambda: machines.row is not None and machines.row.mark == "")
