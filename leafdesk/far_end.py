"""Another process of this program that can be ended, and the messages that go to it and come from it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import IO

_LENGTH = 8
"""Bytes that tell how long a message is, the lowest first."""


def start(flag: str) -> subprocess.Popen[bytes]:
    """Start this program with a flag; it is given no token, and speaks through its stdin and stdout."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-m", "leafdesk"]
    return subprocess.Popen(
        [*program, flag],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if name != "LEAFDESK_TOKEN"},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """End the process, whatever it is at."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):  # what was not read yet goes nowhere
                pipe.close()


def answers() -> IO[bytes]:
    """In the other process: where messages go. From now on a stray print does not get between them."""
    sys.stdout.flush()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def send(pipe: IO[bytes], message: bytes) -> None:
    """Send a message. Raises OSError when nobody listens any more."""
    pipe.write(len(message).to_bytes(_LENGTH, "little") + message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """The next message; None when the other side is gone."""
    head = pipe.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    length = int.from_bytes(head, "little")
    message = pipe.read(length)
    return message if len(message) == length else None
