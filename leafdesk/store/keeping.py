"""Which Leaf users' records stay on this laptop; those of the others are put away, never an edit that waits."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from leafdesk.records import KINDS, Kind
from leafdesk.store.changes import Changes
from leafdesk.store.items import LIVE_SQL, RefusedError
from leafdesk.store.seen import forget

FACT = "kept_users"
ALWAYS: tuple[Kind, ...] = ("users", "summaries")
"""What stays of every Leaf user: who they are and how much Leaf holds of them, so that somebody can choose."""
_WAITING = f"SELECT r.leaf_user FROM outbox o JOIN records r ON r.kind = o.kind AND r.key = o.key WHERE o.{LIVE_SQL}"


def kept_users(connection: sqlite3.Connection) -> frozenset[str] | None:
    """Whose records stay here; None: everybody's."""
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (FACT,)).fetchone()
    return None if row is None else frozenset(json.loads(row[0]))


def keep(connection: sqlite3.Connection, users: Iterable[str] | None) -> None:
    """From now on only these Leaf users' records stay (None: everybody's). `put_away` takes the others' away.

    Raises RefusedError, in words for the user, when nobody would be left, or edits of others wait.
    """
    chosen = None if users is None else frozenset(users)
    known = dict(connection.execute("SELECT key, name FROM seen WHERE kind = 'users'").fetchall())
    if chosen is None or chosen >= known.keys():
        connection.execute("DELETE FROM facts WHERE name = ?", (FACT,))
        return
    if not chosen & known.keys():
        raise RefusedError("Keep at least one Leaf user on this laptop.")
    waiting = [user for (user,) in connection.execute(_WAITING).fetchall() if user not in chosen]
    if waiting:
        names = ", ".join(sorted({known.get(user) or user for user in waiting}))
        many = "An edit" if len(waiting) == 1 else f"{len(waiting)} edits"
        raise RefusedError(f"{many} of {names} did not reach Leaf yet. Sync first, or take it back in the queue.")
    connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (FACT, json.dumps(sorted(chosen))))
    _age_by_user(connection, sorted(chosen & known.keys()))


def _age_by_user(connection: sqlite3.Connection, kept: list[str]) -> None:
    """What was read of everybody at once was read of those who are kept; of the others nothing is here any more."""
    always = json.dumps(ALWAYS)
    connection.execute(
        "INSERT OR REPLACE INTO fetched (kind, leaf_user, about, at)"
        " SELECT f.kind, u.value, f.about, max(f.at, coalesce(o.at, '')) FROM fetched f, json_each(?) u"
        " LEFT JOIN fetched o ON o.kind = f.kind AND o.leaf_user = u.value AND o.about = f.about"
        " WHERE f.leaf_user = '' AND f.kind NOT IN (SELECT value FROM json_each(?))",
        (json.dumps(kept), always),
    )
    connection.execute(
        "DELETE FROM fetched WHERE kind NOT IN (SELECT value FROM json_each(?))"
        " AND leaf_user NOT IN (SELECT value FROM json_each(?))",
        (always, json.dumps(kept)),
    )


def put_away(connection: sqlite3.Connection, most: int) -> tuple[int, Changes]:
    """Take up to so many records of Leaf users who are not kept off this laptop; how many went (0: all are gone).

    A Leaf user of whom an edit waits meanwhile loses nothing until it is through.
    """
    rows = strays(connection, most)
    for kind, key in rows:
        forget(connection, kind, key)
    return len(rows), Changes(frozenset(rows))


def strays(connection: sqlite3.Connection, most: int) -> list[tuple[Kind, str]]:
    """Up to so many records, as (kind, key), that `put_away` would take."""
    kept = kept_users(connection)
    if kept is None:
        return []
    return connection.execute(
        "SELECT kind, key FROM records WHERE leaf_user <> '' AND leaf_user NOT IN (SELECT value FROM json_each(:kept))"
        f" AND kind NOT IN (SELECT value FROM json_each(:always)) AND leaf_user NOT IN ({_WAITING}) LIMIT :most",
        {"kept": json.dumps(sorted(kept)), "always": json.dumps(ALWAYS), "most": most},
    ).fetchall()


def counts_by_user(connection: sqlite3.Connection) -> dict[str, dict[Kind, int]]:
    """How many records of each kind are here, by Leaf user; kinds without any are missing."""
    found: dict[str, dict[Kind, int]] = defaultdict(dict)
    for kind, user, number in connection.execute("SELECT kind, leaf_user, count(*) FROM seen GROUP BY kind, leaf_user"):
        if kind in KINDS and user:
            found[user][kind] = number
    return found


def waiting_by_user(connection: sqlite3.Connection) -> dict[str, int]:
    """How many edits wait, by the Leaf user whose record they are of."""
    found = connection.execute(f"SELECT leaf_user, count(*) FROM ({_WAITING}) GROUP BY leaf_user")
    return dict(found.fetchall())
