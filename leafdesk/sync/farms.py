"""How a new or changed farm or grower reaches Leaf, which numbers them itself and never deletes them.

A create whose answer was lost is found again by what is new in Leaf's list since before it was sent, and by its name
(sync.md §6, rows 5 to 8): sending it twice would leave a farm that nobody can remove.
"""

from functools import partial
from typing import Any

from leafdesk.api import calls
from leafdesk.edits import Change, Create
from leafdesk.records import Farm, Grower
from leafdesk.store.catalog import Catalog
from leafdesk.store.outbox import Item, Outbox
from leafdesk.sync.asks import Rule, Trip, look
from leafdesk.sync.attempt import (
    CHANGED,
    GONE,
    Verdict,
    absent,
    conflict,
    done,
    find_known,
    in_doubt,
    send_ahead,
    unbelievable,
    wait,
)
from leafdesk.sync.claims import adopt, all_there, ask_which, bodies, chosen, claimed, created, known_before
from leafdesk.sync.merge import same, texts, three_way
from leafdesk.sync.places import Place

AMBIGUOUS = "Leaf may have this already, perhaps under another name; sending it again could leave it there twice."


def create(item: Item, edit: Create, trip: Trip) -> Rule[Verdict]:
    """POST once; when its answer is lost, look for what is new before anything is sent again."""
    record = edit.record
    assert isinstance(record, Farm | Grower)
    mine = chosen(item)
    if mine is not None:
        return (yield from _adopt(item, record, mine, trip))
    before = yield from known_before(item)
    if before is None:
        return (yield from _post(item, record, sorted((yield from _known(record, trip))), trip))
    if (yield from in_doubt(item)):
        there, _ = yield from all_there(partial(_listed, record), trip, before)
        return (yield from _probe(item, record, there, before, trip))
    return (yield from _post(item, record, sorted(before), trip))


def _adopt(item: Item, record: Farm | Grower, leaf_id: str, trip: Trip) -> Rule[Verdict]:
    if isinstance(record, Farm):
        return (yield from adopt(item, record, calls.get_farm(record.leaf_user_id, leaf_id), trip))
    return (yield from adopt(item, record, calls.get_grower(record.leaf_user_id, leaf_id), trip))


def _known(record: Farm | Grower, trip: Trip) -> Rule[list[str]]:
    """The ids that Leaf has: listed once a sync, since a hundred new farms need not list all farms a hundred times.

    What this sync made since is not among them, and is claimed by its own item.
    """
    whose = record.kind, record.leaf_user_id
    if whose not in trip.listed:
        there, unreadable = yield from all_there(partial(_listed, record), trip, None)
        trip.listed[whose] = [*(one.id for one in there), *unreadable]
    return trip.listed[whose]


def _post(item: Item, record: Farm | Grower, known: list[str], trip: Trip) -> Rule[Verdict]:
    if isinstance(record, Grower):
        grower = calls.create_grower(record.leaf_user_id, name=record.name)
        sent: tuple[Item, Farm | Grower] | Verdict = yield from send_ahead(
            item, trip, grower, body=grower.body, pre={"ids": known}
        )
    else:
        number = yield from look(lambda catalog, _: catalog.leaf_id("growers", record.grower_id or ""))
        if record.grower_id is not None and number is None:
            return (yield from wait(item, trip, "The grower it belongs to is not at Leaf yet."))
        farm = calls.create_farm(record.leaf_user_id, name=record.name, grower_id=number)
        sent = yield from send_ahead(item, trip, farm, body=farm.body, pre={"ids": known})
    if isinstance(sent, str):
        return sent
    item, answer = sent
    if not same(answer.name, record.name):
        return (yield from unbelievable(item, trip))
    return (yield from done(item, trip, created(item, record, answer, trip)))


def _probe(item: Item, record: Farm | Grower, there: list[Farm | Grower], known: set[str], trip: Trip) -> Rule[Verdict]:
    """Exactly one new record as we sent it is ours; none: send again; anything else is for a person."""

    def sift(catalog: Catalog, outbox: Outbox) -> tuple[list[Farm | Grower], list[Farm | Grower]]:
        sent = bodies(outbox, item) + _as_anybody_sends(catalog, record)
        new = [one for one in there if one.id not in known and not claimed(catalog, record.kind, one.id)]
        ours = [one for one in new if any(as_sent(one, body) for body in sent)]
        perhaps = [one for one in new if one not in ours and any(_may_be(one, body) for body in sent)]
        return ours, perhaps

    ours, perhaps = yield from look(sift)
    if len(ours) == 1 and not perhaps:
        return (yield from done(item, trip, created(item, record, ours[0], trip)))
    if ours or perhaps:
        return (yield from ask_which(item, trip, AMBIGUOUS, [*ours, *perhaps]))
    item = yield from absent(item, trip)
    return (yield from _post(item, record, sorted(known), trip))


def _as_anybody_sends(catalog: Catalog, record: Farm | Grower) -> list[dict[str, Any]]:
    """What a colleague's laptop sends of a record that was handed over; none while the grower has no number."""
    if isinstance(record, Grower):
        return [{"name": record.name}]
    number = catalog.leaf_id("growers", record.grower_id or "")
    known = record.grower_id is None or number is not None
    return [{"name": record.name, "growerId": number}] if known else []


def as_sent(one: Farm | Grower, body: dict[str, Any]) -> bool:
    """Whether a record at Leaf says just what this request said: its name, and a farm's grower."""
    return same(one.name, body.get("name")) and same(_grower(one), body.get("growerId"))


def _may_be(one: Farm | Grower, body: dict[str, Any]) -> bool:
    """Whether ours may have become this: changed by somebody since, or shown without its grower."""
    grower_left_out = same(one.name, body.get("name")) and not (_grower(one) and body.get("growerId"))
    return one.created_time != one.updated_time or grower_left_out


def _grower(one: Farm | Grower) -> str | None:
    return one.grower_id if isinstance(one, Farm) else None


def _listed(record: Farm | Grower, number: int) -> "calls.Call[calls.Page[Any]]":
    """A page of all farms (or growers) of the record's Leaf user."""
    listing = calls.list_farms if isinstance(record, Farm) else calls.list_growers
    return listing(leaf_user_id=record.leaf_user_id, page=number)


def change(item: Item, edit: Change, place: Place, trip: Trip) -> Rule[Verdict]:
    """PUT, which takes the whole record: theirs with our values on it, when nobody touched those (rows 6 and 8)."""
    farm = edit.kind == "farms"
    theirs: Farm | Grower | None
    if farm:
        theirs = yield from find_known(calls.get_farm(place.leaf_user_id, place.leaf_id), trip)
    else:
        theirs = yield from find_known(calls.get_grower(place.leaf_user_id, place.leaf_id), trip)
    if theirs is None:
        return (yield from conflict(item, trip, GONE, None))
    there = theirs
    values = {name: getattr(there, name) for name, _ in edit.values}
    merged = three_way(place.base, place.mine, values)
    if merged.clash:
        return (yield from conflict(item, trip, CHANGED, merged.clash, lambda catalog: catalog.put([there])))
    if not merged.send:
        return (yield from done(item, trip, lambda catalog: catalog.put([there])))
    if item.state == "sent":
        item = yield from absent(item, trip)
    return (yield from _put(item, place, there, texts(merged.send), values, trip))


def _put(
    item: Item, place: Place, theirs: Farm | Grower, mine: dict[str, str | None], pre: dict[str, Any], trip: Trip
) -> Rule[Verdict]:
    name = mine.get("name") or theirs.name
    sent: tuple[Item, Farm | Grower] | Verdict
    if isinstance(theirs, Farm):
        grower = mine.get("grower_id", theirs.grower_id)
        farm_call = calls.update_farm(place.leaf_user_id, place.leaf_id, name=name, grower_id=grower)
        sent = yield from send_ahead(item, trip, farm_call, body=farm_call.body, pre=pre)
    else:
        grower_call = calls.update_grower(place.leaf_user_id, place.leaf_id, name=name)
        sent = yield from send_ahead(item, trip, grower_call, body=grower_call.body, pre=pre)
    if isinstance(sent, str):
        return sent
    item, answer = sent
    return (yield from done(item, trip, lambda catalog: catalog.put([answer])))
