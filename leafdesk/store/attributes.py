"""Records that are no land as JSON of their attributes, and back; and the part of it that tables show."""

import json
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from typing import Any

from leafdesk.records import (
    ActiveIngredient,
    Asset,
    Configuration,
    FieldOperation,
    Implement,
    Kind,
    Label,
    Machine,
    MachineFile,
    MatchHistory,
    MixPart,
    OperationFile,
    Operator,
    Organization,
    Product,
    ProductMatch,
    ProviderSummary,
    Quantity,
    Record,
    TankMix,
    Variety,
)

CLASSES: dict[Kind, type[Asset]] = {
    one.kind: one
    for one in (
        *(Machine, Implement, Operator, Product, Variety, TankMix, FieldOperation, OperationFile, MachineFile),
        *(ProductMatch, MatchHistory, ProviderSummary, Configuration, Organization),
    )
}
_PARTS: dict[str, type[Any]] = {
    "labels": Label,
    "active_ingredients": ActiveIngredient,
    "components": MixPart,
    "carrier": MixPart,
    "distance": Quantity,
    "fuel": Quantity,
}
_ELSEWHERE = {"id", "leaf_user_id", "name", "raw"}
"""Attributes that stand in columns of their own."""


@cache
def names_of(kind: Kind) -> tuple[str, ...]:
    """The attributes of a kind that are kept as JSON."""
    return tuple(one.name for one in fields(CLASSES[kind]) if one.name not in _ELSEWHERE)


def pack_attributes(record: Record) -> str | None:
    """All attributes of a record that have no column; None for land."""
    if record.kind not in CLASSES:
        return None
    found = {name: _plain(getattr(record, name)) for name in names_of(record.kind)}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def unpack_asset(kind: Kind, key: str, leaf_user: str, name: str, more: str, raw: str) -> Asset:
    """The record that was packed. Attributes that this version does not know are left alone."""
    known = {one.name for one in fields(CLASSES[kind])}
    found = {part: _part(part, value) for part, value in json.loads(more).items() if part in known}
    found |= {"id": key, "leaf_user_id": leaf_user, "raw": raw} | ({"name": name} if "name" in known else {})
    return CLASSES[kind](**found)


def _part(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return _PARTS[name](**value)
    return tuple(_part(name, one) for one in value) if isinstance(value, list) else value


def shown(record: Record) -> str | None:
    """What a table shows, sorts and filters by: single values, lists of texts as one text; None for land."""
    if record.kind not in CLASSES:
        return None
    found = {name: _cell(getattr(record, name)) for name in names_of(record.kind)}
    flat = {name: value for name, value in found.items() if value not in (None, "")}
    return json.dumps(flat, ensure_ascii=False, separators=(",", ":"))


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        return ", ".join(one if isinstance(one, str) else one.name for one in value if isinstance(one, str | _NAMED))
    if isinstance(value, Quantity):
        return value.value
    return value.name if isinstance(value, MixPart) else value


_NAMED = Label | ActiveIngredient | MixPart
_SEARCHED = (
    *("registration", "registrant", "product_type", "label_provider", "active_ingredients", "crops", "company"),
    *("target_crops", "carrier", "components", "notes", "make", "model", "category", "serial_number", "vin"),
)


def searched(record: Record) -> str:
    """The text beside its name by which a record of a table is found."""
    cells = (_cell(getattr(record, name, "")) for name in _SEARCHED)
    return " ".join(cell for cell in cells if isinstance(cell, str) and cell)


def provider_in(record: Record) -> str | None:
    """Where a record comes from: its provider, or a product's label database."""
    return getattr(record, "provider_name", None) or getattr(record, "label_provider", None) or None
