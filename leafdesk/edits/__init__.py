"""Everything a user can change, as frozen values that know what they do to a record.

Four words are enough for what a record is: Create, Change, Redraw, Delete. Four more set something going at Leaf:
Enable, Upload and SyncProvider, which no call takes back, and Match, whose product can be changed back. The queue,
undo, the preview, the conflict check and the upload all use the functions below; nothing here reads or writes anything.
One law holds everywhere: `seen record == fold(server's copy, pending edits)`.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any

from leafdesk.edits.coding import decode, encode
from leafdesk.edits.permission import why_not
from leafdesk.edits.sorts import (
    EDITABLE,
    REFERENCES,
    Change,
    Create,
    Delete,
    Edit,
    Enable,
    Made,
    Match,
    Redraw,
    SyncProvider,
    Trigger,
    Upload,
    Value,
    change,
    verb,
)
from leafdesk.edits.words import name_of, sentence
from leafdesk.geo.shape import from_geojson, to_geojson
from leafdesk.records import USER_CREATED, Farm, Field, Grower, Kind, Machine, ProductMatch, Record

__all__ = [
    "EDITABLE",
    "REFERENCES",
    "Change",
    "Create",
    "Delete",
    "Edit",
    "Enable",
    "Json",
    "Made",
    "Match",
    "Redraw",
    "SyncProvider",
    "Trigger",
    "Upload",
    "Value",
    "apply",
    "as_new",
    "base_of",
    "before_of",
    "change",
    "coalesce",
    "decode",
    "encode",
    "fold",
    "inverse",
    "name_of",
    "point_at",
    "references",
    "sentence",
    "verb",
    "why_not",
]

Json = dict[str, Any]


def apply(edit: Edit, record: Record | None) -> Record | None:
    """The record after the edit; None where there is none. An edit of a missing record changes nothing."""
    if isinstance(edit, Create):
        return edit.record if record is None else record
    if record is None or isinstance(edit, Delete):
        return None
    if isinstance(edit, Change):
        return replace(record, **dict(edit.values))  # type: ignore[arg-type]
    if isinstance(edit, Match) and isinstance(record, ProductMatch):
        product = record.product_id if edit.product_id is None else edit.product_id
        return replace(record, product_id=product, status=edit.status, score=edit.score)
    if not isinstance(record, Field):
        return record
    if isinstance(edit, Enable):
        return replace(record, status="WAITING") if record.status == "PREVIEW" else record
    if not isinstance(edit, Redraw):
        return record
    return record if record.shape == edit.shape else replace(record, shape=edit.shape, area_ha=None)


def fold(record: Record | None, edits: Iterable[Edit]) -> Record | None:
    """The server's copy with the edits applied in order: what the user sees."""
    for edit in edits:
        record = apply(edit, record)
    return record


def base_of(edit: Edit, record: Record | None) -> Json:
    """What the edit was made against: exactly the values it touches, kept beside it for the conflict check.

    Change: the touched attributes. Redraw: `boundary_id` and `shape` (GeoJSON or None). Delete: name, farm_id and
    boundary_id; of a machine all that can be changed. Enable: `status`. Match: `product_id` and `status`.
    """
    if record is None or isinstance(edit, Create):
        return {}
    if isinstance(edit, Change):
        return {name: getattr(record, name) for name, _ in edit.values}
    if isinstance(edit, Upload | SyncProvider) or (isinstance(edit, Enable) and not isinstance(record, Field)):
        return {}
    if isinstance(edit, Match):
        return {name: getattr(record, name, "") for name in ("product_id", "status")}
    if isinstance(record, Machine):
        return {name: getattr(record, name) for name in EDITABLE["machines"]}
    if isinstance(record, Field):
        if isinstance(edit, Enable):
            return {"status": record.status}
        if isinstance(edit, Redraw):
            return {"boundary_id": record.boundary_id, "shape": to_geojson(record.shape) if record.shape else None}
        return {"name": record.name, "farm_id": record.farm_id, "boundary_id": record.boundary_id}
    return {"name": record.name}


def before_of(record: Record, base: Json) -> Record:
    """The record with the values of a base put back: what the user saw before the edit that keeps this base."""
    values = {one.name: base[one.name] for one in fields(record) if one.name in base}
    if "shape" in values:
        values |= {"shape": from_geojson(values["shape"]) if values["shape"] else None, "area_ha": None}
    return replace(record, **values)


def as_new(record: Made) -> Made:
    """The record without everything that only Leaf can give it: what a Create holds.

    A field loses its farm too, which follows as a Change of its own.
    """
    if isinstance(record, Field):
        return Field(id=record.id, leaf_user_id=record.leaf_user_id, name=record.name, shape=record.shape)
    if isinstance(record, Farm):
        return Farm(id=record.id, leaf_user_id=record.leaf_user_id, name=record.name, grower_id=record.grower_id)
    if isinstance(record, Machine):
        values = {name: getattr(record, name) for name in EDITABLE["machines"]}
        return Machine(id=record.id, leaf_user_id=record.leaf_user_id, origin_type=USER_CREATED, **values)
    return Grower(id=record.id, leaf_user_id=record.leaf_user_id, name=record.name)


def point_at(edit: Edit, key: Callable[[Kind, str], str]) -> Edit:
    """The edit with its record and every reference named by `key(kind, id)`."""
    if isinstance(edit, Create):
        record = replace(edit.record, id=key(edit.kind, edit.id))
        if isinstance(record, Farm) and record.grower_id is not None:
            record = replace(record, grower_id=key("growers", record.grower_id))
        if isinstance(record, Field) and record.farm_id is not None:
            record = replace(record, farm_id=key("farms", record.farm_id))
        return Create(record)
    if isinstance(edit, Change):
        values = tuple(
            (name, key(REFERENCES[name], str(value)) if name in REFERENCES and value is not None else value)
            for name, value in edit.values
        )
        return Change(edit.kind, key(edit.kind, edit.id), values)
    if isinstance(edit, Match) and edit.product_id is not None:
        edit = replace(edit, product_id=key("products", edit.product_id))
    return replace(edit, id=key(edit.kind, edit.id))


def inverse(edit: Edit, before: Record | None) -> Edit | None:
    """The edit that takes `edit` back, given the record before it; None where Leaf offers no way.

    (A first boundary cannot be removed; what was set going at Leaf goes on. That a match was only predicted comes back
    as long as its approval was not sent: see Match.)
    """
    if isinstance(edit, Enable | Upload | SyncProvider):
        return None
    if isinstance(edit, Match):
        if not isinstance(before, ProductMatch):
            return None
        return Match(edit.id, before.product_id, status=before.status, score=before.score)
    if isinstance(edit, Create):
        return Delete(edit.kind, edit.id)
    if isinstance(edit, Delete):
        return Create(before) if isinstance(before, Made) else None
    if isinstance(edit, Redraw):
        return Redraw(edit.id, before.shape) if isinstance(before, Field) and before.shape else None
    if before is None:
        return None
    return Change(edit.kind, edit.id, tuple((name, getattr(before, name)) for name, _ in edit.values))


def coalesce(
    queued: Edit, queued_base: Json, new: Edit, new_base: Json, under: Record | None = None
) -> tuple[Edit | None, Json] | None:
    """What is left of a queued, never sent edit when `new` follows it, and its base; None when they must stay two.

    The edit in the answer is None when nothing is left to send (created then deleted; changed and changed back;
    deleted then created again, which takes the delete back).
    The base of an attribute is the value the user saw when it was first touched. `under` is the record without the
    queued edit: what was changed back stays in the queue all the same when Leaf's copy has moved on meanwhile, since
    the user would otherwise see that instead of what they just did.
    The farm of a new field stays a Change of its own: Leaf's create does not take it.
    """
    if (queued.kind, queued.id) != (new.kind, new.id):
        return None
    if isinstance(queued, Delete):
        return (None, {}) if isinstance(new, Create) else None
    if isinstance(new, Delete):
        known = {name: value for name, value in queued_base.items() if name in new_base}
        return (None, {}) if isinstance(queued, Create) else (new, {**new_base, **known})
    if isinstance(queued, Create):
        if isinstance(new, Redraw) or (
            isinstance(new, Change) and (new.kind != "fields" or dict(new.values).keys() == {"name"})
        ):
            record = apply(new, queued.record)
            return (Create(record), {}) if isinstance(record, Made) else None
        return None
    if isinstance(queued, Change) and isinstance(new, Change):
        base = {**new_base, **queued_base}
        values = {**dict(queued.values), **dict(new.values)}
        left = {
            name: value for name, value in values.items() if {base[name], getattr(under, name, base[name])} != {value}
        }
        return (change(queued.kind, queued.id, **left) if left else None, {name: base[name] for name in left})
    if isinstance(queued, Enable | Upload | SyncProvider | Match):
        return _coalesce_triggers(queued, queued_base, new)
    if isinstance(queued, Redraw) and isinstance(new, Redraw):
        unchanged = queued_base.get("shape") == to_geojson(new.shape)
        if isinstance(under, Field):
            unchanged = unchanged and under.shape == new.shape
        return (None, {}) if unchanged else (new, queued_base)
    return None


def _coalesce_triggers(queued: Trigger, base: Json, new: Edit) -> tuple[Edit | None, Json] | None:
    """The same thing set going twice is set going once; of two products for a match the last one counts."""
    if isinstance(queued, Match) and isinstance(new, Match):
        same = new.product_id == base.get("product_id") and base.get("status") == new.status
        return (None, {}) if same else (new, base)
    if isinstance(queued, Upload) and isinstance(new, Upload):
        return (new, base) if queued.provider == new.provider else None
    return (queued, base) if queued == new else None


def references(edit: Edit) -> list[tuple[Kind, str]]:
    """The records that must exist at Leaf before this edit can be sent, as (kind, id)."""
    if isinstance(edit, Create):
        grower = edit.record.grower_id if isinstance(edit.record, Farm) else None
        return [("growers", grower)] if grower else []
    if isinstance(edit, Change):
        return [(REFERENCES[name], str(v)) for name, v in edit.values if name in REFERENCES and v is not None]
    return []
