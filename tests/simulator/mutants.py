"""The engine with one rule taken out at a time: the simulator must notice every one of them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from leafdesk.store.changes import Changes
from leafdesk.store.outbox import Item, Outbox
from leafdesk.sync import attempt, pull, triggers
from leafdesk.sync.asks import Rule, Trip, look
from leafdesk.sync.merge import Merged, plain

from .naive import naive_rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A rule taken out: names replaced, statements that do nothing, another settle time.

    `looks_for`: only violations that begin so count (a settle time that is too short breaks other promises, too).
    """

    name: str
    instead: tuple[tuple[str, Any], ...] = ()
    deaf: tuple[str, ...] = ()
    settle_seconds: float = 90.0
    looks_for: str = ""

    @contextmanager
    def applied(self) -> Iterator[None]:
        with ExitStack() as stack:
            for name, value in self.instead:
                stack.enter_context(mock.patch(name, value))
            yield


NAIVE = Mutant(name="naive", instead=(("leafdesk.sync.push._rule", naive_rule),), settle_seconds=0.0)
LATE = Mutant(name="late", settle_seconds=20.0, looks_for="I2 doubled")
"""All rules, but requests may land after the settle time: every double must be told (sync.md §0)."""


def _never(*_: Any, **__: Any) -> None:
    return None


def _always(*_: Any, **__: Any) -> bool:
    return True


def _not(*_: Any, **__: Any) -> bool:
    return False


def _empty(*_: Any, **__: Any) -> list[Any]:
    return []


def _no_changes(*_: Any, **__: Any) -> Changes:
    return Changes()


def _by_the_clock(trip: Trip) -> Rule[float]:
    return trip.clock()
    yield


def _nothing(*_: Any, **__: Any) -> Rule[Any]:
    return None
    yield


def _no_rows(*_: Any) -> Rule[list[str]]:
    return []
    yield


def _as_it_is_now(method: Any) -> Any:
    """A write of the queue without compare-and-set: the item is read again, whatever it says by now."""

    def write(self: Outbox, item: Item, *values: Any, **more: Any) -> Any:
        return method(self, self.item(item.id) or item, *values, **more)

    return write


def _exact_key(connection: Any, kind: Any, id: str) -> str | None:
    """Neither an alias nor Leaf's own id leads to a record. (Either alone still does: records keep Leaf's id, too.)"""
    found = connection.execute("SELECT key FROM records WHERE kind = ? AND key = ?", (kind, id)).fetchone()
    return None if found is None else str(found[0])


def _send_all(base: Any, mine: dict[str, Any], theirs: Any) -> Merged:
    return Merged({name: value for name, value in mine.items() if theirs.get(name) != value}, {})


def _drop_at_once(listing: Any, sweep: Any, trip: Any, pulled: Any) -> Rule[None]:
    def unlisted(catalog: Any, _: Any) -> list[Any]:
        keys = catalog.server_ids(listing.kind, trip.leaf_user_id)
        gone = [key for key in keys if (catalog.leaf_id(listing.kind, key) or key) not in sweep.ids]
        return [copy for key in sorted(gone) if (copy := catalog.server_copy(listing.kind, key)) is not None]

    missing = yield from look(unlisted)
    yield from pull._drop(missing)


def _take_news(catalog: Any, outbox: Any, kind: Any, records: Any) -> list[Any]:
    return [one for one in records if (known := catalog.server_copy(kind, one.id)) is None or known.raw != one.raw]


def _believe(item: Item, trip: Trip) -> Rule[Any]:
    return (yield from attempt.done(item, trip, lambda _: Changes()))


def _lost_is_not_sent(item: Item, trip: Trip, error: Any) -> Rule[Any]:
    yield from attempt.settle(item, trip, "waiting", "notsent", reason=str(error))
    return "waiting"


_upload = triggers._upload


def _upload_again(item: Item, edit: Any, place: Any, trip: Trip) -> Rule[Any]:
    if item.state == "sent":
        item = yield from attempt.absent(item, trip)
    return (yield from _upload(item, edit, place, trip))


def _only_named(one: Any, body: Any) -> bool:
    return plain(one.name) == plain(body.get("name"))


def _without_a_look(item: Item, record: Any, answer: Any, trip: Trip) -> Any:
    return lambda catalog: catalog.number(record.kind, record.id, answer.id) | catalog.put([answer])


def _in(name: str, value: Any, *rooms: str) -> tuple[tuple[str, Any], ...]:
    """The same name replaced in several rooms of sync."""
    return tuple((f"leafdesk.sync.{room}.{name}", value) for room in rooms)


_QUEUE = "leafdesk.store.outbox"
MUTANTS = (
    Mutant(
        name="no compare-and-set",
        instead=(
            (f"{_QUEUE}.Outbox.settle", _as_it_is_now(Outbox.settle)),
            (f"{_QUEUE}.Outbox.mark_sent", _as_it_is_now(Outbox.mark_sent)),
        ),
    ),
    Mutant(name="no settle time", settle_seconds=0.0),
    Mutant(name="a 404 of a machine that is behind is believed", instead=_in("catch_up", _nothing, "attempt", "pull")),
    Mutant(name="a farm known by its name alone", instead=_in("as_sent", _only_named, "farms")),
    Mutant(name="no look before a record is claimed", instead=_in("created", _without_a_look, "farms", "machines")),
    Mutant(name="no attempts written ahead", deaf=("INSERT INTO attempts",)),
    Mutant(name="no state before the first attempt", instead=_in("earlier_pre", _nothing, "redraw")),
    Mutant(name="no look at the place of a new field", instead=_in("_under_another_id", _nothing, "fields")),
    Mutant(name="no list before the first attempt", instead=_in("known_before", _nothing, "farms", "machines")),
    Mutant(name="removed without asking", instead=_in("_missing", _drop_at_once, "pull")),
    Mutant(name="no hold-back", instead=_in("_news", _take_news, "pull")),
    Mutant(name="old names are forgotten", instead=(("leafdesk.store.queueing.find_key", _exact_key),)),
    Mutant(name="references not pointed again", instead=(("leafdesk.store.numbering._point_again", _no_changes),)),
    Mutant(name="no base of a boundary", instead=_in("_seen", _always, "redraw")),
    Mutant(name="no audit of lost updates", instead=_in("_replaced_unseen", _empty, "redraw")),
    Mutant(
        name="no audit of late doubles",
        instead=_in("tell_doubles", _no_rows, "pull"),
        settle_seconds=LATE.settle_seconds,
        looks_for=LATE.looks_for,
    ),
    Mutant(name="no three-way comparison", instead=_in("three_way", _send_all, "fields", "farms", "machines")),
    Mutant(name="no proof by history", instead=_in("_landed", _never, "redraw")),
    Mutant(name="deleted without comparing", instead=_in("_as_seen", _always, "fields")),
    Mutant(name="no look at what a stop left", instead=_in("_orphans", _nothing, "push")),
    Mutant(name="the clock is believed", instead=_in("_mind_the_clock", _by_the_clock, "push")),
    Mutant(name="coalesces into what was sent", instead=(("leafdesk.store.queueing.may_rewrite", _always),)),
    Mutant(name="no order", instead=((f"{_QUEUE}.Outbox.blocker", _never),)),
    Mutant(name="one record for two creates", instead=_in("claimed", _not, "farms", "machines")),
    Mutant(name="old copies taken for new", instead=(("leafdesk.store.copies.older", _not),)),
    Mutant(name="what is seen is not made anew", instead=((f"{_QUEUE}.refold", _no_changes),)),
    Mutant(name="any answer is a proof", instead=_in("unbelievable", _believe, "fields", "farms", "machines")),
    Mutant(name="a lost request was not sent", instead=_in("_unknown", _lost_is_not_sent, "attempt")),
    Mutant(name="an upload is repeated", instead=_in("_upload", _upload_again, "triggers")),
    Mutant(name="poison is retried for ever", instead=_in("MOST_UNKNOWN", 10**9, "attempt")),
    Mutant(name="brought back without looking", instead=(("leafdesk.store.answering.load_attempts", _empty),)),
    Mutant(
        name="what cannot be read is not there",
        instead=_in("readable", _never, "claims", "fields", "past_boundaries", "triggers"),
    ),
    Mutant(name="no journal", deaf=("INSERT INTO journal",)),
)


def named(name: str) -> Mutant:
    """The mutant of this name."""
    return next(mutant for mutant in (NAIVE, LATE, *MUTANTS) if mutant.name == name)
