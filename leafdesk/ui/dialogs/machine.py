"""The questions about a machine: what a new or changed one is like, and whether one shall go."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from leafdesk.records import LeafUser, Machine
from leafdesk.ui.dialogs.sheet import Sheet
from leafdesk.ui.parts import Picker

LINES = {
    "name": ("Name", "Such as Big Red"),
    "make": ("Make", ""),
    "model": ("Model", ""),
    "category": ("Category", "Such as Tractor"),
    "model_year": ("Model year", "Such as 2019"),
    "serial_number": ("Serial number", "Leading zeros count"),
    "vin": ("VIN", "Vehicle identification number"),
}
"""By attribute: its name, and what stands in the empty line."""


class MachineSheet(Sheet):
    """What a machine is like. Parts for tests: `lines_` (by attribute), `user`.

    `answer()` gives what was filled in or changed; `wrong_year` says whether the year is no number.
    """

    def __init__(self, parent: QWidget, users: Mapping[str, LeafUser], machine: Machine | None = None) -> None:
        new = "It is kept on this machine at once and goes to Leaf with the next connection."
        super().__init__(
            parent,
            "Change the machine" if machine else "New machine",
            "" if machine else new,
            "Save changes" if machine else "Save machine",
        )
        self.setObjectName("machine")
        self._before = {name: _text(getattr(machine, name)) if machine else "" for name in LINES}
        self.lines_ = {name: QLineEdit(self._before[name], placeholderText=hint) for name, (_, hint) in LINES.items()}
        self.user = Picker(self)
        self.user.hide()
        self.user.setObjectName("machineUser")
        for user in sorted(users.values(), key=lambda user: user.name.casefold()):
            self.user.addItem(user.name or user.email or user.id, user.id)
        if machine is None and self.user.count() > 1:
            self.ask("Leaf user", self.user)
            self.user.show()
        for name, line in self.lines_.items():
            line.setObjectName(f"machine-{name}")
            self.ask(LINES[name][0], line)
            line.textChanged.connect(self._follow)
        self._follow()
        self.lines_["name"].setFocus()
        self.lines_["name"].selectAll()

    def _follow(self) -> None:
        given = self.answer()
        self.yes.setEnabled(bool(given) and bool(self.lines_["name"].text().strip()) and not self.wrong_year)
        self.say_wrong("A model year is a number of four digits." if self.wrong_year else "", mild=True)

    @property
    def wrong_year(self) -> bool:
        """Whether there is something in the year's line that is no year."""
        year = self.lines_["model_year"].text().strip()
        return bool(year) and not (year.isascii() and year.isdecimal() and len(year) == 4)

    def answer(self) -> dict[str, Any]:
        """The attributes that differ from before; an emptied one is None."""
        now = {name: line.text().strip() for name, line in self.lines_.items()}
        changed = {name: text or None for name, text in now.items() if text != self._before[name]}
        if changed.get("model_year") and not self.wrong_year:
            return changed | {"model_year": int(now["model_year"])}
        return changed


class DeleteMachine(Sheet):
    """Whether a machine shall go."""

    def __init__(self, parent: QWidget, name: str) -> None:
        about = f"{name} is deleted at Leaf with the next sync; until then Undo or the queue takes it back."
        super().__init__(parent, "Delete this machine?", about, "Delete machine", no="Keep it")
        self.setObjectName("deleteMachine")
        self.no.setDefault(True)
        self.no.setFocus()


def _text(value: object) -> str:
    return "" if value is None else str(value)
