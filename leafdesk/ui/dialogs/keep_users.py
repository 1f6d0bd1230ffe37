"""Which Leaf users' records this laptop keeps: ticks beside the counts, and what the choice puts away."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from leafdesk.records import Kind
from leafdesk.ui import words
from leafdesk.ui.dialogs.sheet import Sheet
from leafdesk.ui.parts import label
from leafdesk.ui.theme import STEP
from leafdesk.ui.ticks import with_ticks
from leafdesk.workspace import UserHere

ID = Qt.ItemDataRole.UserRole
COUNTED: tuple[tuple[Kind, str], ...] = (("fields", "field"), ("farms", "farm"), ("machines", "machine"))
ALWAYS: frozenset[Kind] = frozenset({"users", "summaries"})
"""What stays of everybody: the name, and Leaf's counts to choose by."""


class KeepUsers(Sheet):
    """Parts for tests: `found` (QListWidget), `told`. `chosen`: ids, None when that is everybody.

    A Leaf user of whom an edit waits cannot be taken out, and says so.
    """

    def __init__(self, parent: QWidget, users: Iterable[UserHere], at_leaf: dict[str, int]) -> None:
        about = (
            "A sync reads only the Leaf users ticked here. The others' records are put away; Leaf keeps them, and "
            "they come back once they are ticked again. While some are left out, whoever is new at Leaf is too."
        )
        super().__init__(parent, "Leaf users kept on this laptop", about, "Keep these", no="Leave as it is")
        self.setObjectName("keepUsers")
        self.users = {one.user.id: one for one in users}
        self.found = with_ticks(QListWidget())
        self.found.setObjectName("keptUsers")
        self.found.setWordWrap(True)
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.found.setMinimumHeight(STEP * 50)
        for one in self.users.values():
            self.found.addItem(_line(one, at_leaf.get(one.user.id)))
        self.found.itemChanged.connect(lambda _: self._tell())
        self.ask("Leaf users", self.found)
        self.told = label("", "", wrap=True)
        self.lines.addSpacing(STEP)
        self.lines.addWidget(self.told)
        self.yes.setDefault(False)
        self.no.setDefault(True)
        self._tell()

    @property
    def ticked(self) -> set[str]:
        """The Leaf users that stay."""
        items = (self.found.item(place) for place in range(self.found.count()))
        return {item.data(ID) for item in items if item.checkState() == Qt.CheckState.Checked}

    @property
    def chosen(self) -> set[str] | None:
        """Whom to keep; None: everybody, also who is new at Leaf."""
        return None if self.ticked >= self.users.keys() else self.ticked

    def _tell(self) -> None:
        ticked = self.ticked
        kept = {id_ for id_, one in self.users.items() if one.kept}
        away = sum(_records(one) for id_, one in self.users.items() if id_ not in ticked)
        said = f"{len(ticked):,} of {words.count(len(self.users), 'Leaf user')} stay. " if ticked != kept else ""
        if away:
            said += f"{words.count(away, 'record')} will be put away. "
        if ticked - kept:
            said += f"The next sync fetches {words.count(len(ticked - kept), 'more Leaf user')}."
        self.told.setText(said.strip() or "Nothing changes.")
        why = "Keep at least one Leaf user." if not ticked else "Nothing would change." if ticked == kept else ""
        self.yes.setEnabled(not why)
        self.yes.setToolTip(why)


def _records(one: UserHere) -> int:
    return sum(many for kind, many in one.here.items() if kind not in ALWAYS)


def _line(one: UserHere, at_leaf: int | None) -> QListWidgetItem:
    here = ", ".join(words.count(one.here[kind], name) for kind, name in COUNTED if one.here.get(kind))
    said = [f"{here} here" if here else "nothing here"]
    if at_leaf is not None:
        said.append(f"{words.count(at_leaf, 'field')} from providers at Leaf")
    text = f"{one.user.name or one.user.email or one.user.id}\n{' · '.join(said)}"
    item = QListWidgetItem()
    if one.waiting and one.kept:
        text += f"\n▲ {words.count(one.waiting, 'edit waits', 'edits wait')}: sync first, or take back in the queue"
        item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
    item.setText(text)
    item.setData(ID, one.user.id)
    item.setCheckState(Qt.CheckState.Checked if one.kept else Qt.CheckState.Unchecked)
    return item
