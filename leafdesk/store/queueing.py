"""How an edit of the user enters the queue: sync.md's rules for coalescing (§3)."""

import sqlite3
from dataclasses import replace

from leafdesk.edits import (
    Change,
    Create,
    Delete,
    Edit,
    Json,
    Match,
    Redraw,
    Upload,
    as_new,
    base_of,
    change,
    coalesce,
    fold,
    point_at,
    references,
    verb,
    why_not,
)
from leafdesk.records import VALIDATED, Field, LeafUser, Record
from leafdesk.store.answering import restore
from leafdesk.store.changes import Changes
from leafdesk.store.copies import find_key, load_copy
from leafdesk.store.items import LIVE, LIVE_SQL, Item, RefusedError, live_edits, live_items, load_items
from leafdesk.store.lines import insert, may_rewrite, rewrite, supersede, write_journal
from leafdesk.store.seen import refold


def enqueue(connection: sqlite3.Connection, edit: Edit, *, item_id: str, now: str) -> tuple[str, Changes]:
    """Queue an edit; the id of the item that carries it now. Raises RefusedError with the reason."""
    edit = point_at(edit, lambda kind, id_: find_key(connection, kind, id_) or id_)
    items = live_items(connection, edit.kind, edit.id)
    before = fold(load_copy(connection, edit.kind, edit.id), [item.edit for item in items])
    if isinstance(edit, Create) and before is None:
        answer = _create(connection, edit, item_id, now)
    else:
        _refuse(connection, edit, before, items)
        write_journal(connection, now, item_id, verb(edit), edit, before)
        answer = _take_in(connection, edit, before, items, item_id, now)
    return answer, Changes(queue=True) | refold(connection, edit.kind, edit.id)


def _create(connection: sqlite3.Connection, edit: Create, item_id: str, now: str) -> str:
    """Queue a new record, or bring back one whose delete has not been sent."""
    history = load_items(connection, "kind = ? AND key = ?", (edit.kind, edit.id))
    deletes = [item for item in history if isinstance(item.edit, Delete) and item.state != "discarded"]
    last = deletes[-1] if deletes else None
    untried = last is not None and not last.attempts and last.state == "superseded" and history[-1] is last
    if last and (untried or (last.state in ("waiting", "parked", "conflict") and not last.handed)):
        # as a discard would do it: nothing of the delete is at Leaf
        write_journal(connection, now, last.id, "restore", edit, None)
        restore(connection, last)
        return last.id
    if any(item.state in ("sent", "done") for item in history) or (last and last.state != "superseded"):
        raise RefusedError("Leaf had this record before and its id cannot be used again; make it as a new one.")
    if any(item.state in LIVE for item in history):  # of a database made anew, before Leaf's copy is read
        raise RefusedError("Changes of it are waiting already; it is here again after the next sync.")
    farm = edit.record.farm_id if isinstance(edit.record, Field) else None
    move = change("fields", edit.id, farm_id=farm) if farm is not None else None  # Leaf's create takes no farm
    reason = why_not(edit, None) or next(
        (why for one in (edit, move) if one is not None and (why := _why_not_refer(connection, one, edit.record))), None
    )
    if reason:
        raise RefusedError(reason)
    write_journal(connection, now, item_id, verb(edit), edit, None)
    insert(connection, Create(as_new(edit.record)), {}, None, item_id, now, "waiting")
    if move is not None:
        insert(connection, move, {"farm_id": None}, as_new(edit.record), f"{item_id}-farm", now, "waiting")
    return item_id


def _refuse(connection: sqlite3.Connection, edit: Edit, before: Record | None, items: list[Item]) -> None:
    asked = edit
    if isinstance(edit, Delete) and _unheard_of(connection, items):
        # Leaf has no delete for farms and growers, but one that Leaf never heard of can be taken back.
        resting = load_items(
            connection,
            f"seq IN (SELECT seq FROM needs WHERE kind = ? AND key = ?) AND {LIVE_SQL}",
            (edit.kind, edit.id),
        )
        if resting:
            raise RefusedError(f"This is still needed. Take back first: {resting[0].sentence}.")
        return
    if isinstance(edit, Change):
        # Leaf cannot take a field out of its farm, but a move that was never sent can be taken back.
        unsent = {name for item in items if item.untried for name, value in item.base.items() if value is None}
        kept = tuple((name, value) for name, value in edit.values if value is not None or name not in unsent)
        asked = replace(edit, values=kept)
    if isinstance(edit, Match) and edit.status != VALIDATED and not _unsent(connection, edit, before, items):
        raise RefusedError(APPROVED)
    reason = why_not(asked, before) or (_why_not_refer(connection, edit, before) if before else None)
    if reason:
        raise RefusedError(reason)


APPROVED = (
    "Leaf has this approval, or may have it, and no call makes it a prediction again. Change the product instead."
)


def _unsent(connection: sqlite3.Connection, edit: Match, before: Record | None, items: list[Item]) -> bool:
    """Whether taking an approval back leaves nothing to send."""
    into = _same_again(connection, edit, items)
    merged = coalesce(into.edit, into.base, edit, base_of(edit, before)) if into is not None else None
    return merged is not None and merged[0] is None


def _why_not_refer(connection: sqlite3.Connection, edit: Edit, record: Record) -> str | None:
    """Why the farm or grower that the edit refers to will not do."""
    for kind, key in references(edit):
        word = kind.removesuffix("s")
        edits = [one for one, _ in live_edits(connection, kind, key)]
        whole = fold(load_copy(connection, kind, key), edits)
        if whole is None:
            return f"There is no such {word} here."
        if (
            not isinstance(whole, LeafUser)
            and not isinstance(record, LeafUser)
            and whole.leaf_user_id != record.leaf_user_id
        ):
            return f"The {word} {whole.name} belongs to another Leaf user."
    return None


def _take_in(
    connection: sqlite3.Connection, edit: Edit, before: Record | None, items: list[Item], item_id: str, now: str
) -> str:
    base = base_of(edit, before)
    if isinstance(edit, Delete):
        return _delete(connection, edit, base, before, items, item_id, now)
    fresh = _only_news(edit, before)
    if fresh is None:
        insert(connection, edit, base, before, item_id, now, "superseded")
        return item_id
    left: Edit | None = fresh
    base = base_of(fresh, before)
    if _unheard_of(connection, items):
        part, left = _part_for_create(fresh)
        merged = coalesce(items[0].edit, {}, part, {}) if part else None
        if merged:
            rewrite(connection, items[0], merged[0], merged[1], None)
        if left is None:
            return items[0].id
    if left is None:
        return item_id
    base = {name: value for name, value in base.items() if not isinstance(left, Change) or name in dict(left.values)}
    into = _same_again(connection, left, items)
    merged = None
    if into is not None:
        under = fold(load_copy(connection, into.kind, into.record_id), [one.edit for one in items if one is not into])
        merged = coalesce(into.edit, into.base, left, base, under)
    if into is None or merged is None:
        insert(connection, left, base, before, item_id, now, "waiting")
        return item_id
    rewrite(connection, into, merged[0], merged[1], before)
    return into.id


def _unheard_of(connection: sqlite3.Connection, items: list[Item]) -> bool:
    """Whether the record begins with a create of which nothing can have reached Leaf."""
    if not items or not isinstance(items[0].edit, Create) or not may_rewrite(connection, items[0]):
        return False
    return load_copy(connection, items[0].kind, items[0].record_id) is None


def _only_news(edit: Edit, before: Record | None) -> Edit | None:
    """The edit without what is so already; None when nothing of it is new."""
    if isinstance(edit, Change):
        values = tuple((name, value) for name, value in edit.values if getattr(before, name) != value)
        return replace(edit, values=values) if values else None
    if isinstance(edit, Redraw) and isinstance(before, Field) and before.shape == edit.shape:
        return None
    return edit


def _part_for_create(edit: Edit) -> tuple[Edit | None, Edit | None]:
    """What a create that was never sent takes in, and what stays an edit of its own (the farm of a new field)."""
    if not isinstance(edit, Change | Redraw):
        return None, edit
    if isinstance(edit, Redraw) or edit.kind != "fields":
        return edit, None
    inside = tuple(pair for pair in edit.values if pair[0] == "name")
    outside = tuple(pair for pair in edit.values if pair[0] != "name")
    return (replace(edit, values=inside) if inside else None, replace(edit, values=outside) if outside else None)


def _same_again(connection: sqlite3.Connection, edit: Edit, items: list[Item]) -> Item | None:
    """The queued line of the same sort that may take the edit in."""
    for item in reversed(items):
        other_place = isinstance(item.edit, Upload) and isinstance(edit, Upload) and item.edit.provider != edit.provider
        if type(item.edit) is type(edit) and not other_place:
            return item if may_rewrite(connection, item) else None
    return None


def _delete(
    connection: sqlite3.Connection,
    edit: Delete,
    base: Json,
    before: Record | None,
    items: list[Item],
    item_id: str,
    now: str,
) -> str:
    """Queue a delete; what was never sent before it need not be sent any more, but comes back if it is taken back."""
    if _unheard_of(connection, items):
        supersede(connection, items, by=insert(connection, edit, base, before, item_id, now, "superseded"))
        return item_id
    needless = [
        item
        for item in items
        if not isinstance(item.edit, Create | Delete) and (item.state == "conflict" or may_rewrite(connection, item))
    ]
    for item in reversed(needless):
        merged = coalesce(item.edit, item.base, edit, base)
        base = merged[1] if merged else base
    supersede(connection, needless, by=insert(connection, edit, base, before, item_id, now, "waiting"))
    return item_id
