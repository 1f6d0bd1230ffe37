"""Whether Leaf can be reached, judged by how calls come back: pure, the clock is passed in (sync.md §11).

One call that found no way means offline at once. Online are two good calls within ten seconds, so that a link that
comes and goes does not blink. Unsteady is a line on which several of the last calls failed or came late; it is steady
again when ten seconds went by without that.
"""

from collections import deque
from dataclasses import dataclass, field

from leafdesk.api.errors import (
    BusyError,
    CaptivePortalError,
    LeafError,
    NotSentError,
    SignedOutError,
    UnknownOutcomeError,
    UnreadableAnswerError,
)
from leafdesk.sync.asks import StoppedError
from leafdesk.sync.report import Connection

TOGETHER = 10.0
"""Seconds within which two good calls mean online, and without a bad one an unsteady line is steady again."""
LATE = 10.0
"""Seconds from which an answer counts as late."""
LOOKED_AT, FAILED, WHILE = 20, 3, 60.0
"""So many of the last calls failed or late, none of them longer ago than that many seconds: unsteady."""
UNSTEADY = "Some of Leaf's answers fail or come late. What failed is tried again by itself; nothing is lost."


@dataclass(slots=True)
class Reach:
    """What is known. Times are seconds on a clock that nobody sets."""

    state: Connection = "unknown"
    _good: float | None = None
    """When the last call came back that was good, and none bad since."""
    _bad: float = 0.0
    _last: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=LOOKED_AT))
    """Of the last calls: when, and whether well and in time."""

    def came_back(self, now: float, error: LeafError | None, seconds: float = 0.0) -> tuple[Connection, str]:
        """A call took so many seconds and ended so (None: well): how things stand now, and why in plain words."""
        if isinstance(error, StoppedError | UnreadableAnswerError):
            return self.state, ""
        if isinstance(error, CaptivePortalError):
            return self._lost("captive", str(error))
        if isinstance(error, SignedOutError):
            return self._lost("signed-out", str(error))
        if isinstance(error, NotSentError):
            return self._lost("offline", str(error))
        return self._answered(now, well=not isinstance(error, UnknownOutcomeError | BusyError) and seconds < LATE)

    def forget(self, state: Connection = "unknown") -> None:
        """The computer slept, or somebody signed in or out: what calls said until now says nothing any more."""
        self.state, self._good = state, None
        self._last.clear()

    def _lost(self, state: Connection, why: str) -> tuple[Connection, str]:
        self.forget(state)
        return state, why

    def _answered(self, now: float, *, well: bool) -> tuple[Connection, str]:
        self._last.append((now, well))
        if not well:
            self._good, self._bad = None, now
            if sum(not good for at, good in self._last if now - at < WHILE) >= FAILED:
                self.state = "unsteady"
        else:
            twice = self._good is not None and now - self._good <= TOGETHER
            quiet = self.state != "unsteady" or now - self._bad >= TOGETHER
            if twice and quiet and self.state != "online":
                self.forget("online")
            self._good = now
        return self.state, UNSTEADY if self.state == "unsteady" else ""
