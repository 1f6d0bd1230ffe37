"""Which product a machine's text means: searched here as somebody types, and at Leaf when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem
from shiboken6 import isValid

from leafdesk.records import provider_in_words
from leafdesk.ui.dialogs.sheet import Sheet
from leafdesk.ui.panels.asking import Asking
from leafdesk.ui.parts import button, label
from leafdesk.ui.theme import STEP
from leafdesk.workspace import Found, Row, Workspace

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow

MOST = 20


class ChooseProduct(Sheet):
    """Another product for a match. Parts for tests: `search`, `hits`, `at_leaf`, `told`."""

    def __init__(self, window: MainWindow, text: str, present: str) -> None:
        about = f"Leaf takes it for {present} now." if present else "Leaf knows no product for it yet."
        super().__init__(window, f"Which product is “{text}”?", about, "Use this product")
        self.setObjectName("chooseProduct")
        self.window_ = window
        self.search = Line(text)
        self.search.setObjectName("productSearch")
        self.search.setPlaceholderText("Part of a name, a registration or a maker")
        self.hits = QListWidget()
        self.hits.setObjectName("productHits")
        self.hits.setMinimumHeight(STEP * 50)
        self.hits.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hits.currentItemChanged.connect(lambda: self.yes.setEnabled(self.product_id != ""))
        self.hits.itemActivated.connect(lambda: self.accept())
        self.search.hits = self.hits
        self.ask("Search", self.search)
        self.ask("Products", self.hits)
        self.told = label("", "small", wrap=True)
        self.lines.addWidget(self.told)
        self.at_leaf = Asking(window, button("Search at Leaf"), first=True)
        self.at_leaf.button.clicked.connect(self._ask_leaf)
        self.lines.addWidget(self.at_leaf)
        self._turn = 0
        self._typed = QTimer(self, singleShot=True, interval=0)
        self._typed.timeout.connect(self._look)
        self.search.textChanged.connect(self._typed.start)
        self.yes.setEnabled(False)
        self.search.setFocus()
        self.search.selectAll()
        self._look()

    @property
    def product_id(self) -> str:
        """The product that is chosen; "" for none."""
        item = self.hits.currentItem()
        return "" if item is None else str(item.data(Qt.ItemDataRole.UserRole))

    def _look(self) -> None:
        """Search the catalog that is here."""
        self._turn += 1
        turn, text = self._turn, self.search.text()

        def search(workspace: Workspace) -> list[Found]:
            return workspace.tables.search("products", text, limit=MOST)

        def take(found: list[Found]) -> None:
            if turn == self._turn and isValid(self):
                alike = bool(found) and not any(one.exact for one in found)
                nothing = "" if found or not text.strip() else "No product here fits. Leaf may know one."
                self._show([one.row for one in found], "Nothing begins so; these look alike." if alike else nothing)

        self.window_.bridge.read(search, take)

    def _ask_leaf(self) -> None:
        text = self.search.text()
        online = self.window_.workspace.online
        self.at_leaf.ask(lambda: online.search("products", text), done=self._found)

    def _found(self, answers: list[list[str]]) -> str:
        (ids,) = answers
        self._turn += 1

        def read(workspace: Workspace) -> list[Row]:
            rows = (workspace.tables.row("products", id) for id in ids)
            return [row for row in rows if row is not None]

        self.window_.bridge.read(read, lambda rows: self._show(rows, "") if isValid(self) else None)
        return "These are Leaf's; they stay here from now on." if ids else "Leaf has no product with this name."

    def _show(self, rows: list[Row], told: str) -> None:
        self.hits.clear()
        for row in rows:
            more = (
                row.values.get("registrant"),
                row.values.get("registration"),
                provider_in_words(row.provider_name or ""),
            )
            text = " · ".join(str(one) for one in (row.name or "Unnamed", *more) if one)
            item = QListWidgetItem(text)
            item.setToolTip(text)
            item.setData(Qt.ItemDataRole.UserRole, row.id)
            self.hits.addItem(item)
        self.told.setText(told)
        self.told.setVisible(bool(told))
        self.yes.setEnabled(self.product_id != "")


class Line(QLineEdit):
    """The line to type in; the arrow down, or Enter before something is chosen, goes to the list under it."""

    hits: QListWidget

    def keyPressEvent(self, event: QKeyEvent) -> None:
        untaken = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.hits.currentRow() < 0
        if (event.key() == Qt.Key.Key_Down or untaken) and self.hits.count():
            self.hits.setCurrentRow(max(0, self.hits.currentRow()))
            self.hits.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)
