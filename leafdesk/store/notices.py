"""What the audits found and a person has to hear: kept until somebody answers it (sync.md §6)."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, Literal

from leafdesk.records import Kind
from leafdesk.store.items import dumps

Sort = Literal["duplicate", "replaced", "rescued"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to hear.

    `duplicate`: Leaf has a second record like one made here (`details`: `leaf_id`, the second one's id at Leaf);
    `replaced`: somebody's boundary that nobody saw here gave way to one drawn here (`boundary_id`, `shape` in GeoJSON,
    `created_time`); `rescued`: the database was damaged and was made anew (`folder`, `changes`). `kind` and `record_id`
    name the record it is about ("" for none).
    """

    id: int
    sort: Sort
    at: str
    kind: Kind
    record_id: str
    sentence: str
    details: dict[str, Any]


class Notices:
    """The notices over one connection; the writing methods only inside `Database.write`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def open(self) -> list[Notice]:
        """Those that nobody has answered, oldest first."""
        return self._load("answered IS NULL")

    def get(self, id: int) -> Notice | None:
        """One notice, answered or not."""
        found = self._load("id = ?", id)
        return found[0] if found else None

    def tell(
        self, sort: Sort, kind: Kind, record_id: str, about: str, sentence: str, details: dict[str, Any], *, at: str
    ) -> bool:
        """Keep a notice; whether it is new. The same (`sort`, `kind`, `about`) is told once, answered or not."""
        added = self.connection.execute(
            "INSERT OR IGNORE INTO notices (sort, at, kind, key, about, sentence, details)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (sort, at, kind, record_id, about, sentence, dumps(details)),
        )
        return bool(added.rowcount)

    def dismiss(self, id: int, *, at: str) -> None:
        """Somebody has heard it. Raises KeyError when there is none open by this id."""
        done = self.connection.execute("UPDATE notices SET answered = ? WHERE id = ? AND answered IS NULL", (at, id))
        if not done.rowcount:
            raise KeyError(id)

    def _load(self, where: str, *values: Any) -> list[Notice]:
        rows = self.connection.execute(
            f"SELECT id, sort, at, kind, key, sentence, details FROM notices WHERE {where} ORDER BY id", values
        ).fetchall()
        return [
            Notice(id=id_, sort=sort, at=at, kind=kind, record_id=key, sentence=text, details=json.loads(details))
            for id_, sort, at, kind, key, text, details in rows
        ]
