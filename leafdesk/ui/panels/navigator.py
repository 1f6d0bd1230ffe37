"""The list on the left: search, filter chips with counts, and the tree of growers, farms and fields."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPolygonF
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from leafdesk.records import Farm, Grower
from leafdesk.ui import words
from leafdesk.ui.field_tree import AREA_ROLE, ID_ROLE, LEVEL_ROLE, MARK_ROLE, FieldTree, Tree, grow
from leafdesk.ui.flow import Flow
from leafdesk.ui.lists import Lists, Update
from leafdesk.ui.theme import STEP, Colours, Theme, font
from leafdesk.workspace import FieldRow

CHIPS: dict[str, tuple[str, Callable[[FieldRow], bool]]] = {
    "all": ("All", lambda row: True),
    "unsent": ("Unsent", lambda row: row.pending),
    "conflict": ("Conflict", lambda row: row.mark == "conflict"),
    "invalid": ("Invalid", lambda row: row.mark == "invalid"),
    "preview": ("Preview", lambda row: row.status == "PREVIEW"),
}
UNFOLD = 400
"""Up to so many fields shown, every farm starts unfolded."""
AT_ONCE = 1500
"""A tree of so many fields is made within a few milliseconds; larger ones are made beside the window."""
REST_MS = 1000
"""While a sync goes on, a large tree is made anew at most so often."""
BY_HAND = 20
"""So many fields at once may be a person's doing: they show their new marks and areas where they stand."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The tree of the fields that a chip and a search leave, and how many each chip has; `whole` when that is all.

    `alike`: the lines are those of the tree before, only their values may differ.
    """

    tree: Tree
    counts: dict[str, int]
    whole: bool
    alike: bool


def choose(
    rows: list[FieldRow],
    growers: list[Grower],
    farms: list[Farm],
    chip: str,
    found: set[str] | None,
    before: Tree,
) -> Choice:
    """Pick, sort and grow. Pure."""
    keep = CHIPS[chip][1]
    shown = [row for row in rows if keep(row) and (found is None or row.id in found)]
    shown.sort(key=lambda row: words.natural(row.name))
    whole = chip == "all" and found is None
    counts = {name: sum(map(counted, rows)) for name, (_, counted) in CHIPS.items()}
    tree = grow(growers, farms, shown, empty=whole)
    return Choice(tree, counts, whole, bool(before.nodes) and tree.lines() == before.lines())


class Navigator(QFrame):
    """Find a field. `selected` tells the id when the user picks one; `select` follows the map.

    Parts for tests: `search` (QLineEdit), `chips` (by name), `tree` (QTreeView), `model` (FieldTree), `chip` (the one
    in force), `shown()` (ids in the tree).
    """

    selected = Signal(object)
    activated = Signal(str)
    """A field was double-clicked or Enter was pressed on it: look at it on the map."""

    def __init__(self, lists: Lists, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navigator")
        self.lists, self.theme = lists, theme
        self.chip = "all"
        self._found: set[str] | None = None
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
        column.addWidget(self._build_chips())
        column.addLayout(self._either, 1)

    def _build_chips(self) -> QWidget:
        chips = QWidget()
        flow = Flow(chips, gap=STEP)
        flow.setContentsMargins(STEP * 3, 0, STEP * 3, STEP)
        self.chips: dict[str, QPushButton] = {}
        for name, (label, _) in CHIPS.items():
            chip = QPushButton(label)
            chip.setCheckable(True)
            chip.setAutoExclusive(True)
            chip.setProperty("role", "chip")
            chip.setObjectName(f"chip-{name}")
            chip.clicked.connect(lambda _=False, name=name: self.choose(name))
            self.chips[name] = chip
            flow.addWidget(chip)
        self.chips["all"].setChecked(True)
        return chips

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
    def choose(self, chip: str) -> None:
        """Show only the fields of one chip."""
        self.chip = chip
        self.chips[chip].setChecked(True)
        self.rebuild()

    def shown(self) -> set[str]:
        """Ids of the fields in the tree."""
        return self.model.ids()

    def _search(self, text: str) -> None:
        self._turn += 1
        turn, text = self._turn, text.strip()
        if not text:
            self._found = None
            self.rebuild()
            return
        self.lists.bridge.read(
            lambda workspace: [row.id for row in workspace.catalog.fields(search=text)] if workspace.account else [],
            lambda ids: self._take_found(turn, ids),
        )

    def _take_found(self, turn: int, ids: list[str]) -> None:
        if turn == self._turn:
            self._found = set(ids)
            self.rebuild()

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
        if self._found is not None:
            self._search(self.search.text())

    def rebuild(self) -> None:
        """Make the tree anew from the lists, the search and the chip; a large one on the reading thread."""
        self._order += 1
        self._unsettled = False
        order, lists, chip, found, before = self._order, self.lists, self.chip, self._found, self.model.tree
        rows, growers, farms = list(lists.rows.values()), list(lists.growers.values()), list(lists.farms.values())
        if len(rows) <= AT_ONCE:
            self._take(order, choose(rows, growers, farms, chip, found, before))
        else:
            self._rest.start()
            lists.bridge.read(
                lambda _: choose(rows, growers, farms, chip, found, before), lambda choice: self._take(order, choice)
            )

    def _take(self, order: int, choice: "Choice") -> None:
        if order != self._order:
            return
        for name, (label, _) in CHIPS.items():
            number = choice.counts[name]
            self.chips[name].setText(f"{label} {number:,}" if number or name == "all" else label)
            self.chips[name].setAccessibleName(f"{label}, {words.count(number, 'field')}")
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

    def _say_empty(self, shown: int, *, whole: bool) -> None:
        if shown or (whole and self.lists.farms):
            self._either.setCurrentWidget(self.tree)
            return
        if not self.lists.ready:
            text = "Reading fields…"
        elif self.search.text().strip():
            text = f"No field matches “{self.search.text().strip()}”."
        elif not whole:
            text = {
                "unsent": "Everything is sent.",
                "conflict": "No conflicts.",
                "invalid": "Every boundary is valid for Leaf.",
                "preview": "No preview fields.",
            }[self.chip]
        else:
            text = "No fields yet."
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


class Line(QStyledItemDelegate):
    """Paints one line: fold arrow, name, mark (by shape as well as colour) and area, figures under figures."""

    HEIGHT = STEP * 7

    def __init__(self, theme: Theme, tree: QTreeView) -> None:
        super().__init__(tree)
        self.theme, self.tree = theme, tree

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(160, self.HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        c = self.theme.colours
        level, mark, area = index.data(LEVEL_ROLE), index.data(MARK_ROLE), index.data(AREA_ROLE)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected) and level == "field"
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRect(0, rect.top(), self.tree.viewport().width(), rect.height())
        if chosen:
            painter.fillRect(whole, QColor(c.accent_soft))
            painter.fillRect(QRect(0, rect.top(), 3, rect.height()), QColor(c.accent))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(whole, QColor(c.hover))
        left = rect.left() + STEP * 3
        if level != "field":
            self._arrow(
                painter,
                QPointF(left + 3, rect.center().y() + 1),
                c,
                self.tree.isExpanded(self.tree.model().index(index.row(), 0, index.parent())),
            )
        left += STEP * 4 if level != "field" else STEP * 3
        right = self._area(painter, rect, c, level, mark, area, bold=chosen)
        self._name(painter, QRect(left, rect.top(), right - left - STEP * 2, rect.height()), c, index, chosen)
        painter.restore()

    def _area(
        self, painter: QPainter, rect: QRect, c: Colours, level: str, mark: str, area: float | None, *, bold: bool
    ) -> int:
        text = words.area_short(area)
        if level != "field":
            text = f"{area:,.0f} ha" if area and level == "farm" else ""
        elif mark == "preview":
            text = "preview"
        face = font(12, bold=bold, italic=mark == "preview")
        painter.setFont(face)
        painter.setPen(QColor(c.text if bold else c.muted))
        box = QRect(rect.left(), rect.top(), self.tree.viewport().width() - STEP * 3 - rect.left(), rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        return box.right() - painter.fontMetrics().horizontalAdvance(text)

    def _name(
        self, painter: QPainter, box: QRect, c: Colours, index: QModelIndex | QPersistentModelIndex, chosen: bool
    ) -> None:
        level, mark = index.data(LEVEL_ROLE), index.data(MARK_ROLE)
        painter.setFont(font(13, bold=chosen or level == "grower", italic=mark == "preview"))
        painter.setPen(QColor(c.muted if mark == "preview" and not chosen else c.text))
        metrics = painter.fontMetrics()
        room = box.width() - (STEP * 4 if mark not in ("", "preview") else 0)
        text = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        paint_mark(
            painter, QPointF(box.left() + metrics.horizontalAdvance(text) + STEP * 2.5, box.center().y() + 1), mark, c
        )

    def _arrow(self, painter: QPainter, at: QPointF, c: Colours, open_: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.muted))
        x, y = at.x(), at.y()
        points = [(x - 4, y - 2), (x + 4, y - 2), (x, y + 3)] if open_ else [(x - 2, y - 4), (x - 2, y + 4), (x + 3, y)]
        painter.drawPolygon(QPolygonF([QPointF(*point) for point in points]))


def paint_mark(painter: QPainter, at: QPointF, mark: str, c: Colours) -> None:
    """The sign of a mark around a point: a dot waits, a diamond is in conflict, a triangle needs a look."""
    colour = {"pending": c.warn, "parked": c.error, "conflict": c.error, "invalid": c.error}.get(mark)
    if colour is None:
        return
    x, y = at.x(), at.y()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    if mark == "pending":
        painter.drawEllipse(QRectF(x - 3.5, y - 3.5, 7, 7))
    elif mark == "conflict":
        painter.drawPolygon(QPolygonF([QPointF(x, y - 5), QPointF(x + 5, y), QPointF(x, y + 5), QPointF(x - 5, y)]))
    elif mark == "parked":
        painter.drawRect(QRectF(x - 3.5, y - 3.5, 7, 7))
    else:
        painter.drawPolygon(QPolygonF([QPointF(x, y - 5), QPointF(x + 5, y + 4), QPointF(x - 5, y + 4)]))
