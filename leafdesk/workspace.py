"""The one object a front end holds: look at the records, do and undo edits, sync, listen."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from leafdesk.edits import Edit
from leafdesk.store.catalog import Catalog, Changes, FieldRow
from leafdesk.store.outbox import Item, Outbox

__all__ = ["Catalog", "Changes", "FieldRow", "Item", "Outbox"]

Connection = Literal["unknown", "online", "offline", "captive", "signed-out"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is: `what` in plain words ("Boundaries"), `done` of `total` (None while unknown)."""

    what: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    """Whether Leaf can be reached; `detail` says why not, in plain words."""

    state: Connection
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """How a sync ended. The JSON shape is cli.md's `sync`."""

    outcome: Literal["done", "partial", "offline", "signed-out"]
    pulled: dict[str, dict[str, int]]
    pushed: dict[str, int]
    requests: int
    seconds: float
    reason: str | None = None
    """In plain words, when the outcome is not "done"."""


@dataclass(frozen=True, slots=True)
class SyncEnded:
    """A sync ended, was cancelled, or failed by a bug of ours (`error`)."""

    report: SyncReport | None
    error: BaseException | None = None


Event = Changes | Progress | ConnectionChanged | SyncEnded


@dataclass(frozen=True, slots=True)
class Queued:
    """An edit was taken: the record's id and the queue item's id (cli.md: every create, edit and delete answers this)."""

    record_id: str
    item_id: str


class InUseError(Exception):
    """Another Leafdesk has this workspace open."""


class SignedOutError(Exception):
    """Nobody has signed in here yet, or the token is gone."""


class Workspace:
    """A folder with one or more accounts' databases; one account is open at a time.

    Every method may be called from the GUI thread: none waits for the network or the writer; what takes time answers a
    Future. Listeners are called on the thread where things happen (writer or engine), so a window passes them on.
    """

    def __init__(self, folder: Path, **parts: Any) -> None:
        """Open the folder (made if missing) and the account used last. Raises InUseError, or a StoreError."""
        raise NotImplementedError

    # ------------------------------------------------------------------ account
    @property
    def account(self) -> str | None:
        """The user name of the account that is open, or None when nobody ever signed in here."""
        raise NotImplementedError

    @property
    def api_url(self) -> str:
        raise NotImplementedError

    @property
    def signed_in(self) -> bool:
        """Whether a token is at hand (it may still turn out to be expired)."""
        raise NotImplementedError

    def login(self, username: str, password: str, api_url: str | None = None) -> Future[str | None]:
        """Exchange the password for a token and keep that in the keyring; opens (or makes) that account's database.

        The result is None, or a sentence to show when the token could not be kept (no keyring: this session only).
        Raises (in the future) an api.errors.LeafError.
        """
        raise NotImplementedError

    def logout(self) -> None:
        """Forget the token. Records and queue stay."""
        raise NotImplementedError

    # ------------------------------------------------------------------ look
    @property
    def catalog(self) -> Catalog:
        """This thread's view of the records."""
        raise NotImplementedError

    @property
    def outbox(self) -> Outbox:
        """This thread's view of the queue."""
        raise NotImplementedError

    @property
    def connection(self) -> ConnectionChanged:
        """What is known about the connection."""
        raise NotImplementedError

    @property
    def last_sync(self) -> str | None:
        """When the last whole sync ended (UTC, ISO 8601), or None."""
        raise NotImplementedError

    # ------------------------------------------------------------------ edit
    def why_not(self, edit: Edit) -> str | None:
        """Why this edit is not possible now; None when it is."""
        raise NotImplementedError

    def do(self, *edits: Edit) -> Future[list[Queued]]:
        """Queue edits, all or none, as one step that can be undone. RefusedError (in the future) says why not."""
        raise NotImplementedError

    def undo(self) -> Future[list[Queued]]:
        """Take back the last step."""
        raise NotImplementedError

    def redo(self) -> Future[list[Queued]]:
        """Do again what was undone last."""
        raise NotImplementedError

    @property
    def undo_name(self) -> str | None:
        """The step that undo would take back, in plain words ("Boundary of North Quarter"); None when there is none."""
        raise NotImplementedError

    @property
    def redo_name(self) -> str | None:
        """The step that redo would do again; None when there is none."""
        raise NotImplementedError

    def retry(self, item_id: str) -> Future[None]:
        """Let a parked or waiting queue item go again now. KeyError (in the future) when there is no such item."""
        raise NotImplementedError

    def discard(self, item_id: str) -> Future[None]:
        """Take a queue item back, with those that rest on it; what is seen follows."""
        raise NotImplementedError

    def resolve(self, item_id: str, keep: Literal["mine", "theirs"]) -> Future[None]:
        """Answer a conflict."""
        raise NotImplementedError

    # ------------------------------------------------------------------ sync
    def sync(self, *, pull: bool = True, push: bool = True, leaf_user_id: str | None = None) -> Future[SyncReport]:
        """Push what waits, then pull everything, on the engine's thread. A second call joins the one that runs."""
        raise NotImplementedError

    def cancel_sync(self) -> None:
        """Stop the running sync at the next safe point; what was read is kept."""
        raise NotImplementedError

    @property
    def syncing(self) -> bool:
        raise NotImplementedError

    # ------------------------------------------------------------------ listen
    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Be told of every event; the answer stops it."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop the engine, finish the writer, free the folder."""
        raise NotImplementedError
