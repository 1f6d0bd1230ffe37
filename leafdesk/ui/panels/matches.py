"""What is known of an operation: the products that its machine files name, and what each of them was taken for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from leafdesk.edits import Match
from leafdesk.records import VALIDATED, MatchHistory, Product, ProductMatch, provider_in_words
from leafdesk.ui import words
from leafdesk.ui.dialogs.product import ChooseProduct
from leafdesk.ui.panels.asking import Asking
from leafdesk.ui.panels.work import NOT_FETCHED, whence, work
from leafdesk.ui.parts import Card, button, label, row
from leafdesk.ui.tables.detail import RecordDetail
from leafdesk.ui.theme import STEP
from leafdesk.workspace import Changes, Row, Where, Workspace

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow

MOST_LOOKED_UP = 20
"""So many products that are not here yet are asked for along with the matches that name them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A match as it is here: its product (None: not here), how it stands in the queue, why it may not be approved, and
    what it was before with the names of those products (None: not fetched yet)."""

    match: ProductMatch
    product: Product | None
    mark: str
    why_not: str | None
    before: tuple[tuple[MatchHistory, str], ...] | None


@dataclass(frozen=True, slots=True)
class Look:
    """All matches of an operation; `fetched` is when they were read (None: never)."""

    seen: tuple[Seen, ...]
    fetched: str | None


def look_at(workspace: Workspace, operation_id: str) -> Look:
    """Read an operation's matches, on the reading thread."""
    tables = workspace.tables
    rows = tables.rows("matches", Where(parent=operation_id), limit=1000)
    found = ((line, workspace.catalog.get("matches", line.id)) for line in rows)
    seen = tuple(_seen(workspace, match, line.mark) for line, match in found if isinstance(match, ProductMatch))
    return Look(seen, tables.fetched("matches", about=operation_id))


def _seen(workspace: Workspace, match: ProductMatch, mark: str) -> Seen:
    before = None
    if workspace.tables.fetched("matchHistory", about=match.id) is not None:
        lines = workspace.tables.rows("matchHistory", Where(parent=match.id), (("historical_time", True),))
        records = (workspace.catalog.get("matchHistory", line.id) for line in lines)
        was = [one for one in records if isinstance(one, MatchHistory)]
        before = tuple((one, _name_of(workspace, one.product_id)) for one in was)
    product = workspace.catalog.get("products", match.product_id) if match.product_id else None
    known = product if isinstance(product, Product) else None
    return Seen(match, known, mark, workspace.why_not(Match(match.id)), before)


def _name_of(workspace: Workspace, product_id: str) -> str:
    product = workspace.catalog.get("products", product_id) if product_id else None
    return product.name if product is not None else f"product {product_id}" if product_id else "no product"


def status(match: ProductMatch | MatchHistory) -> str:
    """How a match stands; the scale of the score is published nowhere."""
    if match.status == VALIDATED:
        return "Approved"
    said = "Predicted" if match.status == "PREDICTED" else words.quietly(match.status) or "Unknown"
    return said if match.score is None else f"{said}, score {match.score:.1f}"


class MatchesDetail(RecordDetail):
    """An operation with its matches. `chosen` hands over the selected operations.

    Parts for tests: `cards` (by match id), `asking`, `current`.
    """

    fetched = Signal()
    """Matches were read, perhaps the same as before: their age is another."""

    def __init__(self, window: MainWindow) -> None:
        lines = [
            ("Began", lambda row: words.moment(str(row.values.get("start_time", "")))),
            ("Ended", lambda row: words.moment(str(row.values.get("end_time", "")))),
            ("From", whence),
        ]
        super().__init__("Select an operation to see its products.", lines, lambda row: str(row.values.get("fields")))
        self.window_ = window
        self.chosen: Callable[[Callable[[list[Row]], None]], None] = lambda done: done([self.row] if self.row else [])
        self.cards: dict[str, MatchCard] = {}
        self.current: str | None = None
        self._told: set[str] = set()
        self.said = label("", "small", wrap=True)
        self.column = QVBoxLayout()
        self.column.setSpacing(STEP * 3)
        self.asking = Asking(window, window.commands.bind(button(""), "fetch-matches"), first=True)
        for part in (self.said, self.asking):
            self.body.addWidget(part)
        self.body.insertLayout(1, self.column)
        window.bridge.changed.connect(self._changed)
        for key, do in (
            ("fetch-matches", self.fetch),
            ("approve-match", self.approve),
            ("change-match", self.change),
            ("match-history", self.tell_history),
        ):
            window.commands[key].triggered.connect(lambda _=False, do=do: do() if self.isVisible() else None)

    # ------------------------------------------------------------------ what is shown
    def show_row(self, row: Row | None) -> None:
        """Show an operation; its matches are read beside the window."""
        other = row is None or self.row is None or row.id != self.row.id
        super().show_row(row)
        if row is not None:
            if other:
                self.asking.say("")
                self.current = None
                self._take(None)
            self.title.setText(work(row))
            self._read()
        self._allow()

    def _read(self) -> None:
        if self.row is None:
            return
        id = self.row.id

        def take(look: Look) -> None:
            if self.row is not None and self.row.id == id:
                self._take(look)

        self.window_.bridge.read(lambda workspace: look_at(workspace, id), take)

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and {kind for kind, _ in changes.records} & {"matches", "matchHistory", "products"}:
            self._read()

    def _take(self, look: Look | None) -> None:
        """Show the matches; those that are as they were stay as they stand."""
        shown = {one.match.id: one for one in look.seen} if look else {}
        for id in [id for id in self.cards if id not in shown]:
            card = self.cards.pop(id)
            card.hide()
            card.deleteLater()
        for place, (id, seen) in enumerate(shown.items()):
            if id not in self.cards:
                self.cards[id] = self._card(id)
                self.column.insertWidget(place, self.cards[id])
            self.cards[id].show_match(seen, whole=id in self._told)
        if self.current not in self.cards:
            left = [id for id, seen in shown.items() if seen.match.status != VALIDATED]
            self.current = next(iter([*left, *shown]), None)
        if look is not None:
            self.said.setText(self._sentence(look))
        self.said.setVisible(look is not None)
        self._allow()

    @staticmethod
    def _sentence(look: Look) -> str:
        if look.fetched is None and not look.seen:
            return f"Its products were {NOT_FETCHED}."
        when = f"fetched {words.moment(look.fetched)}" if look.fetched else NOT_FETCHED
        if not look.seen:
            return f"Its files name no product, {when}."
        return f"{words.count(len(look.seen), 'product')} in its files, {when}."

    def _card(self, id: str) -> MatchCard:
        made = MatchCard()
        made.chosen.connect(partial(self._choose, id))
        made.approve.clicked.connect(lambda: self._as_current(id, self.approve))
        made.change.clicked.connect(lambda: self._as_current(id, self.change))
        made.history.clicked.connect(lambda: self._as_current(id, self.tell_history))
        return made

    def _choose(self, id: str) -> None:
        self.current = id
        self._allow()

    def _as_current(self, id: str, do: object) -> None:
        self._choose(id)
        assert callable(do)
        do()

    # ------------------------------------------------------------------ what is done
    def _seen(self) -> Seen | None:
        card = self.cards.get(self.current or "")
        return card.seen if card is not None else None

    def approve(self) -> None:
        """Queue the approval of the product that Leaf predicts."""
        seen = self._seen()
        if seen is not None and seen.why_not is None:
            self.current = None  # the next one to review
            self.window_.doing.do(Match(seen.match.id))

    def change(self) -> None:
        """Ask for another product, and queue that."""
        seen = self._seen()
        if seen is None:
            return
        id, name = seen.match.id, seen.match.name
        sheet = ChooseProduct(self.window_, name, seen.product.name if seen.product else "")
        sheet.wanted.connect(lambda: self.window_.doing.do_for(sheet, Match(id, sheet.product_id)))
        sheet.open()

    def tell_history(self) -> None:
        """Show or hide what the match was before; Leaf is asked when it never was."""
        seen = self._seen()
        if seen is None:
            return
        id = seen.match.id
        self._told ^= {id}
        self.cards[id].show_match(seen, whole=id in self._told)
        if id in self._told and seen.before is None:
            online = self.window_.workspace.online
            self.asking.ask(lambda: online.match_history(id), done=lambda _: self._read_and_say(""))

    def fetch(self) -> None:
        """Ask Leaf for the matches of all selected operations, and for the products that nobody knows here."""
        self.chosen(lambda rows: self._fetch([row.id for row in rows]))

    def _fetch(self, ids: list[str]) -> None:
        online = self.window_.workspace.online

        def told(answers: list[int]) -> str:
            self.window_.bridge.read(lambda workspace: unknown(workspace, ids), self._look_up)
            self.fetched.emit()
            return self._read_and_say(f"Leaf told {words.count(sum(answers), 'product')}.")

        if ids:
            self.asking.ask(*(partial(online.matches, id) for id in ids), done=told)

    def _look_up(self, ids: list[str]) -> None:
        online = self.window_.workspace.online
        if ids:
            questions = [partial(online.look_up, "products", id) for id in ids]
            self.asking.ask(*questions, done=lambda _: self._read_and_say(""), meanwhile="Asking for their names…")

    def _read_and_say(self, text: str) -> str:
        self._read()
        return text

    # ------------------------------------------------------------------ what may be done
    def showEvent(self, event: QShowEvent) -> None:
        self._read()
        self._allow()

    def hideEvent(self, event: QHideEvent) -> None:
        self._allow()

    def _allow(self) -> None:
        seen, here = self._seen(), self.isVisible() and self.row is not None
        none = "Select an operation with products first."
        commands = self.window_.commands
        commands.allow("fetch-matches", None if here else "Select an operation first.")
        commands.allow("approve-match", seen.why_not if here and seen else none)
        for key in ("change-match", "match-history"):
            commands.allow(key, None if here and seen else none)


def unknown(workspace: Workspace, operation_ids: list[str]) -> list[str]:
    """The products that operations' matches name and that are not here."""
    matches = (seen for id in operation_ids for seen in look_at(workspace, id).seen)
    named = {seen.match.product_id: seen.product for seen in matches}
    return [id for id, product in named.items() if id and product is None][:MOST_LOOKED_UP]


class MatchCard(Card):
    """One match: the machine's text, the product it was taken for, and what can be done.

    Parts for tests: `text`, `product`, `status`, `approve`, `change`, `history`, `past`, `seen`.
    """

    chosen = Signal()
    """Somebody turned to it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Seen | None = None
        self.text, self.status = label("", "strong", wrap=True, select=True), label("", "muted")
        self.product = label("", "", wrap=True, select=True)
        self.standing = label("", "warn", wrap=True)
        self.approve, self.change = button("Approve"), button("Change…", tip="Choose another product")
        self.history = button("History", "link", tip="What this was taken for before")
        self.past = QWidget()
        self._lines = QVBoxLayout(self.past)
        self._lines.setContentsMargins(0, STEP, 0, 0)
        top = row(self.text, self.status)
        top.setStretch(0, 1)
        self.column.addLayout(top)
        self.column.addWidget(self.product)
        self.column.addWidget(self.standing)
        self.column.addSpacing(STEP)
        self.column.addLayout(row(self.approve, self.change, None, self.history))
        self.column.addWidget(self.past)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def focusInEvent(self, event: object) -> None:
        self.chosen.emit()

    def show_match(self, seen: Seen, *, whole: bool) -> None:
        """Show a match, its history too when it is asked for `whole`."""
        self.seen = seen
        match, product = seen.match, seen.product
        self.setAccessibleName(f"Match of {match.name or 'a text without letters'}")
        self.text.setText(f"“{match.name}”" if match.name else "No text")
        self.status.setText(status(match))
        self.product.setText(_product(match, product))
        standing = words.MARKS.get(seen.mark, "")
        self.standing.setText(f"{standing[:1].upper()}{standing[1:]}.")
        self.standing.setVisible(bool(standing))
        self.approve.setEnabled(seen.why_not is None)
        self.approve.setToolTip(seen.why_not or "The machine's text means this product (Ctrl+Shift+A)")
        for made, does in ((self.approve, "Approve"), (self.change, "Change"), (self.history, "History of")):
            made.setAccessibleName(f"{does} {match.name}")
        self._show_past(seen, whole)

    def _show_past(self, seen: Seen, whole: bool) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.deleteLater()
        for line in past(seen) if whole else ():
            self._lines.addWidget(label(line, "small", wrap=True))
        self.past.setVisible(whole)


def past(seen: Seen) -> list[str]:
    """What a match was before, line by line."""
    if seen.before is None:
        return [f"What it was before was {NOT_FETCHED}."]
    lines = [f"Until {words.moment(one.historical_time)}: {name}, {status(one).lower()}" for one, name in seen.before]
    return lines or ["It never was anything else."]


def _product(match: ProductMatch, product: Product | None) -> str:
    if product is None:
        return (
            f"Product {match.product_id}, not in the catalog here" if match.product_id else "Leaf predicts no product"
        )
    return " · ".join(filter(None, (product.name, product.registrant, provider_in_words(product.label_provider))))
