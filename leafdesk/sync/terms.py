"""What an engine is given: an account's line to Leaf, and the terms on which to run."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from leafdesk.store.database import Database

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Line:
    """One account's line to Leaf: its database here, Leaf's address, and where to ask for the token."""

    database: Database
    api_url: str
    token: Callable[[], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is passed in so that a sync can be repeated exactly: the clock, chance, ids, the settle time, the wire."""

    clock: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    new_id: Callable[[], str]
    settle_seconds: float = 90.0
    ceiling: float | None = None
    """Requests a minute at most; None: as many as Leaf bears."""
    transport: "httpx.AsyncBaseTransport | None" = None

    def now(self) -> str:
        """The time as the database writes it."""
        return datetime.fromtimestamp(self.clock(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
