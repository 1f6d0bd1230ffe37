"""Changes that a colleague sends: how they leave this queue's care, come into another's, and come back.

Why nothing is ever sent twice, by the rules of sync.md:

To hand a change over is to write an attempt ahead. From the moment that the file exists somebody else may send it, so
before it exists, in one transaction, each change becomes `sent` with an attempt of unknown outcome, as if a request had
left. Everything that holds for a lost request holds for it: later edits do not melt into it, those that rest on it
wait, it cannot be discarded. One thing is different, and is all that `handed` says: that Leaf does not have it yet
frees it for nobody. Only a proof (`done`), or a person who says that nobody took it, moves it on; `Outbox.settle`
takes nothing else. So each sync of the sender looks whether Leaf has it, by the very rules for a lost answer, and
never sends it.

Who takes a file over gets the same change, with the same attempt of unknown outcome beside it: perhaps somebody else
sent it. So it is looked for before it is sent (a field by the id we gave it, a farm, grower or machine by what is new
in Leaf's list since before the hand-over, every other change by comparing values with its base), each time just before
it is sent, however often it is tried: a colleague may be quicker meanwhile. The same look comes first when the sender
takes it back. Should both send all the same, because somebody said wrongly that nobody took it, the second finds what
the first did; where two look at the same moment, Leaf refuses the second field by its id, an equal boundary or value
changes nothing, and a farm, grower or machine that is there twice is told by the audit, since it counts as sent twice.

A hand-over is taken once: its id is kept in the database and in the second copy of the queue, and each change keeps
its own id, which the queue knows for ever. What was set going at Leaf (an upload, a preview enabled) is not handed
over: nothing would prove that it happened, or it is billed to whoever asked for it.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from leafdesk.edits import Create, Edit, Json, Trigger, before_of
from leafdesk.records import Field, Record
from leafdesk.store.changes import Changes
from leafdesk.store.items import LIVE, Item, RefusedError, dumps, load_attempts, load_items
from leafdesk.store.lines import insert, write_journal
from leafdesk.store.seen import refold
from leafdesk.store.tables import Tables

HANDED = "This change was handed over: whoever took it sends it. If nobody took it, take it back first."
_GIVEN = "It is in {}. Whoever took that over sends it; each sync looks whether Leaf has it."
_TAKEN = "Taken over from {}. Before it is sent, Leaf is looked at whether it is there already."
FAR_AWAY = "hand-over"
"""The run to which an attempt of unknown outcome belongs that another laptop may have made."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A hand-over that was written (`given`) or taken here: by whom, when, the file's name, and how many changes."""

    id: str
    sort: Literal["given", "taken"]
    at: str
    who: str
    file: str
    many: int


def why_not_hand_over(connection: sqlite3.Connection, item: Item) -> str | None:
    """Why this line cannot be handed over by itself, in plain words; None when it can."""
    if item.state not in LIVE:
        return "This change is no longer in the queue."
    if item.handed is not None:
        return "It was handed over already."
    if isinstance(item.edit, Trigger):
        return "It sets something going at Leaf that nobody can take back; who asked for it sends it."
    if item.state in ("parked", "conflict"):
        return "It needs a decision of yours first."
    if item.state == "sent":
        return "It was sent, and whether it arrived is not known yet."
    if _nobody_could_tell(connection, item):
        return "The machines at Leaf were never read here, so nobody could tell which one is new: sync once first."
    open_ended = [one for one in load_attempts(connection, item.seq) if one.outcome in ("inflight", "unknown")]
    if any(one.run_id != FAR_AWAY for one in open_ended):
        return "It was sent once, and whether that may still arrive is not known yet."
    return None


def _nobody_could_tell(connection: sqlite3.Connection, item: Item) -> bool:
    """Whether a new machine could not be told from those that Leaf had all along."""
    if not isinstance(item.edit, Create) or item.kind != "machines" or known_ids(connection, item):
        return False
    return Tables(connection).fetched("machines", item.edit.record.leaf_user_id) is None


def known_ids(connection: sqlite3.Connection, item: Item) -> tuple[str, ...] | None:
    """Leaf's ids that this create's record cannot have, for they were there before; None of what Leaf does not number.

    What was known before the first attempt counts, or what is known now.
    """
    if not isinstance(item.edit, Create) or isinstance(item.edit.record, Field):
        return None
    for attempt in load_attempts(connection, item.seq):
        if "ids" in attempt.pre:
            return tuple(attempt.pre["ids"])
    rows = connection.execute(
        "SELECT coalesce(r.leaf_id, r.key) FROM records r JOIN copies c USING (n)"
        " WHERE r.kind = ? AND c.leaf_user = ? ORDER BY r.n",
        (item.kind, item.edit.record.leaf_user_id),
    )
    return tuple(id_ for (id_,) in rows.fetchall())


def give(connection: sqlite3.Connection, lines: Iterable[Item], passed: Passed, *, at: float) -> Changes:
    """Leave these lines, as they were read, to whoever takes the hand-over.

    Raises RefusedError when one of them changed meanwhile: nothing is handed over then.
    """
    changes = Changes(queue=True)
    for item in lines:
        known = known_ids(connection, item)
        changed = connection.execute(
            "UPDATE outbox SET state = 'sent', handed = ?, reason = ?, not_before = 0, attempts = attempts + 1,"
            " rev = rev + 1 WHERE seq = ? AND rev = ? AND state = 'waiting'",
            (passed.id, _GIVEN.format(passed.file), item.seq, item.rev),
        )
        if not changed.rowcount:
            raise RefusedError("The queue changed at this moment. Nothing was handed over; try again.")
        _write_attempt(connection, item.seq, item.attempts + 1, known, passed.at, at)
        write_journal(connection, passed.at, item.id, "hand over", item.edit, None)
        changes |= refold(connection, item.kind, item.record_id)
    _remember(connection, passed)
    return changes


def take_back(connection: sqlite3.Connection, ids: Sequence[str], *, now: str) -> Changes:
    """A person says that nobody took these: they are this queue's again, and are looked for before they are sent.

    Raises KeyError when there is no such line, RefusedError when it is in nobody else's hands.
    """
    changes = Changes(queue=True)
    for id_ in ids:
        found = load_items(connection, "id = ?", (id_,))
        if not found:
            raise KeyError(id_)
        item = found[0]
        if item.handed is None or item.state not in LIVE:
            raise RefusedError("This change is not in anybody else's hands.")
        connection.execute(
            "UPDATE outbox SET state = 'waiting', handed = NULL, reason = NULL, rev = rev + 1 WHERE seq = ?",
            (item.seq,),
        )
        write_journal(connection, now, item.id, "take back", item.edit, None)
        changes |= refold(connection, item.kind, item.record_id)
    return changes


@dataclass(frozen=True, slots=True)
class Marks:
    """What goes with a change that is taken: its queue item's id, Leaf's ids from before (see `known_ids`), and the
    time in seconds since 1970."""

    item_id: str
    known: Sequence[str] | None
    at: float


def take(
    connection: sqlite3.Connection, edit: Edit, base: Json, before: Record | None, marks: Marks, passed: Passed
) -> Changes:
    """Queue one change of a hand-over, in the terms of this database; `before`: the record as it is seen here."""
    was = before_of(before, base) if before is not None else None
    write_journal(connection, passed.at, marks.item_id, "take over", edit, was)
    seq = insert(connection, edit, base, was, marks.item_id, passed.at, "waiting")
    reason = _TAKEN.format(passed.who)
    connection.execute("UPDATE outbox SET attempts = 1, reason = ? WHERE seq = ?", (reason, seq))
    _write_attempt(connection, seq, 1, marks.known, passed.at, marks.at)
    return Changes(queue=True) | refold(connection, edit.kind, edit.id)


def remember_taken(connection: sqlite3.Connection, passed: Passed) -> None:
    """From now on this hand-over is refused here."""
    _remember(connection, passed)


def known_hand_over(connection: sqlite3.Connection, id: str) -> Passed | None:
    """What is known of a hand-over here: taken, or else written; None for one that was never here."""
    row = connection.execute(
        "SELECT id, sort, at, who, file, many FROM handovers WHERE id = ? ORDER BY sort DESC LIMIT 1", (id,)
    ).fetchone()
    return None if row is None else Passed(*row)


def was_here(connection: sqlite3.Connection, item_id: str) -> bool:
    """Whether this change is in the queue here or ever was."""
    return connection.execute("SELECT 1 FROM outbox WHERE id = ?", (item_id,)).fetchone() is not None


def _remember(connection: sqlite3.Connection, passed: Passed) -> None:
    connection.execute(
        "INSERT INTO handovers (id, sort, at, who, file, many) VALUES (?, ?, ?, ?, ?, ?)",
        (passed.id, passed.sort, passed.at, passed.who, passed.file, passed.many),
    )


def _write_attempt(
    connection: sqlite3.Connection, seq: int, number: int, known: Sequence[str] | None, now: str, at: float
) -> None:
    connection.execute(
        "INSERT INTO attempts (seq, number, body, pre, sent_at, run_id, at, outcome)"
        " VALUES (?, ?, 'null', ?, ?, ?, ?, 'unknown')",
        (seq, number, dumps({} if known is None else {"ids": list(known)}), now, FAR_AWAY, at),
    )
