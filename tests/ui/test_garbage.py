"""Cyclic garbage goes in the window's thread and nowhere else, and what was read in bulk is put by."""

import gc
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from leafdesk.ui.garbage import Collector


class Knot:
    """Garbage that only a collector can find; notes the thread in which it went."""

    def __init__(self, went: list[threading.Thread]) -> None:
        self.me, self.went = self, went

    def __del__(self) -> None:
        self.went.append(threading.current_thread())


@pytest.fixture
def collector(qapp: QObject) -> Iterator[Collector]:
    """One that has begun; Python's own takes over again as it was."""
    enabled, slice_s = gc.isenabled(), sys.getswitchinterval()
    gc.enable()
    collector = Collector(qapp)
    collector.begin()
    yield collector
    collector.clock.stop()
    collector.deleteLater()
    gc.unfreeze()
    sys.setswitchinterval(slice_s)
    if enabled:
        gc.enable()


def busy() -> None:
    """Make so many objects that Python's own collector would have run."""
    kept = [[n] for n in range(5_000)]
    assert len(kept) == 5_000


def test_another_thread_never_collects(collector: Collector) -> None:
    went: list[threading.Thread] = []
    Knot(went)
    other = threading.Thread(target=busy)
    other.start()
    other.join()
    assert went == []
    collector.go_round()
    assert went == [threading.main_thread()]


def test_a_round_comes_by_itself(collector: Collector, qtbot: QtBot) -> None:
    went: list[threading.Thread] = []
    Knot(went)
    qtbot.waitUntil(lambda: bool(went), timeout=10_000)


def test_what_was_read_in_bulk_is_put_by_and_still_goes_when_it_is_let_go(collector: Collector) -> None:
    put_by = gc.get_freeze_count()
    rows = [[n] for n in range(30_000)]
    collector.go_round()
    assert gc.get_freeze_count() - put_by >= 30_000
    del rows
    assert gc.get_freeze_count() - put_by < 30_000


def test_a_knot_that_was_put_by_goes_at_the_spring_cleaning(collector: Collector) -> None:
    went: list[threading.Thread] = []
    Knot(went)
    gc.freeze()
    collector.go_round()
    assert went == []
    collector.clean_all()
    assert went == [threading.main_thread()]


def test_the_application_has_it_from_the_start() -> None:
    code = (
        "import gc; from leafdesk.app import make_application; from leafdesk.ui.garbage import Collector; "
        "print(len(make_application().findChildren(Collector)), gc.isenabled())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False"]
