"""What stands over a table to narrow it: a line to type in, switches, lists of values, and a way to the rarer ones."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from leafdesk.ui import words
from leafdesk.ui.flow import Flow
from leafdesk.ui.icons import Icons
from leafdesk.ui.pages import FILTER_LINE, MORE_FILTERS
from leafdesk.ui.parts import Picker, button
from leafdesk.ui.tables.declare import Pick, Table
from leafdesk.ui.tables.more import MoreFilters
from leafdesk.ui.theme import STEP
from leafdesk.workspace import Where

MOST = 200
"""So many values of an attribute are offered, the commonest first."""
Offer = dict[str, list[tuple[str, int]]]
"""By attribute: (value, how many rows have it)."""


class Filters(QWidget):
    """`where()` is what is asked for, `changed` that it is another. Enter and the arrow down go to the table.

    Parts for tests: `line`, `chips` (by key), `picks` (by key), `more` (the rarer ones), `in_force` (a button for each
    of those that narrows, by key), `clear`.
    """

    changed = Signal()
    leave = Signal()
    """Somebody is done with typing and wants the rows."""
    near = Signal()
    """Somebody comes near a list of values."""
    opened = Signal()
    """The rarer filters came in sight and want something to offer."""

    def __init__(self, table: Table, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self.line = Line(self, placeholderText=f"Filter {table.plural}", clearButtonEnabled=True)
        self.line.setObjectName(FILTER_LINE)
        self.line.setAccessibleName(f"Filter {table.plural} by {table.searched}")
        self.line.setToolTip(f"Looks through {table.searched} (Ctrl+F)")
        self.line.setFixedWidth(STEP * 60)
        icons.put(self.line.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition), "magnifying-glass")
        self.line.textChanged.connect(self.changed)
        self.line.done.connect(self.leave)
        self._flow = flow = Flow(self, gap=STEP * 2)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.addWidget(self.line)
        self._picks: dict[str, Values] = {}
        self.chips: dict[str, QPushButton] = {}
        for chip in table.chips:
            made = button(chip.title, "chip", tip=chip.tip)
            made.setCheckable(True)
            made.setObjectName(f"chip-{chip.key}")
            made.toggled.connect(self.changed)
            self.chips[chip.key] = made
            flow.addWidget(made)
        self.in_force: dict[str, QPushButton] = {}
        self._more: MoreFilters | None = None
        self.more_button = button("More filters", "chip", tip="When, where from, what was done  (Alt+F)")
        self.more_button.setObjectName(MORE_FILTERS)
        self.more_button.clicked.connect(self.open_more)
        flow.addWidget(self.more_button)
        if not (table.more or table.work):
            self.more_button.hide()
        self.clear = button("Clear", "link", tip="Show all rows again")
        self.clear.clicked.connect(self.reset)
        flow.addWidget(self.clear)
        self.changed.connect(self._follow)
        self._follow()

    @property
    def picks(self) -> dict[str, Values]:
        """The lists by key. Each is made when there is something to choose: a page comes in sight without them."""
        for pick in self.table.picks:
            self._picker(pick)
        return self._picks

    def _put_last(self) -> None:
        """The way to the rarer filters, those that are in force, and the way back to all rows end the line."""
        for part in (self.more_button, *self.in_force.values(), self.clear):
            self._flow.removeWidget(part)
            self._flow.addWidget(part)

    @property
    def more(self) -> MoreFilters:
        """The rarer filters, made when somebody first wants them."""
        if self._more is None:
            self._more = MoreFilters(self.table, self)
            self._more.changed.connect(self.changed)
        return self._more

    def open_more(self) -> None:
        """Show the rarer filters; again: put them away."""
        if self._more is not None and self._more.isVisible():
            self._more.leave()
        else:
            self.more.open_under(self.more_button)
            self.opened.emit()

    def _picker(self, pick: Pick) -> Values:
        if pick.key in self._picks:
            return self._picks[pick.key]
        made = Values(self)
        made.near.connect(self.near)
        made.setObjectName(f"pick-{pick.key}")
        made.setAccessibleName(pick.title)
        made.addItem(f"{pick.title}: all", None)
        made.setProperty("chosen", False)
        made.hide()  # until there is something to choose
        made.setMaximumWidth(STEP * 44)
        made.setSizeAdjustPolicy(Picker.SizeAdjustPolicy.AdjustToContents)
        made.currentIndexChanged.connect(self.changed)
        self._picks[pick.key] = made
        for one in self.table.picks:  # in their order, whichever came first
            if one.key in self._picks:
                self._flow.removeWidget(self._picks[one.key])
                self._flow.addWidget(self._picks[one.key])
        self._put_last()
        return made

    # ------------------------------------------------------------------ what is asked for
    def where(self) -> Where:
        """What the table is narrowed to."""
        values = dict[str, str | int | bool]()
        for chip in self.table.chips:
            if self.chips[chip.key].isChecked():
                values |= chip.values
        for pick in self.table.picks:
            picked = self._picks[pick.key].currentData() if pick.key in self._picks else None
            if picked is not None:
                values[pick.key] = pick.of(picked)
        pending = any(chip.pending and self.chips[chip.key].isChecked() for chip in self.table.chips)
        where = Where(text=self.line.text().strip(), values=values, pending=pending)
        return where if self._more is None else self._more.narrow(where)

    def asks(self) -> dict[str, str]:
        """What only Leaf can answer (see MoreFilters.asks)."""
        return {} if self._more is None else self._more.asks()

    def reset(self) -> None:
        """Ask for everything again."""
        with QSignalBlocker(self):
            self.line.clear()
            for chip in self.chips.values():
                chip.setChecked(False)
            for picker in self._picks.values():
                picker.setCurrentIndex(0)
            if self._more is not None:
                self._more.reset()
        self.changed.emit()

    def _follow(self) -> None:
        self._show_in_force({} if self._more is None else self._more.in_force())
        self.clear.setVisible(self.where() != Where() or bool(self.in_force))
        for picker in self._picks.values():
            if picker.property("chosen") != (chosen := picker.currentIndex() > 0):
                picker.setProperty("chosen", chosen)
                picker.style().unpolish(picker)
                picker.style().polish(picker)

    def _show_in_force(self, said: dict[str, str]) -> None:
        """Beside the way to the rarer filters, a chip for each that narrows; a click takes it away."""
        if self._more is None or said == {key: str(chip.property("said")) for key, chip in self.in_force.items()}:
            return
        for chip in self.in_force.values():
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.in_force = {key: self._taker(self._more, key, text) for key, text in said.items()}
        self._put_last()
        for chip in self.in_force.values():
            chip.show()

    def _taker(self, more: MoreFilters, key: str, text: str) -> QPushButton:
        short = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, STEP * 80)
        chip = button(f"{short}  \N{MULTIPLICATION SIGN}".replace("&", "&&"), "chip", tip=f"{text}: take this away")
        chip.setAccessibleName(f"{text}: take this away")
        chip.setCheckable(True)
        chip.setChecked(True)
        chip.setProperty("said", text)
        chip.setParent(self)
        chip.clicked.connect(lambda _=False: more.take_away(key))
        return chip

    # ------------------------------------------------------------------ what is offered
    def offer(self, found: Offer) -> None:
        """Put the values that there are into the lists; what is picked stays picked."""
        for pick in self.table.picks:
            if pick.key in found:
                self._fill(pick, found[pick.key])

    def _fill(self, pick: Pick, choices: Sequence[tuple[str, int]]) -> None:
        picker = self._picker(pick)
        lines = [(f"{pick.words(value)}  ·  {many:,}", value) for value, many in choices[:MOST]]
        picked = picker.currentData()
        picker.setVisible(len(lines) > 1 or picked is not None)
        if lines == [(picker.itemText(place), picker.itemData(place)) for place in range(1, picker.count())]:
            return
        if picked is not None and all(value != picked for _, value in lines):
            lines.append((f"{pick.words(picked)}  ·  0", picked))
        with QSignalBlocker(picker):
            picker.clear()
            picker.addItem(f"{pick.title}: all", None)
            for text, value in lines:
                picker.addItem(text, value)
            picker.setCurrentIndex(max(0, picker.findData(picked)))
        picker.setToolTip(f"{pick.title}: {words.count(len(choices), 'value')}")


class Values(Picker):
    """A list of values. `near`: the mouse or the keyboard has come to it, so it should offer what there is now."""

    near = Signal()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.near.emit()
        super().enterEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.near.emit()
        super().focusInEvent(event)


class Line(QLineEdit):
    """The line to type in; Enter, Escape on nothing and the arrow down are done with it."""

    done = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit()
        elif event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.done.emit()
        else:
            super().keyPressEvent(event)
