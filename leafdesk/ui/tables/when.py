"""A stretch of time to pick: some days back from today, from or until a day, between two, or one exact time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QLineEdit, QVBoxLayout, QWidget

from leafdesk.records.instants import instant
from leafdesk.ui import words
from leafdesk.ui.parts import Picker, label, row
from leafdesk.ui.theme import STEP
from leafdesk.workspace import Span

BACK = {"today": 1, "week": 7, "month": 30, "year": 365}
"""So many days, today among them."""
MODES = {
    "": "Any time",
    "today": "Today",
    "week": "Last 7 days",
    "month": "Last 30 days",
    "year": "Last 365 days",
    "since": "Since…",
    "until": "Until…",
    "between": "Between…",
}
EXACTLY = ("at", "Exactly at…")


class WhenPicker(QWidget):
    """`span()` is what is picked; `changed` that it is another. Days are this computer's, from midnight to midnight.

    Parts for tests: `mode` (data: keys of MODES), `first`, `last` (days), `line` (an exact time as Leaf writes it).
    """

    changed = Signal()

    def __init__(self, title: str, *, exact: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mode = Picker()
        self.mode.setAccessibleName(title)
        for key, text in (*MODES.items(), *((EXACTLY,) if exact else ())):
            self.mode.addItem(text, key)
        self.first, self.last = _day(f"{title}, from", BACK["month"]), _day(f"{title}, until")
        self.to = label("–", "muted")
        self.line = QLineEdit(placeholderText="2026-01-31T12:00:00Z")
        self.line.setAccessibleName(f"{title}, the exact time in UTC")
        self.wrong = label("No time such as 2026-01-31T12:00:00Z", "error", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        column.addWidget(self.mode)
        column.addLayout(row(self.first, self.to, self.last, gap=STEP))
        column.addWidget(self.line)
        column.addWidget(self.wrong)
        self.mode.currentIndexChanged.connect(self._tell)
        self.first.dateChanged.connect(self._tell)
        self.last.dateChanged.connect(self._tell)
        self.line.textChanged.connect(self._tell)
        self._follow()

    def _tell(self) -> None:
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        mode, text = self.mode.currentData(), self.line.text().strip()
        self.first.setVisible(mode in ("since", "between"))
        self.last.setVisible(mode in ("until", "between"))
        self.to.setVisible(mode == "between")
        self.line.setVisible(mode == "at")
        self.wrong.setVisible(mode == "at" and bool(text) and instant(text) is None)

    def span(self, now: datetime | None = None) -> Span:
        """What is picked, as Leaf writes times; Span() for any time."""
        mode, (first, last) = self.mode.currentData(), self._days()
        if mode in BACK:
            return Span(after=_midnight((now or datetime.now()).date() - timedelta(days=BACK[mode] - 1)))
        if mode == "at":
            exact = self.line.text().strip()
            return Span(exact, exact) if instant(exact) else Span()
        after = _midnight(first) if mode in ("since", "between") else ""
        return Span(after, _end(last) if mode in ("until", "between") else "")

    def _days(self) -> tuple[date, date]:
        """The two days, the earlier one first where both count."""
        first, last = (date(day.year(), day.month(), day.day()) for day in (self.first.date(), self.last.date()))
        return (min(first, last), max(first, last)) if self.mode.currentData() == "between" else (first, last)

    def said(self) -> str:
        """What is picked in words: `last 7 days`, `since 1 Mar 2026`."""
        mode, (first, last) = self.mode.currentData(), (words.day(day.isoformat()) for day in self._days())
        return {
            "since": f"since {first}",
            "until": f"until {last}",
            "between": f"{first} – {last}",
            "at": self.line.text().strip(),
        }.get(mode, MODES.get(mode, "").lower())

    def reset(self) -> None:
        """Any time."""
        self.line.clear()
        self.mode.setCurrentIndex(0)


def _day(name: str, ago: int = 0) -> QDateEdit:
    made = QDateEdit(QDate.currentDate().addDays(-ago))
    made.setDisplayFormat("d MMM yyyy")
    made.setButtonSymbols(QDateEdit.ButtonSymbols.NoButtons)
    made.setAccessibleName(name)
    made.lineEdit().setTextMargins(STEP * 2, 0, 0, 0)
    return made


def _midnight(day: date) -> str:
    """When a day begins here, as Leaf writes it."""
    return f"{datetime.combine(day, time.min).astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def _end(day: date) -> str:
    """The last moment of a day here, as finely as Leaf writes times."""
    last = datetime.combine(day + timedelta(days=1), time.min).astimezone(UTC) - timedelta(seconds=1)
    return f"{last:%Y-%m-%dT%H:%M:%S}.999999999Z"
