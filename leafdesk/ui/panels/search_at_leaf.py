"""The way from the catalog that is here to the one at Leaf: what is typed over a table is searched for there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QHideEvent, QShowEvent

from leafdesk.ui import words
from leafdesk.ui.panels.asking import Asking
from leafdesk.ui.parts import button
from leafdesk.ui.tables.declare import Table
from leafdesk.ui.tables.panel import TablePanel
from leafdesk.workspace import Row, Workspace

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow

NOT_TYPED = "Type a part of the name first."
ELSEWHERE = "Turn to Inputs first."


def searched(when: str) -> str:
    """When something was searched for."""
    return f"Searched {words.moment(when)}"


class SearchAtLeaf(Asking):
    """Searches Leaf for what is typed over a table; what Leaf finds stays here with its date, and is then shown."""

    def __init__(self, window: MainWindow, table: Table) -> None:
        super().__init__(window, button(""))
        self.table = table
        window.commands.bind(self.button, "search-leaf")
        window.commands["search-leaf"].triggered.connect(lambda _=False: self.search() if self.isVisible() else None)

    def serve(self, panel: TablePanel) -> None:
        """Belong to this panel."""
        self.panel = panel
        panel.filters.line.textChanged.connect(self._typed)
        self._allow()

    def showEvent(self, event: QShowEvent) -> None:
        self._allow()

    def hideEvent(self, event: QHideEvent) -> None:
        self.window_.commands.allow("search-leaf", ELSEWHERE)

    def _typed(self) -> None:
        if not self.busy:
            self.say("")
        self._allow()

    def _allow(self) -> None:
        reason = "Leaf is being asked." if self.busy else None if self._text else NOT_TYPED
        self.window_.commands.allow("search-leaf", reason if self.isVisible() else ELSEWHERE)

    @property
    def _text(self) -> str:
        return self.panel.filters.line.text().strip()

    def search(self) -> None:
        """Ask Leaf now."""
        text, kind = self._text, self.table.kind

        def found(answers: list[list[str]]) -> str:
            (ids,) = answers
            if not ids:
                return f"Leaf has no {self.table.one} with “{text}”. What is here is searched above."
            self.window_.bridge.read(lambda workspace: _first(workspace, ids), self._show)
            return f"Leaf found {len(ids):,}; they stay here."

        self.ask(lambda: self.window_.workspace.online.search(kind, text), done=found)

        def _first(workspace: Workspace, ids: list[str]) -> Row | None:
            return workspace.tables.row(kind, ids[0])

    def _show(self, row: Row | None) -> None:
        """Narrow the table to what this search found."""
        if row is None:
            return
        when = str(row.values.get("found", ""))
        picker, filters = self.panel.filters.picks["found"], self.panel.filters
        with QSignalBlocker(filters.line):  # what was said of this search stays
            filters.line.clear()
        self._allow()
        if picker.findData(when) < 0:
            picker.addItem(searched(when), when)
        picker.setCurrentIndex(picker.findData(when))

    def _stand(self, busy: bool, text: str, role: str = "small") -> None:
        super()._stand(busy, text, role)
        self._allow()
