"""What happens when Leaf gives a record made here its own number."""

import json
import sqlite3
from typing import Any

from leafdesk.records import Kind
from leafdesk.store.changes import Changes
from leafdesk.store.copies import PARENTS, older
from leafdesk.store.items import LIVE_SQL, dumps
from leafdesk.store.seen import forget, refold, wipe

_REFERENCES: dict[Kind, str] = {"farms": "farm_id", "growers": "grower_id"}


def number(connection: sqlite3.Connection, kind: Kind, key: str, leaf_id: str) -> Changes:
    """Give the record its number; a record that stood here under that number becomes one with it.

    Raises KeyError when there is no record with this key.
    """
    row = connection.execute("SELECT n FROM records WHERE kind = ? AND key = ?", (kind, key)).fetchone()
    if row is None:
        raise KeyError(f"{kind}/{key}")
    twin = connection.execute(
        "SELECT n, key FROM records WHERE kind = ? AND (key = ? OR leaf_id = ?) AND n <> ?",
        (kind, leaf_id, leaf_id, row[0]),
    ).fetchone()
    changes = Changes()
    if twin is not None:
        changes |= _merge(connection, kind, row[0], key, *twin)
    connection.execute("UPDATE records SET leaf_id = ? WHERE n = ?", (leaf_id, row[0]))
    changes |= _point_again(connection, kind, leaf_id, key)
    return changes | refold(connection, kind, key, news=twin is not None)


def _merge(connection: sqlite3.Connection, kind: Kind, n: int, key: str, twin: int, twin_key: str) -> Changes:
    """Move everything of the twin to `key`: Leaf's copy, boundaries, queue, references."""
    times = dict(connection.execute("SELECT n, updated FROM copies WHERE n IN (?, ?)", (n, twin)).fetchall())
    if twin in times and not (n in times and older(times[twin], times[n])):
        connection.execute("UPDATE OR REPLACE copies SET n = ? WHERE n = ?", (n, twin))
        if kind == "fields":
            for table in ("boundaries", "named_boundaries"):
                connection.execute(f"DELETE FROM {table} WHERE field = ?", (key,))
                connection.execute(f"UPDATE {table} SET field = ? WHERE field = ?", (key, twin_key))
    items = connection.execute(
        f"SELECT seq, edit, base FROM outbox WHERE kind = ? AND key = ? AND {LIVE_SQL}", (kind, twin_key)
    )
    for seq, edit, base in items.fetchall():
        value = json.loads(edit) | {"id": key}
        if "record" in value:
            value["record"]["id"] = key
        _rewrite(connection, seq, value, json.loads(base))
    connection.execute("UPDATE outbox SET key = ? WHERE kind = ? AND key = ?", (key, kind, twin_key))
    connection.execute("UPDATE aliases SET key = ? WHERE kind = ? AND key = ?", (key, kind, twin_key))
    connection.execute("INSERT OR REPLACE INTO aliases VALUES (?, ?, ?)", (kind, twin_key, key))
    wipe(connection, twin)
    forget(connection, kind, twin_key)
    return Changes(frozenset({(kind, twin_key)}), queue=True) | _point_again(connection, kind, twin_key, key)


def _point_again(connection: sqlite3.Connection, kind: Kind, old: str, key: str) -> Changes:
    """Every reference to `old` becomes one to `key`: in Leaf's copies, in queued edits and in their bases."""
    child = next((child for child, parent in PARENTS.items() if parent == kind), None)
    if child is None or old == key:
        return Changes()
    attribute, touched = _REFERENCES[kind], set[str]()
    rows = connection.execute(
        "UPDATE copies SET parent = ? WHERE parent = ? AND n IN (SELECT n FROM records WHERE kind = ?) RETURNING n",
        (key, old, child),
    ).fetchall()
    for (n,) in rows:
        touched |= {found for (found,) in connection.execute("SELECT key FROM records WHERE n = ?", (n,))}
    items = connection.execute(
        f"SELECT seq, key, edit, base FROM outbox WHERE kind = ? AND {LIVE_SQL}", (child,)
    ).fetchall()
    for seq, record, edit, base in items:
        value, before = json.loads(edit), json.loads(base)
        parts = [part for part in (value.get("record"), value.get("values"), before) if part]
        if any(part.get(attribute) == old for part in parts):
            for part in parts:
                if part.get(attribute) == old:
                    part[attribute] = key
            _rewrite(connection, seq, value, before)
            touched.add(record)
    connection.execute("UPDATE OR REPLACE needs SET key = ? WHERE kind = ? AND key = ?", (key, kind, old))
    changes = Changes(queue=bool(items))
    for record in touched:
        changes |= refold(connection, child, record, news=True)
    return changes


def _rewrite(connection: sqlite3.Connection, seq: int, edit: dict[str, Any], base: dict[str, Any]) -> None:
    connection.execute(
        "UPDATE outbox SET edit = ?, base = ?, rev = rev + 1 WHERE seq = ?", (dumps(edit), dumps(base), seq)
    )
