"""Edits as JSON for the outbox, and back."""

from dataclasses import fields
from typing import Any

from leafdesk.edits.sorts import (
    Change,
    Create,
    Delete,
    Edit,
    Enable,
    Made,
    Match,
    Redraw,
    SyncProvider,
    Upload,
    change,
    verb,
)
from leafdesk.geo.shape import NotAShapeError, from_geojson, to_geojson
from leafdesk.records import VALIDATED, Farm, Field, Grower, Machine

Json = dict[str, Any]
_CLASSES: dict[str, type[Made]] = {"growers": Grower, "farms": Farm, "fields": Field, "machines": Machine}


def encode(edit: Edit) -> Json:
    """The edit as JSON for the outbox; `decode` is its inverse."""
    said: Json = {"verb": verb(edit), "kind": edit.kind, "id": edit.id}
    if isinstance(edit, Create):
        record = edit.record
        values = {one.name: getattr(record, one.name) for one in fields(record) if one.name not in ("shape", "raw")}
        shape = to_geojson(record.shape) if isinstance(record, Field) and record.shape else None
        return said | {"record": values, "shape": shape}
    if isinstance(edit, Change):
        return said | {"values": dict(edit.values)}
    if isinstance(edit, Redraw):
        return said | {"shape": to_geojson(edit.shape)}
    if isinstance(edit, Upload):
        return said | {"provider": edit.provider, "organization": edit.organization_id}
    if isinstance(edit, Match):
        taken_back = {"status": edit.status, "score": edit.score} if edit.status != VALIDATED else {}
        return said | {"product": edit.product_id} | taken_back
    return said


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
        if word == "upload":
            return Upload(id_, value["provider"], value["organization"])
        if word == "match":
            return Match(id_, value["product"], status=value.get("status", VALIDATED), score=value.get("score"))
        if word in ("enable", "sync"):
            return Enable(id_, kind) if word == "enable" else SyncProvider(id_)
    except (KeyError, TypeError, AttributeError, NotAShapeError) as error:
        raise ValueError(f"not an edit: {error}") from error
    raise ValueError(f"not an edit: {word!r}")
