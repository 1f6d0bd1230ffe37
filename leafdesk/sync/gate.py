"""The door through which every request of an engine leaves, in turn: it counts them and keeps to the host's pace."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from leafdesk.api.errors import LeafError
from leafdesk.sync.pace import Pace

_LOOK = 0.25
"""Seconds after which somebody who waits looks again: he may have been stopped."""


class Gate:
    """For one event loop. `flying`: the requests under way."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.flying: set[asyncio.Future[Any]] = set()
        self._under_way = 0
        self._line: deque[_Turn] = deque()

    async def enter(self, stopped: Callable[[], bool]) -> bool:
        """Wait until the host may be asked once more; whether it may (else somebody `stopped` it).

        Who came first goes first, so that a person's question does not wait for the end of a long pull. Raises
        BusyError or NotSentError when it would take too long. Who has entered must `leave`.
        """
        turn: _Turn | None = None
        try:
            while not stopped():
                seconds = self.pace.wait(time.monotonic(), self._under_way)
                if seconds <= 0 and (not self._line or self._line[0] is turn):
                    self._under_way += 1
                    self.pace.leaves(time.monotonic())
                    return True
                if turn is None:
                    turn = _Turn()
                    self._line.append(turn)
                await turn.wait(min(seconds, _LOOK) or _LOOK)
            return False
        finally:
            if turn is not None:
                self._line.remove(turn)
                self._call()

    def leave(self, error: LeafError | None) -> None:
        """A request came back so (None: well)."""
        self._under_way -= 1
        self.pace.came_back(time.monotonic(), error)
        self._call()

    def _call(self) -> None:
        """Who stands first looks now."""
        if self._line:
            self._line[0].call()

    def give_up(self) -> None:
        """Cancel all that is under way."""
        for one in list(self.flying):
            one.cancel()


class _Turn:
    """Somebody who stands in line."""

    def __init__(self) -> None:
        self._called: asyncio.Future[None] | None = None

    async def wait(self, seconds: float) -> None:
        """Until called, or so long."""
        loop = asyncio.get_running_loop()
        self._called = loop.create_future()
        bell = loop.call_later(seconds, self.call)
        try:
            await self._called
        finally:
            bell.cancel()

    def call(self) -> None:
        if self._called is not None and not self._called.done():
            self._called.set_result(None)
