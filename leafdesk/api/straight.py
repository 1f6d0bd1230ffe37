"""Straight to a host: one connection of asyncio's own, whose answers are read by httptools (llhttp).

httpx's transport goes through httpcore's pool, locks and traces, h11 and anyio for every request: of what a pull
computes that was the half. What goes wrong is told in httpx's errors all the same. Through a proxy httpx goes itself.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: `target` is path and query, percent-encoded; `headers` all but Host and Content-Length."""

    method: str
    target: str
    headers: dict[str, str] = field(repr=False)
    content: bytes | None = field(repr=False)
    timeout: httpx.Timeout


Answered = tuple[int, httpx.Headers, bytes | None]
"""Status, headers, and the decoded body; None for a body that is too large."""


class Straight:
    """At most one connection at a time to the host of `url`, and one request at a time on it."""

    def __init__(self, url: str, trusted: Callable[[], ssl.SSLContext]) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port or (443 if self._secure else 80)
        self._named = parts.netloc
        self._trusted = trusted
        self._open: _Connection | None = None

    async def exchange(self, asked: Asked, largest: int) -> Answered:
        """Send one request and read its answer, of at most so many decoded bytes. Raises httpx's errors."""
        one, self._open = self._open, None
        if one is not None and not await one.is_fresh():
            one.hang_up()
            one = None
        one = one or await self._connect(asked.timeout.connect)
        try:
            answer = await one.exchange(_text(asked, self._named), asked.timeout, largest)
            if answer.may_go_on:
                self._open, one = one, None
            return answer.status, httpx.Headers(answer.headers), await _decoded(answer, largest)
        finally:
            if one is not None:
                one.hang_up()

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

    async def aclose(self) -> None:
        """Close the connection."""
        one, self._open = self._open, None
        if one is not None:
            one.hang_up()
            await asyncio.sleep(0)  # the loop closes the socket in its next turn


def _text(asked: Asked, host: str) -> bytes:
    lines = [f"{asked.method} {asked.target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in asked.headers.items()]
    if asked.content is not None or asked.method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(asked.content or b'')}")
    if " " in asked.target or not all(line.isascii() and line.isprintable() for line in lines):
        raise httpx.LocalProtocolError("the request holds characters that cannot be sent")
    return "\r\n".join((*lines, "", "")).encode() + (asked.content or b"")


async def _decoded(answer: "_Answer", largest: int) -> bytes | None:
    if answer.too_large:
        return None
    body = answer.pieces[0] if len(answer.pieces) == 1 else b"".join(answer.pieces)
    if not answer.says(b"content-encoding"):
        return body
    return await whole(httpx.Response(answer.status, headers=answer.headers, stream=_Read(body)), largest)


async def whole(response: httpx.Response, largest: int) -> bytes | None:
    """The decoded body of an answer, or None when it is larger than so many bytes."""
    pieces, size = list[bytes](), 0
    async for piece in response.aiter_bytes():
        size += len(piece)
        if size > largest:
            return None
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class _Read(httpx.AsyncByteStream):
    """A body that was read already, in pieces: none of them can grow without end when it is decoded."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), _PIECE):
            yield self._body[start : start + _PIECE]


class _Answer:
    """An answer as it comes: httptools calls the `on_` methods."""

    def __init__(self, largest: int) -> None:
        self.status, self.headers, self.pieces = 0, list[tuple[bytes, bytes]](), list[bytes]()
        self.over = self.too_large = self.may_go_on = self._headed = False
        self._left, self._head = largest, 0
        self._parser = httptools.HttpResponseParser(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.over:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self.over:
            return
        self.status = self._parser.get_status_code()
        if 100 <= self.status < 200:  # a word before the answer
            self.headers.clear()
        else:
            self._headed, self._kept = True, self._parser.should_keep_alive()

    def on_body(self, piece: bytes) -> None:
        if not self.over:
            self._left -= len(piece)
            self.too_large = self.too_large or self._left < 0
            self.pieces.append(piece)

    def on_message_complete(self) -> None:
        if self._headed and not self.over:
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
        self._head += 0 if self._headed else len(data)
        if self._head > _LONGEST_HEAD or (not data and not self.over):
            raise httpx.RemoteProtocolError("the answer has no end" if data else "the connection ended too early")

    @property
    def _ends_with_the_connection(self) -> bool:
        return self._headed and not self.says(b"content-length") and not self.says(b"transfer-encoding")

    def says(self, name: bytes) -> bool:
        """Whether a header of that name came."""
        return any(one.lower() == name for one, _ in self.headers)


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

    async def exchange(self, text: bytes, limits: httpx.Timeout, largest: int) -> _Answer:
        """Send a request; the whole answer, or as much of it as shows that it is too large."""
        self._answer = answer = _Answer(largest)
        self._transport.write(text)
        while self._crowded and not answer.over:
            await self._news(limits.write, httpx.WriteError, httpx.WriteTimeout)
        while not answer.over and not answer.too_large:
            await self._news(limits.read, httpx.ReadError, httpx.ReadTimeout)
        self._answer, self._used = None, self._loop.time()
        return answer

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
        if isinstance(self._error, httpx.TransportError):
            raise self._error
        if self._error is not None or (self._lost and self._answer is not None and not self._answer.over):
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
