"""How fast one host is asked: as many requests at once as it bears, fewer when it says so, none while it is dead.

Leaf publishes no limit, so the rate adapts: full speed on a few connections, halved when Leaf is busy (429, 503),
slowly up again; a time that Leaf names is kept to the second, and a person can set a ceiling. After several failures
of the line in a row nothing more is tried for a while (sync.md §9). Pure: the clock is passed in.
"""

from dataclasses import dataclass

from leafdesk.api.errors import AnsweredError, BusyError, LeafError, NotSentError, UnknownOutcomeError
from leafdesk.sync.asks import LONGEST_WAIT, StoppedError

AT_ONCE = 6
"""Requests under way at the same time: as many as the client has connections."""
_TOGETHER = 1.0
"""Seconds within which several busy answers are one: they were under way together."""
_FAILURES = 5
_LONGEST_SHUT = 300.0


@dataclass(slots=True)
class Pace:
    """The state of one host. Times are seconds on the clock that nobody sets.

    `ceiling`: requests a minute that a person allows at most; None for as many as Leaf bears.
    """

    ceiling: float | None = None
    limit: float = float(AT_ONCE)
    rests_until: float = 0.0
    shut_until: float = 0.0
    failures: int = 0
    _next: float = 0.0
    _slowed: float = -_TOGETHER

    def wait(self, now: float, under_way: int) -> float:
        """Seconds until the next request may leave; 0: now. (When too many are under way, look again soon.)

        Raises BusyError when Leaf asks for more patience than anybody has, NotSentError while the line is shut; nothing
        was sent then.
        """
        if now < self.shut_until:
            seconds = self.shut_until - now
            raise NotSentError(f"Leaf could not be reached several times; it is tried again in {seconds:.0f} s.")
        rest = self.rests_until - now
        if rest > LONGEST_WAIT:
            raise BusyError("Leaf asks us to slow down; it goes on by itself.", retry_after=rest)
        allowed = 1 if self.failures >= _FAILURES else max(1, int(self.limit))  # one request finds out for all
        crowded = 0.05 if under_way >= allowed else 0.0
        return max(rest, self._next - now, crowded, 0.0)

    def leaves(self, now: float) -> None:
        """A request leaves."""
        if self.ceiling is not None and self.ceiling > 0:
            self._next = max(now, self._next) + 60.0 / self.ceiling

    def came_back(self, now: float, error: LeafError | None) -> None:
        """How it ended (None: well)."""
        if isinstance(error, StoppedError):
            return
        busy = isinstance(error, BusyError) or (isinstance(error, UnknownOutcomeError) and error.status == 503)
        if busy:
            self._slow_down(now, error)
        silent = isinstance(error, NotSentError) or (isinstance(error, UnknownOutcomeError) and error.status is None)
        if silent:
            self.failures += 1
            if self.failures >= _FAILURES:
                self.shut_until = now + min(_LONGEST_SHUT, 2.0 * 2.0 ** (self.failures - _FAILURES))
            return
        self.failures, self.shut_until = 0, 0.0
        if error is None or (isinstance(error, AnsweredError) and not busy):
            self.limit = min(float(AT_ONCE), self.limit + 0.2 / self.limit)

    def try_again(self) -> None:
        """A person asks: the line is tried at once, whatever happened before."""
        self.shut_until = 0.0

    def _slow_down(self, now: float, error: LeafError | None) -> None:
        if now - self._slowed >= _TOGETHER:
            self.limit, self._slowed = max(1.0, self.limit / 2), now
        if error is not None and error.retry_after is not None:
            self.rests_until = max(self.rests_until, now + error.retry_after)
