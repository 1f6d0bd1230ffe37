"""How a line leaves the queue by a person's decision: discarded, restored, or answered for after a conflict."""

import sqlite3
import uuid
from dataclasses import dataclass, replace
from typing import Literal

from leafdesk.edits import Create, Delete, Json, as_new, base_of, change, encode, fold, references
from leafdesk.records import Field, Kind, Machine
from leafdesk.store.changes import Changes
from leafdesk.store.copies import find_key, load_copy
from leafdesk.store.handing import HANDED
from leafdesk.store.items import LIVE, LIVE_SQL, Item, RefusedError, dumps, live_items, load_attempts, load_items
from leafdesk.store.lines import insert, rebase_after, rewrite_kept, supersede, without, write_journal
from leafdesk.store.seen import refold

_GONE_ON = (
    "Your answer has gone to Leaf already. What was there before stands in the boundary history; restore it from there."
)
_UNKNOWN = (
    "This change was sent and its outcome is not known yet. It is looked up by itself; then it can be taken back."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer to a conflict as a part of a step: `mine`, `theirs`, or (`asked`) the question put again.

    `id` names the queue line, `question` what it was when it was asked (see `question_of`).
    """

    id: str
    keep: Literal["mine", "theirs", "asked"]
    question: Json | None = None

    @property
    def is_answer(self) -> bool:
        return self.keep != "asked"


def question_of(item: Item) -> Json:
    """All that has to be known to put a conflict's question again."""
    return {
        "edit": encode(item.edit),
        "base": item.base,
        "theirs": item.theirs,
        "reason": item.reason,
        "attempts": item.attempts,
    }


def ask_again(connection: sqlite3.Connection, item: Item, question: Json, *, now: str) -> Changes:
    """Take the answer to a conflict back. Raises RefusedError once the answer has gone to Leaf."""
    unsent = item.attempts == question["attempts"] and dumps(encode(item.edit)) == dumps(question["edit"])
    if item.handed:
        raise RefusedError(HANDED)
    if item.state != "discarded" and not (item.state == "waiting" and unsent):
        raise RefusedError(_GONE_ON)
    write_journal(connection, now, item.id, "ask again", item.edit, None)
    connection.execute(
        "UPDATE outbox SET state = 'conflict', base = ?, theirs = ?, reason = ?, not_before = 0, ended = NULL,"
        " rev = rev + 1 WHERE seq = ?",
        (dumps(question["base"]), dumps(question["theirs"]), question["reason"], item.seq),
    )
    return Changes(queue=True) | refold(connection, item.kind, item.record_id)


def restore(connection: sqlite3.Connection, delete: Item) -> None:
    """Take a delete that was never sent back, and reopen what it had made needless."""
    lines = load_items(connection, "superseded_by = ?", (delete.seq,))
    supersede(connection, [delete], by=None)
    for item in lines:
        # what may have arrived is looked into first, or (an upload) asked about: never just sent again
        asked = any(attempt.outcome in ("inflight", "unknown") for attempt in load_attempts(connection, item.seq))
        connection.execute(
            "UPDATE outbox SET state = ?, reason = NULL, theirs = NULL, not_before = 0, superseded_by = NULL,"
            " rev = rev + 1 WHERE seq = ?",
            ("sent" if asked else "waiting", item.seq),
        )
        lost = [
            (kind, key)
            for kind, key in references(item.edit)
            if connection.execute("SELECT 1 FROM seen WHERE kind = ? AND key = ?", (kind, key)).fetchone() is None
        ]
        if lost:
            _strip(connection, item, lost)


def discard(connection: sqlite3.Connection, item: Item, *, now: str, word: str = "discard") -> Changes:
    """Take an item back, with those that rest on it. Raises RefusedError when one of them may be at Leaf already."""
    if item.state not in LIVE:
        raise RefusedError("This change is no longer in the queue.")
    group, gone = _resting_on(connection, item)
    if any(one.handed for one in group):
        raise RefusedError(HANDED)
    if any(one.state == "sent" for one in group):
        raise RefusedError(_UNKNOWN)
    touched = {(one.kind, one.record_id) for one in group}
    for one in group:
        write_journal(connection, now, one.id, word, one.edit, None)
        connection.execute(
            "UPDATE outbox SET state = 'discarded', ended = ?, rev = rev + 1 WHERE seq = ?", (now, one.seq)
        )
        if isinstance(one.edit, Delete):
            restore_after_discard(connection, one)
    if not isinstance(item.edit, Create | Delete):
        rebase_after(connection, item)
    for kind, key in gone:
        for one in load_items(
            connection, f"seq IN (SELECT seq FROM needs WHERE kind = ? AND key = ?) AND {LIVE_SQL}", (kind, key)
        ):
            touched.add((one.kind, one.record_id))
            _strip(connection, one, [(kind, key)])
    changes = Changes(queue=True)
    for kind, key in sorted(touched):
        changes |= refold(connection, kind, key)
    return changes


def restore_after_discard(connection: sqlite3.Connection, delete: Item) -> None:
    """A discarded delete stays in history as discarded; what it had made needless is live again."""
    restore(connection, delete)
    connection.execute("UPDATE outbox SET state = 'discarded' WHERE seq = ?", (delete.seq,))


def _resting_on(connection: sqlite3.Connection, item: Item) -> tuple[list[Item], list[tuple[Kind, str]]]:
    """The item with every item that makes no sense without it, and the records that then never come to be."""
    group, gone, ahead = {item.seq: item}, list[tuple[Kind, str]](), [item]
    while ahead:
        one = ahead.pop()
        if not isinstance(one.edit, Create):
            continue
        gone.append((one.kind, one.record_id))
        users = load_items(
            connection,
            f"(kind = ? AND key = ? OR seq IN (SELECT seq FROM needs WHERE kind = ? AND key = ?)) AND {LIVE_SQL}",
            (one.kind, one.record_id) * 2,
        )
        for user in users:
            own = (user.kind, user.record_id) == (one.kind, one.record_id)
            if user.seq not in group and (own or without(user.edit, [(one.kind, one.record_id)]) is None):
                group[user.seq] = user
                ahead.append(user)
    return [group[seq] for seq in sorted(group)], gone


def _strip(connection: sqlite3.Connection, item: Item, gone: list[tuple[Kind, str]]) -> None:
    """Take references to records that never come to be out of a line; the rest of it stays."""
    edit = without(item.edit, gone)
    left = dict(edit.values) if edit is not None and hasattr(edit, "values") else {}
    rewrite_kept(connection, item, edit, {name: value for name, value in item.base.items() if name in left})


def resolve(connection: sqlite3.Connection, item: Item, keep: Literal["mine", "theirs"], *, now: str) -> Changes:
    """Answer a conflict. Raises RefusedError when there is nothing to answer."""
    if item.state != "conflict":
        raise RefusedError("There is nothing to choose: this change is not in conflict.")
    if keep == "theirs":
        return discard(connection, item, now=now, word="keep theirs")
    copy = load_copy(connection, item.kind, item.record_id)
    write_journal(connection, now, item.id, "keep mine", item.edit, copy)
    gone = connection.execute(
        "SELECT 1 FROM records r JOIN copies c USING (n) WHERE r.kind = ? AND r.key = ? AND NOT c.gone",
        (item.kind, item.record_id),
    ).fetchone()
    if isinstance(item.edit, Create) or gone is not None:
        base = {} if isinstance(item.edit, Create) else base_of(item.edit, copy)
        _go_on(connection, item, base, not_mine=sorted({*_candidates(item), *(item.theirs or {}).get("not_mine", ())}))
        return Changes(queue=True) | refold(connection, item.kind, item.record_id)
    return _again_as_new(connection, item, now)


def adopt(connection: sqlite3.Connection, item: Item, leaf_id: str, *, now: str) -> Changes:
    """Answer a create of which nobody knows whether it arrived: it is that one at Leaf. The next sync looks at it.

    Raises RefusedError when that is none of those to choose from, or another record of the user's.
    """
    if item.state != "conflict" or leaf_id not in _candidates(item):
        raise RefusedError("This is none of those at Leaf that it may be.")
    if find_key(connection, item.kind, leaf_id) not in (None, leaf_id):
        raise RefusedError("That one is another record of yours already.")
    write_journal(connection, now, item.id, "that one is mine", item.edit, None)
    _go_on(connection, item, {}, adopt=leaf_id)
    return Changes(queue=True) | refold(connection, item.kind, item.record_id)


def _candidates(item: Item) -> list[str]:
    """Leaf's ids of the records that this create may have made."""
    return [str(one["id"]) for one in (item.theirs or {}).get("candidates", ())]


def _go_on(connection: sqlite3.Connection, item: Item, base: Json, **said: str | list[str]) -> None:
    """Let an answered item go again, with what the person said."""
    told = {word: value for word, value in said.items() if value}
    connection.execute(
        "UPDATE outbox SET state = 'waiting', base = ?, theirs = ?, reason = NULL, not_before = 0, rev = rev + 1"
        " WHERE seq = ?",
        (dumps(base), dumps(told) if told else None, item.seq),
    )


def _again_as_new(connection: sqlite3.Connection, item: Item, now: str) -> Changes:
    """Keep mine where Leaf's record is gone: what the user sees becomes a new one (no id is used twice)."""
    lines = live_items(connection, item.kind, item.record_id)
    if isinstance(item.edit, Delete):
        connection.execute("UPDATE outbox SET state = 'done', ended = ?, rev = rev + 1 WHERE seq = ?", (now, item.seq))
        return Changes(queue=True) | refold(connection, item.kind, item.record_id)
    seen = fold(load_copy(connection, item.kind, item.record_id), [line.edit for line in lines])
    if not isinstance(seen, Field | Machine) or (isinstance(seen, Field) and not seen.shape):
        word = item.kind.removesuffix("s")
        raise RefusedError(f"Leaf no longer has this {word}. Take Leaf's answer here, then make a new {word}.")
    if any(line.handed for line in lines):
        raise RefusedError(HANDED)
    if any(line.state == "sent" for line in lines):
        raise RefusedError(_UNKNOWN)
    supersede(connection, lines, by=None)
    new_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"again:{item.id}"))
    new = Create(as_new(replace(seen, id=new_id)))
    insert(connection, new, {}, None, f"{item.id}-again", now, "waiting")
    if isinstance(seen, Field) and seen.farm_id is not None:
        move = change("fields", new_id, farm_id=seen.farm_id)
        insert(connection, move, {"farm_id": None}, new.record, f"{item.id}-farm", now, "waiting")
    changes = Changes(queue=True) | refold(connection, item.kind, new_id)
    return changes | refold(connection, item.kind, item.record_id)
