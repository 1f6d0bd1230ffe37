"""The queue of edits that Leaf does not have yet, with every attempt written ahead."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from leafdesk.edits import Edit
from leafdesk.records import Kind
from leafdesk.store.catalog import Changes

State = Literal["waiting", "sent", "parked", "conflict", "done", "superseded", "discarded"]
LIVE: tuple[State, ...] = ("waiting", "sent", "parked", "conflict")


class RefusedError(ValueError):
    """The edit is not possible on this record; the message is the reason, for the user word for word."""


class StaleError(Exception):
    """The queue item changed since it was read: the caller must look again. Never shown to anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the queue.

    States: `waiting` to be sent (`reason` says why it still waits, if something holds it up); `sent`: a request left and
    its outcome is not known yet (settled after `not_before`); `parked`: Leaf refused it, a person must look;
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

    @property
    def kind(self) -> Kind:
        return self.edit.kind

    @property
    def record_id(self) -> str:
        return self.edit.id


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
    outcome: str
    """`inflight`, `ok`, `rejected`, `notsent`, `unknown` or `absent`."""


class Outbox:
    """The queue over one connection; the writing methods only inside `Database.write`, each returning what changed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    # ------------------------------------------------------------------ reading
    def items(self, *, states: Sequence[State] = LIVE) -> list[Item]:
        """Queue items in order of the edits."""
        raise NotImplementedError

    def item(self, id: str) -> Item | None:
        """One item, live or over."""
        raise NotImplementedError

    def edits_of(self, kind: Kind, id: str) -> list[Edit]:
        """The live edits of one record in order: what `fold` puts on the server's copy."""
        raise NotImplementedError

    def counts(self) -> dict[State, int]:
        """Live items by state."""
        raise NotImplementedError

    def blocker(self, item: Item) -> Item | None:
        """The live item that must be done first: an earlier one of the same record, or the create of a record that this
        edit refers to. None when it may go."""
        raise NotImplementedError

    def attempts(self, item: Item) -> list[Attempt]:
        """Every attempt of an item, oldest first."""
        raise NotImplementedError

    # ------------------------------------------------------------------ by the user
    def add(self, edit: Edit, *, item_id: str, now: str) -> tuple[str, Changes]:
        """Queue an edit: check `why_not` against the seen record (RefusedError), record it in the journal, coalesce with
        a waiting, never attempted item of the same record (sync.md §3), refold the seen copy. Answers the item's id."""
        raise NotImplementedError

    def retry(self, id: str) -> Changes:
        """A parked item, or one that waits for its next attempt, goes again now."""
        raise NotImplementedError

    def discard(self, id: str, *, now: str) -> Changes:
        """Take an item back, with those that rest on it. RefusedError while it is `sent` (its outcome is not known)."""
        raise NotImplementedError

    def resolve(self, id: str, keep: Literal["mine", "theirs"], *, now: str) -> Changes:
        """Answer a conflict: `mine` queues the edit again on Leaf's present copy, `theirs` discards it."""
        raise NotImplementedError

    # ------------------------------------------------------------------ by the engine; all compare-and-set on (seq, rev)
    def mark_sent(self, item: Item, *, body: Any, pre: dict[str, Any], now: str, run_id: str) -> tuple[Item, Attempt]:
        """Write the attempt ahead: state `sent`, committed before the request leaves. Raises StaleError."""
        raise NotImplementedError

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

        Raises StaleError when the item changed meanwhile.
        """
        raise NotImplementedError

    def orphans(self, run_id: str) -> list[Item]:
        """`sent` items whose request was in flight in another run of the program (it was killed)."""
        raise NotImplementedError
