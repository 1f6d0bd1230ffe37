"""Collects Python's cyclic garbage in the window's own thread, a little at a time."""

from __future__ import annotations

import gc
import sys
import time

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

_ROUND_MS, _LONG_ROUND = 1_000, 30
"""A look every second; at all that is not put by, every thirtieth time."""
_BULK = 20_000
"""So many new objects within a round are records that were read, not widgets that were left."""
_TOO_LONG_S = 0.005
_SPRING_CLEANING_S = 600.0
_SLICE_S = 0.0005
"""Another thread gives the interpreter back after so long; Python's own 5 ms are a third of a frame at every call."""


class Collector(QObject):
    """Takes the place of Python's own collector while it lives.

    That one runs in whichever thread happens to make one object too many. A widget in a cycle would be destroyed there,
    which ends in a crash inside Qt; and with 50,000 fields in memory it stops every thread for 100 to 200 ms at a time.
    What was read in bulk, and what lived through a round that took long, is put by (`gc.freeze`): it goes when nobody
    holds it any more, and cycles in it are looked for only while another program's window is in front.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._round = 0
        self._cleaned = time.monotonic()
        self.clock = QTimer(self)
        self.clock.timeout.connect(self.go_round)

    def begin(self) -> None:
        """From now on garbage is collected here only."""
        gc.disable()
        gc.freeze()
        sys.setswitchinterval(_SLICE_S)
        self.clock.start(_ROUND_MS)

    def go_round(self) -> None:
        """Collect what is new, and now and then what is older."""
        self._round += 1
        if gc.get_count()[0] > _BULK:
            gc.freeze()
        elif self._round % _LONG_ROUND:
            gc.collect(1)
        else:
            began = time.perf_counter()
            gc.collect()
            if time.perf_counter() - began > _TOO_LONG_S:
                gc.freeze()
        if self._unseen() and time.monotonic() - self._cleaned > _SPRING_CLEANING_S:
            self.clean_all()

    def clean_all(self) -> None:
        """Look at everything, which takes long where there is much."""
        self._cleaned = time.monotonic()
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    def _unseen(self) -> bool:
        from PySide6.QtCore import Qt  # its enums take 15 ms to make: not before the first paint

        return QGuiApplication.applicationState() != Qt.ApplicationState.ApplicationActive
