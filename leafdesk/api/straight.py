"""Straight to a host: one connection over asyncio's own streams, on which HTTP/1.1 is spoken by h11.

httpx's transport goes through httpcore's pool, locks and traces and through anyio for every request: of what a pull
computes that was the half. What goes wrong is told in httpx's errors all the same. Through a proxy httpx goes itself.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import h11
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
            await one.send(asked, self._named)
            head = await one.head(asked.timeout.read)
            answered = head.status_code, httpx.Headers(head.headers.raw_items()), await _body(one, head, asked, largest)
            if one.is_over():
                self._open, one = one, None
            return answered
        finally:
            if one is not None:
                one.hang_up()

    async def _connect(self, limit: float | None) -> "_Connection":
        with _meaning(httpx.ConnectError, httpx.ConnectTimeout):
            async with asyncio.timeout(limit):
                verify = self._trusted() if self._secure else None
                return _Connection(
                    *await asyncio.open_connection(self._host, self._port, ssl=verify, happy_eyeballs_delay=0.25)
                )

    async def aclose(self) -> None:
        """Close the connection."""
        one, self._open = self._open, None
        if one is not None:
            one.hang_up()
            await asyncio.sleep(0)  # the loop closes the socket in its next turn


async def _body(one: "_Connection", head: h11.Response, asked: Asked, largest: int) -> bytes | None:
    pieces, size = list[bytes](), 0
    while (event := await one.event(asked.timeout.read)) is not None:
        if isinstance(event, h11.Data):
            size += len(event.data)
            if size > largest:
                return None
            pieces.append(bytes(event.data))
    body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    if not any(name == b"content-encoding" for name, _ in head.headers):
        return body
    return await whole(httpx.Response(head.status_code, headers=head.headers.raw_items(), stream=_Read(body)), largest)


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


class _Connection:
    """An open connection, and what h11 knows of it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._used = time.monotonic()

    async def is_fresh(self) -> bool:
        """Whether it can bear another request: the other end did not hang up."""
        quiet = time.monotonic() - self._used
        if quiet > _QUIET:
            for _ in range(2):  # turns of the loop: one to hear of it, one to take note
                await asyncio.sleep(0)
        return quiet <= _STALE and not self._reader.at_eof() and not self._writer.is_closing()

    def is_over(self) -> bool:
        """Whether request and answer are over and nothing is left of them: ready for another one then."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        if self._http.trailing_data[0]:
            return False
        self._http.start_next_cycle()
        self._used = time.monotonic()
        return True

    async def send(self, asked: Asked, host: str) -> None:
        """Send a request."""
        headers = [("Host", host), *asked.headers.items()]
        if asked.content is not None:
            headers.append(("Content-Length", str(len(asked.content))))
        try:
            text = self._http.send(h11.Request(method=asked.method, target=asked.target, headers=headers)) or b""
            text += (self._http.send(h11.Data(data=asked.content)) or b"") if asked.content else b""
            self._http.send(h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        with _meaning(httpx.WriteError, httpx.WriteTimeout):
            self._writer.write(text)
            if self._writer.transport.get_write_buffer_size():
                async with asyncio.timeout(asked.timeout.write):
                    await self._writer.drain()

    async def head(self, limit: float | None) -> h11.Response:
        """Status and headers of the answer."""
        while not isinstance(event := await self.event(limit), h11.Response):
            if event is None:
                raise httpx.RemoteProtocolError("an answer of another protocol came")
        return event

    async def event(self, limit: float | None) -> h11.Event | None:
        """The next part of the answer; None when it is over."""
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            if isinstance(event, h11.EndOfMessage) or event is h11.PAUSED:
                return None
            if isinstance(event, h11.Event):
                return event
            with _meaning(httpx.ReadError, httpx.ReadTimeout):
                async with asyncio.timeout(limit):
                    data = await self._reader.read(_PIECE)
            if not data and self._http.their_state is h11.SEND_RESPONSE:
                raise httpx.RemoteProtocolError("the connection ended before an answer came")
            self._http.receive_data(data)

    def hang_up(self) -> None:
        """Close it at once."""
        self._writer.transport.abort()


@contextmanager
def _meaning(error: type[httpx.TransportError], late: type[httpx.TransportError]) -> Iterator[None]:
    """The system's errors as httpx's."""
    try:
        yield
    except TimeoutError as raised:
        raise late(str(raised)) from raised
    except (OSError, UnicodeError) as raised:  # the latter: no host can be called so
        raise error(str(raised)) from raised
