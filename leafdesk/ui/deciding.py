"""Conflicts are looked at and answered: which one is in sight, and what each answer does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices

from leafdesk.edits import Redraw
from leafdesk.geo.shape import Box, box, rings
from leafdesk.ui.actions import CHOICES
from leafdesk.ui.map.tool import LARGE
from leafdesk.ui.pages import show_machine
from leafdesk.workspace import Changes, FieldRow, Workspace
from leafdesk.workspace.clashes import Choice, Clash, clash_of, comparable, compare

if TYPE_CHECKING:
    from leafdesk.geo.shape import Shape
    from leafdesk.ui.main_window import MainWindow
    from leafdesk.ui.map.compared import Whose
    from leafdesk.ui.panels.conflict import ConflictPage
    from leafdesk.ui.panels.hearing import Heard

NOT_HERE = "Open a conflict first."
NONE = "Nothing is in conflict."
ANSWERED = "Answered. Undo puts the question again, as long as it has not gone to Leaf."
NEAR = 0.6
"""The fields around are shown as far away as this share of the boundaries' own size."""
KEYS: dict[str, Choice] = {"keep-mine": "mine", "take-theirs": "theirs", "edit-both": "edit", "keep-both": "both"}


@dataclass(frozen=True, slots=True)
class Sight:
    """What the page shows: the conflict (None: it is answered), the fields around, and all conflicts there are."""

    clash: Clash | None
    rows: list[FieldRow]
    outlines: list[tuple[str, bytes]]
    ids: list[str]


class Deciding(QObject):
    """`page` is the conflict view once it was opened."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.page: ConflictPage | None = None
        self.item_id = ""
        self._ids: list[str] = []
        self._turn = 0
        for key, do in (
            ("decide", lambda: self.open(None)),
            *((key, partial(self.answer, choice)) for key, choice in KEYS.items()),
        ):
            window.commands[key].triggered.connect(lambda _=False, do=do: do())
        window.queue.decide.connect(self.open)
        window.queue.resolve.connect(window.doing.resolve)
        window.queue.adopt.connect(window.doing.adopt)
        window.queue.mend.connect(self.mend)
        window.queue.look_at.connect(self.look_at)
        window.inspector.decide.connect(self.open)
        window.status.open_conflicts.connect(lambda: self.open(None))
        window.queue.counted.connect(lambda waiting, need: self._allow())
        window.bridge.changed.connect(self._changed)
        self._allow()

    @property
    def in_sight(self) -> bool:
        """Whether the conflict view is what the window shows."""
        return self.page is not None and self.window.pages.currentWidget() is self.page

    def open(self, item_id: str | None) -> None:
        """Show a conflict; without an id that of the selected field, else the first there is."""
        from leafdesk.ui.panels.conflict import ConflictPage

        conflicts = [item for item in self.window.queue.items if comparable(item)]
        chosen = [item for item in conflicts if item.record_id == self.window.inspector.field_id]
        wanted = item_id or next((item.id for item in (*chosen, *conflicts)), None)
        if wanted is None or not self.window.drawing.let_go():
            return
        if self.page is None:
            self.page = ConflictPage(self.window.commands, self.window.theme)
            self.page.left.connect(self.leave)
            self.page.turned.connect(self._turn_by)
            self.page.canvas.cursor_moved.connect(self.window.status.show_cursor)
            self.page.canvas.view_changed.connect(lambda view: self.window.status.show_scale(view.scale_denominator))
            self.window.pages.addWidget(self.page)
            self.window.pages.currentChanged.connect(lambda _: self._allow())
        self.page.clash = None
        self.window.commands["queue"].setChecked(True)
        self.window.pages.show_instead(self.page)
        self._read(wanted)

    def leave(self) -> None:
        """Back to the queue; the question stays."""
        self.window.show_page("queue")
        self.window.queue.point_at(self.item_id)

    def mend(self, action: str, field_id: str) -> None:
        """Put right what Leaf refused: `rename` the field or `edit` its boundary."""
        if action == "rename":
            self.window.doing.rename(field_id)
        else:
            self.window.look_at(field_id)
            self.window.drawing.start(action, field_id)

    def look_at(self, heard: Heard) -> None:
        """Show what a notice is about: two pieces of land on the map, two machines in their table, or a folder."""
        from leafdesk.ui.map.compared import ComparedTool

        window, notice = self.window, heard.notice
        if notice.sort == "rescued":
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(notice.details["folder"])))
        elif notice.kind == "machines":
            show_machine(window, heard.second)
        elif window.drawing.let_go():
            window.show_page("map")
            window.select(notice.record_id if notice.kind == "fields" else None)
            sides: tuple[Whose, ...] = ("mine", "theirs")
            (one, mine), (other, theirs) = heard.places
            tool = ComparedTool(window.canvas, zip(sides, (mine, theirs), strict=True), {"mine": one, "theirs": other})
            tool.can_leave, tool.hides = True, window.inspector.field_id
            window.canvas.take(tool)
            window.canvas.fit_box(_joined([box(shape) for shape in (mine, theirs) if shape]), 96)
            window.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            window.doing.trouble.emit(f"{one} is blue, {other} orange in dash and dot. Esc takes them off the map.")

    # ------------------------------------------------------------------ reading
    def _read(self, item_id: str) -> None:
        self.item_id = item_id
        self._turn += 1
        turn = self._turn
        self.window.bridge.read(lambda workspace: _look(workspace, item_id), lambda sight: self._show(turn, sight))

    def _show(self, turn: int, sight: Sight) -> None:
        if turn != self._turn or self.page is None:
            return
        self._ids = sight.ids
        clash = sight.clash
        if clash is None:
            self._go_on()
            return
        self.page.show_clash(clash, sight.rows, sight.outlines)
        self.page.say_place(self._ids.index(clash.item.id) + 1, len(self._ids))
        self._allow()
        if clash.before or clash.mine or clash.theirs:
            self.window.bridge.work(lambda: compare(clash, self._cut), lambda found: self._measured(turn, found))

    def _cut(self, one: Shape, other: Shape) -> Shape:
        """What one shape has beyond another; of many corners in another process, for GEOS would hold the window up."""
        from leafdesk.geo.overlap import beyond

        many = sum(len(ring) for shape in (one, other) for ring in rings(shape)) > LARGE
        return self.window.bridge.apart(beyond, one, other) if many else beyond(one, other)

    def _measured(self, turn: int, found: object) -> None:
        if turn == self._turn and self.page is not None:
            self.page.show_compared(found)  # type: ignore[arg-type]

    def _changed(self, changes: Changes) -> None:
        clash = self.page.clash if self.page is not None else None
        if self.in_sight and clash is not None:
            touched = (clash.item.kind, clash.item.record_id) in changes.records
            if changes.queue or touched:
                self._read(clash.item.id)

    def _turn_by(self, step: int) -> None:
        if self.item_id in self._ids and len(self._ids) > 1:
            self._read(self._ids[(self._ids.index(self.item_id) + step) % len(self._ids)])

    def _go_on(self) -> None:
        """To the next conflict, else back to the queue."""
        left = [one for one in self._ids if one != self.item_id]
        if self.page is not None:
            self.page.clash = None
        if left:
            self._read(left[0])
        elif self.in_sight:
            self.leave()

    # ------------------------------------------------------------------ answering
    def answer(self, choice: Choice) -> None:
        """Take an answer; the question stays where that is not possible, with the reason."""
        page, clash = self.page, self.page.clash if self.page is not None else None
        if page is None or clash is None or not self.in_sight:
            return
        if choice == "edit":
            self._edit(clash)
            return
        self._turn += 1  # what is being read of the question does not count any more
        self.window.doing.resolve(
            clash.item.id, choice, seen=clash.present, then=lambda _: self._answered(clash), sorry=self._refused
        )

    def _answered(self, clash: Clash) -> None:
        undoable = clash.sort in ("boundary", "attributes")
        self.window.doing.trouble.emit(ANSWERED if undoable else "Answered.")
        self._read(clash.item.id)  # there is no question any more: to the next one

    def _refused(self, why: str) -> None:
        assert self.page is not None
        self._read(self.item_id)
        self.window.doing.trouble.emit(why)

    def _edit(self, clash: Clash, drawn: Shape | None = None) -> None:
        """Mine into the hand, with the other outlines in sight."""
        from leafdesk.ui.map.compared import ThirdTool

        if clash.mine is None:
            return
        mine, field = clash.mine.shape, clash.item.record_id
        others: list[tuple[Whose, Shape]] = []
        if clash.before is not None:
            others.append(("before", clash.before.shape))
        if clash.theirs is not None:
            others.append(("theirs", clash.theirs.shape))
        self.window.look_at(field)
        keep = partial(self._keep, clash)
        self.window.drawing.edit_with(lambda canvas: ThirdTool(canvas, field, mine, others, keep, drawn))
        self.window.canvas.fit_box(_joined([box(shape) for shape in (mine, *(other for _, other in others))]), 96)

    def _keep(self, clash: Clash, shapes: dict[str, Shape]) -> None:
        """What was made of both answers the question; it stays in the hand where that is not possible."""
        drawn = shapes[clash.item.record_id]

        def back(why: str, now: Clash | None) -> None:
            self._edit(now or clash, drawn)
            self.window.doing.trouble.emit(why)  # after the tool, which takes what was said before away

        def sorry(why: str) -> None:
            self.window.bridge.read(
                lambda workspace: clash_of(workspace.catalog, workspace.outbox, clash.item.id), partial(back, why)
            )

        edits = [Redraw(id_, shape) for id_, shape in shapes.items()]
        self.window.doing.merge(
            clash.item.id,
            *edits,
            seen=clash.present,
            then=lambda _: self.window.doing.trouble.emit(ANSWERED),
            sorry=sorry,
        )

    # ------------------------------------------------------------------ what is allowed
    def _allow(self) -> None:
        commands = self.window.commands
        conflicts = [item for item in self.window.queue.items if comparable(item)]
        commands.allow("decide", None if conflicts else NONE)
        self.window.status.show_conflicts(len(conflicts))
        clash = self.page.clash if self.page is not None and self.in_sight else None
        for key, text, *_ in CHOICES:
            choice = KEYS[key]
            if clash is None or self.page is None:
                commands[key].setText(text)
                commands.allow(key, NOT_HERE)
                continue
            said, meaning = self.page.said(choice)
            why = clash.why_not.get(choice)
            commands[key].setText(said or text)
            commands.allow(key, why or (None if said else NOT_HERE))
            self.page.offer(key, (why or meaning) if said else "")


def _look(workspace: Workspace, item_id: str) -> Sight:
    """Read a conflict and the fields around it (off the window's thread)."""
    if workspace.account is None:
        return Sight(None, [], [], [])
    catalog, outbox = workspace.catalog, workspace.outbox
    ids = [item.id for item in outbox.items(states=("conflict",)) if comparable(item)]
    clash = clash_of(catalog, outbox, item_id)
    if clash is None or clash.item.kind != "fields":
        return Sight(clash, [], [], ids)
    drawn = [box(one.shape) for one in (clash.before, clash.mine, clash.theirs) if one is not None]
    itself = [row.box for row in catalog.fields(ids=[clash.item.record_id]) if row.box is not None]
    near = catalog.fields(box=_around(drawn or itself)) if drawn or itself else []
    rows = [replace(row, mark="") for row in near if not (drawn and row.id == clash.item.record_id)]
    return Sight(clash, rows, catalog.outlines([row.id for row in rows]), ids)


def _joined(boxes: list[Box]) -> Box:
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return (min(wests), min(souths), max(easts), max(norths))


def _around(boxes: list[Box]) -> Box:
    """The ground of all boundaries, with some of what lies beside it."""
    west, south, east, north = _joined(boxes)
    x, y = (east - west) * NEAR, (north - south) * NEAR
    return (west - x, south - y, east + x, north + y)
