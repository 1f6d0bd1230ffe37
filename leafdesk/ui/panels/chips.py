"""The chips over the list of fields: one state at a time, with it one provider and one farm, and the rarer filters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from leafdesk.ui import words
from leafdesk.ui.dialogs.field import NO_FARM, farm_names
from leafdesk.ui.flow import Flow
from leafdesk.ui.lists import Lists
from leafdesk.ui.pages import MORE_FILTERS
from leafdesk.ui.sieve import STATES, Sieve, in_words, sources
from leafdesk.ui.theme import STEP
from leafdesk.workspace import Where, Workspace

if TYPE_CHECKING:
    from leafdesk.ui.tables.more import MoreFilters

LONG = 30
"""More farms than these stand in the menu grower by grower."""
ARROW = "\N{BLACK DOWN-POINTING SMALL TRIANGLE}"


class Chips(QWidget):
    """`chosen` tells that `sieve` is another. Parts for tests: `by_name`, `fill`, `more` (None until wanted)."""

    chosen = Signal()
    unread = Signal(int)
    """Of so many fields nobody fetched the operation files that a filter asks about."""

    def __init__(self, lists: Lists) -> None:
        super().__init__()
        self.lists = lists
        self.sieve = Sieve()
        self.menu = QMenu(self)
        self.by_name: dict[str, QPushButton] = {}
        flow = Flow(self, gap=STEP)
        flow.setContentsMargins(STEP * 3, 0, STEP * 3, STEP)
        for name, (title, _, _) in STATES.items():
            chip = self._chip(name, title)
            chip.setAutoExclusive(True)
            chip.clicked.connect(lambda _=False, name=name: self.choose(state=name))
            flow.addWidget(chip)
        for name, title in (("provider", "Provider"), ("farm", "Farm")):
            chip = self._chip(name, f"{title} {ARROW}")
            chip.setToolTip(f"Only the fields of one {name}")
            chip.clicked.connect(lambda _=False, name=name: self._open(name))
            flow.addWidget(chip)
        self.more: MoreFilters | None = None
        self._turn = 0
        chip = self._chip("more", f"More {ARROW}")
        chip.setObjectName(MORE_FILTERS)
        chip.setToolTip("When, where from, and by what was done on the fields  (Alt+F)")
        chip.clicked.connect(self._open_more)
        flow.addWidget(chip)
        self._say()
        lists.reshaped.connect(self._follow)

    def _follow(self) -> None:
        """Another account or a farm that is gone: nothing is held back for its sake."""
        if self.sieve.farm and self.sieve.farm not in self.lists.farms and self.lists.ready:
            self.choose(farm=None)
        if self.sieve.asked is not None:
            self._ask()
        self._say()

    def showEvent(self, event: QShowEvent) -> None:
        if self.sieve.asked is not None:
            self._ask()  # files may have been fetched and been none, which changes no record

    def _chip(self, name: str, title: str) -> QPushButton:
        chip = QPushButton(title)
        chip.setCheckable(True)
        chip.setProperty("role", "chip")
        chip.setObjectName(f"chip-{name}")
        self.by_name[name] = chip
        return chip

    def choose(self, **wish: str | None) -> None:
        """Let through another `state`, `provider` or `farm`; None lets all through."""
        self.sieve = replace(self.sieve, **wish)  # type: ignore[arg-type]
        self._say()
        self.chosen.emit()

    def hold_to(self, found: Iterable[str] | None) -> None:
        """Let through only what a search found; None: there is no search."""
        self.sieve = replace(self.sieve, found=None if found is None else frozenset(found))
        self.chosen.emit()

    def count(self, counts: dict[str, int]) -> None:
        """Say how many fields each state has; one that has none is quiet unless it is the one in force."""
        for name, number in counts.items():
            title = STATES[name][0]
            self.by_name[name].setText(f"{title} {number:,}" if number or name == "all" else title)
            self.by_name[name].setAccessibleName(f"{title}, {words.count(number, 'field')}")

    def empty(self) -> str:
        """What to say when nothing is left."""
        if self.sieve.asked is not None:
            return "No field fits these filters."
        if self.sieve.provider is None and self.sieve.farm is None:
            return STATES[self.sieve.state][1]
        of = [self.by_name[name].text().removesuffix(ARROW).strip() for name in ("farm", "provider") if self._set(name)]
        state = "" if self.sieve.state == "all" else f" among “{STATES[self.sieve.state][0].lower()}”"
        return f"No fields of {' and '.join(of)}{state}."

    def _set(self, name: str) -> bool:
        return getattr(self.sieve, name) is not None

    def _say(self) -> None:
        self.by_name[self.sieve.state].setChecked(True)
        provider, farm = self.sieve.provider, self.sieve.farm
        farms = self.lists.farms
        named = NO_FARM if farm == "" else farms[farm].name if farm in farms else farm
        for name, value in (("provider", None if provider is None else in_words(provider)), ("farm", named)):
            chip = self.by_name[name]
            chip.setChecked(value is not None)
            title = name.capitalize() if value is None else value
            short = chip.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, STEP * 40)
            chip.setText(f"{short} {ARROW}".replace("&", "&&"))
            chip.setAccessibleName(f"{name.capitalize()}: {value or 'all'}")
        in_force = list(self.more.in_force().values()) if self.more is not None else []
        self.by_name["more"].setChecked(bool(in_force))
        self.by_name["more"].setText(f"More {len(in_force)} {ARROW}" if in_force else f"More {ARROW}")
        self.by_name["more"].setAccessibleName("\n".join(["More filters", *in_force]))

    # ------------------------------------------------------------------ the rarer filters
    def _open_more(self) -> None:
        self._say()
        if self.more is None:
            from leafdesk.ui.panels.fields import fields
            from leafdesk.ui.tables.more import MoreFilters

            table = fields(self.lists)
            here = ("provider", "parent")  # these have chips of their own
            self.more = MoreFilters(table, self, [pick for pick in table.picks if pick.key not in here])
            self.more.changed.connect(self._ask)
        if self.more.isVisible():
            self.more.leave()
            return
        self.more.open_under(self.by_name["more"])
        more = self.more
        self.lists.bridge.read(lambda there: more.read(there.tables) if there.account else {}, more.offer)

    def _ask(self) -> None:
        """Read which fields answer the rarer filters, and of how many that is not known yet."""
        self._turn += 1
        turn, where = self._turn, self.more.narrow(Where()) if self.more is not None else Where()
        if where == Where():
            self._take(turn, None, 0)
        else:
            self.lists.bridge.read(lambda there: _answer(there, where), lambda found: self._take(turn, *found))

    def _take(self, turn: int, asked: frozenset[str] | None, unread: int) -> None:
        if turn == self._turn:
            self.unread.emit(unread)
            if asked != self.sieve.asked:
                self.sieve = replace(self.sieve, asked=asked)
                self.chosen.emit()
            self._say()

    # ------------------------------------------------------------------ the two menus
    def _open(self, name: str) -> None:
        self._say()  # the click has checked the chip, which says what is in force and not what was clicked
        chip = self.by_name[name]
        self.fill(name).popup(chip.mapToGlobal(QPoint(0, chip.height())))

    def fill(self, name: str) -> QMenu:
        """The menu with what there is to choose for the chip "provider" or "farm"."""
        self.menu.clear()
        self._offer(self.menu, name, None, f"Every {name}")
        self.menu.addSeparator()
        if name == "provider":
            for key, title, many in sources(self.lists.rows.values()):
                self._offer(self.menu, name, key, f"{title} ({many:,})")
        else:
            self._offer_farms()
        return self.menu

    def _offer_farms(self) -> None:
        farms, growers = self.lists.farms, self.lists.growers
        if any(row.farm_id is None for row in self.lists.rows.values()):
            self._offer(self.menu, "farm", "", NO_FARM)
        if len(farms) <= LONG:
            for key, title in farm_names(list(farms.values()), growers):
                self._offer(self.menu, "farm", key, title)
            return
        for grower in sorted(growers.values(), key=lambda one: words.natural(one.name)):
            below = [farm for farm in farms.values() if farm.grower_id == grower.id]
            menu = self.menu.addMenu(grower.name.replace("&", "&&")) if below else None
            for farm in sorted(below, key=lambda one: words.natural(one.name)):
                self._offer(menu or self.menu, "farm", farm.id, farm.name)
        for farm in sorted(farms.values(), key=lambda one: words.natural(one.name)):
            if farm.grower_id not in growers:
                self._offer(self.menu, "farm", farm.id, farm.name)

    def _offer(self, menu: QMenu, name: str, key: str | None, title: str) -> None:
        action = QAction(title.replace("&", "&&"), menu)  # a lone one would be taken for a shortcut's mark
        action.setCheckable(True)
        action.setChecked(getattr(self.sieve, name) == key)
        action.triggered.connect(lambda _=False: self.choose(**{name: key}))
        menu.addAction(action)


def _answer(workspace: Workspace, where: Where) -> tuple[frozenset[str], int]:
    """The fields that answer, and how many more might; on the reading thread."""
    if workspace.account is None:
        return frozenset(), 0
    tables = workspace.tables
    return frozenset(tables.keys("fields", where)), len(tables.unread_fields(where)) if where.work else 0
