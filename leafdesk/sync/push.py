"""Send what waits in the queue, in the order of the edits, each resting on what must be there first.

A record's edits go one after the other; a refused edit stops only itself and those that rest on it; a lost answer is
looked into before anything is sent again (sync.md §4 and §5).
"""

from collections import deque
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

from leafdesk.api.errors import (
    BusyError,
    CaptivePortalError,
    ForbiddenError,
    RefusedByLeafError,
    UnknownOutcomeError,
    UnsendableError,
)
from leafdesk.edits import Change, Create, Delete, Redraw
from leafdesk.records import Field, Machine
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.outbox import LIVE, Item, Outbox, StaleError
from leafdesk.sync import farms, fields, machines, redraw, triggers
from leafdesk.sync.asks import LONGEST_WAIT, Rule, Trip, look, patience, pause, put, side_by_side, tell, write
from leafdesk.sync.attempt import GONE, Verdict, conflict, done, park, settle, wait
from leafdesk.sync.places import Nowhere, Place, place_of
from leafdesk.sync.unseen import fetch_unseen, why_not_asked

LANES = 4
"""Records that are sent at the same time; each has one request under way at most (sync.md §4)."""
TURNS = 4
"""Turns that one item gets in one push: a probe, its request, and looks again when it changed meanwhile."""
LONGEST_ASKED = 3600.0
"""Seconds that Leaf may ask for at most (api.outcome); who waits longer waits for a clock that was set back."""
AHEAD = "clock_ahead"
"""The fact that says by how much the clock was ahead of the steady one when settle times were last written."""
DRIFT = 5.0
"""Seconds by which the two may drift apart without anybody having set one."""
MOST_LOST = 3
"""After so many lost answers one after the other the rest waits for the next sync: the line or the server is ill."""


@dataclass(slots=True)
class Pushed:
    """What a push did: `sent` edits that Leaf has now by our requests; the rest as the queue stands afterwards."""

    sent: int = 0
    there: int = 0
    parked: int = 0
    conflicts: int = 0
    waiting: int = 0
    notices: list[str] = field(default_factory=list)

    @property
    def progressed(self) -> bool:
        return bool(self.sent or self.there)

    def as_dict(self) -> dict[str, int]:
        return {"sent": self.sent, "parked": self.parked, "conflicts": self.conflicts, "waiting": self.waiting}


@dataclass(slots=True)
class Pass:
    """One walk over the queue by several lanes: which records are left, and how it goes.

    `groups`: the items of each record, in the order of the edits; a record is in one lane's hands only.
    """

    groups: deque[list[str]]
    total: int
    turns: dict[str, int]
    pushed: Pushed
    done: int = 0
    lost: int = 0
    progressed: bool = False
    over: bool = False


def push(trip: Trip, pushed: Pushed, only: Collection[str] | None = None) -> Rule[None]:
    """One pass after the other over the queue, until a pass brings nothing forward. Counts into `pushed`.

    `only`: these items, with what they rest on. Several records go side by side; a record's edits go one after the
    other. Raises the LeafError that ended it (not sent, signed out, captive, too busy); every item is in order by then.
    """
    yield from _orphans(trip)
    yield from _mind_the_clock(trip)
    turns: dict[str, int] = {}
    goes_on = True
    while goes_on:
        items = yield from look(lambda _, outbox: _chosen(outbox, only))
        groups: dict[tuple[str, str], list[str]] = {}
        for item in items:
            groups.setdefault((item.kind, item.record_id), []).append(item.id)
        walk = Pass(deque(groups.values()), len(items), turns, pushed)
        yield from side_by_side([_lane(walk, trip) for _ in range(min(LANES, len(groups)))])
        goes_on = walk.progressed and not walk.over
    yield from _say_what_waits(trip)


def _chosen(outbox: Outbox, only: Collection[str] | None) -> list[Item]:
    """What may go: everything that waits, or the chosen items with all that stands before them."""
    items = outbox.items(states=("waiting", "sent"))
    if only is None:
        return items
    wanted, ahead = set[str](), [item for item in items if item.id in only]
    while ahead:
        item = ahead.pop()
        if item.id not in wanted:
            wanted.add(item.id)
            ahead.extend(outbox.blockers(item))
    return [item for item in items if item.id in wanted]


def _lane(walk: Pass, trip: Trip) -> Rule[None]:
    """Take one record after the other, and bring its edits as far as they go."""
    while walk.groups and not walk.over:
        try:
            for item_id in walk.groups.popleft():
                if walk.over or not (yield from _forward(item_id, walk, trip)):
                    break
        except BaseException:
            walk.over = True  # the line is dead, or something is wrong: the other lanes finish what they have begun
            raise


def _forward(item_id: str, walk: Pass, trip: Trip) -> Rule[bool]:
    """One item's turn; whether the next one of its record may have its own."""
    walk.done += 1
    verdict = yield from _turn(item_id, trip, walk.turns)
    walk.lost = walk.lost + 1 if verdict == "sent" else 0 if verdict in ("done", "parked", "conflict") else walk.lost
    if walk.lost >= MOST_LOST and not walk.over:
        walk.over = True
        walk.pushed.notices.append("Several answers were lost one after the other; the rest waits for the next sync.")
    if verdict in ("done", "there"):
        walk.progressed = True
        walk.pushed.sent += verdict == "done"
        walk.pushed.there += verdict == "there"
        yield from _hear(item_id, walk.pushed)
    yield from tell("Sending", walk.done, walk.total)
    if verdict in ("done", "there"):
        return True
    item = yield from look(lambda _, outbox: outbox.item(item_id))
    return item is None or item.state not in LIVE


def _say_what_waits(trip: Trip) -> Rule[None]:
    """Write down what each waiting edit waits for, where that says something new."""

    def held_up(_: Catalog, outbox: Outbox) -> list[tuple[Item, str]]:
        waiting = outbox.items(states=("waiting",))
        found = [(item, outbox.blocker(item)) for item in waiting]
        told = [(item, f"Waits for: {one.sentence or 'an earlier change'}") for item, one in found if one is not None]
        return [(item, reason) for item, reason in told if item.reason != reason]

    for item, reason in (yield from look(held_up)):
        with suppress(StaleError):  # changed by the user at this moment
            yield from wait(item, trip, reason)


def count(pushed: Pushed) -> Rule[None]:
    """Fill in how the queue stands now."""
    counts = yield from look(lambda _, outbox: outbox.counts())
    pushed.parked, pushed.conflicts = counts.get("parked", 0), counts.get("conflict", 0)
    pushed.waiting = counts.get("waiting", 0) + counts.get("sent", 0)


def _hear(item_id: str, pushed: Pushed) -> Rule[None]:
    item = yield from look(lambda _, outbox: outbox.item(item_id))
    if item is not None and item.reason:
        pushed.notices.append(f"{item.sentence}: {item.reason}" if item.sentence else item.reason)


def _orphans(trip: Trip) -> Rule[None]:
    """Requests that were under way when Leafdesk was stopped: they may have landed, or may land until S is over."""
    for item in (yield from look(lambda _, outbox: outbox.orphans(trip.id))):
        later = trip.clock() + trip.settle_seconds
        reason = "Leafdesk was stopped while this was on its way; soon it will look whether it arrived."
        try:
            yield from settle(item, trip, "sent", "unknown", reason=reason, not_before=later)
        except StaleError:
            continue  # the user took the turn; the next sync looks again


def _mind_the_clock(trip: Trip) -> Rule[float]:
    """When somebody set the clock, or the computer slept or started, every settle time begins anew. Answers the time.

    A clock that was set forward would say that it is over while the request may still land (sync.md §5). The time is of
    the very moment in which the two clocks were compared: the clock may be set again before the next step.
    """
    known = yield from look(lambda catalog, _: catalog.fact(AHEAD))
    now = trip.clock()
    if known is not None and abs(float(known) - (now - trip.steady())) <= DRIFT:
        return now

    def job(catalog: Catalog, outbox: Outbox) -> tuple[float, Changes]:
        now = trip.clock()
        catalog.put_fact(AHEAD, f"{now - trip.steady():.3f}")
        return now, outbox.hold_back(until=now + trip.settle_seconds)

    return (yield from write(job))


def _turn(item_id: str, trip: Trip, turns: dict[str, int]) -> Rule[Verdict | None]:
    """Bring one item as far as it can go now; None when it is nobody's turn."""
    while turns.get(item_id, 0) < TURNS:
        item, free = yield from look(lambda _, outbox: _looked_at(outbox, item_id))
        if item is None or item.state not in ("waiting", "sent") or not free or not (yield from _due(item, trip)):
            return None
        turns[item_id] = turns.get(item_id, 0) + 1
        try:
            verdict = yield from _send(item, trip)
        except StaleError:
            if item.handed is not None:
                return None  # Leaf does not have it yet: whoever took it over sends it
            yield from _orphan(item_id, trip)
            continue
        except BusyError as error:
            rest = patience(error, turns[item_id], trip)
            if rest > LONGEST_WAIT or turns[item_id] >= TURNS:
                raise
            yield from pause(rest)
            continue
        except CaptivePortalError:
            raise
        except UnknownOutcomeError as error:
            return (yield from _later(item_id, trip, str(error)))
        except (ForbiddenError, RefusedByLeafError) as error:
            return (yield from _parked(item_id, trip, str(error)))
        if verdict == "sent" and (yield from _due_now(item_id, trip)):
            continue  # there is something to look at already
        return verdict
    return None


def _looked_at(outbox: Outbox, item_id: str) -> tuple[Item | None, bool]:
    """The item, and whether nothing stands before it."""
    item = outbox.item(item_id)
    if item is None or (item.state != "waiting" and item.handed is None):
        return item, item is not None
    return item, outbox.blocker(item) is None


def _later(item_id: str, trip: Trip, reason: str) -> Rule[Verdict]:
    """Leaf could not be asked about this record now; the others go on."""
    item = yield from look(lambda _, outbox: outbox.item(item_id))
    if item is not None:
        with suppress(StaleError):  # changed by the user at this moment: there is no reason to write down any more
            yield from wait(item, trip, reason)
    return "sent"


def _parked(item_id: str, trip: Trip, reason: str) -> Rule[Verdict | None]:
    """Leaf does not let us look at this record."""
    item = yield from look(lambda _, outbox: outbox.item(item_id))
    if item is not None and item.state == "waiting":
        with suppress(StaleError):  # changed by the user at this moment: what they say now has its own turn
            # what became of earlier requests, and what a person said of them, stays as it was
            yield from settle(item, trip, "parked", "unknown", reason=reason, theirs=item.theirs)
            return "parked"
    return None


def _due(item: Item, trip: Trip) -> Rule[bool]:
    """Whether its time has come. A clock that was set back must not make anybody wait for ever."""
    now = trip.clock()
    if item.state == "sent":
        now = yield from _mind_the_clock(trip)
        item = (yield from look(lambda _, outbox: outbox.item(item.id))) or item
    ahead = item.not_before - now
    if item.state == "sent" and ahead > trip.settle_seconds:
        later = trip.clock() + trip.settle_seconds
        with suppress(StaleError):  # it has another time by now
            yield from settle(item, trip, "sent", "unknown", reason=item.reason, not_before=later)
        return False
    return ahead <= 0 or (item.state == "waiting" and ahead > LONGEST_ASKED)


def _due_now(item_id: str, trip: Trip) -> Rule[bool]:
    item = yield from look(lambda _, outbox: outbox.item(item_id))
    return item is not None and item.state == "sent" and item.not_before <= trip.clock()


def _orphan(item_id: str, trip: Trip) -> Rule[None]:
    """An item that changed while its request was under way: what became of the request is looked into later."""

    def job(_: Catalog, outbox: Outbox) -> Changes:
        item = outbox.item(item_id)
        attempts = outbox.attempts(item) if item is not None and item.state == "sent" else []
        if item is None or not attempts or attempts[-1].outcome != "inflight":
            return Changes()
        later = trip.clock() + trip.settle_seconds
        return outbox.settle(
            item, "sent", outcome="unknown", reason=item.reason, not_before=later, theirs=item.theirs, now=trip.now()
        )

    yield from put(job)


def _send(item: Item, trip: Trip) -> Rule[Verdict]:
    """The rule for this edit; what cannot be said in Leaf's words is parked."""
    try:
        return (yield from _rule(item, trip))
    except UnsendableError as error:
        return (yield from park(item, trip, str(error)))


def _place(item: Item, trip: Trip) -> Rule[Place | Nowhere]:
    """Where it goes; a record that was never here (the database was made anew) is asked for first."""
    place = yield from look(lambda catalog, _: place_of(catalog, item))
    if not isinstance(place, Nowhere) or place.known:
        return place
    why = yield from look(lambda catalog, _: why_not_asked(catalog, item))
    if why is not None:
        return Nowhere(why)
    if (yield from fetch_unseen(item, trip)):
        return (yield from look(lambda catalog, _: place_of(catalog, item)))
    return place


def _rule(item: Item, trip: Trip) -> Rule[Verdict]:
    edit = item.edit
    if isinstance(edit, Create):
        if isinstance(edit.record, Field):
            return (yield from fields.create_field(item, edit, trip))
        if isinstance(edit.record, Machine):
            return (yield from machines.create_machine(item, edit, trip))
        return (yield from farms.create(item, edit, trip))
    place = yield from _place(item, trip)
    if isinstance(place, Nowhere):
        if not place.gone:
            return (yield from wait(item, trip, place.why))
        if isinstance(edit, Delete) and place.known:
            return (yield from done(item, trip, lambda catalog: catalog.drop(item.kind, item.record_id)))
        return (yield from conflict(item, trip, GONE, None))
    if isinstance(edit, Delete):
        delete = machines.delete_machine if edit.kind == "machines" else fields.delete_field
        return (yield from delete(item, place, trip))
    if isinstance(edit, Redraw):
        return (yield from redraw.redraw_field(item, edit, place, trip))
    if not isinstance(edit, Change):
        return (yield from triggers.send_trigger(item, edit, place, trip))
    if edit.kind == "machines":
        return (yield from machines.change_machine(item, edit, place, trip))
    if edit.kind == "fields":
        return (yield from fields.change_field(item, edit, place, trip))
    return (yield from farms.change(item, edit, place, trip))
