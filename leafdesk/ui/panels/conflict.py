"""The conflict view: what was, mine and Leaf's of one record over each other and side by side, and the answers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QScrollArea, QSplitter, QVBoxLayout, QWidget

from leafdesk.geo.shape import Shape, box
from leafdesk.records import word
from leafdesk.ui import words
from leafdesk.ui.actions import CHOICES, Actions
from leafdesk.ui.flow import Flow
from leafdesk.ui.map import colours
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.compared import WORDS, ComparedTool, Hatch, Whose, paint_sample
from leafdesk.ui.panels.answers import ANSWERS
from leafdesk.ui.parts import Card, button, label, row
from leafdesk.ui.theme import STEP, Theme
from leafdesk.workspace import FieldRow
from leafdesk.workspace.clashes import Choice, Clash, Compared

MARGIN = 0.18
"""The boundaries are shown with so much of the map's smaller side around them."""
PAIRS: dict[str, tuple[str, str, tuple[tuple[Hatch, str], ...]]] = {
    "between": ("Mine and Leaf's", "1", (("mine", "only in mine"), ("theirs", "only in Leaf's"))),
    "mine": ("Mine and before", "2", (("mine", "mine adds"), ("mine lost", "mine gives up"))),
    "theirs": ("Leaf's and before", "3", (("theirs", "Leaf's adds"), ("theirs lost", "Leaf's gives up"))),
}
"""What can be compared with what: name, key, and what the two hatches mean."""
TITLES = {
    "boundary": "Two boundaries of one field",
    "attributes": "Changed here and at Leaf",
    "deletion": "Deleted here, changed at Leaf",
    "gone": "Changed here, deleted at Leaf",
}


class ConflictPage(QFrame):
    """Parts for tests: `title`, `name`, `why`, `place`, `areas` and `times` (labels by Whose), `pairs` (chips),
    `hatches` (texts), `attributes` (rows of texts), `choices` (buttons by action), `meaning` (labels by action),
    `canvas`, `tool`.

    Signals: `left()`, `turned(+1 | -1)` to another conflict.
    """

    left = Signal()
    turned = Signal(int)

    def __init__(self, actions: Actions, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page")
        self.theme = theme
        self.clash: Clash | None = None
        self.compared: Compared | None = None
        self.pair = "between"
        self.tool: ComparedTool | None = None
        self.attributes: list[tuple[str, ...]] = []
        self.canvas = MapCanvas()
        self.canvas.setAccessibleName("Map of both boundaries")
        self._make_heading()
        self._make_legend()
        self._make_choices(actions)
        self._lay_out()
        theme.changed.connect(self._colour)
        self._colour()

    # ------------------------------------------------------------------ making
    def _make_heading(self) -> None:
        self.back = button("‹ Back to the queue", "link", tip="Decide later; nothing is lost (Esc)")
        self.back.clicked.connect(self.left)
        self.before = button("‹", "quiet", tip="The conflict before (Page Up)")
        self.after = button("›", "quiet", tip="The next conflict (Page Down)")
        self.before.setAccessibleName("The conflict before")
        self.after.setAccessibleName("The next conflict")
        self.before.clicked.connect(lambda: self.turned.emit(-1))
        self.after.clicked.connect(lambda: self.turned.emit(1))
        self.place = label("", "small")
        self.title, self.name = label("", "title", wrap=True), label("", "strong", wrap=True, select=True)
        self.why = label("", "muted", wrap=True, select=True)
        self.trouble = label("", "error", wrap=True)
        self.trouble.hide()

    def _make_legend(self) -> None:
        self.outlines = Card()
        self._lines: dict[Whose, tuple[QWidget, Sample]] = {}
        self.areas = {whose: label("", "strong") for whose in WORDS}
        self.times = {whose: label("", "small", wrap=True) for whose in WORDS}
        for whose, text in WORDS.items():
            line, sample = QWidget(), Sample(whose, self.theme)
            grid = QGridLayout(line)
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setVerticalSpacing(0)
            grid.setColumnStretch(1, 1)
            for at, part in enumerate((sample, label(text), self.areas[whose])):
                grid.addWidget(part, 0, at)
            grid.addWidget(self.times[whose], 1, 1, 1, 2)
            self.outlines.column.addWidget(line)
            self._lines[whose] = (line, sample)
        self.differences = Card()
        chips = QWidget()
        flow = Flow(chips, gap=STEP)
        flow.setContentsMargins(0, 0, 0, 0)
        group = QButtonGroup(self)
        self.pairs = {}
        for pair, (text, key, _) in PAIRS.items():
            chip = button(text, "chip", tip=f"Hatch where these two differ ({key})")
            chip.setCheckable(True)
            chip.clicked.connect(lambda _=False, pair=pair: self.look_at(pair))
            group.addButton(chip)
            flow.addWidget(chip)
            self.pairs[pair] = chip
        self.differences.column.addWidget(chips)
        self._samples = [Sample("mine", self.theme, hatched=True) for _ in range(2)]
        self.hatches = [label("", "", wrap=True) for _ in range(2)]
        for sample, said in zip(self._samples, self.hatches, strict=True):
            across = row(sample, said)
            across.setStretch(1, 1)
            self.differences.column.addLayout(across)
        self.table = Card()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(STEP * 3)
        self._grid.setVerticalSpacing(STEP * 2)
        self.table.column.addLayout(self._grid)

    def _make_choices(self, actions: Actions) -> None:
        self.answers = QFrame()
        column = QVBoxLayout(self.answers)
        column.setContentsMargins(STEP * 4, STEP * 3, STEP * 4, STEP * 3)
        column.setSpacing(STEP)
        self.choices, self.meaning, self._rows = {}, {}, {}
        for key, *_ in CHOICES:
            made = actions.bind(button("", "choice"), key)
            made.setMinimumWidth(STEP * 58)
            self.choices[key], self.meaning[key] = made, label("", "small", wrap=True)
            self._rows[key] = QWidget()
            lines = QVBoxLayout(self._rows[key])
            lines.setContentsMargins(0, 0, 0, STEP)
            lines.setSpacing(STEP // 2)
            lines.addLayout(row(made, None))
            lines.addWidget(self.meaning[key])
            column.addWidget(self._rows[key])

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(STEP * 4, STEP * 3, STEP * 4, STEP * 3)
        column.setSpacing(STEP * 2)
        column.addLayout(row(self.back, None, self.before, self.place, self.after))
        for part in (self.title, self.name, self.why, self.outlines, self.differences, self.table, self.trouble):
            column.addWidget(part)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        divider = QFrame()
        divider.setProperty("role", "divider")
        side = QFrame()
        side.setObjectName("inspector")
        side.setMinimumWidth(STEP * 84)
        whole = QVBoxLayout(side)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addWidget(divider)
        whole.addWidget(self.answers)
        split = QSplitter(Qt.Orientation.Horizontal, handleWidth=1, childrenCollapsible=False)
        split.addWidget(self.canvas)
        split.addWidget(side)
        split.setSizes([STEP * 210, STEP * 96])
        split.setStretchFactor(0, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)

    def _colour(self) -> None:
        self.canvas.set_theme(colours.DARK if self.theme.colours.dark else colours.LIGHT)

    # ------------------------------------------------------------------ showing
    def show_clash(self, clash: Clash, rows: Sequence[FieldRow], outlines: Sequence[tuple[str, bytes]]) -> None:
        """Show the two sides; the fields around lie quietly under them."""
        again = self.clash is not None and self.clash.item.id == clash.item.id
        self.clash, self.compared = clash, None
        self.title.setText(TITLES[clash.sort])
        self.name.setText(clash.name)
        self.why.setText(clash.item.reason or "")
        self.say_trouble("")
        self._show_attributes(clash)
        shapes = self._shapes(clash)
        for whose, (line, sample) in self._lines.items():
            drawn = {"before": clash.before, "mine": clash.mine, "theirs": clash.theirs}[whose]
            line.setVisible(drawn is not None)
            sample.setVisible(drawn is not None)
            self.areas[whose].setText("…")
            self.times[whose].setText(_when(whose, drawn.at) if drawn else "")
        self.outlines.setVisible(bool(shapes))
        self.canvas.setVisible(clash.item.kind == "fields")
        if not again:  # never a choice: Enter must not answer by itself
            first = self.canvas if clash.item.kind == "fields" else self.back
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        self.canvas.show_fields(rows, outlines)
        own = [one.box for one in rows if one.id == clash.item.record_id and one.box]
        self.canvas.select(clash.item.record_id if own else None)
        self.tool = ComparedTool(self.canvas, shapes)
        self.canvas.take(self.tool)
        around = [shape for _, shape in shapes] if shapes else []
        boxes = [box(shape) for shape in around] or [
            one.box for one in rows if one.id == clash.item.record_id and one.box
        ]
        if boxes and not again:
            wests, souths, easts, norths = zip(*boxes, strict=True)
            self.canvas.fit_box((min(wests), min(souths), max(easts), max(norths)), margin=self._margin())
        self.look_at(self.pair if again else "between")

    def _margin(self) -> float:
        return max(STEP * 8, min(self.canvas.width(), self.canvas.height()) * MARGIN)

    def _shapes(self, clash: Clash) -> list[tuple[Whose, Shape]]:
        drawn: tuple[tuple[Whose, Shape | None], ...] = (
            ("before", clash.before.shape if clash.before else None),
            ("theirs", clash.theirs.shape if clash.theirs else None),
            ("mine", clash.mine.shape if clash.mine else None),
        )
        return [(whose, shape) for whose, shape in drawn if shape]

    def show_compared(self, found: Compared) -> None:
        """The hectares are measured."""
        self.compared = found
        for whose, hectares in (("before", found.before_ha), ("mine", found.mine_ha), ("theirs", found.theirs_ha)):
            self.areas[whose].setText(words.area(hectares))  # type: ignore[index]
        self.look_at(self.pair)

    def look_at(self, pair: str) -> None:
        """Hatch where two of the boundaries differ, and say by how many hectares."""
        clash, found = self.clash, self.compared
        possible = {
            "between": bool(clash and clash.mine and clash.theirs),
            "mine": bool(clash and clash.before and clash.mine),
            "theirs": bool(clash and clash.before and clash.theirs),
        }
        self.pair = pair if possible[pair] else next((one for one, fits in possible.items() if fits), pair)
        for one, chip in self.pairs.items():
            chip.setVisible(possible[one])
            chip.setChecked(one == self.pair)
        self.differences.setVisible(any(possible.values()))
        if found is None or self.tool is None or not any(possible.values()):
            for text in self.hatches:
                text.setText("…")
            return
        difference = {"between": found.between, "mine": found.mine, "theirs": found.theirs}[self.pair]
        (one, one_said), (other, other_said) = PAIRS[self.pair][2]
        first, second = (difference.gained, difference.gained_ha), (difference.lost, difference.lost_ha)
        if self.pair == "between":
            first, second = second, first
        self.tool.hatch([(one, first[0]), (other, second[0])])
        said = ((one, one_said, first[1]), (other, other_said, second[1]))
        for sample, text, (hatch, what, hectares) in zip(self._samples, self.hatches, said, strict=True):
            sample.show_sample(hatch)
            text.setText(f"{words.area(hectares)} {what}" if not difference.problem else f"▲ {difference.problem}")

    def _show_attributes(self, clash: Clash) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.attributes = [(one.name, one.before, one.mine, one.theirs) for one in clash.attributes]
        self.table.setVisible(bool(clash.attributes))
        for at, text in enumerate(("", "Before", "Mine", "Leaf's")):
            self._grid.addWidget(label(text, "small"), 0, at)
            self._grid.setColumnStretch(at, 1 if at else 0)
        for n, one in enumerate(clash.attributes, 1):
            role = "strong" if one.clash else "" if one.mine != one.before else "muted"
            said = f"{one.name[:1].upper()}{one.name[1:]}"
            named = label(f"◆ {said}" if one.clash else said, role)
            named.setToolTip("Changed on both sides" if one.clash else "")
            self._grid.addWidget(named, n, 0, Qt.AlignmentFlag.AlignTop)
            for at, value in enumerate((one.before, one.mine, one.theirs), 1):
                shown = label(value, role, wrap=True, select=True)
                shown.setAccessibleName(f"{one.name}, {('', 'before', 'mine', 'Leaf')[at]}: {value}")
                self._grid.addWidget(shown, n, at, Qt.AlignmentFlag.AlignTop)

    def said(self, choice: Choice) -> tuple[str, str]:
        """What a choice is called for this conflict, and what comes of it."""
        assert self.clash is not None
        text, meaning = ANSWERS[self.clash.sort].get(choice, ("", ""))
        return text, meaning.format(thing=word(self.clash.item.kind))

    def offer(self, key: str, meaning: str) -> None:
        """Show an answer with what comes of it, or (`meaning` is "") take it out of sight."""
        self._rows[key].setVisible(bool(meaning))
        self.meaning[key].setText(meaning)

    def say_place(self, number: int, many: int) -> None:
        """Which of the conflicts this is."""
        self.place.setText(f"{number} of {many}" if many > 1 else "")
        for part in (self.place, self.before, self.after):
            part.setVisible(many > 1)

    def say_trouble(self, text: str) -> None:
        """Why an answer was not taken."""
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pairs = {key: pair for pair, (_, key, _) in PAIRS.items()}
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.turned.emit(-1 if event.key() == Qt.Key.Key_PageUp else 1)
        elif event.text() in pairs:
            self.look_at(pairs[event.text()])
        else:
            super().keyPressEvent(event)


class Sample(QWidget):
    """A piece of a line or of a hatch, as the map shows it."""

    def __init__(self, what: Whose | Hatch, theme: Theme, *, hatched: bool = False) -> None:
        super().__init__()
        self._what, self._theme, self._hatched = what, theme, hatched
        self.setFixedSize(QSize(STEP * 7, STEP * 4))
        theme.changed.connect(self.update)

    def show_sample(self, what: Whose | Hatch) -> None:
        """Show another one."""
        self._what = what
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_sample(
            painter,
            QRectF(self.rect()),
            self._what,
            colours.DARK if self._theme.colours.dark else colours.LIGHT,
            hatched=self._hatched,
        )
        painter.end()


def _when(whose: Whose, at: str) -> str:
    """Who drew it and when, as far as anybody knows: Leaf does not say who."""
    moment = words.moment(at)
    if whose == "mine":
        return f"drawn here {moment}".strip()
    if whose == "theirs":
        return f"drawn by somebody else, at Leaf {moment}".strip() if moment else "drawn by somebody else"
    return f"in force from {moment}" if moment else "when the drawing began"
