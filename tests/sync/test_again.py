"""When a sync runs by itself."""

from dataclasses import replace

import pytest

from leafdesk.edits import change
from leafdesk.store.outbox import Item
from leafdesk.sync.again import SWEEP, seconds_until
from leafdesk.sync.report import SyncReport

DONE = SyncReport(outcome="done", pulled={}, pushed={}, requests=0, seconds=0.0)
ITEM = Item(
    id="i",
    seq=1,
    rev=1,
    edit=change("fields", "f", name="New"),
    base={},
    state="sent",
    reason=None,
    attempts=1,
    not_before=1060.0,
    created="",
)


def after(report: SyncReport | None, *items: Item, failures: int = 0, chance: float = 1.0) -> float | None:
    return seconds_until(report, items, now=1000.0, failures=failures, chance=chance)


def test_nothing_to_do_means_a_sweep_every_hour() -> None:
    assert after(DONE) == SWEEP
    assert after(DONE, replace(ITEM, state="parked")) == SWEEP


def test_an_unknown_outcome_is_looked_into_when_its_time_is_over() -> None:
    assert after(DONE, ITEM) == 60.0
    assert after(DONE, replace(ITEM, not_before=1000.1)) == 1.0


@pytest.mark.parametrize(("failures", "longest"), [(0, 2.0), (1, 4.0), (3, 16.0), (20, 300.0)])
def test_the_pauses_grow_while_leaf_cannot_be_reached(failures: int, longest: float) -> None:
    offline = replace(DONE, outcome="offline")
    assert after(offline, failures=failures) == longest
    assert after(None, failures=failures) == longest
    assert after(offline, failures=failures, chance=0.0) == 1.0


def test_only_a_sign_in_helps_when_the_token_is_gone() -> None:
    assert after(replace(DONE, outcome="signed-out"), ITEM) is None


def test_a_sync_that_moved_something_shows_that_leaf_can_be_reached() -> None:
    offline = replace(DONE, outcome="offline")
    assert DONE.progressed and not offline.progressed
    assert replace(offline, pushed={"sent": 1, "waiting": 400}).progressed
    assert not replace(offline, pushed={"sent": 0, "waiting": 400}).progressed
    assert replace(offline, pulled={"fields": {"added": 0, "changed": 1, "removed": 0}}).progressed
    assert not replace(offline, pulled={"fields": {"added": 0, "changed": 0, "removed": 0}}).progressed
