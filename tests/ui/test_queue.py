"""The queue page: sentences, states, reasons and the buttons that fix them."""

from pytestqt.qtbot import QtBot

from leafdesk.edits import change
from leafdesk.sandbox import Sandbox
from leafdesk.ui.main_window import MainWindow
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
