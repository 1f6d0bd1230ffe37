"""What every test is watched for: stray logs, leftover threads and timers, and a GUI thread that waits or does I/O.

The GUI thread's rule is checked by structure, not by the clock: the seams through which Python waits, connects and
opens files are watched, and a call through one of them on the main thread with a frame of `leafdesk/ui` or
`leafdesk/app.py` on its stack is an offence, however quick it was.
"""

import asyncio
import gc
import logging
import os
import re
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import leafdesk

LARGE = 1 << 20
"""From how many bytes a file is large: 1 MiB."""

_HOUSE = Path(leafdesk.__file__).parent
_WINDOW = (str(_HOUSE / "ui") + os.sep, str(_HOUSE / "app.py"))
_NOT_RECORDS = (".py", ".pyc", ".so", ".ttf", ".otf", ".svg")


class GuiGuard:
    """Notes every network call, wait and large read that the window's code makes on the GUI thread."""

    def __init__(self) -> None:
        self.offences: list[str] = []
        self._watching = False
        sys.addaudithook(self._audit)
        condition_wait, thread_join = threading.Condition.wait, threading.Thread.join
        run_loop = asyncio.BaseEventLoop.run_forever

        def wait(condition: threading.Condition, timeout: float | None = None) -> bool:
            if timeout is None or timeout > 0:  # with 0 it only looks, as a pool does for an idle thread
                self.note("waits for another thread")
            return condition_wait(condition, timeout)

        def join(thread: threading.Thread, timeout: float | None = None) -> None:
            if thread.is_alive():
                self.note("waits for a thread to end")
            thread_join(thread, timeout)

        def run_forever(loop: asyncio.BaseEventLoop) -> None:
            self.note("runs an event loop of its own, as HTTP would")
            run_loop(loop)

        asyncio.BaseEventLoop.run_forever = run_forever  # type: ignore[method-assign]
        threading.Condition.wait = wait  # type: ignore[method-assign]
        threading.Thread.join = join  # type: ignore[method-assign]

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note offences until the block ends."""
        self.offences.clear()
        self._watching = True
        try:
            yield
        finally:
            self._watching = False

    def note(self, what: str) -> None:
        """Note an offence if this is the GUI thread, in code of the window."""
        if not self._watching or threading.current_thread() is not threading.main_thread():
            return
        frames = list(_frames(sys._getframe(1)))
        if any(frame.f_code.co_filename.startswith(_WINDOW) for frame in frames) and not _starts_a_thread(frames):
            stack = "".join(traceback.format_stack(sys._getframe(2), limit=14))
            self.offences.append(f"the GUI thread {what}:\n{stack}")

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._watching:
            return
        if event in ("socket.connect", "socket.getaddrinfo"):
            self.note(f"does network I/O ({event})")
        elif event == "open" and isinstance(arguments[0], str) and not arguments[0].endswith(_NOT_RECORDS):
            reads = not any(letter in str(arguments[1] or "") for letter in "wax")
            if reads and _size(arguments[0]) > LARGE:
                self.note(f"reads a large file ({Path(arguments[0]).name})")


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _starts_a_thread(frames: list[FrameType]) -> bool:
    """Thread.start waits until the new thread runs: that is Python's own doing and no wait for its work."""
    return any(f.f_code.co_name == "start" and f.f_code.co_filename == threading.__file__ for f in frames)


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


class LogWatch(logging.Handler):
    """Collects every record of WARNING or above that no pattern allows."""

    def __init__(self, allowed: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._allowed = [re.compile(pattern) for pattern in allowed]
        self.unexpected: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{record.name}: {record.getMessage()}"
        except Exception as error:  # a wrong log call is unexpected too
            line = f"{record.name}: {record.msg} ({error})"
        if not any(pattern.search(line) for pattern in self._allowed):
            self.unexpected.append(f"{record.levelname} {line}")


def leftover_threads(before: set[threading.Thread], patience: float = 3.0) -> list[str]:
    """Names of threads that were not there before and do not end by themselves within `patience` seconds.

    One that took the place of a thread of the same name (a server that outlasts the test and came back) is none.
    """
    deadline = time.monotonic() + patience
    for thread in set(threading.enumerate()) - before:
        if not any(former.name == thread.name and not former.is_alive() for former in before):
            thread.join(max(0.0, deadline - time.monotonic()))
    names = Counter(thread.name for thread in threading.enumerate())
    return sorted((names - Counter(thread.name for thread in before)).elements())


def leftover_qt_work() -> list[str]:
    """Timers that still run and pool jobs that do not end, as text."""
    from PySide6.QtCore import QThreadPool, QTimer

    left = []
    for thing in gc.get_objects():
        if type(thing) is QTimer and _running(thing):
            left.append(f"a running QTimer ({thing.objectName() or thing.interval()} ms)")
    if not QThreadPool.globalInstance().waitForDone(3000):
        left.append("a job in the thread pool")
    return left


def _running(timer: Any) -> bool:
    try:
        return bool(timer.isActive())
    except RuntimeError:  # its C++ side is gone already
        return False
