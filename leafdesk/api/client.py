"""The one door to Leaf: sends a Call as one HTTP request and answers its result, or raises what went wrong.

It never repeats a request, follows no redirect and talks to one host only. Which outcome is which error is the table in
errors.py; the rules about repeating live in sync.
"""

import asyncio
import ipaddress
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from leafdesk import __version__
from leafdesk.api import calls
from leafdesk.api.calls import Answer, Call
from leafdesk.api.connections import Connections
from leafdesk.api.errors import CaptivePortalError, NotSentError, UnknownOutcomeError, UnreadableAnswerError
from leafdesk.api.outcome import failure, looks_like_html, no_answer, total_count
from leafdesk.api.strict import NotJsonError, is_json
from leafdesk.api.wire import UnusableError

T = TypeVar("T")
LEAF_URL = "https://api.withleaf.io"
TIMEOUT = httpx.Timeout(connect=10, read=60, write=60, pool=5)
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
    "User-Agent": f"leafdesk/{__version__}",
}
LARGEST_BODY = 64 * 2**20
"""Bytes, decoded. Leaf publishes no limit; a page of a hundred fields has some 60 kB."""
LONGEST = 300.0
"""Seconds for a whole answer: the read timeout starts anew with every byte, and a line can drip for ever."""


def checked_url(url: str) -> str:
    """The address of the Leaf host without a slash at its end. Raises ValueError with a sentence for the user.

    Plain http is for this computer's own addresses only.
    """
    text = url.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("The address of Leaf cannot be read; it should look like https://api.withleaf.io") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("The address of Leaf must not hold a user name or password.")
    if not host or not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise ValueError("The address of Leaf needs a host; it should look like https://api.withleaf.io")
    if parts.query or parts.fragment or parts.path:
        raise ValueError("The address of Leaf is a host only, such as https://api.withleaf.io, with nothing behind it.")
    if parts.scheme == "https" or (parts.scheme == "http" and loopback(host)):
        return text
    if parts.scheme == "http":
        raise ValueError("The address of Leaf must begin with https://; plain http is for this computer only.")
    raise ValueError("The address of Leaf must begin with https://")


def loopback(host: str) -> bool:
    """Whether the host is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Client:
    """Leaf over HTTP/1.1, for one event loop. `requests` counts what was handed to the network.

    `transport` replaces the network in tests. Use it as an async context manager, or call `aclose`.
    """

    def __init__(
        self, url: str = LEAF_URL, token: str | None = None, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Raises ValueError for an address that `checked_url` refuses."""
        self.url = checked_url(url)
        self.requests = 0
        self.timeout = TIMEOUT
        self._token = token
        here = loopback(urlsplit(self.url).hostname or "")
        self._connections = Connections(self.url, proxied=not here, transport=transport)

    def __repr__(self) -> str:
        return f"Client({self.url!r}, {'with' if self._token else 'without'} a token)"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._connections.aclose()

    def use(self, token: str | None) -> None:
        """Use another token from the next request on."""
        self._token = token

    async def authenticate(self, username: str, password: str) -> str:
        """Exchange the password for a token and use that from now on. Raises a LeafError: SignedOutError when wrong."""
        token = await self.send(calls.authenticate(username, password))
        self._token = token
        return token

    async def send(self, call: Call[T]) -> T:
        """Send one request and read its answer.

        Raises a LeafError (see errors.py). A cancelled send of a writing call has an unknown outcome.
        """
        status, headers, body = await self._exchange(call)
        if not 200 <= status < 300:
            raise failure(call, status, headers, body, self._token)
        try:
            return call.read(Answer(body, total_count(headers), headers.get("date", "")))
        except (NotJsonError, UnusableError) as error:
            if looks_like_html(headers, body):
                sentence = "A web page came instead of Leaf's answer; perhaps this network wants you to sign in first."
                raise CaptivePortalError(sentence, operation=call.operation, status=status) from None
            # whole JSON of another shape will come again; half of it is an accident of the way here
            kind = UnreadableAnswerError if is_json(body) else UnknownOutcomeError
            sentence = f"Leaf's answer cannot be used ({call.operation}): {error}."
            raise kind(sentence, operation=call.operation, status=status, detail=str(error)) from None

    async def _exchange(self, call: Call[Any]) -> tuple[int, httpx.Headers, bytes]:
        """One request and its whole answer. Raises NotSentError or UnknownOutcomeError."""
        try:
            request = self._request(call)
            self.requests += 1
            async with asyncio.timeout(LONGEST):
                status, headers, body = await self._connections.exchange(request, LARGEST_BODY)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError) as error:
            raise no_answer(call, error) from None
        if body is None:
            sentence = f"The answer to {call.operation} is larger than {LARGEST_BODY >> 20} MiB and was not read."
            raise UnknownOutcomeError(sentence, operation=call.operation, status=status)
        return status, headers, body

    def _request(self, call: Call[Any]) -> httpx.Request:
        headers = dict(_HEADERS)
        if self._token and call.operation != "authenticate":
            if not (self._token.isascii() and self._token.isprintable()):
                raise NotSentError(
                    "The token holds characters that no token has; sign in again.", operation=call.operation
                )
            headers["Authorization"] = f"Bearer {self._token}"
        content = None if call.body is None else msgspec.json.encode(call.body)
        if content is not None:
            headers["Content-Type"] = "application/json"
        return httpx.Request(
            call.method,
            self.url + call.path,
            params=call.query or None,
            content=content,
            headers=headers,
            extensions={"timeout": self.timeout.as_dict()},
        )
