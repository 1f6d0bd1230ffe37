"""Work done on fields as a table: what, where, when, and whether its products are settled."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from leafdesk.records import VALIDATED, provider_in_words
from leafdesk.ui import words
from leafdesk.ui.panels.asking import Asking
from leafdesk.ui.parts import button
from leafdesk.ui.tables.declare import Column, Pick, Table, leaf_users
from leafdesk.ui.tables.panel import TablePanel
from leafdesk.workspace import Row, Where, Workspace

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from leafdesk.ui.lists import Lists
    from leafdesk.ui.main_window import MainWindow
    from leafdesk.ui.panels.matches import MatchesDetail

NOT_FETCHED = "not fetched yet"


def _value(row: Row, key: str) -> str:
    return str(row.values.get(key, ""))


def work(row: Row) -> str:
    """What was done."""
    return words.quietly(_value(row, "operation_type")) or "Work"


def whence(row: Row) -> str:
    """The providers it was read from, in words."""
    return ", ".join(provider_in_words(one) for one in _value(row, "providers").split(", "))


def operations(lists: Lists) -> Table:
    """The operations of all Leaf users, or of one field."""
    return Table(
        kind="operations",
        one="operation",
        columns=(
            Column("work", "Work", work, "operation_type", 130, marks=True),
            Column("fields", "Field", lambda row: _value(row, "fields"), wide=200),
            Column("start", "Began", lambda row: words.moment(_value(row, "start_time")), "start_time", 140),
            Column("end", "Ended", lambda row: words.moment(_value(row, "end_time")), "end_time", 140),
            Column("matches", "Products", lambda row: _value(row, "matches"), wide=160),
            Column("providers", "From", whence, "providers", 130),
        ),
        picks=(
            Pick("operation_type", "Work", words.quietly),
            Pick("providers", "From", provider_in_words),
            leaf_users(lists),
        ),
        order=(("start_time", True),),
        also=frozenset({"matches", "fields"}),
        enrich=enrich,
        searched="the names of fields, farms and growers",
    )


def enrich(workspace: Workspace, rows: list[Row]) -> list[Row]:
    """The rows with the names of their fields, and how many of their products are settled."""
    ids = {id for row in rows for id in _ids(row)}
    keys = {id: workspace.catalog.key("fields", id) or id for id in ids}
    names = {row.id: row.name for row in workspace.catalog.fields(ids=list(keys.values()))}
    return [
        replace(
            row,
            values={
                **row.values,
                "fields": ", ".join(names.get(keys[id], "") or "a field that is not here" for id in _ids(row)),
                "matches": _settled(workspace, row.id),
            },
        )
        for row in rows
    ]


def _ids(row: Row) -> list[str]:
    return [id for id in _value(row, "field_ids").split(", ") if id]


def _settled(workspace: Workspace, id: str) -> str:
    """How an operation's matches stand, in words."""
    rows = workspace.tables.rows("matches", Where(parent=id), limit=1000)
    if not rows:
        return "none" if workspace.tables.fetched("matches", about=id) else NOT_FETCHED
    left = sum(row.status != VALIDATED for row in rows)
    return f"{left:,} to review" if left else f"{len(rows):,} approved"


class WorkPanel(TablePanel):
    """Operations with the way to fetch them: of every Leaf user, or of the one field they are narrowed to."""

    def __init__(self, window: MainWindow, detail: MatchesDetail, parent: QWidget) -> None:
        self.everything = button("All fields", "chip", tip="Show the work on all fields again")
        self.everything.clicked.connect(lambda: self.of_field(None))
        self.everything.hide()
        self.asking = Asking(window, window.commands.bind(button(""), "fetch-work"))
        super().__init__(
            window,
            operations(window.lists),
            detail,
            extra=(self.everything, self.asking),
            heading=False,
            fetch=("Fetch operations", self.fetch),
            parent=parent,
        )
        window.commands["fetch-work"].triggered.connect(lambda _=False: self.fetch() if self.isVisible() else None)
        detail.chosen = self.chosen
        detail.fetched.connect(self.rows.refresh)
        self.field_id: str | None = None

    def of_field(self, field_id: str | None) -> None:
        """Narrow to the work on one field; None: on all of them."""
        row = self.window_.lists.rows.get(field_id or "")
        self.field_id = row.id if row is not None else None
        self.everything.setText(f"Only {row.name or 'this field'}  \N{MULTIPLICATION SIGN}" if row is not None else "")
        self.everything.setAccessibleName("Show the work on all fields again")
        self.everything.setVisible(row is not None)
        self.asking.say("")
        self.filters.reset()
        self.own(self.field_id)

    def fetch(self) -> None:
        """Ask Leaf for the operations."""
        field = self.window_.lists.rows.get(self.field_id or "")
        wanted: list[tuple[str, str | None]] = [(user, None) for user in self.window_.lists.users]
        if field is not None:
            wanted = [(field.leaf_user_id, field.id)]
        online = self.window_.workspace.online
        self.asking.ask(*(partial(online.operations, *one) for one in wanted), done=self._fetched)

    def _fetched(self, found: list[int]) -> str:
        self.rows.refresh()  # the list may be as it was, and its age is another
        return f"Leaf told {words.count(sum(found), 'operation')}."
