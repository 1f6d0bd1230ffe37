"""No key store: session only, or a file under a passphrase; in the workspace, at a terminal and in the window."""

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from leafdesk.credentials import NO_KEY_STORE
from leafdesk.sandbox import Sandbox
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.settings import Settings
from leafdesk.workspace import SignedOutError, UnreadableSealError, WeakPassphraseError, Workspace, WrongPassphraseError
from tests.shell import Shell, environment
from tests.ui.conftest import open_window

__all__ = ["open_window"]
PASSPHRASE = "corn beets barley"


@pytest.fixture
def no_key_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a bare Linux box, in this process and in those it starts."""
    import keyring
    from keyring.backends import fail

    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def desk(no_key_store: None, sandbox: Sandbox, tmp_path: Path) -> Iterator[Callable[[], Workspace]]:
    """Opens the same folder anew at each call, as starting the program again does."""
    opened: list[Workspace] = []

    def open_() -> Workspace:
        if opened:
            opened[-1].close()
        opened.append(Workspace(tmp_path / "desk", api_url=sandbox.url))
        return opened[-1]

    yield open_
    opened[-1].close()


def signed_in(desk: Callable[[], Workspace], sandbox: Sandbox) -> Workspace:
    workspace = desk()
    assert workspace.login(sandbox.username, sandbox.password, sandbox.url).result(30) == NO_KEY_STORE
    return workspace


# ---------------------------------------------------------------------- the workspace
def test_a_passphrase_brings_the_sign_in_over_a_restart(desk: Callable[[], Workspace], sandbox: Sandbox) -> None:
    signed_in(desk, sandbox).sealing.protect(PASSPHRASE).result(30)
    again = desk()
    assert (again.signed_in, again.sealing.locked) == (False, True)
    assert again.sync().result(60).outcome == "signed-out"
    with pytest.raises(WrongPassphraseError, match="sign in again"):
        again.sealing.unlock("corn beets wheat").result(30)
    assert again.sealing.locked
    again.sealing.unlock(PASSPHRASE).result(30)
    assert (again.signed_in, again.sealing.locked) == (True, False)
    assert again.sync().result(60).outcome == "done"
    file = next((again.folder / "accounts").glob("*/sign-in"))
    again.logout()
    again.newer.told().result(30)  # the engine's thread has done what it was asked before this
    assert not file.exists()
    assert desk().sealing.locked is False


def test_without_a_passphrase_nothing_is_kept(desk: Callable[[], Workspace], sandbox: Sandbox) -> None:
    workspace = signed_in(desk, sandbox)
    with pytest.raises(WeakPassphraseError, match="8 characters"):
        workspace.sealing.protect("barley").result(30)
    assert list((workspace.folder / "accounts").glob("*/sign-in*")) == []
    again = desk()
    assert (again.signed_in, again.sealing.locked) == (False, False)
    with pytest.raises(UnreadableSealError):
        again.sealing.unlock(PASSPHRASE).result(30)


def test_forgotten_or_spoilt_it_is_signed_in_again(desk: Callable[[], Workspace], sandbox: Sandbox) -> None:
    signed_in(desk, sandbox).sealing.protect(PASSPHRASE).result(30)
    again = desk()
    file = next((again.folder / "accounts").glob("*/sign-in"))
    file.write_text("{")
    with pytest.raises(UnreadableSealError, match="Sign in again"):
        again.sealing.unlock(PASSPHRASE).result(30)
    again.login(sandbox.username, sandbox.password, sandbox.url).result(30)
    assert (again.signed_in, again.sealing.locked, file.exists()) == (True, False, False)


def test_nobody_protects_and_unlocks_nothing(no_key_store: None, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "nobody")
    try:
        assert workspace.sealing.locked is False
        for asked in (workspace.sealing.protect, workspace.sealing.unlock):
            with pytest.raises(SignedOutError):
                asked(PASSPHRASE).result(30)
    finally:
        workspace.close()


# ---------------------------------------------------------------------- a terminal
AT_A_TERMINAL = """
import os, sys
line = os.open(sys.argv[1], os.O_RDWR)  # the first one opened after setsid becomes the terminal
for number in (0, 1, 2):
    os.dup2(line, number)
os.execv(sys.executable, [sys.executable, "-m", "leafdesk", *sys.argv[2:]])
"""


def type_at(folder: Path, words: list[str], answers: list[tuple[str, str]]) -> tuple[int, str]:
    """Run a command at a real terminal; each (question, answer): wait for the question, type the answer."""
    try:
        ours, theirs = os.openpty()
        os.ttyname(theirs)
    except OSError:
        pytest.skip("this system gives no pseudo-terminals (a bare root without /dev/pts)")
    said, place = "", 0
    command = [sys.executable, "-c", AT_A_TERMINAL, os.ttyname(theirs), "--data", str(folder), *words]
    with subprocess.Popen(command, env=environment(), start_new_session=True) as process:
        until = time.monotonic() + 100
        while process.poll() is None and time.monotonic() < until:
            if select.select([ours], [], [], 0.1)[0]:
                said += os.read(ours, 4096).decode(errors="replace")
            if answers and answers[0][0] in said[place:]:
                place = len(said)
                os.write(ours, answers.pop(0)[1].encode() + b"\n")
        if process.poll() is None:
            process.kill()
        while select.select([ours], [], [], 0)[0]:
            said += os.read(ours, 4096).decode(errors="replace")
    os.close(theirs)
    os.close(ours)
    assert not answers, said
    return process.returncode, said


@pytest.mark.timeout(420)  # five processes, and a passphrase costs each half a second and 128 MB by design
@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX")
def test_at_a_terminal_it_is_offered_and_asked_for(
    no_key_store: None, sandbox: Sandbox, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAFDESK_API_URL", sandbox.url)
    login = ["login", "--username", sandbox.username]
    code, said = type_at(
        shell.folder,
        login,
        [
            *(("Password", sandbox.password), ("Enter for none", "barley"), ("same again", "barley")),
            ("Enter for none", ""),
        ],
    )
    assert code == 4 and "8 characters" in said and "LEAFDESK_TOKEN" in said
    asked = [("Password", sandbox.password), ("Enter for none", PASSPHRASE), ("same again", PASSPHRASE)]
    code, said = type_at(shell.folder, login, asked)
    assert code == 0, said
    assert PASSPHRASE not in said and "eyJ" not in said
    assert shell.json("status")["locked"] is True
    answer = shell("sync", ends=4)
    assert "run this in a terminal" in answer.err
    code, said = type_at(shell.folder, ["sync"], [("Passphrase", "corn beets wheat"), ("Passphrase", PASSPHRASE)])
    assert code == 0 and "That is not the passphrase." in said and re.search(r"Done: \d+ requests", said)
    code, said = type_at(shell.folder, ["fields", "list"], [])
    assert code == 0  # what is here is shown without a passphrase


# ---------------------------------------------------------------------- the window
def test_the_window_offers_it_and_unlocks(
    desk: Callable[[], Workspace], sandbox: Sandbox, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(desk())
    window.sign_in()
    sheet = window.leaf.sheet
    assert sheet is not None
    sheet.username.setText(sandbox.username)
    sheet.password.setText(sandbox.password)
    sheet.url.setText(sandbox.url)
    sheet.yes.click()
    qtbot.waitUntil(lambda: window.leaf.keep is not None, timeout=15000)
    keep = window.leaf.keep
    assert keep is not None
    assert (keep.yes.isEnabled(), keep.no.isDefault()) == (False, True)  # this session only is what Enter does
    keep.passphrase.setText(PASSPHRASE)
    keep.again.setText("corn")
    keep.yes.click()
    assert keep.wrong.text() == "The two passphrases differ."
    for text in keep.findChildren(QLabel):  # no line is cut off at its lower edge
        assert text.height() >= text.heightForWidth(text.width())
    keep.again.setText(PASSPHRASE)
    with qtbot.waitSignal(keep.kept, timeout=15000):
        keep.yes.click()
    qtbot.waitUntil(lambda: not window.workspace.syncing, timeout=30000)
    window.close()
    again = open_window(desk())
    assert again.commands["sync"].text() == "Unlock to sync"
    settings = again.pages.page("settings")
    assert isinstance(settings, Settings)
    assert settings.account.value("state") == "Locked with your passphrase"
    again.sync()
    unlock = again.leaf.unlock
    assert unlock is not None
    unlock.passphrase.setText("corn beets wheat")
    unlock.yes.click()
    qtbot.waitUntil(lambda: "not the passphrase" in unlock.wrong.text(), timeout=15000)
    unlock.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(again.bridge.sync_ended, timeout=60000):
        unlock.yes.click()
    assert again.workspace.signed_in


def test_a_forgotten_passphrase_leads_to_the_sign_in(
    desk: Callable[[], Workspace], sandbox: Sandbox, open_window: Callable[..., MainWindow]
) -> None:
    signed_in(desk, sandbox).sealing.protect(PASSPHRASE).result(30)
    window = open_window(desk())
    window.sign_in()
    assert window.leaf.unlock is not None and window.leaf.sheet is None
    window.leaf.unlock.forgotten.click()
    assert window.leaf.sheet is not None and window.leaf.sheet.isVisible()
