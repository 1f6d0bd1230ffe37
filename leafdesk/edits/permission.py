"""Why an edit is not possible, in the user's words."""

import unicodedata

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
)
from leafdesk.edits.words import spoken
from leafdesk.records import (
    UPLOADS,
    VALIDATED,
    Field,
    Grower,
    LeafUser,
    Machine,
    ProductMatch,
    Record,
    provider_in_words,
    provider_of,
    word,
)


def why_not(edit: Edit, record: Record | None) -> str | None:
    """Why this edit is not possible on this record, in the user's words; None when it is."""
    if isinstance(edit, Create):
        return _why_not_create(edit.record) if record is None else "This is already here."
    if record is None:
        return "This is no longer here."
    if isinstance(edit, Enable | Upload | SyncProvider | Match):
        return _why_not_trigger(edit, record)
    if isinstance(record, LeafUser):
        return "Leaf users are changed at Leaf, not here."
    if edit.kind not in EDITABLE:
        return f"{word(record.kind).capitalize()}s cannot be changed at Leaf."
    if isinstance(edit, Delete) and not isinstance(record, Field | Machine):
        return f"Leaf has no way to delete a {word(record.kind)}."
    if isinstance(record, Machine) and not record.manual:
        return _pooled(record)
    if isinstance(record, Field) and not record.manual:
        done = "deleted" if isinstance(edit, Delete) else "changed"
        name = provider_in_words(record.provider_name or "their provider")
        return f"Fields from {name} are {done} in {name}."
    if isinstance(edit, Delete):
        return None
    if isinstance(edit, Redraw):
        if not isinstance(record, Field):
            return "Only fields have a boundary."
        return None if edit.shape else "A field needs a boundary."
    return _why_not_change(edit)


def _pooled(machine: Machine) -> str:
    """Who owns a machine that was not made by hand. "Leaf" as its provider says nothing (Leaf: assets)."""
    provider = machine.provider_name
    if machine.origin_type == "PROVIDER_POOLED" and provider and provider != "Leaf":
        name = provider_in_words(provider)
        return f"Machines from {name} are changed in {name}."
    if machine.origin_type == "FILE_POOLED":
        return "This machine was read from machine files; only machines made by hand can be changed."
    return "Only machines made by hand can be changed."


def _why_not_trigger(edit: Trigger, record: Record) -> str | None:
    if isinstance(edit, SyncProvider):
        return None if isinstance(record, LeafUser) else "Only a Leaf user's providers can be asked."
    if isinstance(edit, Match):
        return _why_not_match(edit, record)
    if isinstance(edit, Enable) and isinstance(record, Grower):
        return None if record.leaf_id is not None else "Leaf does not have this grower yet."
    if not isinstance(record, Field):
        return "Only fields can be enabled or uploaded."
    if isinstance(edit, Enable):
        return None if record.status == "PREVIEW" else "Only preview fields are enabled; this one is synced already."
    return _why_not_upload(edit, record)


def _why_not_upload(edit: Upload, field: Field) -> str | None:
    if edit.provider not in UPLOADS:
        return "Fields can be uploaded to John Deere and Climate FieldView only."
    if provider_of(field.provider_name) == edit.provider:
        name = provider_in_words(edit.provider)
        return f"This field comes from {name}; Leaf does not send it back there."
    if field.shape is None:
        return "This field has no boundary that could be uploaded."
    if edit.provider == "JohnDeere" and not (edit.organization_id or "").strip():
        return "John Deere needs an organization; choose one."
    return None


def _why_not_match(edit: Match, record: Record) -> str | None:
    if not isinstance(record, ProductMatch):
        return "Only a product match can be approved."
    if edit.status != VALIDATED:
        return None if record.status == VALIDATED else "This match is not approved."
    if record.status == VALIDATED and edit.product_id in (None, record.product_id):
        return "This match is approved already."
    if edit.product_id is None and not record.product_id:
        return "Leaf predicts no product here; choose one."
    return "Choose a product." if edit.product_id == "" else None


def _why_not_create(record: Made) -> str | None:
    if not record.name.strip():
        return f"A {word(record.kind)} needs a name."
    if not _printable(record.name):
        return _UNPRINTABLE
    if isinstance(record, Machine):
        values = ((name, getattr(record, name)) for name in EDITABLE["machines"] if name != "name")
        return next(filter(None, (_why_not_value(name, value) for name, value in values if value is not None)), None)
    return "A field needs a boundary." if isinstance(record, Field) and not record.shape else None


def _why_not_change(edit: Change) -> str | None:
    for name, value in edit.values:
        if name not in EDITABLE.get(edit.kind, ()):
            return f"{name} cannot be changed."
        if name == "name" and not str(value or "").strip():
            return "A name is needed."
        if name == "name" and not _printable(str(value)):
            return _UNPRINTABLE
        if value is None and name in REFERENCES:
            part, whole = word(edit.kind), word(REFERENCES[name])
            return f"Leaf does not say how to take a {part} out of its {whole}; move it to another one."
        if value is None:
            return f"Leaf does not say how to empty the {spoken(name)}; write something else in."
        reason = _why_not_value(name, value)
        if reason:
            return reason
    return None


def _why_not_value(name: str, value: Value) -> str | None:
    """Why a value will not do for an attribute: numbers where numbers belong, texts elsewhere."""
    if name == "model_year":
        fits = isinstance(value, int) and not isinstance(value, bool) and 1850 <= value <= 2100
        return None if fits else "A model year is a number of four digits."
    if not isinstance(value, str):
        return f"The {spoken(name)} is a text."
    if not _printable(value):
        return f"The {spoken(name)} holds a character that cannot be shown."
    return None


_UNPRINTABLE = "A name is one line of ordinary text; there is a character in it that cannot be shown."


def _printable(name: str) -> bool:
    """No control characters (one NUL in a name has blocked whole queues elsewhere: QFieldCloud #327), no half ones."""
    return not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in name)
