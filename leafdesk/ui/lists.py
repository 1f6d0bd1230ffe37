"""The rows that map, navigator and inspector show: read once, then only what a change names."""

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from leafdesk.records import Farm, Grower, LeafUser
from leafdesk.ui.bridge import Bridge
from leafdesk.workspace import Changes, FieldRow, Workspace

Outlines = list[tuple[str, bytes]]
_FEW = 64


@dataclass(frozen=True, slots=True)
class Everything:
    """One reading of all that is listed."""

    users: list[LeafUser] = field(default_factory=list)
    growers: list[Grower] = field(default_factory=list)
    farms: list[Farm] = field(default_factory=list)
    rows: list[FieldRow] = field(default_factory=list)
    everybody: list[LeafUser] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Update:
    """What a change makes of the lists: rows to put, fields to take away; outlines too when there are only a few."""

    rows: list[FieldRow]
    outlines: Outlines
    gone: set[str]


class Lists(QObject):
    """Fields, farms and growers in memory, in step with the catalog. Reading happens on the bridge's reading thread."""

    loaded = Signal(object)
    """Everything: at the start and when another account opens."""
    updated = Signal(object)
    """Update: some fields changed."""
    reshaped = Signal()
    """The tree may look different: names, farms, growers, fields."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.rows: dict[str, FieldRow] = {}
        self.users: dict[str, LeafUser] = {}
        """Those whose records are kept on this laptop: whom something new can belong to."""
        self.everybody: dict[str, LeafUser] = {}
        self.growers: dict[str, Grower] = {}
        self.farms: dict[str, Farm] = {}
        self.ready = False
        self._turn = 0
        self._stale: set[str] = set()
        self._reading = False
        bridge.changed.connect(self._changed)

    def load(self) -> None:
        """Read everything again (off this thread)."""
        self.ready = False
        self._turn += 1
        turn = self._turn
        self.bridge.read(_everything, lambda read: self._take(turn, read))

    def _take(self, turn: int, read: Everything) -> None:
        if turn != self._turn:
            return
        self.users = {user.id: user for user in read.users}
        self.everybody = {user.id: user for user in read.everybody}
        self.growers = {grower.id: grower for grower in read.growers}
        self.farms = {farm.id: farm for farm in read.farms}
        self.rows = {row.id: row for row in read.rows}
        self.ready = True
        self.loaded.emit(read)
        self.reshaped.emit()

    def _changed(self, changes: Changes) -> None:
        fields = {id_ for kind, id_ in changes.records if kind == "fields"}
        if len(fields) != len(changes.records):
            self.bridge.read(_parents, self._take_parents)
        self._stale |= fields
        self._refresh()

    def _refresh(self) -> None:
        """Read the changed fields, one reading at a time: what changes meanwhile waits for the next."""
        if self._stale and not self._reading:
            ids, self._stale, self._reading = self._stale, set(), True
            self.bridge.read(lambda workspace: _some(workspace, ids), self._take_some, self._not_read)

    def _not_read(self, error: BaseException) -> None:
        self._reading = False
        self.bridge.failed.emit(error)

    def _take_parents(self, read: Everything) -> None:
        self.users = {user.id: user for user in read.users}
        self.everybody = {user.id: user for user in read.everybody}
        self.growers = {grower.id: grower for grower in read.growers}
        self.farms = {farm.id: farm for farm in read.farms}
        self.reshaped.emit()

    def _take_some(self, update: Update) -> None:
        self._reading = False
        for row in update.rows:
            self.rows[row.id] = row
        for gone in update.gone:
            self.rows.pop(gone, None)
        self.updated.emit(update)
        self.reshaped.emit()
        self._refresh()

    def where(self, row: FieldRow) -> str:
        """`Smith Farms › Main Farm`, or that the field has no farm."""
        farm = self.farms.get(row.farm_id or "")
        if farm is None:
            return "Without a farm"
        grower = self.growers.get(farm.grower_id or "")
        return f"{grower.name} › {farm.name}" if grower else farm.name


def _parents(workspace: Workspace) -> Everything:
    if workspace.account is None:
        return Everything()
    catalog = workspace.catalog
    everybody = catalog.users()
    users = workspace.keeping.only(everybody)
    return Everything(users=users, growers=catalog.growers(), farms=catalog.farms(), everybody=everybody)


def _everything(workspace: Workspace) -> Everything:
    if workspace.account is None:
        return Everything()
    catalog = workspace.catalog
    everybody = catalog.users()
    users = workspace.keeping.only(everybody)
    return Everything(users, catalog.growers(), catalog.farms(), catalog.fields(), everybody)


def _some(workspace: Workspace, ids: set[str]) -> Update:
    catalog = workspace.catalog
    rows = catalog.fields(ids=ids)
    outlines = catalog.outlines(ids) if len(ids) <= _FEW else []  # the map asks for what it shows of many
    return Update(rows, outlines, ids - {row.id for row in rows})
