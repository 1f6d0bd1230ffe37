"""The boundaries of a field that were drawn here, whatever became of them; and those of Leaf's nobody fetched yet."""

import json
import sqlite3
from dataclasses import dataclass

from leafdesk.edits import Create, Edit, Redraw, decode
from leafdesk.geo.shape import Shape
from leafdesk.records import Field
from leafdesk.store.items import live_items


@dataclass(frozen=True, slots=True)
class Draft:
    """A boundary that somebody drew here, and when. `id` tells it from others."""

    id: str
    at: str
    shape: Shape


def drafts_of(connection: sqlite3.Connection, field: str) -> list[Draft]:
    """Every boundary drawn here for a field (its key), oldest first. The journal has them all, the queue only some."""
    rows = connection.execute(
        "SELECT item, at, after FROM journal WHERE kind = 'fields' AND key = ? ORDER BY id", (field,)
    ).fetchall()
    drawn = [(item, at, drawn_in(_read(after))) for item, at, after in rows]
    return [Draft(item, at, shape) for item, at, shape in drawn if shape is not None]


def waiting_shapes(connection: sqlite3.Connection, field: str) -> set[Shape]:
    """The boundaries of a field that are on their way to Leaf."""
    drawn = (drawn_in(item.edit) for item in live_items(connection, "fields", field))
    return {shape for shape in drawn if shape is not None}


def _read(edit: str) -> Edit | None:
    """An edit from its JSON; None for one of an older version that nobody can read now."""
    try:
        return decode(json.loads(edit))
    except (ValueError, KeyError, TypeError):
        return None


def drawn_in(edit: Edit | None) -> Shape | None:
    """The boundary that an edit draws; None for any other."""
    if isinstance(edit, Redraw):
        return edit.shape
    return edit.record.shape if isinstance(edit, Create) and isinstance(edit.record, Field) else None


def unread_boundaries(connection: sqlite3.Connection, field: str) -> list[str]:
    """Ids of boundaries that Leaf's copy of a field names and nobody fetched yet."""
    rows = connection.execute(
        "SELECT id FROM named_boundaries m WHERE field = ?"
        " AND NOT EXISTS (SELECT 1 FROM boundaries b WHERE b.field = m.field AND b.id = m.id) ORDER BY place",
        (field,),
    )
    return [id_ for (id_,) in rows.fetchall()]
