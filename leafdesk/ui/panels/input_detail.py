"""What is known of a product, a variety or a tank mix, and what Leaf is asked for more of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from leafdesk.records import Kind, MixPart, Product, Record, TankMix
from leafdesk.ui import words
from leafdesk.ui.panels.asking import Asking
from leafdesk.ui.parts import Card, button, label, row
from leafdesk.ui.tables.detail import RecordDetail
from leafdesk.ui.theme import STEP
from leafdesk.workspace import Row, Workspace

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow

Lines = Sequence[tuple[str, Callable[[Row], str]]]


class InputDetail(RecordDetail):
    """A row with how it came here, and the button that asks Leaf for all of it. Part for tests: `asking`."""

    def __init__(self, window: MainWindow, kind: Kind, lines: Lines) -> None:
        super().__init__("Select one to look at it.", lines, self._whence)
        self.window_, self.kind, self.lines = window, kind, lines
        self.record: Record | None = None
        self.about = QWidget()
        self.column = QVBoxLayout(self.about)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(STEP * 3)
        self.body.addWidget(self.about)
        self.asking = Asking(window, window.commands.bind(button(""), "fetch-details"), first=True)
        self.body.addWidget(self.asking)
        self.asking.button.setVisible(self.kind in ("products", "varieties"))  # Leaf has no call for one tank mix
        window.commands["fetch-details"].triggered.connect(lambda _=False: self.fetch() if self.isVisible() else None)

    def _whence(self, row: Row) -> str:
        """Whose it is, and how old what is known of it."""
        user = self.window_.lists.users.get(row.leaf_user_id)
        found, asked = (words.moment(str(row.values.get(key, ""))) for key in ("found", "detailed"))
        told = (
            user.name if user else "" if row.leaf_user_id else "For everybody",
            f"searched at Leaf {found}" if found else "",
            f"details of {asked}" if asked else "",
        )
        return " · ".join(filter(None, told))

    # ------------------------------------------------------------------ what is shown
    def show_row(self, row: Row | None) -> None:
        """Show a row; what stands in no column is read beside the window."""
        other = row is None or self.row is None or row.id != self.row.id
        super().show_row(row)
        self._allow()
        if row is None:
            return
        self.figures.setVisible(any(text(row) for _, text in self.lines))
        if other:
            self.asking.say("")
            self.fill(None)
        kind, id = row.kind, row.id

        def read(workspace: Workspace) -> Record | None:
            return workspace.catalog.get(kind, id)

        def take(record: Record | None) -> None:
            if self.row is not None and self.row.id == id:
                self.fill(record)

        self.window_.bridge.read(read, take)

    def fill(self, record: Record | None) -> None:
        """Show what stands in no column."""
        if record is not None and record == self.record:
            return
        self.record = record
        while (item := self.column.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.hide()
                part.deleteLater()
        for shown in self.more(record):
            self.column.addWidget(shown)

    def more(self, record: Record | None) -> list[QWidget]:
        """The parts under the lines."""
        return []

    # ------------------------------------------------------------------ what is asked
    def showEvent(self, event: QShowEvent) -> None:
        self._allow()

    def hideEvent(self, event: QHideEvent) -> None:
        self._allow()

    def _allow(self) -> None:
        reason = "Select a product or a variety first."
        if self.isVisible() and self.row is not None:
            reason = "" if self.kind in ("products", "varieties") else "Leaf tells no more of a single tank mix."
        self.window_.commands.allow("fetch-details", reason or None)

    def fetch(self) -> None:
        """Ask Leaf for all it has of the row; that stays here with its date."""
        if self.row is None or self.asking.button.isHidden():
            return
        kind, id = self.kind, self.row.id
        done = "This is all that Leaf has."
        self.asking.ask(lambda: self.window_.workspace.online.look_up(kind, id), done=lambda _: done)


class ProductDetail(InputDetail):
    """A product with its ingredients and labels. Parts for tests: `labels` (buttons)."""

    def __init__(self, window: MainWindow, lines: Lines) -> None:
        super().__init__(window, "products", lines)

    def more(self, record: Record | None) -> list[QWidget]:
        if not isinstance(record, Product):
            return []
        found: list[QWidget] = []
        if record.active_ingredients or record.density:
            card = Card()
            card.column.addWidget(label("Active ingredients" if record.active_ingredients else "Density", "strong"))
            for one in record.active_ingredients:
                amount = f"{one.value} {one.unit}".strip()
                line = row(label(one.name, wrap=True, select=True), label(amount, "muted"))
                line.setStretch(0, 1)
                card.column.addLayout(line)
            if record.density:
                figure = f"{record.density} {record.density_unit}".strip()
                card.column.addLayout(row(label("Density", "muted"), None, label(figure, "muted")))
            found.append(card)
        return [*found, self._papers(record)]

    def _papers(self, record: Product) -> Card:
        """Labels and the product's page: other people's addresses, opened by a click and never by themselves."""
        card = Card()
        card.column.addWidget(label("Labels", "strong"))
        self.labels = [Paper(one.name or "Label", one.url) for one in record.labels]
        if record.product_page_url:
            self.labels.append(Paper("Product page", record.product_page_url))
        for paper in self.labels:
            card.column.addWidget(paper)
        if not self.labels:
            told = (
                "Leaf tells no label." if record.detailed else "No label here; fetch the details to see what Leaf has."
            )
            card.column.addWidget(label(told, "small", wrap=True))
        for remark in record.remarks:
            card.column.addWidget(label(remark, "small", wrap=True))
        return card


class Paper(QWidget):
    """A document of somebody else's: its name to click on, and the host it is opened at. Part for tests: `link`."""

    def __init__(self, text: str, address: str) -> None:
        super().__init__()
        url = QUrl(address, QUrl.ParsingMode.StrictMode)
        host = url.host(QUrl.ComponentFormattingOption.FullyEncoded)
        sound = url.isValid() and url.scheme() == "https" and bool(host)
        self.link = button(text, "link", tip=address)
        self.link.setAccessibleDescription(f"Opens {host} in the browser")
        self.link.setEnabled(sound)
        self.link.clicked.connect(lambda: QDesktopServices.openUrl(url))
        where = label(host if sound else "no safe address", "small")
        line = row(self.link, None, where)
        self.setLayout(line)


class MixDetail(InputDetail):
    """A tank mix with what is in it. Parts for tests: `parts` (buttons by product id)."""

    def __init__(self, window: MainWindow, lines: Lines, look_up: Callable[[Kind, str], None]) -> None:
        super().__init__(window, "tankMixes", lines)
        self._look_up = look_up
        self.parts: dict[str, QPushButton] = {}

    def more(self, record: Record | None) -> list[QWidget]:
        if not isinstance(record, TankMix):
            return []
        self.parts = {}
        card = Card()
        rate = f"{record.rate:,g} {words.unit(record.rate_unit)}".strip() if record.rate is not None else ""
        card.column.addLayout(row(label("Made of", "strong"), None, label(rate, "muted")))
        if record.carrier is not None:
            self._add(card, record.carrier, "Carrier")
        for part in record.components:
            self._add(card, part, words.quietly(part.product_type))
        if record.carrier is None and not record.components:
            card.column.addWidget(label("Leaf does not tell what is in it.", "small", wrap=True))
        return [card]

    def _turn_to(self, id: str) -> None:
        """Turn to a product of the mix; one that is not here is asked for first."""

        def take(row: Row | None) -> None:
            if row is not None:
                self._look_up("products", id)
                return
            online = self.window_.workspace.online
            self.asking.ask(lambda: online.look_up("products", id), done=lambda _: self._look_up("products", id) or "")

        self.window_.bridge.read(lambda workspace: workspace.tables.row("products", id), take)

    def _add(self, card: Card, part: MixPart, what: str) -> None:
        name = part.name or "Unnamed"
        shown: QWidget = label(name, wrap=True, select=True)
        if part.id:
            shown = link = button(name, "link", tip="Look at this product")
            link.clicked.connect(partial(self._turn_to, part.id))
            self.parts[part.id] = link
        card.column.addLayout(row(shown, None, label(what, "muted")))
        if part.registrant:
            card.column.addWidget(label(part.registrant, "small", wrap=True))
