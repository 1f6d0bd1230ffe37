"""The steps a person did and may take back, or do again: they outlast the program."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from leafdesk.edits import Edit, decode, encode, point_at
from leafdesk.records import Kind
from leafdesk.store.answering import Answer
from leafdesk.store.items import dumps

Part = Edit | Answer
"""What a step is made of."""
Stack = Literal["undo", "redo"]
KEPT = 200
"""Steps of a stack; nobody goes back further."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `back` takes it back, `done` is what it did; `name` in plain words ("Boundary of North Quarter")."""

    n: int
    name: str
    back: tuple[Part, ...]
    done: tuple[Part, ...]


class Steps:
    """The two stacks over one connection; the writing methods only inside `Database.write`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def last(self, stack: Stack) -> Step | None:
        """The step on top."""
        row = self.connection.execute(
            "SELECT n, name, back, done FROM steps WHERE stack = ? ORDER BY n DESC LIMIT 1", (stack,)
        ).fetchone()
        return None if row is None else Step(row[0], row[1], _read(row[2]), _read(row[3]))

    def name(self, stack: Stack) -> str | None:
        """What the step on top is called; None when there is none."""
        row = self.connection.execute(
            "SELECT name FROM steps WHERE stack = ? ORDER BY n DESC LIMIT 1", (stack,)
        ).fetchone()
        return None if row is None else str(row[0])

    def push(self, stack: Stack, name: str, back: Sequence[Part], done: Sequence[Part]) -> None:
        """Lay a step on top; the lowest fall out."""
        (n,) = self.connection.execute(
            "INSERT INTO steps (stack, name, back, done) VALUES (?, ?, ?, ?) RETURNING n",
            (stack, name, _written(back), _written(done)),
        ).fetchone()
        self.connection.execute("DELETE FROM steps WHERE stack = ? AND n <= ? - ?", (stack, n, KEPT))

    def rename(self, kind: Kind, old: str, new: str) -> None:
        """A record that was deleted at Leaf is back under another id: earlier steps speak of it, too."""
        rows = self.connection.execute(
            "SELECT n, back, done FROM steps WHERE instr(back, :id) OR instr(done, :id)", {"id": json.dumps(old)}
        ).fetchall()
        for n, *lists in rows:
            parts = [_written([_renamed(one, kind, old, new) for one in _read(text)]) for text in lists]
            self.connection.execute("UPDATE steps SET back = ?, done = ? WHERE n = ?", (*parts, n))

    def drop(self, step: Step) -> None:
        """Take a step out."""
        self.connection.execute("DELETE FROM steps WHERE n = ?", (step.n,))

    def clear(self, stack: Stack) -> None:
        """Forget all of a stack."""
        self.connection.execute("DELETE FROM steps WHERE stack = ?", (stack,))

    @contextmanager
    def whole(self) -> Iterator[None]:
        """What is done inside is taken back when it raises; what was done before stays."""
        self.connection.execute("SAVEPOINT step")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK TO step")
            raise
        finally:
            self.connection.execute("RELEASE step")


def _renamed(part: Part, kind: Kind, old: str, new: str) -> Part:
    if isinstance(part, Answer):
        return part
    return point_at(part, lambda its, id_: new if (its, id_) == (kind, old) else id_)


def _written(parts: Sequence[Part]) -> str:
    return dumps([_answer(one) if isinstance(one, Answer) else encode(one) for one in parts])


def _answer(answer: Answer) -> dict[str, object]:
    return {"verb": "answer", "id": answer.id, "keep": answer.keep, "question": answer.question}


def _read(text: str) -> tuple[Part, ...]:
    return tuple(
        Answer(value["id"], value["keep"], value["question"]) if value["verb"] == "answer" else decode(value)
        for value in json.loads(text)
    )
