"""When syncs run by themselves."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast

from leafdesk.store.database import Database
from leafdesk.store.outbox import Outbox
from leafdesk.sync.again import SWEEP
from leafdesk.sync.report import SOON, SyncReport
from leafdesk.sync.terms import Terms
from leafdesk.workspace.rhythm import Rhythm


class Alarm:
    """What an engine would be told to do later."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def keep_awake(self, _: Callable[[], object]) -> None:
        """After a sleep."""

    def arm(self, seconds: float, _: Callable[[], object]) -> None:
        self.seconds.append(seconds)


def ended(outcome: str = "done") -> "Future[SyncReport]":
    future: Future[SyncReport] = Future()
    report: Any = {"outcome": outcome, "pulled": {}, "pushed": {}, "requests": 1, "seconds": 0.1}
    future.set_result(SyncReport(**report))
    return future


def test_an_edit_while_a_sync_ends_does_not_wait_for_the_next_hour(tmp_path: Path) -> None:
    database, alarm = Database(tmp_path / "leafdesk.db"), Alarm()
    terms = Terms(new_id=lambda: "id", clock=lambda: 0.0, chance=lambda: 1.0)
    rhythm = Rhythm(terms, lambda: cast("Any", alarm), lambda: Future(), lambda: Outbox(database.reader()))
    rhythm.edited()
    rhythm.ended(ended())
    assert alarm.seconds == []  # nobody asked to keep up
    rhythm.keep_up()
    rhythm.begins()
    rhythm.ended(ended())
    rhythm.begins()
    rhythm.edited()
    rhythm.ended(ended())
    assert alarm.seconds == [0.0, SWEEP, SOON, SOON]
    rhythm.begins()
    rhythm.ended(ended("offline"))
    rhythm.ended(ended("offline"))
    assert alarm.seconds[-2:] == [4.0, 8.0]
    database.close()
