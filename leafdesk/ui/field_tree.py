"""The tree grower → farm → field as a Qt model over plain nodes, quick with ten thousand fields."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from leafdesk.records import Farm, Grower
from leafdesk.ui import words
from leafdesk.workspace import FieldRow

Index = QModelIndex | QPersistentModelIndex
ID_ROLE = Qt.ItemDataRole.UserRole
MARK_ROLE = Qt.ItemDataRole.UserRole + 1
AREA_ROLE = Qt.ItemDataRole.UserRole + 2
LEVEL_ROLE = Qt.ItemDataRole.UserRole + 3
_LINE, _NOTHING = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable, Qt.ItemFlag(0)
"""Made once: Qt asks for them thousands of times when a tree unfolds, and Python joins flags slowly."""


class Node:
    """One line of the tree; `level` is "grower", "farm" or "field", `key` the record's id ("" for the rest)."""

    __slots__ = ("area", "children", "key", "level", "mark", "name", "number", "parent", "place", "preview")

    def __init__(self, level: str, key: str, name: str, parent: "Node | None") -> None:
        self.level, self.key, self.name, self.parent = level, key, name, parent
        self.children: list[Node] = []
        self.area: float | None = None
        self.mark = ""
        self.preview = False
        self.number = self.place = 0


@dataclass(frozen=True, slots=True)
class Tree:
    """A grown tree: its root, every node by its number, the fields' nodes by id. Pure Python, made on any thread."""

    root: Node
    nodes: list[Node]
    by_id: dict[str, Node]

    def lines(self) -> list[tuple[str, str, str]]:
        """What stands where: level, key and the key above, line by line."""
        return [(node.level, node.key, node.parent.key if node.parent else "") for node in self.nodes]


def grow(growers: Iterable[Grower], farms: Iterable[Farm], rows: Iterable[FieldRow], *, empty: bool = True) -> Tree:
    """Fields keep the order they come in; farms without fields are left out unless `empty`."""
    root = Node("root", "", "", None)
    grower_nodes = {grower.id: Node("grower", grower.id, grower.name or "Unnamed grower", root) for grower in growers}
    without_grower = Node("grower", "", "Without a grower", root)
    without_farm = Node("farm", "", "Without a farm", root)
    farm_nodes: dict[str, Node] = {}
    for farm in farms:
        above = grower_nodes.get(farm.grower_id or "", without_grower)
        farm_nodes[farm.id] = Node("farm", farm.id, farm.name or "Unnamed farm", above)
    for row in rows:
        above = farm_nodes.get(row.farm_id or "", without_farm)
        node = Node("field", row.id, row.name or "Unnamed field", above)
        node.area, node.mark, node.preview = row.area_ha, row.mark, row.status == "PREVIEW"
        above.children.append(node)
    for farm_node in farm_nodes.values():
        if (farm_node.children or empty) and farm_node.parent is not None:
            farm_node.parent.children.append(farm_node)
    for node in (*grower_nodes.values(), without_grower):
        if node.children or (empty and node.key):
            root.children.append(node)
    if without_farm.children:
        root.children.append(without_farm)
    tree = Tree(root, [], {})
    _finish(root, tree)
    return tree


def _finish(node: Node, tree: Tree) -> None:
    for place, child in enumerate(node.children):
        child.place, child.number = place, len(tree.nodes)
        tree.nodes.append(child)
        if child.level == "field":
            tree.by_id[child.key] = child
        if child.children:
            _finish(child, tree)
        if child.level != "field":
            child.area = sum(below.area or 0.0 for below in child.children)


class FieldTree(QAbstractItemModel):
    """A Qt model over the nodes of `grow`; indexes carry a node's number, so no Python object is handed to Qt."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: list[Node] = []
        self._by_id: dict[str, Node] = {}
        self._root = Node("root", "", "", None)

    @property
    def tree(self) -> Tree:
        """The tree that is shown."""
        return Tree(self._root, self._nodes, self._by_id)

    def show(self, tree: Tree, *, alike: bool = False) -> None:
        """Show another tree. `alike`: the same lines in the same places, so that folds and selection can stay."""
        if not alike:
            self.beginResetModel()
        self._root, self._nodes, self._by_id = tree.root, tree.nodes, tree.by_id
        if alike:
            last = len(tree.root.children) - 1
            self.dataChanged.emit(self.index(0, 0), self.index(last, 0))
        else:
            self.endResetModel()

    def change(self, row: FieldRow) -> bool:
        """Show the field's new values where it stands; False when it has to move (name, farm) or is not shown."""
        node = self._by_id.get(row.id)
        if node is None or node.parent is None or node.name != row.name or node.parent.key != (row.farm_id or ""):
            return False
        node.parent.area = (node.parent.area or 0.0) - (node.area or 0.0) + (row.area_ha or 0.0)
        node.area, node.mark, node.preview = row.area_ha, row.mark, row.status == "PREVIEW"
        for changed in (node, node.parent):
            index = self._index(changed)
            self.dataChanged.emit(index, index)
        return True

    @property
    def fields(self) -> int:
        """How many fields are shown."""
        return len(self._by_id)

    def ids(self) -> set[str]:
        """The fields that are shown."""
        return set(self._by_id)

    def find(self, field_id: str) -> QModelIndex:
        """Where the field stands; an invalid index when it is not shown."""
        node = self._by_id.get(field_id)
        return self._index(node) if node else QModelIndex()

    def _index(self, node: Node) -> QModelIndex:
        return self.createIndex(node.place, 0, node.number)

    def node(self, index: Index) -> Node:
        """The line at an index; the root for none."""
        return self._nodes[index.internalId()] if index.isValid() else self._root

    # ------------------------------------------------------------------ what Qt asks
    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        children = self.node(parent or QModelIndex()).children
        return self._index(children[row]) if column == 0 and 0 <= row < len(children) else QModelIndex()

    def parent(self, index: Index | None = None) -> Any:
        if index is None:
            return super().parent()
        above = self.node(index).parent if index.isValid() else None
        return QModelIndex() if above is None or above is self._root else self._index(above)

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self.node(parent or QModelIndex()).children)

    def columnCount(self, parent: Index | None = None) -> int:
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return node.name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return _spoken(node)
        return {ID_ROLE: node.key, MARK_ROLE: node.mark, AREA_ROLE: node.area, LEVEL_ROLE: node.level}.get(role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return _LINE if index.isValid() else _NOTHING


def _spoken(node: Node) -> str:
    parts = [node.name]
    if node.level == "field":
        parts += [words.area(node.area) if node.area is not None else "no boundary", words.MARKS.get(node.mark, "")]
    else:
        parts.append(words.count(len(node.children), "field" if node.level == "farm" else "farm"))
    return ", ".join(part for part in parts if part)
