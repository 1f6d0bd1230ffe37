"""The list of gaps and overlaps between all fields; each is shown on the map when it is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.seams import WIDEST_M, Seam, Seams, seams
from leafdesk.geo.shape import box
from leafdesk.ui import words
from leafdesk.ui.bridge import beside
from leafdesk.ui.map.tool import number
from leafdesk.ui.parts import button, label, row
from leafdesk.ui.theme import STEP

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow

SECONDS = 120.0
"""50,000 fields take their time; the window goes on meanwhile."""


class SeamsList(QDialog):
    """Stays beside the map while one works on it. Parts for tests: `width_m`, `said`, `lines`."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle("Gaps and overlaps")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window, self._apart = window, window.bridge.apart_for(SECONDS)
        self._turn = 0
        self.found: list[tuple[Seam, str, str]] = []
        """Each with the ids of its two fields."""
        self.width_m = QLineEdit(f"{WIDEST_M:g}")
        self.width_m.setFixedWidth(STEP * 16)
        self.width_m.setAccessibleName("Gaps up to so many metres wide")
        self.again = button("Look again", "primary")
        self.again.clicked.connect(self.look)
        self.said = label("", "muted", wrap=True)
        self.lines = QListWidget()
        self.lines.setAccessibleName("Gaps and overlaps, the largest first")
        self.lines.currentRowChanged.connect(self._show)
        done = button("Close")
        done.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(STEP * 5, STEP * 4, STEP * 5, STEP * 4)
        column.setSpacing(STEP * 3)
        column.addWidget(label("Gaps and overlaps", "title"))
        column.addLayout(row(label("Gaps up to", "muted"), self.width_m, label("m wide", "muted"), None, self.again))
        column.addWidget(self.said)
        column.addWidget(self.lines, 1)
        column.addLayout(row(label("Choose one to see it on the map.", "small"), None, done))
        self.resize(STEP * 110, STEP * 110)

    def look(self) -> None:
        """Look along the seams of all fields as they are now, beside the window."""
        try:
            width = number(self.width_m.text(), "Width", 0.1, 50)
        except NotPossibleError as error:
            self.said.setText(str(error))
            return
        self._turn += 1
        turn = self._turn
        self.said.setText(f"Looking along the seams of {words.count(len(self._window.lists.rows), 'field')} …")
        self.again.setEnabled(False)
        self._window.bridge.read(
            lambda workspace: workspace.catalog.outlines(), lambda outlines: self._look(turn, outlines, width)
        )

    def _look(self, turn: int, outlines: list[tuple[str, bytes]], width: float) -> None:
        if turn != self._turn:
            return
        ids, packed = [id_ for id_, _ in outlines], [shape for _, shape in outlines]
        job = beside(lambda: self._apart(seams, packed, width))
        self._window.bridge.then(
            job, lambda found: self._take(turn, ids, found), lambda error: self._failed(turn, error)
        )

    def _take(self, turn: int, ids: list[str], found: Seams) -> None:
        if turn != self._turn:
            return
        self.again.setEnabled(True)
        names = {id_: known.name for id_, known in self._window.lists.rows.items()}
        self.found = [(seam, ids[seam.first], ids[seam.second]) for seam in found.found]
        self.lines.clear()
        for seam, first, second in self.found:
            kind = "▲ Overlap" if seam.kind == "overlap" else "◇ Gap"
            size = f"{seam.area_ha:,.3f} ha" if seam.area_ha >= 0.01 else f"{seam.area_ha * 1e4:,.0f} m²"
            text = f"{kind}  {size}\n{names.get(first, '…')} and {names.get(second, '…')}"
            self.lines.addItem(QListWidgetItem(text))
        overlaps = sum(seam.kind == "overlap" for seam in found.found)
        parts = [words.count(overlaps, "overlap"), words.count(len(self.found) - overlaps, "gap")]
        if found.invalid:
            parts.append(f"{words.count(len(found.invalid), 'invalid boundary', 'invalid boundaries')} left out")
        self.said.setText(" · ".join(parts) if self.found or found.invalid else "No gaps and no overlaps.")

    def _failed(self, turn: int, error: BaseException) -> None:
        if turn == self._turn:
            self.again.setEnabled(True)
            if not isinstance(error, NotPossibleError):
                raise error
            self.said.setText(str(error))

    def _show(self, place: int) -> None:
        if 0 <= place < len(self.found) and self._window.drawing.let_go():
            seam, first, _ = self.found[place]
            self._window.show_page("map")
            self._window.select(first)
            self._window.canvas.show_unnamed(seam.shape, wrong=True)
            self._window.canvas.fit_box(box(seam.shape), margin=self._window.canvas.width() * 0.3)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._turn += 1
        self._apart.close()
        self._window.canvas.show_unnamed(None)
        super().closeEvent(event)

    def reject(self) -> None:
        """Esc closes as the button does."""
        self.close()


def look_along_seams(window: MainWindow) -> SeamsList:
    """Open the list and begin to look."""
    made = SeamsList(window)
    made.show()
    made.look()
    return made
