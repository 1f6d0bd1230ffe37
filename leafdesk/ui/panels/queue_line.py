"""One change in the queue: its sentence, state and reason, and the buttons that fix it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from leafdesk.edits import Change, Create, Delete, Redraw
from leafdesk.records import word
from leafdesk.ui import words
from leafdesk.ui.panels.answers import ANSWERS, sort_of
from leafdesk.ui.panels.line import paint_mark
from leafdesk.ui.parts import Card, button, label, row, set_role
from leafdesk.ui.theme import STEP, Theme
from leafdesk.ui.ticks import tick_box
from leafdesk.workspace import Item
from leafdesk.workspace.clashes import comparable

if TYPE_CHECKING:
    from leafdesk.ui.panels.queue import Queue

CANDIDATES = 4
"""So many records at Leaf are offered as the one that was made here; the command line names all."""
FIRST = ("decide", "edit", "rename", "retry", "show")
"""What Enter does: the first of these that there is."""


@dataclass(frozen=True, slots=True)
class Line:
    """A queue item, and the sentence of the item it has to wait for."""

    item: Item
    after: str | None
    alone: bool = False
    """Whether it is the only one in the queue: to send only this is then to send all."""
    never: str = ""
    """Why Leaf would refuse it once more, as the record stands now."""


class QueueLine(Card):
    """One change. Parts for tests: `state`, `sentence`, `reason`, `advice`, `buttons` (by "retry", "discard", …).

    With the keyboard on it: up and down go to other lines, Space ticks it (Ctrl+A all), Enter does what comes first.
    """

    def __init__(self, line: Line, queue: Queue) -> None:
        super().__init__()
        self.line, self._queue = line, queue
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        item = line.item
        bad = item.state in ("parked", "conflict")
        self.setObjectName("queueLine")
        state = words.STATES[item.state] if item.handed is None else words.HANDED
        self.setAccessibleName(f"{item.sentence}, {state}")
        self.state = label(state, "error" if bad else "warn" if item.state == "waiting" else "muted")
        when = label(words.moment(item.created), "small")
        self.sentence = label(item.sentence, "strong", wrap=True, select=True)
        self.reason = label(_reason(line), "muted", wrap=True, select=True)
        if not self.reason.text():
            self.reason.hide()
        self.advice = label(advice(line), "small", wrap=True)
        self.advice.setHidden(not self.advice.text())
        self.setAccessibleDescription(f"{self.reason.text()} {self.advice.text()}".strip())
        self.column.setContentsMargins(STEP * 4, STEP * 3, STEP * 4, STEP * 3)
        self.chosen = tick_box()
        self.chosen.setAccessibleName(f"Choose {item.sentence}")
        self.chosen.setToolTip("Choose this change, to send, retry or discard several together")
        self.column.addLayout(row(Sign(item.state, queue.theme), self.state, None, when, self.chosen))
        self.column.addWidget(self.sentence)
        self.column.addWidget(self.reason)
        self.column.addWidget(self.advice)
        self._build_buttons(queue)
        self.column.addSpacing(STEP)
        self.column.addLayout(row(*self.buttons.values(), None))

    def _build_buttons(self, queue: Queue) -> None:
        item, id_ = self.line.item, self.line.item.id
        candidates = (item.theirs or {}).get("candidates", []) if item.state == "conflict" else []
        said = ANSWERS[sort_of(item)]
        self.buttons = {
            **{f"is-{one['id']}": _that_one(one, id_, queue) for one in candidates[:CANDIDATES]},
            "decide": button("Compare and decide", "primary", tip="Look at both sides, then choose (Enter)"),
            "mine": button(said["mine"][0], tip=said["mine"][1].format(thing=word(item.kind))),
            "theirs": button(said["theirs"][0], tip=said["theirs"][1]),
            "send": button("Send only this", tip="Send this change and what it rests on, nothing else"),
            "edit": button("Edit boundary", tip="Change the boundary on the map; it goes again then"),
            "rename": button("Rename", tip="Give it another name; it goes again then"),
            "retry": button("Retry", tip="Send it again now"),
            "show": button("Show on map", tip="Look at the field on the map"),
            "back": button("Take back", tip="Nobody took it over: it is yours again"),
            "discard": button("Discard", tip="Take this change back, with those that rest on it"),
        }
        self.buttons["decide"].clicked.connect(lambda: queue.decide.emit(id_))
        self.buttons["mine"].clicked.connect(lambda: queue.resolve.emit(id_, "mine"))
        self.buttons["theirs"].clicked.connect(lambda: queue.resolve.emit(id_, "theirs"))
        for key in ("edit", "rename"):
            self.buttons[key].clicked.connect(lambda _=False, key=key: queue.mend.emit(key, item.record_id))
        self.buttons["retry"].clicked.connect(lambda: queue.retry.emit((id_,)))
        self.buttons["send"].clicked.connect(lambda: queue.send_only.emit((id_,)))
        self.buttons["show"].clicked.connect(lambda: queue.show_on_map.emit(item.record_id))
        self.buttons["back"].clicked.connect(lambda: queue.take_back.emit((id_,)))
        self.buttons["discard"].clicked.connect(lambda: queue.discard.emit((id_,)))
        shown = {
            **{name: True for name in self.buttons if name.startswith("is-")},
            "send": item.state == "waiting" and not self.line.alone,
            "decide": comparable(item),
            "mine": item.state == "conflict",
            "theirs": item.state == "conflict",
            "edit": item.state == "parked" and _draws(item) and not self.line.never,
            "rename": item.state == "parked" and _names(item) and not self.line.never,
            "retry": item.state == "parked" or (item.state == "waiting" and item.attempts > 0),
            "show": item.kind == "fields" and not isinstance(item.edit, Delete),
            "back": item.handed is not None,
            "discard": item.state != "conflict" and item.handed is None,
        }
        for name, made in self.buttons.items():
            made.setObjectName(f"queue-{name}")
            if not shown[name]:  # to show one that stands nowhere yet would open it as a window of its own
                made.hide()
        self._first = next((name for name in FIRST if shown.get(name)), "")
        if item.state == "sent":
            self.buttons["discard"].setEnabled(False)
            self.buttons["discard"].setToolTip("It has left; wait until Leaf's answer is known.")
        if item.state == "conflict":
            set_role(self.buttons["mine"], "choice")
            set_role(self.buttons["theirs"], "choice")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._first:
            self.buttons[self._first].click()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._queue.choose_all()
        elif key == Qt.Key.Key_Space:
            self.chosen.toggle()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._queue.step_from(self, 1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)


def advice(line: Line) -> str:
    """What a person may do about it, or that nothing has to be done."""
    item = line.item
    if item.state == "parked" and line.never:
        return f"{line.never} Discard takes this back, and you see what Leaf has. The other changes go on."
    if item.state == "parked":
        mend = "Put right what Leaf says and it goes again" if _draws(item) or _names(item) else "Retry sends it again"
        if "invalidGeometry" in (item.reason or ""):
            mend = "Edit boundary, and there Repair boundary, may put it right; then it goes again"
        return f"{mend}. Discard takes it back, and you see what Leaf has. The other changes go on."
    if item.handed is not None:
        return "Nothing to do. Should nobody have taken it over, take it back."
    if item.state == "sent":
        return "Nothing to do: Leafdesk looks by itself whether it arrived, and never sends it twice."
    if item.state == "waiting" and item.attempts:
        return "Nothing to do: it goes again with the next sync."
    return ""


def _draws(item: Item) -> bool:
    """Whether it says where a field lies."""
    return isinstance(item.edit, Redraw) or (isinstance(item.edit, Create) and item.kind == "fields")


def _names(item: Item) -> bool:
    """Whether it says how a field is called."""
    named = isinstance(item.edit, Change) and "name" in dict(item.edit.values)
    return item.kind == "fields" and (named or isinstance(item.edit, Create))


def _that_one(candidate: dict[str, str], item_id: str, queue: Queue) -> QPushButton:
    """The button that says which record at Leaf the new one is."""
    made = button(
        f"“{candidate['name']}” ({candidate['id']}) is mine", "choice", tip="This record at Leaf is the one I made"
    )
    made.clicked.connect(lambda: queue.adopt.emit(item_id, candidate["id"]))
    return made


class Sign(QWidget):
    """A queue state by its shape: dot, ring, square, diamond."""

    def __init__(self, state: str, theme: Theme) -> None:
        super().__init__()
        self._mark = {"waiting": "pending", "sent": "", "parked": "parked"}.get(state, "conflict")
        self._theme = theme
        self.setFixedSize(QSize(STEP * 3, STEP * 3))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.width() / 2, self.height() / 2)
        if self._mark:
            paint_mark(painter, middle, self._mark, self._theme.colours)
        else:
            painter.setPen(QPen(QColor(self._theme.colours.warn), 1.6))
            painter.drawEllipse(middle, 3.2, 3.2)
        painter.end()


def _reason(line: Line) -> str:
    if line.item.reason:
        return line.item.reason
    return f"Goes after: {line.after}" if line.after else ""
