"""What is chosen about files before they are imported: whose, which farm, names from where, which reference system."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from leafdesk.files.found import Reading
from leafdesk.ui.dialogs.field import NO_FARM, farm_names
from leafdesk.ui.lists import Lists
from leafdesk.ui.parts import Picker, button, label, row
from leafdesk.ui.theme import STEP
from leafdesk.ui.ticks import tick_box
from leafdesk.workspace.importing import Wishes

SUGGESTED, NUMBERED = "\0suggested", "\0numbered"
"""What the names come from when it is no single attribute."""


class ImportForm(QWidget):
    """Parts for tests: `user`, `farm`, `names`, `crs`, `swap`, `again`."""

    read_again = Signal()
    """The files are to be read with another reference system, or with the axes exchanged."""
    wished = Signal()
    """Whose they become, or where their names come from, is another."""
    peopled = Signal()
    """The Leaf users are there, or others are."""

    def __init__(self, lists: Lists) -> None:
        super().__init__()
        self.lists = lists
        self.readings: list[Reading] = []
        self._named = False  # somebody chose where the names come from
        self.user, self.farm, self.names = Picker(), Picker(), Picker()
        self.swap = tick_box("Latitude stands first")
        self.crs = QLineEdit(placeholderText="From the file")
        self.again = button("Read again", tip="Read the files once more, with this reference system")
        self._user_name = label("Leaf user", "muted")
        self._lay_out()
        self.user.currentIndexChanged.connect(self._user_chosen)
        self.names.activated.connect(lambda _: self._names_chosen())
        self.swap.clicked.connect(lambda _: self.read_again.emit())
        self.again.clicked.connect(self.read_again)
        self.crs.returnPressed.connect(self.read_again)
        lists.reshaped.connect(self._fill_users)
        self._fill_users()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(STEP * 3)
        grid.setVerticalSpacing(STEP)
        lines = (("Leaf user", self.user), ("Farm", self.farm), ("Names from", self.names))
        for place, (title, widget) in enumerate(lines):
            named = self._user_name if widget is self.user else label(title, "muted")
            named.setBuddy(widget)
            widget.setAccessibleName(title)
            widget.setMinimumContentsLength(8)
            grid.addWidget(named, place, 0)
            grid.addWidget(widget, place, 1)
        named = label("Reference", "muted")
        named.setToolTip("The reference system of the numbers in the files")
        self.crs.setAccessibleName("Reference system of the files")
        grid.addWidget(named, 3, 0)
        line = row(self.crs, self.again)
        line.setStretch(0, 1)
        grid.addLayout(line, 3, 1)
        grid.addWidget(self.swap, 4, 1)
        grid.setColumnStretch(1, 1)

    @property
    def wishes(self) -> Wishes:
        """Whose the fields become, on which farm, and where their names come from."""
        source = self.names.currentData()
        columns: dict[str, str | None] = {}
        if source == NUMBERED:
            columns = {one.file: None for one in self.readings}
        elif source not in (None, SUGGESTED):
            columns = {one.file: source for one in self.readings if source in one.columns}
        return Wishes(self.user.currentData() or "", self.farm.currentData(), columns)

    @property
    def peopled_already(self) -> bool:
        """Whether there is a Leaf user whose the fields could become."""
        return self.user.count() > 0

    def start_over(self) -> None:
        """Other files: what was chosen for the last ones does not count."""
        self.crs.clear()
        self._named = False

    def take(self, readings: Sequence[Reading]) -> None:
        """Offer what the files hold."""
        self.readings = list(readings)
        self.swap.setChecked(any(one.swapped for one in readings))
        before = self.names.currentData()
        self.names.clear()
        suggested = ", ".join(dict.fromkeys(one.name_column for one in readings if one.name_column))
        if suggested:
            self.names.addItem(suggested if len(readings) == 1 else "What looks like a name", SUGGESTED)
        self.names.addItem("File and number", NUMBERED)
        for column in dict.fromkeys(column for one in readings for column in one.columns):
            if column != suggested or len(readings) > 1:
                self.names.addItem(column, column)
        self.names.setCurrentIndex(max(0, self.names.findData(before)) if self._named else 0)

    def _fill_users(self) -> None:
        known = [self.user.itemData(n) for n in range(self.user.count())]
        users = sorted(self.lists.users.values(), key=lambda user: (user.name or user.email or user.id).casefold())
        if known != [user.id for user in users]:
            before = self.user.currentData()
            self.user.blockSignals(True)
            self.user.clear()
            for user in users:
                self.user.addItem(user.name or user.email or user.id, user.id)
            self.user.setCurrentIndex(max(0, self.user.findData(before)))
            self.user.blockSignals(False)
            self._fill_farms()
            if self.readings and self.user.currentData() != before:
                self.wished.emit()
        elif self.farm.count() - 1 != sum(
            farm.leaf_user_id == self.user.currentData() for farm in self.lists.farms.values()
        ):
            self._fill_farms()
        for part in (self.user, self._user_name):
            part.setVisible(self.user.count() > 1)
        self.peopled.emit()

    def _user_chosen(self) -> None:
        self._fill_farms()
        self.wished.emit()

    def _fill_farms(self) -> None:
        before = self.farm.currentData()
        farms = [farm for farm in self.lists.farms.values() if farm.leaf_user_id == self.user.currentData()]
        self.farm.clear()
        self.farm.addItem(NO_FARM, None)
        for key, name in farm_names(farms, self.lists.growers):
            self.farm.addItem(name, key)
        self.farm.setCurrentIndex(max(0, self.farm.findData(before)))

    def _names_chosen(self) -> None:
        self._named = True
        self.wished.emit()
