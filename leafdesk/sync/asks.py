"""The words in which a sync rule asks for what it cannot do itself: send, read, write, pause, tell.

A rule is a generator that yields asks and is handed their answers; whoever drives it owns the network, the database and
the clock. So a rule can be run by the engine, by a test that scripts every answer, or by a simulation, and it holds no
thread, no clock, no chance. What goes wrong on the wire is raised at the `yield` (the tree in api.errors).

    def rename(call: Call[Field]) -> Rule[str]:
        field = yield from send(call)
        return field.name
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from leafdesk.api.errors import (
    BusyError,
    CaptivePortalError,
    LeafError,
    NotSentError,
    UnknownOutcomeError,
    UnreadableAnswerError,
)
from leafdesk.records import Boundary, Kind, Record
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.outbox import Outbox
from leafdesk.sync.report import Progress

if TYPE_CHECKING:
    from leafdesk.api.calls import Call, Page
    from leafdesk.api.wire import RecordProblem

T = TypeVar("T")
R = TypeVar("R", bound=Record | Boundary)


class StoppedError(NotSentError):
    """The sync was cancelled before this request left: nothing happened at Leaf."""


@dataclass(frozen=True, slots=True)
class Send:
    """One request; answered by what the call gives, or its LeafError raised."""

    call: "Call[Any]"


@dataclass(frozen=True, slots=True)
class SendAll:
    """Several requests, a few at a time; answered by a list with, for each, its answer or its LeafError."""

    calls: "tuple[Call[Any], ...]"


@dataclass(frozen=True, slots=True)
class Read:
    """A look at the database; answered by what `look` gives."""

    look: Callable[[Catalog, Outbox], Any]


@dataclass(frozen=True, slots=True)
class Write:
    """One transaction; the job gives its value and what it changed. Committed before the rule goes on."""

    job: Callable[[Catalog, Outbox], tuple[Any, Changes]]


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell whoever looks how far we are."""

    progress: Progress


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Several rules at the same time; answered when all have ended. The first error of one is raised then."""

    rules: "tuple[Rule[None], ...]"


Ask = Send | SendAll | Read | Write | Pause | Tell | SideBySide
Rule = Generator[Ask, Any, T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """What the rules of one sync are given: its id, the clock (seconds since 1970), chance, and its terms.

    `steady`: seconds on a clock that nobody can set (it may begin anew when the computer starts).
    `settle_seconds`: how long a request whose outcome is unknown may still land at Leaf (sync.md: S).
    `chance`: numbers from 0 to 1, to spread retries.
    """

    id: str
    clock: Callable[[], float]
    now: Callable[[], str]
    chance: Callable[[], float]
    steady: Callable[[], float]
    settle_seconds: float = 90.0
    leaf_user_id: str | None = None
    listed: dict[tuple[Kind, str], list[str]] = field(default_factory=dict)
    """Leaf's ids of the farms or growers of a Leaf user, as this sync listed them before it made the first new one."""


def send(call: "Call[T]") -> Rule[T]:
    """Send one request, once."""
    answer: T = yield Send(call)
    return answer


def send_all(calls: "Sequence[Call[T]]") -> Rule[list[T | LeafError]]:
    """Send several requests that change nothing at Leaf; each answer or its error, in order."""
    answers: list[T | LeafError] = yield SendAll(tuple(calls))
    return answers


def look(reading: Callable[[Catalog, Outbox], T]) -> Rule[T]:
    """Read from the database."""
    value: T = yield Read(reading)
    return value


def write(job: Callable[[Catalog, Outbox], tuple[T, Changes]]) -> Rule[T]:
    """Do one transaction; answers the job's value."""
    value: T = yield Write(job)
    return value


def put(job: Callable[[Catalog, Outbox], Changes]) -> Rule[Changes]:
    """Do one transaction whose value is what it changed."""

    def both(catalog: Catalog, outbox: Outbox) -> tuple[Changes, Changes]:
        changes = job(catalog, outbox)
        return changes, changes

    changes: Changes = yield Write(both)
    return changes


def pause(seconds: float) -> Rule[None]:
    """Wait."""
    yield Pause(seconds)


def side_by_side(rules: "Sequence[Rule[None]]") -> Rule[None]:
    """Let rules run at the same time until all have ended."""
    yield SideBySide(tuple(rules))


def tell(what: str, done: int, total: int | None) -> Rule[None]:
    """Say how far we are."""
    yield Tell(Progress(what, done, total))


TRIES = 4
LONGEST_WAIT = 60.0
"""A person waits for this sync: a server that asks for more patience ends it, and the next one goes on."""


def read(call: "Call[T]", trip: Trip) -> Rule[T]:
    """Send a request that changes nothing at Leaf, again after a pause when its answer was lost or Leaf was busy."""
    (answer,) = yield from read_all([call], trip)
    if isinstance(answer, LeafError):
        raise answer
    return answer


def every(page: "Callable[[int], Call[Page[R]]]", trip: Trip) -> Rule[list[R]]:
    """Every usable record of a list that is not long, page by page; a long one is pulled (sync.pull)."""
    found, _ = yield from every_row(page, trip)
    return found


def every_row(page: "Callable[[int], Call[Page[R]]]", trip: Trip) -> "Rule[tuple[list[R], list[RecordProblem]]]":
    """Every record of a list, and what in it cannot be used; `page` asks for the page of a number.

    Leaf may give fewer rows than asked for, no total, or the same page again: a page is the last when as many came as
    the total says, without one when it is not full, and always when it brought nothing new.
    """
    found: dict[str, R] = {}
    problems: list[RecordProblem] = []
    number = 0
    while True:
        one = yield from read(page(number), trip)
        before = len(found) + len(problems)
        found.update({record.id: record for record in one.items})
        problems.extend(problem for problem in one.problems if problem not in problems)
        number, rows = number + 1, len(found) + len(problems)
        if rows == before or (one.count < FULL_PAGE if one.total is None else rows >= one.total):
            return list(found.values()), problems


FULL_PAGE = 100
"""As many records as Leaf gives in a page at most."""


def read_all(calls: "Sequence[Call[T]]", trip: Trip) -> Rule[list[T | LeafError]]:
    """`send_all` for requests that change nothing, those without a trustworthy answer sent again (sync.md §9)."""
    answers = yield from send_all(calls)
    for attempt in range(1, TRIES):
        again = [n for n, answer in enumerate(answers) if worth_repeating(answer)]
        if not again:
            break
        wait = max(patience(answers[n], attempt, trip) for n in again)
        if wait > LONGEST_WAIT:
            break
        yield from pause(wait)
        fresh = yield from send_all([calls[n] for n in again])
        for n, answer in zip(again, fresh, strict=True):
            answers[n] = answer
    return answers


def worth_repeating(answer: object) -> bool:
    """Whether a read that ended so may be sent again at once: a sign-in page or a dead line will not change soon."""
    lasting = isinstance(answer, CaptivePortalError | UnreadableAnswerError)
    return isinstance(answer, UnknownOutcomeError | BusyError) and not lasting


def patience(answer: object, attempt: int, trip: Trip) -> float:
    """Seconds to wait before sending again: what Leaf asks for, else full jitter on a doubling ceiling (sync.md §9)."""
    if isinstance(answer, BusyError) and answer.retry_after is not None:
        return float(answer.retry_after)
    return trip.chance() * min(LONGEST_WAIT, 0.5 * 2.0**attempt)
