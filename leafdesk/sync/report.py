"""What a sync tells whoever listens: how far it is, whether Leaf can be reached, how it ended."""

from dataclasses import dataclass
from typing import Literal

from leafdesk.store.catalog import Changes

Connection = Literal["unknown", "online", "unsteady", "offline", "captive", "signed-out"]
Outcome = Literal["done", "partial", "offline", "signed-out"]


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
    """How a sync ended. The JSON shape is cli.md's `sync`.

    `reason` says in plain words why the outcome is not "done"; `notices` what else a person should know.
    """

    outcome: Outcome
    pulled: dict[str, dict[str, int]]
    pushed: dict[str, int]
    requests: int
    seconds: float
    reason: str | None = None
    notices: tuple[str, ...] = ()

    @property
    def progressed(self) -> bool:
        """Whether Leaf was reached and something came or went, however the sync ended."""
        came = any(any(tally.values()) for tally in self.pulled.values())
        return self.outcome == "done" or bool(self.pushed.get("sent")) or came


@dataclass(frozen=True, slots=True)
class SyncEnded:
    """A sync ended, was cancelled, or failed by a bug of ours (`error`)."""

    report: SyncReport | None
    error: BaseException | None = None


Event = Changes | Progress | ConnectionChanged | SyncEnded
LAST_SYNC = "last_sync"
"""The fact in the database that says when the last whole sync ended."""
LAST_STOCK = "last_stock"
"""The fact that says when everything that is no land was read (seconds since 1970)."""
SOON = 2.0
"""Seconds between a user's edit and the sync that carries it: a few edits usually go together."""
