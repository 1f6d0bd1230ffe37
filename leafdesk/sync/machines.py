"""How a new, changed or deleted machine reaches Leaf, which gives it its id (sync.md §6, rows 9 to 11).

Leaf tells no time of a machine's last change, so everything is compared by value; a create whose answer was lost is
found again by what is new in the list of machines made by hand and has every value that was sent.
"""

from functools import partial
from typing import Any

from leafdesk.api import calls
from leafdesk.edits import EDITABLE, Change, Create, Value
from leafdesk.records import USER_CREATED, Machine
from leafdesk.store.catalog import Catalog
from leafdesk.store.outbox import Item, Outbox
from leafdesk.sync.asks import Rule, Trip, look
from leafdesk.sync.attempt import GONE, Verdict, absent, conflict, done, find_known, in_doubt, send_ahead, unbelievable
from leafdesk.sync.claims import adopt, all_there, ask_which, bodies, chosen, claimed, created, known_before
from leafdesk.sync.fields import deleted_already
from leafdesk.sync.merge import same, three_way
from leafdesk.sync.places import Place

AMBIGUOUS = "Leaf may have this machine already, perhaps changed; sending it again could leave it there twice."
CHANGED = "Somebody changed this machine at Leaf after you saw it."


def create_machine(item: Item, edit: Create, trip: Trip) -> Rule[Verdict]:
    """POST once; when its answer is lost, look for what is new before anything is sent again."""
    record = edit.record
    assert isinstance(record, Machine)
    mine = chosen(item)
    if mine is not None:
        return (yield from adopt(item, record, calls.get_machine(record.leaf_user_id, mine), trip))
    before = yield from known_before(item)
    there, unreadable = yield from all_there(partial(_by_hand, record.leaf_user_id), trip, before)
    known = {one.id for one in there}.union(unreadable) if before is None else before
    if (yield from in_doubt(item)):
        ours, perhaps = yield from look(lambda catalog, outbox: _sift(catalog, outbox, item, there, known))
        if len(ours) == 1 and not perhaps:
            return (yield from done(item, trip, created(item, record, ours[0], trip)))
        if ours or perhaps:
            return (yield from ask_which(item, trip, AMBIGUOUS, [*ours, *perhaps]))
        item = yield from absent(item, trip)
    call = calls.create_machine(record.leaf_user_id, _values(record))
    sent = yield from send_ahead(item, trip, call, body=_values(record), pre={"ids": sorted(known)})
    if isinstance(sent, str):
        return sent
    item, answer = sent
    if not _equal(answer, _values(record), _values(record)):
        return (yield from unbelievable(item, trip))
    return (yield from done(item, trip, created(item, record, answer, trip)))


def _values(record: Machine) -> dict[str, Value]:
    """What is said of a machine, without what is empty."""
    found: dict[str, Value] = {name: getattr(record, name) for name in EDITABLE["machines"]}
    return {name: value for name, value in found.items() if value not in (None, "")}


def _sift(
    catalog: Catalog, outbox: Outbox, item: Item, there: list[Machine], known: set[str]
) -> tuple[list[Machine], list[Machine]]:
    """Those that are new at Leaf, nobody's, and as we sent them; and those that may be ours, changed since."""
    sent = bodies(outbox, item)
    if isinstance(item.edit, Create) and isinstance(item.edit.record, Machine):
        sent.append(_values(item.edit.record))  # what a colleague sends of a machine that was handed over
    new = [one for one in there if one.id not in known and not claimed(catalog, "machines", one.id)]
    ours = [one for one in new if any(_equal(one, body, body) for body in sent)]
    return ours, [one for one in new if one not in ours]  # no time of change tells whether somebody renamed ours


def _equal(one: Machine, body: dict[str, Any], names: Any) -> bool:
    return all(same(getattr(one, name, None), body.get(name)) for name in names)


def _by_hand(leaf_user_id: str, number: int) -> "calls.Call[calls.Page[Machine]]":
    """A page of a Leaf user's machines that were made by hand."""
    return calls.list_machines(leaf_user_id, page=number, sort="id,asc", origin_type=USER_CREATED)


def change_machine(item: Item, edit: Change, place: Place, trip: Trip) -> Rule[Verdict]:
    """PATCH only what was changed here and not there."""
    theirs = yield from find_known(calls.get_machine(place.leaf_user_id, place.leaf_id), trip)
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
    call = calls.update_machine(place.leaf_user_id, place.leaf_id, merged.send)
    sent = yield from send_ahead(item, trip, call, body=call.body, pre=values)
    if isinstance(sent, str):
        return sent
    item, answer = sent
    return (yield from done(item, trip, lambda catalog: catalog.put([answer])))


def delete_machine(item: Item, place: Place, trip: Trip) -> Rule[Verdict]:
    """DELETE what is still as the user saw it; gone already is as good."""
    theirs = yield from find_known(calls.get_machine(place.leaf_user_id, place.leaf_id), trip)
    if theirs is None:
        return (yield from done(item, trip, lambda catalog: catalog.drop("machines", item.record_id)))
    there = theirs
    values = {name: getattr(there, name) for name in EDITABLE["machines"]}
    if not all(same(values[name], base) for name, base in item.base.items() if name in values):
        return (yield from conflict(item, trip, CHANGED, values, lambda catalog: catalog.put([there])))
    if item.state == "sent":
        item = yield from absent(item, trip)
    call = calls.delete_machine(place.leaf_user_id, place.leaf_id)
    sent = yield from send_ahead(item, trip, call, body=None, pre=values)
    if isinstance(sent, str):
        return sent if sent != "conflict" else (yield from deleted_already(item, trip))
    item, _ = sent
    return (yield from done(item, trip, lambda catalog: catalog.drop("machines", item.record_id)))
