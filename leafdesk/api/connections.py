"""A few connections to one host, each with a transport of its own, and one request at a time on each.

httpx's own pool looks through all its connections, down to their sockets, for every request: with six it took as long
as the request itself. Sign-in, redirects, cookies and hooks of httpx's client are not wanted here either.
"""

import asyncio
import ssl
from functools import cache
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from leafdesk.api.straight import Straight

MOST = 6
_ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1)


@cache
def certificates() -> ssl.SSLContext:
    """Whom to trust, read once: it takes a tenth of a second, and every sync makes a client."""
    return httpx.create_ssl_context()


class Connections:
    """At most MOST to the host of `url`, for one event loop. `transport` replaces the network in tests.

    `proxied`: whether the system's proxy is to be asked (one cannot reach this computer's own loopback).
    """

    def __init__(self, url: str, *, proxied: bool, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url, self._proxied, self._given = url, proxied, transport
        self._all: list[httpx.AsyncBaseTransport] = []
        self._free: list[httpx.AsyncBaseTransport] = []
        self._room = asyncio.Semaphore(MOST)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close them all."""
        for one in dict.fromkeys(self._all):
            await one.aclose()

    def _another(self) -> httpx.AsyncBaseTransport:
        proxy = _proxy(self._url) if self._proxied else None
        if self._given is not None:
            made = self._given
        elif proxy is None:
            made = Straight(self._url, certificates)
        else:
            made = httpx.AsyncHTTPTransport(verify=certificates(), http2=False, limits=_ONE, proxy=proxy)
        self._all.append(made)
        return made

    async def exchange(self, request: httpx.Request, largest: int) -> tuple[int, httpx.Headers, bytes | None]:
        """Status, headers and body of the answer; no body when it is larger than so many bytes (decoded).

        Raises httpx's own errors.
        """
        async with self._room:
            one = self._free.pop() if self._free else self._another()  # the one used last is the least likely closed
            try:
                response = await one.handle_async_request(request)
                try:
                    return response.status_code, response.headers, await whole(response, largest)
                finally:
                    await response.aclose()
            finally:
                self._free.append(one)


async def whole(response: httpx.Response, largest: int) -> bytes | None:
    """The decoded body of an answer, or None when it is larger than so many bytes."""
    packed = "content-encoding" in response.headers
    assert isinstance(response.stream, httpx.AsyncByteStream)
    pieces, size = list[bytes](), 0
    async for piece in response.aiter_bytes() if packed else response.stream:
        size += len(piece)
        if size > largest:
            return None
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _proxy(url: str) -> str | None:
    """The proxy that the system names for an address (environment, Windows' and macOS's settings)."""
    parts, named = urlsplit(url), getproxies()
    proxy = named.get(parts.scheme) or named.get("all")
    if not proxy or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
