"""How each edit of a field reaches Leaf: what to look at first, what to send, and what proves that it arrived.

The rules are rows 1 to 4 of sync.md §6. Leaf has no versions to compare, so every edit is checked against Leaf's
present copy by value just before it is sent, and what was seen then is written beside the attempt (`pre`).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from leafdesk.api import calls
from leafdesk.api.errors import AnsweredError, LeafError
from leafdesk.api.wire import RecordProblem
from leafdesk.edits import Change, Create, Redraw
from leafdesk.geo.overlap import likeness
from leafdesk.geo.shape import Shape, from_geojson, to_geojson
from leafdesk.records import Boundary, Field
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.outbox import Item, Outbox
from leafdesk.sync.asks import Rule, Trip, look, pause, read
from leafdesk.sync.attempt import (
    GONE,
    TWIN,
    Verdict,
    absent,
    attempt_find,
    conflict,
    done,
    earlier_pre,
    find,
    find_known,
    in_doubt,
    park,
    readable,
    send_ahead,
    settle,
    unbelievable,
)
from leafdesk.sync.audit import tell_replaced
from leafdesk.sync.claims import known_before, one_of_ours
from leafdesk.sync.lag import LAG, note_news
from leafdesk.sync.merge import plain, same, same_shape, texts, three_way
from leafdesk.sync.places import Place

SAME_LAND = 0.9999
"""Likeness from which a boundary that another program wrote down is taken for the one drawn here (sync.md §6)."""
SAME_PLACE = 99.0
"""Percent of a field or of what is asked for that must overlap: Leaf takes up to 100, and rounds."""
LOOKING = "Leaf has it; whether somebody else drew meanwhile is still to be asked."
STILL_THERE = "Leaf has this field by the name {}; that was left as it is."
CHANGED = "Somebody changed this at Leaf after you saw it."


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
    try:
        page = yield from read(calls.find_fields(record.leaf_user_id, shape=drawn, threshold=SAME_PLACE), trip)
    except AnsweredError:
        return ()  # a Leaf that does not answer this question
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


# ---------------------------------------------------------------------- boundary
def redraw_field(item: Item, edit: Redraw, place: Place, trip: Trip) -> Rule[Verdict]:
    """PUT a boundary unless another one than the user saw is active; the history is the proof (row 3)."""
    field = yield from find_known(calls.get_field(place.leaf_user_id, place.leaf_id), trip)
    if field is None:
        return (yield from conflict(item, trip, GONE, None))
    pre = yield from earlier_pre(item)
    before = set(pre["boundary_ids"]) if pre else None
    history, unreadable = yield from _history_since(field, trip, before)
    active = next((boundary for boundary in history if boundary.status == "ACTIVE"), None)
    ours = _landed(history, edit.shape, before)
    if ours is not None or (active is not None and same_shape(active.shape, edit.shape)):
        return (yield from _landed_now(item, edit, field, history, ours, before, trip))
    if active is not None and not _seen(active, item.base):
        return (yield from conflict(item, trip, CHANGED, _their_boundary(active), _learn(field, history)))
    if item.state == "sent":
        item = yield from absent(item, trip)
    known = sorted(before) if before is not None else [*(boundary.id for boundary in history), *unreadable]
    call = calls.replace_boundary(place.leaf_user_id, place.leaf_id, shape=edit.shape)
    sent = yield from send_ahead(item, trip, call, body=call.body, pre={"boundary_ids": known})
    if isinstance(sent, str):
        return sent
    item, answer = sent
    return (yield from _replaced(item, edit, field, answer, set(known), trip))


def _replaced(item: Item, edit: Redraw, field: Field, answer: Boundary, before: set[str], trip: Trip) -> Rule[Verdict]:
    """Ours is active now. Did somebody's boundary slip in between our look and our write? Then say so (§6, audit)."""
    try:
        now, _ = yield from _history_since(field, trip, before)
        if all(boundary.id != answer.id for boundary in now):  # a machine that has not heard of it yet
            yield from pause(LAG)
            now, _ = yield from _history_since(field, trip, before)
    except LeafError:
        now = []
    if all(boundary.id != answer.id for boundary in now):
        # it arrived, but who else drew meanwhile is not known: the probe asks again, when every machine has heard of it
        later, learn = trip.clock() + LAG, _learn(field, [answer])
        yield from settle(item, trip, "sent", "unknown", reason=LOOKING, not_before=later, also=learn)
        return "sent"
    return (yield from _landed_now(item, edit, field, now, answer, before, trip))


def _learn(field: Field, history: Sequence[Boundary]) -> Callable[[Catalog], Changes]:
    def learn(catalog: Catalog) -> Changes:
        return catalog.put([field]) | catalog.put_boundaries(field.id, history)

    return learn


def _landed(history: Iterable[Boundary], mine: Shape, before: set[str] | None) -> Boundary | None:
    """The boundary that an earlier request of ours made: new since then, and drawn as ours.

    Where Leaf wrote it down a little differently: the one new boundary, if it is the same land.
    """
    if before is None:
        return None
    new = [boundary for boundary in history if boundary.id not in before]
    exact = next((boundary for boundary in new if same_shape(boundary.shape, mine)), None)
    if exact is not None or len(new) != 1:
        return exact
    return new[0] if likeness(new[0].shape, mine) >= SAME_LAND else None


def _seen(active: Boundary, base: dict[str, Any]) -> bool:
    """Whether this boundary is the one the edit was drawn on: the same one, or one that looks the same."""
    if active.id == base.get("boundary_id"):
        return True
    shape = base.get("shape")
    return shape is not None and same_shape(active.shape, from_geojson(shape))


def _landed_now(
    item: Item,
    edit: Redraw,
    field: Field,
    history: Sequence[Boundary],
    ours: Boundary | None,
    before: set[str] | None,
    trip: Trip,
) -> Rule[Verdict]:
    """It is at Leaf. Did somebody's boundary give way to it that nobody saw here? Then say so (§6, audit)."""
    learn, theirs = _learn(field, history), _replaced_unseen(history, ours, before, edit.shape)

    def learn_all(catalog: Catalog) -> Changes:
        changes = learn(catalog)
        tell_replaced(catalog, item, theirs, trip.now())
        return changes

    told = [f"Somebody's boundary of {one.created_time} was replaced by yours; Leaf keeps it." for one in theirs]
    if ours is not None and before is not None and ours.status != "ACTIVE":
        told.append("Your boundary arrived, and somebody has replaced it since.")
    return (yield from done(item, trip, learn_all, notice=" ".join(told) or None))


def _replaced_unseen(
    history: Iterable[Boundary], ours: Boundary | None, before: set[str] | None, mine: Shape
) -> list[Boundary]:
    """The boundaries that came between our look and our write."""
    if ours is None or before is None:
        return []
    others = [b for b in history if b.id not in before and b.id != ours.id and not same_shape(b.shape, mine)]
    return [b for b in others if b.created_time <= ours.created_time]


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
        return (yield from conflict(item, trip, CHANGED, theirs, _learn(field, history)))
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


# ---------------------------------------------------------------------- what Leaf has
def boundaries_of(field: Field, trip: Trip) -> Rule[list[Boundary]]:
    """The whole history of a field's boundaries, as far as it can be read.

    Raises UnreadableAnswerError where the active one may be what cannot be read.
    """
    history, _ = yield from _history_and_problems(field, trip)
    return history


def _history_since(field: Field, trip: Trip, before: set[str] | None) -> Rule[tuple[list[Boundary], list[str]]]:
    """The history, and the ids of what in it cannot be read. Raises UnreadableAnswerError for what is not of `before`
    (None: nothing was sent yet), or has no id: it may be somebody's that ours replaced."""
    history, problems = yield from _history_and_problems(field, trip)
    unreadable = [problem.id for problem in problems if problem.id]
    readable(problems, unreadable if before is None else before)
    return history, unreadable


def _history_and_problems(field: Field, trip: Trip) -> Rule[tuple[list[Boundary], list[RecordProblem]]]:
    """Where a total says there is more, page, as long as that brings something."""
    page = yield from read(_history_call(field), trip)
    found, problems, number = {one.id: one for one in page.items}, list(page.problems), 0
    while page.total is not None and len(found) + len(problems) < page.total:
        page = yield from read(_history_call(field, number), trip)
        if found.keys() >= {one.id for one in page.items}:
            break
        found.update({one.id: one for one in page.items})
        problems += [problem for problem in page.problems if problem not in problems]
        number += 1
    if not any(boundary.status == "ACTIVE" for boundary in found.values()):
        readable(problems)
    return list(found.values()), problems


def _history_call(field: Field, page: int | None = None) -> calls.Call[calls.Page[Boundary]]:
    size = None if page is None else calls.PAGE_SIZE
    return calls.list_boundaries(field.leaf_user_id, field.id, page=page, size=size)


def _their_boundary(boundary: Boundary) -> dict[str, Any]:
    return {
        "boundary_id": boundary.id,
        "shape": to_geojson(boundary.shape),
        "area_ha": boundary.area_ha,
        "created_time": boundary.created_time,
    }


def _their_field(field: Field, history: Iterable[Boundary]) -> dict[str, Any]:
    active = next((boundary.id for boundary in history if boundary.status == "ACTIVE"), None)
    return {"name": field.name, "farm_id": field.farm_id, "boundary_id": active}
