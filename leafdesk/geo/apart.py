"""Geometry in a process of its own, which can be ended: some shapes keep GEOS busy for ever, and the window with it.

The near end (`Apart`) starts the far end (`serve`) when it is first needed and keeps it. They speak msgpack; the far
end ends itself when a job takes longer than it may.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple, get_type_hints

from leafdesk import far_end
from leafdesk.geo.actions import NotPossibleError

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
FAR_END = "--geometry"
"""What the program is started with to be the far end."""
SECONDS = 10.0
TOO_LONG = "This could not be worked out for this boundary within {:g} seconds; nothing was changed."
_ROOM = "leafdesk.geo."
"""Functions of this room are run, and no others."""


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
            far_end.send(process.stdin, msgspec.msgpack.encode((name, self.seconds, given)))
            answer = far_end.receive(process.stdout)
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
            self._process = far_end.start(FAR_END)
        return self._process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        far_end.end(process)
        if self._process is process:
            self._process = None


def serve() -> int:
    """The far end: do what the near end asks until it goes away."""
    with far_end.answers() as answers:
        while (message := far_end.receive(sys.stdin.buffer)) is not None:
            far_end.send(answers, _answer(message))
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
