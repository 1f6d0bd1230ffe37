"""A transport of httpx straight to a host: a connection of asyncio's own, its answers read by httptools (llhttp).

httpx's own transport goes through httpcore's pool, locks and traces, h11 and anyio for every request: of what a pull
computes that was the half. It still goes through proxies.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from urllib.parse import urlsplit

import httptools
import httpx

_PIECE = 1 << 16
_LONGEST_HEAD = 100 << 10
"""Bytes of a status line with its headers."""
_QUIET = 0.01
"""Seconds without a request after which one looks first whether the other end hung up."""
_STALE = 5.0
"""Seconds without a request after which a connection is not used again: the other end may be about to hang up."""
Limits = Mapping[str, float | None]
"""Seconds to connect, write and read at most, as httpx hands them to a transport."""


class Straight(httpx.AsyncBaseTransport):
    """At most one connection at a time to the host of `url`, and one request at a time on it."""

    def __init__(self, url: str, trusted: Callable[[], ssl.SSLContext]) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port or (443 if self._secure else 80)
        self._trusted = trusted
        self._open: _Connection | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the answer as soon as its headers are there. Raises httpx's errors."""
        text = _head(request) + await request.aread()
        limits: Limits = request.extensions.get("timeout", {})
        one, self._open = self._open, None
        if one is not None and not await one.is_fresh():
            one.hang_up()
            one = None
        one = one or await self._connect(limits.get("connect"))
        try:
            answer = await one.ask(text, limits)
        except BaseException:
            one.hang_up()
            raise
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(self, one, answer, limits))

    async def _connect(self, limit: float | None) -> "_Connection":
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(limit):
                verify = self._trusted() if self._secure else None
                _, made = await loop.create_connection(
                    _Connection, self._host, self._port, ssl=verify, happy_eyeballs_delay=0.25
                )
                return made
        except TimeoutError as error:
            raise httpx.ConnectTimeout(str(error)) from error
        except (OSError, UnicodeError) as error:  # the latter: no host can be called so
            raise httpx.ConnectError(str(error)) from error

    def take_back(self, one: "_Connection", answer: "_Answer") -> None:
        """The answer was read, or nobody wants more of it: the connection waits for the next request, or is closed."""
        if one.is_free_of(answer):
            self._open = one
        else:
            one.hang_up()

    async def aclose(self) -> None:
        """Close the connection."""
        one, self._open = self._open, None
        if one is not None:
            one.hang_up()
            await asyncio.sleep(0)  # the loop closes the socket in its next turn


def _head(request: httpx.Request) -> bytes:
    lines = [request.method.encode() + b" " + request.url.raw_path + b" HTTP/1.1"]
    lines += [name + b": " + value for name, value in request.headers.raw]
    if any(sign in line for line in lines for sign in (b"\r", b"\n", b"\0")):
        raise httpx.LocalProtocolError("the request holds characters that cannot be sent")
    return b"\r\n".join((*lines, b"", b""))


class _Body(httpx.AsyncByteStream):
    """The body of an answer as it comes."""

    def __init__(self, straight: Straight, one: "_Connection", answer: "_Answer", limits: Limits) -> None:
        self._straight, self._one, self._answer, self._limits = straight, one, answer, limits

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            pieces, self._answer.pieces = self._answer.pieces, []
            for piece in pieces:
                for start in range(0, len(piece), _PIECE):  # none of them can grow without end when it is decoded
                    yield piece[start : start + _PIECE]
            if not pieces:
                if self._answer.over:
                    return
                await self._one.more(self._limits)

    async def aclose(self) -> None:
        self._straight.take_back(self._one, self._answer)


class _Answer:
    """An answer as it comes: httptools calls the `on_` methods."""

    def __init__(self) -> None:
        self.status, self.headers, self.pieces = 0, list[tuple[bytes, bytes]](), list[bytes]()
        self.headed = self.over = self.may_go_on = False
        self._head = 0
        self._parser = httptools.HttpResponseParser(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.headed:  # what comes behind the body tells nothing
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self.over:
            return
        self.status = self._parser.get_status_code()
        if 100 <= self.status < 200:  # a word before the answer
            self.headers.clear()
        else:
            self.headed, self._kept = True, self._parser.should_keep_alive()

    def on_body(self, piece: bytes) -> None:
        if not self.over:
            self.pieces.append(piece)

    def on_message_complete(self) -> None:
        if self.headed and not self.over:
            self.over, self.may_go_on = True, self._kept

    def on_message_begin(self) -> None:
        if self.over:
            self.may_go_on = False  # more came than was asked for: it must not be taken for the next answer

    def take(self, data: bytes) -> None:
        """Read on. Raises RemoteProtocolError."""
        try:
            if data:
                self._parser.feed_data(data)
            elif self._ends_with_the_connection:
                self.over = True
        except httptools.HttpParserUpgrade as error:
            raise httpx.RemoteProtocolError("an answer of another protocol came") from error
        except httptools.HttpParserError as error:
            self.may_go_on = False
            if not self.over:
                raise httpx.RemoteProtocolError(str(error)) from error
        self._head += 0 if self.headed else len(data)
        if self._head > _LONGEST_HEAD or (not data and not self.over):
            raise httpx.RemoteProtocolError("the answer has no end" if data else "the connection ended too early")

    @property
    def _ends_with_the_connection(self) -> bool:
        said = {name.lower() for name, _ in self.headers}
        return self.headed and not said & {b"content-length", b"transfer-encoding"}


class _Connection(asyncio.Protocol):
    """An open connection: asyncio calls the methods that have no sentence here."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._answer: _Answer | None = None
        self._error: Exception | None = None
        self._crowded = self._lost = False
        self._waiting: asyncio.Future[bool] | None = None
        self._used = self._loop.time()

    async def is_fresh(self) -> bool:
        """Whether it can bear another request: the other end did not hang up, and said nothing unasked."""
        quiet = self._loop.time() - self._used
        if quiet > _QUIET:
            for _ in range(2):  # turns of the loop: one to hear of it, one to take note
                await asyncio.sleep(0)
        return quiet <= _STALE and not self._lost

    async def ask(self, text: bytes, limits: Limits) -> _Answer:
        """Send a request; its answer, of which the headers are there and the body may still come."""
        self._answer = answer = _Answer()
        self._transport.write(text)
        while self._crowded and not answer.over:
            await self._news(limits.get("write"), httpx.WriteError, httpx.WriteTimeout)
        while not answer.headed:
            await self.more(limits)
        return answer

    async def more(self, limits: Limits) -> None:
        """Wait for more of the answer. Raises httpx's errors."""
        await self._news(limits.get("read"), httpx.ReadError, httpx.ReadTimeout)

    def is_free_of(self, answer: _Answer) -> bool:
        """Whether all of the answer came, and the next request may go the same way."""
        self._answer, self._used = None, self._loop.time()
        return answer.may_go_on and not self._lost

    async def _news(
        self, limit: float | None, failed: type[httpx.TransportError], late: type[httpx.TransportError]
    ) -> None:
        """Wait until something happens, so many seconds at most."""
        if self._error is None and not self._lost:
            self._waiting = self._loop.create_future()
            bell = None if limit is None else self._loop.call_later(limit, self._wake, False)
            try:
                if not await self._waiting:
                    raise late(f"nothing for {limit} s")
            finally:
                self._waiting = None
                if bell is not None:
                    bell.cancel()
        if self._answer is not None and self._answer.over:
            return
        if isinstance(self._error, httpx.TransportError):
            raise self._error
        if self._error is not None or self._lost:
            raise failed(str(self._error or "the connection was closed")) from self._error

    def _wake(self, news: bool) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(news)

    def hang_up(self) -> None:
        """Close it at once."""
        self._lost = True
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._answer is None:  # nobody asked: it must not be taken for the next answer
            self.hang_up()
            return
        try:
            self._answer.take(data)
        except httpx.RemoteProtocolError as error:
            self._error = error
        self._wake(True)

    def eof_received(self) -> None:
        self._lost = True
        if self._answer is not None:
            self.data_received(b"")

    def connection_lost(self, error: Exception | None) -> None:
        self._lost, self._error = True, self._error or error
        self._wake(True)

    def pause_writing(self) -> None:
        self._crowded = True

    def resume_writing(self) -> None:
        self._crowded = False
        self._wake(True)
