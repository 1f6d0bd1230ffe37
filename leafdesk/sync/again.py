"""When the next sync is due, so that a queue is never armed by a new edit alone (sync.md §1, R3): pure."""

from collections.abc import Iterable

from leafdesk.store.outbox import Item
from leafdesk.sync.report import SyncReport

SWEEP = 3600.0
"""Seconds between two whole sweeps when nothing else happens (sync.md §8)."""
_LONGEST = 300.0


def seconds_until(
    report: SyncReport | None, queue: Iterable[Item], *, now: float, failures: int, chance: float
) -> float | None:
    """Seconds until a sync should run by itself; None when only a person can help (a sign-in is needed).

    `failures`: syncs in a row that brought nothing forward: on a link that comes and goes most end early, and each that
    moved something shows that Leaf can be reached. `chance`: from 0 to 1, for full jitter (sync.md §9).
    """
    if report is not None and report.outcome == "signed-out":
        return None
    if report is None or report.outcome in ("offline", "partial"):
        return max(1.0, chance * min(_LONGEST, 2.0 * 2.0**failures))
    due = [item.not_before for item in queue if item.state in ("waiting", "sent") and item.not_before > now]
    return min([SWEEP, *(max(1.0, when - now) for when in due)])
