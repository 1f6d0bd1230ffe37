"""When syncs run by themselves: soon after an edit, when something is due, at least every hour, and ever more slowly
while Leaf cannot be reached."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from leafdesk.store.outbox import Outbox
from leafdesk.sync.report import SOON, SyncReport
from leafdesk.sync.terms import Terms

if TYPE_CHECKING:
    from leafdesk.sync.engine import Engine


class Rhythm:
    """Silent until `keep_up`. Its methods may be called on any thread."""

    def __init__(
        self,
        terms: Terms,
        engine: "Callable[[], Engine]",
        sync: Callable[[], "Future[Any]"],
        outbox: Callable[[], Outbox],
    ) -> None:
        self._terms, self._engine, self._sync, self._outbox = terms, engine, sync, outbox
        self._on = False
        self._failures = 0
        self._fresh = False
        """Whether there was an edit since the last sync began."""

    def keep_up(self) -> None:
        """From now on sync without being asked."""
        self._on = True
        self._engine().keep_awake(self._sync)
        self._engine().arm(0.0, self._sync)

    def edited(self) -> None:
        """Something new waits: a few edits usually go together."""
        self._fresh = True
        if self._on:
            self._engine().arm(SOON, self._sync)

    def begins(self) -> None:
        """A sync begins now: whatever was edited before goes with it."""
        self._fresh = False

    def ended(self, running: "Future[SyncReport]") -> None:
        """A sync ended: when the next one is due."""
        from leafdesk.sync.again import seconds_until

        if not self._on:
            return
        report = running.result() if running.exception() is None else None
        self._failures = 0 if report is not None and report.progressed else self._failures + 1
        now, chance = self._terms.clock(), self._terms.chance()
        seconds = seconds_until(report, self._outbox().items(), now=now, failures=self._failures, chance=chance)
        if seconds is not None:  # what was edited meanwhile must not wait for the next hour
            self._engine().arm(min(seconds, SOON) if self._fresh else seconds, self._sync)
