"""Other colours on a window that stands: a few widgets look them up in each turn, those in sight first."""

from collections.abc import Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

SLICE_S = 0.004
"""A style sheet put on anew takes a fifth of a second for them all: a freeze, where this is some frames."""


class Redress(QObject):
    """What is seen is not painted before all of it is done, so that no picture is half light and half dark."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._left: Iterator[bool] = iter(())
        self._held: list[QWidget] = []
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._some)

    @property
    def busy(self) -> bool:
        """Whether some widgets still wear the old colours."""
        return self._timer.isActive()

    def begin(self) -> None:
        """Begin, or begin anew when the colours have changed once more."""
        self._release()
        self._held = [window for window in QApplication.topLevelWidgets() if window.isVisible()]
        for window in self._held:
            window.setUpdatesEnabled(False)
        self._left = self._look_up(_in_order())
        self._timer.start()

    def _some(self) -> None:
        until = perf_counter() + SLICE_S
        for shown in self._left:
            if shown or perf_counter() >= until:  # to paint a window anew is enough for one turn
                return
        self._timer.stop()
        self._release()

    def _look_up(self, widgets: list[QWidget]) -> Iterator[bool]:
        """One widget after the other; true when those in sight are done and are shown again."""
        seen = sum(_alive_and_visible(widget) for widget in widgets)
        for n, widget in enumerate(widgets):
            if n == seen:
                self._release()
                yield True
            try:
                style = widget.style()
                style.unpolish(widget)
                style.polish(widget)
            except RuntimeError:  # it is gone meanwhile
                continue
            yield False

    def _release(self) -> None:
        held, self._held = self._held, []
        for window in held:
            try:
                window.setUpdatesEnabled(True)
            except RuntimeError:  # closed meanwhile
                continue


def _in_order() -> list[QWidget]:
    """Every widget: those in sight first, parents before what is in them."""
    widgets = [
        widget for window in QApplication.topLevelWidgets() for widget in (window, *window.findChildren(QWidget))
    ]
    return sorted(widgets, key=lambda widget: not widget.isVisible())


def _alive_and_visible(widget: QWidget) -> bool:
    try:
        return widget.isVisible()
    except RuntimeError:
        return False
