"""A host of release notices on loopback that says whatever a test wants, and a key of the test's own."""

import base64
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from leafdesk.newer import Source
from leafdesk.newer.notice import BEFORE, Release, write_notice
from leafdesk.workspace import Workspace
from tests.ui.conftest import open_window

__all__ = ["open_window"]

NEXT = Release("99.1.0", "2026-12-01", "https://leafdesk.example.com/99.1", "Fields open faster.")


class Signer:
    """Signs notices with a fresh key."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public = base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def notice(self, release: Release = NEXT) -> bytes:
        return self.raw(write_notice(release).removeprefix(BEFORE).decode())

    def raw(self, signed: str, before: bytes = BEFORE) -> bytes:
        signature = base64.b64encode(self._key.sign(before + signed.encode())).decode()
        return json.dumps({"notice": signed, "signature": signature}).encode()


class Host:
    """Listens on loopback. `seen`: the requests; `pieces`: what is sent, one every `pause` seconds, then the end."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.pieces: Iterator[bytes] = iter(())
        self.pause = 0.0
        self.asked = threading.Event()
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/newest.json"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def say(self, body: bytes, head: bytes = b"HTTP/1.1 200 OK\r\n") -> None:
        """Answer with this body, length told."""
        self.pieces = iter([head + b"Content-Length: %d\r\n\r\n" % len(body) + body])

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with line:
                self._answer(line)

    def _answer(self, line: socket.socket) -> None:
        asked = b""
        try:
            while not asked.endswith(b"\r\n\r\n"):
                some = line.recv(4096)
                if not some:
                    return
                asked += some
            self.seen.append(asked)
            self.asked.set()
            for piece in self.pieces:
                line.sendall(piece)
                if self.pause and self._over.wait(self.pause):
                    return
        except OSError:  # the other side has had enough
            return

    def stop(self) -> None:
        self._over.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()


@pytest.fixture
def host() -> Iterator[Host]:
    listening = Host()
    yield listening
    listening.stop()


@pytest.fixture
def signer() -> Signer:
    return Signer()


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(environment: None, tmp_path: Path, host: Host, signer: Signer, clock: Clock) -> Iterator[Workspace]:
    """A workspace that believes the test's key and asks the test's host."""
    opened = Workspace(tmp_path / "desk", newest=Source(host.url, (signer.public,)), clock=clock)
    yield opened
    opened.close()
