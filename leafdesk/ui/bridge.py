"""Workspace events and finished work become Qt signals on the GUI thread."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from leafdesk.geo.apart import Apart
from leafdesk.workspace import Changes, ConnectionChanged, Event, Progress, SyncEnded, Workspace

T = TypeVar("T")
BREATH_MS = 100
"""A sync has news hundreds of times a second; between two tellings the window gets so long for everything else."""


def beside(job: Callable[[], T]) -> "Future[T]":
    """Run a job once on a thread of its own: what must be done before there is a workspace to read from."""
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="leafdesk-open")
    future = pool.submit(job)
    pool.shutdown(wait=False)
    return future


class Bridge(QObject):
    """Carries what happens on the writer's and the engine's threads over to the window.

    The first event is told at once. Those that come within BREATH_MS of it are joined: any number of changes become
    one, and of progress only the last is told.
    """

    changed = Signal(object)
    """Changes: which records and whether the queue."""
    progressed = Signal(object)
    """Progress of the running sync."""
    connection_changed = Signal(object)
    """ConnectionChanged."""
    sync_ended = Signal(object)
    """SyncEnded."""
    failed = Signal(object)
    """An exception nobody took care of: a bug of ours, for the error hook."""

    _arrived = Signal()
    _finished = Signal(int)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self._events: deque[Event] = deque()
        self._lock = threading.Lock()
        self._open = True
        self._tickets = count()
        self._awaited: dict[int, tuple[object, ...]] = {}
        self._delivered: deque[tuple[object, ...]] = deque(maxlen=4)
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="leafdesk-read")
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="leafdesk-work")
        self.apart = Apart()
        """Geometry that may take long, for jobs given to `work`."""
        self._aparts = [self.apart]
        self._breath = QTimer(self, singleShot=True, interval=BREATH_MS)
        self._breath.timeout.connect(self._tell)
        self._arrived.connect(self._knock, Qt.ConnectionType.QueuedConnection)
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._stop = workspace.listen(self._take)

    # ------------------------------------------------------------------ events
    def _take(self, event: Event) -> None:
        with self._lock:
            if not self._open:
                return
            self._events.append(event)
            if len(self._events) == 1:
                self._arrived.emit()

    @Slot()
    def _knock(self) -> None:
        if not self._breath.isActive():
            self._tell()

    @Slot()
    def _tell(self) -> None:
        with self._lock:
            events = list(self._events)
            self._events.clear()
        if not events:
            return
        self._breath.start()
        changes = Changes()
        progress: Progress | None = None
        for event in events:
            if isinstance(event, Changes):
                changes |= event
            elif isinstance(event, Progress):
                progress = event
        if changes:
            self.changed.emit(changes)
        if progress is not None:
            self.progressed.emit(progress)
        for event in events:
            if isinstance(event, ConnectionChanged):
                self.connection_changed.emit(event)
            elif isinstance(event, SyncEnded):
                self.sync_ended.emit(event)

    # ------------------------------------------------------------------ work elsewhere
    def then(
        self,
        future: "Future[T]",
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
        job: object = None,
    ) -> None:
        """Call `done` with the result, or `failed` with the error, on the GUI thread; nothing after `close`.

        All of it is held here until the thread that ran the `job` has let go of it: a widget that the callables alone
        still know must not be destroyed over there.
        """
        ticket = next(self._tickets)
        self._awaited[ticket] = (done, failed, future, job)

        def finished(over: "Future[T]") -> None:
            with self._lock:
                if self._open and not over.cancelled():
                    self._finished.emit(ticket)

        future.add_done_callback(finished)

    def read(
        self,
        job: Callable[[Workspace], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Run `job(workspace)` on the reading thread (its catalog is that thread's own) and hand over what it gives."""
        if self._open:
            self.then(self._reader.submit(job, self.workspace), done, failed, job)

    def apart_for(self, seconds: float) -> Apart:
        """Another process for geometry that may take so long; it ends with the window at the latest."""
        self._aparts.append(Apart(seconds))
        return self._aparts[-1]

    def work(
        self, job: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None] | None = None
    ) -> None:
        """Run a job that may take seconds, on a thread on which nobody waits for lists; one after the other."""
        if self._open:
            self.then(self._worker.submit(job), done, failed, job)

    @Slot(int)
    def _deliver(self, ticket: int) -> None:
        if not self._open:
            return
        awaited: tuple[Any, ...] = self._awaited.pop(ticket)
        self._delivered.append(awaited)
        done, failed, future, _ = awaited
        error = future.exception()
        if error is None:
            done(future.result())
        elif failed is not None:
            failed(error)
        else:
            self.failed.emit(error)

    def close(self) -> None:
        """Tell nothing more and let the threads end; a reading under way is not waited for, geometry is broken off."""
        with self._lock:
            self._open = False
            self._events.clear()
        self._breath.stop()
        self._stop()
        self._reader.shutdown(wait=False, cancel_futures=True)
        self._worker.shutdown(wait=False, cancel_futures=True)
        for apart in self._aparts:
            apart.close()
