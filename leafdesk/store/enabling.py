"""Which preview fields wait to be enabled with all the others of their grower."""

import sqlite3

from leafdesk.records import Kind
from leafdesk.store.items import LIVE_SQL

MARK = f"""CASE WHEN s.mark = 'preview' AND s.parent IN (SELECT f.key FROM outbox o JOIN seen f ON f.kind = 'farms'
 AND f.parent = o.key WHERE o.kind = 'growers' AND o.verb = 'grower.enable' AND o.{LIVE_SQL})
 THEN 'enabling' ELSE s.mark END"""
"""How a row `s` of what is seen stands. The edit is the grower's: what is seen of the field itself stays as it is."""


def covered(connection: sqlite3.Connection, grower: str) -> set[tuple[Kind, str]]:
    """The preview fields of a grower, as records that a change touches."""
    rows = connection.execute(
        "SELECT s.key FROM seen f JOIN seen s ON s.kind = 'fields' AND s.parent = f.key AND s.status = 'PREVIEW'"
        " WHERE f.kind = 'farms' AND f.parent = ?",
        (grower,),
    )
    return {("fields", key) for (key,) in rows.fetchall()}
