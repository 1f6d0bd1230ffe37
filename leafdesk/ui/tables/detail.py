"""What is known of one row, beside its table: its name, how it stands, its values, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from leafdesk.ui.flow import Flow
from leafdesk.ui.parts import Card, Figures, label, set_role
from leafdesk.ui.theme import STEP
from leafdesk.ui.words import MARKS
from leafdesk.workspace import Row

Lines = Sequence[tuple[str, Callable[[Row], str]]]
"""(title, its text for a row); an empty text hides the line."""


class RecordDetail(QFrame):
    """Shows a row with its lines. `body` takes what a page adds under them, `buttons` what can be done.

    Parts for tests: `title`, `under`, `banner`, `figures`, `reason`, `nothing`.
    """

    def __init__(self, nothing: str, lines: Lines, under: Callable[[Row], str] = lambda row: "") -> None:
        super().__init__()
        self.setObjectName("inspector")
        self._lines, self._under = lines, under
        self.row: Row | None = None
        self.nothing = label(nothing, "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.nothing.setContentsMargins(STEP * 4, STEP * 5, STEP * 4, 0)
        self._either = QStackedLayout(self)
        self._either.addWidget(self.nothing)
        self._page = QWidget(self)
        self._page.hide()  # until there is a row: the style of all this is worked out when it is first shown
        self._build()

    def _build(self) -> None:
        column = QVBoxLayout(self._page)
        column.setContentsMargins(STEP * 4, STEP * 4, STEP * 4, STEP * 4)
        column.setSpacing(STEP * 3)
        self.title, self.under = label("", "title", wrap=True, select=True), label("", "small", wrap=True)
        heading = QVBoxLayout()
        heading.setSpacing(0)
        heading.addWidget(self.title)
        heading.addWidget(self.under)
        column.addLayout(heading)
        self.banner = Card("banner-warn")
        self._standing = label("", "", wrap=True)
        self.banner.column.addWidget(self._standing)
        column.addWidget(self.banner)
        self.figures = Figures(**{str(place): title for place, (title, _) in enumerate(self._lines)})
        column.addWidget(self.figures)
        self.body = QVBoxLayout()
        self.body.setSpacing(STEP * 3)
        column.addLayout(self.body)
        buttons = QWidget()
        self.buttons = Flow(buttons, gap=STEP * 2)
        self.buttons.setContentsMargins(0, 0, 0, 0)
        column.addWidget(buttons)
        self.reason = label("", "small", wrap=True)
        column.addWidget(self.reason)
        column.addStretch(1)

    def _open(self) -> None:
        scroll = QScrollArea(self, widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._either.addWidget(scroll)
        scroll.setWidget(self._page)

    def show_row(self, row: Row | None) -> None:
        """Show a row; None: that none is selected."""
        self.row = row
        if row is None:
            self._either.setCurrentIndex(0)
            return
        if self._either.count() == 1:
            self._open()
        self._either.setCurrentIndex(1)
        self.title.setText(row.name or "Unnamed")
        self.under.setText(self._under(row))
        self.under.setVisible(bool(self.under.text()))
        standing = MARKS.get(row.mark, "")
        self.banner.setVisible(row.pending)
        set_role(self.banner, "banner-error" if row.mark in ("parked", "conflict") else "banner-warn")
        self._standing.style().polish(self._standing)
        self._standing.setText(f"{standing[:1].upper()}{standing[1:]}.")
        for place, (_, text) in enumerate(self._lines):
            self.figures.put(str(place), text(row))
        self.say_why("")

    def say_why(self, *reasons: str | None) -> None:
        """Say why something may not be done; each sentence once."""
        said = dict.fromkeys(reason for reason in reasons if reason)
        self.reason.setText("\n".join(said))
        self.reason.setVisible(bool(said))
