"""What a filter needs of Leaf before it can answer: files not fetched yet, or a choice that only Leaf can make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from leafdesk.records import Kind
from leafdesk.ui import words
from leafdesk.ui.panels.asking import Asking
from leafdesk.ui.parts import button, label, row
from leafdesk.ui.theme import STEP

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow

AT_ONCE = 200
"""The files of so many fields are fetched at one click: a question to Leaf for each."""
SETTLE_MS = 400
"""Somebody who types a day is not done with its first figure."""


class Needs(QWidget):
    """A line under the filters, hidden while they need nothing. `answered`: there is more to answer with.

    Parts for tests: `said`, `asking`.
    """

    answered = Signal()

    def __init__(self, window: MainWindow, kind: Kind, many: str) -> None:
        super().__init__()
        self.window_, self.kind, self.many = window, kind, many
        self.said = label("", "muted", wrap=True)
        self.asking = Asking(window, window.commands.bind(button(""), "ask-leaf"))
        self.asking.said.setMinimumWidth(STEP * 70)
        line = row(self.said, self.asking)
        line.setStretch(0, 1)
        self.setLayout(line)
        self._asks: dict[str, str] = {}
        self._ids: frozenset[str] | None = None
        self._unread: Sequence[str] = ()
        self._settled = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settled.timeout.connect(self.ask)
        window.commands["ask-leaf"].triggered.connect(lambda _=False: self.ask() if self.isVisible() else None)
        self.hide()

    # ------------------------------------------------------------------ what Leaf chooses
    def answer(self, asks: dict[str, str]) -> frozenset[str] | None:
        """The ids that Leaf chose for these filters; None without filters, or while Leaf has not answered (it is
        asked)."""
        if asks != self._asks:
            self._asks, self._ids = asks, None
            self.asking.say("")
            if asks:
                self.said.setText(
                    f"When {self.many} were made or changed, Leaf tells nobody; it chooses them itself when it is"
                    " asked. Until then this filter holds nothing back."
                )
                self._settled.start()
            self._stand()
        return self._ids if asks else None

    def _choose(self) -> None:
        asks, online = self._asks, self.window_.workspace.online

        def done(found: list[list[str]]) -> str:
            if asks != self._asks:
                self._settled.start()
                return ""
            self._ids = frozenset(id for ids in found for id in ids)
            self.said.setText(f"Leaf chose these at {datetime.now():%H:%M}.")
            self.answered.emit()
            return ""

        users = list(self.window_.lists.users)
        self.asking.ask(*(partial(online.choose, self.kind, user, asks) for user in users), done=done)

    # ------------------------------------------------------------------ what was not fetched
    def say_unread(self, fields: Sequence[str]) -> None:
        """The operation files of these fields were not fetched yet: what was done there nobody knows here."""
        self._unread = fields
        if fields:
            many = words.count(len(fields), "field")
            which = f" Ask Leaf for those of the first {AT_ONCE:,}." if len(fields) > AT_ONCE else ""
            self.said.setText(
                f"The operation files of {many} were not fetched yet, so the work there is not known here.{which}"
            )
        self._stand()

    def _fetch(self) -> None:
        online = self.window_.workspace.online

        def done(_: list[int]) -> str:
            self.answered.emit()
            return ""

        self.asking.ask(*(partial(online.files, id) for id in self._unread[:AT_ONCE]), done=done)

    # ------------------------------------------------------------------ both
    def ask(self) -> None:
        """Ask Leaf for what is needed."""
        if self.asking.busy:
            return
        if self._asks:
            self._choose()
        elif self._unread:
            self._fetch()

    def _stand(self) -> None:
        self.setVisible(bool(self._asks or self._unread))
