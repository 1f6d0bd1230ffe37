"""The inputs page: products, varieties and tank mixes, searched offline and at Leaf, and which products were meant."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from leafdesk.records import Kind, provider_in_words
from leafdesk.ui import words
from leafdesk.ui.panels.input_detail import InputDetail, Lines, MixDetail, ProductDetail
from leafdesk.ui.panels.matches import MatchesDetail
from leafdesk.ui.panels.search_at_leaf import SearchAtLeaf, searched
from leafdesk.ui.panels.work import WorkPanel
from leafdesk.ui.tables.declare import Chip, Column, Pick, Table, leaf_users, name, provider, value
from leafdesk.ui.tables.panel import TablePanel
from leafdesk.ui.tables.tabs import Maker, Tabs
from leafdesk.workspace import Row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from leafdesk.ui.lists import Lists
    from leafdesk.ui.main_window import MainWindow

SOURCES = {
    "list": "The provider's list",
    "summary": "Named in machine files",
    "search": "Found at Leaf",
}
"""How an entry came here, in words."""
TABS: dict[Kind, str] = {
    "products": "Products",
    "varieties": "Varieties",
    "tankMixes": "Tank mixes",
    "operations": "Matches",
}
"""The tabs by what they list."""


def source(word: str) -> str:
    """How an entry came here."""
    return SOURCES.get(word, word.capitalize())


def _found(row: Row) -> str:
    return words.moment(str(row.values.get("found", "")))


def quiet(key: str, title: str, wide: int) -> Column:
    """A column with words that some providers write in capitals."""
    return Column(key, title, lambda row: _quietly(str(row.values.get(key, ""))), key, wide)


def _quietly(text: str) -> str:
    return ", ".join(words.quietly(one) for one in text.split(", "))


_SOURCE = Column("source", "From", lambda row: source(str(row.values.get("source", ""))), "source", 140)
_FOUND = Column("found", "Searched", _found, "found", 110, tip="When it was searched for at Leaf")
_ONES = Chip("mine", "Named in machine files", {"source": "summary"})
_WHEN = (Pick("found", "Searched at Leaf", searched),)


def products(lists: Lists) -> Table:
    """Products of John Deere, and those of Agrian and CDMS that somebody searched for."""
    return Table(
        kind="products",
        one="product",
        columns=(
            name("Product", 200),
            value("registrant", "Made by", 160),
            quiet("product_type", "Type", 120),
            value("registration", "Registration", 130),
            provider("Catalog", 110),
            _SOURCE,
            _FOUND,
        ),
        chips=(_ONES,),
        picks=(
            Pick("provider", "Catalog", provider_in_words),
            Pick("product_type", "Type", words.quietly),
            *_WHEN,
            leaf_users(lists),
        ),
        searched="name, registration, maker, type and active ingredients",
    )


def varieties(lists: Lists) -> Table:
    """Varieties of seed."""
    return Table(
        kind="varieties",
        one="variety",
        many="varieties",
        columns=(
            name("Variety", 240),
            quiet("crops", "Crops", 150),
            value("company", "Company", 170),
            provider("Catalog", 110),
            _SOURCE,
            _FOUND,
        ),
        chips=(_ONES,),
        picks=(Pick("crops", "Crop", words.quietly), *_WHEN, leaf_users(lists)),
        searched="name, company and crops",
    )


def tank_mixes(lists: Lists) -> Table:
    """What is mixed in one tank."""
    return Table(
        kind="tankMixes",
        one="tank mix",
        many="tank mixes",
        columns=(
            name("Tank mix", 200),
            value("components", "Made of", 240),
            value("carrier", "Carrier", 120),
            quiet("target_crops", "Crops", 150),
            provider("Catalog", 110),
            _FOUND,
        ),
        picks=(Pick("target_crops", "Crop", words.quietly), *_WHEN, leaf_users(lists)),
        searched="name, products in it, crops and notes",
    )


def _lines(*shown: tuple[str, str]) -> Lines:
    def text(key: str, row: Row) -> str:
        found = row.values.get(key, "")
        if isinstance(found, bool):
            return "yes" if found else "no"
        return _quietly(str(found)) if key in _CAPITALS else str(found)

    return [(title, partial(text, key)) for key, title in shown]


_CAPITALS = ("product_type", "physical_state", "formulation_type", "status", "crops", "target_crops")
PRODUCT = _lines(
    ("registration", "Registration"),
    ("registrant", "Made by"),
    ("distributor", "Distributed by"),
    ("product_type", "Type"),
    ("physical_state", "State"),
    ("formulation_type", "Formulation"),
    ("carrier", "Carrier"),
    ("status", "Status"),
)
VARIETY = _lines(("crops", "Crops"), ("company", "Company"), ("status", "Status"), ("organization_id", "Organization"))
MIX = _lines(("target_crops", "Crops"), ("formulation_type", "Formulation"), ("status", "Status"), ("notes", "Notes"))


class InputsPage(Tabs):
    """The page. `look_up(kind, id)` turns to a record; `panel(name)` is a tab's panel."""

    def __init__(self, window: MainWindow) -> None:
        self.window_ = window
        makers: dict[str, Maker] = {
            "Products": (lambda: ProductDetail(window, PRODUCT), partial(self._of, products(window.lists))),
            "Varieties": (
                lambda: InputDetail(window, "varieties", VARIETY),
                partial(self._of, varieties(window.lists)),
            ),
            "Tank mixes": (lambda: MixDetail(window, MIX, self.look_up), partial(self._of, tank_mixes(window.lists))),
            "Matches": (lambda: MatchesDetail(window), partial(WorkPanel, window)),
        }
        super().__init__(window, "Inputs", makers)

    def _of(self, table: Table, detail: InputDetail, parent: QWidget) -> TablePanel:
        search = SearchAtLeaf(self.window_, table)
        panel = TablePanel(self.window_, table, detail, extra=(search,), heading=False, parent=parent)
        search.serve(panel)
        return panel

    def show_work(self, field_id: str | None) -> None:
        """Turn to the work on a field, and to the products that were used there."""
        self.show_tab("Matches")
        panel = self.panel("Matches")
        assert isinstance(panel, WorkPanel)
        panel.of_field(field_id)

    def look_up(self, kind: Kind, id: str) -> None:
        """Turn to a record of one of the tables."""
        self.show_tab(TABS[kind])
        panel = self.panel(TABS[kind])
        assert isinstance(panel, TablePanel)
        panel.look_up(id)
