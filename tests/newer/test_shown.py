"""What the window and the command line tell of newer versions."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from leafdesk import __version__, newer
from leafdesk.newer import Source
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.newer import NewerCard
from leafdesk.ui.panels.settings import Settings
from leafdesk.workspace import Workspace
from tests.newer.conftest import Host, Signer
from tests.shell import Shell


def card_of(window: MainWindow) -> NewerCard:
    page = window.pages.page("settings")
    assert isinstance(page, Settings)
    return page.newer


def test_the_settings_ask_nobody_until_somebody_wishes_it(
    desk: Workspace, host: Host, signer: Signer, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    host.say(signer.notice())
    window = open_window(desk)
    card, told = card_of(window), window.notice.text
    assert (card.never.isChecked(), card.found.isHidden(), card.page.isHidden()) == (True, True, True)
    assert "Nothing about you" in card.about.text()
    card.daily.click()
    qtbot.waitUntil(lambda: card.state.release is not None, timeout=15000)
    assert card.found.text() == "Leafdesk 99.1.0 came out on 1 Dec 2026.\nFields open faster."
    assert (card.page.isHidden(), card.page.toolTip()) == (False, "https://leafdesk.example.com/99.1")
    assert told.text() == "Leafdesk 99.1.0 is out. The settings tell where to get it."
    qtbot.waitUntil(lambda: card.state.told, timeout=15000)
    window.notice.say("")
    window.newness.begin()
    qtbot.waitUntil(lambda: card.state.told and card.state.release is not None, timeout=15000)
    assert told.text() == ""
    card.never.click()
    qtbot.waitUntil(lambda: card.state.release is None, timeout=15000)
    assert card.found.isHidden()
    assert len(host.seen) == 1


def test_a_host_that_hangs_holds_no_window_up(
    desk: Workspace, host: Host, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    desk.newer.wish(True).result(30)
    host.pieces, host.pause = iter([b"HTTP/1.1 200 OK\r\n", *[b"a"] * 10_000]), 0.05
    window = open_window(desk)
    qtbot.waitUntil(lambda: bool(host.seen), timeout=15000)
    assert card_of(window).daily.isChecked()
    qtbot.waitUntil(lambda: window.lists.ready, timeout=15000)


def test_the_command_line_wishes_and_tells(
    shell: Shell, host: Host, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newer, "Source", lambda: Source(host.url, (signer.public,)))
    nothing = {"installed": __version__, "wished": False, "asked": None, "newest": None}
    assert shell.json("updates") == nothing
    assert "leafdesk updates --on" in shell("updates").out
    assert host.seen == []
    host.say(signer.notice())
    found = shell.json("updates", "--on")
    assert (found["wished"], found["newest"]["version"]) == (True, "99.1.0")
    said = shell("updates").out
    assert "99.1.0 of 2026-12-01" in said and "https://leafdesk.example.com/99.1" in said
    assert shell.json("updates", "--off")["newest"] is None
    assert len(host.seen) == 1


def test_offline_the_command_line_is_silent(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newer, "Source", lambda: Source("http://127.0.0.1:9/newest.json"))
    answer = shell("updates", "--on")
    assert (answer.err, "none known" in answer.out) == ("", True)
