"""The engine with one rule taken out at a time: the simulator must notice every one of them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from leafdesk.store.changes import Changes
from leafdesk.store.outbox import Item, Outbox
from leafdesk.sync import pull
from leafdesk.sync.asks import Rule, look
from leafdesk.sync.merge import Merged

from .naive import naive_rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A rule taken out: names replaced, statements that do nothing, another settle time."""

    name: str
    instead: tuple[tuple[str, Any], ...] = ()
    deaf: tuple[str, ...] = ()
    settle_seconds: float = 90.0

    @contextmanager
    def applied(self) -> Iterator[None]:
        with ExitStack() as stack:
            for name, value in self.instead:
                stack.enter_context(mock.patch(name, value))
            yield


NAIVE = Mutant(name="naive", instead=(("leafdesk.sync.push._rule", naive_rule),), settle_seconds=0.0)


def _never(*_: Any, **__: Any) -> None:
    return None


def _always(*_: Any, **__: Any) -> bool:
    return True


def _not(*_: Any, **__: Any) -> bool:
    return False


def _nothing(*_: Any, **__: Any) -> Rule[Any]:
    return None
    yield


def _as_it_is_now(method: Any) -> Any:
    """A write of the queue without compare-and-set: the item is read again, whatever it says by now."""

    def write(self: Outbox, item: Item, *values: Any, **more: Any) -> Any:
        return method(self, self.item(item.id) or item, *values, **more)

    return write


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


MUTANTS = (
    Mutant(
        name="no compare-and-set",
        instead=(
            ("leafdesk.store.outbox.Outbox.settle", _as_it_is_now(Outbox.settle)),
            ("leafdesk.store.outbox.Outbox.mark_sent", _as_it_is_now(Outbox.mark_sent)),
        ),
    ),
    Mutant(name="no settle time", settle_seconds=0.0),
    Mutant(name="no state before the first attempt", instead=(("leafdesk.sync.fields.earlier_pre", _nothing),)),
    Mutant(name="no list before the first attempt", instead=(("leafdesk.sync.farms.earlier_pre", _nothing),)),
    Mutant(name="removed without asking", instead=(("leafdesk.sync.pull._missing", _drop_at_once),)),
    Mutant(name="no hold-back", instead=(("leafdesk.sync.pull._news", _take_news),)),
    Mutant(name="no alias", deaf=("INSERT OR REPLACE INTO aliases",)),
    Mutant(name="no base of a boundary", instead=(("leafdesk.sync.fields._seen", _always),)),
    Mutant(name="no audit of lost updates", instead=(("leafdesk.sync.fields._replaced_unseen", lambda *_: []),)),
    Mutant(
        name="no three-way comparison",
        instead=(("leafdesk.sync.fields.three_way", _send_all), ("leafdesk.sync.farms.three_way", _send_all)),
    ),
    Mutant(name="no proof by history", instead=(("leafdesk.sync.fields._landed", _never),)),
    Mutant(name="deleted without comparing", instead=(("leafdesk.sync.fields._as_seen", _always),)),
    Mutant(name="no look at what a stop left", instead=(("leafdesk.sync.push._orphans", _nothing),)),
    Mutant(name="the clock is believed", instead=(("leafdesk.sync.push._mind_the_clock", _nothing),)),
    Mutant(name="coalesces into what was sent", instead=(("leafdesk.store.queueing.may_rewrite", _always),)),
    Mutant(name="no order", instead=(("leafdesk.store.outbox.Outbox.blocker", _never),)),
    Mutant(name="one record for two creates", instead=(("leafdesk.sync.farms._claimed", _not),)),
    Mutant(name="no attempts written ahead", deaf=("INSERT INTO attempts",)),
    Mutant(name="old copies taken for new", instead=(("leafdesk.store.copies.older", _not),)),
    Mutant(
        name="what is seen is not made anew", instead=(("leafdesk.store.outbox.refold", lambda *_, **__: Changes()),)
    ),
)


def named(name: str) -> Mutant:
    """The mutant of this name."""
    return next(mutant for mutant in (NAIVE, *MUTANTS) if mutant.name == name)
