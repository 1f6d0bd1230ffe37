"""The first start: two ways to begin, sign-in and what can go wrong with it, the first fetch."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leafdesk.sandbox import Sandbox
from leafdesk.ui.dialogs.sign_in import SignIn
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import Workspace
from tests.ui.conftest import FIELDS

PASSWORD_NOBODY_HAS = "not-the-password"


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace where nobody ever signed in."""
    opened = Workspace(tmp_path / "workspace")
    yield opened
    opened.close()


def sign_in(window: MainWindow, username: str, password: str, url: str, qtbot: QtBot) -> SignIn:
    window.start.sign_in.click()
    sheet = window.leaf.sheet
    assert sheet is not None
    sheet.username.setText(username)
    sheet.password.setText(password)
    sheet.advanced.click()
    sheet.url.setText(url)
    qtbot.keyClick(sheet.password, Qt.Key.Key_Return)
    return sheet


def test_offers_two_ways_to_begin(
    nobody: Workspace, open_window: Callable[..., MainWindow], sandbox: Sandbox, qtbot: QtBot
) -> None:
    tried: list[bool] = []
    window = open_window(nobody, try_demo=lambda: tried.append(True))
    assert window.pages.currentWidget() is window.start
    assert window.rail.isHidden() and window.top.sync.isHidden()
    window.start.demo.click()
    assert tried == [True]


def test_signs_in_fetches_and_shows_the_fields(
    nobody: Workspace, open_window: Callable[..., MainWindow], sandbox: Sandbox, qtbot: QtBot
) -> None:
    window = open_window(nobody)
    sign_in(window, sandbox.username, sandbox.password, sandbox.url, qtbot)
    qtbot.waitUntil(lambda: len(window.lists.rows) == FIELDS, timeout=60000)
    qtbot.waitUntil(lambda: window.status.cancel.isHidden(), timeout=60000)
    assert window.pages.currentWidget() is window.workbench
    assert window.top.account.text() == sandbox.username
    assert not window.rail.isHidden()
    assert window.status.connection.text() == "Online"
    assert window.status.age.text() == "Fetched just now"
    assert window.map_page.empty.isHidden()


@pytest.mark.logs("")
def test_a_wrong_password_says_so_and_can_be_tried_again(
    nobody: Workspace, open_window: Callable[..., MainWindow], sandbox: Sandbox, qtbot: QtBot
) -> None:
    window = open_window(nobody)
    sheet = sign_in(window, sandbox.username, PASSWORD_NOBODY_HAS, sandbox.url, qtbot)
    qtbot.waitUntil(lambda: bool(sheet.wrong.text()), timeout=15000)
    assert "password" in sheet.wrong.text()
    assert PASSWORD_NOBODY_HAS not in sheet.wrong.text()
    assert sheet.yes.isEnabled()
    assert nobody.account is None
    sheet.reject()


def test_an_unreachable_host_says_so(nobody: Workspace, open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        window = open_window(nobody)
        sheet = sign_in(window, "somebody@example.com", "x", url, qtbot)
        qtbot.waitUntil(lambda: bool(sheet.wrong.text()), timeout=30000)
        assert "reach" in sheet.wrong.text(), sheet.wrong.text()
        sheet.reject()


def test_a_sign_in_page_in_the_way_says_so(
    nobody: Workspace, open_window: Callable[..., MainWindow], sandbox: Sandbox, qtbot: QtBot
) -> None:
    sandbox.faults.set("html=1")
    window = open_window(nobody)
    sheet = sign_in(window, sandbox.username, sandbox.password, sandbox.url, qtbot)
    qtbot.waitUntil(lambda: bool(sheet.wrong.text()), timeout=15000)
    assert "page" in sheet.wrong.text(), sheet.wrong.text()
    sheet.reject()


def test_an_address_that_is_none_says_so(
    nobody: Workspace, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(nobody)
    sheet = sign_in(window, "somebody@example.com", "x", "http://leaf.example.com", qtbot)
    qtbot.waitUntil(lambda: bool(sheet.wrong.text()), timeout=15000)
    assert "http" in sheet.wrong.text()
    sheet.reject()


def test_nothing_fetched_yet_offers_to_fetch(
    workspace: Workspace, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(workspace)
    assert not window.map_page.empty.isHidden()
    assert window.map_page.empty.action.text() == "Fetch my fields"
    window.map_page.empty.action.click()
    qtbot.waitUntil(lambda: len(window.lists.rows) == FIELDS, timeout=60000)
    qtbot.waitUntil(lambda: window.status.cancel.isHidden(), timeout=60000)
    assert window.map_page.empty.isHidden()


def test_a_token_that_ran_out_asks_to_sign_in(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    window.commands["sign-out"].trigger()
    qtbot.waitUntil(lambda: window.status.connection.text() == "Signed out", timeout=15000)
    assert not window.status.enter.isHidden()
    assert window.commands["sync"].text() == "Sign in to sync"
    assert len(window.lists.rows) == FIELDS
