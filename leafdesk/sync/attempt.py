"""One queue item's turn at Leaf: written ahead, sent once, and its outcome written down whatever it is."""

from collections.abc import Callable, Container, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from leafdesk.api.errors import (
    AnsweredError,
    BusyError,
    CaptivePortalError,
    GoneError,
    LeafError,
    NotSentError,
    RefusedByLeafError,
    SignedOutError,
    UnknownOutcomeError,
    UnreadableAnswerError,
)
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.handing import FAR_AWAY
from leafdesk.store.outbox import Item, Outbox, StaleError, State
from leafdesk.sync.asks import Rule, StoppedError, Trip, look, patience, put, read, send, write
from leafdesk.sync.lag import catch_up

if TYPE_CHECKING:
    from leafdesk.api.calls import Call
    from leafdesk.api.wire import RecordProblem

T = TypeVar("T")
Verdict = Literal["done", "there", "waiting", "sent", "parked", "conflict"]
"""How a turn ended: `done` by our request, `there` without one; else the state in which the item stays."""

MOST_UNKNOWN = 8
POISON_SECONDS = 3600.0
"""After so many lost answers, over so long, an item is parked: Leaf's server cannot process it (sync.md §9, poison). In
less time it may only be the line that is bad."""
GONE = "Somebody deleted this at Leaf."
CHANGED = "Somebody changed this at Leaf after you saw it."
UNBELIEVABLE = "Leaf's answer spoke of another record; whether this arrived will be checked."
TWIN = "Leaf says it has this already; looking."


def settle(
    item: Item,
    trip: Trip,
    state: State,
    outcome: str,
    *,
    reason: str | None = None,
    not_before: float | None = None,
    theirs: dict[str, Any] | None = None,
    also: Callable[[Catalog], Changes] | None = None,
) -> Rule[None]:
    """Write down what became of the item, and in the same transaction what Leaf answered (`also`)."""

    def job(catalog: Catalog, outbox: Outbox) -> Changes:
        outbox.refuse_stale(item)  # a record that was taken back meanwhile has no room for the answer
        learned = also(catalog) if also else Changes()
        return learned | outbox.settle(
            item, state, outcome=outcome, reason=reason, not_before=not_before, theirs=theirs, now=trip.now()
        )

    yield from put(job)


def done(item: Item, trip: Trip, also: Callable[[Catalog], Changes], *, notice: str | None = None) -> Rule[Verdict]:
    """Leaf has it."""
    yield from settle(item, trip, "done", "ok", reason=notice, also=also)
    return "done" if item.state == "sent" and item.handed is None else "there"


def conflict(
    item: Item,
    trip: Trip,
    reason: str,
    theirs: dict[str, Any] | None,
    also: Callable[[Catalog], Changes] | None = None,
    *,
    outcome: str | None = None,
) -> Rule[Verdict]:
    """Leaf's copy is not what the edit was made against: a person chooses."""
    outcome = outcome or ("absent" if item.state == "sent" else "notsent")
    if reason == GONE and also is None:  # so that to keep mine means a new record, whatever the next sync reads
        also = partial(Catalog.drop, kind=item.kind, id=item.record_id)
    yield from settle(item, trip, "conflict", outcome, reason=reason, theirs=theirs, also=also)
    return "conflict"


def park(item: Item, trip: Trip, reason: str) -> Rule[Verdict]:
    """A person must look at it; nothing was applied."""
    yield from settle(item, trip, "parked", "rejected", reason=reason, theirs=item.theirs)
    return "parked"


def wait(item: Item, trip: Trip, reason: str) -> Rule[Verdict]:
    """Not now, and why; written only when it says something new."""
    if item.state == "waiting" and item.reason != reason:
        yield from settle(item, trip, "waiting", "notsent", reason=reason, theirs=item.theirs)
    return "waiting"


def absent(item: Item, trip: Trip) -> Rule[Item]:
    """The probe showed that the lost request did not happen: the item, free to be sent again.

    Raises StaleError when an edit stands before it by now (two records turned out to be one): that one goes first.
    """
    yield from settle(item, trip, "waiting", "absent", theirs=item.theirs)

    def again(_: Catalog, outbox: Outbox) -> Item:
        fresh = outbox.item(item.id)
        if fresh is None or outbox.blocker(fresh) is not None:
            raise StaleError(item.id)
        return fresh

    return (yield from look(again))


def in_doubt(item: Item) -> Rule[bool]:
    """Whether it may be at Leaf already: a request of unknown outcome left, or a colleague may send it at any time."""
    attempts = yield from look(lambda _, outbox: outbox.attempts(item))
    return item.state == "sent" or any(one.outcome == "unknown" or one.run_id == FAR_AWAY for one in attempts)


def earlier_pre(item: Item) -> Rule[dict[str, Any] | None]:
    """What was known before the first request of this item left; None when none ever did (or a colleague's only)."""
    attempts = yield from look(lambda _, outbox: outbox.attempts(item))
    return next((attempt.pre for attempt in attempts if attempt.pre), None)


def send_ahead(
    item: Item, trip: Trip, call: "Call[T]", *, body: Any, pre: dict[str, Any]
) -> Rule[tuple[Item, T] | Verdict]:
    """Write the attempt ahead, send it, and settle everything but success (sync.md §9).

    Answers the item as it is now with Leaf's answer, still to be settled by the caller; or how the item was settled.
    Raises what ends the whole push (not sent, signed out, busy), after the item is waiting again.
    """

    def ahead(_: Catalog, outbox: Outbox) -> tuple[Item, Changes]:
        sent, _attempt = outbox.mark_sent(item, body=body, pre=pre, now=trip.now(), run_id=trip.id, at=trip.clock())
        return sent, Changes(queue=True)

    item = yield from write(ahead)
    try:
        answer = yield from send(call)
    except UnknownOutcomeError as error:
        return (yield from _unknown(item, trip, error))
    except (NotSentError, SignedOutError, BusyError) as error:
        later = trip.clock() + patience(error, item.attempts, trip) if isinstance(error, BusyError) else None
        reason = None if isinstance(error, StoppedError) else str(error)
        yield from settle(item, trip, "waiting", "notsent", reason=reason, not_before=later, theirs=item.theirs)
        raise
    except GoneError:
        yield from settle(item, trip, "conflict", "rejected", reason=GONE)
        return "conflict"
    except AnsweredError as error:
        if isinstance(error, RefusedByLeafError) and error.error_key == "fieldAlreadyExists":
            yield from settle(item, trip, "sent", "unknown", reason=TWIN, not_before=trip.clock())
            return "sent"
        return (yield from park(item, trip, plain_words(error)))
    return item, answer


def _unknown(item: Item, trip: Trip, error: UnknownOutcomeError) -> Rule[Verdict]:
    """It left and nobody knows: it may still land until the settle time is over."""
    later = trip.clock() + trip.settle_seconds
    attempts = yield from look(lambda _, outbox: outbox.attempts(item))
    first = next((attempt.at for attempt in attempts if attempt.at is not None), None)
    if item.attempts >= MOST_UNKNOWN and (first is None or abs(trip.clock() - first) >= POISON_SECONDS):
        reason = f"Leaf's server could not process this {item.attempts} times. {error}"
        yield from settle(item, trip, "parked", "unknown", reason=reason, not_before=later)
        return "parked"
    yield from settle(item, trip, "sent", "unknown", reason=str(error), not_before=later, theirs=item.theirs)
    if isinstance(error, CaptivePortalError):
        raise error
    return "sent"


def unbelievable(item: Item, trip: Trip) -> Rule[Verdict]:
    """A success came that does not speak of our record: no proof of anything, so it is looked into like a lost one."""
    later = trip.clock() + trip.settle_seconds
    yield from settle(item, trip, "sent", "unknown", reason=UNBELIEVABLE, not_before=later)
    return "sent"


def plain_words(error: AnsweredError) -> str:
    """Why Leaf refused, in Leaf's own words where it gave some."""
    words = [word for word in (error.title, error.detail) if word]
    return f"Leaf refused this: {'. '.join(dict.fromkeys(words))}" if words else str(error)


def find(call: "Call[T]", trip: Trip) -> Rule[T | None]:
    """The record at Leaf, or None when Leaf says there is none. Every other trouble is raised."""
    try:
        return (yield from read(call, trip))
    except GoneError:
        return None


def find_known(call: "Call[T]", trip: Trip) -> Rule[T | None]:
    """A record that Leaf is known to have had, or None once it is certain that it is gone."""
    asked = trip.steady()
    found = yield from find(call, trip)
    if found is None and (yield from catch_up(trip, asked)):
        found = yield from find(call, trip)
    return found


def readable(problems: "Iterable[RecordProblem]", known: Container[str] = ()) -> None:
    """A list in which something cannot be read proves nothing: what is looked for may be just that.

    Raises UnreadableAnswerError, unless all of it was `known` before.
    """
    for problem in problems:
        if problem.id is None or problem.id not in known:
            raise UnreadableAnswerError(f"Leaf lists something that cannot be read, so this has to wait: {problem}")


def attempt_find(call: "Call[T]", trip: Trip) -> Rule[T | None]:
    """The answer, or None for any trouble: for what is good to know and can wait until the next pull."""
    try:
        return (yield from read(call, trip))
    except LeafError:
        return None
