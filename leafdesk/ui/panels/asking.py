"""A question to Leaf that somebody asks now: the button, how it stands, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget
from shiboken6 import isValid

from leafdesk.ui.parts import label, row, set_role
from leafdesk.ui.theme import STEP
from leafdesk.ui.trouble import plain

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow


class Asking(QWidget):
    """A button with a sentence beside it, at the right of a heading or (`first`) at the left of a column.

    One question at a time, the next one after it; the window goes on meanwhile.

    Parts for tests: `button`, `said`.
    """

    def __init__(self, window: MainWindow, button: QPushButton, *, first: bool = False) -> None:
        super().__init__()
        self.window_, self.button = window, button
        self.said = label("", "small", wrap=True)
        across = Qt.AlignmentFlag.AlignLeft if first else Qt.AlignmentFlag.AlignRight
        self.said.setAlignment(across | Qt.AlignmentFlag.AlignVCenter)
        self.said.setMinimumWidth(STEP * (25 if first else 35))
        self.said.hide()
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setLayout(row(button, self.said, None) if first else row(None, self.said, button))
        self.setMinimumHeight(STEP * 9)  # two lines of words: nothing jumps when something is said
        self.busy = False
        self._later: list[Callable[[], None]] = []

    def ask(
        self, *questions: Callable[[], Future[Any]], done: Callable[[list[Any]], str], meanwhile: str = "Asking Leaf…"
    ) -> None:
        """Ask one after the other, saying `meanwhile`; `done` takes the answers and says what came of it.

        The first that goes wrong ends it, and why is said; what was answered until then is here.
        """
        if self.busy:
            self._later.append(partial(self.ask, *questions, done=done, meanwhile=meanwhile))
        else:
            self._next(questions, [], done, meanwhile)

    def _next(
        self,
        questions: Sequence[Callable[[], Future[Any]]],
        answers: list[Any],
        done: Callable[[list[Any]], str],
        meanwhile: str,
    ) -> None:
        at, many = len(answers), len(questions)
        if at == many:
            self._stand(False, "")
            self.say(done(answers))  # it may ask for more
            self._go_on()
            return
        self._stand(True, f"{meanwhile} {at + 1:,} of {many:,}" if many > 1 else meanwhile)
        self.window_.bridge.then(
            questions[at](),
            lambda answer: self._next(questions, [*answers, answer], done, meanwhile) if isValid(self) else None,
            lambda error: self._failed(error) if isValid(self) else None,  # a sheet may be closed by now
        )

    def _failed(self, error: BaseException) -> None:
        self._stand(False, why(error), "error")
        self._go_on()

    def _go_on(self) -> None:
        """Ask what somebody wished meanwhile."""
        if self._later and not self.busy:
            self._later.pop(0)()

    def _stand(self, busy: bool, text: str, role: str = "small") -> None:
        self.busy = busy
        self.button.setEnabled(not busy)
        set_role(self.said, role)
        self.say(text)

    def say(self, text: str) -> None:
        """Say something beside the button."""
        self.said.setText(text)
        self.said.setVisible(bool(text))
        self.said.setToolTip(text)


def why(error: BaseException) -> str:
    """Why Leaf did not answer, and what is safe."""
    if isinstance(error, KeyError):
        return "Leaf does not have this yet; a sync sends it."
    return plain(error)
