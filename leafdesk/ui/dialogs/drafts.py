"""The list of drawings that are not kept yet: to go on with, or to throw away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from leafdesk.ui import words
from leafdesk.ui.lists import Lists
from leafdesk.ui.parts import Card, button, label, row
from leafdesk.ui.theme import STEP

if TYPE_CHECKING:
    from leafdesk.workspace import OpenDrawing


class DraftsList(QDialog):
    """Parts for tests: `go_on` and `throw_away`, buttons by the draft's id."""

    wanted = Signal(object)
    """Go on with this draft."""
    unwanted = Signal(object)
    """Throw this draft away."""

    def __init__(self, parent: QWidget, lists: Lists, drafts: list[OpenDrawing]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Drafts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.go_on: dict[str, QPushButton] = {}
        self.throw_away: dict[str, QPushButton] = {}
        self._left = len(drafts)
        column = QVBoxLayout(self)
        column.setContentsMargins(STEP * 6, STEP * 5, STEP * 6, STEP * 5)
        column.setSpacing(STEP * 3)
        column.addWidget(label("Drawings that are not kept yet", "title"))
        about = "None of them is in the queue. They wait here until you go on with them or throw them away."
        column.addWidget(label(about if drafts else "There are no drafts.", "muted", wrap=True))
        for draft in drafts:
            column.addWidget(self._line(draft, lists))
        later = button("Later" if drafts else "Close")
        later.clicked.connect(self.reject)
        column.addLayout(row(None, later))
        next(iter(self.go_on.values()), later).setFocus()  # and not what throws one away
        self.setFixedWidth(STEP * 120)

    def _line(self, draft: OpenDrawing, lists: Lists) -> QWidget:
        known = lists.rows.get(draft.field_id)
        name = "New field" if not draft.field_id else f"Boundary of {known.name if known else 'a field that is gone'}"
        steps = words.count(len(draft.names), "step")
        card = Card()
        go_on, throw_away = button("Go on", "primary"), button("Throw away", "quiet")
        self.go_on[draft.id], self.throw_away[draft.id] = go_on, throw_away
        go_on.setAccessibleName(f"Go on with {name}")
        throw_away.setAccessibleName(f"Throw away {name}")

        def resume() -> None:
            self.accept()
            self.wanted.emit(draft)

        def forget() -> None:
            self.unwanted.emit(draft)
            card.hide()
            self._left -= 1
            if not self._left:
                self.accept()

        go_on.clicked.connect(lambda _=False: resume())
        throw_away.clicked.connect(lambda _=False: forget())
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(label(name, "strong"))
        said.addWidget(label(f"{steps} · begun {words.moment(draft.made)}", "small"))
        line = row(None, throw_away, go_on)
        line.insertLayout(0, said)
        card.column.addLayout(line)
        return card
