"""The boundary history of a field: a slider over every boundary it had, on the map, with what each would change."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSlider

from leafdesk.edits import Redraw
from leafdesk.ui import words
from leafdesk.ui.lists import Lists
from leafdesk.ui.panels.bars import Bars
from leafdesk.ui.panels.side import Side
from leafdesk.ui.parts import Figures, button, label, row
from leafdesk.ui.theme import Theme
from leafdesk.workspace.history import BoundaryHistory, Difference, Version, difference, history_of

STATES = {
    "ACTIVE": "in force at Leaf",
    "INACTIVE": "earlier at Leaf",
    "OUTDATED_ON_PROVIDER": "outdated at its provider",
    "DELETED_ON_PROVIDER": "deleted at its provider",
}


class History(Side):
    """Parts for tests: `slider`, `figures`, `when`, `note`, `fetch`, `restore`, `history`, `chosen` (Version)."""

    compared = Signal(object, object, object)
    """The present Shape, the one looked at, and their Difference: to be shown on the map."""
    restored = Signal(object)
    """The edit that makes the boundary looked at the field's own again."""

    def __init__(self, lists: Lists, theme: Theme) -> None:
        super().__init__(lists, "Boundary history")
        self.history: BoundaryHistory | None = None
        self._known: dict[str, Difference] = {}
        self.bars = Bars(theme)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("historySlider")
        self.slider.setAccessibleName("Version of the boundary, oldest on the left")
        self.slider.setPageStep(1)
        self.slider.valueChanged.connect(self._look)
        self.when = label("", "strong", wrap=True)
        self.figures = Figures(
            version="Version", area="Area", now="Now", change="Restoring changes it by", gained="Gains", lost="Loses"
        )
        self.restore = button("Restore this boundary", "primary")
        self.restore.clicked.connect(self._restore)
        self.reason = label("", "small", wrap=True)
        self.note = label("", "muted", wrap=True)
        self.fetch = button("Fetch all from Leaf", tip="Ask Leaf for every boundary of this field; they stay here")
        self.fetch.clicked.connect(self._fetch)
        for part in (self.bars, self.slider, self.when, self.figures):
            self.column.addWidget(part)
        self.column.addLayout(row(self.restore, None))
        self.column.addWidget(self.reason)
        self.column.addWidget(self.note)
        self.column.addLayout(row(self.fetch, None))
        self.column.addWidget(self.trouble)
        self.column.addStretch(1)

    # ------------------------------------------------------------------ reading
    def show_field(self, field_id: str, name: str) -> None:
        """Begin with the boundary in force."""
        self.history, self._known = None, {}
        for part in (self.bars, self.slider, self.figures, self.restore, self.reason):
            part.hide()
        self.when.setText("…")
        self.note.setText("")
        super().show_field(field_id, name)

    def read(self) -> None:
        turn, field = self.turn, self.field_id
        self.bridge.read(lambda workspace: history_of(workspace.catalog, field), lambda found: self._take(turn, found))

    def _take(self, turn: int, found: BoundaryHistory | None) -> None:
        if turn != self.turn or found is None:
            return
        before = self.chosen
        self.history, self._known = found, {}
        versions = found.versions
        for part, least in ((self.bars, 2), (self.slider, 2), (self.figures, 1), (self.restore, 1)):
            part.setVisible(len(versions) >= least)
        self._say_note(found)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(versions) - 1))
        stays = [n for n, one in enumerate(versions) if before is not None and not before.shown and one.id == before.id]
        self.slider.setValue(stays[0] if stays else len(versions) - 1)
        self.slider.blockSignals(False)
        self._look()

    def _say_note(self, found: BoundaryHistory) -> None:
        missing = words.count(found.unread, "more boundary", "more boundaries")
        if found.unread:
            text = f"Leaf has {missing} that {'was' if found.unread == 1 else 'were'} not fetched yet."
        elif found.read:
            text = f"All of Leaf's boundaries, read {words.moment(found.read)}."
        else:
            text = "Older ones were not asked for yet." if found.versions else ""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    @property
    def chosen(self) -> Version | None:
        """The version looked at."""
        versions = self.history.versions if self.history else ()
        return versions[self.slider.value()] if 0 <= self.slider.value() < len(versions) else None

    # ------------------------------------------------------------------ one version
    def _look(self) -> None:
        one, history = self.chosen, self.history
        if one is None or history is None:
            self.when.setText("This field has no boundary yet.")
            return
        areas = [version.area_ha for version in history.versions]
        self.bars.show_areas(areas, self.slider.value())
        self.when.setText(_when(one))
        self.slider.setAccessibleDescription(f"{_when(one)}, {words.area(one.area_ha)}")
        self.figures.put("version", f"{self.slider.value() + 1} of {len(areas)}")
        self.figures.put("area", words.area(one.area_ha), "strong")
        self._allow(one)
        now = next((version for version in history.versions if version.shown), None)
        self.figures.put("now", words.area(now.area_ha) if now is not None and now is not one else "")
        for key in ("change", "gained", "lost"):
            self.figures.put(key, "")
        if now is None or now is one:
            self.compared.emit(one.shape, one.shape, Difference())
            return
        self.figures.put("change", words.signed(one.area_ha - now.area_ha))
        self.compared.emit(now.shape, one.shape, self._known.get(one.id, Difference()))
        if one.id in self._known:
            self._say_difference(now, one, self._known[one.id])
            return
        turn, before, then = self.turn, now.shape, one.shape
        self.bridge.read(lambda _: difference(before, then), lambda found: self._compared(turn, now, one, found))

    def _compared(self, turn: int, now: Version, one: Version, found: Difference) -> None:
        if turn != self.turn:
            return
        self._known[one.id] = found
        if self.chosen is one:
            self._say_difference(now, one, found)
            self.compared.emit(now.shape, one.shape, found)

    def _say_difference(self, now: Version, one: Version, found: Difference) -> None:
        if found.problem:
            self.figures.put("gained", f"▲ {found.problem}", "error")
            return
        self.figures.put("gained", f"{words.area(found.gained_ha)}\N{NO-BREAK SPACE}▨")
        self.figures.put("lost", f"{words.area(found.lost_ha)}\N{NO-BREAK SPACE}▧")

    def _allow(self, one: Version) -> None:
        why = "The field has this boundary." if one.shown else self.workspace.why_not(Redraw(self.field_id, one.shape))
        self.restore.setEnabled(why is None)
        self.restore.setToolTip(why or "Make it the field's boundary again; it goes to Leaf with the next sync")
        self.restore.setAccessibleDescription(self.restore.toolTip())
        self.reason.setText(why or "")
        self.reason.setVisible(bool(why))

    def _restore(self) -> None:
        if self.chosen is not None:
            self.restored.emit(Redraw(self.field_id, self.chosen.shape))

    # ------------------------------------------------------------------ asking Leaf
    def _fetch(self) -> None:
        self.say_trouble("")
        self.fetch.setEnabled(False)
        self.fetch.setText("Asking Leaf…")
        turn = self.turn
        self.bridge.then(
            self.workspace.online.boundaries(self.field_id),
            lambda _: self._fetched(turn),
            lambda error: self._fetched(turn, error),
        )

    def _fetched(self, turn: int, error: BaseException | None = None) -> None:
        self.fetch.setEnabled(True)
        self.fetch.setText("Fetch all from Leaf")
        if turn != self.turn:
            return
        self.fetched.emit()
        if error is not None:
            self.failed(error)


def _when(one: Version) -> str:
    moment = words.moment(one.at) or "at an unknown time"
    if one.drawn:
        return f"Drawn here {moment} · {'not sent yet' if one.waits else 'in force' if one.shown else 'taken back'}"
    state = STATES.get(one.status, one.status.replace("_", " ").lower())
    return f"From {moment} · {'restored, not sent yet' if one.waits else state}"
