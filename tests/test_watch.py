"""The watch itself: what it must catch, and what it must let pass."""

import logging
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from tests import watch


def in_the_window(code: str, **names: object) -> object:
    """Run an expression as if it stood in a file of leafdesk/ui."""
    file = str(Path(watch.leafdesk.__file__).parent / "ui" / "made_up.py")
    return eval(compile(code, file, "eval"), dict(names))


def test_a_window_that_waits_for_the_writer_is_caught(gui_guard: watch.GuiGuard) -> None:
    future: Future[int] = Future()
    threading.Timer(0.05, future.set_result, [1]).start()
    assert in_the_window("future.result(5)", future=future) == 1
    assert "waits for another thread" in gui_guard.offences.pop()
    assert not gui_guard.offences


def test_a_finished_future_may_be_read(gui_guard: watch.GuiGuard) -> None:
    future: Future[int] = Future()
    future.set_result(1)
    assert in_the_window("future.result(5)", future=future) == 1


def test_a_window_that_connects_is_caught(gui_guard: watch.GuiGuard) -> None:
    import socket

    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        in_the_window("client.connect(address)", client=client, address=server.getsockname())
    assert "network" in gui_guard.offences.pop()


def test_a_window_that_runs_http_itself_is_caught(gui_guard: watch.GuiGuard) -> None:
    import asyncio

    in_the_window("run(sleep(0))", run=asyncio.run, sleep=asyncio.sleep)
    assert "event loop of its own" in gui_guard.offences[0]
    gui_guard.offences.clear()


def test_a_window_that_reads_a_large_file_is_caught(gui_guard: watch.GuiGuard, tmp_path: Path) -> None:
    small, large = tmp_path / "small.json", tmp_path / "large.json"
    small.write_bytes(b" ")
    large.write_bytes(b" " * (watch.LARGE + 1))
    in_the_window("open(small).close()", small=str(small))
    assert not gui_guard.offences
    in_the_window("open(large).close()", large=str(large))
    assert "large.json" in gui_guard.offences.pop()


def test_other_threads_and_other_rooms_may_wait(gui_guard: watch.GuiGuard) -> None:
    event = threading.Event()
    thread = threading.Thread(target=lambda: in_the_window("event.wait(0.01)", event=event))
    thread.start()
    thread.join()
    event.wait(0.01)


def test_starting_a_thread_is_no_wait(gui_guard: watch.GuiGuard) -> None:
    thread = threading.Thread(target=int)
    in_the_window("thread.start()", thread=thread)
    thread.join()


def test_a_leftover_thread_is_named() -> None:
    before, stop = set(threading.enumerate()), threading.Event()
    thread = threading.Thread(target=stop.wait, name="forgotten")
    thread.start()
    assert watch.leftover_threads(before, patience=0.01) == ["forgotten"]
    stop.set()
    assert watch.leftover_threads(before) == []


def test_a_running_timer_is_found(qapp: object) -> None:
    from PySide6.QtCore import QTimer

    timer = QTimer()
    timer.start(1000)
    assert watch.leftover_qt_work() == ["a running QTimer (1000 ms)"]
    timer.stop()
    assert watch.leftover_qt_work() == []


def test_only_expected_warnings_pass() -> None:
    logs = watch.LogWatch(["disk is full"])
    logger = logging.Logger("made.up")
    logger.addHandler(logs)
    logger.warning("the disk is full")
    logger.warning("the barn burns")
    assert logs.unexpected == ["WARNING made.up: the barn burns"]


@pytest.mark.logs("made up: expected")
def test_a_test_may_say_which_warnings_it_expects() -> None:
    logging.getLogger("leafdesk").warning("made up: expected")
