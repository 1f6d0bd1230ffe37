"""Which Leaf users' records this laptop keeps: a choice of each account, which every sync respects."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from leafdesk.records import Kind, LeafUser
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.database import Database
from leafdesk.store.keeping import counts_by_user, keep, kept_users, waiting_by_user
from leafdesk.store.outbox import RefusedError
from leafdesk.sync import sweep, watermark
from leafdesk.sync.keeping import put_away_some
from leafdesk.sync.report import LAST_STOCK, Event


@dataclass(frozen=True, slots=True)
class UserHere:
    """A Leaf user: whether the records are kept, how many of each kind are here, how many edits wait."""

    user: LeafUser
    kept: bool
    here: dict[Kind, int]
    waiting: int


class Keeping:
    """Of the account that is open. Reading methods work on any thread."""

    def __init__(self, database: Database, tell: Callable[[Event], None]) -> None:
        self._database, self._tell = database, tell

    def users(self) -> list[UserHere]:
        """Every Leaf user by name."""
        reader = self._database.reader()
        kept, here, waiting = kept_users(reader), counts_by_user(reader), waiting_by_user(reader)
        return [
            UserHere(user, kept is None or user.id in kept, here.get(user.id, {}), waiting.get(user.id, 0))
            for user in Catalog(reader).users()
        ]

    def only(self, users: Iterable[LeafUser]) -> list[LeafUser]:
        """Those of the Leaf users whose records are kept here."""
        kept = kept_users(self._database.reader())
        return [user for user in users if kept is None or user.id in kept]

    def keeps(self, leaf_user_id: str) -> bool:
        """Whether the records of a Leaf user are kept here."""
        kept = kept_users(self._database.reader())
        return kept is None or leaf_user_id in kept

    def choose(self, users: Iterable[str] | None) -> "Future[int]":
        """Keep the records of these Leaf users only (keys; None: everybody's) and put the others' away.

        The result is how many records went; what Leaf has comes back with the next sync once it is chosen again.
        RefusedError (in the future) says why not: edits of others wait, or nobody would be left.
        """
        chosen = None if users is None else frozenset(users)
        answer: Future[int] = Future()
        answer.set_running_or_notify_cancel()
        gone = 0

        def next_batch(done: "Future[Any]") -> None:
            nonlocal gone
            error = done.exception()
            if error is not None:
                answer.set_exception(error)
                return
            many, changes = done.result()
            gone += many
            if changes:
                self._tell(changes)
            if not many:
                answer.set_result(gone)
                return
            self._database.write(lambda c: put_away_some(Catalog(c))).add_done_callback(next_batch)

        self._database.write(lambda c: _begin(Catalog(c), chosen), urgent=True).add_done_callback(next_batch)
        return answer


def _begin(catalog: Catalog, users: frozenset[str] | None) -> tuple[int, Changes]:
    """Take the choice and put the first records away. Who is new here gets machines and inputs with the next sync."""
    before = kept_users(catalog.connection)
    keep(catalog.connection, users)
    after = kept_users(catalog.connection)
    if before is not None and (after is None or after - before):
        catalog.put_fact(LAST_STOCK, None)
        watermark.forget(catalog)
        sweep.forget(catalog)
    many, changes = put_away_some(catalog)
    return many, changes | Changes(frozenset(("users", user.id) for user in catalog.users()))


def refuse_unkept(catalog: Catalog, leaf_user_id: str) -> None:
    """Raise RefusedError for something new of a Leaf user whose records are not kept here."""
    kept = kept_users(catalog.connection)
    if kept is not None and leaf_user_id not in kept:
        user = catalog.get("users", leaf_user_id)
        name = (user.name if user is not None else "") or "This Leaf user"
        raise RefusedError(f"{name} is not kept on this laptop; choose it under Providers first.")
