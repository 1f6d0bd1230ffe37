"""Undo from the window after Leaf has everything and the program was closed and started again."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from leafdesk.geo.shape import Shape, from_geojson
from leafdesk.sandbox import Sandbox
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import Create, Delete, Enable, Workspace, change
from tests.journeys import hands

WAIT = 15000
SQUARE: Shape = ((((-93.2, 41.2), (-93.19, 41.2), (-93.19, 41.21), (-93.2, 41.21), (-93.2, 41.2)),),)


def undo(window: MainWindow, qtbot: QtBot, name: str) -> None:
    """Press Undo, which must be called so, and wait until it is done."""
    qtbot.waitUntil(lambda: window.workspace.undo_name == name, timeout=WAIT)
    qtbot.waitUntil(lambda: window.commands["undo"].isEnabled(), timeout=WAIT)
    window.commands["undo"].trigger()
    qtbot.waitUntil(lambda: window.workspace.undo_name != name, timeout=WAIT)


def test_every_step_is_taken_back_the_day_after(
    sandbox: Sandbox, open_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    from leafdesk.records import Field

    first = Workspace(tmp_path / "desk", api_url=sandbox.url)
    first.login(sandbox.username, sandbox.password).result(20)
    first.sync().result(60)
    window = open_window(first)
    rows = sorted(window.lists.rows.values(), key=lambda row: row.name)
    drawn, renamed, gone = [row for row in rows if row.box and not row.provider_name and row.farm_id][:3]
    before = first.catalog.field(drawn.id)
    deleted = first.catalog.field(gone.id)
    assert before is not None and before.shape is not None and deleted is not None
    hands.move_a_corner(window, drawn, QPoint(40, 30), qtbot)
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=WAIT)
    first.do(change("fields", renamed.id, name="Renamed")).result(20)
    new = Field(id="11111111-1111-4111-8111-111111111111", leaf_user_id=drawn.leaf_user_id, name="New", shape=SQUARE)
    first.do(Create(new), change("fields", new.id, farm_id=drawn.farm_id)).result(20)
    first.do(Delete("fields", gone.id)).result(20)
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: not window.queue.items, timeout=WAIT)
    there = {str(one["id"]) for one in sandbox.leaf.all("fields")}
    assert new.id in there and gone.id not in there
    window.close()
    first.close()

    second = Workspace(tmp_path / "desk")
    window = open_window(second)
    undo(window, qtbot, f"Deletion of {gone.name}")
    undo(window, qtbot, "New field New and 1 more")
    undo(window, qtbot, f"Name of {renamed.name}")
    undo(window, qtbot, f"Boundary of {drawn.name}")
    assert window.workspace.undo_name is None
    qtbot.waitUntil(lambda: window.commands.why_not("undo") == "There is nothing to take back.", timeout=WAIT)
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: not window.queue.items, timeout=WAIT)
    assert from_geojson(sandbox.leaf.active_boundary(drawn.id)["geometry"]) == before.shape
    assert sandbox.leaf.field(renamed.id)["name"] == renamed.name
    now = {str(one["id"]) for one in sandbox.leaf.all("fields")}
    (again,) = now - there  # what was deleted is back under an id that Leaf never saw
    assert new.id not in now and again != gone.id
    assert from_geojson(sandbox.leaf.active_boundary(again)["geometry"]) == deleted.shape
    window.close()
    second.close()


def test_what_nobody_can_take_back_says_why(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    window.doing.do(change("fields", row.id, name="Renamed"))
    qtbot.waitUntil(lambda: window.workspace.undo_name == f"Name of {row.name}", timeout=WAIT)
    hands.sync(window, qtbot)
    sandbox.leaf.change("fields", row.id, name="Theirs")
    hands.sync(window, qtbot)
    window.commands["undo"].trigger()
    qtbot.waitUntil(lambda: "was changed since by somebody else" in window.notice.text.text(), timeout=WAIT)
    qtbot.waitUntil(lambda: not window.queue.items, timeout=WAIT)
    assert sandbox.leaf.field(row.id)["name"] == "Theirs"
    preview = next(one for one in window.lists.rows.values() if one.status == "PREVIEW")
    window.doing.do(Enable(preview.id))
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=WAIT)
    qtbot.waitUntil(lambda: "Leaf has no way to take back" in window.commands.why_not("undo"), timeout=WAIT)
    assert "discard it in the queue" in window.commands.why_not("undo")
