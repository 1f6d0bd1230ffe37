"""The hand-over file: changes that wait, written by one Leafdesk and taken over by another.

A `.leafdesk-handover` is one line of JSON:

    {"leafdesk": "hand-over", "version": 1, "sha256": "…", "hand_over": {
        "id": a UUID, "made": time, "by": account, "leaf": host, "app": version, "changes": [
            {"id", "edit", "base", "created", "sentence", "known"}, …]}}

`edit` is what the queue keeps (`edits.encode`), `base` what it was made against, `known` Leaf's ids of the farms,
growers or machines that cannot be a new one, for they were there before. Records are called by Leaf's ids where Leaf
has numbered them. `sha256` is that of the bytes of `hand_over` and finds damage; nothing says who wrote a file, so
what is in it is shown before anything is taken. It holds no token and no password.
"""

import hashlib
import json
import re
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from leafdesk.edits import EDITABLE, REFERENCES, Change, Create, Delete, Edit, Json, Redraw, as_new, decode, encode
from leafdesk.files.limits import LONGEST_TEXT, MB, MOST_CORNERS
from leafdesk.geo.shape import NotAShapeError, Shape, from_geojson, rings
from leafdesk.records import Farm, Field, Grower, Machine

ENDING = ".leafdesk-handover"
LARGEST = 64 * MB
MOST_CHANGES = 10_000
MOST_CORNERS_IN_ALL = 2_000_000
_WORD, _VERSION = "hand-over", 1
_LONGEST_ID = 200
_NO_CONTROL = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*")
_AGAIN = "Ask for the file again."
_DAMAGED = f"It is damaged: something in it is not as it was written. {_AGAIN}"
_BASES: dict[type[Edit], tuple[str, ...]] = {
    Redraw: ("boundary_id", "shape"),
    Delete: ("name", "farm_id", "boundary_id", *EDITABLE["machines"]),
}


class UnfitError(ValueError):
    """The file is no hand-over that can be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One change: the queue item's id, the edit with its base, when it was made (ISO 8601) and what it was called.

    `known`: Leaf's ids of this kind from before, of a record that Leaf numbers itself; None of any other.
    """

    id: str
    edit: Edit
    base: Json
    created: str
    sentence: str
    known: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A file's content: who made it when, for which Leaf, and the changes in the order of the edits."""

    id: str
    made: str
    by: str
    leaf: str
    app: str
    changes: tuple[Handed, ...] = field(repr=False)


class _Envelope(msgspec.Struct):
    leafdesk: str
    version: int
    sha256: str
    hand_over: msgspec.Raw


class _Change(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    edit: dict[str, Any]
    base: dict[str, Any]
    created: str
    sentence: str
    known: list[str] | None


class _HandOver(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    made: str
    by: str
    leaf: str
    app: str
    changes: list[_Change]


def is_hand_over(path: Path) -> bool:
    """Whether the file is called as one."""
    return path.suffix.casefold() == ENDING


# ---------------------------------------------------------------------- writing
def pack(hand_over: HandOver) -> bytes:
    """The bytes of the file. Raises UnfitError when it would be larger than anybody opens."""
    said = {name: getattr(hand_over, name) for name in ("id", "made", "by", "leaf", "app")}
    inside = _dumps(said | {"changes": [_said(change) for change in hand_over.changes]})
    head = {"leafdesk": _WORD, "version": _VERSION, "sha256": hashlib.sha256(inside).hexdigest()}
    whole = _dumps(head)[:-1] + b',"hand_over":' + inside + b"}\n"
    if len(whole) > LARGEST or len(hand_over.changes) > MOST_CHANGES:
        raise UnfitError("That is too much for one file. Hand over fewer changes at a time.")
    return whole


def _said(change: Handed) -> Json:
    values: Json = {name: getattr(change, name) for name in ("id", "base", "created", "sentence")}
    return values | {"edit": encode(change.edit), "known": None if change.known is None else list(change.known)}


def _dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


# ---------------------------------------------------------------------- reading
def read(path: Path) -> HandOver:
    """What a file holds, every value of it checked. Raises UnfitError."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise UnfitError(f"It cannot be read: {error.strerror or error}.") from error
    return unpack(raw)


def unpack(raw: bytes) -> HandOver:
    """The hand-over in these bytes. Raises UnfitError."""
    if len(raw) > LARGEST:
        raise UnfitError(f"It is larger than {LARGEST // MB} MB; no hand-over is.")
    try:
        envelope = msgspec.json.decode(raw, type=_Envelope)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise UnfitError(f"It is no hand-over of Leafdesk, or only a part of one. {_AGAIN}") from None
    if envelope.leafdesk != _WORD:
        raise UnfitError("It is no hand-over of Leafdesk.")
    if envelope.version != _VERSION:
        raise UnfitError("It was written by a newer Leafdesk. Install that version, then open it again.")
    inside = bytes(envelope.hand_over)
    if hashlib.sha256(inside).hexdigest() != envelope.sha256:
        raise UnfitError(_DAMAGED)
    try:
        found = msgspec.json.decode(inside, type=_HandOver)
        return _checked(found)
    except (msgspec.MsgspecError, RecursionError, ValueError, TypeError, OverflowError) as error:
        if isinstance(error, UnfitError):
            raise
        raise UnfitError(f"Something in it makes no sense; Leafdesk did not write it so. {_AGAIN}") from error


def _checked(found: _HandOver) -> HandOver:
    if not found.changes:
        raise UnfitError("It holds no changes.")
    if len(found.changes) > MOST_CHANGES:
        raise UnfitError(f"It holds more than {MOST_CHANGES:,} changes; no hand-over does.")
    changes, corners = list[Handed](), 0
    for one in found.changes:
        changes.append(_change(one))
        corners += sum(len(ring) for shape in _shapes(changes[-1].edit) for ring in rings(shape))
        if corners > MOST_CORNERS_IN_ALL:
            raise UnfitError(f"Its fields have more than {MOST_CORNERS_IN_ALL:,} corners; no farm's do.")
    if len({one.id for one in changes}) != len(changes):
        raise UnfitError(_DAMAGED)
    texts = {name: _text(getattr(found, name)) for name in ("made", "by", "leaf", "app")}
    return HandOver(id=str(uuid.UUID(found.id)), **texts, changes=tuple(changes))


def _change(one: _Change) -> Handed:
    edit = _edit(one.edit)
    numbered = isinstance(edit, Create) and not isinstance(edit.record, Field)
    if (one.known is not None) != numbered:
        raise ValueError("`known` belongs to what Leaf numbers itself, and only there")
    return Handed(
        id=_id(one.id),
        edit=edit,
        base=_base(edit, one.base),
        created=_text(one.created),
        sentence=_text(one.sentence),
        known=tuple(_id(known) for known in one.known) if one.known is not None else None,
    )


def _edit(value: Json) -> Edit:
    """The edit, with no value of another type than Leafdesk writes; whether it makes sense here is not asked."""
    edit = decode(value)
    _id(edit.id)
    if isinstance(edit, Create):
        return Create(as_new(_record(edit)))
    if isinstance(edit, Change) and edit.kind in EDITABLE:
        return Change(edit.kind, edit.id, tuple((name, _value(name, said)) for name, said in edit.values))
    if isinstance(edit, Redraw) and _small(edit.shape):
        return edit
    if isinstance(edit, Delete) and edit.kind in EDITABLE:
        return edit
    raise ValueError("not an edit that is handed over")


def _record(edit: Create) -> Farm | Field | Grower | Machine:
    record = edit.record
    for said in (record.id, record.leaf_user_id):
        _id(said)
    _text(record.name)
    if isinstance(record, Field):
        if str(uuid.UUID(record.id)) != record.id or record.shape is None or not _small(record.shape):
            raise ValueError("not a field's id or shape")
    elif isinstance(record, Farm) and record.grower_id is not None:
        _id(record.grower_id)
    elif isinstance(record, Machine):
        for name in EDITABLE["machines"]:
            _value(name, getattr(record, name))
    return record


def _small(shape: Shape) -> bool:
    """Whether the shape is one that can be edited here, with rings that enclose something."""
    sizes = [len(ring) for ring in rings(shape)]
    return bool(sizes) and min(sizes) >= 4 and sum(sizes) <= MOST_CORNERS


def _shapes(edit: Edit) -> list[Shape]:
    drawn = edit.record if isinstance(edit, Create) else edit
    return [drawn.shape] if isinstance(drawn, Field | Redraw) and drawn.shape else []


def _base(edit: Edit, base: Json) -> Json:
    """The base, of exactly the values that such an edit has."""
    allowed = dict(edit.values) if isinstance(edit, Change) else _BASES.get(type(edit), ())
    if set(base) - set(allowed) or (isinstance(edit, Change | Redraw) and set(base) != set(allowed)):
        raise ValueError("a base that does not belong to its edit")
    for name, value in base.items():
        if name == "shape":
            if value is not None and not _small(_shape(value)):
                raise ValueError("not a shape")
        elif name == "boundary_id":
            _ = None if value is None else _id(value)
        else:
            _value(name, value)
    return base


def _shape(value: Any) -> Shape:
    try:
        return from_geojson(value)
    except NotAShapeError as error:
        raise ValueError("not a shape") from error


def _value(name: str, value: Any) -> Any:
    if name in REFERENCES and value is not None:
        return _id(value)
    if value is None or (name == "model_year" and type(value) is int and abs(value) < 10_000):
        return value
    return _text(value)


def _text(value: Any) -> str:
    """Text as people type it, in one line."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not _NO_CONTROL.fullmatch(value):
        raise ValueError("not a text")
    value.encode()  # a lone surrogate is no text
    return value


def _id(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= _LONGEST_ID or not value.isprintable():
        raise ValueError("not an id")
    return value
