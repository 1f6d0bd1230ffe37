"""The map's own movement: gliding on after a throw, zooming smoothly towards a goal."""

from __future__ import annotations

import math
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from leafdesk.geo.view import MAX_ZOOM, MIN_ZOOM, Pixel

_TICK_MS = 12
_ZOOM_S = 0.055
"""The rest of the way shrinks to 1/e in this time."""
_GLIDE_S = 0.18
_SLOWEST = 40.0
"""Pixels a second below which a glide ends."""


class Motion(QObject):
    """Emits small steps until it comes to rest; any new gesture stops it."""

    zoom_step = Signal(object, float)
    """Pixel to hold, zoom."""
    pan_step = Signal(float, float)
    """Pixels right and down."""
    rested = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._last = 0.0
        self._zoom: tuple[Pixel, float, float] | None = None  # held pixel, where we are, where we go
        self._speed = (0.0, 0.0)

    @property
    def zooming(self) -> bool:
        """Whether the zoom is on its way."""
        return self._zoom is not None

    def zoom_by(self, pixel: Pixel, now: float, steps: float) -> None:
        """Zoom so many octaves more (less when negative) around a pixel, from where a running zoom is going to."""
        goal = (self._zoom[2] if self._zoom else now) + steps
        self._speed = (0.0, 0.0)
        self._zoom = (pixel, now, max(MIN_ZOOM, min(MAX_ZOOM, goal)))
        self._start()

    def throw(self, dx: float, dy: float) -> None:
        """Glide on with a speed in pixels a second."""
        if math.hypot(dx, dy) > 4 * _SLOWEST:
            self._speed = (dx, dy)
            self._start()

    def stop(self) -> None:
        """Come to rest here."""
        if self._timer.isActive():
            self._timer.stop()
            self._zoom, self._speed = None, (0.0, 0.0)
            self.rested.emit()

    def arrive(self) -> None:
        """Be at the goal of a running zoom at once."""
        if self._zoom:
            pixel, _, goal = self._zoom
            self.zoom_step.emit(pixel, goal)
        self.stop()

    def _start(self) -> None:
        if not self._timer.isActive():
            self._last = perf_counter()
            self._timer.start()

    def _tick(self) -> None:
        now = perf_counter()
        passed, self._last = min(now - self._last, 0.1), now
        if self._zoom:
            pixel, at, goal = self._zoom
            at += (goal - at) * (1 - math.exp(-passed / _ZOOM_S))
            if abs(goal - at) < 1 / 96:
                self.arrive()
                return
            self._zoom = (pixel, at, goal)
            self.zoom_step.emit(pixel, at)
            return
        dx, dy = self._speed
        fade = math.exp(-passed / _GLIDE_S)
        self.pan_step.emit(dx * passed, dy * passed)
        self._speed = (dx * fade, dy * fade)
        if math.hypot(*self._speed) < _SLOWEST:
            self.stop()
