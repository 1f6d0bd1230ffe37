"""What the inspector shows while there is no field to show: totals, or the figures of one that is being drawn."""

from typing import NamedTuple

from PySide6.QtWidgets import QVBoxLayout, QWidget

from leafdesk.ui.lists import Lists
from leafdesk.ui.parts import Figures, label
from leafdesk.ui.theme import STEP
from leafdesk.workspace import FieldRow

AT_ONCE = 2_000
"""So many fields are added up before the next frame."""


class Total(NamedTuple):
    """What all fields come to."""

    fields: int
    hectares: float
    unsent: int


class NothingSelected(QWidget):
    """Part for tests: `totals`."""

    def __init__(self, lists: Lists) -> None:
        super().__init__()
        self.lists = lists
        self._turn = 0
        column = _column(self)
        column.addWidget(label("Nothing selected", "title"))
        hint = "Click a field on the map or in the list to see its boundary, its area and what can be done with it."
        column.addWidget(label(hint, "muted", wrap=True))
        self.totals = Figures(fields="Fields", farms="Farms", hectares="Area in all", unsent="Not sent yet")
        self.totals.hide()
        column.addWidget(self.totals)
        column.addStretch(1)
        lists.reshaped.connect(self._say_totals)

    def _say_totals(self) -> None:
        """Add up; of very many fields on the reading thread."""
        self._turn += 1
        turn, rows = self._turn, list(self.lists.rows.values())
        if len(rows) <= AT_ONCE:
            self._put(turn, _total(rows))
        else:
            self.lists.bridge.read(lambda _: _total(rows), lambda total: self._put(turn, total))

    def _put(self, turn: int, total: Total) -> None:
        if turn != self._turn:
            return
        self.totals.setVisible(self.lists.ready)
        self.totals.put("fields", f"{total.fields:,}", "strong")
        self.totals.put("farms", f"{len(self.lists.farms):,}")
        self.totals.put("hectares", f"{total.hectares:,.0f} ha")
        self.totals.put("unsent", f"{total.unsent:,}" if total.unsent else "")


def _total(rows: list[FieldRow]) -> Total:
    return Total(len(rows), sum(row.area_ha or 0.0 for row in rows), sum(row.pending for row in rows))


class NewField(QWidget):
    """Part for tests: `figures`."""

    def __init__(self) -> None:
        super().__init__()
        column = _column(self)
        column.addWidget(label("New field", "title"))
        column.addWidget(label("It gets its name and farm when the boundary is closed.", "muted", wrap=True))
        self.figures = Figures(now="Area now", around="Perimeter", problems="Shape")
        column.addWidget(self.figures)
        column.addStretch(1)


def _column(page: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(page)
    column.setContentsMargins(STEP * 4, STEP * 4, STEP * 4, STEP * 4)
    column.setSpacing(STEP * 3)
    return column
