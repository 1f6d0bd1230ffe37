"""The queue page: every change that Leaf does not have yet, its state, the reason, and the button that fixes it."""

import time
from collections.abc import Iterator

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from leafdesk.edits import Change, Redraw
from leafdesk.ui import words
from leafdesk.ui.actions import Actions
from leafdesk.ui.bridge import Bridge
from leafdesk.ui.first_sight import SLICE_S
from leafdesk.ui.panels.hearing import Heard, MissingCard, NoticeCard, PastCard, read_missing, read_notices, read_past
from leafdesk.ui.panels.queue_line import Line, QueueLine
from leafdesk.ui.parts import button, label, row
from leafdesk.ui.theme import STEP, Theme
from leafdesk.workspace import Changes, Item, Workspace

WIDE = STEP * 220
SCREENFUL = 8
"""So many lines are drawn at once."""
SHOWN = 60
"""So many lines are shown at first, and so many more each time somebody asks for them."""


class Queue(QFrame):
    """The page. Parts for tests: `lines` (item id → QueueLine), `items`, `note`, `more`, `notices`, `past`,
    `chosen_bar`, `together`.

    Notices come first, then what needs a person.

    Signals: `show_on_map(field id)`, `retry(item ids)`, `discard(item ids)`, `send_only(item ids)`,
    `hand_over(item ids)`, `take_back(item ids)`,
    `resolve(item id, "mine" | "theirs")`, `adopt(item id, Leaf's id)`, `decide(item id)` (look at both sides),
    `mend(action, field id)`: rename it or edit its boundary, `heard(notice id, edits that put it right)`,
    `look_at(Heard)`: what a notice is about, `remove_missing()`,
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
    decide = Signal(str)
    mend = Signal(str, str)
    heard = Signal(int, object)
    look_at = Signal(object)
    remove_missing = Signal()
    counted = Signal(int, int)

    def __init__(self, bridge: Bridge, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.bridge, self.theme = bridge, theme
        self.lines: dict[str, QueueLine] = {}
        self._reading = self._stale = False
        self._meanwhile = Changes()
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
        self.pane = QScrollArea(widgetResizable=True)
        self.pane.setFrameShape(QFrame.Shape.NoFrame)
        self.pane.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pane.setWidget(inside)
        whole = QStackedLayout(self)
        whole.addWidget(self.pane)
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
        room, self._stale, self._reading, self._meanwhile = self.room, False, True, Changes()
        self.bridge.read(lambda workspace: _read(workspace, room), self._was_read, self._was_not_read)

    def _was_read(self, lines: list[Line]) -> None:
        self._reading = False
        self._take(lines)
        if self._stale or self._speaks_of(self._meanwhile):
            self._read_lines()

    def _was_not_read(self, error: BaseException) -> None:
        self._reading = False
        self.bridge.failed.emit(error)

    def point_at(self, item_id: str) -> None:
        """Put the keyboard on a line, or on the first one."""
        line = self.lines.get(item_id) or next(iter(self.lines.values()), None)
        if line is not None:
            line.setFocus(Qt.FocusReason.OtherFocusReason)

    def step_from(self, line: QueueLine, step: int) -> None:
        """Put the keyboard on the line so many further down."""
        lines = list(self.lines.values())
        there = lines[min(max(lines.index(line) + step, 0), len(lines) - 1)]
        there.setFocus(Qt.FocusReason.TabFocusReason)
        self.pane.ensureWidgetVisible(there)

    # ------------------------------------------------------------------ notices, what was sent, several at once
    def _hear(self, found: list[Heard]) -> None:
        for card in self.notices:
            self.told.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.notices = []
        for heard in found:
            card = NoticeCard(heard)
            card.look.clicked.connect(lambda _=False, heard=heard: self.look_at.emit(heard))
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

    def choose_all(self) -> None:
        """Tick every line in sight; all ticked already: none."""
        on = not all(line.chosen.isChecked() for line in self.lines.values())
        for line in self.lines.values():
            line.chosen.setChecked(on)

    def _count_chosen(self) -> None:
        many = len(self.chosen())
        self.chosen_note.setText(f"{words.count(many, 'change')} chosen:")
        self.chosen_bar.setVisible(many > 0)

    def _show_more(self) -> None:
        self.room += SHOWN
        self.load()

    def _changed(self, changes: Changes) -> None:
        if self._reading:
            self._meanwhile |= changes
        if changes.queue or self._speaks_of(changes):
            self.load()

    def _speaks_of(self, changes: Changes) -> bool:
        """Whether a record changed whose line says what may be done about a refusal."""
        parked = {(item.kind, item.record_id) for item in self.items if item.state == "parked"}
        return not parked.isdisjoint(changes.records)

    def _take(self, lines: list[Line]) -> None:
        self.items = [line.item for line in lines]
        shown = {line.item.id: line for line in lines[: self.room]}
        for gone in [id_ for id_, widget in self.lines.items() if not self._same(widget, shown.get(id_))]:
            widget = self.lines.pop(gone)
            self.column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._undrawn = enumerate(shown.items())
        if self.isVisible():
            self._draw(SCREENFUL)
        else:  # whoever changes a field on the map looks at the map
            self._turn.start()
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
        said = (known.item.rev, known.after, known.alone, known.never)
        return line is not None and said == (line.item.rev, line.after, line.alone, line.never)

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


def _read(workspace: Workspace, room: int) -> list[Line]:
    if workspace.account is None:
        return []
    outbox = workspace.outbox
    lines, items = [], outbox.items()
    alone = len(items) == 1
    for place, item in enumerate(sorted(items, key=lambda item: item.state not in ("parked", "conflict"))):
        before = outbox.blocker(item) if item.state == "waiting" and place < room else None
        looked = item.state == "parked" and place < room and isinstance(item.edit, Redraw | Change)
        never = workspace.why_not(item.edit) if looked else None
        lines.append(Line(item, before.sentence if before else None, alone, never or ""))
    return lines
