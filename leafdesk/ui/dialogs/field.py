"""Small questions about a field: the name and farm of a new one, another name, another farm, whether to delete it."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from leafdesk.records import Farm, Grower, LeafUser
from leafdesk.ui import words
from leafdesk.ui.dialogs.sheet import Sheet
from leafdesk.ui.lists import Lists
from leafdesk.ui.parts import Picker, button

NO_FARM = "Without a farm"


def farm_names(farms: Sequence[Farm], growers: dict[str, Grower]) -> list[tuple[str, str]]:
    """(key, `Smith Farms › Main Farm`) of each farm, by name."""
    named = []
    for farm in farms:
        grower = growers.get(farm.grower_id or "")
        named.append((farm.id, f"{grower.name} › {farm.name}" if grower else farm.name))
    return sorted(named, key=lambda pair: pair[1].casefold())


def add_farms(picker: Picker, lists: Lists, keys: Collection[str | None]) -> None:
    """Let those of the farms be picked, by name."""
    farms = [farm for farm in lists.farms.values() if farm.id in keys]
    for key, name in farm_names(farms, lists.growers):
        picker.addItem(f"The farm {name}", key)


class NewField(Sheet):
    """Name, Leaf user and farm of a field just drawn. Parts for tests: `name`, `user`, `farm`, `throw_away`."""

    thrown_away = Signal()

    def __init__(self, parent: QWidget, lists: Lists, area: str, near: str | None) -> None:
        super().__init__(
            parent,
            "New field",
            f"{area}. It is kept on this machine at once and goes to Leaf with the next connection.",
            "Save field",
            no="Go on drawing",
        )
        self.setObjectName("newField")
        self.lists_ = lists
        self.name = QLineEdit(placeholderText="Such as North Quarter")
        self.name.setObjectName("newFieldName")
        self.name.textChanged.connect(lambda text: self.yes.setEnabled(bool(text.strip())))
        self.throw_away = button("Throw away", "quiet", tip="Forget this drawing")
        self.user, self.farm = Picker(), Picker()
        self.user.setObjectName("newFieldUser")
        self.farm.setObjectName("newFieldFarm")
        for user in sorted(lists.users.values(), key=_user_name):
            self.user.addItem(_user_name(user), user.id)
        self.user.currentIndexChanged.connect(self._fill_farms)
        self.ask("Name", self.name)
        named = self.ask("Leaf user", self.user)
        self.ask("Farm", self.farm)
        self.user.setVisible(self.user.count() > 1)
        named.setVisible(self.user.count() > 1)
        beside = lists.rows.get(near or "")
        if beside is not None:
            self.user.setCurrentIndex(max(0, self.user.findData(beside.leaf_user_id)))
        self._fill_farms()
        if beside is not None:
            self.farm.setCurrentIndex(max(0, self.farm.findData(beside.farm_id)))
        self.yes.setEnabled(False)
        self.throw_away.clicked.connect(self._throw_away)
        self.buttons.insertWidget(0, self.throw_away)
        self.name.setFocus()

    def _throw_away(self) -> None:
        if self._waiting:
            return
        self.blockSignals(True)
        self.reject()
        self.blockSignals(False)
        self.thrown_away.emit()

    def _fill_farms(self) -> None:
        farms = [farm for farm in self.lists_.farms.values() if farm.leaf_user_id == self.user.currentData()]
        self.farm.clear()
        self.farm.addItem(NO_FARM, None)
        for key, name in farm_names(farms, self.lists_.growers):
            self.farm.addItem(name, key)

    @property
    def answer(self) -> tuple[str, str | None, str | None]:
        """(name, Leaf user's id, farm's key)."""
        return (self.name.text().strip(), self.user.currentData(), self.farm.currentData())


class Rename(Sheet):
    """Another name. Part for tests: `name`."""

    def __init__(self, parent: QWidget, present: str) -> None:
        super().__init__(parent, "Rename the field", "", "Rename")
        self.setObjectName("rename")
        self.name = QLineEdit(present)
        self.name.setObjectName("newName")
        self.name.textChanged.connect(lambda text: self.yes.setEnabled(text.strip() not in ("", present)))
        self.ask("Name", self.name)
        self.name.selectAll()
        self.yes.setEnabled(False)


class MoveToFarm(Sheet):
    """Another farm of the same Leaf user. Part for tests: `farm`."""

    def __init__(self, parent: QWidget, lists: Lists, name: str, leaf_user_id: str, farm_id: str | None) -> None:
        super().__init__(parent, "Move to another farm", f"{name} goes to:", "Move")
        self.setObjectName("moveToFarm")
        self.farm = Picker()
        self.farm.setObjectName("farm")
        farms = [farm for farm in lists.farms.values() if farm.leaf_user_id == leaf_user_id]
        for key, farm_name in farm_names(farms, lists.growers):
            self.farm.addItem(farm_name, key)
        self.farm.setCurrentIndex(self.farm.findData(farm_id))
        self.farm.currentIndexChanged.connect(lambda: self.yes.setEnabled(self.farm.currentData() != farm_id))
        self.yes.setEnabled(False)
        self.ask("Farm", self.farm)
        self.farm.setFocus()


class DeleteField(Sheet):
    """Whether a field shall go."""

    def __init__(self, parent: QWidget, name: str, area_ha: float | None) -> None:
        area = f" ({words.area(area_ha)})" if area_ha is not None else ""
        about = f"{name}{area} is deleted at Leaf with the next sync; until then Undo or the queue takes it back."
        super().__init__(parent, "Delete this field?", about, "Delete field", no="Keep it")
        self.setObjectName("deleteField")
        self.no.setDefault(True)
        self.no.setFocus()


def _user_name(user: LeafUser) -> str:
    return user.name or user.email or user.id
