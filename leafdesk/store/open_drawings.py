"""Drawings that are not kept yet, step by step: what a power cut leaves of an open drawing."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

Shapes = tuple[tuple[str, bytes], ...]
"""(field id, packed shape): the drawing's own first, under "", then the neighbours that change with it."""


@dataclass(frozen=True, slots=True)
class OpenDrawing:
    """An open drawing. `names` and `values` are its history from the first value on; `at` is where the hand stands.

    `field_id` is "" for a new field; `made` when it was begun (UTC, ISO 8601); `kept` when somebody asked to keep it.
    """

    id: str
    field_id: str
    tool: str
    made: str
    at: int
    kept: bool
    names: tuple[str, ...]
    values: tuple[Shapes, ...]


class OpenDrawings:
    """The drafts of one database. What changes something is for the writer's connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def all(self) -> list[OpenDrawing]:
        """Every draft, the newest first."""
        rows = self.connection.execute(
            "SELECT id, field, tool, made, at, kept FROM drafts ORDER BY made DESC, rowid DESC"
        ).fetchall()
        return [self._draft(*row) for row in rows]

    def _draft(self, id: str, field: str, tool: str, made: str, at: int, kept: int) -> OpenDrawing:
        names: dict[int, str] = {}
        values: dict[int, list[tuple[str, bytes]]] = {}
        for n, name, of, shape in self.connection.execute(
            "SELECT n, name, field, shape FROM draft_shapes WHERE draft = ? ORDER BY n, rowid", (id,)
        ):
            names[n] = name
            values.setdefault(n, []).append((of, shape))
        order = sorted(values)
        at = min(at, len(order) - 1)
        shapes = tuple(tuple(values[n]) for n in order)
        return OpenDrawing(id, field, tool, made, at, bool(kept), tuple(names[n] for n in order[1:]), shapes)

    def begin(self, id: str, *, field_id: str, tool: str, made: str) -> None:
        """A drawing was opened; nothing happens when it is known."""
        self.connection.execute(
            "INSERT OR IGNORE INTO drafts (id, field, tool, made, at, kept) VALUES (?, ?, ?, ?, 0, 0)",
            (id, field_id, tool, made),
        )

    def put(self, id: str, start: int, steps: Sequence[tuple[str, Shapes]], at: int) -> None:
        """From step `start` on the history is this; the hand stands at step `at`."""
        self.connection.execute("DELETE FROM draft_shapes WHERE draft = ? AND n >= ?", (id, start))
        self.connection.executemany(
            "INSERT INTO draft_shapes (draft, n, name, field, shape) VALUES (?, ?, ?, ?, ?)",
            [(id, n, name, of, shape) for n, (name, shapes) in enumerate(steps, start) for of, shape in shapes],
        )
        self.connection.execute("UPDATE drafts SET at = ? WHERE id = ?", (at, id))

    def keep(self, id: str) -> None:
        """Somebody wants this draft to stay."""
        self.connection.execute("UPDATE drafts SET kept = 1 WHERE id = ?", (id,))

    def drop(self, id: str) -> None:
        """The drawing is in the queue by now, or nobody wants it any more."""
        self.connection.execute("DELETE FROM drafts WHERE id = ?", (id,))
