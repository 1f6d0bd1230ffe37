"""Where an edit goes at Leaf: the record's keys here turned into Leaf's ids and numbers, at the moment of sending."""

from dataclasses import dataclass

from leafdesk.edits import EDITABLE, REFERENCES, Change, Delete, Value
from leafdesk.records import LeafUser, word
from leafdesk.store.catalog import Catalog
from leafdesk.store.outbox import Item


@dataclass(frozen=True, slots=True)
class Place:
    """The record at Leaf, and the edit's values (mine) and what they were made against (base) in Leaf's numbers."""

    leaf_user_id: str
    leaf_id: str
    mine: dict[str, Value]
    base: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Nowhere:
    """There is no such place: `why`, in plain words; `gone` when Leaf once had the record, `known` when that was seen
    here (after the database was made anew it may not have been)."""

    why: str
    gone: bool = False
    known: bool = True


def place_of(catalog: Catalog, item: Item) -> Place | Nowhere:
    """Where the item's edit goes (not for creates, whose record carries all of it)."""
    edit = item.edit
    copy = catalog.server_copy(item.kind, item.record_id)
    if copy is None or catalog.gone(item.kind, item.record_id):
        return Nowhere("Leaf no longer has this.", gone=True, known=copy is not None)
    leaf_user_id = copy.id if isinstance(copy, LeafUser) else copy.leaf_user_id
    leaf_id = catalog.leaf_id(item.kind, item.record_id) or copy.id
    mine = dict(edit.values) if isinstance(edit, Change) else {}
    numbers: dict[str, Value] = {}
    for name, value in mine.items():
        number = at_leaf(catalog, name, value)
        if value is not None and number is None:
            return Nowhere(f"The {word(REFERENCES[name])} it belongs to is not at Leaf yet.")
        numbers[name] = number
    touched = tuple(mine)
    if isinstance(edit, Delete):
        touched = EDITABLE[edit.kind]
    base: dict[str, Value] = {
        name: at_leaf(catalog, name, item.base.get(name)) or item.base.get(name) for name in touched
    }
    return Place(leaf_user_id, leaf_id, numbers, base)


def at_leaf(catalog: Catalog, name: str, value: Value) -> Value:
    """The value of an attribute as Leaf writes it: a reference as Leaf's number (None while it has none)."""
    kind = REFERENCES.get(name)
    return value if kind is None or value is None else catalog.leaf_id(kind, str(value))
