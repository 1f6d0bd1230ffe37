"""One spell of listening: uvicorn on a thread of its own, from the first connection until it is ended."""

import asyncio
import contextlib
import socket
import threading
from typing import Any

import uvicorn

from leafdesk.sandbox.wire import Scope, Wire


class Listening:
    """Answers on a bound socket until `end`. Raises RuntimeError when uvicorn does not come up."""

    def __init__(self, wire: Wire, place: socket.socket) -> None:
        settings: dict[str, Any] = {
            "log_config": None,
            "access_log": False,
            "lifespan": "off",
            "ws": "none",
            "proxy_headers": False,
        }
        app = wire.app(self._transport_of)
        config = uvicorn.Config(app, http="h11", loop="asyncio", server_header=False, backlog=128, **settings)
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._run, args=(place,), name="leaf-sandbox", daemon=True)
        self._thread.start()
        self._server.up.wait()
        if not self._server.started:
            raise RuntimeError("the sandbox's server did not start")

    def end(self) -> None:
        """Cut every connection, stop listening, and wait for the thread."""
        self._server.end()
        self._thread.join()

    def _run(self, place: socket.socket) -> None:
        try:
            self._server.run(sockets=[place])
        finally:
            self._server.up.set()

    def _transport_of(self, scope: Scope) -> asyncio.Transport | None:
        """The connection a request came in on."""
        client = tuple(scope["client"] or ())
        connections: set[Any] = self._server.server_state.connections
        return next((one.transport for one in connections if one.client == client), None)


class _Server(uvicorn.Server):
    """uvicorn's server, which ends at once instead of waiting for clients that keep their connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()

    def end(self) -> None:
        self.should_exit = True
        if self._loop:
            self._loop.call_soon_threadsafe(self._ended.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.up.set()
        while not await self.on_tick(0):  # writes the Date header anew
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), 1.0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listening in self.servers:
            listening.close()
        connections: set[Any] = self.server_state.connections
        for connection in list(connections):
            connection.transport.abort()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for place in sockets or []:
            place.close()
