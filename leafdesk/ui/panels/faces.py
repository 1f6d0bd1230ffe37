"""What the inspector shows while there is no field to show: totals, or the figures of one that is being drawn."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from leafdesk.ui.lists import Lists
from leafdesk.ui.parts import Figures, label
from leafdesk.ui.theme import STEP


class NothingSelected(QWidget):
    """Part for tests: `totals`."""

    def __init__(self, lists: Lists) -> None:
        super().__init__()
        self.lists = lists
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
        rows = self.lists.rows.values()
        self.totals.setVisible(self.lists.ready)
        self.totals.put("fields", f"{len(rows):,}", "strong")
        self.totals.put("farms", f"{len(self.lists.farms):,}")
        self.totals.put("hectares", f"{sum(line.area_ha or 0.0 for line in rows):,.0f} ha")
        unsent = sum(line.pending for line in rows)
        self.totals.put("unsent", f"{unsent:,}" if unsent else "")


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
