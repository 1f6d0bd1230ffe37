"""The queue page: sentences, states, reasons and the buttons that fix them."""

import pytest
from pytestqt.qtbot import QtBot

from leafdesk.edits import change
from leafdesk.sandbox import Sandbox
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels import queue as queue_page
from leafdesk.workspace import FieldRow
from tests.journeys import hands


def queued(window: MainWindow, qtbot: QtBot, name: str = "Renamed") -> FieldRow:
    row = hands.field_to_edit(window)
    window.doing.do(change("fields", row.id, name=name))
    window.show_page("queue")
    qtbot.waitUntil(lambda: len(window.queue.lines) == 1)
    return row


def test_discard_takes_a_change_back(window: MainWindow, qtbot: QtBot) -> None:
    row = queued(window, qtbot)
    (line,) = window.queue.lines.values()
    assert "Renamed" in line.sentence.text()
    assert line.state.text() == "Waiting"
    assert line.buttons["retry"].isHidden()
    line.buttons["discard"].click()
    qtbot.waitUntil(lambda: not window.queue.lines)
    qtbot.waitUntil(lambda: window.lists.rows[row.id].name == row.name)
    assert window.rail.buttons["queue"].accessibleName() == "Queue"


def test_a_refused_change_shows_leafs_reason_and_can_go_again(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    row = hands.field_to_edit(window)
    window.doing.do(change("fields", row.id, name="Renamed"))
    window.show_page("queue")
    qtbot.waitUntil(lambda: len(window.queue.lines) == 1)
    sandbox.leaf.change("fields", row.id, providerName="JohnDeere")  # Leaf refuses changes of a provider's field
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: [item.state for item in window.queue.items] == ["parked"], timeout=15000)
    (line,) = window.queue.lines.values()
    assert line.state.text() == "Refused by Leaf"
    assert line.reason.text()
    assert "needs a decision" in window.queue.note.text()
    window.select(row.id)
    qtbot.waitUntil(lambda: window.inspector.banner_title.text() == "Leaf refused this change")
    assert line.reason.text() in window.inspector.banner_text.text()
    line.buttons["retry"].click()
    qtbot.waitUntil(lambda: [item.state for item in window.queue.items] == ["waiting"], timeout=15000)
    (line,) = window.queue.lines.values()
    assert line.state.text() == "Waiting"
    line.buttons["discard"].click()
    qtbot.waitUntil(lambda: not window.queue.lines, timeout=15000)
    qtbot.waitUntil(lambda: window.lists.rows[row.id].mark == "")


def test_no_button_opens_a_window_of_its_own(window: MainWindow, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QApplication

    queued(window, qtbot)
    assert [top for top in QApplication.topLevelWidgets() if top.isVisible()] == [window]


def test_a_long_queue_shows_more_when_asked(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_page, "SHOWN", 3)
    window.queue.room = 3
    rows = [row for row in window.lists.rows.values() if row.box and not row.provider_name and not row.mark][:8]
    for row in rows:
        window.doing.do(change("fields", row.id, name=f"{row.name} again"))
    qtbot.waitUntil(lambda: len(window.queue.items) == 8, timeout=15000)
    assert [item.record_id for item in window.queue.items] == [row.id for row in rows]
    assert len(window.queue.lines) == 3
    assert not window.queue.more.isHidden()
    assert window.queue.more.text() == "Show 3 more of 5 changes below"
    window.queue.more.click()
    qtbot.waitUntil(lambda: len(window.queue.lines) == 6, timeout=15000)
    window.queue.more.click()
    qtbot.waitUntil(lambda: len(window.queue.lines) == 8, timeout=15000)
    assert window.queue.more.isHidden()
    sandbox.leaf.change("fields", rows[7].id, providerName="JohnDeere")
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: [item.state for item in window.queue.items] == ["parked"], timeout=15000)
    for row in rows[:3]:
        window.doing.do(change("fields", row.id, name=f"{row.name} once more"))
    qtbot.waitUntil(lambda: len(window.queue.items) == 4, timeout=15000)
    assert [item.state for item in window.queue.items] == ["parked", "waiting", "waiting", "waiting"]
