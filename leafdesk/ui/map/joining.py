"""The joining tool: point at the field that shall become one with the selected one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from leafdesk.geo.check import problems
from leafdesk.geo.join import join
from leafdesk.geo.measure import area_ha, perimeter_m
from leafdesk.geo.shape import Shape, unpack
from leafdesk.ui.map.crosshair import point_by_keys
from leafdesk.ui.map.sketch import EditState, hectares, paint_card, paint_cross, paint_former, paint_outline
from leafdesk.ui.map.tool import Pointer, Tool, keep_by_keys
from leafdesk.ui.map.trace import Trace

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

HINT = (
    "Click the field to join with this one, or arrow keys and Space · Enter then makes them one · "
    "Esc leaves both as they are"
)
CHOSEN = "Enter joins them · click another field instead · Backspace chooses none · Esc leaves both as they are"


class JoinTool(Tool):
    """One click chooses the other field and shows what would come out; Enter joins.

    `why_not` says of a field's id why it cannot be taken.
    """

    name = "join"
    cursor = Qt.CursorShape.PointingHandCursor

    def __init__(
        self, canvas: MapCanvas, field_id: str, shape: Shape, why_not: Callable[[str], str | None] = lambda _id: None
    ) -> None:
        super().__init__(canvas)
        self.field_id, self.shape, self.why_not = field_id, shape, why_not
        self.hand: Pointer | None = None
        self.by_keys = False
        self._pointed: str | None = None
        self._why: str | None = None
        self._other: str | None = None
        self._whole: Shape | None = None
        self._trace: Trace | None = None
        self._before_ha = area_ha(shape)
        self._state = EditState(hint=HINT, before_ha=self._before_ha)

    # ------------------------------------------------------------------ the hand
    def hover(self, pointer: Pointer) -> None:
        self.hand, self.by_keys = pointer, False
        pointed = self._field_at(pointer)
        if pointed != self._pointed:
            self._pointed, self._why = pointed, self.why_not(pointed) if pointed else None
        self.canvas.point_at(self._pointed)
        self.canvas.update()

    def leave(self) -> None:
        self.hand = self._pointed = None
        self.canvas.point_at(None)

    def _field_at(self, pointer: Pointer) -> str | None:
        return next((id_ for id_ in self.canvas.fields_at(pointer.pixel) if id_ != self.field_id), None)

    def click(self, pointer: Pointer) -> None:
        other = self._field_at(pointer)
        if other is None:
            self._say("Click one of the other fields.")
        elif reason := self.why_not(other):
            self._say(reason)
        else:
            self.canvas.with_outline(other, partial(self._choose, other))

    def _choose(self, other: str, packed: bytes) -> None:
        if self.canvas.hand_tool is not self:
            return

        def done(made: tuple[Shape, float, float]) -> None:
            whole, area, around = made
            if wrong := problems(whole):
                self._say(f"Together they would have no valid boundary. {wrong[0].message}")
                return
            self._other, self._whole, self._trace = other, whole, Trace(whole)
            self._state = EditState(
                area_ha=area, before_ha=self._before_ha, perimeter_m=around, can_undo=True, hint=CHOSEN
            )
            self._tell()

        def make() -> tuple[Shape, float, float]:
            whole = self.reckon(join, self.shape, unpack(packed))
            return whole, area_ha(whole), perimeter_m(whole)

        self.elsewhere(make, done, self._say)

    def key(self, event: QKeyEvent) -> bool:
        return point_by_keys(self, event) or keep_by_keys(self, event)

    def undo(self) -> bool:
        """Choose no other field."""
        if self._other is None:
            return False
        self._forget()
        self._tell()
        return True

    def _forget(self, hint: str = HINT) -> None:
        self._other = self._whole = self._trace = None
        self._state = EditState(hint=hint, before_ha=self._before_ha)

    def finish(self) -> None:
        """Join with the field that was chosen."""
        if self._other is None or self._whole is None:
            self._say("Click the other field first.")
            return
        other, whole = self._other, self._whole
        self.canvas.leave_tool()
        self.canvas.joined.emit(self.field_id, whole, other)

    # ------------------------------------------------------------------ how it stands
    @property
    def state(self) -> EditState:
        return self._state

    def _say(self, reason: str) -> None:
        self._forget(f"{reason} {HINT}")
        self._tell()

    def _tell(self) -> None:
        self.canvas.edit_changed.emit(self._state)
        self.canvas.update()

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter) -> None:
        view, colours = self.canvas.view, self.canvas.colours
        if self._trace is not None and self._whole is not None:
            paint_former(painter, self._trace.path(view), colours)
            paint_outline(painter, self._trace.path(view), colours)
        if self.by_keys and self.hand is not None:
            paint_cross(painter, view.to_screen(self.hand.at), colours)
        if (lines := self._lines()) and self.hand is not None:
            room = QRectF(self.canvas.rect()).adjusted(8, 8, -8, -8)
            paint_card(painter, self.hand.pixel, lines, room, colours, self.canvas.font())

    def _lines(self) -> list[str]:
        rows = self.canvas.picture.outlines.rows
        if self._whole is not None and self._other in rows and self._state.area_ha is not None:
            parts = len(self._whole)
            pieces = "one piece" if parts == 1 else f"{parts} parts that do not touch"
            return [f"Together {hectares(self._state.area_ha)}", f"with {rows[self._other].name} · {pieces}"]
        if self._pointed in rows:
            return [rows[self._pointed].name, self._why or "a click shows both together"]
        return []
