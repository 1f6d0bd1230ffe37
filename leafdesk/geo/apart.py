"""Geometry in a process of its own, which can be ended: some shapes keep GEOS busy for ever, and the window with it.

The near end (`Apart`) starts the far end (`serve`) when it is first needed and keeps it. They speak msgpack with a
length before each message; the far end ends itself when a job takes longer than it may.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, TypeVar, TypeVarTuple, get_type_hints

from leafdesk.geo.actions import NotPossibleError

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
FAR_END = "--geometry"
"""What the program is started with to be the far end."""
SECONDS = 10.0
TOO_LONG = "This could not be worked out for this boundary within {:g} seconds; nothing was changed."
_ROOM = "leafdesk.geo."
"""Functions of this room are run, and no others."""
_LENGTH = 8


class Apart:
    """Calls functions of `leafdesk.geo` in another process; used by one thread at a time, stopped from any."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._busy = False
        self._closed = False

    def __call__(self, job: Callable[[*Ts], T], *given: *Ts) -> T:
        """`job(*given)`, worked out there. Raises the job's NotPossibleError, or one when it takes too long."""
        import msgspec

        name = f"{job.__module__}:{job.__qualname__}"
        process = self._started()
        if self._closed:  # perhaps while it was starting
            self._end(process)
        self._busy = True
        try:
            assert process.stdin is not None and process.stdout is not None
            _send(process.stdin, msgspec.msgpack.encode((name, self.seconds, given)))
            answer = _receive(process.stdout)
        except (OSError, ValueError):  # it was ended, its pipes with it
            answer = None
        finally:
            self._busy = False
        if answer is None:
            self._end(process)
            raise NotPossibleError(TOO_LONG.format(self.seconds))
        word, rest = msgspec.msgpack.decode(answer, type=tuple[str, msgspec.Raw])
        if word == "done":
            done: T = msgspec.msgpack.decode(rest, type=get_type_hints(job)["return"])
            return done
        said = msgspec.msgpack.decode(rest, type=str)
        if word == "not possible":
            raise NotPossibleError(said)
        raise RuntimeError(f"the far end failed at {name}: {said}")

    def stop(self) -> None:
        """End the other process and what it is at; the next call starts another."""
        process = self._process
        if process is not None:
            self._end(process)

    def break_off(self) -> None:
        """End the job that is being worked out, if there is one: nobody waits for it any more."""
        if self._busy:
            self.stop()

    def close(self) -> None:
        """End the other process for good; a call that comes later is refused."""
        self._closed = True
        self.stop()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "leafdesk"]
            self._process = subprocess.Popen(
                [*program, FAR_END],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: value for name, value in os.environ.items() if name != "LEAFDESK_TOKEN"},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        return self._process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not read yet goes nowhere
                    pipe.close()
        if self._process is process:
            self._process = None


def serve() -> int:
    """The far end: do what the near end asks until it goes away."""
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a stray print must not become part of an answer
    with answers:
        while (message := _receive(asked)) is not None:
            _send(answers, _answer(message))
    return 0


def _answer(message: bytes) -> bytes:
    import faulthandler
    import importlib

    import msgspec

    name, seconds, rest = msgspec.msgpack.decode(message, type=tuple[str, float, msgspec.Raw])
    module, _, function = name.partition(":")
    try:
        if not module.startswith(_ROOM):
            raise ValueError(f"{module} is no room of geometry")
        job = getattr(importlib.import_module(module), function)
        kinds = [kind for key, kind in get_type_hints(job).items() if key != "return"]
        given = msgspec.msgpack.decode(rest, type=tuple[tuple(kinds)])  # type: ignore[misc]
        faulthandler.dump_traceback_later(seconds, exit=True)  # a thread of C: it needs nobody's leave
        try:
            return msgspec.msgpack.encode(("done", job(*given)))
        finally:
            faulthandler.cancel_dump_traceback_later()
    except NotPossibleError as error:
        return msgspec.msgpack.encode(("not possible", str(error)))
    except Exception as error:
        return msgspec.msgpack.encode(("failed", f"{type(error).__name__}: {error}"))


def _send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(_LENGTH, "little") + message)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes | None:
    length = pipe.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    message: Any = pipe.read(int.from_bytes(length, "little"))
    return message if len(message) == int.from_bytes(length, "little") else None
