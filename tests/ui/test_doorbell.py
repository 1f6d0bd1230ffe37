"""A second start hands its files to the window that is open, and nobody else can."""

import json
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from leafdesk.ui.doorbell import DOOR, Doorbell, ring


@pytest.fixture
def bell(qtbot: QtBot, tmp_path: Path) -> Iterator[Doorbell]:
    made = Doorbell(tmp_path)
    yield made
    made.close()
    made.deleteLater()
    qtbot.wait(1)


def answered(folder: Path) -> bool:
    """Whether somebody answers; asked from another thread, as the window's own never rings."""
    thread = rung(folder)
    thread.join()
    return thread.heard == [True]  # type: ignore[attr-defined,no-any-return]


def rung(folder: Path, *files: Path) -> threading.Thread:
    """Ring from another thread, as another process would."""
    heard: list[bool] = []
    thread = threading.Thread(target=lambda: heard.append(ring(folder, files)))
    thread.heard = heard  # type: ignore[attr-defined]
    thread.start()
    return thread


def test_files_arrive_at_the_window_that_is_open(bell: Doorbell, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bell.rang, timeout=5000) as told:
        thread = rung(tmp_path, tmp_path / "a.kml", Path("relative.kml"))
    thread.join()
    assert thread.heard == [True]  # type: ignore[attr-defined]
    assert told.args == [[tmp_path / "a.kml", Path("relative.kml").absolute()]]


@pytest.mark.skipif("os.name == 'nt'", reason="Windows keeps a user's folder from others by itself")
def test_only_its_owner_may_read_where_the_bell_is(bell: Doorbell, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / DOOR).stat().st_mode) == 0o600


def test_who_does_not_know_the_key_is_sent_away(bell: Doorbell, tmp_path: Path, qtbot: QtBot) -> None:
    port = json.loads((tmp_path / DOOR).read_text())["port"]
    rang: list[object] = []
    bell.rang.connect(rang.append)
    for said in (b'{"key": "guessed", "files": ["/etc/passwd"]}\n', b"[]\n", b"\xff\n", b"x" * 70_000):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.setblocking(False)
            line.send(said)
            qtbot.waitUntil(lambda line=line: _ended(line), timeout=5000)
    assert rang == []


def _ended(line: socket.socket) -> bool:
    try:
        return line.recv(10) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_a_bell_that_was_left_behind_is_not_answered(tmp_path: Path) -> None:
    assert not answered(tmp_path)
    (tmp_path / DOOR).write_text('{"port": 1, "key": "x"}')
    assert not answered(tmp_path)
    for nonsense in ("", "[]", '{"port": "?", "key": 1}', '{"port": 99999999, "key": ""}'):
        (tmp_path / DOOR).write_text(nonsense)
        assert not answered(tmp_path)


def test_the_bell_is_taken_off_when_the_window_closes(qtbot: QtBot, tmp_path: Path) -> None:
    bell = Doorbell(tmp_path)
    bell.close()
    assert not (tmp_path / DOOR).exists()
    assert not answered(tmp_path)
    bell.deleteLater()
    qtbot.wait(1)


def test_a_whole_second_start_ends_at_once_and_its_file_is_opened_in_the_first(
    bell: Doorbell, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "farm.kml"
    file.write_text("<kml/>")
    with qtbot.waitSignal(bell.rang, timeout=30000) as told:
        second = subprocess.Popen(
            [sys.executable, "-m", "leafdesk", "--data", str(tmp_path), str(file)],
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
            stderr=subprocess.PIPE,
        )
    _, said = second.communicate(timeout=30)
    assert second.returncode == 0
    assert b"open already" in said
    assert told.args == [[file]]
