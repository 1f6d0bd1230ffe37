"""A connection that is kept from one request to the next: what may go over it again, and what may not."""

import asyncio
import gzip
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from leafdesk.api.connections import whole
from leafdesk.api.straight import Straight

from .test_wire_faults import Handler, request_of, serving

LARGEST = 100_000
Answered = tuple[int, httpx.Headers, bytes | None]
Asked = Callable[[str], httpx.Request]
"""A request to the server of this address."""


def asked(
    target: str = "/", *, method: str = "GET", content: bytes | None = None, timeout: float = 20, said: str = "json"
) -> Asked:
    limits = {"timeout": httpx.Timeout(timeout).as_dict()}
    return lambda url: httpx.Request(method, url + target, content=content, headers={"X": said}, extensions=limits)


def nobody() -> ssl.SSLContext:
    raise AssertionError("no certificate is needed")


async def answered(straight: Straight, request: httpx.Request) -> Answered:
    """What comes back, as the client reads it."""
    response = await straight.handle_async_request(request)
    try:
        return response.status_code, response.headers, await whole(response, LARGEST)
    finally:
        await response.aclose()


def exchanges(handler: Handler, *requests: Asked, between: float = 0) -> tuple[list[Answered | Exception], int]:
    """What each request ended with, one after the other, and how many connections the server saw."""

    async def run() -> tuple[list[Answered | Exception], int]:
        ends = list[Answered | Exception]()
        async with serving(handler) as (port, connections):
            url = f"http://127.0.0.1:{port}"
            straight = Straight(url, nobody)
            for request in requests:
                try:
                    ends.append(await answered(straight, request(url)))
                except httpx.TransportError as error:
                    ends.append(error)
                await asyncio.sleep(between)
            await straight.aclose()
            return ends, len(connections)

    return asyncio.run(run())


def always(*answers: bytes, ends: bool = False) -> Handler:
    """Answer request after request on one connection, then read on (or hang up)."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await request_of(reader)
            writer.write(answer)
            await writer.drain()
        if not ends:
            await reader.read()

    return handle


def said(body: bytes, *headers: str, status: int = 200) -> bytes:
    lines = [f"HTTP/1.1 {status} OK", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def bodies(ends: list[Answered | Exception]) -> list[bytes | None]:
    return [end[2] for end in ends if not isinstance(end, Exception)]


def test_the_next_request_takes_the_same_connection() -> None:
    ends, connections = exchanges(always(said(b"1"), said(b"2"), said(b"3", status=404)), *[asked()] * 3)
    assert (bodies(ends), connections) == ([b"1", b"2", b"3"], 1)
    assert [end[0] for end in ends if not isinstance(end, Exception)] == [200, 200, 404]


@pytest.mark.parametrize("between", [0, 0.05])
def test_where_the_other_end_hung_up_there_is_a_new_connection(between: float) -> None:
    answer = said(b"1", *["Connection: close"] * (not between))
    ends, connections = exchanges(always(answer, ends=True), *[asked()] * 2, between=between)
    assert (bodies(ends), connections) == ([b"1", b"1"], 2)


def test_a_connection_that_was_quiet_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leafdesk.api.straight._STALE", 0.01)
    ends, connections = exchanges(always(said(b"1"), said(b"2")), *[asked()] * 2, between=0.05)
    assert (bodies(ends), connections) == ([b"1", b"1"], 2)


def test_what_nobody_asked_for_is_no_answer_to_the_next_request() -> None:
    ends, connections = exchanges(always(said(b"1") + said(b"forged")), *[asked()] * 2)
    assert (bodies(ends), connections) == ([b"1", b"1"], 2)


def test_what_comes_between_two_requests_is_no_answer_either() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(said(b"1"))
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(said(b"forged"))
        await reader.read()

    ends, connections = exchanges(handle, *[asked()] * 2, between=0.1)
    assert (bodies(ends), connections) == ([b"1", b"1"], 2)


def test_an_answer_may_end_with_the_connection_and_may_come_before_all_is_sent() -> None:
    ends, connections = exchanges(always(b"HTTP/1.1 200 OK\r\n\r\nabc", ends=True), *[asked()] * 2)
    assert (bodies(ends), connections) == ([b"abc", b"abc"], 2)

    async def handle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said(b"too much", status=413))
        await writer.drain()
        await asyncio.sleep(0.2)

    (end,), _ = exchanges(handle, asked("/", method="PUT", content=b"x" * (32 << 20)))
    assert not isinstance(end, Exception) and end[0] == 413


def test_an_answer_nobody_waits_for_any_more_is_no_answer_to_the_next_request() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = b"/slow" in await request_of(reader)
        if first:
            await asyncio.sleep(0.2)
        writer.write(said(b"late" if first else b"now"))

    ends, connections = exchanges(handle, asked("/slow", timeout=0.05), asked("/next"))
    assert isinstance(ends[0], httpx.ReadTimeout)
    assert (bodies(ends), connections) == ([b"now"], 2)


def test_a_word_before_the_answer_is_passed_over() -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    (end,), _ = exchanges(always(early + said(b"1")), asked())
    assert not isinstance(end, Exception) and end[2] == b"1"


def test_another_protocol_is_no_answer() -> None:
    switched = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
    (end,), _ = exchanges(always(switched), asked())
    assert isinstance(end, httpx.RemoteProtocolError)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (said(gzip.compress(b"packed" * 1000), "Content-Encoding: gzip"), b"packed" * 1000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", b"abcde"),
        (said(b""), b""),
        (said(b"x" * LARGEST), b"x" * LARGEST),
        (said(b"x" * (LARGEST + 1)), None),
        (said(gzip.compress(b"x" * (LARGEST + 1)), "Content-Encoding: gzip"), None),
    ],
)
def test_bodies_as_they_come(answer: bytes, body: bytes | None) -> None:
    (end,), _ = exchanges(always(answer), asked())
    assert not isinstance(end, Exception) and end[2] == body


def test_a_large_request_arrives_whole() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got = await request_of(reader)
        writer.write(said(got.split(b" ", 1)[0] + b" %d" % len(got.split(b"\r\n\r\n", 1)[1])))

    content = b"x" * (8 << 20)
    (end,), _ = exchanges(handle, asked("/", method="PUT", content=content))
    assert not isinstance(end, Exception) and end[2] == b"PUT %d" % len(content)


def test_a_request_without_a_body_says_so() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said(await request_of(reader)))

    ends, _ = exchanges(handle, asked("/?a=b"), asked("/c", method="POST"))
    first, second = bodies(ends)
    assert first is not None and first.startswith(b"GET /?a=b HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"content-length" not in first.lower()
    assert second is not None and b"\r\nContent-Length: 0\r\n" in second


def test_who_reads_nothing_is_not_waited_for() -> None:
    async def handle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.5)
        writer.transport.abort()

    (end,), _ = exchanges(handle, asked("/", method="PUT", content=b"x" * (32 << 20), timeout=0.1))
    assert isinstance(end, httpx.WriteTimeout)


@pytest.mark.parametrize("host", ["x" * 70 + ".example.com", "nowhere.invalid"])
def test_hosts_that_nobody_has(host: str) -> None:
    with pytest.raises(httpx.ConnectError):
        asyncio.run(answered(Straight(f"http://{host}", nobody), asked()(f"http://{host}")))


def test_what_cannot_be_said_in_a_request_is_not_sent() -> None:
    (end,), _ = exchanges(always(), asked(said="a\r\nY: b"))
    assert isinstance(end, httpx.LocalProtocolError)


# ---------------------------------------------------------------------- who answers
def certificate(folder: Path, name: str) -> Path:
    """A file with a key and a certificate that only vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    who, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    path = folder / "certificate.pem"
    no = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no)
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return path


def over_tls(folder: Path, name: str, trusted: Callable[[Path], ssl.SSLContext]) -> list[Answered]:
    """Two requests to a server on this machine that says it is `name`."""
    shown = certificate(folder, name)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(shown)

    async def run() -> list[Answered]:
        async with serving(always(said(b"1"), said(b"2")), server) as (port, _):
            straight = Straight(f"https://localhost:{port}", lambda: trusted(shown))
            try:
                return [await answered(straight, asked()(f"https://localhost:{port}")) for _ in range(2)]
            finally:
                await straight.aclose()

    return asyncio.run(run())


def test_tls_to_whom_is_trusted(tmp_path: Path) -> None:
    ends = over_tls(tmp_path, "localhost", lambda shown: ssl.create_default_context(cafile=shown))
    assert [end[2] for end in ends] == [b"1", b"2"]


@pytest.mark.parametrize("name", ["localhost", "api.example.com"], ids=["nobody vouches", "another name"])
def test_tls_to_somebody_else_is_not_begun(tmp_path: Path, name: str) -> None:
    def trusted(shown: Path) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=shown if name != "localhost" else None)

    with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
        over_tls(tmp_path, name, trusted)
