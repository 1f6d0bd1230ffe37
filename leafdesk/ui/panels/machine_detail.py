"""What is known of one machine: its values, the files it wrote, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QWidget

from leafdesk.edits import Delete, change
from leafdesk.records import MachineFile, Quantity
from leafdesk.ui import words
from leafdesk.ui.panels.asking import Asking
from leafdesk.ui.parts import Card, button, label
from leafdesk.ui.tables.detail import Lines, RecordDetail
from leafdesk.ui.tables.panel import fetched_in_words
from leafdesk.ui.theme import STEP
from leafdesk.workspace import Changes, Row, Where, Workspace

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow

SHOWN = 8
"""So many of a machine's files are shown, the newest."""


@dataclass(frozen=True, slots=True)
class Files:
    """The newest files of a machine, how many there are, when Leaf was asked for them (None: never), and what was
    driven and burnt in all, by unit as Leaf writes it."""

    newest: list[MachineFile]
    many: int
    fetched: str | None
    driven: dict[str, float]
    burnt: dict[str, float]


class MachineDetail(RecordDetail):
    """Parts for tests: `files` (the lines shown), `age`, `asking`, `sums`."""

    def __init__(self, window: MainWindow, lines: Lines) -> None:
        super().__init__("Select a machine to look at it.", lines, lambda row: owner(window, row))
        self.window_ = window
        self._turn = 0
        self.files = QGridLayout()
        self.files.setContentsMargins(0, STEP, 0, 0)
        self.files.setHorizontalSpacing(STEP * 3)
        self.files.setColumnStretch(0, 1)
        self.age, self.sums = label("", "small", wrap=True), label("", "", wrap=True, select=True)
        self.asking = Asking(window, window.commands.bind(button(""), "fetch-files"), first=True)
        card = Card()
        card.column.addWidget(label("Machine files", "strong"))
        for part in (self.age, self.sums):
            card.column.addWidget(part)
        card.column.addLayout(self.files)
        card.column.addWidget(self.asking)
        self.body.addWidget(card)
        for key in ("edit-machine", "delete-machine"):
            self.buttons.addWidget(window.commands.bind(button(""), key))
        window.bridge.changed.connect(self._changed)

    # ------------------------------------------------------------------ what is shown
    def show_row(self, row: Row | None) -> None:
        """Show a machine; its files are read beside the window."""
        other = self.row is None or row is None or row.id != self.row.id
        super().show_row(row)
        if other:
            self._clear()
            if not self.asking.busy:
                self.asking.say("")
        if row is not None:
            self._read(row)
        self.allow()

    def allow(self) -> None:
        """Say what may be done with the machine, and why not what may not."""
        commands, workspace, shown = self.window_.commands, self.window_.workspace, self.row
        if shown is None or not self.isVisible():
            for key in ("edit-machine", "delete-machine", "fetch-files"):
                commands.allow(key, "Select a machine first.")
            return
        edit = workspace.why_not(change("machines", shown.id, name=f"{shown.name} "))
        delete = workspace.why_not(Delete("machines", shown.id))
        commands.allow("edit-machine", edit)
        commands.allow("delete-machine", delete)
        commands.allow("fetch-files", "Leaf is being asked." if self.asking.busy else None)
        self.say_why(edit, delete)

    def _changed(self, changes: Changes) -> None:
        if self.row is not None and any(kind == "machineFiles" for kind, _ in changes.records):
            self._read(self.row)

    def _read(self, machine: Row) -> None:
        self._turn += 1
        turn = self._turn
        self.window_.bridge.read(
            lambda workspace: read_files(workspace, machine.id), lambda files: self._take(turn, files)
        )

    def _clear(self) -> None:
        self.age.setText("")
        self.sums.setText("")
        self._take_lines([])

    def _take(self, turn: int, files: Files) -> None:
        if turn != self._turn:
            return
        many = words.count(files.many, "file") if files.many else "Leaf has none"
        self.age.setText("Not fetched yet." if files.fetched is None else f"{many} · {fetched_in_words(files.fetched)}")
        sums = ((what, parts) for what, parts in (("Distance", files.driven), ("Fuel", files.burnt)) if parts)
        self.sums.setText("\n".join(f"{what} {_in_all(parts)}" for what, parts in sums))
        self.sums.setVisible(bool(self.sums.text()))
        self._take_lines(files.newest)

    def _take_lines(self, files: list[MachineFile]) -> None:
        while (item := self.files.takeAt(0)) is not None:
            old: QWidget | None = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for place, file in enumerate(files):
            texts = (words.moment(file.start_time) or "No date", quantity(file.distance), quantity(file.fuel))
            for across, text in enumerate(texts):
                self.files.addWidget(label(text, "" if across == 0 else "muted"), place, across)

    # ------------------------------------------------------------------ asking Leaf
    def ask_for_files(self) -> None:
        """Ask Leaf for the machine's files; what it answers stays here with its date."""
        machine = self.row
        if machine is None:
            return

        def done(_: object) -> str:
            self.allow()
            if self.row is not None:
                self._read(self.row)
            return ""

        self.asking.ask(lambda: self.window_.workspace.online.machine_files(machine.id), done=done)


def owner(window: MainWindow, row: Row) -> str:
    """Whose it is, where there is more than one Leaf user."""
    users = window.lists.users
    return users[row.leaf_user_id].name if len(users) > 1 and row.leaf_user_id in users else ""


def quantity(value: Quantity | None) -> str:
    """`1,204.5 ft`, or nothing."""
    return "" if value is None else f"{value.value:,.1f} {value.unit}"


def _in_all(parts: dict[str, float]) -> str:
    return " + ".join(f"{value:,.1f} {unit}" for unit, value in sorted(parts.items()))


def read_files(workspace: Workspace, machine_id: str) -> Files:
    """Read what is here of a machine's files."""
    tables, catalog, where = workspace.tables, workspace.catalog, Where(parent=machine_id)
    numbers = tables.numbers("machineFiles", where, [("start_time", True)])
    newest, driven, burnt = list[MachineFile](), dict[str, float](), dict[str, float]()
    units = dict[str, str]()  # "Mile" and "mile" are one
    for line in tables.rows_at(numbers):
        file = catalog.get("machineFiles", line.id)
        if not isinstance(file, MachineFile):
            continue
        if len(newest) < SHOWN:
            newest.append(file)
        for part, sums in ((file.distance, driven), (file.fuel, burnt)):
            if part is not None:
                unit = units.setdefault(part.unit.casefold(), part.unit)
                sums[unit] = sums.get(unit, 0.0) + part.value
    return Files(newest, len(numbers), tables.fetched("machineFiles", about=machine_id), driven, burnt)
