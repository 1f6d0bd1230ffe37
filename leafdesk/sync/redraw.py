"""How a new boundary of a field reaches Leaf, and whose boundary gave way to it (sync.md §6, row 3 and its audit)."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from leafdesk.api import calls
from leafdesk.api.errors import LeafError
from leafdesk.edits import Redraw
from leafdesk.geo.overlap import likeness
from leafdesk.geo.shape import Shape, from_geojson, to_geojson
from leafdesk.records import Boundary, Field
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.outbox import Item
from leafdesk.sync.asks import Rule, Trip, pause
from leafdesk.sync.attempt import (
    CHANGED,
    GONE,
    Verdict,
    absent,
    conflict,
    done,
    earlier_pre,
    find_known,
    send_ahead,
    settle,
)
from leafdesk.sync.audit import tell_replaced
from leafdesk.sync.lag import LAG
from leafdesk.sync.merge import same_shape
from leafdesk.sync.past_boundaries import boundaries_since
from leafdesk.sync.places import Place

SAME_LAND = 0.9999
"""Likeness from which a boundary that another program wrote down is taken for the one drawn here (sync.md §6)."""
LOOKING = "Leaf has it; whether somebody else drew meanwhile is still to be asked."


def redraw_field(item: Item, edit: Redraw, place: Place, trip: Trip) -> Rule[Verdict]:
    """PUT a boundary unless another one than the user saw is active; the history is the proof (row 3)."""
    field = yield from find_known(calls.get_field(place.leaf_user_id, place.leaf_id), trip)
    if field is None:
        return (yield from conflict(item, trip, GONE, None))
    pre = yield from earlier_pre(item)
    before = set(pre["boundary_ids"]) if pre else None
    history, unreadable = yield from boundaries_since(field, trip, before)
    active = next((boundary for boundary in history if boundary.status == "ACTIVE"), None)
    ours = _landed(history, edit.shape, before)
    if ours is not None or (active is not None and same_shape(active.shape, edit.shape)):
        return (yield from _landed_now(item, edit, field, history, ours, before, trip))
    if active is not None and not _seen(active, item.base):
        return (yield from conflict(item, trip, CHANGED, _their_boundary(active), learn(field, history)))
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
        now, _ = yield from boundaries_since(field, trip, before)
        if all(boundary.id != answer.id for boundary in now):  # a machine that has not heard of it yet
            yield from pause(LAG)
            now, _ = yield from boundaries_since(field, trip, before)
    except LeafError:
        now = []
    if all(boundary.id != answer.id for boundary in now):
        # it arrived, but who else drew meanwhile is not known: the probe asks again, when every machine has heard of it
        later = trip.clock() + LAG
        yield from settle(item, trip, "sent", "unknown", reason=LOOKING, not_before=later, also=learn(field, [answer]))
        return "sent"
    return (yield from _landed_now(item, edit, field, now, answer, before, trip))


def learn(field: Field, history: Sequence[Boundary]) -> Callable[[Catalog], Changes]:
    """What a look at a field told, for the transaction that settles the edit."""

    def take(catalog: Catalog) -> Changes:
        return catalog.put([field]) | catalog.put_boundaries(field.id, history)

    return take


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
    theirs = _replaced_unseen(history, ours, before, edit.shape)

    def learn_all(catalog: Catalog) -> Changes:
        changes = learn(field, history)(catalog)
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


def _their_boundary(boundary: Boundary) -> dict[str, Any]:
    return {
        "boundary_id": boundary.id,
        "shape": to_geojson(boundary.shape),
        "area_ha": boundary.area_ha,
        "created_time": boundary.created_time,
    }
