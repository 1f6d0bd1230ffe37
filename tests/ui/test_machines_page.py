"""The machines page: what may be changed and why not, the files of a machine, making, changing, deleting."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leafdesk.records import Machine, MachineFile, Quantity
from leafdesk.sandbox import Sandbox
from leafdesk.store.catalog import Catalog
from leafdesk.ui.dialogs.machine import DeleteMachine, MachineSheet
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.machine_detail import read_files
from leafdesk.ui.panels.machines import MachinesPanel
from leafdesk.ui.tables.panel import TablePanel
from leafdesk.ui.tables.tabs import Tabs
from leafdesk.workspace import Row, Where, Workspace
from tests.journeys import hands
from tests.ui.test_tables import asked, machines, shown

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def panel(window: MainWindow, qtbot: QtBot) -> MachinesPanel:
    """The machines, in sight and read."""
    panel = machines(window, qtbot)
    assert isinstance(panel, MachinesPanel)
    return panel


def pick(panel: MachinesPanel, qtbot: QtBot, fits: Callable[[Row], bool]) -> Row:
    """Select the first machine that fits."""
    row = next(row for row in shown(panel) if fits(row))
    panel.look_up(row.id)
    qtbot.waitUntil(lambda: panel.row is not None and panel.row.id == row.id)
    return row


def by_hand(row: Row) -> bool:
    return bool(row.values["origin_type"] == "USER_CREATED")


def test_only_what_was_made_by_hand_may_be_changed_and_the_rest_says_why(
    panel: MachinesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    assert window.commands.why_not("edit-machine") == "Select a machine first."
    pick(panel, qtbot, lambda row: row.values["origin_type"] == "FILE_POOLED")
    said = "This machine was read from machine files; only machines made by hand can be changed."
    assert [window.commands.why_not(key) for key in ("edit-machine", "delete-machine")] == [said, said]
    assert panel.machine.reason.text() == said and panel.machine.reason.isVisible()
    pooled = pick(panel, qtbot, lambda row: row.provider_name == "JohnDeere")
    assert window.commands.why_not("edit-machine") == "Machines from John Deere are changed in John Deere."
    assert panel.machine.title.text() == pooled.name
    pick(panel, qtbot, by_hand)
    assert window.commands["edit-machine"].isEnabled() and window.commands["delete-machine"].isEnabled()
    assert panel.machine.reason.isHidden()
    window.show_page("map")
    assert not window.commands["delete-machine"].isEnabled()


def test_a_new_machine_is_queued_shown_and_sent(
    panel: MachinesPanel, window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    window.show_page("map")
    qtbot.keyClick(window, Qt.Key.Key_N, CTRL)
    assert window.pages.key == "machines"
    sheet = panel.sheet
    assert isinstance(sheet, MachineSheet) and sheet.isVisible() and not sheet.yes.isEnabled()
    for name, text in (("name", "Aardvark"), ("make", "Vallis"), ("serial_number", "0007"), ("model_year", "19")):
        sheet.lines_[name].setText(text)
    assert not sheet.yes.isEnabled() and sheet.wrong.text() == "A model year is a number of four digits."
    sheet.lines_["model_year"].setText("2019")
    sheet.user.setCurrentIndex(sheet.user.count() - 1)
    user = sheet.user.currentData()
    sheet.yes.click()
    qtbot.waitUntil(lambda: panel.row is not None and panel.row.name == "Aardvark")
    row = panel.row
    assert row is not None and row.mark == "pending" and panel.machine.banner.isVisible()
    machine = window.workspace.catalog.get("machines", row.id)
    assert isinstance(machine, Machine)
    assert (machine.make, machine.serial_number, machine.model_year) == ("Vallis", "0007", 2019)
    assert machine.leaf_user_id == user
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: panel.row is not None and panel.row.mark == "")
    assert "Aardvark" in {one.get("name") for one in sandbox.leaf.all("machines")}


def test_a_machine_is_changed_and_taken_back(panel: MachinesPanel, window: MainWindow, qtbot: QtBot) -> None:
    before = pick(panel, qtbot, by_hand)
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL | SHIFT)
    sheet = panel.sheet
    assert isinstance(sheet, MachineSheet) and sheet.lines_["name"].text() == before.name
    assert not sheet.yes.isEnabled()
    sheet.lines_["vin"].clear()
    sheet.yes.click()
    qtbot.waitUntil(lambda: "Leaf does not say how to empty" in sheet.wrong.text())
    sheet.lines_["vin"].setText("1X2")
    assert sheet.answer() == {"vin": "1X2"}
    sheet.yes.click()
    qtbot.waitUntil(lambda: panel.row is not None and panel.row.values["vin"] == "1X2")
    assert panel.row is not None and panel.row.id == before.id and panel.row.mark == "pending"
    qtbot.waitUntil(lambda: window.commands["undo"].isEnabled())
    window.undo()
    qtbot.waitUntil(lambda: panel.row == before)


def test_a_machine_is_deleted_after_a_question(panel: MachinesPanel, window: MainWindow, qtbot: QtBot) -> None:
    row = pick(panel, qtbot, by_hand)
    many = panel.rows.rowCount()
    window.commands["delete-machine"].trigger()
    sheet = panel.sheet
    assert isinstance(sheet, DeleteMachine) and sheet.no.isDefault()
    sheet.yes.click()
    qtbot.waitUntil(lambda: panel.rows.rowCount() == many - 1)
    assert row.id not in {left.id for left in shown(panel)}
    assert [item.sentence for item in window.workspace.outbox.items()] == [f"Delete {row.name}"]


def test_the_files_of_a_machine_are_fetched_on_demand_and_kept_with_their_date(
    panel: MachinesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    row = pick(panel, qtbot, lambda row: row.values["origin_type"] == "FILE_POOLED")
    qtbot.waitUntil(lambda: panel.machine.age.text() == "Not fetched yet.")
    panel.machine.asking.button.click()
    assert not panel.machine.asking.button.isEnabled() and panel.machine.asking.said.text() == "Asking Leaf…"
    qtbot.waitUntil(lambda: "fetched just now" in panel.machine.age.text(), timeout=15000)
    qtbot.waitUntil(panel.machine.asking.button.isEnabled)
    found = window.workspace.tables.rows("machineFiles", Where(parent=row.id), [("start_time", True)])
    assert found and panel.machine.age.text().startswith(f"{len(found)} file")
    file = window.workspace.catalog.get("machineFiles", found[0].id)
    assert isinstance(file, MachineFile) and file.distance is not None
    line = panel.machine.files.itemAtPosition(0, 1)
    assert line is not None and line.widget().text() == f"{file.distance.value:,.1f} {file.distance.unit}"  # type: ignore[attr-defined]
    assert panel.machine.sums.text().startswith("Distance ")
    other = pick(panel, qtbot, by_hand)
    qtbot.waitUntil(lambda: panel.machine.age.text() == "Not fetched yet.")
    assert other.id != row.id and panel.machine.sums.isHidden()


def test_without_a_connection_the_files_say_so_and_stay(
    panel: MachinesPanel, window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    pick(panel, qtbot, lambda row: row.values["origin_type"] == "FILE_POOLED")
    sandbox.go_dark()
    panel.machine.asking.button.click()
    qtbot.waitUntil(lambda: panel.machine.asking.said.property("role") == "error", timeout=15000)
    assert panel.machine.asking.said.text() and panel.machine.age.text() == "Not fetched yet."
    assert panel.machine.asking.button.isEnabled()


def test_implements_and_operators_are_looked_at(panel: MachinesPanel, window: MainWindow, qtbot: QtBot) -> None:
    page = window.pages.page("machines")
    assert isinstance(page, Tabs)
    for name, kind in (("Implements", "implements"), ("Operators", "operators")):
        page.show_tab(name)
        other = page.panel(name)
        assert isinstance(other, TablePanel) and other.detail is not None
        qtbot.waitUntil(lambda other=other: other.rows.standing is not None)  # type: ignore[misc]
        assert shown(other) == window.workspace.tables.rows(kind)  # type: ignore[arg-type]
        other.enter()
        assert other.row is not None and other.detail.title.text() == other.row.name
    assert not window.commands["edit-machine"].isEnabled()


def test_a_filter_by_value_and_origin(panel: MachinesPanel, qtbot: QtBot) -> None:
    origin = panel.filters.picks["origin_type"]
    qtbot.waitUntil(origin.isVisible)
    texts = {origin.itemText(place).partition("  ·")[0] for place in range(1, origin.count())}
    assert texts == {"Made by hand", "Read from files", "From a provider"}
    found = asked(panel, qtbot, lambda: origin.setCurrentIndex(origin.findData("FILE_POOLED")))
    assert {row.values["origin_type"] for row in found} == {"FILE_POOLED"}


def test_nobody_can_have_a_machine_before_there_is_a_leaf_user(
    workspace: Workspace, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(workspace)
    window.commands["new-machine"].trigger()
    assert "There is no Leaf user yet" in window.notice.text.text()


def test_a_unit_in_two_spellings_is_one(workspace: Workspace) -> None:
    user = "11111111-1111-4111-8111-111111111111"
    files = [
        MachineFile(id=f"f{n}", leaf_user_id=user, machine_id="m", distance=Quantity(value, unit), raw="{}")
        for n, (value, unit) in enumerate(((1.5, "Mile"), (2.0, "mile"), (100.0, "Feet")))
    ]
    workspace._database.write(lambda connection: Catalog(connection).put(files)).result()
    driven = read_files(workspace, "m").driven
    assert sorted(driven.values()) == [3.5, 100.0] and set(map(str.casefold, driven)) == {"mile", "feet"}
