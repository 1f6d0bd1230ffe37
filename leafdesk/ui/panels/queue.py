"""The queue page: every change that Leaf does not have yet, its state, the reason, and the button that fixes it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QPushButton, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from leafdesk.edits import Delete
from leafdesk.ui import words
from leafdesk.ui.actions import Actions
from leafdesk.ui.bridge import Bridge
from leafdesk.ui.first_sight import SLICE_S
from leafdesk.ui.panels.hearing import Heard, MissingCard, NoticeCard, PastCard, read_missing, read_notices, read_past
from leafdesk.ui.panels.line import paint_mark
from leafdesk.ui.parts import Card, button, label, row, set_role
from leafdesk.ui.theme import STEP, Theme
from leafdesk.workspace import Changes, Item, Workspace

WIDE = STEP * 220
CANDIDATES = 4
"""So many records at Leaf are offered as the one that was made here; the command line names all."""
SCREENFUL = 8
"""So many lines are drawn at once."""
SHOWN = 60
"""So many lines are shown at first, and so many more each time somebody asks for them."""


@dataclass(frozen=True, slots=True)
class Line:
    """A queue item, and the sentence of the item it has to wait for."""

    item: Item
    after: str | None
    alone: bool = False
    """Whether it is the only one in the queue: to send only this is then to send all."""


class Queue(QFrame):
    """The page. Parts for tests: `lines` (item id → QueueLine), `items`, `note`, `more`, `notices`, `past`,
    `chosen_bar`, `together`.

    Notices come first, then what needs a person.

    Signals: `show_on_map(field id)`, `retry(item ids)`, `discard(item ids)`, `send_only(item ids)`,
    `hand_over(item ids)`, `take_back(item ids)`,
    `resolve(item id, "mine" | "theirs")`, `adopt(item id, Leaf's id)`, `heard(notice id, edits that put it right)`,
    `remove_missing()`,
    `counted(number of items, number that need a person)`.
    """

    show_on_map = Signal(str)
    retry = Signal(object)
    discard = Signal(object)
    send_only = Signal(object)
    hand_over = Signal(object)
    take_back = Signal(object)
    resolve = Signal(str, str)
    adopt = Signal(str, str)
    heard = Signal(int, object)
    remove_missing = Signal()
    counted = Signal(int, int)

    def __init__(self, bridge: Bridge, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.bridge, self.theme = bridge, theme
        self.lines: dict[str, QueueLine] = {}
        self._reading = self._stale = False
        self._undrawn: Iterator[tuple[int, tuple[str, Line]]] = iter(())
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._draw)
        self.items: list[Item] = []
        middle = QWidget()
        middle.setMaximumWidth(WIDE)
        self.column = QVBoxLayout(middle)
        self.column.setContentsMargins(STEP * 6, STEP * 6, STEP * 6, STEP * 6)
        self.column.setSpacing(STEP * 2)
        self.note = label("", "muted", wrap=True)
        heading = QVBoxLayout()
        heading.setSpacing(STEP)
        colleague = [actions.bind(button(""), key) for key in ("take-over", "hand-over")]
        heading.addLayout(row(label("Queue", "heading"), None, *colleague))
        heading.addWidget(self.note)
        self.column.addLayout(heading)
        self.column.addWidget(self._build_chosen_bar())
        self.notices: list[NoticeCard] = []
        self.missing: MissingCard | None = None
        self.told = QVBoxLayout()
        self.told.setSpacing(STEP * 2)
        self.column.addLayout(self.told)
        self.room = SHOWN
        self.more = button("")
        self.more.clicked.connect(self._show_more)
        self.more.hide()
        self.column.addLayout(row(self.more, None))
        self.past: PastCard | None = None
        self.ask_past = button("Show what was sent", "link", tip="The last changes that Leaf got or you discarded")
        self.ask_past.clicked.connect(self._toggle_past)
        self.column.addLayout(row(self.ask_past, None))
        self.column.addStretch(1)
        inside = QWidget()
        across = row(None, middle, None, gap=0)
        across.setStretch(1, 100)
        inside.setLayout(across)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        whole = QStackedLayout(self)
        whole.addWidget(scroll)
        bridge.changed.connect(self._changed)
        bridge.sync_ended.connect(lambda _: bridge.read(read_missing, self._show_missing))

    def load(self) -> None:
        """Read the queue (off this thread); while one reading of a long one is under way, one more waits, not ten."""
        self._stale = True
        if not self._reading:
            self._read_lines()
        self.bridge.read(read_notices, self._hear)
        self.bridge.read(read_missing, self._show_missing)
        if self.past is not None:
            self.bridge.read(read_past, self._show_past)

    def _read_lines(self) -> None:
        room, self._stale, self._reading = self.room, False, True
        self.bridge.read(lambda workspace: _read(workspace, room), self._was_read, self._was_not_read)

    def _was_read(self, lines: list[Line]) -> None:
        self._reading = False
        self._take(lines)
        if self._stale:
            self._read_lines()

    def _was_not_read(self, error: BaseException) -> None:
        self._reading = False
        self.bridge.failed.emit(error)

    # ------------------------------------------------------------------ notices, what was sent, several at once
    def _hear(self, found: list[Heard]) -> None:
        for card in self.notices:
            self.told.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.notices = []
        for heard in found:
            card = NoticeCard(heard)
            card.heard.clicked.connect(lambda _=False, id_=heard.notice.id: self.heard.emit(id_, ()))
            card.mend.clicked.connect(
                lambda _=False, id_=heard.notice.id, edits=heard.remedy: self.heard.emit(id_, edits)
            )
            self.notices.append(card)
            self.told.addWidget(card)

    def _show_missing(self, many: int) -> None:
        if self.missing is not None:
            self.told.removeWidget(self.missing)
            self.missing.hide()
            self.missing.deleteLater()
            self.missing = None
        if many:
            self.missing = MissingCard(many)
            self.missing.remove.clicked.connect(self.remove_missing)
            self.told.insertWidget(0, self.missing)

    def _toggle_past(self) -> None:
        if self.past is None:
            self.bridge.read(read_past, self._show_past)
        else:
            self._forget_past()
            self.ask_past.setText("Show what was sent")

    def _show_past(self, items: list[Item]) -> None:
        self._forget_past()
        self.past = PastCard(items)
        self.column.insertWidget(self.column.count() - 1, self.past)
        self.ask_past.setText("Hide what was sent")

    def _forget_past(self) -> None:
        if self.past is not None:
            self.column.removeWidget(self.past)
            self.past.hide()
            self.past.deleteLater()
            self.past = None

    def _build_chosen_bar(self) -> QWidget:
        self.chosen_bar = QWidget()
        self.chosen_note = label("", "muted")
        self.together = {
            "send": button("Send only these", tip="Send these changes and what they rest on, nothing else"),
            "retry": button("Retry", tip="Let these go again now"),
            "hand": button("Hand over", tip="Into a file for a colleague, with what they rest on"),
            "discard": button("Discard", tip="Take these changes back, with those that rest on them"),
        }
        signals = (self.send_only, self.retry, self.hand_over, self.discard)
        for (name, made), signal in zip(self.together.items(), signals, strict=True):
            made.setObjectName(f"chosen-{name}")
            made.clicked.connect(lambda _=False, signal=signal: signal.emit(self.chosen()))
        self.chosen_bar.setLayout(row(self.chosen_note, *self.together.values(), None))
        self.chosen_bar.hide()
        return self.chosen_bar

    def chosen(self) -> tuple[str, ...]:
        """The ids of the lines that are ticked."""
        return tuple(id_ for id_, line in self.lines.items() if line.chosen.isChecked())

    def _count_chosen(self) -> None:
        many = len(self.chosen())
        self.chosen_note.setText(f"{words.count(many, 'change')} chosen:")
        self.chosen_bar.setVisible(many > 0)

    def _show_more(self) -> None:
        self.room += SHOWN
        self.load()

    def _changed(self, changes: Changes) -> None:
        if changes.queue:
            self.load()

    def _take(self, lines: list[Line]) -> None:
        self.items = [line.item for line in lines]
        shown = {line.item.id: line for line in lines[: self.room]}
        for gone in [id_ for id_, widget in self.lines.items() if not self._same(widget, shown.get(id_))]:
            widget = self.lines.pop(gone)
            self.column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._undrawn = enumerate(shown.items())
        self._draw(SCREENFUL)
        hidden = len(lines) - len(shown)
        self.more.setText(f"Show {min(hidden, SHOWN):,} more of {words.count(hidden, 'change')} below")
        self.more.setAccessibleName(self.more.text())
        self.more.setVisible(hidden > 0)
        need = sum(item.state in ("parked", "conflict") for item in self.items)
        self._say(need)
        self.counted.emit(len(self.items), need)

    def _draw(self, many: int = 0) -> None:
        """Draw so many lines that are not there yet, and a few milliseconds more; the others in the next turns."""
        until = time.perf_counter() + SLICE_S
        for place, (id_, line) in self._undrawn:
            if id_ in self.lines:
                continue
            self.lines[id_] = QueueLine(line, self)
            self.lines[id_].chosen.toggled.connect(self._count_chosen)
            self.column.insertWidget(place + 3, self.lines[id_])
            many -= 1
            if many <= 0 and time.perf_counter() > until:
                self._turn.start()
                return
        self._count_chosen()

    def _same(self, widget: "QueueLine", line: Line | None) -> bool:
        known = widget.line
        return line is not None and (known.item.rev, known.after, known.alone) == (
            line.item.rev,
            line.after,
            line.alone,
        )

    def _say(self, need: int) -> None:
        if not self.items:
            self.note.setText("Everything you did here is at Leaf. Changes made without a connection wait here.")
            return
        text = f"{words.count(len(self.items), 'change')} that Leaf does not have yet."
        text += " Nothing here is ever dropped by itself."
        if away := sum(item.handed is not None for item in self.items):
            text += f" {words.count(away, 'change is', 'changes are')} in a colleague's hands."
        if need:
            text += f" {words.count(need, 'change needs', 'changes need')} a decision of yours; the others go on."
        self.note.setText(text)


class QueueLine(Card):
    """One change. Parts for tests: `state`, `sentence`, `reason`, `buttons` (by "retry", "discard", "show", …)."""

    def __init__(self, line: Line, queue: Queue) -> None:
        super().__init__()
        self.line = line
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
        self.column.setContentsMargins(STEP * 4, STEP * 3, STEP * 4, STEP * 3)
        self.chosen = QCheckBox()
        self.chosen.setAccessibleName(f"Choose {item.sentence}")
        self.chosen.setToolTip("Choose this change, to send, retry or discard several together")
        self.column.addLayout(row(Sign(item.state, queue.theme), self.state, None, when, self.chosen))
        self.column.addWidget(self.sentence)
        self.column.addWidget(self.reason)
        self._build_buttons(queue)
        self.column.addSpacing(STEP)
        self.column.addLayout(row(*self.buttons.values(), None))

    def _build_buttons(self, queue: Queue) -> None:
        item, id_ = self.line.item, self.line.item.id
        candidates = (item.theirs or {}).get("candidates", []) if item.state == "conflict" else []
        self.buttons = {
            **{f"is-{one['id']}": _that_one(one, id_, queue) for one in candidates[:CANDIDATES]},
            "mine": button("Send mine again", tip="None of these is mine: send it once more")
            if candidates
            else button("Keep mine", tip="Send your change again, on top of Leaf's present copy"),
            "theirs": button("Forget mine", tip="Take my new record back; what is at Leaf stays there")
            if candidates
            else button("Take theirs", tip="Keep Leaf's copy and take your change back"),
            "send": button("Send only this", tip="Send this change and what it rests on, nothing else"),
            "retry": button("Retry", tip="Send it again now"),
            "show": button("Show on map", tip="Look at the field on the map"),
            "back": button("Take back", tip="Nobody took it over: it is yours again"),
            "discard": button("Discard", tip="Take this change back, with those that rest on it"),
        }
        self.buttons["mine"].clicked.connect(lambda: queue.resolve.emit(id_, "mine"))
        self.buttons["theirs"].clicked.connect(lambda: queue.resolve.emit(id_, "theirs"))
        self.buttons["retry"].clicked.connect(lambda: queue.retry.emit((id_,)))
        self.buttons["send"].clicked.connect(lambda: queue.send_only.emit((id_,)))
        self.buttons["show"].clicked.connect(lambda: queue.show_on_map.emit(item.record_id))
        self.buttons["back"].clicked.connect(lambda: queue.take_back.emit((id_,)))
        self.buttons["discard"].clicked.connect(lambda: queue.discard.emit((id_,)))
        shown = {
            **{name: True for name in self.buttons if name.startswith("is-")},
            "send": item.state == "waiting" and not self.line.alone,
            "mine": item.state == "conflict",
            "theirs": item.state == "conflict",
            "retry": item.state == "parked" or (item.state == "waiting" and item.attempts > 0),
            "show": item.kind == "fields" and not isinstance(item.edit, Delete),
            "back": item.handed is not None,
            "discard": item.state != "conflict" and item.handed is None,
        }
        for name, made in self.buttons.items():
            made.setObjectName(f"queue-{name}")
            if not shown[name]:  # to show one that stands nowhere yet would open it as a window of its own
                made.hide()
        if item.state == "sent":
            self.buttons["discard"].setEnabled(False)
            self.buttons["discard"].setToolTip("It has left; wait until Leaf's answer is known.")
        if item.state == "conflict":
            set_role(self.buttons["mine"], "choice")
            set_role(self.buttons["theirs"], "choice")


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
        self._mark = {"waiting": "pending", "sent": "pending", "parked": "parked"}.get(state, "conflict")
        self._theme = theme
        self.setFixedSize(QSize(STEP * 3, STEP * 3))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_mark(painter, QPointF(self.width() / 2, self.height() / 2), self._mark, self._theme.colours)
        painter.end()


def _reason(line: Line) -> str:
    if line.item.reason:
        return line.item.reason
    return f"Goes after: {line.after}" if line.after else ""


def _read(workspace: Workspace, room: int) -> list[Line]:
    if workspace.account is None:
        return []
    outbox = workspace.outbox
    lines, items = [], outbox.items()
    alone = len(items) == 1
    for place, item in enumerate(sorted(items, key=lambda item: item.state not in ("parked", "conflict"))):
        before = outbox.blocker(item) if item.state == "waiting" and place < room else None
        lines.append(Line(item, before.sentence if before else None, alone))
    return lines
