"""The machines page: machines, implements and operators, a tab each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leafdesk.records import provider_in_words
from leafdesk.ui.tables.declare import Chip, Column, Pick, Table, leaf_users, name, provider, value
from leafdesk.ui.tables.detail import RecordDetail
from leafdesk.ui.tables.panel import TablePanel
from leafdesk.ui.tables.tabs import Tabs
from leafdesk.workspace import Row

if TYPE_CHECKING:
    from leafdesk.ui.lists import Lists
    from leafdesk.ui.main_window import MainWindow

ORIGINS = {
    "USER_CREATED": "Made by hand",
    "FILE_POOLED": "Read from files",
    "PROVIDER_POOLED": "From a provider",
}
"""Leaf's origins of machines in words."""
UNSENT = Chip("unsent", "Unsent", pending=True, tip="Changes that Leaf does not have yet")


def origin(word: str) -> str:
    """How a machine came to Leaf."""
    return ORIGINS.get(word, word.replace("_", " ").capitalize())


_ORIGIN = Column("origin", "Origin", lambda row: origin(str(row.values.get("origin_type", ""))), "origin_type", 130)
_WHENCE = (Pick("provider", "Provider", provider_in_words), Pick("origin_type", "Origin", origin))


def machines(lists: Lists) -> Table:
    """Machines, with all that Leaf tells of them."""
    return Table(
        kind="machines",
        one="machine",
        columns=(
            name("Machine"),
            value("make", "Make"),
            value("model", "Model"),
            value("model_year", "Year", 80, right=True),
            value("category", "Category", 140),
            _ORIGIN,
            provider(),
            value("serial_number", "Serial number", 150),
            value("vin", "VIN", 160, tip="Vehicle identification number"),
        ),
        chips=(Chip("mine", "Made by hand", {"origin_type": "USER_CREATED"}), UNSENT),
        picks=(*_WHENCE, Pick("make", "Make"), Pick("category", "Category"), leaf_users(lists)),
        searched="name, make, model, category, serial number and VIN",
    )


def implements(lists: Lists) -> Table:
    """What machines pull or carry."""
    return Table(
        kind="implements",
        one="implement",
        columns=(
            name("Implement"),
            value("make", "Make"),
            value("model", "Model"),
            value("category", "Category", 140),
            _ORIGIN,
            provider(),
            value("serial_number", "Serial number", 150),
        ),
        picks=(*_WHENCE, Pick("make", "Make"), Pick("category", "Category"), leaf_users(lists)),
        searched="name, make, model, category and serial number",
    )


def operators(lists: Lists) -> Table:
    """Who drives."""
    return Table(
        kind="operators",
        one="operator",
        columns=(name("Operator"), value("status", "Status"), value("license", "Licence", 150), _ORIGIN, provider()),
        picks=(*_WHENCE, Pick("status", "Status"), leaf_users(lists)),
        searched="names",
    )


def make(window: MainWindow) -> Tabs:
    """The page."""

    def of(table: Table) -> TablePanel:
        lines = [(column.title, column.text) for column in table.columns[1:]]
        return TablePanel(window, table, RecordDetail("Select one to look at it.", lines, _where), heading=False)

    def _where(row: Row) -> str:
        user = window.lists.users.get(row.leaf_user_id)
        return user.name if user else ""

    return Tabs(
        window,
        "Machines",
        {
            "Machines": lambda: of(machines(window.lists)),
            "Implements": lambda: of(implements(window.lists)),
            "Operators": lambda: of(operators(window.lists)),
        },
    )
