"""The control arm: what most outboxes do - send until Leaf says yes, without looking and without proof.

The simulator is only worth something while this fails nearly every seed (sync.md §12.5).
"""

from typing import Any

from leafdesk.api import calls
from leafdesk.edits import Change, Create, Delete, Enable, Match, Redraw, SyncProvider, Trigger, Upload
from leafdesk.records import Farm, Field, Machine, ProductMatch
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.outbox import Item
from leafdesk.sync.asks import Rule, Trip, look
from leafdesk.sync.attempt import Verdict, absent, done, send_ahead, wait
from leafdesk.sync.machines import _values
from leafdesk.sync.places import Nowhere, at_leaf, place_of


def naive_rule(item: Item, trip: Trip) -> Rule[Verdict]:
    """Send it. If nobody knows whether it arrived, send it again."""
    if item.state == "sent":
        item = yield from absent(item, trip)
    call: Any = yield from look(lambda catalog, _: _call(catalog, item))
    if call is None:
        return (yield from wait(item, trip, "Not yet."))
    sent = yield from send_ahead(item, trip, call, body=call.body, pre={})
    if isinstance(sent, str):
        return sent
    item, answer = sent
    return (yield from done(item, trip, lambda catalog: _learn(catalog, item, answer)))


def _call(catalog: Catalog, item: Item) -> Any:
    edit = item.edit
    if isinstance(edit, Create):
        record = edit.record
        if isinstance(record, Field):
            return calls.create_field(record.leaf_user_id, record.id, name=record.name, shape=record.shape or ())
        if isinstance(record, Farm):
            grower = at_leaf(catalog, "grower_id", record.grower_id)
            return calls.create_farm(record.leaf_user_id, name=record.name, grower_id=grower)
        if isinstance(record, Machine):
            return calls.create_machine(record.leaf_user_id, _values(record))
        return calls.create_grower(record.leaf_user_id, name=record.name)
    place = place_of(catalog, item)
    if isinstance(place, Nowhere):
        return None
    user, id_ = place.leaf_user_id, place.leaf_id
    if isinstance(edit, Delete):
        return calls.delete_machine(user, id_) if edit.kind == "machines" else calls.delete_field(user, id_)
    if isinstance(edit, Enable | Upload | SyncProvider | Match):
        return _trigger(catalog, edit, user, id_)
    if isinstance(edit, Redraw):
        return calls.replace_boundary(user, id_, shape=edit.shape)
    assert isinstance(edit, Change)
    return _change(catalog, edit, user, id_, place.mine)


def _trigger(catalog: Catalog, edit: Trigger, user: str, id_: str) -> Any:
    if isinstance(edit, Enable):
        return calls.enable_preview_field(user, id_)
    if isinstance(edit, Upload):
        return calls.upload_field(user, id_, edit.provider, organization_id=edit.organization_id)
    if isinstance(edit, SyncProvider):
        return calls.sync_fields(user)
    copy = catalog.server_copy("matches", edit.id)
    assert isinstance(copy, ProductMatch)
    return calls.update_match(copy.operation_id, copy.id, product_id=edit.product_id)


def _change(catalog: Catalog, edit: Change, user: str, id_: str, mine: dict[str, str | None]) -> Any:
    if edit.kind == "machines":
        return calls.update_machine(user, id_, dict(edit.values))
    if edit.kind == "fields":
        return calls.update_field(user, id_, **mine)
    seen = catalog.get(edit.kind, edit.id)
    name = mine.get("name") or (seen.name if seen else "")
    if isinstance(seen, Farm):
        return calls.update_farm(user, id_, name=name, grower_id=at_leaf(catalog, "grower_id", seen.grower_id))
    return calls.update_grower(user, id_, name=name)


def _learn(catalog: Catalog, item: Item, answer: Any) -> Changes:
    edit = item.edit
    if isinstance(edit, Enable | Upload | SyncProvider | Match):
        return Changes()
    if isinstance(edit, Delete):
        return catalog.drop(item.kind, item.record_id)
    if isinstance(edit, Redraw):
        return catalog.put_boundaries(item.record_id, [answer])
    changes = Changes()
    if isinstance(edit, Create) and answer.id != item.record_id:
        changes = catalog.number(item.kind, item.record_id, answer.id)
    return changes | catalog.put([answer])
