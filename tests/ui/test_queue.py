"""The queue page: sentences, states, reasons and the buttons that fix them."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from leafdesk.edits import Create, Redraw, change
from leafdesk.geo.shape import to_geojson
from leafdesk.records import Farm, Machine
from leafdesk.sandbox import Sandbox
from leafdesk.store.notices import Notices
from leafdesk.store.outbox import Outbox
from leafdesk.ui.dialogs.field import Rename
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.map import colours
from leafdesk.ui.map.compared import ComparedTool
from leafdesk.ui.panels import queue as queue_page
from leafdesk.ui.panels.queue_line import QueueLine
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
    told = "Fields from John Deere are changed in John Deere. Discard"  # known when the field itself has been read
    qtbot.waitUntil(lambda: all(line.advice.text().startswith(told) for line in window.queue.lines.values()))
    (line,) = window.queue.lines.values()
    assert line.state.text() == "Refused by Leaf"
    assert line.reason.text()
    assert line.buttons["rename"].isHidden()  # Leaf would refuse that, too
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


def test_lines_that_are_drawn_a_few_at_a_time_stand_in_order(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_page, "SCREENFUL", 1)
    monkeypatch.setattr(queue_page, "SLICE_S", 0.0)
    drawn: list[int] = []
    draw = window.queue._draw
    window.queue._turn.timeout.disconnect()
    window.queue._turn.timeout.connect(lambda: (drawn.append(len(window.queue.lines)), draw()))
    rows = [row for row in window.lists.rows.values() if row.box and not row.provider_name and not row.mark][:6]
    window.workspace.do(*(change("fields", row.id, name=f"{row.name} again") for row in rows)).result(15)
    qtbot.waitUntil(lambda: len(window.queue.lines) == 6, timeout=15000)
    assert drawn[:6] == [0, 1, 2, 3, 4, 5], "not one of them in the turn that reads: nobody looks at this page"
    column = window.queue.column
    cards = [column.itemAt(n).widget() for n in range(column.count())]
    assert [one for one in cards if one in window.queue.lines.values()] == list(window.queue.lines.values())
    assert [line.line.item.record_id for line in window.queue.lines.values()] == [row.id for row in rows]


def test_many_changes_at_once_are_two_readings(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings: list[int] = []
    read = queue_page._read
    monkeypatch.setattr(queue_page, "_read", lambda there, room: readings.append(1) or read(there, room))
    row = next(row for row in window.lists.rows.values() if row.box and not row.provider_name and not row.mark)
    for _ in range(10):
        window.queue.load()
    window.workspace.do(change("fields", row.id, name="Again")).result(15)
    window.queue.load()
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=15000)
    qtbot.waitUntil(lambda: not window.queue._reading)
    assert len(readings) <= 4  # the first, one for all that came meanwhile, and the workspace's own word of the change


def two_queued(window: MainWindow, qtbot: QtBot) -> list[FieldRow]:
    manual = [row for row in window.lists.rows.values() if row.provider_name in (None, "Leaf") and row.box][:2]
    for n, row in enumerate(manual):
        window.doing.do(change("fields", row.id, name=f"Renamed {n}"))
    window.show_page("queue")
    qtbot.waitUntil(lambda: len(window.queue.lines) == 2)
    return manual


def test_several_changes_are_chosen_and_discarded_together(window: MainWindow, qtbot: QtBot) -> None:
    two_queued(window, qtbot)
    assert window.queue.chosen_bar.isHidden()
    for line in window.queue.lines.values():
        line.chosen.setChecked(True)
    assert not window.queue.chosen_bar.isHidden() and "2 changes chosen" in window.queue.chosen_note.text()
    window.queue.together["discard"].click()
    qtbot.waitUntil(lambda: not window.queue.lines)
    assert window.queue.chosen_bar.isHidden()


def test_only_the_chosen_change_is_sent_and_what_was_sent_can_be_read(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    first, second = two_queued(window, qtbot)
    line = next(line for line in window.queue.lines.values() if line.line.item.record_id == second.id)
    line.buttons["send"].click()
    qtbot.waitUntil(lambda: len(window.queue.lines) == 1, timeout=15000)
    (left,) = window.queue.lines.values()
    assert left.line.item.record_id == first.id and left.buttons["send"].isHidden()  # it is the only one
    assert sandbox.leaf.field(second.id)["name"] == "Renamed 1"
    assert sandbox.leaf.field(first.id)["name"] == first.name
    window.queue.ask_past.click()
    qtbot.waitUntil(lambda: window.queue.past is not None)
    assert window.queue.past is not None and window.queue.past.lines == [f"At Leaf · {line.line.item.sentence}"]
    window.queue.ask_past.click()
    assert window.queue.past is None


def test_a_notice_stays_until_it_is_heard_and_can_be_put_right(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    field = window.workspace.catalog.field(row.id)
    assert field is not None and field.shape is not None
    shape = to_geojson(tuple(tuple(tuple((x + 0.001, y) for x, y in ring) for ring in part) for part in field.shape))

    def tell(connection: Any) -> bool:
        notices = Notices(connection)
        details = {"boundary_id": "b", "shape": shape, "created_time": "then"}
        notices.tell("duplicate", "growers", "g", "7", "A second one.", {"leaf_id": "7"}, at="2026-03-01T08:00:00Z")
        return notices.tell("replaced", "fields", row.id, "b", "Replaced.", details, at="2026-03-01T08:00:00Z")

    window.workspace._database.write(tell).result(10)
    window.show_page("queue")
    window.queue.load()
    qtbot.waitUntil(lambda: len(window.queue.notices) == 2)
    second, replaced = window.queue.notices
    assert second.mend.isHidden() and replaced.mend.text() == "Put their boundary back"
    second.heard.click()
    qtbot.waitUntil(lambda: len(window.queue.notices) == 1)
    window.queue.notices[0].mend.click()
    qtbot.waitUntil(lambda: not window.queue.notices and len(window.queue.lines) == 1)
    (line,) = window.queue.lines.values()
    assert isinstance(line.line.item.edit, Redraw)


def told(window: MainWindow, qtbot: QtBot, *notices: tuple[Any, ...]) -> None:
    """Tell notices (sort, kind, record, about, sentence, details) and wait until the queue shows them."""

    def tell(connection: Any) -> None:
        for notice in notices:
            Notices(connection).tell(*notice, at="2026-03-01T08:00:00Z")

    window.workspace._database.write(tell).result(10)
    window.show_page("queue")
    window.queue.load()
    qtbot.waitUntil(lambda: len(window.queue.notices) == len(notices))


def test_a_replaced_boundary_is_looked_at_beside_mine(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    field = window.workspace.catalog.field(row.id)
    assert field is not None and field.shape is not None
    theirs = tuple(tuple(tuple((x + 0.001, y) for x, y in ring) for ring in part) for part in field.shape)
    details = {"boundary_id": "b", "shape": to_geojson(theirs), "created_time": "then"}
    told(window, qtbot, ("replaced", "fields", row.id, "b", "Replaced.", details))
    (card,) = window.queue.notices
    assert card.look.text() == "Show both on the map"
    card.look.click()
    assert window.pages.currentWidget() is window.workbench and window.inspector.field_id == row.id
    tool = window.canvas.hand_tool
    assert isinstance(tool, ComparedTool) and list(tool.outlined.called.values()) == ["Mine", "Theirs"]
    window.canvas.settle()
    image = window.canvas.grab().toImage()
    inks = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height(), 3)}
    assert {colours.LIGHT.accent.name(), colours.LIGHT.theirs.name()} <= inks
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert not isinstance(window.canvas.hand_tool, ComparedTool) and window.canvas.tool == "browse"


def test_a_possible_double_is_looked_at_and_put_right(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    catalog = window.workspace.catalog
    farms = [farm for farm in catalog.farms() if catalog.fields(farm_id=farm.id)]
    first, second = [farm for farm in farms if farm.leaf_user_id == farms[0].leaf_user_id][:2]
    window.workspace.do(change("farms", second.id, name=first.name)).result(10)
    leaf_id = catalog.leaf_id("farms", second.id)
    told(window, qtbot, ("duplicate", "farms", first.id, str(leaf_id), "A second one.", {"leaf_id": str(leaf_id)}))
    (card,) = window.queue.notices
    moved = len(catalog.fields(farm_id=second.id))
    card.look.click()
    tool = window.canvas.hand_tool
    assert isinstance(tool, ComparedTool) and list(tool.outlined.called.values()) == ["First", "Second"]
    assert len(tool.outlined.traces) == 2
    if not card.mend.isHidden():
        card.mend.click()
        qtbot.waitUntil(lambda: not window.queue.notices, timeout=15000)
        left = [row for row in catalog.fields(farm_id=second.id) if row.provider_name in (None, "", "Leaf")]
        assert not left and moved


def test_a_second_field_is_looked_at_and_deleted(window: MainWindow, qtbot: QtBot) -> None:
    catalog = window.workspace.catalog
    first, second = [row for row in catalog.fields() if row.provider_name in (None, "", "Leaf") and row.area_ha][:2]
    told(window, qtbot, ("duplicate", "fields", first.id, second.id, "A second one.", {"leaf_id": second.id}))
    (card,) = window.queue.notices
    assert (card.look.text(), card.mend.text()) == ("Show both on the map", "Delete the second one")
    card.look.click()
    tool = window.canvas.hand_tool
    assert isinstance(tool, ComparedTool) and len(tool.outlined.traces) == 2
    window.show_page("queue")
    card.mend.click()
    sentence = f"Delete {second.name}"
    qtbot.waitUntil(lambda: [item.sentence for item in window.queue.items] == [sentence], timeout=15000)
    qtbot.waitUntil(lambda: not window.queue.notices, timeout=15000)


def test_a_second_machine_is_shown_in_its_table_and_deleted(window: MainWindow, qtbot: QtBot) -> None:
    user = window.workspace.catalog.users()[0].id
    for id_ in ("m-1", "m-2"):
        machine = Machine(id=id_, leaf_user_id=user, name="Sprayer", origin_type="USER_CREATED")
        window.workspace.do(Create(machine)).result(10)
    window.workspace.sync().result(60)
    second = window.workspace.catalog.leaf_id("machines", "m-2")
    told(window, qtbot, ("duplicate", "machines", "m-1", str(second), "A second one.", {"leaf_id": str(second)}))
    (card,) = window.queue.notices
    assert (card.look.text(), card.mend.text()) == ("Show in the table", "Delete the second one")
    card.look.click()
    assert window.commands["machines"].isChecked()
    window.show_page("queue")
    card.mend.click()
    qtbot.waitUntil(lambda: [item.sentence for item in window.queue.items] == ["Delete Sprayer"], timeout=15000)
    qtbot.waitUntil(lambda: not window.queue.notices, timeout=15000)


def test_a_rescued_database_names_its_folder(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    details = {"folder": str(tmp_path), "changes": 2}
    told(window, qtbot, ("rescued", "users", "", "now", "The database was damaged.", details))
    (card,) = window.queue.notices
    assert card.look.text() == "Open the folder" and card.mend.isHidden()
    card.look.click()
    assert [url.toLocalFile() for url in opened] == [str(tmp_path)]
    card.heard.click()
    qtbot.waitUntil(lambda: not window.queue.notices)


def test_what_leaf_refused_is_renamed_from_the_queue_and_goes_again(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    row = hands.field_to_edit(window)
    window.doing.do(change("fields", row.id, name="Refused"))
    window.show_page("queue")
    qtbot.waitUntil(lambda: len(window.queue.lines) == 1)
    sandbox.leaf.change("fields", row.id, providerName="JohnDeere")  # Leaf refuses changes of a provider's field
    window.workspace.sync(pull=False).result(60)
    sandbox.leaf.change("fields", row.id, providerName=None)
    qtbot.waitUntil(lambda: [item.state for item in window.queue.items] == ["parked"], timeout=15000)
    (line,) = window.queue.lines.values()
    assert "Put right what Leaf says" in line.advice.text() and line.buttons["edit"].isHidden()
    window.queue.point_at("")
    qtbot.keyClick(line, Qt.Key.Key_Return)  # the first thing to be done: another name
    sheet = window.findChild(Rename)
    assert isinstance(sheet, Rename)
    sheet.name.setText("Taken")
    sheet.yes.click()
    qtbot.waitUntil(lambda: [item.state for item in window.queue.items] == ["waiting"], timeout=15000)
    hands.sync(window, qtbot)
    assert sandbox.leaf.field(row.id)["name"] == "Taken"


def test_the_queue_is_worked_with_the_keys(window: MainWindow, qtbot: QtBot) -> None:
    two_queued(window, qtbot)
    window.queue.point_at("")
    first, second = window.queue.lines.values()
    qtbot.waitUntil(first.hasFocus)
    qtbot.keyClick(first, Qt.Key.Key_Down)
    qtbot.waitUntil(second.hasFocus)
    qtbot.keyClick(second, Qt.Key.Key_Space)
    assert window.queue.chosen() == (second.line.item.id,)
    qtbot.keyClick(second, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(window.queue.chosen()) == 2
    qtbot.keyClick(second, Qt.Key.Key_Up)
    qtbot.keyClick(first, Qt.Key.Key_Return)  # nothing is amiss: the field on the map
    assert window.inspector.field_id == first.line.item.record_id


def _new_farm_in_doubt(window: MainWindow, qtbot: QtBot, *candidates: dict[str, str]) -> QueueLine:
    """The line of a farm that may be any of these at Leaf."""
    user = window.workspace.catalog.users()[0].id
    window.doing.do(Create(Farm(id="made", leaf_user_id=user, name="South")))
    window.show_page("queue")
    qtbot.waitUntil(lambda: len(window.queue.lines) == 1)

    def in_doubt(connection: Any) -> None:
        outbox = Outbox(connection)
        (item,) = outbox.items()
        sent, _ = outbox.mark_sent(item, body={"name": "South"}, pre={"ids": []}, now="now", run_id="r", at=1.0)
        theirs = {"candidates": list(candidates)}
        outbox.settle(sent, "conflict", outcome="unknown", reason="Which?", theirs=theirs, now="now")

    window.workspace._database.write(in_doubt).result(10)
    window.queue.load()
    qtbot.waitUntil(lambda: [line.line.item.state for line in window.queue.lines.values()] == ["conflict"])
    (line,) = window.queue.lines.values()
    return line


def _shown(line: QueueLine) -> list[str]:
    return [made.text() for made in line.buttons.values() if not made.isHidden()]


def test_one_of_several_at_leaf_is_said_to_be_mine(window: MainWindow, qtbot: QtBot) -> None:
    line = _new_farm_in_doubt(window, qtbot, {"id": "999", "name": "South"}, {"id": "998", "name": "North"})
    assert _shown(line) == ["“South” (999) is mine", "“North” (998) is mine", "Send mine again", "Forget mine"]
    line.buttons["is-998"].click()
    qtbot.waitUntil(lambda: [item.state for item in window.queue.items] == ["waiting"])
    assert window.queue.items[0].theirs == {"adopt": "998"}


def test_where_the_chosen_one_is_gone_mine_is_sent_again_or_forgotten(window: MainWindow, qtbot: QtBot) -> None:
    line = _new_farm_in_doubt(window, qtbot)
    assert _shown(line) == ["Send mine again", "Forget mine"]
    line.buttons["theirs"].click()
    qtbot.waitUntil(lambda: not window.queue.items)


def test_many_records_gone_at_leaf_are_removed_when_somebody_says_so(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    gone = [str(one["id"]) for one in sandbox.leaf.all("fields")][:15]
    for field in gone:
        sandbox.leaf.remove(field)
    hands.sync(window, qtbot)
    window.show_page("queue")
    qtbot.waitUntil(lambda: window.queue.missing is not None, timeout=15000)
    assert window.queue.missing is not None and "15 records" in window.queue.missing.remove.text()
    assert len(window.workspace.catalog.fields()) == 60
    window.queue.missing.remove.click()
    qtbot.waitUntil(lambda: window.queue.missing is None, timeout=20000)
    qtbot.waitUntil(lambda: len(window.workspace.catalog.fields()) == 45, timeout=20000)
