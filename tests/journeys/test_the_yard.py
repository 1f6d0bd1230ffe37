"""A machine is changed and sold, and what a provider no longer has is gone: in the window, and at Leaf."""

from pytestqt.qtbot import QtBot

from leafdesk.sandbox import Sandbox
from leafdesk.ui.dialogs.machine import DeleteMachine, MachineSheet
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.machines import MachinesPanel
from leafdesk.ui.tables.panel import TablePanel
from leafdesk.ui.tables.tabs import Tabs
from tests.journeys import hands

WAIT = 15000


def _panel(window: MainWindow, tab: str, qtbot: QtBot) -> TablePanel:
    window.show_page("machines")
    page = window.pages.page("machines")
    assert isinstance(page, Tabs)
    page.show_tab(tab)
    panel = page.panel(tab)
    assert isinstance(panel, TablePanel)
    qtbot.waitUntil(lambda: panel.rows.standing is not None, timeout=WAIT)
    return panel


def test_a_machine_is_changed_and_then_sold(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    own = next(one for one in sandbox.leaf.all("machines") if one["originType"] == "USER_CREATED")
    panel = _panel(window, "Machines", qtbot)
    assert isinstance(panel, MachinesPanel)
    panel.look_up(own["id"])
    qtbot.waitUntil(lambda: panel.row is not None and panel.row.id == own["id"], timeout=WAIT)
    hands.press(window, "edit-machine")
    assert isinstance(panel.sheet, MachineSheet)
    panel.sheet.lines_["name"].setText("Old Rose")
    panel.sheet.yes.click()
    qtbot.waitUntil(lambda: panel.row is not None and panel.row.name == "Old Rose", timeout=WAIT)
    hands.sync(window, qtbot)
    (there,) = [one for one in sandbox.leaf.all("machines") if one["id"] == own["id"]]
    assert there["name"] == "Old Rose"

    hands.press(window, "delete-machine")
    assert isinstance(panel.sheet, DeleteMachine)
    panel.sheet.yes.click()
    qtbot.waitUntil(lambda: window.status.waiting.text() == "1 change waiting", timeout=WAIT)
    hands.sync(window, qtbot)
    assert own["id"] not in {one["id"] for one in sandbox.leaf.all("machines")}


def test_what_a_provider_no_longer_has_leaves_the_tables(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    for tab, kind in (("Implements", "implements"), ("Operators", "operators")):
        panel = _panel(window, tab, qtbot)
        many = panel.rows.rowCount()
        sandbox.leaf.take_away(kind, sandbox.leaf.all(kind)[0]["id"])  # type: ignore[arg-type]
        window.workspace.sync(stock=True).result(60)
        qtbot.waitUntil(lambda panel=panel, many=many: panel.rows.rowCount() == many - 1, timeout=WAIT)  # type: ignore[misc]


def test_a_leaf_user_that_left_is_no_longer_offered(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    gone = sorted(window.lists.users)[-1]
    sandbox.leaf._ledger.drop("users", gone)  # Leaf has a call for it that Leafdesk never makes
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: gone not in window.lists.users, timeout=WAIT)
    assert sandbox.requests.count("getLeafUser") == 1


def test_a_providers_fields_are_fetched_again_on_request(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    row = next(one for one in window.lists.rows.values() if one.provider_name == "JohnDeere" and one.box)
    window.select(row.id)
    qtbot.waitUntil(window.commands["provider-sync"].isEnabled, timeout=WAIT)
    hands.press(window, "provider-sync")
    qtbot.waitUntil(lambda: window.status.waiting.text() == "1 change waiting", timeout=WAIT)
    hands.sync(window, qtbot)
    assert sandbox.requests.count("syncFields") == 1
