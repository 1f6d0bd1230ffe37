"""Small questions about growers and farms: a new one, another name or grower, and all previews of a grower enabled."""

from PySide6.QtWidgets import QLineEdit, QWidget

from leafdesk.records import Farm, Grower, LeafUser
from leafdesk.ui import words
from leafdesk.ui.dialogs.sheet import Sheet
from leafdesk.ui.lists import Lists
from leafdesk.ui.parts import Picker

NO_GROWER = "Without a grower"
KEPT = "It is kept on this machine at once and goes to Leaf with the next connection. Leaf cannot delete it again."


def user_name(user: LeafUser) -> str:
    """A Leaf user's name, or what stands for it."""
    return user.name or user.email or user.id


def previews_of(lists: Lists, grower_id: str) -> int:
    """How many fields of a grower are previews."""
    farms = {farm.id for farm in lists.farms.values() if farm.grower_id == grower_id}
    return sum(row.status == "PREVIEW" and row.farm_id in farms for row in lists.rows.values())


class LandSheet(Sheet):
    """A name, a Leaf user and a grower to fill in. Parts for tests: `name`, `user`, `grower`."""

    def __init__(self, parent: QWidget, lists: Lists, title: str, about: str, yes: str) -> None:
        super().__init__(parent, title, about, yes)
        self.lists_ = lists
        self.name = QLineEdit()
        self.user, self.grower = Picker(), Picker()
        self.name.textChanged.connect(self._weigh)

    def ask_name(self, present: str = "") -> None:
        """Ask for the name."""
        self.name.setText(present)
        self.name.selectAll()
        self.ask("Name", self.name)
        self.name.setFocus()
        self._weigh()

    def ask_user(self, beside: str | None) -> None:
        """Ask for the Leaf user, if there are several."""
        for user in sorted(self.lists_.users.values(), key=user_name):
            self.user.addItem(user_name(user), user.id)
        self.user.setCurrentIndex(max(0, self.user.findData(beside)))
        named = self.ask("Leaf user", self.user)
        for part in (named, self.user):
            part.setVisible(self.user.count() > 1)

    def ask_grower(self, leaf_user_id: str | None, present: str | None, *, none: bool) -> None:
        """Ask for one of a Leaf user's growers; `none`: it may have none."""
        self.grower.clear()
        if none:
            self.grower.addItem(NO_GROWER, None)
        growers = [one for one in self.lists_.growers.values() if one.leaf_user_id == leaf_user_id]
        for one in sorted(growers, key=lambda one: words.natural(one.name)):
            self.grower.addItem(one.name or one.id, one.id)
        self.grower.setCurrentIndex(max(0, self.grower.findData(present)))

    @property
    def told(self) -> str:
        """The name that was written."""
        return self.name.text().strip()

    def _weigh(self) -> None:
        self.yes.setEnabled(bool(self.told))


class NewGrower(LandSheet):
    """A new grower of a Leaf user."""

    def __init__(self, parent: QWidget, lists: Lists, beside: str | None) -> None:
        super().__init__(parent, lists, "New grower", KEPT, "Save grower")
        self.setObjectName("newGrower")
        self.ask_name()
        self.ask_user(beside)


class NewFarm(LandSheet):
    """A new farm of a Leaf user, of a grower if there is one."""

    def __init__(self, parent: QWidget, lists: Lists, beside: str | None, grower_id: str | None) -> None:
        super().__init__(parent, lists, "New farm", KEPT, "Save farm")
        self.setObjectName("newFarm")
        self.ask_name()
        self.ask_user(beside)
        self.ask("Grower", self.grower)
        self._grower_id = grower_id
        self.user.currentIndexChanged.connect(self._other_user)
        self._other_user()

    def _other_user(self) -> None:
        self.ask_grower(self.user.currentData(), self._grower_id, none=True)


class EditFarm(LandSheet):
    """Another name or grower of a farm."""

    def __init__(self, parent: QWidget, lists: Lists, farm: Farm) -> None:
        super().__init__(parent, lists, f"Change {farm.name or 'this farm'}", "", "Save")
        self.setObjectName("editFarm")
        self._farm = farm
        self.ask_name(farm.name)
        self.ask("Grower", self.grower)
        self.ask_grower(farm.leaf_user_id, farm.grower_id, none=farm.grower_id is None)
        self.grower.currentIndexChanged.connect(self._weigh)
        self._weigh()

    def values(self) -> dict[str, str | None]:
        """What is to be another."""
        wanted = {"name": self.told, "grower_id": self.grower.currentData()}
        return {name: value for name, value in wanted.items() if value != getattr(self._farm, name)}

    def _weigh(self) -> None:
        self.yes.setEnabled(bool(self.told and hasattr(self, "_farm") and self.values()))


class EditGrower(LandSheet):
    """Another name of a grower."""

    def __init__(self, parent: QWidget, lists: Lists, grower: Grower) -> None:
        super().__init__(parent, lists, f"Rename {grower.name or 'this grower'}", "", "Rename")
        self.setObjectName("editGrower")
        self._present = grower.name
        self.ask_name(grower.name)

    def _weigh(self) -> None:
        self.yes.setEnabled(self.told not in ("", getattr(self, "_present", "")))


class EnableGrower(Sheet):
    """Whether all preview fields of a grower are enabled, which Leaf bills."""

    def __init__(self, parent: QWidget, lists: Lists, grower: Grower) -> None:
        many = words.count(previews_of(lists, grower.id), "preview field")
        about = f"{grower.name or 'This grower'} has {many} here. Leaf bills the acres of fields it syncs in full, and "
        super().__init__(
            parent, "Enable all previews?", f"{about}nothing takes that back.", f"Enable {many}", no="Not now"
        )
        self.setObjectName("enableGrower")
        self.no.setDefault(True)
        self.no.setFocus()
