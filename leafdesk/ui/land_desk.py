"""What is done with growers and farms: asked for by the menu of the list of fields, or by name."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu

from leafdesk.edits import Create, Enable, change
from leafdesk.records import Farm, Grower
from leafdesk.ui.dialogs.land import EditFarm, EditGrower, EnableGrower, NewFarm, NewGrower, previews_of
from leafdesk.ui.field_tree import ID_ROLE, LEVEL_ROLE

if TYPE_CHECKING:
    from leafdesk.ui.dialogs.sheet import Sheet
    from leafdesk.ui.main_window import MainWindow

LAND = ("new-grower", "new-farm", "edit-grower", "edit-farm", "enable-grower")
"""The actions, in the menu's order."""


class LandDesk(QObject):
    """Growers and farms made and changed. They are about the line of the list that is current: a grower, a farm, or the
    farm of a field. Part for tests: `menu(at)`."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window, self.lists, self.tree = window, window.lists, window.navigator.tree
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._show_menu)
        for key, do in (
            ("new-grower", self.new_grower),
            ("new-farm", self.new_farm),
            ("edit-grower", self.edit_grower),
            ("edit-farm", self.edit_farm),
            ("enable-grower", self.enable),
        ):
            window.commands[key].triggered.connect(lambda _=False, do=do: do())
        self.lists.reshaped.connect(self.allow)
        self._place = ("", "")
        self.tree.selectionModel().currentChanged.connect(lambda now, before: self._turn_to(now))
        self.allow()

    # ------------------------------------------------------------------ what it is about
    @property
    def farm(self) -> Farm | None:
        """The farm of the current line."""
        level, id = self._place
        row = self.lists.rows.get(id) if level == "field" else None
        return self.lists.farms.get((row.farm_id or "") if row is not None else id if level == "farm" else "")

    @property
    def grower(self) -> Grower | None:
        """The grower of the current line, or of its farm."""
        level, id = self._place
        farm = self.farm
        return self.lists.growers.get((farm.grower_id or "") if farm is not None else id if level == "grower" else "")

    def _turn_to(self, index: QModelIndex) -> None:
        """Another line is current. None, when the list was made anew: it stays about the line before."""
        if index.isValid():
            self._place = (str(index.data(LEVEL_ROLE) or ""), str(index.data(ID_ROLE) or ""))
        self.allow()

    def _leaf_user(self) -> str | None:
        beside = self.grower or self.farm
        return beside.leaf_user_id if beside is not None else None

    def allow(self) -> None:
        """Let each action be done, or say why not."""
        nobody = None if self.lists.users else "Fetch the Leaf users first: a sync does."
        grower, farm = self.grower, self.farm
        few = None if grower is None or previews_of(self.lists, grower.id) else "No field of this grower is a preview."
        unsent = "Leaf does not have this grower yet." if grower is not None and grower.leaf_id is None else None
        choose = "Choose a {} in the list of fields first."
        for key, reason in (
            ("new-grower", nobody),
            ("new-farm", nobody),
            ("edit-grower", None if grower is not None else choose.format("grower")),
            ("edit-farm", None if farm is not None else choose.format("farm")),
            ("enable-grower", (few or unsent) if grower is not None else choose.format("grower")),
        ):
            self.window.commands.allow(key, reason)

    # ------------------------------------------------------------------ the menu
    def menu(self, at: QPoint) -> QMenu:
        """The menu for a place in the list; it is about the line there."""
        index = self.tree.indexAt(at)
        self._place = ("", "")
        self.tree.setCurrentIndex(index)
        self._turn_to(index)
        menu = QMenu(self.tree)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for key in LAND:
            menu.addAction(self.window.commands[key])
        return menu

    def _show_menu(self, at: QPoint) -> None:
        self.menu(at).popup(self.tree.viewport().mapToGlobal(at))

    # ------------------------------------------------------------------ what is done
    def new_grower(self) -> None:
        """Ask for a new grower."""
        sheet = NewGrower(self.window, self.lists, self._leaf_user())

        def make() -> None:
            new = Grower(id=str(uuid.uuid4()), leaf_user_id=sheet.user.currentData(), name=sheet.told)
            self.window.doing.do_for(sheet, Create(new))

        self._open(sheet, make)

    def new_farm(self) -> None:
        """Ask for a new farm."""
        grower = self.grower
        sheet = NewFarm(self.window, self.lists, self._leaf_user(), grower.id if grower is not None else None)

        def make() -> None:
            user, its = sheet.user.currentData(), sheet.grower.currentData()
            new = Farm(id=str(uuid.uuid4()), leaf_user_id=user, name=sheet.told, grower_id=its)
            self.window.doing.do_for(sheet, Create(new))

        self._open(sheet, make)

    def edit_grower(self) -> None:
        """Ask for another name of the grower."""
        grower = self.grower
        if grower is not None:
            sheet = EditGrower(self.window, self.lists, grower)
            id = grower.id
            self._open(sheet, lambda: self.window.doing.do_for(sheet, change("growers", id, name=sheet.told)))

    def edit_farm(self) -> None:
        """Ask for another name or grower of the farm."""
        farm = self.farm
        if farm is not None:
            sheet = EditFarm(self.window, self.lists, farm)
            id = farm.id
            self._open(sheet, lambda: self.window.doing.do_for(sheet, change("farms", id, **sheet.values())))

    def enable(self) -> None:
        """Ask whether all preview fields of the grower are enabled."""
        grower = self.grower
        if grower is not None:
            sheet = EnableGrower(self.window, self.lists, grower)
            id = grower.id
            self._open(sheet, lambda: self.window.doing.do_for(sheet, Enable(id, "growers")))

    def _open(self, sheet: Sheet, wanted: object) -> None:
        assert callable(wanted)
        sheet.wanted.connect(wanted)
        sheet.open()
