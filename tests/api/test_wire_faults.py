"""A real socket that misbehaves: what the network can do to a request, on loopback."""

import asyncio
import contextlib
import socket
import ssl
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from leafdesk.api import calls, client
from leafdesk.api.calls import Call
from leafdesk.api.client import Client
from leafdesk.api.errors import CaptivePortalError, LeafError, NotSentError, UnknownOutcomeError

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
WRITE = calls.create_grower("u", name="Smith Farms")
READ = calls.list_fields(leaf_user_id="u")


async def request_of(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    return head + await reader.readexactly(length)


def answering(*pieces: bytes, reset: bool = False, pause: float = 0) -> Handler:
    """Read the whole request, send the pieces, close (or reset)."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        if reset:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    return handle


@contextlib.asynccontextmanager
async def serving(
    handler: Handler, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[int, list[asyncio.Task[None]]]]:
    """A server on a free port, and the tasks of its connections; all of them have ended when this ends."""
    tasks: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await handler(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], tasks
        await asyncio.gather(*tasks)


def ask(handler: Handler, *asked: Call[Any], timeout: float = 60, scheme: str = "http") -> tuple[list[Any], int]:
    """What every call ended with (result or error), and how many connections the server saw."""

    async def run() -> tuple[list[Any], int]:
        async with serving(handler) as (port, connections):
            results: list[Any] = []
            async with Client(f"{scheme}://127.0.0.1:{port}", "t") as leaf:
                leaf.timeout = httpx.Timeout(timeout)
                for call in asked:
                    try:
                        results.append(await leaf.send(call))
                    except LeafError as error:
                        results.append(error)
                assert leaf.requests == len(asked)
            return results, len(connections)

    return asyncio.run(run())


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def test_a_real_answer_in_pieces() -> None:
    body = b'[{"id": "a", "n": 1.50}]'
    head = HEAD + f"X-Total-Count: 1\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    (page,), _ = ask(answering(head, body[:5], body[5:]), READ)
    assert ([field.raw for field in page.items], page.total) == (['{"id": "a", "n": 1.50}'], 1)


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def run() -> None:
        async with Client(f"http://127.0.0.1:{port}", "t") as leaf:
            await leaf.send(WRITE)

    with pytest.raises(NotSentError):
        asyncio.run(run())


def test_a_host_that_does_not_exist() -> None:
    async def run() -> None:
        async with Client("https://leaf.invalid", "t") as leaf:
            await leaf.send(WRITE)

    with pytest.raises(NotSentError):
        asyncio.run(run())


def test_tls_that_is_none() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    (error,), _ = ask(handle, WRITE, scheme="https")
    assert type(error) is NotSentError


@pytest.mark.parametrize(
    "handler",
    [
        answering(),
        answering(reset=True),
        answering(b"HTTP/1.1 200 OK\r\nContent-Le"),
        answering(HEAD + b'Content-Length: 500\r\n\r\n[{"id": 1}'),
        answering(HEAD + b'Content-Length: 500\r\n\r\n{"id": 1}', reset=True),
        answering(HEAD + b'Transfer-Encoding: chunked\r\n\r\n9\r\n{"id": 1}\r\n'),
        answering(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"),
        answering(b"\x00\x01\x02\x03 not HTTP at all\r\n\r\n"),
        answering(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n"),
    ],
)
@pytest.mark.parametrize("call", [WRITE, READ])
def test_a_broken_answer_is_an_unknown_outcome_and_is_asked_once(handler: Handler, call: Call[Any]) -> None:
    (error,), connections = ask(handler, call)
    assert type(error) is UnknownOutcomeError
    assert connections == 1


def test_a_sign_in_page_and_a_redirect() -> None:
    page = b"<html><body>Guest network</body></html>"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n"
    (error,), _ = ask(answering(head.encode() + page), WRITE)
    assert type(error) is CaptivePortalError
    away = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    (error,), connections = ask(answering(away), WRITE)
    assert (type(error), connections) == (CaptivePortalError, 1)


def test_an_answer_that_comes_too_late() -> None:
    (error,), _ = ask(answering(b"", pause=1), WRITE, timeout=0.1)
    assert type(error) is UnknownOutcomeError
    assert "did not answer in time" in str(error)


def test_an_answer_that_only_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LONGEST", 0.2)
    start = time.monotonic()
    (error,), _ = ask(answering(HEAD + b"Content-Length: 100\r\n\r\n", *[b" "] * 60, pause=0.02), WRITE)
    assert type(error) is UnknownOutcomeError
    assert time.monotonic() - start < 10


def test_cookies_of_whoever_answers_are_not_kept() -> None:
    seen: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            seen.append(await request_of(reader))
            writer.write(HEAD + b"Set-Cookie: portal=1\r\nContent-Length: 2\r\n\r\n[]")

    ask(handle, READ, READ)
    assert len(seen) == 2
    assert b"cookie" not in seen[1].lower()


def test_a_proxy_of_the_environment_is_not_asked_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    (page,), _ = ask(answering(HEAD + b"Content-Length: 2\r\n\r\n[]"), READ)
    assert page.items == ()


@pytest.mark.parametrize("bypassed", [False, True])
def test_a_proxy_of_the_environment_is_asked_for_leaf(monkeypatch: pytest.MonkeyPatch, bypassed: bool) -> None:
    seen: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await request_of(reader))
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    async def run() -> LeafError:
        async with serving(handle) as (port, _), Client("https://leaf.invalid", "t") as leaf:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
            monkeypatch.setenv("NO_PROXY", "leaf.invalid" if bypassed else "")
            with pytest.raises(LeafError) as raised:
                await leaf.send(READ)
            return raised.value

    assert isinstance(asyncio.run(run()), NotSentError)
    assert [line.split(b"\r\n")[0] for line in seen] == ([] if bypassed else [b"CONNECT leaf.invalid:443 HTTP/1.1"])


def test_a_cancelled_request_hangs_up_at_once() -> None:
    async def run() -> None:
        arrived, hung_up = asyncio.Event(), asyncio.Event()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await request_of(reader)
            arrived.set()
            await reader.read()
            hung_up.set()

        async with serving(handle) as (port, _), Client(f"http://127.0.0.1:{port}", "t") as leaf:
            sending = asyncio.ensure_future(leaf.send(WRITE))
            await arrived.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            await asyncio.wait_for(hung_up.wait(), 10)

    asyncio.run(run())
