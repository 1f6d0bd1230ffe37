"""One whole sync as a rule: push what waits, then pull, then push what the pull made possible; and how it ended."""

from dataclasses import dataclass, field

from leafdesk.api.errors import CaptivePortalError, LeafError, NotSentError, SignedOutError, UnknownOutcomeError
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.items import REBUILD
from leafdesk.store.outbox import Outbox
from leafdesk.sync.asks import Rule, StoppedError, Trip, look, put, write
from leafdesk.sync.pull import pull
from leafdesk.sync.push import Pushed, count, push
from leafdesk.sync.report import LAST_SYNC, Outcome
from leafdesk.sync.stock import is_due, pull_stock, remember
from leafdesk.sync.tally import Pulled
from leafdesk.sync.wish import LAND, Wish


@dataclass(slots=True)
class Cycle:
    """What one sync has done so far, and how it ended."""

    pulled: Pulled = field(default_factory=Pulled)
    pushed: Pushed = field(default_factory=Pushed)
    outcome: Outcome = "done"
    reason: str | None = None

    @property
    def notices(self) -> tuple[str, ...]:
        return (*self.pushed.notices, *self.pulled.notices)


def sync(trip: Trip, cycle: Cycle, wish: Wish = LAND) -> Rule[None]:
    """Push, pull, and push again if something became possible. Trouble with Leaf ends it and is written in `cycle`.

    A failed step ends the cycle: nothing is sent on the strength of a pull that did not succeed (sync.md §1, R5).
    """
    anew = yield from look(lambda catalog, _: catalog.fact(REBUILD) is not None)
    try:
        if wish.push and not anew:
            yield from push(trip, cycle.pushed, wish.only)
        if wish.pull or anew:
            yield from _pull(trip, cycle, wish, anew=anew)
            if wish.push and (yield from look(lambda catalog, outbox: _possible(catalog, outbox, trip))):
                yield from push(trip, cycle.pushed, wish.only)
            if trip.leaf_user_id is None:
                yield from write(lambda catalog, _: _remember(catalog, trip))
    except LeafError as error:
        cycle.outcome, cycle.reason = ended_by(error)
    if cycle.outcome == "done" and cycle.notices:
        cycle.reason = cycle.notices[0]
    yield from count(cycle.pushed)


def _pull(trip: Trip, cycle: Cycle, wish: Wish, *, anew: bool) -> Rule[None]:
    """Read all land, and all else when that is due. Once everything of a database made anew is here, edits may go."""
    yield from pull(trip, cycle.pulled, whole=anew or not wish.by_itself)
    due = (yield from look(lambda catalog, _: is_due(catalog, trip))) if wish.stock is None else wish.stock
    if due or anew:
        yield from pull_stock(trip, cycle.pulled)
        if trip.leaf_user_id is None:
            yield from put(lambda catalog, _: _is_whole(catalog, trip))


def _is_whole(catalog: Catalog, trip: Trip) -> Changes:
    catalog.put_fact(REBUILD, None)
    return remember(catalog, trip)


def ended_by(error: LeafError) -> tuple[Outcome, str]:
    """How a sync ended that this error ended, and why in plain words."""
    if isinstance(error, StoppedError):
        return "partial", "The sync was stopped; what was read and sent is kept."
    if isinstance(error, SignedOutError):
        return "signed-out", str(error)
    silent = isinstance(error, UnknownOutcomeError) and error.status is None
    if silent or isinstance(error, NotSentError | CaptivePortalError):
        return "offline", str(error)
    return "partial", str(error)


def _possible(catalog: Catalog, outbox: Outbox, trip: Trip) -> bool:
    """Whether an edit could go now: made while we pulled, or no longer held up."""
    if catalog.fact(REBUILD) is not None:
        return False
    now = trip.clock()
    due = [item for item in outbox.items(states=("waiting",)) if item.not_before <= now]
    return any(outbox.blocker(item) is None for item in due)


def _remember(catalog: Catalog, trip: Trip) -> tuple[None, Changes]:
    catalog.put_fact(LAST_SYNC, trip.now())
    return None, Changes()
