"""Write lines of the queue and the journal: the few statements that every rule of the queue is made of."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from leafdesk.edits import (
    Change,
    Create,
    Delete,
    Edit,
    Json,
    Made,
    Match,
    Redraw,
    base_of,
    before_of,
    encode,
    fold,
    references,
    sentence,
    verb,
)
from leafdesk.records import Farm, Kind, Record
from leafdesk.store.copies import find_key, load_copy
from leafdesk.store.items import Item, State, dumps, live_items, load_attempts


def insert(
    connection: sqlite3.Connection, edit: Edit, base: Json, before: Record | None, item_id: str, now: str, state: State
) -> int:
    """A new line at the end of the queue; its seq."""
    (seq,) = connection.execute(
        "INSERT INTO outbox (id, kind, key, verb, edit, base, state, created, sentence)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq",
        (
            *(item_id, edit.kind, edit.id, verb(edit), dumps(encode(edit)), dumps(base), state, now),
            sentence(edit, before, names_in(connection, edit)),
        ),
    ).fetchone()
    _write_needs(connection, seq, edit)
    return int(seq)


def rewrite(connection: sqlite3.Connection, item: Item, edit: Edit | None, base: Json, before: Record | None) -> None:
    """Let a line say something else; without an edit there is nothing left to send, and it is superseded."""
    if edit is None:
        supersede(connection, [item], by=None)
        return
    before = None if isinstance(edit, Create) or before is None else before_of(before, base)
    connection.execute(
        "UPDATE outbox SET edit = ?, base = ?, sentence = ?, state = 'waiting', reason = NULL, not_before = 0,"
        " rev = rev + 1 WHERE seq = ?",
        (dumps(encode(edit)), dumps(base), sentence(edit, before, names_in(connection, edit)), item.seq),
    )
    connection.execute("DELETE FROM needs WHERE seq = ?", (item.seq,))
    _write_needs(connection, item.seq, edit)


def supersede(connection: sqlite3.Connection, items: Iterable[Item], *, by: int | None) -> None:
    """Lines that need not be sent any more; `by` is the line of the delete that they come back without."""
    for item in items:
        connection.execute(
            "UPDATE outbox SET state = 'superseded', superseded_by = ?, rev = rev + 1 WHERE seq = ?", (by, item.seq)
        )


def set_base(connection: sqlite3.Connection, item: Item, base: Json) -> None:
    """What a line is based on, after the line before it went away or was done."""
    connection.execute("UPDATE outbox SET base = ?, rev = rev + 1 WHERE seq = ?", (dumps(base), item.seq))


def may_rewrite(connection: sqlite3.Connection, item: Item) -> bool:
    """Whether a line may still say something else: nothing of it can ever arrive at Leaf as it stands.

    That is so before its first attempt (sync.md §3), and once parked with every attempt refused or lost for sure (§5).
    """
    if item.state == "parked":
        return all(one.outcome in ("rejected", "notsent", "absent") for one in load_attempts(connection, item.seq))
    return item.untried


def write_journal(
    connection: sqlite3.Connection, now: str, item_id: str, word: str, edit: Edit, before: Record | None
) -> None:
    """Keep what a person did, with what stood there before (of a deleted record everything)."""
    old = base_of(edit, before)
    if isinstance(edit, Delete) and isinstance(before, Made):
        old = encode(Create(before))["record"] | {"shape": encode(Create(before))["shape"]}
    connection.execute(
        "INSERT INTO journal (at, item, kind, key, verb, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (now, item_id, edit.kind, edit.id, word, dumps(old), dumps(encode(edit))),
    )


def names_in(connection: sqlite3.Connection, edit: Edit) -> dict[str, str]:
    """The names of the records that an edit refers to, by key."""
    found = dict[str, str]()
    product = [("products", edit.product_id)] if isinstance(edit, Match) and edit.product_id else []
    for kind, key in [*references(edit), *product]:
        row = connection.execute("SELECT name FROM seen WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        if row is not None:
            found[key] = row[0]
    return found


def without(edit: Edit, gone: Iterable[tuple[Kind, str]]) -> Edit | None:
    """The edit without its references to `gone` records; None when nothing else is in it."""
    attributes = {"farms": "farm_id", "growers": "grower_id"}
    dropped = {(attributes[kind], key) for kind, key in gone if kind in attributes}
    if isinstance(edit, Change):
        left = tuple(pair for pair in edit.values if pair not in dropped)
        return replace(edit, values=left) if left else None
    if isinstance(edit, Create) and isinstance(edit.record, Farm) and ("grower_id", edit.record.grower_id) in dropped:
        return None
    return edit


def rebase_after(connection: sqlite3.Connection, lost: Item) -> None:
    """Later lines of a record that stood on a line taken back stand on what that one stood on."""
    said = _said(lost.edit)
    for later in live_items(connection, lost.kind, lost.record_id):
        if later.seq < lost.seq or later.state == "sent" or not said:
            continue
        base = later.base | {
            name: lost.base[name] for name, value in said.items() if later.base.get(name, _NOTHING) == value
        }
        for name in _said(later.edit):
            said.pop(name, None)  # what follows stands on this later line
        if base == later.base:
            continue
        if isinstance(later.edit, Change):
            lines = live_items(connection, lost.kind, lost.record_id)
            under = fold(
                load_copy(connection, lost.kind, lost.record_id), [one.edit for one in lines if one.seq != later.seq]
            )
            left = tuple(
                (name, value)
                for name, value in later.edit.values
                if {base[name], getattr(under, name, base[name])} != {value}
            )
            edit = replace(later.edit, values=left) if left else None
            base = {name: base[name] for name, _ in left}
            rewrite_kept(connection, later, edit, base)
        else:
            set_base(connection, later, base)


def rewrite_kept(connection: sqlite3.Connection, item: Item, edit: Edit | None, base: Json) -> None:
    """Let a line say less, keeping its state and reason (it may be parked or in conflict)."""
    if edit is None:
        supersede(connection, [item], by=None)
        return
    connection.execute(
        "UPDATE outbox SET edit = ?, base = ?, sentence = ?, rev = rev + 1 WHERE seq = ?",
        (
            *(dumps(encode(edit)), dumps(base)),
            *(sentence(edit, _before(connection, item, base), names_in(connection, edit)), item.seq),
        ),
    )
    connection.execute("DELETE FROM needs WHERE seq = ?", (item.seq,))
    _write_needs(connection, item.seq, edit)


_NOTHING = object()


def _said(edit: Edit) -> dict[str, Any]:
    """What an edit sets, in the terms of `base_of`."""
    if isinstance(edit, Change):
        return dict(edit.values)
    return {"shape": encode(edit)["shape"]} if isinstance(edit, Redraw) else {}


def _before(connection: sqlite3.Connection, item: Item, base: Json) -> Record | None:
    copy = load_copy(connection, item.kind, item.record_id)
    if copy is None:
        first = next((one.edit for one in live_items(connection, item.kind, item.record_id)), None)
        copy = first.record if isinstance(first, Create) else None
    return None if copy is None else before_of(copy, base)


def _write_needs(connection: sqlite3.Connection, seq: int, edit: Edit) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO needs (seq, kind, key) VALUES (?, ?, ?)",
        [(seq, kind, find_key(connection, kind, key) or key) for kind, key in references(edit)],
    )
