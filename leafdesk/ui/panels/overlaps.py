"""Which fields lie over a field, by Leaf's rule and without Leaf; what they share; and whether Leaf says the same."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QListWidgetItem

from leafdesk.geo.shape import Shape
from leafdesk.ui import words
from leafdesk.ui.lists import Lists
from leafdesk.ui.panels.side import Side
from leafdesk.ui.parts import button, label, row
from leafdesk.ui.theme import STEP
from leafdesk.ui.ticks import with_ticks
from leafdesk.workspace import Meeting, Workspace

LEAST, ASKING = "0.01", "Asking Leaf…"
ID = Qt.ItemDataRole.UserRole


class Overlaps(Side):
    """Parts for tests: `threshold`, `found` (QListWidget), `common`, `verdict`, `ask`, `meetings`."""

    look_at = Signal(str)
    """A field was double-clicked or Enter pressed on it."""
    shared = Signal(object)
    """The Shape that the field and the ticked ones have in common, () for none: to be shown on the map."""

    def __init__(self, lists: Lists) -> None:
        super().__init__(lists, "Overlapping fields")
        self.meetings: list[Meeting] = []
        self._shape: Shape = ()
        self._user = ""
        self._ticked: set[str] = set()
        self._order = 0
        self.threshold = QLineEdit(LEAST)
        self.threshold.setObjectName("overlapThreshold")
        self.threshold.setFixedWidth(STEP * 16)
        self.threshold.setAccessibleName("Least overlap in percent of either field, 0.01 to 100")
        self.threshold.editingFinished.connect(self.read)
        self.column.addLayout(
            row(label("At least", "muted"), self.threshold, label("% of either field", "muted"), None)
        )
        self.count = label("", "muted", wrap=True)
        self.found = with_ticks(QListWidget())
        self.found.setObjectName("overlapList")
        self.found.setAccessibleName("Fields that overlap; Space ticks one, Enter looks at it")
        self.found.setMinimumHeight(STEP * 40)
        self.found.setWordWrap(True)
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.found.itemActivated.connect(lambda item: self.look_at.emit(item.data(ID)))
        self.found.itemChanged.connect(self._tick)
        self.common = label("", "", wrap=True, select=True)
        self.ask = button(
            "Ask Leaf too", tip="Leaf answers the same question with its own copies; the answers are compared"
        )
        self.ask.clicked.connect(self._ask)
        self.verdict = label("", "", wrap=True)
        for part in (self.count, self.found, self.common):
            self.column.addWidget(part)
        self.column.addLayout(row(self.ask, None))
        self.column.addWidget(self.verdict)
        self.column.addWidget(self.trouble)
        self.column.addStretch(1)

    @property
    def least(self) -> float | None:
        """The threshold in percent; None for what is none."""
        try:
            percent = float(self.threshold.text().strip().removesuffix("%").replace(",", "."))
        except ValueError:
            return None
        return percent if 0.01 <= percent <= 100 else None

    # ------------------------------------------------------------------ here
    def show_field(self, field_id: str, name: str) -> None:
        """Begin with nothing ticked."""
        self._ticked.clear()
        self.meetings = []
        self.found.clear()
        self.count.setText("…")
        _put(self.verdict, "")
        _put(self.common, "")
        super().show_field(field_id, name)

    def read(self) -> None:
        least = self.least
        self.say_trouble("" if least is not None else "Write a number of percent from 0.01 to 100.")
        self.ask.setEnabled(least is not None)
        if least is None:
            return
        self._order += 1
        turn, order, field = self.turn, self._order, self.field_id

        def take(found: tuple[str, Shape, list[Meeting]] | None) -> None:
            if (turn, order) == (self.turn, self._order) and found is not None:
                self._take(*found)

        self.bridge.read(lambda workspace: _meeting(workspace, field, least), take, self._not_comparable)

    def _not_comparable(self, error: BaseException) -> None:
        self.found.clear()
        self.count.setText("")
        if isinstance(error, ValueError):  # the field's own boundary is not valid: the sentence says where
            self.say_trouble(str(error))
        else:
            self.bridge.failed.emit(error)

    def _take(self, user: str, shape: Shape, found: list[Meeting]) -> None:
        self._user, self._shape, self.meetings = user, shape, found
        _put(self.verdict, "")
        self._ticked &= {one.field_id for one in found if not one.problem}
        self.found.blockSignals(True)
        self.found.clear()
        for one in found:
            self.found.addItem(self._line(one))
        self.found.blockSignals(False)
        many = words.count(len(found), "field overlaps", "fields overlap")
        self.count.setText(
            f"{many}, as things are here. Tick some to see what they share." if found else "No field overlaps."
        )
        self.found.setVisible(bool(found))
        self._share()

    def _line(self, one: Meeting) -> QListWidgetItem:
        known = self.lists.rows.get(one.field_id)
        name = known.name if known else one.field_id
        if one.problem:
            item = QListWidgetItem(f"{name}\n▲ {one.problem}")
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
        else:
            ratios = f"{one.of_field:,.2f} % of it · {one.of_shape:,.2f} % of this"
            item = QListWidgetItem(f"{name}\n{words.area(one.area_ha)} · {ratios}")
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            ticked = one.field_id in self._ticked
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        item.setToolTip(item.text())
        item.setData(ID, one.field_id)
        return item

    # ------------------------------------------------------------------ what several share
    def _tick(self, item: QListWidgetItem) -> None:
        if item.checkState() == Qt.CheckState.Checked:
            self._ticked.add(item.data(ID))
        else:
            self._ticked.discard(item.data(ID))
        _put(self.verdict, "")
        self._share()

    def _share(self) -> None:
        self._order += 1
        turn, order, fields = self.turn, self._order, [self.field_id, *sorted(self._ticked)]
        if not self._ticked:
            _put(self.common, "")
            self.shared.emit(())
            return

        def take(found: tuple[Shape, float]) -> None:
            if (turn, order) != (self.turn, self._order):
                return
            of = "the ticked one" if len(fields) == 2 else "all the ticked ones"
            shape, hectares = found
            _put(
                self.common,
                f"In common with {of}: {words.area(hectares)}\N{NO-BREAK SPACE}▨"
                if shape
                else f"Nothing in common with {of}.",
            )
            self.shared.emit(shape)

        self.bridge.read(lambda workspace: _common(workspace, fields), take, self._not_comparable)

    # ------------------------------------------------------------------ at Leaf
    def _ask(self) -> None:
        least = self.least
        if least is None or not self._shape:
            return
        self.say_trouble("")
        _put(self.verdict, ASKING)
        self.ask.setEnabled(False)
        turn, online, ticked = self.turn, self.workspace.online, sorted(self._ticked)

        def over(error: BaseException) -> None:
            self.ask.setEnabled(True)
            if turn == self.turn:
                _put(self.verdict, self.verdict.text().removesuffix(ASKING))
                self.failed(error)

        def named(ids: list[str]) -> None:
            self.ask.setEnabled(True)
            if turn != self.turn:
                return
            _put(self.verdict, self._compare(set(ids)))
            if any(self._unsent(id_) for id_ in (self.field_id, *ticked)):
                self.say_trouble("What they share cannot be asked: Leaf does not have one of these fields yet.")
            elif ticked:
                asked = online.common(self._user, [self.field_id, *ticked])
                self.bridge.then(asked, lambda shape: self._measure(turn, shape), over)

        self.bridge.then(online.meeting(self._user, self._shape, threshold=least), named, over)

    def _unsent(self, field_id: str) -> bool:
        known = self.lists.rows.get(field_id)
        return known is None or not known.status

    def _compare(self, at_leaf: set[str]) -> str:
        """Leaf answers for one Leaf user, from its own copies: what was drawn here since is not in them."""
        rows = self.lists.rows
        own = [one for one in self.meetings if one.field_id in rows and rows[one.field_id].leaf_user_id == self._user]
        here = {one.field_id for one in own if not one.problem}
        open_ = {one.field_id for one in own if one.problem}
        at_leaf -= {self.field_id} | open_
        said = [
            f"{title}: {', '.join(sorted(rows[id_].name if id_ in rows else id_ for id_ in ids))}."
            for title, ids in (("Only Leaf names", at_leaf - here), ("Leaf does not name", here - at_leaf))
            if ids
        ]
        if not said:
            return (
                f"Leaf names the same {words.count(len(here), 'field')}."
                if here
                else "Leaf names no other field either."
            )
        return " ".join(said) + " Leaf compares its own copies; what waits in the queue is not in them."

    def _measure(self, turn: int, shape: Shape) -> None:
        def say(hectares: float) -> None:
            if turn == self.turn:
                told = f"By Leaf they share {words.area(hectares)}." if hectares else "By Leaf they share nothing."
                _put(self.verdict, f"{self.verdict.text()} {told}")

        self.bridge.read(lambda _: _hectares(shape), say)


def _put(line: QLabel, text: str) -> None:
    """An empty line takes no room."""
    line.setText(text)
    line.setVisible(bool(text))


def _meeting(workspace: Workspace, field_id: str, least: float) -> tuple[str, Shape, list[Meeting]] | None:
    """The field's Leaf user, its boundary, and the other fields that overlap it; None when it is gone."""
    field = workspace.catalog.field(field_id)
    if field is None:
        return None
    shape = field.shape or ()
    found = workspace.meeting(shape, threshold=least) if shape else []
    return field.leaf_user_id, shape, [one for one in found if one.field_id != field.id]


def _common(workspace: Workspace, fields: list[str]) -> tuple[Shape, float]:
    shape = workspace.common(fields)
    return shape, _hectares(shape)


def _hectares(shape: Shape) -> float:
    from leafdesk.geo.measure import area_ha

    return area_ha(shape) if shape else 0.0
