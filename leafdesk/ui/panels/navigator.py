"""The list on the left: search, filter chips with counts, and the tree of growers, farms and fields."""

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QStackedLayout, QTreeView, QVBoxLayout, QWidget

from leafdesk.ui import words
from leafdesk.ui.field_tree import ID_ROLE, LEVEL_ROLE, FieldTree
from leafdesk.ui.lists import Lists, Update
from leafdesk.ui.panels.chips import Chips
from leafdesk.ui.panels.line import Line
from leafdesk.ui.parts import label
from leafdesk.ui.sieve import Choice, choose
from leafdesk.ui.theme import STEP, Theme

UNFOLD = 400
"""Up to so many fields shown, every farm starts unfolded."""
AT_ONCE = 1500
"""A tree of so many fields is made within a few milliseconds; larger ones are made beside the window."""
REST_MS = 1000
"""While a sync goes on, a large tree is made anew at most so often."""
BY_HAND = 20
"""So many fields at once may be a person's doing: they show their new marks and areas where they stand."""


class Navigator(QFrame):
    """Find a field. `selected` tells the id when the user picks one; `select` follows the map.

    Parts for tests: `search` (QLineEdit), `chips` (by name), `filters` (Chips: what is in force), `unread`,
    `tree` (QTreeView), `model` (FieldTree), `shown()` (ids in the tree).
    """

    selected = Signal(object)
    activated = Signal(str)
    """A field was double-clicked or Enter was pressed on it: look at it on the map."""

    def __init__(self, lists: Lists, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navigator")
        self.lists, self.theme = lists, theme
        self._order = 0
        self._turn = 0
        self._quiet = False
        self._chosen: str | None = None
        self._folded: dict[tuple[str, str], bool] = {}
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.rebuild)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._rested)
        self._unsettled = False
        self._build()
        lists.reshaped.connect(self._reshaped)
        lists.updated.connect(self._updated)
        theme.changed.connect(self.tree.viewport().update)
        self._say_empty(0, whole=True)

    def _build(self) -> None:
        self.search = QLineEdit(placeholderText="Filter fields", clearButtonEnabled=True)
        self.search.setObjectName("fieldSearch")
        self.search.setAccessibleName("Filter fields by name, farm or grower")
        self.glass = self.search.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._pick_first)
        self.filters = Chips(self.lists)
        self.filters.chosen.connect(self.rebuild)
        self.chips = self.filters.by_name
        self.unread = label("", "small", wrap=True)
        self.unread.setContentsMargins(STEP * 3, 0, STEP * 3, 0)
        self.filters.unread.connect(self._say_unread)
        self._say_unread(0)
        self._build_tree()
        self.empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.empty.setProperty("role", "muted")
        self.empty.setContentsMargins(STEP * 6, STEP * 8, STEP * 6, 0)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self._either = QStackedLayout()
        self._either.addWidget(self.tree)
        self._either.addWidget(self.empty)
        top = QHBoxLayout()
        top.setContentsMargins(STEP * 3, 0, STEP * 3, 0)
        top.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, STEP * 3, 0, 0)
        column.setSpacing(STEP * 2)
        column.addLayout(top)
        column.addWidget(self.filters)
        column.addWidget(self.unread)
        column.addLayout(self._either, 1)
        self.foot = QHBoxLayout()
        self.foot.setContentsMargins(STEP * 3, 0, STEP * 3, STEP * 2)
        column.addLayout(self.foot)

    def _build_tree(self) -> None:
        self.model = FieldTree(self)
        self.tree = QTreeView(headerHidden=True, uniformRowHeights=True, indentation=STEP * 4, animated=False)
        self.tree.setObjectName("fieldTree")
        self.tree.setAccessibleName("Growers, farms and fields")
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(Line(self.theme, self.tree))
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setRootIsDecorated(False)
        self.tree.setMouseTracking(True)
        self.tree.selectionModel().currentChanged.connect(self._current)
        self.tree.activated.connect(self._activated)
        self.tree.clicked.connect(self._clicked)
        self.tree.expanded.connect(lambda index: self._fold(index, False))
        self.tree.collapsed.connect(lambda index: self._fold(index, True))

    # ------------------------------------------------------------------ what is shown
    def shown(self) -> set[str]:
        """Ids of the fields in the tree."""
        return self.model.ids()

    def _search(self, text: str) -> None:
        self._turn += 1
        turn, text = self._turn, text.strip()
        if not text:
            self.filters.hold_to(None)
            return
        self.lists.bridge.read(
            lambda workspace: [row.id for row in workspace.catalog.fields(search=text)] if workspace.account else [],
            lambda ids: self._take_found(turn, ids),
        )

    def _take_found(self, turn: int, ids: list[str]) -> None:
        if turn == self._turn:
            self.filters.hold_to(ids)

    def _reshaped(self) -> None:
        self._unsettled = True
        if not self._rest.isActive():
            self._later.start()

    def _rested(self) -> None:
        if self._unsettled:
            self.rebuild()

    def _updated(self, update: Update) -> None:
        if len(update.rows) <= BY_HAND:  # a sync's crowd comes with the next tree
            for row in update.rows:
                self.model.change(row)
        if self.filters.sieve.found is not None:
            self._search(self.search.text())

    def rebuild(self) -> None:
        """Make the tree anew from the lists, the search and the chip; a large one on the reading thread."""
        self._order += 1
        self._unsettled = False
        order, lists, sieve, before = self._order, self.lists, self.filters.sieve, self.model.tree
        rows, growers, farms = list(lists.rows.values()), list(lists.growers.values()), list(lists.farms.values())
        if len(rows) <= AT_ONCE:
            self._take(order, choose(rows, growers, farms, sieve, before))
        else:
            self._rest.start()
            lists.bridge.read(
                lambda _: choose(rows, growers, farms, sieve, before), lambda choice: self._take(order, choice)
            )

    def _take(self, order: int, choice: Choice) -> None:
        if order != self._order:
            return
        self.filters.count(choice.counts)
        shown = len(choice.tree.by_id)
        self._quiet = True
        self.model.show(choice.tree, alike=choice.alike)
        if choice.alike:
            self.tree.viewport().update()
        else:
            self._unfold(whole=choice.whole, many=shown > UNFOLD)
        self._quiet = False
        self._say_empty(shown, whole=choice.whole)
        self.select(self._chosen)

    def _unfold(self, *, whole: bool, many: bool) -> None:
        """Unfold growers, and farms unless there are many; of the whole list, as the user left them."""
        for top in range(self.model.rowCount()):
            above = self.model.index(top, 0)
            if whole and self._folded.get(self._place(above), False):
                continue
            self.tree.setExpanded(above, True)
            if many and not (whole and self._folded):
                continue
            for place in range(self.model.rowCount(above)):
                below = self.model.index(place, 0, above)
                if below.data(LEVEL_ROLE) == "farm" and not (
                    self._folded.get(self._place(below), many) if whole else many
                ):
                    self.tree.setExpanded(below, True)

    def _fold(self, index: QModelIndex, folded: bool) -> None:
        if not self._quiet:
            self._folded[self._place(index)] = folded

    def _place(self, index: QModelIndex) -> tuple[str, str]:
        return (index.data(LEVEL_ROLE), index.data(ID_ROLE))

    def _say_unread(self, many: int) -> None:
        self.unread.setText(
            f"The operation files of {words.count(many, 'field')} were not fetched yet, so the work there is not known"
            " here. The Fields page asks Leaf for them."
        )
        self.unread.setVisible(many > 0)

    def _say_empty(self, shown: int, *, whole: bool) -> None:
        if shown or (whole and self.lists.farms):
            self._either.setCurrentWidget(self.tree)
            return
        if not self.lists.ready:
            text = "Reading fields…"
        elif self.search.text().strip():
            text = f"No field matches “{self.search.text().strip()}”."
        else:
            text = self.filters.empty()
        self.empty.setText(text)
        self._either.setCurrentWidget(self.empty)

    # ------------------------------------------------------------------ selection
    def select(self, field_id: str | None) -> None:
        """Show which field is selected, without telling anybody."""
        self._chosen = field_id
        self._quiet = True
        index = self.model.find(field_id) if field_id else QModelIndex()
        if index.isValid():
            if self.tree.currentIndex() != index or not self.tree.selectionModel().isSelected(index):
                self.tree.setCurrentIndex(index)
                self.tree.scrollTo(index)
        else:
            self.tree.selectionModel().clear()
        self._quiet = False

    def _current(self, index: QModelIndex, before: QModelIndex) -> None:
        if not self._quiet and index.isValid() and index.data(LEVEL_ROLE) == "field":
            self._chosen = index.data(ID_ROLE)
            self.selected.emit(self._chosen)

    def _clicked(self, index: QModelIndex) -> None:
        if index.data(LEVEL_ROLE) != "field":
            self.tree.setExpanded(index, not self.tree.isExpanded(index))

    def _activated(self, index: QModelIndex) -> None:
        if index.data(LEVEL_ROLE) == "field":
            self.activated.emit(index.data(ID_ROLE))

    def _pick_first(self) -> None:
        index = self.tree.model().index(0, 0)
        while index.isValid() and index.data(LEVEL_ROLE) != "field":
            index = self.model.index(0, 0, index)
        if index.isValid():
            self.tree.setCurrentIndex(index)
            self.activated.emit(index.data(ID_ROLE))
