"""Drawing a new field and editing a boundary: from the tool to the edit in the queue."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QObject, Qt, Signal

from leafdesk.edits import Create, Delete, Edit, Redraw, change
from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.shape import Shape
from leafdesk.geo.typed import position_of
from leafdesk.records import Field
from leafdesk.ui import words
from leafdesk.ui.actions import Actions
from leafdesk.ui.dialogs.field import NewField
from leafdesk.ui.dialogs.seams import look_along_seams
from leafdesk.ui.doing import Doing
from leafdesk.ui.drafts import Drafts
from leafdesk.ui.lists import Lists
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.cutting import CutTool
from leafdesk.ui.map.draw import DrawTool
from leafdesk.ui.map.joining import JoinTool
from leafdesk.ui.map.measuring import MEASURE, MeasureTool
from leafdesk.ui.map.parts import HoleTool, PartTool, RemoveTool
from leafdesk.ui.map.pivot import PivotTool
from leafdesk.ui.map.portioning import CutOffTool, PortionsTool
from leafdesk.ui.map.rectangle import RectangleTool
from leafdesk.ui.map.repairing import RepairTool
from leafdesk.ui.map.reshaping import ReshapeTool
from leafdesk.ui.map.rim import RimTool
from leafdesk.ui.map.shifting import ShiftTool
from leafdesk.ui.map.sketch import EditState
from leafdesk.ui.map.tidying import HeadlandTool, SquareTool, ThinTool
from leafdesk.ui.map.tool import Tool
from leafdesk.ui.panels.inspector import Inspector
from leafdesk.ui.panels.look import measure
from leafdesk.ui.panels.map_page import MapPage

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow

BROWSE = ""
DRAW = "Click to set the first corner · Esc leaves"
EDIT = "Drag a corner to move it · Enter keeps · Esc takes back"
AT_STAKE = "The boundary in your hand is not kept yet. Keep it with Enter, or take it back with Esc."
TOGETHER = "Corners that neighbours share move together from now on."
ALONE = "Corners move alone from now on; neighbours stay as they are."
TOOLS: dict[str, Callable[[MapCanvas, str, Shape], Tool]] = {
    "hole": HoleTool,
    "part": PartTool,
    "remove": RemoveTool,
    "split": CutTool,
    "repair": RepairTool,
    "portions": PortionsTool,
    "cut-off": CutOffTool,
    "shift": ShiftTool,
    "square": SquareTool,
    "thin": ThinTool,
    "reshape": ReshapeTool,
    "headland": HeadlandTool,
}
"""What works on the boundary of the selected field, beside the editing tool."""
NEW_FIELD: dict[str, Callable[[MapCanvas], Tool]] = {
    "draw": DrawTool,
    "pivot": PivotTool,
    "rim": RimTool,
    "rectangle": RectangleTool,
}
"""What draws a new field."""
NEW = ""
"""The field id under which a drawing that has no field yet is edited on."""


class Drawing(QObject):
    """Which tool is in force. `mode` is "select" or a tool's name; `sheet` the question about a new field, if open."""

    saved = Signal(str)
    """A new field is in the queue, under this id."""

    def __init__(self, page: MapPage, actions: Actions, doing: Doing, inspector: Inspector, lists: Lists) -> None:
        super().__init__(page)
        self.page, self.actions, self.doing, self.inspector, self.lists = page, actions, doing, inspector, lists
        self.canvas = page.canvas
        self.mode = "select"
        self.can_undo = self.can_redo = False
        self.undo_name: str | None = None
        self.sheet: NewField | None = None
        self._loading: str | None = None
        self._unnamed: Shape | None = None
        self.naming = False
        """Whether a finished drawing waits for its name."""
        self._turn = 0
        self.canvas.drawn.connect(self._drawn)
        self.canvas.edited.connect(self._edited)
        self.canvas.edited_together.connect(self._edited_together)
        self.canvas.split.connect(self._split)
        self.canvas.joined.connect(self._joined)
        self.canvas.edit_changed.connect(self._changed)
        self.canvas.tool_changed.connect(self._tool)
        self.canvas.work, self.canvas.apart = lists.bridge.work, lists.bridge.apart
        self.canvas.why_not_change = lambda id_: doing.workspace.why_not(Redraw(id_, ((),)))
        page.kept.connect(self.canvas.finish)
        page.taken_back.connect(self.leave)
        page.typed.connect(self._typed)
        self.drafts = Drafts(self)

    def commands(self, window: "MainWindow") -> tuple[tuple[str, Callable[[], object]], ...]:
        """What the map's actions do that are no tools."""
        return (
            ("more", self.page.open_more),
            ("type", self.type_corner),
            ("together", self.toggle_together),
            ("seams", lambda: look_along_seams(window)),
            ("drafts", self.drafts.show),
            ("keep-draft", self.drafts.keep),
        )

    @property
    def at_stake(self) -> bool:
        """Whether something was drawn that is not kept yet."""
        return self.mode not in ("select", "measure") and (self.can_undo or self._unnamed is not None)

    def let_go(self) -> bool:
        """Go back to selecting unless something drawn would be lost; then say so, and answer False."""
        if self.mode not in ("select", "measure") and self.can_undo:
            self.actions[self.mode].setChecked(True)
            self.doing.trouble.emit(AT_STAKE)
            return False
        self.leave()
        return True

    def within(self, tool: str) -> bool:
        """Whether the drawing that is going on has done this as one of its own steps."""
        done = self.mode != "select" and self.canvas.hand_tool.does(tool)
        if done:
            self.actions[self.mode].setChecked(True)
        return done

    def start(self, tool: str, field_id: str | None) -> None:
        """Take a tool: "draw", "measure", or one for the boundary of this field."""
        if tool in NEW_FIELD:
            self.start_draw(tool)
        elif tool == "measure":
            self.start_measure()
        else:
            self.start_on(tool, field_id)

    def start_measure(self) -> None:
        """Measure on the map; nothing is changed."""
        self._drop()
        self._enter("measure", MEASURE)
        self.canvas.take(MeasureTool(self.canvas))
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def start_draw(self, tool: str = "draw") -> None:
        """Draw a new field."""
        if not self.lists.users:
            self.doing.trouble.emit("Fetch your fields first: a new field belongs to one of your Leaf users.")
            self._to_select()
            return
        self._drop()
        self._enter(tool, DRAW)
        self.inspector.show_new(None, 0.0, [])
        self.canvas.take(NEW_FIELD[tool](self.canvas))
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)  # the first corner is clicked, or put with the keys

    def start_on(self, tool: str, field_id: str | None) -> None:
        """Take a tool to a field's boundary: "edit" or one of TOOLS."""
        if field_id is None:
            self._to_select()
            return
        self._drop()
        self._loading = field_id
        self.lists.bridge.read(
            lambda workspace: workspace.catalog.field(field_id), lambda field: self._begin(tool, field_id, field)
        )

    def _begin(self, tool: str, field_id: str, field: Field | None) -> None:
        if self._loading != field_id:
            return
        self._loading = None
        if field is None or field.shape is None:
            self._to_select()
            return
        self._enter(tool, EDIT)
        if tool == "edit":
            self.canvas.start_edit(field_id, field.shape)
        elif tool == "join":
            self.canvas.take(JoinTool(self.canvas, field_id, field.shape, lambda other: self._keeps(field_id, other)))
        else:
            self.canvas.take(TOOLS[tool](self.canvas, field_id, field.shape))
        self.page.focus()

    def edit_with(self, make: Callable[[MapCanvas], Tool]) -> None:
        """Take an editing tool whose maker wants to know what comes of it."""
        self._drop()
        self._enter("edit", EDIT)
        self.canvas.take(make(self.canvas))
        self.page.focus()

    def leave(self) -> None:
        """Give up what is being drawn and go back to selecting; a finished drawing without a name asks for it again."""
        self._loading = None
        if self.mode == "select":
            self._to_select()
        else:
            self.canvas.cancel()

    def undo(self) -> bool:
        """Take back a step inside the drawing; False when nothing is being drawn."""
        if self.mode == "select":
            return False
        self.canvas.undo()
        return True

    def redo(self) -> bool:
        """Do it again; False when nothing is being drawn."""
        if self.mode == "select":
            return False
        self.canvas.redo()
        return True

    def _enter(self, mode: str, hint: str) -> None:
        self.mode = mode
        self.doing.trouble.emit("")
        self.actions[mode].setChecked(True)
        self.canvas.show_unnamed(None)
        self.page.name_buttons(mode)
        self.page.say(hint, drawing=mode != "measure", closed=mode == "edit")

    def type_corner(self) -> None:
        """Ask for the latitude and longitude of a corner: the chosen one, or one more."""
        if self.mode == "select":
            self.doing.trouble.emit("Draw or edit a boundary first; then a corner can be typed.")
        else:
            self.page.ask_corner()

    def _typed(self, text: str) -> None:
        try:
            at = position_of(text)
            self.canvas.hand_tool.put(at)
        except NotPossibleError as error:
            self.doing.trouble.emit(str(error))
            return
        self.doing.trouble.emit("")
        self.page.ask(self.canvas.hand_tool.asks)
        self.canvas.show_spot(at)

    def _drop(self) -> None:
        if self.mode != "select":
            self.mode = "select"
            self._unnamed = None
            self.canvas.cancel()

    def _to_select(self) -> None:
        self.mode = "select"
        self.can_undo = self.can_redo = False
        self.actions["select"].setChecked(True)
        self.page.say(BROWSE)
        self.inspector.end_draft()
        self.inspector.allow()
        self.doing.stepped.emit()

    def _tool(self, tool: str) -> None:
        """The canvas let go of its tool: kept, or taken back with Esc."""
        if tool != "browse" or self.mode == "select":
            return
        self.lists.bridge.apart.break_off()
        unnamed, self._unnamed = self._unnamed, None
        self._to_select()
        if unnamed is not None:  # the drawing was looked at again and left as it was: it still wants a name
            self._drawn(unnamed)

    def _changed(self, state: EditState | None) -> None:
        if state is None or self.mode == "select":
            return
        self.can_undo, self.can_redo, self.undo_name = state.can_undo, state.can_redo, state.undo_name
        self.page.say(state.hint, drawing=self.mode != "measure", closed=state.area_ha is not None)
        wrong = [problem.message for problem in state.problems]
        if self.mode in NEW_FIELD:
            self.actions.allow("repair", None if wrong else "Nothing is wrong with this drawing.")
        if self.mode == "measure":
            pass
        elif self.mode in NEW_FIELD:
            self.inspector.show_new(state.area_ha, state.perimeter_m, wrong)
        else:
            self.inspector.show_draft(state.area_ha, state.before_ha, state.perimeter_m, wrong)
        self.doing.stepped.emit()

    def _edited(self, field_id: str, shape: Shape) -> None:
        if field_id != NEW:
            self.doing.do(Redraw(field_id, shape), sorry=lambda why: self._not_kept(field_id, shape, why))
            return
        self._turn += 1  # the shape as it was is not asked about any more
        self._drawn(shape)

    def _edited_together(self, shapes: dict[str, Shape]) -> None:
        """One step: the boundary and those of the neighbours that share its corners."""
        (field_id, shape), *_ = shapes.items()
        edits = (Redraw(id_, changed) for id_, changed in shapes.items())
        self.doing.do(*edits, sorry=lambda why: self._not_kept(field_id, shape, why))

    def toggle_together(self) -> None:
        """Let corners that neighbours share move together from now on, or alone again."""
        if not self.within("together"):
            self.canvas.together = not self.canvas.together
            self.doing.trouble.emit(TOGETHER if self.canvas.together else ALONE)

    def _split(self, field_id: str, stays: Shape, goes: list[Shape]) -> None:
        """One step: the field keeps one piece, each other one becomes a new field beside it in the same farm."""
        row = self.lists.rows[field_id]
        taken = {known.name for known in self.lists.rows.values()}
        edits: list[Edit] = [Redraw(field_id, stays)]
        for shape in goes:
            id_, name = str(uuid4()), words.next_name(row.name, taken)
            taken.add(name)
            edits.append(Create(Field(id=id_, leaf_user_id=row.leaf_user_id, name=name, shape=shape)))
            edits += [change("fields", id_, farm_id=row.farm_id)] if row.farm_id else []
        self.doing.do(*edits)

    def _joined(self, field_id: str, whole: Shape, other: str) -> None:
        """One step: the field gets the ground of the other, which goes."""
        self.doing.do(Redraw(field_id, whole), Delete("fields", other))

    def _keeps(self, field_id: str, other: str) -> str | None:
        """Why the other field has to stay a field of its own; None when it can be joined with this one."""
        rows = self.lists.rows
        if field_id in rows and other in rows and rows[field_id].leaf_user_id != rows[other].leaf_user_id:
            return "It belongs to another Leaf user."
        return self.doing.workspace.why_not(Delete("fields", other))

    def _not_kept(self, field_id: str, drawn: Shape, why: str) -> None:
        """The boundary goes back into the hand as it was drawn, to be kept a second time."""

        def back(field: Field | None) -> None:
            if self.mode == "select" and field is not None and field.shape is not None:
                self._enter("edit", EDIT)
                self.canvas.start_edit(field_id, field.shape, drawn)
            self.doing.trouble.emit(why)

        self.lists.bridge.read(lambda workspace: workspace.catalog.field(field_id), back)

    def take_up(self, tool: str, field: Field | None, shape: Shape) -> None:
        """Take a tool to a field as it is now, or to a new one that was drawn before, to go on with a draft."""
        if field is not None:
            self._loading = field.id
            self._begin(tool, field.id, field)
        elif tool == "edit":
            self._enter("draw", EDIT)
            self.canvas.start_edit(NEW, shape)
        else:
            self.start_draw(tool)

    def _drawn(self, shape: Shape) -> None:
        self.naming = True
        self.canvas.show_unnamed(shape)
        self._turn += 1
        turn = self._turn
        self.lists.bridge.read(lambda workspace: measure(shape), lambda found: self._ask(turn, shape, found.area_ha))

    def _ask(self, turn: int, shape: Shape, area: float) -> None:
        if turn != self._turn:
            return
        sheet = NewField(self.page.window(), self.lists, words.area(area), self.inspector.field_id)
        self.sheet = sheet
        sheet.wanted.connect(lambda: self._save(sheet, shape))
        sheet.rejected.connect(lambda: self._go_on(shape))
        sheet.thrown_away.connect(self._forget)
        sheet.open()

    def _go_on(self, shape: Shape) -> None:
        self.sheet, self.naming = None, False
        self._enter("draw", EDIT)
        self._unnamed = shape
        self.canvas.start_edit(NEW, shape)
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _forget(self) -> None:
        self.sheet, self.naming = None, False
        self.canvas.show_unnamed(None)
        self.drafts.safe.settle()

    def _save(self, sheet: NewField, shape: Shape) -> None:
        """Queue the new field; the sheet and the drawing stay when that is not possible."""
        name, leaf_user_id, farm_id = sheet.answer
        id_ = str(uuid4())

        def saved(_queued: object) -> None:
            self._forget()
            sheet.done_well()
            self.saved.emit(id_)

        edits: list[Edit] = [Create(Field(id=id_, leaf_user_id=leaf_user_id or "", name=name, shape=shape))]
        if farm_id is not None:
            edits.append(change("fields", id_, farm_id=farm_id))
        self.doing.do(*edits, then=saved, sorry=sheet.say_failed)
