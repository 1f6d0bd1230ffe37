"""Growers, farms and fields changed in the window, all the way to Leaf."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt
from pytestqt.qtbot import QtBot

from leafdesk.records import Farm, Grower
from leafdesk.sandbox import Sandbox
from leafdesk.ui.dialogs.field import DeleteField, MoveToFarm, Rename
from leafdesk.ui.dialogs.land import EditFarm, EditGrower, EnableGrower, NewFarm, NewGrower
from leafdesk.ui.field_tree import ID_ROLE
from leafdesk.ui.land_desk import LAND
from leafdesk.ui.main_window import MainWindow
from tests.journeys import hands

WAIT = 15000
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def line(window: MainWindow, id: str) -> QModelIndex:
    """The line of a grower, farm or field in the list."""
    model = window.navigator.tree.model()
    (found,) = model.match(model.index(0, 0), ID_ROLE, id, 1, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    return found


def choose(window: MainWindow, id: str, qtbot: QtBot) -> None:
    """Make a line the current one."""
    model = window.navigator.tree.model()
    qtbot.waitUntil(
        lambda: bool(
            model.match(model.index(0, 0), ID_ROLE, id, 1, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
        ),
        timeout=WAIT,
    )
    window.navigator.tree.setCurrentIndex(line(window, id))


def at_leaf(sandbox: Sandbox, kind: Any, name: str) -> dict[str, Any]:
    (found,) = [one for one in sandbox.leaf.all(kind) if one.get("name") == name]
    return dict(found)


def sheet(window: MainWindow, kind: type[Any], qtbot: QtBot) -> Any:
    """The open question."""
    qtbot.waitUntil(lambda: window.findChild(kind) is not None, timeout=WAIT)
    return window.findChild(kind)


def answered(window: MainWindow, kind: type[Any], qtbot: QtBot) -> None:
    """Say yes, and wait until the question is gone."""
    sheet(window, kind, qtbot).yes.click()
    qtbot.waitUntil(lambda: window.findChild(kind) is None, timeout=WAIT)


def test_a_grower_and_its_farm_are_made_and_renamed(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_N, CTRL_SHIFT)
    asked = sheet(window, NewGrower, qtbot)
    assert not asked.yes.isEnabled() and asked.user.currentData() in window.lists.users
    asked.name.setText("Hill & Daughters")
    answered(window, NewGrower, qtbot)
    qtbot.waitUntil(lambda: any(one.name == "Hill & Daughters" for one in window.lists.growers.values()), timeout=WAIT)
    grower = next(one for one in window.lists.growers.values() if one.name == "Hill & Daughters")

    choose(window, grower.id, qtbot)
    assert window.commands.why_not("enable-grower").startswith("No field of this grower")
    hands.press(window, "new-farm")
    new = sheet(window, NewFarm, qtbot)
    assert new.grower.currentData() == grower.id, "the farm is the chosen grower's"
    new.name.setText("Hill Top")
    answered(window, NewFarm, qtbot)
    hands.sync(window, qtbot)
    assert at_leaf(sandbox, "farms", "Hill Top")["growerId"] == at_leaf(sandbox, "growers", "Hill & Daughters")["id"]

    qtbot.waitUntil(lambda: any(one.name == "Hill Top" for one in window.lists.farms.values()), timeout=WAIT)
    farm = next(one for one in window.lists.farms.values() if one.name == "Hill Top")
    choose(window, farm.id, qtbot)
    assert isinstance(window.land.farm, Farm) and window.land.grower is not None
    hands.press(window, "edit-farm")
    change = sheet(window, EditFarm, qtbot)
    assert not change.yes.isEnabled(), "nothing is another yet"
    change.name.setText("Hill Bottom")
    answered(window, EditFarm, qtbot)
    hands.press(window, "edit-grower")
    sheet(window, EditGrower, qtbot).name.setText("Hill")
    answered(window, EditGrower, qtbot)
    hands.sync(window, qtbot)
    assert at_leaf(sandbox, "farms", "Hill Bottom")["growerId"] == at_leaf(sandbox, "growers", "Hill")["id"]
    assert window.workspace.outbox.items() == []


def test_the_menu_of_the_list_is_about_the_line_under_it(window: MainWindow, qtbot: QtBot) -> None:
    farm = next(one for one in window.lists.farms.values() if one.grower_id)
    choose(window, farm.id, qtbot)
    tree = window.navigator.tree
    menu = window.land.menu(tree.visualRect(line(window, farm.id)).center())
    assert [action.objectName() for action in menu.actions()] == [f"action-{key}" for key in LAND]
    assert window.land.farm is not None and window.land.farm.id == farm.id
    tree.setCurrentIndex(QModelIndex())
    window.land.menu(QPoint(-5, -5))
    assert "Choose a farm" in window.commands.why_not("edit-farm")
    assert "Choose a grower" in window.commands.why_not("edit-grower")
    assert window.commands["new-farm"].isEnabled()


def test_all_previews_of_a_grower_are_enabled_after_a_question(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    row = next(one for one in window.lists.rows.values() if one.status == "PREVIEW" and one.farm_id)
    farm = window.lists.farms[row.farm_id or ""]
    choose(window, farm.grower_id or "", qtbot)
    assert isinstance(window.land.grower, Grower)
    hands.press(window, "enable-grower")
    asked = sheet(window, EnableGrower, qtbot)
    assert "bills" in asked.findChildren(type(asked.wrong))[1].text() and asked.no.isDefault()
    asked.no.click()
    qtbot.waitUntil(lambda: window.findChild(EnableGrower) is None, timeout=WAIT)
    assert window.workspace.outbox.items() == []
    hands.press(window, "enable-grower")
    answered(window, EnableGrower, qtbot)
    qtbot.waitUntil(lambda: window.lists.rows[row.id].mark == "enabling", timeout=WAIT)
    qtbot.waitUntil(lambda: "to be enabled" in window.navigator.model.find(row.id).data(Qt.ItemDataRole.ToolTipRole))
    window.select(row.id)
    qtbot.waitUntil(lambda: "all preview fields of" in window.inspector.banner_text.text(), timeout=WAIT)
    assert window.inspector.banner.isVisible() and window.inspector.banner_title.text() == "Not sent yet"
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: window.lists.rows[row.id].mark != "enabling", timeout=WAIT)
    assert sandbox.leaf.field(row.id)["status"] != "PREVIEW"


def test_a_field_is_renamed_and_moved_at_leaf(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    window.select(row.id)
    qtbot.waitUntil(window.commands["rename"].isEnabled, timeout=WAIT)
    hands.press(window, "rename")
    sheet(window, Rename, qtbot).name.setText("Long Barn")
    answered(window, Rename, qtbot)
    hands.press(window, "move")
    move = sheet(window, MoveToFarm, qtbot)
    other = next(n for n in range(move.farm.count()) if move.farm.itemData(n) != row.farm_id)
    move.farm.setCurrentIndex(other)
    key = move.farm.currentData()
    answered(window, MoveToFarm, qtbot)
    hands.sync(window, qtbot)
    field = sandbox.leaf.field(row.id)
    assert (field["name"], str(field["farmId"])) == ("Long Barn", window.workspace.catalog.leaf_id("farms", key))


def test_a_field_made_by_hand_is_deleted_at_leaf(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    window.select(row.id)
    qtbot.waitUntil(window.commands["delete"].isEnabled, timeout=WAIT)
    hands.press(window, "delete")
    answered(window, DeleteField, qtbot)
    hands.sync(window, qtbot)
    assert row.id not in {one["id"] for one in sandbox.leaf.all("fields")}
