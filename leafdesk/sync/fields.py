"""How each edit of a field reaches Leaf (its boundary: `redraw`): what to look at, what to send, what proves it.

The rules are rows 1, 2 and 4 of sync.md §6. Leaf has no versions to compare, so every edit is checked against Leaf's
present copy by value just before it is sent, and what was seen then is written beside the attempt (`pre`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from leafdesk.api import calls
from leafdesk.api.errors import GoneError, RefusedByLeafError
from leafdesk.edits import Change, Create, Redraw
from leafdesk.geo.overlap import likeness
from leafdesk.geo.shape import Shape
from leafdesk.records import Boundary, Field
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.outbox import Item, Outbox
from leafdesk.sync.asks import Rule, Trip, look, read
from leafdesk.sync.attempt import (
    CHANGED,
    GONE,
    TWIN,
    Verdict,
    absent,
    attempt_find,
    conflict,
    done,
    find,
    find_known,
    in_doubt,
    park,
    readable,
    send_ahead,
    unbelievable,
)
from leafdesk.sync.claims import known_before, one_of_ours
from leafdesk.sync.lag import note_news
from leafdesk.sync.merge import plain, same, same_shape, texts, three_way
from leafdesk.sync.past_boundaries import boundaries_of
from leafdesk.sync.places import Place
from leafdesk.sync.redraw import SAME_LAND, learn

SAME_PLACE = 99.0
"""Percent of a field or of what is asked for that must overlap: Leaf takes up to 100, and rounds."""
STILL_THERE = "Leaf has this field by the name {}; that was left as it is."


# ---------------------------------------------------------------------- create
def create_field(item: Item, edit: Create, trip: Trip) -> Rule[Verdict]:
    """POST with an id of our own: whatever happens, there can be only one (row 1).

    A Leaf that takes another id than ours could be told twice; so where ours is not there, the place is looked at.
    """
    record = edit.record
    assert isinstance(record, Field) and record.shape is not None
    if (yield from in_doubt(item)):
        found = yield from find(calls.get_field(record.leaf_user_id, record.id), trip)
        if found is not None:
            return (yield from _adopt(item, record, found, (yield from boundaries_of(found, trip)), trip))
        if item.reason == TWIN:
            return (yield from park(item, trip, "Leaf says it had this field before, but does not show it."))
        other = yield from _under_another_id(item, record, record.shape, trip)
        if other is not None:
            return (yield from _adopt(item, record, *other, trip))
        item = yield from absent(item, trip)
    known = yield from look(lambda catalog, _: _called_so(catalog, record))
    call = calls.create_field(record.leaf_user_id, record.id, name=record.name, shape=record.shape)
    sent = yield from send_ahead(item, trip, call, body=call.body, pre={"ids": known})
    if isinstance(sent, str):
        return sent
    item, answer = sent
    if answer.id != record.id and not same(answer.name, record.name):
        return (yield from unbelievable(item, trip))
    boundary = yield from attempt_find(calls.get_active_boundary(answer.leaf_user_id, answer.id), trip)
    boundary = boundary or _boundary_in(answer, record.shape)
    return (yield from done(item, trip, lambda catalog: _created(catalog, trip, record, answer, boundary)))


def _called_so(catalog: Catalog, record: Field) -> list[str]:
    """Leaf's ids of the fields that are called like this one: known before it was sent, so none of them is it."""
    keys = catalog.named("fields", record.leaf_user_id, [plain(record.name)])
    return sorted(catalog.leaf_id("fields", key) or key for key in keys)


def _under_another_id(item: Item, record: Field, drawn: Shape, trip: Trip) -> Rule[tuple[Field, list[Boundary]] | None]:
    """The field at Leaf, new since the first request left, with the name and a boundary sent then; and its history.

    It is looked for at its place, and among those that a pull brought here: it may have been redrawn or renamed since.
    """
    before = (yield from known_before(item)) or set()
    there = {one.id: one for one in (yield from _at_its_place(record, drawn, trip)) if same(one.name, record.name)}
    alike = yield from look(lambda catalog, outbox: _none_made_here(catalog, outbox, item, record, there))
    for leaf_id in alike:
        if leaf_id in before:
            continue
        found = there.get(leaf_id) or (yield from find(calls.get_field(record.leaf_user_id, leaf_id), trip))
        if found is None:
            continue
        history = yield from boundaries_of(found, trip)
        if any(same_shape(boundary.shape, drawn) for boundary in history):
            return found, history
    return None


def _at_its_place(record: Field, drawn: Shape, trip: Trip) -> Rule[Sequence[Field]]:
    """Raises UnreadableAnswerError where something there cannot be read."""
    try:
        page = yield from read(calls.find_fields(record.leaf_user_id, shape=drawn, threshold=SAME_PLACE), trip)
    except (GoneError, RefusedByLeafError):
        return ()  # a Leaf that does not answer this question
    readable(page.problems)
    return page.items


def _none_made_here(catalog: Catalog, outbox: Outbox, item: Item, record: Field, there: Iterable[str]) -> list[str]:
    """Leaf's ids of those found there and of those known here that are called like the new one, or were until the user
    renamed them; without what another create of the user's made."""
    edits = [one for one in outbox.items(states=("done",)) if one.seq > item.seq and one.kind == "fields"]
    renamed = [one.record_id for one in edits if same(one.base.get("name"), record.name)]
    known = (catalog.leaf_id("fields", key) or key for key in renamed)
    alike = dict.fromkeys([*there, *_called_so(catalog, record), *known])
    return [leaf_id for leaf_id in alike if not one_of_ours(catalog, outbox, "fields", leaf_id)]


def _adopt(item: Item, record: Field, found: Field, history: list[Boundary], trip: Trip) -> Rule[Verdict]:
    """Leaf has a field that may be ours: it is if its history holds what we drew."""
    drawn = record.shape
    if drawn is None or not any(
        same_shape(one.shape, drawn) or likeness(one.shape, drawn) >= SAME_LAND for one in history
    ):
        theirs = _their_field(found, history)
        return (yield from conflict(item, trip, "Leaf has another field with this id.", theirs))
    # it never left Leaf, or somebody has renamed it since: which of the two nobody knows after a lost database
    notice = None if same(found.name, record.name) else STILL_THERE.format(found.name)
    return (
        yield from done(item, trip, lambda catalog: _created(catalog, trip, record, found, *history), notice=notice)
    )


def _created(catalog: Catalog, trip: Trip, record: Field, answer: Field, *boundaries: Boundary | None) -> Changes:
    changes = Changes()
    note_news(catalog, trip)
    if answer.id != record.id:  # Leaf did not take our id: its own is the name by which it knows the field
        changes |= catalog.number("fields", record.id, answer.id)
    changes |= catalog.put([answer])
    known = [boundary for boundary in boundaries if boundary is not None]
    return changes | catalog.put_boundaries(record.id, known) if known else changes


def _boundary_in(answer: Field, drawn: Shape) -> Boundary | None:
    """The first boundary of a new field as its create answer tells it; None when it names none."""
    if answer.boundary_id is None:
        return None
    return Boundary(
        id=answer.boundary_id,
        status="ACTIVE",
        shape=answer.shape or drawn,
        area_ha=answer.area_ha,
        created_time=answer.created_time,
        updated_time=answer.created_time,
    )


# ---------------------------------------------------------------------- name and farm
def change_field(item: Item, edit: Change, place: Place, trip: Trip) -> Rule[Verdict]:
    """PATCH only what was changed here and not there (row 2)."""
    theirs = yield from find_known(calls.get_field(place.leaf_user_id, place.leaf_id), trip)
    if theirs is None:
        return (yield from conflict(item, trip, GONE, None))
    values = {name: getattr(theirs, name) for name, _ in edit.values}
    merged = three_way(place.base, place.mine, values)
    if merged.clash:
        clash = merged.clash
        return (yield from conflict(item, trip, CHANGED, clash, lambda catalog: catalog.put([theirs])))
    if not merged.send:
        return (yield from done(item, trip, lambda catalog: catalog.put([theirs])))
    if item.state == "sent":
        item = yield from absent(item, trip)
    call = calls.update_field(place.leaf_user_id, place.leaf_id, **texts(merged.send))
    sent = yield from send_ahead(item, trip, call, body=call.body, pre=values)
    if isinstance(sent, str):
        return sent
    item, answer = sent
    return (yield from done(item, trip, lambda catalog: catalog.put([answer])))


# ---------------------------------------------------------------------- delete
def delete_field(item: Item, place: Place, trip: Trip) -> Rule[Verdict]:
    """DELETE what is still as the user saw it; gone already is as good (row 4)."""
    field = yield from find_known(calls.get_field(place.leaf_user_id, place.leaf_id), trip)
    if field is None:
        return (yield from done(item, trip, lambda catalog: catalog.drop("fields", item.record_id)))
    history = yield from boundaries_of(field, trip)
    theirs = _their_field(field, history)
    as_seen = yield from look(lambda _, outbox: _as_seen(outbox, item, place, theirs, history))
    if not as_seen:
        return (yield from conflict(item, trip, CHANGED, theirs, learn(field, history)))
    if item.state == "sent":
        item = yield from absent(item, trip)
    call = calls.delete_field(place.leaf_user_id, place.leaf_id)
    sent = yield from send_ahead(item, trip, call, body=None, pre=theirs)
    if isinstance(sent, str):
        return sent if sent != "conflict" else (yield from deleted_already(item, trip))
    item, _ = sent
    return (yield from done(item, trip, lambda catalog: catalog.drop("fields", item.record_id)))


def deleted_already(item: Item, trip: Trip) -> Rule[Verdict]:
    """404 to a DELETE: somebody was quicker, and the wish is fulfilled."""
    fresh = yield from look(lambda _, outbox: outbox.item(item.id))
    if fresh is None or fresh.state != "conflict":
        return "conflict"
    return (yield from done(fresh, trip, lambda catalog: catalog.drop(item.kind, item.record_id)))


def _as_seen(outbox: Outbox, item: Item, place: Place, theirs: dict[str, Any], history: Sequence[Boundary]) -> bool:
    """Whether Leaf's field is what the user saw when deleting it, or what we ourselves made of it."""
    if not (same(theirs["name"], place.base.get("name")) and same(theirs["farm_id"], place.base.get("farm_id"))):
        return False
    if theirs["boundary_id"] in (None, item.base.get("boundary_id")):
        return True
    active = next((boundary for boundary in history if boundary.status == "ACTIVE"), None)
    ours = own_shapes(outbox, item.record_id)
    return active is not None and any(same_shape(active.shape, shape) for shape in ours)


def own_shapes(outbox: Outbox, field_id: str) -> list[Shape]:
    """What was drawn here of a field and sent to Leaf."""
    edits = [item.edit for item in outbox.items(states=("done",)) if item.record_id == field_id]
    drawn = [edit.shape for edit in edits if isinstance(edit, Redraw)]
    made = [edit.record.shape for edit in edits if isinstance(edit, Create) and isinstance(edit.record, Field)]
    return [*drawn, *(shape for shape in made if shape is not None)]


def _their_field(field: Field, history: Iterable[Boundary]) -> dict[str, Any]:
    active = next((boundary.id for boundary in history if boundary.status == "ACTIVE"), None)
    return {"name": field.name, "farm_id": field.farm_id, "boundary_id": active}
