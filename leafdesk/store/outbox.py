"""The queue of edits that Leaf does not have yet, with every attempt written ahead."""

import sqlite3
from collections.abc import Sequence
from typing import Any, Literal

from leafdesk.edits import Create, Delete, Edit, Upload, references
from leafdesk.geo.shape import to_geojson
from leafdesk.records import Field, Kind
from leafdesk.store.answering import Answer, adopt, ask_again, discard, resolve
from leafdesk.store.changes import Changes
from leafdesk.store.copies import find_key, load_copy
from leafdesk.store.handing import HANDED
from leafdesk.store.items import (
    LIVE,
    LIVE_SQL,
    Attempt,
    Item,
    RefusedError,
    StaleError,
    State,
    dumps,
    live_edits,
    live_items,
    load_attempts,
    load_items,
)
from leafdesk.store.queueing import enqueue
from leafdesk.store.seen import refold

__all__ = ["LIVE", "Attempt", "Item", "Outbox", "RefusedError", "StaleError", "State"]


class Outbox:
    """The queue over one connection; the writing methods only inside `Database.write`, each returning what changed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    # ------------------------------------------------------------------ reading
    def items(self, *, states: Sequence[State] = LIVE) -> list[Item]:
        """Queue items in order of the edits."""
        if set(states) == set(LIVE):
            return load_items(self.connection, LIVE_SQL)
        live = f" AND {LIVE_SQL}" if set(states) <= set(LIVE) else ""
        return load_items(self.connection, f"state IN ({', '.join('?' * len(states))}){live}", states)

    def tried_creates(self, kind: Kind) -> list[Item]:
        """Creates that left at least once and may be at Leaf: nobody knows yet."""
        return load_items(
            self.connection,
            f"{LIVE_SQL} AND state IN ('waiting', 'sent') AND attempts > 0 AND kind = ? AND verb LIKE '%.create'",
            (kind,),
        )

    def made_here(self, kind: Kind, id: str) -> bool:
        """Whether a create of this very id is in the queue or went to Leaf."""
        made = f"kind = ? AND key = ? AND verb LIKE '%.create' AND ({LIVE_SQL} OR state = 'done')"
        return self.connection.execute(f"SELECT 1 FROM outbox WHERE {made}", (kind, id)).fetchone() is not None

    def was_deleted(self, kind: Kind, id: str) -> bool:
        """Whether Leaf has deleted this record, or was asked to."""
        before = load_items(self.connection, "kind = ? AND key = ? AND state IN ('sent', 'done')", (kind, id))
        return any(isinstance(item.edit, Delete) for item in before)

    def item(self, id: str) -> Item | None:
        """One item, live or over."""
        found = load_items(self.connection, "id = ?", (id,))
        return found[0] if found else None

    def edits_of(self, kind: Kind, id: str) -> list[Edit]:
        """The live edits of one record in order: what `fold` puts on the server's copy."""
        return [edit for edit, _ in live_edits(self.connection, kind, find_key(self.connection, kind, id) or id)]

    def counts(self) -> dict[State, int]:
        """Live items by state."""
        rows = self.connection.execute(f"SELECT state, count(*) FROM outbox WHERE {LIVE_SQL} GROUP BY state").fetchall()
        return dict.fromkeys(LIVE, 0) | dict(rows)

    def over(self, *, limit: int, before: int | None = None) -> list[Item]:
        """What left the queue for Leaf or by a person's decision, the last first; `before`: a seq to go on from."""
        return load_items(
            self.connection,
            "seq IN (SELECT seq FROM outbox WHERE state IN ('done', 'discarded') AND (:before IS NULL OR seq < :before)"
            " ORDER BY seq DESC LIMIT :limit)",
            {"limit": limit, "before": before},
        )[::-1]

    def blocker(self, item: Item) -> Item | None:
        """The live item that must be done first: an earlier one of the same record, or the create of a record that this
        edit refers to. None when it may go."""
        return next(iter(self.blockers(item)), None)

    def blockers(self, item: Item) -> list[Item]:
        """All live items that must be done first."""
        earlier = f"kind = ? AND key = ? AND seq < ? AND {LIVE_SQL}"
        found = load_items(self.connection, earlier, (item.kind, item.record_id, item.seq))
        for kind, id_ in references(item.edit):
            key = find_key(self.connection, kind, id_) or id_
            found += [one for one in live_items(self.connection, kind, key) if isinstance(one.edit, Create)]
        return found

    def uploads_of(self, field_id: str) -> dict[str, str]:
        """By provider, when a field was last sent there, or was meant to be."""
        found = load_items(
            self.connection,
            "kind = 'fields' AND key = ? AND verb = ? AND (state IN ('done', 'sent') OR attempts > 0)",
            (find_key(self.connection, "fields", field_id) or field_id, "field.upload"),
        )
        return {item.edit.provider: item.created for item in found if isinstance(item.edit, Upload)}

    def attempts(self, item: Item) -> list[Attempt]:
        """Every attempt of an item, oldest first."""
        return load_attempts(self.connection, item.seq)

    def sent_again(self, kinds: Sequence[Kind], *, since: float) -> list[tuple[Item, list[Attempt]]]:
        """Creates of these kinds that Leaf has and that were sent more than once, the last time after `since`."""
        found = load_items(
            self.connection,
            f"state = 'done' AND attempts > 1 AND kind IN ({', '.join('?' * len(kinds))})"
            " AND seq IN (SELECT seq FROM attempts WHERE at >= ?)",
            (*kinds, since),
        )
        return [(item, self.attempts(item)) for item in found if isinstance(item.edit, Create)]

    # ------------------------------------------------------------------ by the user
    def add(self, edit: Edit, *, item_id: str, now: str) -> tuple[str, Changes]:
        """Queue an edit: check `why_not` against the seen record (RefusedError), record it in the journal, coalesce
        with a waiting, never attempted item of the same record (sync.md §3), refold the seen copy. Answers the item's
        id; an edit that changes nothing, or takes back all that was queued, answers an item that is `superseded`."""
        return enqueue(self.connection, edit, item_id=item_id, now=now)

    def retry(self, id: str) -> Changes:
        """A parked item, or one that waits for its next attempt, goes again now.

        Raises KeyError when there is no such item, RefusedError when it cannot go again now.
        """
        item = self.item(id)
        if item is None:
            raise KeyError(id)
        if item.state == "conflict":
            raise RefusedError("Leaf's copy changed meanwhile: choose which one to keep first.")
        if item.handed is not None:
            raise RefusedError(HANDED)
        if item.state == "sent":
            raise RefusedError("This change was sent and its outcome is not known yet; it is looked up by itself.")
        if item.state not in LIVE:
            raise RefusedError("This change is no longer in the queue.")
        if any(attempt.outcome == "unknown" for attempt in self.attempts(item)):
            again = "state = 'sent'"  # it may have landed, or may still: looked into first, when its time has come
        else:
            again = "state = 'waiting', not_before = 0"
        self.connection.execute(f"UPDATE outbox SET {again}, reason = NULL, rev = rev + 1 WHERE seq = ?", (item.seq,))
        return Changes(queue=True) | refold(self.connection, item.kind, item.record_id)

    def discard(self, id: str, *, now: str) -> Changes:
        """Take an item back, with those that rest on it. RefusedError while it is `sent` (its outcome is not known)."""
        return discard(self.connection, self._known(id), now=now)

    def resolve(self, id: str, keep: Literal["mine", "theirs"], *, now: str) -> Changes:
        """Answer a conflict: `mine` queues the edit again on Leaf's present copy, `theirs` discards it."""
        return resolve(self.connection, self._known(id), keep, now=now)

    def answer(self, answer: Answer, *, now: str) -> Changes:
        """Answer a conflict, or take the answer back while it has not gone to Leaf (RefusedError says when it has)."""
        item = self._known(answer.id)
        if answer.keep == "asked":
            return ask_again(self.connection, item, answer.question or {}, now=now)
        return resolve(self.connection, item, answer.keep, now=now)

    def adopt(self, id: str, leaf_id: str, *, now: str) -> Changes:
        """Answer a create that may have arrived: it is that record of Leaf's (one of its `theirs["candidates"]`)."""
        return adopt(self.connection, self._known(id), leaf_id, now=now)

    def _known(self, id: str) -> Item:
        item = self.item(id)
        if item is None:
            raise KeyError(id)
        return item

    # ------------------------------------------------------------------ by the engine: compare-and-set on (seq, rev)
    def mark_sent(
        self, item: Item, *, body: Any, pre: dict[str, Any], now: str, run_id: str, at: float | None = None
    ) -> tuple[Item, Attempt]:
        """Write the attempt ahead: state `sent`, committed before the request leaves. Raises StaleError."""
        changed = self.connection.execute(
            "UPDATE outbox SET state = 'sent', reason = NULL, attempts = attempts + 1, rev = rev + 1"
            " WHERE seq = ? AND rev = ? AND state = 'waiting'",
            (item.seq, item.rev),
        )
        if not changed.rowcount:
            raise StaleError(item.id)
        self.connection.execute(
            "INSERT INTO attempts (seq, number, body, pre, sent_at, run_id, at, outcome)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 'inflight')",
            (item.seq, item.attempts + 1, dumps(body), dumps(pre), now, run_id, at),
        )
        return self._known(item.id), self.attempts(item)[-1]

    def refuse_stale(self, item: Item) -> None:
        """Raise StaleError when the item changed since it was read, or is over."""
        known = f"SELECT 1 FROM outbox WHERE seq = ? AND rev = ? AND {LIVE_SQL}"
        if self.connection.execute(known, (item.seq, item.rev)).fetchone() is None:
            raise StaleError(item.id)

    def settle(
        self,
        item: Item,
        state: State,
        *,
        outcome: str,
        reason: str | None = None,
        not_before: float | None = None,
        theirs: dict[str, Any] | None = None,
        now: str,
    ) -> Changes:
        """The item's new state after an attempt, a probe or a pre-check; closes the open attempt with `outcome`.

        An attempt is open while its outcome is `inflight`, or `unknown` and not yet proved `ok` or `absent`. For
        `done`, the server copies that prove it are put before, in the same job, so that what is seen stays what it was.
        Raises StaleError when the item changed meanwhile, or a colleague has it: then only `done` is taken.
        """
        changed = self.connection.execute(
            "UPDATE outbox SET state = ?, reason = ?, not_before = ?, theirs = ?, ended = ?, rev = rev + 1"
            f" WHERE seq = ? AND rev = ? AND {LIVE_SQL} AND (handed IS NULL OR ? = 'done')",
            (
                *(state, reason, not_before or 0.0, None if theirs is None else dumps(theirs)),
                *(None if state in LIVE else now, item.seq, item.rev, state),
            ),
        )
        if not changed.rowcount:
            raise StaleError(item.id)
        self.connection.execute(
            "UPDATE attempts SET outcome = :outcome, settled_at = :now WHERE seq = :seq AND (outcome = 'inflight'"
            " OR (outcome = 'unknown' AND :outcome IN ('ok', 'absent')))",  # only a proof makes an unknown one known
            {"outcome": outcome, "now": now, "seq": item.seq},
        )
        if state == "done":
            self._done(item)
        return Changes(queue=True) | refold(self.connection, item.kind, item.record_id)

    def _done(self, item: Item) -> None:
        """A deleted field is no longer at Leaf; a boundary that is now Leaf's is what later edits stand on."""
        if isinstance(item.edit, Delete):
            self.connection.execute(
                "UPDATE copies SET gone = 1 WHERE n = (SELECT n FROM records WHERE kind = ? AND key = ?)",
                (item.kind, item.record_id),
            )
            return
        copy = load_copy(self.connection, item.kind, item.record_id)
        if not isinstance(copy, Field) or copy.shape is None:
            return
        drawn = item.edit.record if isinstance(item.edit, Create) else item.edit
        if getattr(drawn, "shape", None) != copy.shape:
            return  # not provably ours: the pre-check of the later edit decides
        for later in live_items(self.connection, item.kind, item.record_id):
            stands_on = later.base.get("shape", to_geojson(copy.shape)) == to_geojson(copy.shape)
            if later.seq > item.seq and later.state != "sent" and "boundary_id" in later.base and stands_on:
                self.connection.execute(
                    "UPDATE outbox SET base = ?, rev = rev + 1 WHERE seq = ?",
                    (dumps(later.base | {"boundary_id": copy.boundary_id}), later.seq),
                )

    def hold_back(self, *, until: float) -> Changes:
        """Nobody looks before then whether requests of unknown outcome arrived: how long they are under way is not
        known any more. What is just being asked for stays as it is: its answer is about to come."""
        changed = self.connection.execute(
            "UPDATE outbox SET not_before = ?, rev = rev + 1 WHERE state IN ('sent', 'parked') AND handed IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.seq = outbox.seq AND a.outcome = 'inflight')",
            (until,),
        )
        return Changes(queue=bool(changed.rowcount))

    def orphans(self, run_id: str) -> list[Item]:
        """`sent` items whose request was in flight in another run of the program (it was killed)."""
        return load_items(
            self.connection,
            "state = 'sent' AND seq IN (SELECT seq FROM attempts WHERE outcome = 'inflight' AND run_id <> ?)",
            (run_id,),
        )
