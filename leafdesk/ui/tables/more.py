"""The rarer filters of a list of records, floating under their button: lists, lines, times, and the work done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from leafdesk.ui.parts import Picker, button, label, row
from leafdesk.ui.tables.declare import More, Pick, Table, Typed, When
from leafdesk.ui.tables.when import WhenPicker
from leafdesk.ui.theme import STEP
from leafdesk.workspace import Span, Tables, Where, Work

MOST = 1000
"""So many values of an attribute are offered, the commonest first."""
WORK = "work."
"""Before the keys of what is asked of the work."""
Choices = dict[str, list[tuple[str, int]]]


class MoreFilters(QFrame):
    """`narrow(where)` adds what is asked for; `changed` tells that it is another.

    `extra`: lists that stand elsewhere over a table and here over another list of the same records. Parts for tests:
    `parts` by key, those of the work with WORK before it.
    """

    changed = Signal()

    def __init__(self, table: Table, parent: QWidget, extra: Sequence[Pick] = ()) -> None:
        super().__init__(parent)
        self.setObjectName("moreFilters")
        self.setAccessibleName(f"More filters of {table.plural}")
        self.table = table
        self.declared: dict[str, More] = {one.key: one for one in (*extra, *table.more)}
        self.declared |= {f"{WORK}{one.key}": one for one in table.work}
        self.parts: dict[str, Picker | QLineEdit | WhenPicker] = {}
        self._opener: QWidget | None = None
        sides = QHBoxLayout()
        sides.setSpacing(STEP * 6)
        plain = [key for key in self.declared if not key.startswith(WORK)]
        sides.addLayout(self._column("", plain))
        if table.work:
            sides.addLayout(
                self._column("Work on the field: one file has to answer all", list(self.declared)[len(plain) :])
            )
        self.done = button("Done")
        self.done.clicked.connect(self.leave)
        self.clear = button("Clear these", "link", tip="Take all of these filters away")
        self.clear.clicked.connect(self.reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(STEP * 4, STEP * 4, STEP * 4, STEP * 3)
        column.setSpacing(STEP * 3)
        column.addLayout(sides)
        column.addLayout(row(self.clear, None, self.done))
        self.changed.connect(self._follow)
        self._follow()
        QApplication.instance().focusChanged.connect(self._focus)  # type: ignore[union-attr]
        self.hide()

    def _column(self, heading: str, keys: Sequence[str]) -> QVBoxLayout:
        column, lines = QVBoxLayout(), QGridLayout()
        lines.setHorizontalSpacing(STEP * 3)
        lines.setVerticalSpacing(STEP * 2)
        if heading:
            column.addWidget(label(heading, "small"))
        for place, key in enumerate(keys):
            part = self.parts[key] = self._part(self.declared[key])
            part.setObjectName(f"more-{key}")
            part.setFixedWidth(STEP * 56)
            title = label(self.declared[key].title, "muted")
            lines.addWidget(title, place, 0, Qt.AlignmentFlag.AlignTop)
            title.setFixedHeight(STEP * 8)
            lines.addWidget(part, place, 1)
        column.addLayout(lines)
        column.addStretch(1)
        return column

    def _part(self, one: More) -> Picker | QLineEdit | WhenPicker:
        if isinstance(one, When):
            when = WhenPicker(one.title, exact=one.exact)
            when.changed.connect(self.changed)
            return when
        if isinstance(one, Typed):
            line = QLineEdit(placeholderText="Exactly as it is there", clearButtonEnabled=True)
            line.setAccessibleName(one.title)
            line.textChanged.connect(self.changed)
            return line
        made = Picker()
        made.setAccessibleName(one.title)
        made.addItem("All", None)
        for value in one.offers:
            made.addItem(one.words(value), value)
        made.currentIndexChanged.connect(self.changed)
        return made

    # ------------------------------------------------------------------ what is asked for
    def narrow(self, where: Where) -> Where:
        """`where`, narrowed by what stands here; not by what only Leaf can answer (see `asks`)."""
        values, spans, work = dict(where.values), dict(where.spans), dict[str, str | Span]()
        for key, one in self.declared.items():
            asked = self._asked(key)
            if asked is None or (isinstance(one, When) and one.asks):
                continue
            if key.startswith(WORK):
                work[one.key] = asked  # type: ignore[assignment]
            elif isinstance(asked, Span):
                spans[one.key] = asked
            else:
                values[one.key] = asked
        return replace(where, values=values, spans=spans, work=Work(**work) if work else None)  # type: ignore[arg-type]

    def asks(self) -> dict[str, str]:
        """What only Leaf can answer, by the names of its filters."""
        found = dict[str, str]()
        for key, one in self.declared.items():
            span = self._asked(key) if isinstance(one, When) and one.asks else None
            if isinstance(one, When) and isinstance(span, Span):
                exact = one.exact and span.after == span.before
                ends = {"": span.after} if exact else {"after_": span.after, "before_": span.before}
                found |= {f"{end}{one.asks}": text for end, text in ends.items() if text}
        return found

    def _asked(self, key: str) -> str | int | bool | Span | None:
        one, part = self.declared[key], self.parts[key]
        if isinstance(part, WhenPicker):
            span = part.span()
            return None if span == Span() else span
        if isinstance(part, QLineEdit):
            return part.text().strip() or None
        picked = part.currentData()
        return None if picked is None else cast(Pick, one).of(picked)

    def in_force(self) -> dict[str, str]:
        """By key, in words: `Changed: last 7 days`."""
        return {key: f"{self._title(key)}: {self._said(key)}" for key in self.parts if self._asked(key) is not None}

    def _title(self, key: str) -> str:
        title = self.declared[key].title
        return f"Work, {title.lower()}" if key.startswith(WORK) and title != "Work" else title

    def _said(self, key: str) -> str:
        part = self.parts[key]
        if isinstance(part, WhenPicker):
            return part.said()
        return part.text().strip() if isinstance(part, QLineEdit) else part.currentText().partition("  ·  ")[0]

    def take_away(self, key: str) -> None:
        """One filter is not in force any more."""
        part = self.parts[key]
        if isinstance(part, WhenPicker):
            part.reset()
        elif isinstance(part, QLineEdit):
            part.clear()
        else:
            part.setCurrentIndex(0)

    def reset(self) -> None:
        """None of them is in force."""
        with QSignalBlocker(self):
            for key in self.parts:
                self.take_away(key)
        self.changed.emit()

    def _follow(self) -> None:
        self.clear.setEnabled(bool(self.in_force()))

    # ------------------------------------------------------------------ what is offered
    def read(self, tables: Tables) -> Choices:
        """The values that there are; on the reading thread."""
        found = Choices()
        for key, one in self.declared.items():
            if isinstance(one, Pick) and not one.offers:
                attribute = _OF_FILES.get(one.key, one.key)
                kind = "files" if key.startswith(WORK) else self.table.kind
                found[key] = tables.choices(kind, attribute)[:MOST]
        return found

    def offer(self, found: Choices) -> None:
        """Put them into the lists; what is picked stays picked."""
        for key, one in self.declared.items():
            if isinstance(one, Pick) and not one.offers:
                self._fill(cast(Picker, self.parts[key]), one, found.get(key, []))

    def _fill(self, picker: Picker, pick: Pick, choices: list[tuple[str, int]]) -> None:
        picked, chosen = picker.currentData(), picker.currentText()
        lines = [(f"{pick.words(value)}  ·  {many:,}", value) for value, many in choices]
        if picked is not None and all(value != picked for _, value in lines):
            lines.append((chosen, picked))
        with QSignalBlocker(picker):
            picker.clear()
            picker.addItem("All" if lines else "None is here", None)
            for text, value in lines:
                picker.addItem(text, value)
            picker.setCurrentIndex(max(0, picker.findData(picked)))

    # ------------------------------------------------------------------ coming and going
    def open_under(self, opener: QWidget) -> None:
        """Show it under the button that opens it, ready for the keyboard."""
        if self._opener is not opener:
            opener.installEventFilter(self)
        self._opener = opener
        self.setParent(opener.window())
        self._place()
        self.show()
        self.raise_()
        next(iter(self.parts.values())).setFocus(Qt.FocusReason.PopupFocusReason)

    def _place(self) -> None:
        """Under its button, and whole within the window."""
        opener = self._opener
        if opener is None:
            return
        self.adjustSize()
        window = opener.window()
        at = opener.mapTo(window, opener.rect().bottomLeft() + QPoint(0, STEP))
        x = max(STEP * 2, min(at.x(), window.width() - self.width() - STEP * 2))
        self.move(x, max(STEP * 2, min(at.y(), window.height() - self.height() - STEP * 2)))

    def leave(self) -> None:
        """Close, and give the keyboard back to the button."""
        self.hide()
        if self._opener is not None:
            self._opener.setFocus(Qt.FocusReason.PopupFocusReason)

    def _focus(self, _: QWidget | None, now: QWidget | None) -> None:
        here = now is not None and now.window() is self.window()  # the window of a list that is open belongs to it
        if self.isVisible() and here and now is not self._opener and not self.isAncestorOf(now):  # type: ignore[arg-type]
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide and watched is self._opener:  # another page came
            self.hide()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.leave()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._place()
        return super().event(event)


_OF_FILES = {"crop": "crops", "variety": "varieties"}
"""Where an operation file keeps what Work asks for."""
