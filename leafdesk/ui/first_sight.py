"""The window before its parts are there: its place, the picture it had when it was closed, the turns in which it fills.

Only Qt and the standard library are on the way to this first paint.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QByteArray, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QImage, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from leafdesk.ui.memory import Memory

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
SIZE, LEAST = (1400, 860), (900, 560)
"""Pixels across and down of a window that was never sized, and of the smallest."""
SLICE_S = 0.008
"""So long may one turn of the event loop work; a frame at 60 Hz has 16 ms."""
ROOMS = ("workspace", "ui.theme", "ui.map.labels", "ui.map.edit", "ui.map.canvas", "ui.panels.inspector",
         "ui.panels.navigator", "ui.panels.queue", "ui.leaf_side", "ui.furniture")  # fmt: skip
"""What the parts need, each small enough to load in a turn of its own."""

LATER = (
    *("ui.tables.more", "ui.tables.panel", "ui.tables.tabs", "ui.panels.fields", "ui.panels.machine_detail"),
    *("ui.panels.machines", "ui.panels.input_detail", "ui.panels.matches", "ui.panels.work", "ui.panels.inputs"),
    *("ui.panels.provider_detail", "ui.panels.providers", "ui.panels.conflict", "ui.panels.maps"),
    "ui.dialogs.ready",
)
"""What pages, and the list of what a day without a signal needs, load on their first visit."""


def load(rooms: Iterable[str] = ROOMS) -> Iterator[None]:
    """Load what the parts need, a room in each step; before them the names of Qt, which take 15 ms to make."""
    _ = importlib.import_module("PySide6.QtCore").Qt
    yield
    for room in rooms:
        importlib.import_module(f"leafdesk.{room}")
        yield


class FirstSight(QMainWindow):
    """A window that works through `steps` as soon as it has painted, a few milliseconds in each turn."""

    _woken = Signal()

    def __init__(self, folder: Path, title: str) -> None:
        super().__init__()
        self.folder = folder
        self.memory = Memory(folder)
        self.steps: Iterator[None] = iter(())
        self._picture: QImage | None = None
        self._painted = self._begun = False
        self._unseen = QTimer(self, singleShot=True, interval=1000)  # a window that nobody sees is not painted
        self._unseen.timeout.connect(self._go)
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._work)
        self._woken.connect(self._wake)
        self._over = False
        self.setWindowTitle(title)
        self.setMinimumSize(*LEAST)
        self.resize(*SIZE)
        geometry = self.memory.get("geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)

    def show_picture(self) -> None:
        """Be a picture of what will be there, until something is shown instead."""
        self._picture = self.memory.last_window()

    def show_instead(self, whole: QWidget) -> None:
        """What was pictured is there now."""
        self._picture = None
        if self.centralWidget() is not whole:
            self.setCentralWidget(whole)
        whole.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._picture is not None and self._picture.size() == self.size() * self.devicePixelRatio():
            painter = QPainter(self)
            painter.drawImage(self.rect(), self._picture)
            painter.end()
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._go)

    def showEvent(self, event: QShowEvent) -> None:
        if not self._begun:
            self._unseen.start()

    def _go(self) -> None:
        if self._begun or not self.isVisible():
            return
        self._begun = True
        self._unseen.stop()
        self._turn.start()

    def _work(self) -> None:
        """One turn: as much as fits into a slice."""
        until = perf_counter() + SLICE_S
        for _ in self.steps:
            if not self._turn.isActive() or perf_counter() >= until:
                return
        self._turn.stop()

    def rest_until(self, future: Future[T]) -> Iterator[None]:
        """A step that takes no turns while something is being done on another thread."""
        future.add_done_callback(lambda _: self._woken.emit())
        while not future.done():
            self._turn.stop()
            yield

    def _wake(self) -> None:
        if not self._over:
            self._turn.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._over = True
        self._turn.stop()
        self._unseen.stop()
        self.memory.put("geometry", self.saveGeometry())
        event.accept()
