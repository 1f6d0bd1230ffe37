"""Reads a file in a process of its own, which is ended when a hostile file takes it too long or too much memory."""

import contextlib
import faulthandler
import os
import subprocess
import sys
import threading
import traceback
from pathlib import Path

import msgspec

from leafdesk import far_end
from leafdesk.files.found import Reading, Tell, UnplacedError, UnreadableError
from leafdesk.files.limits import MEMORY, SECONDS

FAR_END = "--read-file"
"""What the program is started with to be such a process."""
_TOO_MUCH = "It takes too {} to read; no file of fields does. Divide it, or export it again."


class _Asked(msgspec.Struct):
    path: bytes
    """As the system writes it; it need not be text."""
    crs: str | None
    swap: bool | None
    seconds: float
    memory: int


class _Progress(msgspec.Struct, tag=True):
    done: int
    total: int


class _Read(msgspec.Struct, tag=True):
    reading: Reading


class _Unreadable(msgspec.Struct, tag=True):
    why: str
    unplaced: bool


class _Mistake(msgspec.Struct, tag=True):
    trace: str


_Said = _Progress | _Read | _Unreadable | _Mistake


class CancelledError(Exception):
    """Somebody stopped the reading."""


class Reader:
    """One reading of one file; `cancel` may be called from any thread, also before `read`."""

    def __init__(
        self,
        path: Path,
        *,
        crs: str | None = None,
        swap: bool | None = None,
        seconds: float = SECONDS,
        memory: int = MEMORY,
    ) -> None:
        self.path = path
        self._asked = _Asked(os.fsencode(path.absolute()), crs, swap, seconds, memory)
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = self._late = False
        self._lock = threading.Lock()

    def read(self, tell: Tell = lambda *_: None) -> Reading:
        """What the file holds; waits for it.

        Raises UnreadableError, CancelledError, or RuntimeError for a mistake of ours.
        """
        with self._lock:
            if self._cancelled:
                raise CancelledError
            self._process = far_end.start(FAR_END)
        end = threading.Timer(self._asked.seconds, self._end_late)
        end.daemon = True
        end.start()
        try:
            return self._listen(self._process, tell)
        finally:
            end.cancel()
            far_end.end(self._process)

    def cancel(self) -> None:
        """Stop it."""
        self._cancelled = True
        self._kill()

    def _end_late(self) -> None:
        self._late = True
        self._kill()

    def _kill(self) -> None:
        with self._lock:
            if self._process is not None:
                self._process.kill()

    def _listen(self, process: "subprocess.Popen[bytes]", tell: Tell) -> Reading:
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(OSError):
            process.stdin.write(msgspec.msgpack.encode(self._asked))
            process.stdin.close()
        decoder = msgspec.msgpack.Decoder(_Said)
        while True:
            frame = far_end.receive(process.stdout)
            if frame is None:
                raise self._why_it_ended(process)
            said = decoder.decode(frame)
            if isinstance(said, _Progress):
                tell(said.done, said.total)
            elif isinstance(said, _Read):
                return said.reading
            elif isinstance(said, _Unreadable):
                raise UnplacedError(said.why) if said.unplaced else UnreadableError(said.why)
            else:
                raise RuntimeError(f"the reader failed on a file:\n{said.trace}")

    def _why_it_ended(self, process: "subprocess.Popen[bytes]") -> Exception:
        if self._cancelled:
            return CancelledError()
        process.wait()
        return UnreadableError(_TOO_MUCH.format("long" if self._late else "much memory"))


def serve() -> int:
    """Be the process apart: read what stdin asks for, and say on stdout how it goes."""
    out = far_end.answers()

    def say(said: _Said) -> None:
        far_end.send(out, msgspec.msgpack.encode(said))

    asked = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=_Asked)
    faulthandler.dump_traceback_later(2 * asked.seconds, exit=True)  # should nobody be left to end it
    path = Path(os.fsdecode(asked.path))
    try:
        _stay_small(asked.memory)
        from leafdesk.files.formats import read

        say(_Read(read(path, crs=asked.crs, swap=asked.swap, tell=lambda done, n: say(_Progress(done, n)))))
    except UnreadableError as error:
        say(_Unreadable(str(error), isinstance(error, UnplacedError)))
    except MemoryError:
        say(_Unreadable(_TOO_MUCH.format("much memory"), False))
    except Exception:
        say(_Mistake(traceback.format_exc()))
    faulthandler.cancel_dump_traceback_later()
    return 0


def _stay_small(memory: int) -> None:
    """Ask the system to refuse more memory than any file of fields needs; Windows and macOS have no such limit."""
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
