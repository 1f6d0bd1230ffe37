"""What the world gets wrong, told in the window in plain words; nothing that was there is lost."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from leafdesk import app
from leafdesk.edits import change
from leafdesk.sandbox import Sandbox
from leafdesk.ui.bridge import beside
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import Workspace
from tests.journeys import hands

PATIENCE = 15000


@pytest.mark.parametrize(
    ("faults", "says", "state"),
    [
        ("html=1", "sign in", "Sign-in page in the way"),
        ("truncated=1", "Leaf's answer cannot be used", "Online, unsteady"),
        ("500=1", "Leaf has trouble at the moment", "Online, unsteady"),
        ("401=1", "sign-in has expired", "Signed out"),
    ],
)
def test_a_sync_that_goes_wrong_is_told_and_loses_nothing(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot, faults: str, says: str, state: str
) -> None:
    row = hands.field_to_edit(window)
    window.doing.do(change("fields", row.id, name="Still Here"))
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=PATIENCE)
    before = set(window.lists.rows)
    sandbox.faults.set(faults)
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: says in window.notice.text.text(), timeout=PATIENCE)
    assert window.notice.isVisible()
    assert window.status.connection.text() == state
    assert set(window.lists.rows) == before
    assert len(window.queue.items) == 1
    assert (window.commands["sync"].text() == "Sign in to sync") is (state == "Signed out")
    assert window.status.enter.isVisible() is (state == "Signed out")
    sandbox.faults.set("")


def test_an_expired_sign_in_is_asked_for_and_then_everything_goes_on(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    row = hands.field_to_edit(window)
    window.doing.do(change("fields", row.id, name="Sent After All"))
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=PATIENCE)
    sandbox.tokens.expire()
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: window.leaf.expired, timeout=PATIENCE)
    hands.press(window, "sync")
    sheet = window.leaf.sheet
    assert sheet is not None and sheet.isVisible()
    assert sheet.username.text() == sandbox.username
    sheet.password.setText(sandbox.password)
    sheet.yes.click()
    qtbot.waitUntil(lambda: not window.queue.items, timeout=PATIENCE)
    qtbot.waitUntil(lambda: window.status.cancel.isHidden(), timeout=PATIENCE)
    assert window.status.connection.text() == "Online"
    assert window.commands["sync"].text() == "Sync"
    assert sandbox.leaf.field(row.id)["name"] == "Sent After All"


def test_a_sync_nobody_asked_for_asks_nothing_and_says_nothing(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    sandbox.go_dark()
    with qtbot.waitSignal(window.bridge.sync_ended, timeout=PATIENCE):
        window.leaf.sync_by_itself()
    qtbot.waitUntil(lambda: window.status.connection.text() == "Offline", timeout=PATIENCE)
    assert window.notice.isHidden()
    sandbox.come_back()
    sandbox.tokens.expire()
    with qtbot.waitSignal(window.bridge.sync_ended, timeout=PATIENCE):
        window.leaf.sync_by_itself()
    qtbot.waitUntil(lambda: window.status.connection.text() == "Signed out", timeout=PATIENCE)
    window.leaf.sync_by_itself()
    assert window.leaf.sheet is None and window.notice.isHidden()


def test_a_database_of_a_newer_leafdesk_is_told_in_a_window_and_left_alone(
    workspace: Workspace, sandbox: Sandbox, qtbot: QtBot
) -> None:
    app.make_application()
    folder = workspace.folder
    workspace.sync().result(60)
    workspace.close()
    (file,) = folder.rglob("leafdesk.db")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    before = file.read_bytes()
    seen = answer_the_box()
    assert app.run(folder) == 2
    ((heading, text),) = seen
    assert heading == "These data were written by a newer Leafdesk"
    assert "newer" in text and str(folder) in text
    assert file.read_bytes() == before


def test_a_damaged_database_is_put_aside_and_the_window_opens_on_a_new_one(
    workspace: Workspace, sandbox: Sandbox, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    folder = workspace.folder
    workspace.sync().result(60)
    workspace.close()
    (file,) = folder.rglob("leafdesk.db")
    file.write_bytes(b"this was a database" * 100)
    opening = beside(lambda: app.open_workspace(folder))
    qtbot.waitUntil(opening.done, timeout=PATIENCE)
    again = opening.result()
    window = open_window(again)
    assert window.lists.ready and not window.lists.rows, "the next sync reads the fields again"
    (notice,) = [one for one in again.queue.notices if one.sort == "rescued"]
    aside = Path(notice.details["folder"]) / "leafdesk.db"
    assert aside.read_bytes() == b"this was a database" * 100, "it is moved, never deleted"
    window.close()
    again.close()


def answer_the_box() -> list[tuple[str, str]]:
    """Press OK on the box that will come up; the answer fills with what it said."""
    seen: list[tuple[str, str]] = []

    def answer() -> None:
        boxes = [top for top in QApplication.topLevelWidgets() if isinstance(top, QMessageBox) and top.isVisible()]
        for box in boxes:
            seen.append((box.text(), box.informativeText()))
            box.accept()
        if not boxes:
            QTimer.singleShot(50, answer)

    QTimer.singleShot(50, answer)
    return seen


@pytest.mark.parametrize(
    ("password", "faults", "says"),
    [
        ("wrong", "", "Leaf does not know this user name and password"),
        (None, "html=1", "perhaps this network wants you to sign in first"),
        (None, "truncated=1", "Leaf's answer cannot be used"),
        (None, "500=1", "try again in a few minutes"),
    ],
)
def test_a_sign_in_that_fails_says_why_and_keeps_what_was_typed(
    tmp_path: Path,
    sandbox: Sandbox,
    open_window: Callable[..., MainWindow],
    qtbot: QtBot,
    password: str | None,
    faults: str,
    says: str,
) -> None:
    workspace = Workspace(tmp_path / "fresh")
    window = open_window(workspace)
    sandbox.faults.set(faults)
    window.sign_in()
    sheet = window.leaf.sheet
    assert sheet is not None
    sheet.username.setText(sandbox.username)
    sheet.password.setText(password or sandbox.password)
    sheet.url.setText(sandbox.url)
    sheet.yes.click()
    assert not sheet.yes.isEnabled()
    qtbot.waitUntil(lambda: says in sheet.wrong.text(), timeout=PATIENCE)
    assert sheet.isVisible() and sheet.yes.isEnabled() and sheet.yes.text() == "Sign in"
    assert sheet.username.text() == sandbox.username and sheet.password.text()
    sandbox.faults.set("")
    sheet.password.setText(sandbox.password)
    sheet.yes.click()
    qtbot.waitUntil(lambda: window.workspace.account == sandbox.username, timeout=PATIENCE)
    qtbot.waitUntil(lambda: bool(window.workspace.last_sync) and window.status.cancel.isHidden(), timeout=60000)
    window.close()
    workspace.close()
