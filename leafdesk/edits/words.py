"""Edits in plain words, as the queue and the undo entry show them."""

from collections.abc import Mapping

from leafdesk.edits.sorts import (
    REFERENCES,
    Change,
    Create,
    Delete,
    Edit,
    Enable,
    Match,
    Redraw,
    SyncProvider,
    Upload,
    Value,
)
from leafdesk.geo.shape import Shape
from leafdesk.records import VALIDATED, Field, Record, provider_in_words, word


def sentence(edit: Edit, before: Record | None, names: Mapping[str, str] | None = None) -> str:
    """The change in plain words: "Boundary of North Quarter, 23.66 → 24.10 ha".

    `before` is the record before the edit, `names` the names of farms, growers and products by key.
    """
    name = before.name if before is not None else ""
    if isinstance(edit, Create):
        record = edit.record
        area = f", {_hectares(record.shape)} ha" if isinstance(record, Field) and record.shape else ""
        return f"New {word(edit.kind)} {record.name}{area}"
    if isinstance(edit, Delete):
        return f"Delete {name or 'a ' + word(edit.kind)}"
    if isinstance(edit, Redraw):
        shape = before.shape if isinstance(before, Field) else None
        old = f"{_hectares(shape)} → " if shape else ""
        return f"Boundary of {name or 'a field'}, {old}{_hectares(edit.shape)} ha"
    if isinstance(edit, Change):
        return _sentence_of_change(edit, name or f"a {word(edit.kind)}", before, names or {})
    return _sentence_of_trigger(edit, name, names or {})


def _sentence_of_trigger(edit: Enable | Upload | SyncProvider | Match, name: str, names: Mapping[str, str]) -> str:
    if isinstance(edit, Enable):
        what = f"all preview fields of {name or 'a grower'}" if edit.kind == "growers" else name or "a field"
        return f"Enable {what} for full sync, which Leaf bills and nobody can undo"
    if isinstance(edit, Upload):
        where = f", organization {edit.organization_id}" if edit.organization_id else ""
        return f"Upload {name or 'a field'} to {provider_in_words(edit.provider)}{where}"
    if isinstance(edit, SyncProvider):
        return f"Let Leaf fetch the fields of {name or 'a Leaf user'} from the providers"
    if edit.status != VALIDATED:
        return f"Take back the approval of {name or 'a match'}"
    if edit.product_id is None:
        return f"Approve the product of {name or 'a match'}"
    return f"Match {name or 'a text'} to {names.get(edit.product_id) or 'another product'}"


def name_of(edit: Edit, before: Record | None) -> str:
    """The step in plain words: what the undo entry of a menu says."""
    of = edit.record.name if isinstance(edit, Create) else before.name if before is not None else edit.id
    if isinstance(edit, Create):
        return f"New {word(edit.kind)} {of}"
    if isinstance(edit, Delete):
        return f"Deletion of {of}"
    if isinstance(edit, Redraw):
        return f"Boundary of {of}"
    if isinstance(edit, Change):
        said = " and ".join(spoken(name) for name, _ in edit.values)
        return f"{said[0].upper()}{said[1:]} of {of}"
    return sentence(edit, before)


def spoken(attribute: str) -> str:
    """An attribute in plain words: "serial number", "farm"."""
    return {"vin": "VIN"}.get(attribute, attribute.removesuffix("_id").replace("_", " "))


def _sentence_of_change(edit: Change, name: str, before: Record | None, names: Mapping[str, str]) -> str:
    said, rest = list[str](), list[str]()
    for attribute, value in sorted(edit.values, key=_name_first):
        it = "it" if said else name
        if attribute == "name":
            said.append(f"rename {it} to {value}")
        elif attribute not in REFERENCES:
            rest.append(f"{spoken(attribute)} {_from(getattr(before, attribute, None))}{_shown(value)}")
        elif value is None:
            said.append(f"take {it} out of its {word(REFERENCES[attribute])}")
        else:
            said.append(f"move {it} to {names.get(str(value)) or 'another ' + word(REFERENCES[attribute])}")
    if rest:
        said.append(f"change {'it' if said else name}: {', '.join(rest)}")
    words = " and ".join(said) or f"change {name}"
    return words[0].upper() + words[1:]


def _name_first(pair: tuple[str, Value]) -> tuple[bool, str]:
    return pair[0] != "name", pair[0]


def _from(value: Value) -> str:
    return f"{value} → " if value not in (None, "") else ""


def _shown(value: Value) -> str:
    return str(value) if value not in (None, "") else "nothing"


def _hectares(shape: Shape) -> str:
    from leafdesk.geo.measure import area_ha  # pyproj is only loaded when somebody measures

    return f"{area_ha(shape):.2f}"
