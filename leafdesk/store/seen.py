"""What the user sees, kept equal to `fold(server copy, pending edits)`: rows, outlines, boxes and full text."""

import re
import sqlite3
import unicodedata
from typing import Any

from leafdesk.edits import Edit, fold
from leafdesk.geo.shape import Box, Shape, box, pack
from leafdesk.records import TABLES, Field, Kind, LeafUser, Record
from leafdesk.store.attributes import provider_in, searched, shown
from leafdesk.store.changes import Changes
from leafdesk.store.copies import Taken, load_kept, parent_of, row_number
from leafdesk.store.enabling import covered
from leafdesk.store.items import REBUILD, State, live_edits

_ROW = "leaf_user, name, sort, parent, status, provider, area, mark, west, south, east, north, more"
_NAMES = _ROW.split(", ")


def refold(connection: sqlite3.Connection, kind: Kind, key: str, *, news: bool = False) -> Changes:
    """Make the seen copy of one record anew. `news`: its server copy changed, so it counts as changed in any case."""
    edits = live_edits(connection, kind, key)
    copy, gone = load_kept(connection, kind, key)
    if gone and not edits:  # a copy that is gone at Leaf is only kept for what the user edited of it
        connection.execute(
            "DELETE FROM copies WHERE n = (SELECT n FROM records WHERE kind = ? AND key = ?)", (kind, key)
        )
        copy = None
    old = connection.execute(
        f"SELECT n, {_ROW} FROM seen WHERE n = (SELECT n FROM records WHERE kind = ? AND key = ?)", (kind, key)
    ).fetchone()
    return _refold(connection, kind, key, fold(copy, [edit for edit, _ in edits]), edits, old, news=news)


def refold_taken(connection: sqlite3.Connection, taken: Taken) -> Changes:
    """As `refold`, of a record whose copy was just taken from Leaf."""
    kind, key = taken.copy.kind, taken.copy.id
    edits, old = live_edits(connection, kind, key), None
    if not taken.new:
        old = connection.execute(f"SELECT n, {_ROW} FROM seen WHERE n = ?", (taken.number,)).fetchone()
    record = fold(taken.copy, [edit for edit, _ in edits])
    return _refold(connection, kind, key, record, edits, old, news=True, number=taken.number)


def _refold(
    connection: sqlite3.Connection,
    kind: Kind,
    key: str,
    record: Record | None,
    edits: list[tuple[Edit, State]],
    old: tuple[Any, ...] | None,
    *,
    news: bool,
    number: int | None = None,
) -> Changes:
    if record is None:
        changed = _unsee(connection, old) if old else False
        if not edits:
            forget(connection, kind, key)
    else:
        changed = _see(connection, record, old, mark(connection, edits, record), number)
    if (record.name, parent_of(record)) != (old[2], old[4]) if record and old else record or old:
        _index_fields_of(connection, kind, key)
    touched = {(kind, key)} if changed or news else set[tuple[Kind, str]]()
    if kind == "growers" and (edits or (old is not None and old[8])):
        touched |= covered(connection, key)  # an edit that enables them all came or went
    return Changes(frozenset(touched))


def forget(connection: sqlite3.Connection, kind: Kind, key: str) -> None:
    """Take out everything of a record that neither Leaf nor the queue knows any more; what was queued stays history."""
    row = connection.execute("SELECT n FROM records WHERE kind = ? AND key = ?", (kind, key)).fetchone()
    if row is None:
        return
    wipe(connection, row[0])
    if kind == "fields":
        connection.execute("DELETE FROM boundaries WHERE field = ?", (key,))
        connection.execute("DELETE FROM named_boundaries WHERE field = ?", (key,))
    # After a loss Leaf's copy may still come, and queued changes of other records know it by the name it has here.
    connection.execute(
        "DELETE FROM records WHERE n = ? AND NOT (coalesce(leaf_id, key) <> key"
        " AND EXISTS (SELECT 1 FROM facts WHERE name = ?))",
        (*row, REBUILD),
    )


def mark(connection: sqlite3.Connection, edits: list[tuple[Any, State]], record: Record) -> str:
    """How the record stands, in one word (see FieldRow)."""
    states = {state for _, state in edits}
    for state in ("conflict", "parked"):
        if state in states:
            return state
    if states:
        return "pending"
    if not isinstance(record, Field):
        return ""
    if record.status == "PREVIEW":
        return "preview"
    if record.boundary_id is None:
        return ""
    row = connection.execute("SELECT validity FROM boundaries WHERE field = ? AND shown", (record.id,)).fetchone()
    return "invalid" if row and row[0] not in ("", "VALID") else ""


def _unsee(connection: sqlite3.Connection, old: tuple[Any, ...]) -> bool:
    number = old[0]
    wipe(connection, number)
    return True


def wipe(connection: sqlite3.Connection, number: int) -> None:
    """Take out everything by which a record is seen and found."""
    for table, column in _TRACES:
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))


_TRACES = (("seen", "n"), ("outlines", "n"), ("boxes", "n"), ("names", "rowid"), ("words", "rowid"), ("fuzzy", "rowid"))


def _see(
    connection: sqlite3.Connection, record: Record, old: tuple[Any, ...] | None, mark: str, number: int | None
) -> bool:
    """Write the seen row where it differs; whether anything that is shown changed. `number`: where it is known."""
    user = record.id if isinstance(record, LeafUser) else record.leaf_user_id
    number = number or (old[0] if old else row_number(connection, record.kind, record.id, user))
    redrawn = _outline(connection, number, record, new=old is None) if isinstance(record, Field) else False
    edges, area = _edges_and_area(record, old, redrawn)
    parent, status, provider = parent_of(record), str(getattr(record, "status", "")), provider_in(record)
    row = (user, record.name, sort_text(record.name), parent, status, provider, area, mark, *edges, shown(record))
    if old is not None and tuple(old[1:]) == row:
        return redrawn
    if old is None:
        connection.execute(
            f"INSERT INTO seen (n, kind, key, {_ROW}) VALUES ({', '.join('?' * 16)})",
            (number, record.kind, record.id, *row),
        )
    else:  # only what differs: each index that is left alone is half the work
        differs = [(name, new) for name, new, was in zip(_NAMES, row, old[1:], strict=True) if new != was]
        sets = ", ".join(f"{name} = ?" for name, _ in differs)
        connection.execute(f"UPDATE seen SET {sets} WHERE n = ?", (*(new for _, new in differs), number))
    if isinstance(record, Field) and (old is None or (record.name, parent) != (old[2], old[4])):
        _index(connection, number, record.name, parent, new=old is None)
    if record.kind in TABLES:
        _index_words(connection, number, record, new=old is None)
    return True


def _index_words(connection: sqlite3.Connection, number: int, record: Record, *, new: bool) -> None:
    """Write the entries by which a table's record is found: by the beginnings of words, and by letters alone."""
    if not new:
        connection.execute("DELETE FROM words WHERE rowid = ?", (number,))
        connection.execute("DELETE FROM fuzzy WHERE rowid = ?", (number,))
    name, rest = (unicodedata.normalize("NFC", text) for text in (record.name, searched(record)))
    connection.execute(
        "INSERT INTO words (rowid, kind, name, rest) VALUES (?, ?, ?, ?)", (number, record.kind, name, rest)
    )
    connection.execute("INSERT INTO fuzzy (rowid, name) VALUES (?, ?)", (number, plain_letters(record.name)))


def plain_letters(name: str) -> str:
    """A name without case and accents, as the search that forgives misspelling compares it."""
    if name.isascii():
        return name.casefold()
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _outline(connection: sqlite3.Connection, number: int, field: Field, *, new: bool) -> bool:
    """Write the outline and its box where they differ; of a field that was not seen before there is none."""
    packed = pack(field.shape) if field.shape else None
    if packed is None and new:
        return False
    row = connection.execute("SELECT packed FROM outlines WHERE n = ?", (number,)).fetchone()
    if packed == (row[0] if row else None):
        return False
    if packed is None or field.shape is None:
        connection.execute("DELETE FROM outlines WHERE n = ?", (number,))
        connection.execute("DELETE FROM boxes WHERE n = ?", (number,))
        return True
    if row:
        connection.execute("UPDATE outlines SET packed = ? WHERE n = ?", (packed, number))
    else:
        connection.execute("INSERT INTO outlines VALUES (?, ?, ?)", (number, field.id, packed))
    edges = _edges(field.shape)
    if edges is None:
        connection.execute("DELETE FROM boxes WHERE n = ?", (number,))
    else:
        west, south, east, north = edges
        connection.execute("INSERT OR REPLACE INTO boxes VALUES (?, ?, ?, ?, ?)", (number, west, east, south, north))
    return True


def _edges(shape: Shape) -> Box | None:
    try:
        return box(shape)
    except ValueError:  # rings without a position
        return None


def _edges_and_area(record: Record, old: tuple[Any, ...] | None, redrawn: bool) -> tuple[Any, float | None]:
    if not isinstance(record, Field) or not record.shape:
        return (None, None, None, None), None
    edges = _edges(record.shape) or (None, None, None, None)
    if record.area_ha is not None:
        return edges, record.area_ha
    if old is not None and not redrawn and old[7] is not None:
        return edges, old[7]
    from leafdesk.geo.measure import area_ha

    return edges, area_ha(record.shape)


# ---------------------------------------------------------------------- names
def sort_text(name: str) -> str:
    """A text by which names sort as people expect: without case and accents, numbers by value ("2" before "10")."""
    return re.sub(r"[0-9]+", lambda digits: digits[0].lstrip("0").zfill(12), plain_letters(name))


def _index(connection: sqlite3.Connection, number: int, name: str, farm: str | None, *, new: bool) -> None:
    """Write a field's entry in the full-text index: its name, its farm's and its grower's."""
    row = (
        connection.execute(
            "SELECT f.name, g.name FROM seen f LEFT JOIN records gr ON gr.kind = 'growers' AND gr.key = f.parent"
            " LEFT JOIN seen g ON g.n = gr.n"
            " WHERE f.n = (SELECT n FROM records WHERE kind = 'farms' AND key = ?)",
            (farm,),
        ).fetchone()
        if farm is not None
        else None
    )
    if not new:
        connection.execute("DELETE FROM names WHERE rowid = ?", (number,))
    texts = [unicodedata.normalize("NFC", text or "") for text in (name, *(row or (None, None)))]
    connection.execute("INSERT INTO names (rowid, field, farm, grower) VALUES (?, ?, ?, ?)", (number, *texts))


def _index_fields_of(connection: sqlite3.Connection, kind: Kind, key: str) -> None:
    """Write the full-text entries of all fields of a farm or grower again: its name changed."""
    if kind not in ("farms", "growers"):
        return
    farms = "= ?" if kind == "farms" else "IN (SELECT key FROM seen WHERE kind = 'farms' AND parent = ?)"
    fields = connection.execute(f"SELECT n, name, parent FROM seen WHERE kind = 'fields' AND parent {farms}", (key,))
    for number, name, farm in fields.fetchall():
        _index(connection, number, name, farm, new=False)


def words(search: str) -> str | None:
    """The full-text query for what somebody typed: every word's beginning, quoted; None when there is no word in it."""
    text = unicodedata.normalize("NFC", search.encode("utf-8", "ignore").decode())
    found = re.findall(r"[^\W_]+", text)
    return " ".join(f'"{word}"*' for word in found) or None
