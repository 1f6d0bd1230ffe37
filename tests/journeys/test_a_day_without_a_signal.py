"""Pull, lose the connection, draw and edit, look at the queue, get the connection back, send: Leaf has it."""

from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from leafdesk.sandbox import Sandbox
from leafdesk.ui.main_window import MainWindow
from tests.journeys import hands


def test_what_was_drawn_in_the_dark_arrives(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    workspace = window.workspace
    sandbox.go_dark()
    hands.sync(window, qtbot)
    assert window.status.connection.text() == "Offline"

    row = hands.field_to_edit(window)
    before = workspace.catalog.field(row.id)
    assert before is not None and before.shape is not None
    hands.move_a_corner(window, row, QPoint(9, 7), qtbot)
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=15000)

    window.canvas.fit_all()
    window.canvas.settle()
    middle = QPoint(window.canvas.width() // 2, window.canvas.height() - 120)
    around = [QPoint(-30, -20), QPoint(30, -20), QPoint(34, 18), QPoint(-28, 22)]
    hands.draw(window, [middle + corner for corner in around], qtbot)
    hands.name_it(window, "Night Piece", qtbot)
    qtbot.waitUntil(lambda: any(row.name == "Night Piece" for row in window.lists.rows.values()), timeout=15000)
    qtbot.waitUntil(lambda: window.inspector.title.text() == "Night Piece", timeout=15000)

    hands.press(window, "queue")
    qtbot.waitUntil(lambda: len(window.queue.lines) >= 2, timeout=15000)
    sentences = [line.sentence.text() for line in window.queue.lines.values()]
    assert any(row.name in sentence and "→" in sentence for sentence in sentences), sentences
    assert any("Night Piece" in sentence for sentence in sentences), sentences
    assert {line.state.text() for line in window.queue.lines.values()} == {"Waiting"}

    sandbox.come_back()
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: window.status.waiting.text() == "Everything sent", timeout=15000)
    assert window.status.connection.text() == "Online"
    assert not window.queue.lines

    after = workspace.catalog.field(row.id)
    drawn = next(row for row in window.lists.rows.values() if row.name == "Night Piece")
    there = {field["id"]: field for field in sandbox_fields(sandbox)}
    assert there[drawn.id]["name"] == "Night Piece"
    assert after is not None and after.shape is not None and after.shape != before.shape
    assert after.boundary_id != before.boundary_id
    copy = workspace.catalog.server_copy("fields", row.id)
    assert copy is not None and getattr(copy, "shape", None) == after.shape


def test_undo_inside_the_drawing_and_after_it(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    before = window.workspace.catalog.field(row.id)
    hands.move_a_corner(window, row, QPoint(9, 7), qtbot)
    qtbot.waitUntil(lambda: window.status.waiting.text() == "1 change waiting", timeout=15000)
    assert "boundary" in window.commands["undo"].text()
    hands.press(window, "undo")
    qtbot.waitUntil(lambda: window.status.waiting.text() == "Everything sent", timeout=15000)
    after = window.workspace.catalog.field(row.id)
    assert before is not None and after is not None and after.shape == before.shape

    hands.press(window, "edit")
    qtbot.waitUntil(lambda: window.canvas.tool == "edit", timeout=15000)
    assert before.shape is not None
    corner = hands.pixel(window, before.shape[0][0][0])
    hands.drag(window, corner, corner + QPoint(9, 7), qtbot)
    assert not window.inspector.draft.isHidden()
    hands.press(window, "undo")
    assert window.canvas.edit_state is not None and not window.canvas.edit_state.can_undo
    window.map_page.back.click()
    assert window.canvas.tool == "browse"
    assert not window.queue.items
    assert window.inspector.draft.isHidden()


def test_a_drawing_that_nobody_named_is_not_lost(window: MainWindow, qtbot: QtBot) -> None:
    middle = QPoint(window.canvas.width() // 2, window.canvas.height() // 2)
    around = [QPoint(-30, -20), QPoint(30, -20), QPoint(34, 18), QPoint(-28, 22)]
    hands.draw(window, [middle + corner for corner in around], qtbot)
    qtbot.waitUntil(lambda: window.drawing.sheet is not None, timeout=15000)
    first = window.drawing.sheet
    assert first is not None
    first.no.click()
    assert window.canvas.tool == "edit"
    hands.press(window, "select")
    qtbot.waitUntil(lambda: window.drawing.sheet not in (None, first), timeout=15000)
    hands.name_it(window, "Second Thought", qtbot)
    qtbot.waitUntil(lambda: any(row.name == "Second Thought" for row in window.lists.rows.values()), timeout=15000)


def sandbox_fields(sandbox: Sandbox) -> list[dict[str, str]]:
    """All fields as Leaf has them."""
    import httpx

    with httpx.Client(base_url=sandbox.url, trust_env=False) as client:
        body = {"username": sandbox.username, "password": sandbox.password, "rememberMe": "true"}
        token = client.post("/api/authenticate", json=body).json()["id_token"]
        answer = client.get("/services/fields/api/fields?size=100", headers={"Authorization": f"Bearer {token}"})
        return answer.json()  # type: ignore[no-any-return]
