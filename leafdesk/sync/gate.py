"""The door through which every request of an engine leaves: it counts them and keeps to the pace of the host."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from leafdesk.api.errors import LeafError
from leafdesk.sync.pace import Pace

_LOOK = 0.25
"""Seconds after which somebody who waits looks again: he may have been stopped, another may have come back."""


class Gate:
    """For one event loop. `flying`: the requests under way."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.flying: set[asyncio.Future[Any]] = set()
        self._under_way = 0

    async def enter(self, stopped: Callable[[], bool]) -> bool:
        """Wait until the host may be asked once more; whether it may (else somebody `stopped` it).

        Raises BusyError or NotSentError when that is too long. Who has entered must `leave`.
        """
        while not stopped():
            seconds = self.pace.wait(time.monotonic(), self._under_way)
            if seconds <= 0:
                self._under_way += 1
                self.pace.leaves(time.monotonic())
                return True
            await asyncio.sleep(min(seconds, _LOOK))
        return False

    def leave(self, error: LeafError | None) -> None:
        """A request came back so (None: well)."""
        self._under_way -= 1
        self.pace.came_back(time.monotonic(), error)

    def give_up(self) -> None:
        """Cancel all that is under way."""
        for one in list(self.flying):
            one.cancel()
