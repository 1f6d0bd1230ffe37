"""Lines of the queue and their attempts as rows become values."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from leafdesk.edits import Edit, decode
from leafdesk.records import Kind

State = Literal["waiting", "sent", "parked", "conflict", "done", "superseded", "discarded"]
LIVE: tuple[State, ...] = ("waiting", "sent", "parked", "conflict")
REBUILD = "rebuild"
"""The fact that says that the database was made anew and Leaf's copies are still missing: nothing is sent before they
are read."""
LIVE_SQL = "state IN ('waiting', 'sent', 'parked', 'conflict')"
"""LIVE as SQLite must read it to use the index on live items."""


class RefusedError(ValueError):
    """The edit is not possible on this record; the message is the reason, for the user word for word."""


class StaleError(Exception):
    """The queue item changed since it was read: the caller must look again. Never shown to anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the queue.

    States: `waiting` to be sent (`reason` says why it still waits, if something holds it up); `sent`: a request left
    and its outcome is not known yet (settled after `not_before`); `parked`: Leaf refused it, a person must look;
    `conflict`: Leaf's copy changed meanwhile (`theirs`), a person must choose. Then over: `done`, `superseded`,
    `discarded`. `rev` changes with every change of the item (compare-and-set).
    """

    id: str
    seq: int
    rev: int
    edit: Edit
    base: dict[str, Any]
    state: State
    reason: str | None
    attempts: int
    not_before: float
    created: str
    theirs: dict[str, Any] | None = None
    sentence: str = ""
    """The change in plain words, made when it was queued: "Boundary of North Quarter, 23.66 → 24.10 ha"."""
    ended: str | None = None
    """When it left the queue (None: it is in it, or an older Leafdesk did not say)."""
    handed: str | None = None
    """The id of the hand-over in which a colleague has it: `sent`, and only a proof or a person moves it from there."""

    @property
    def kind(self) -> Kind:
        return self.edit.kind

    @property
    def record_id(self) -> str:
        return self.edit.id

    @property
    def untried(self) -> bool:
        """Waiting, and no request of it ever left: only such an item may still change what it says."""
        return self.state == "waiting" and not self.attempts


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A request of a queue item as written ahead of sending: what was known before, and what became of it."""

    id: int
    item_seq: int
    number: int
    body: Any
    pre: dict[str, Any]
    sent_at: str
    run_id: str
    at: float | None
    """When it left, in seconds since 1970 by this computer's clock (None: an older Leafdesk did not say)."""
    outcome: str
    """`inflight`, `ok`, `rejected`, `notsent`, `unknown` or `absent`."""


_COLUMNS = "id, seq, rev, edit, base, state, reason, attempts, not_before, created, theirs, sentence, ended, handed"


def load_items(connection: sqlite3.Connection, where: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Item]:
    """Items in order of the edits; `where` is SQL of ours, never a user's text."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM outbox WHERE {where} ORDER BY seq", values)
    return [_item(row) for row in rows.fetchall()]


def live_items(connection: sqlite3.Connection, kind: Kind, key: str) -> list[Item]:
    """The live items of one record in order."""
    return load_items(connection, f"kind = ? AND key = ? AND {LIVE_SQL}", (kind, key))


def live_edits(connection: sqlite3.Connection, kind: Kind, key: str) -> list[tuple[Edit, State]]:
    """The live edits of one record in order, and their states: what `fold` puts on the server's copy."""
    rows = connection.execute(
        f"SELECT edit, state FROM outbox WHERE kind = ? AND key = ? AND {LIVE_SQL} ORDER BY seq", (kind, key)
    )
    return [(decode(json.loads(edit)), state) for edit, state in rows.fetchall()]


def load_attempts(connection: sqlite3.Connection, seq: int) -> list[Attempt]:
    """Every attempt of an item, oldest first."""
    rows = connection.execute(
        "SELECT id, seq, number, body, pre, sent_at, run_id, at, outcome FROM attempts WHERE seq = ? ORDER BY number",
        (seq,),
    )
    return [
        Attempt(
            id=id_,
            item_seq=item,
            number=number,
            body=json.loads(body),
            pre=json.loads(pre),
            sent_at=sent_at,
            run_id=run_id,
            at=at,
            outcome=outcome,
        )
        for id_, item, number, body, pre, sent_at, run_id, at, outcome in rows.fetchall()
    ]


def _item(row: Sequence[Any]) -> Item:
    id_, seq, rev, edit, base, state, reason, attempts, not_before, created, theirs, sentence, ended, handed = row
    return Item(
        id=id_,
        seq=seq,
        rev=rev,
        edit=decode(json.loads(edit)),
        base=json.loads(base),
        state=state,
        reason=reason,
        attempts=attempts,
        not_before=not_before,
        created=created,
        theirs=json.loads(theirs) if theirs else None,
        sentence=sentence,
        ended=ended,
        handed=handed,
    )


def dumps(value: Any) -> str:
    """JSON as the queue keeps it; refuses NaN and Infinity (SQLite and Leaf would)."""
    return _WRITER.encode(value)


_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
"""Made once: `json.dumps` would make another one for every text."""
