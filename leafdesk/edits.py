"""Everything a user can change, as frozen values that know what they do to a record.

Four words are enough for every kind of record: Create, Change, Redraw, Delete. The queue, undo, the preview, the
conflict check and the upload all use the functions below; nothing here reads or writes anything.
One law holds everywhere: `seen record == fold(server's copy, pending edits)`.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from leafdesk.geo.shape import NotAShapeError, Shape, from_geojson, to_geojson
from leafdesk.records import Farm, Field, Grower, Kind, LeafUser, Record, provider_in_words

Json = dict[str, Any]
EDITABLE: dict[Kind, tuple[str, ...]] = {
    "growers": ("name",),
    "farms": ("name", "grower_id"),
    "fields": ("name", "farm_id"),
}
"""The attributes a Change may touch, by kind (Leaf: update a field, a farm, a grower)."""

_CLASSES: dict[str, type[Farm] | type[Field] | type[Grower]] = {"growers": Grower, "farms": Farm, "fields": Field}
_REFERENCES: dict[str, Kind] = {"farm_id": "farms", "grower_id": "growers"}


@dataclass(frozen=True, slots=True)
class Create:
    """A new record that Leaf does not have yet.

    A field carries its name and shape; its farm follows as a Change (Leaf's create takes no farm).
    """

    record: Farm | Field | Grower

    @property
    def kind(self) -> Kind:
        return self.record.kind

    @property
    def id(self) -> str:
        return self.record.id


@dataclass(frozen=True, slots=True)
class Change:
    """New values of some attributes (see EDITABLE), as sorted (attribute, value) pairs."""

    kind: Kind
    id: str
    values: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Redraw:
    """A new shape for a field: a new active boundary at Leaf, the old one becoming history."""

    id: str
    shape: Shape
    kind: Kind = "fields"


@dataclass(frozen=True, slots=True)
class Delete:
    """The end of a record. Only fields made by hand can be deleted at Leaf; there is no call for farms or growers."""

    kind: Kind
    id: str


Edit = Create | Change | Redraw | Delete


def change(kind: Kind, id: str, **values: str | None) -> Change:
    """A Change of the named attributes: `change("fields", id, name="Mill Field")`."""
    return Change(kind, id, tuple(sorted(values.items())))


def verb(edit: Edit) -> str:
    """The edit's name in the queue, such as `field.create` or `field.boundary` (cli.md's `kind`)."""
    word = {Create: "create", Change: "update", Redraw: "boundary", Delete: "delete"}[type(edit)]
    return f"{edit.kind.removesuffix('s')}.{word}"


def apply(edit: Edit, record: Record | None) -> Record | None:
    """The record after the edit; None where there is none. An edit of a missing record changes nothing."""
    if isinstance(edit, Create):
        return edit.record if record is None else record
    if record is None or isinstance(edit, Delete):
        return None
    if isinstance(edit, Change):
        return replace(record, **dict(edit.values))  # type: ignore[arg-type]
    if not isinstance(record, Field):
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
    boundary_id.
    """
    if record is None or isinstance(edit, Create):
        return {}
    if isinstance(edit, Change):
        return {name: getattr(record, name) for name, _ in edit.values}
    if isinstance(record, Field):
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


def as_new(record: Farm | Field | Grower) -> Farm | Field | Grower:
    """The record without everything that only Leaf can give it: what a Create holds.

    A field loses its farm too, which follows as a Change of its own.
    """
    if isinstance(record, Field):
        return Field(id=record.id, leaf_user_id=record.leaf_user_id, name=record.name, shape=record.shape)
    if isinstance(record, Farm):
        return Farm(id=record.id, leaf_user_id=record.leaf_user_id, name=record.name, grower_id=record.grower_id)
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
            (name, key(_REFERENCES[name], value) if name in _REFERENCES and value is not None else value)
            for name, value in edit.values
        )
        return Change(edit.kind, key(edit.kind, edit.id), values)
    return replace(edit, id=key(edit.kind, edit.id))


def inverse(edit: Edit, before: Record | None) -> Edit | None:
    """The edit that takes `edit` back, given the record before it; None where Leaf offers no way.

    (A first boundary cannot be removed.)
    """
    if isinstance(edit, Create):
        return Delete(edit.kind, edit.id)
    if isinstance(edit, Delete):
        return Create(before) if isinstance(before, Farm | Field | Grower) else None
    if isinstance(edit, Redraw):
        return Redraw(edit.id, before.shape) if isinstance(before, Field) and before.shape else None
    if before is None:
        return None
    return Change(edit.kind, edit.id, tuple((name, getattr(before, name)) for name, _ in edit.values))


def why_not(edit: Edit, record: Record | None) -> str | None:
    """Why this edit is not possible on this record, in the user's words; None when it is."""
    if isinstance(edit, Create):
        return _why_not_create(edit.record) if record is None else "This is already here."
    if record is None:
        return "This is no longer here."
    if isinstance(record, LeafUser):
        return "Leaf users are changed at Leaf, not here."
    if isinstance(edit, Delete):
        if not isinstance(record, Field):
            return f"Leaf has no way to delete a {record.kind.removesuffix('s')}."
        return None if record.manual else f"Fields from {_provider(record)} are deleted in {_provider(record)}."
    if isinstance(record, Field) and not record.manual:
        return f"Fields from {_provider(record)} are changed in {_provider(record)}."
    if isinstance(edit, Redraw):
        if not isinstance(record, Field):
            return "Only fields have a boundary."
        return None if edit.shape else "A field needs a boundary."
    return _why_not_change(edit)


def _why_not_create(record: Farm | Field | Grower) -> str | None:
    if not record.name.strip():
        return f"A {record.kind.removesuffix('s')} needs a name."
    if not _printable(record.name):
        return _UNPRINTABLE
    return "A field needs a boundary." if isinstance(record, Field) and not record.shape else None


def _why_not_change(edit: Change) -> str | None:
    for name, value in edit.values:
        if name not in EDITABLE.get(edit.kind, ()):
            return f"{name} cannot be changed."
        if name == "name" and not (value or "").strip():
            return "A name is needed."
        if name == "name" and not _printable(value or ""):
            return _UNPRINTABLE
        if value is None:
            part, whole = edit.kind.removesuffix("s"), _REFERENCES[name].removesuffix("s")
            return f"Leaf does not say how to take a {part} out of its {whole}; move it to another one."
    return None


def _provider(record: Field) -> str:
    return provider_in_words(record.provider_name or "their provider")


_UNPRINTABLE = "A name is one line of ordinary text; there is a character in it that cannot be shown."


def _printable(name: str) -> bool:
    """No control characters (one NUL in a name has blocked whole queues elsewhere: QFieldCloud #327), no half ones."""
    return not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in name)


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
            return (Create(record), {}) if isinstance(record, Farm | Field | Grower) else None
        return None
    if isinstance(queued, Change) and isinstance(new, Change):
        base = {**new_base, **queued_base}
        values = {**dict(queued.values), **dict(new.values)}
        left = {
            name: value for name, value in values.items() if {base[name], getattr(under, name, base[name])} != {value}
        }
        return (change(queued.kind, queued.id, **left) if left else None, {name: base[name] for name in left})
    if isinstance(queued, Redraw) and isinstance(new, Redraw):
        unchanged = queued_base.get("shape") == to_geojson(new.shape)
        if isinstance(under, Field):
            unchanged = unchanged and under.shape == new.shape
        return (None, {}) if unchanged else (new, queued_base)
    return None


def references(edit: Edit) -> list[tuple[Kind, str]]:
    """The records that must exist at Leaf before this edit can be sent, as (kind, id)."""
    if isinstance(edit, Create):
        grower = edit.record.grower_id if isinstance(edit.record, Farm) else None
        return [("growers", grower)] if grower else []
    if isinstance(edit, Change):
        return [(_REFERENCES[name], value) for name, value in edit.values if name in _REFERENCES and value is not None]
    return []


def encode(edit: Edit) -> Json:
    """The edit as JSON for the outbox; `decode` is its inverse."""
    if isinstance(edit, Create):
        record = edit.record
        values = {one.name: getattr(record, one.name) for one in fields(record) if one.name not in ("shape", "raw")}
        shape = to_geojson(record.shape) if isinstance(record, Field) and record.shape else None
        return {"verb": verb(edit), "kind": edit.kind, "id": edit.id, "record": values, "shape": shape}
    if isinstance(edit, Change):
        return {"verb": verb(edit), "kind": edit.kind, "id": edit.id, "values": dict(edit.values)}
    if isinstance(edit, Redraw):
        return {"verb": verb(edit), "kind": edit.kind, "id": edit.id, "shape": to_geojson(edit.shape)}
    return {"verb": verb(edit), "kind": edit.kind, "id": edit.id}


def decode(value: Json) -> Edit:
    """The edit that `encode` wrote. Raises ValueError for anything else."""
    try:
        kind, id_, word = value["kind"], value["id"], value["verb"].partition(".")[2]
        if word == "create":
            values = value["record"] | ({"shape": from_geojson(value["shape"])} if value["shape"] else {})
            return Create(_CLASSES[kind](**values))
        if word == "update":
            return change(kind, id_, **value["values"])
        if word == "boundary":
            return Redraw(id_, from_geojson(value["shape"]))
        if word == "delete":
            return Delete(kind, id_)
    except (KeyError, TypeError, AttributeError, NotAShapeError) as error:
        raise ValueError(f"not an edit: {error}") from error
    raise ValueError(f"not an edit: {word!r}")


def sentence(edit: Edit, before: Record | None, names: Mapping[str, str] | None = None) -> str:
    """The change in plain words: "Boundary of North Quarter, 23.66 → 24.10 ha".

    `before` is the record before the edit, `names` the names of farms and growers by key.
    """
    name = before.name if before is not None else ""
    if isinstance(edit, Create):
        record = edit.record
        area = f", {_hectares(record.shape)} ha" if isinstance(record, Field) and record.shape else ""
        return f"New {edit.kind.removesuffix('s')} {record.name}{area}"
    if isinstance(edit, Delete):
        return f"Delete {name or 'a ' + edit.kind.removesuffix('s')}"
    if isinstance(edit, Redraw):
        shape = before.shape if isinstance(before, Field) else None
        old = f"{_hectares(shape)} → " if shape else ""
        return f"Boundary of {name or 'a field'}, {old}{_hectares(edit.shape)} ha"
    return _sentence_of_change(edit, name or f"a {edit.kind.removesuffix('s')}", names or {})


def _sentence_of_change(edit: Change, name: str, names: Mapping[str, str]) -> str:
    said = list[str]()
    for attribute, value in sorted(edit.values, reverse=True):  # the name first
        it = "it" if said else name
        whole = _REFERENCES[attribute].removesuffix("s") if attribute in _REFERENCES else attribute
        if attribute == "name":
            said.append(f"rename {it} to {value}")
        elif value is None:
            said.append(f"take {it} out of its {whole}")
        else:
            said.append(f"move {it} to {names.get(value) or 'another ' + whole}")
    words = " and ".join(said) or f"change {name}"
    return words[0].upper() + words[1:]


def _hectares(shape: Shape) -> str:
    from leafdesk.geo.measure import area_ha  # pyproj is only loaded when somebody measures

    return f"{area_ha(shape):.2f}"
