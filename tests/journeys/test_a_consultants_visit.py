"""Keep one grower at the office, put an old boundary back without a signal at the farm, send it all at home."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leafdesk.geo.shape import from_geojson
from leafdesk.sandbox import Sandbox
from leafdesk.ui.dialogs.keep_users import ID
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.history import History
from tests.journeys import hands

PATIENCE = 15000


def test_an_old_boundary_comes_back_and_a_preview_is_enabled(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    preview = next(row for row in window.lists.rows.values() if row.status == "PREVIEW")
    mine = preview.leaf_user_id
    hands.press(window, "providers")
    hands.press(window, "keep-users")
    qtbot.waitUntil(lambda: window.keeping.sheet is not None, timeout=PATIENCE)
    sheet = window.keeping.sheet
    assert sheet is not None
    for place in range(sheet.found.count()):
        item = sheet.found.item(place)
        item.setCheckState(Qt.CheckState.Checked if item.data(ID) == mine else Qt.CheckState.Unchecked)
    sheet.yes.click()
    qtbot.waitUntil(lambda: {row.leaf_user_id for row in window.lists.rows.values()} == {mine}, timeout=PATIENCE)

    there = [one for one in sandbox.leaf.all("fields") if one["leafUserId"] == mine and not one.get("providerName")]
    field = max(there, key=lambda one: len(one["boundaries"]))
    window.select(field["id"])
    qtbot.waitUntil(lambda: window.inspector.look is not None, timeout=PATIENCE)
    hands.press(window, "history")
    side = window.inspector.side
    assert isinstance(side, History)
    side.fetch.click()
    qtbot.waitUntil(lambda: side.history is not None and side.history.read is not None, timeout=PATIENCE)
    assert side.history is not None and len(side.history.versions) == len(field["boundaries"])

    sandbox.go_dark()
    side.slider.setValue(0)
    oldest = side.chosen
    assert oldest is not None and side.restore.isEnabled()
    side.restore.click()
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=PATIENCE)
    window.select(preview.id)
    qtbot.waitUntil(window.commands["enable"].isEnabled, timeout=PATIENCE)
    hands.press(window, "enable")
    assert window.field_desk.sheet is not None
    window.field_desk.sheet.yes.click()
    qtbot.waitUntil(lambda: len(window.queue.items) == 2, timeout=PATIENCE)
    hands.sync(window, qtbot)
    assert window.status.connection.text() == "Offline" and len(window.queue.items) == 2

    sandbox.come_back()
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: window.status.waiting.text() == "Everything sent", timeout=PATIENCE)
    after = next(one for one in sandbox.leaf.all("fields") if one["id"] == field["id"])
    assert len(after["boundaries"]) == len(field["boundaries"]) + 1
    assert from_geojson(sandbox.leaf.active_boundary(field["id"])["geometry"]) == oldest.shape
    assert next(one for one in sandbox.leaf.all("fields") if one["id"] == preview.id)["status"] != "PREVIEW"
    assert {row.leaf_user_id for row in window.lists.rows.values()} == {mine}
