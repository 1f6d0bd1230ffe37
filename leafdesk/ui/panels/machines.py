"""The machines page: machines, implements and operators, a tab each."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from leafdesk.edits import Create, Delete, change
from leafdesk.records import USER_CREATED, Machine, provider_in_words
from leafdesk.ui import words
from leafdesk.ui.dialogs.machine import LINES, DeleteMachine, MachineSheet
from leafdesk.ui.panels.machine_detail import MachineDetail, owner
from leafdesk.ui.parts import button
from leafdesk.ui.tables.declare import Chip, Column, Pick, Table, Typed, When, leaf_users, name, provider, value
from leafdesk.ui.tables.detail import Lines, RecordDetail
from leafdesk.ui.tables.panel import TablePanel
from leafdesk.ui.tables.tabs import Maker, Tabs

if TYPE_CHECKING:
    from leafdesk.ui.lists import Lists
    from leafdesk.ui.main_window import MainWindow

ORIGINS = {
    "USER_CREATED": "Made by hand",
    "FILE_POOLED": "Read from files",
    "PROVIDER_POOLED": "From a provider",
}
"""Leaf's origins of machines in words."""
ACTIONS = ("edit-machine", "delete-machine", "fetch-files", "new-machine")
"""What the context menu of a machine offers."""
UNSENT = Chip("unsent", "Unsent", pending=True, tip="Changes that Leaf does not have yet")


def origin(word: str) -> str:
    """How a machine came to Leaf."""
    return ORIGINS.get(word, word.replace("_", " ").capitalize())


_ORIGIN = Column("origin", "Origin", lambda row: origin(str(row.values.get("origin_type", ""))), "origin_type", 130)
_WHENCE = (
    Pick("provider", "Provider", provider_in_words),
    Pick("origin_type", "Origin", origin),
    Pick("organization_id", "Organization"),
)
_MADE = Column(
    "created_time", "Made at Leaf", lambda row: words.moment(str(row.values.get("created_time", ""))), "created_time"
)


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
            _MADE,
        ),
        chips=(Chip("mine", "Made by hand", {"origin_type": "USER_CREATED"}), UNSENT),
        picks=(
            *_WHENCE,
            Pick("make", "Make"),
            Pick("category", "Category"),
            Pick("model_year", "Year", of=int),
            leaf_users(lists),
        ),
        more=(
            When("created_time", "Made at Leaf", exact=True),
            When("updated_time", "Changed at Leaf", exact=True, asks="updated"),
            Typed("provider_machine_id", "Provider's id"),
            Typed("serial_number", "Serial number"),
            Typed("vin", "VIN"),
        ),
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
        more=(
            When("created_time", "Made at Leaf", asks="created"),
            When("updated_time", "Changed at Leaf", asks="updated"),
            Typed("provider_implement_id", "Provider's id"),
        ),
        searched="name, make, model, category and serial number",
    )


def operators(lists: Lists) -> Table:
    """Who drives."""
    return Table(
        kind="operators",
        one="operator",
        columns=(name("Operator"), value("status", "Status"), value("license", "Licence", 150), _ORIGIN, provider()),
        picks=(*_WHENCE, Pick("status", "Status"), leaf_users(lists)),
        more=(When("updated_time", "Changed at Leaf"), Typed("provider_operator_id", "Provider's id")),
        searched="names",
    )


class MachinesPanel(TablePanel):
    """The table of machines. `sheet` is the question that is open, or was last."""

    def __init__(self, window: MainWindow, table: Table, detail: MachineDetail, parent: QWidget) -> None:
        new = window.commands.bind(button(""), "new-machine")
        self.machine = detail
        self.sheet: MachineSheet | DeleteMachine | None = None
        super().__init__(window, table, self.machine, extra=(new,), heading=False, menu=ACTIONS, parent=parent)
        for key, do in (
            ("edit-machine", self.edit),
            ("delete-machine", self.delete),
            ("fetch-files", self.machine.ask_for_files),
        ):
            window.commands[key].triggered.connect(lambda _=False, do=do: do())

    def new(self) -> None:
        """Ask what a new machine is like; it is queued and shown."""
        users = self.window_.lists.users
        if not users:
            self.window_.notice.say("There is no Leaf user yet whose machine it could be.")
            return
        sheet = self.sheet = MachineSheet(self.window_, users)

        def make_it() -> None:
            user = str(sheet.user.currentData())
            made = Machine(id=str(uuid4()), leaf_user_id=user, origin_type=USER_CREATED, **sheet.answer())
            self.window_.doing.do(Create(made), then=lambda _: done(made.id), sorry=sheet.say_failed)

        def done(id_: str) -> None:
            sheet.done_well()
            self.window_.show_page("machines")
            self.look_up(id_)

        sheet.wanted.connect(make_it)
        sheet.open()

    def edit(self) -> None:
        """Ask what is different about the machine."""
        shown = self.row
        if shown is None:
            return
        values = {name: shown.values.get(name) for name in LINES if name != "name"}
        texts = {name: value for name, value in values.items() if value is not None}
        machine = Machine(id=shown.id, leaf_user_id=shown.leaf_user_id, name=shown.name, **texts)
        sheet = self.sheet = MachineSheet(self.window_, self.window_.lists.users, machine)
        edited = shown.id
        sheet.wanted.connect(lambda: self.window_.doing.do_for(sheet, change("machines", edited, **sheet.answer())))
        sheet.open()

    def delete(self) -> None:
        """Ask whether the machine shall go."""
        shown = self.row
        if shown is None:
            return
        sheet = self.sheet = DeleteMachine(self.window_, shown.name)
        sheet.wanted.connect(lambda: self.window_.doing.do_for(sheet, Delete("machines", shown.id)))
        sheet.open()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.machine.allow()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.machine.allow()


def new_machine(window: MainWindow) -> None:
    """Turn to the machines and ask what a new one is like."""
    _turn_to(window).new()


def point_at(window: MainWindow, machine_id: str) -> None:
    """Turn to the machines and put the cursor on one."""
    _turn_to(window).point_at(machine_id)


def _turn_to(window: MainWindow) -> MachinesPanel:
    window.show_page("machines")
    page = window.pages.page("machines")
    assert isinstance(page, Tabs)
    page.show_tab("Machines")
    panel = page.panel("Machines")
    assert isinstance(panel, MachinesPanel)
    return panel


def _lines(table: Table) -> Lines:
    return [(column.title, column.text) for column in table.columns[1:]]


def make(window: MainWindow) -> Tabs:
    """The page."""
    owned = machines(window.lists)

    def of(table: Table) -> Maker:
        def detail() -> RecordDetail:
            return RecordDetail(f"Select an {table.one} to look at it.", _lines(table), lambda row: owner(window, row))

        return detail, lambda made, parent: TablePanel(window, table, made, heading=False, parent=parent)

    return Tabs(
        window,
        "Machines",
        {
            "Machines": (
                lambda: MachineDetail(window, _lines(owned)),
                lambda made, parent: MachinesPanel(window, owned, made, parent),
            ),
            "Implements": of(implements(window.lists)),
            "Operators": of(operators(window.lists)),
        },
    )
