"""Whose is a record that is new in Leaf's list: what was known before a create left, and what a person said since.

Leaf numbers farms, growers and machines itself, so a create whose answer was lost is recognized by what is new
(sync.md §6, rows 5, 7 and 9). Where that does not decide, a person says: that one is mine, or send mine again.
"""

from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Any, TypeVar

from leafdesk.records import Farm, Grower, Kind, Machine
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.outbox import Item, Outbox, StaleError
from leafdesk.sync.asks import Rule, Trip, every_row, look
from leafdesk.sync.attempt import Verdict, conflict, done, find_known, readable
from leafdesk.sync.lag import note_news

if TYPE_CHECKING:
    from leafdesk.api.calls import Call, Page

Numbered = Farm | Grower | Machine
N = TypeVar("N", Farm, Grower, Machine)

CHOSEN_IS_GONE = "The one you chose is no longer at Leaf."
CHOSEN_IS_TAKEN = "The one you chose became another of your records."


class TakenError(StaleError):
    """Another create took Leaf's record meanwhile."""


def known_before(item: Item) -> Rule[set[str] | None]:
    """Leaf's ids that cannot be this create's: there before its first request left, or a person said so. None when no
    request ever left."""
    return (yield from look(lambda _, outbox: none_of(outbox, item)))


def none_of(outbox: Outbox, item: Item) -> set[str] | None:
    """As `known_before`, of an outbox at hand."""
    attempts = outbox.attempts(item)
    if not attempts:
        return None
    said = set[str]((item.theirs or {}).get("not_mine", ()))
    return said.union(*(attempt.pre.get("ids", ()) for attempt in attempts))


def bodies(outbox: Outbox, item: Item) -> list[dict[str, Any]]:
    """What Leaf may have taken of an item: what its requests said, without those that were refused or never left."""
    attempts = [one for one in outbox.attempts(item) if one.outcome not in ("rejected", "notsent")]
    return [attempt.body for attempt in attempts if isinstance(attempt.body, dict)]


def all_there(
    call: "Callable[[int], Call[Page[N]]]", trip: Trip, known: Container[str] | None
) -> Rule[tuple[list[N], list[str]]]:
    """Every record of every page, and the ids of those that cannot be read; `call` asks for the page of a number.

    Raises UnreadableAnswerError for one of those that has no id, or was not `known` before (None: any may be).
    """
    there, problems = yield from every_row(call, trip)
    unreadable = list(dict.fromkeys(problem.id for problem in problems if problem.id))
    readable(problems, unreadable if known is None else known)
    return there, unreadable


def chosen(item: Item) -> str | None:
    """Leaf's id of the record that a person said is this one."""
    found = (item.theirs or {}).get("adopt")
    return None if found is None else str(found)


def adopt(item: Item, record: N, call: "Call[N]", trip: Trip) -> Rule[Verdict]:
    """A person said which one it is: look at it once more, and take it."""
    there = yield from find_known(call, trip)
    if there is None:
        return (yield from conflict(item, trip, CHOSEN_IS_GONE, {"candidates": []}))
    try:
        return (yield from done(item, trip, created(item, record, there, trip)))
    except TakenError:  # the same one was chosen for two
        return (yield from conflict(item, trip, CHOSEN_IS_TAKEN, {"candidates": []}))


def ask_which(item: Item, trip: Trip, why: str, candidates: list[Any]) -> Rule[Verdict]:
    """Any of these may be ours: whether the request arrived stays unknown until a person says."""
    shown = [{"id": one.id, "name": one.name} for one in candidates]
    return (yield from conflict(item, trip, why, {"candidates": shown}, outcome="unknown"))


def claimed(catalog: Catalog, kind: Kind, leaf_id: str) -> bool:
    """Whether a record made here already answers to this id of Leaf's."""
    key = catalog.key(kind, leaf_id)
    return key is not None and key != leaf_id


def one_of_ours(catalog: Catalog, outbox: Outbox, kind: Kind, leaf_id: str) -> bool:
    """Whether a create of the user's made it, under Leaf's id or under its own: two may be alike in all but the id."""
    return claimed(catalog, kind, leaf_id) or outbox.made_here(kind, leaf_id)


def created(item: Item, record: Numbered, answer: Numbered, trip: Trip) -> Callable[[Catalog], Changes]:
    """The record is this one of Leaf's. Raises TakenError when another create took that one meanwhile."""

    def job(catalog: Catalog) -> Changes:
        if catalog.key(record.kind, answer.id) not in (None, answer.id, record.id):
            raise TakenError(item.id)
        note_news(catalog, trip)
        return catalog.number(record.kind, record.id, answer.id) | catalog.put([answer])

    return job
