"""A hand at the real window: clicks, drags, types, and waits in the event loop until something is so."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from leafdesk.geo.view import Pixel

LEFT = Qt.MouseButton.LeftButton
PATIENCE = 60.0
"""Seconds until something that should happen counts as not happening."""
_LOOK_EVERY_MS = 5


class DidNotHoldError(Exception):
    """A step of the demo did not do what it should; the message says what was expected and what was found."""


def must(held: object, expected: str, found: object = "") -> None:
    """Raise DidNotHoldError unless `held`."""
    if not held:
        raise DidNotHoldError(f"{expected}{f'; found {found}' if found != '' else ''}")


def until(so: Callable[[], object], expected: str, patience: float = PATIENCE) -> None:
    """Let the window live until `so()`; DidNotHoldError when that does not come."""
    loop, ended = QEventLoop(), time.monotonic() + patience
    clock = QTimer()
    clock.timeout.connect(lambda: loop.quit() if so() or time.monotonic() > ended else None)
    clock.start(_LOOK_EVERY_MS)
    if not so():
        loop.exec()
    clock.stop()
    must(so(), f"within {patience:.0f} s: {expected}")


@contextmanager
def taking(watch: list[float]) -> Iterator[None]:
    """Add the seconds that the block takes to `watch`."""
    began = time.monotonic()
    yield
    watch.append(time.monotonic() - began)


def point(pixel: Pixel) -> QPoint:
    """The whole pixel that a mouse can be on."""
    return QPoint(round(pixel[0]), round(pixel[1]))


def click(widget: QWidget, pixel: Pixel, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> Pixel:
    """Move there and click with a key held or none; answers the pixel that was really clicked."""
    QTest.mouseMove(widget, point(pixel))
    QTest.mouseClick(widget, LEFT, held, point(pixel))
    return (point(pixel).x(), point(pixel).y())


def drag(widget: QWidget, start: Pixel, end: Pixel) -> None:
    """Press at one pixel, move by steps, let go at the other."""
    QTest.mouseMove(widget, point(start))
    QTest.mousePress(widget, LEFT, Qt.KeyboardModifier.NoModifier, point(start))
    for step in range(1, 9):
        part = step / 8
        QTest.mouseMove(widget, point((start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)))
    QTest.mouseRelease(widget, LEFT, Qt.KeyboardModifier.NoModifier, point(end))


def press_key(widget: QWidget, key: Qt.Key) -> None:
    """Press and let go one key."""
    QTest.keyClick(widget, key)


def type_text(widget: QWidget, text: str) -> None:
    """Type a text into the widget."""
    QTest.keyClicks(widget, text)
