"""The bridge: events from other threads arrive on the GUI thread, joined; work elsewhere comes back here."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from leafdesk.ui.bridge import Bridge
from leafdesk.workspace import Changes, Progress, Workspace


@pytest.fixture
def bridge(qtbot: QtBot, tmp_path: Path) -> Iterator[Bridge]:
    workspace = Workspace(tmp_path / "workspace")
    made = Bridge(workspace)
    yield made
    made.close()
    workspace.close()


def elsewhere(job: object) -> None:
    thread = threading.Thread(target=job)  # type: ignore[arg-type]
    thread.start()
    thread.join()


def test_changes_are_joined_and_only_the_last_progress_is_told(bridge: Bridge, qtbot: QtBot) -> None:
    changes: list[Changes] = []
    progress: list[Progress] = []
    threads: set[str] = set()
    bridge.changed.connect(changes.append)
    bridge.changed.connect(lambda _: threads.add(threading.current_thread().name))
    bridge.progressed.connect(progress.append)

    def many() -> None:
        for n in range(100):
            bridge._take(Changes(frozenset({("fields", str(n % 3))})))
            bridge._take(Progress("Fields", n, 100))
        bridge._take(Changes(queue=True))

    elsewhere(many)
    qtbot.waitUntil(lambda: bool(progress))
    assert changes == [Changes(frozenset({("fields", "0"), ("fields", "1"), ("fields", "2")}), queue=True)]
    assert progress == [Progress("Fields", 99, 100)]
    assert threads == {threading.main_thread().name}


def test_news_in_quick_succession_is_told_in_one_go_after_a_breath(bridge: Bridge, qtbot: QtBot) -> None:
    told: list[Changes] = []
    bridge.changed.connect(told.append)
    elsewhere(lambda: bridge._take(Changes(frozenset({("fields", "first")}))))
    qtbot.waitUntil(lambda: len(told) == 1)
    for n in range(5):
        elsewhere(lambda n=n: bridge._take(Changes(frozenset({("fields", str(n))}))))
        qtbot.wait(0)
    assert bridge._breath.isActive()
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[1] == Changes(frozenset(("fields", str(n)) for n in range(5)))


def test_results_and_errors_come_back_here(bridge: Bridge, qtbot: QtBot) -> None:
    got: list[object] = []
    bridge.read(lambda _: threading.current_thread().name, got.append)
    bridge.read(lambda _: 1 / 0, got.append, got.append)
    qtbot.waitUntil(lambda: len(got) == 2)
    assert str(got[0]).startswith("leafdesk-read")
    assert isinstance(got[1], ZeroDivisionError)


def test_an_error_nobody_takes_is_told(bridge: Bridge, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bridge.failed) as told:
        bridge.read(lambda _: 1 / 0, lambda _: None)
    assert isinstance(told.args[0], ZeroDivisionError)


def test_nothing_is_told_after_the_end(bridge: Bridge, qtbot: QtBot) -> None:
    got: list[object] = []
    future: Future[int] = Future()
    bridge.then(future, got.append)
    bridge.changed.connect(got.append)
    bridge._take(Changes(queue=True))
    bridge.close()
    bridge._take(Changes(queue=True))
    future.set_result(1)
    qtbot.wait(20)
    assert len(got) <= 1  # what had arrived before the end may still be told, never what comes after
    assert 1 not in got


class Keepsake:
    """Tells in which thread its last reference went."""

    def __init__(self, went: list[threading.Thread]) -> None:
        self.went = went

    def __del__(self) -> None:
        self.went.append(threading.current_thread())


def test_what_only_a_job_and_its_ends_know_is_let_go_on_the_gui_thread(bridge: Bridge, qtbot: QtBot) -> None:
    went: list[threading.Thread] = []
    over: list[object] = []

    def ask() -> None:
        mine = Keepsake(went)
        bridge.work(lambda: mine is None, lambda _: over.append(mine.went))

    for _ in range(200):
        ask()
    qtbot.waitUntil(lambda: len(over) == 200)
    over.clear()
    qtbot.waitUntil(lambda: len(went) >= 190)
    assert set(went) == {threading.main_thread()}
