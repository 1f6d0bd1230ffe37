"""The tools for a field's holes and parts: draw a hole, draw a part, point at one to remove it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from leafdesk.geo import actions, parts
from leafdesk.geo.check import Problem, problems
from leafdesk.geo.history import History
from leafdesk.geo.measure import area_ha, perimeter_m
from leafdesk.geo.parts import Piece
from leafdesk.geo.shape import Ring, Shape, pack, rings, unpack
from leafdesk.ui.map.crosshair import point_by_keys
from leafdesk.ui.map.draw import FREE, DrawTool
from leafdesk.ui.map.sketch import EditState, hectares, paint_card, paint_cross, paint_former, paint_outline
from leafdesk.ui.map.tool import Pointer, Shapes, Tool, keep_by_keys
from leafdesk.ui.map.trace import Trace

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

LARGE = 1500
"""Shapes with more corners are checked as a whole when the drawing is closed, not at every move of the hand."""


class HoleTool(DrawTool):
    """Draws what does not belong to the field: a pond, a wood."""

    name = "hole"
    mends = False
    sign = -1

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape) -> None:
        self.field_id, self.shape = field_id, shape
        self._before_ha, self._before_m = area_ha(shape), perimeter_m(shape)
        self._small = sum(len(ring) for ring in rings(shape)) <= LARGE
        super().__init__(canvas)

    def _made(self, drawn: Ring) -> Shape:
        return parts.add_hole(self.shape, drawn)

    def finish(self) -> None:
        """Keep the field as it has become; what Leaf would refuse is not taken, and the hint says why."""
        drawn = self.history.now
        if reason := actions.why_not_close(drawn):
            self._refresh(reason)
            return

        def make() -> tuple[Shape, list[Problem]]:
            made = self._made(drawn)
            return made, problems(made)

        def done(result: tuple[Shape, list[Problem]]) -> None:
            made, wrong = result
            if wrong:
                self._refresh(wrong[0].message)
                return
            self.canvas.leave_tool()
            self.canvas.edited.emit(self.field_id, made)

        self.elsewhere(make, done, self._refresh)

    def _measured(self, drawn: Ring) -> EditState:
        """The whole field's hectares, as they are becoming."""
        ring = super()._measured(drawn)
        if ring.area_ha is None:
            return EditState(before_ha=self._before_ha)
        wrong = ring.problems
        if not wrong and self._small:
            try:
                wrong = tuple(problems(self._made(drawn)))
            except actions.NotPossibleError as error:
                wrong = (Problem("HOLE_OUTSIDE_SHELL", drawn[0], str(error)),)
        return EditState(
            area_ha=self._before_ha + self.sign * ring.area_ha,
            before_ha=self._before_ha,
            perimeter_m=self._before_m + ring.perimeter_m,
            problems=wrong,
        )

    def _lines(self) -> list[str]:
        after = self._state.area_ha
        if after is None or self._state.problems:
            return super()._lines()
        return [
            f"{self._before_ha:,.2f} → {hectares(after)}",
            f"{self.name} {hectares(abs(after - self._before_ha))}",
            *super()._lines()[1:],
        ]

    def _hint(self, corners: int) -> str:
        if corners == 0:
            return f"Click the first corner of the {self.name}, or arrow keys and Space · {FREE} · Esc leaves"
        return super()._hint(corners)


class PartTool(HoleTool):
    """Draws another piece of ground that belongs to the field, too."""

    name = "part"
    sign = 1

    def _made(self, drawn: Ring) -> Shape:
        return parts.add_part(self.shape, drawn)


class RemoveTool(Tool):
    """Points at a hole or a part and removes it; a step each, kept with Enter."""

    name = "remove"
    cursor = Qt.CursorShape.PointingHandCursor

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape) -> None:
        super().__init__(canvas)
        self.field_id = self.hides = field_id
        self.history: History[Shape] = History.of(shape)
        self.hand: Pointer | None = None
        self.by_keys = False
        self._former, self._trace = Trace(shape), Trace(shape)
        self._before_ha = area_ha(shape)
        self._state = EditState()
        self._measure()

    # ------------------------------------------------------------------ the hand
    def hover(self, pointer: Pointer) -> None:
        self.hand, self.by_keys = pointer, False
        self.canvas.update()

    def leave(self) -> None:
        self.hand = None
        self.canvas.update()

    def click(self, pointer: Pointer) -> None:
        self.hand = pointer
        piece = parts.piece_at(self.history.now, pointer.at)
        if piece is None:
            self._measure("There is no part of this field and no hole.")
            return
        try:
            left = parts.remove(self.history.now, piece)
        except actions.NotPossibleError as error:
            self._measure(str(error))
            return
        self._go(self.history.done(f"Remove {_word(piece)}", left))

    def key(self, event: QKeyEvent) -> bool:
        return point_by_keys(self, event) or keep_by_keys(self, event)

    def undo(self) -> bool:
        return self._go(self.history.undone())

    def redo(self) -> bool:
        return self._go(self.history.redone())

    def _go(self, history: History[Shape]) -> bool:
        moved = history is not self.history
        self.history = history
        self._trace = Trace(history.now)
        self._measure()
        return moved

    def finish(self) -> None:
        """Keep the field as it is now."""
        left = self.history.now
        if not self.history.changed:
            self.canvas.leave_tool()
            return

        def done(wrong: list[Problem]) -> None:
            if wrong:
                self._measure(wrong[0].message)
                return
            self.canvas.leave_tool()
            self.canvas.edited.emit(self.field_id, left)

        self.elsewhere(lambda: problems(left), done, self._measure)

    # ------------------------------------------------------------------ kept safe
    @property
    def kept_history(self) -> History[Shape]:
        return self.history

    def as_shapes(self, value: Shape) -> Shapes:
        return (("", pack(value)),)

    def from_shapes(self, shapes: Shapes) -> Shape:
        return unpack(shapes[0][1])

    def resume(self, history: History[Shape]) -> None:
        self._go(history)

    # ------------------------------------------------------------------ how it stands
    @property
    def state(self) -> EditState:
        return self._state

    def _measure(self, refusal: str = "") -> None:
        left, history = self.history.now, self.history
        hint = (
            "Click a hole or a part to remove it, or arrow keys and Space · Backspace puts it back · Enter keeps · "
            "Esc takes everything back"
        )
        self._state = EditState(
            area_ha=area_ha(left),
            before_ha=self._before_ha,
            perimeter_m=perimeter_m(left),
            can_undo=history.undo_name is not None,
            can_redo=history.redo_name is not None,
            undo_name=history.undo_name,
            redo_name=history.redo_name,
            hint=f"{refusal} {hint}" if refusal else hint,
        )
        self.canvas.edit_changed.emit(self._state)
        self.canvas.update()

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter) -> None:
        view, colours = self.canvas.view, self.canvas.colours
        paint_former(painter, self._former.path(view), colours)
        paint_outline(painter, self._trace.path(view), colours)
        if self.by_keys and self.hand is not None:
            paint_cross(painter, view.to_screen(self.hand.at), colours)
        piece = parts.piece_at(self.history.now, self.hand.at) if self.hand else None
        if piece is None or self.hand is None:
            return
        goes = parts.outline(self.history.now, piece)
        trace = Trace(goes)
        paint_outline(painter, trace.path(view), colours, wrong=True)
        lines = self._lines(piece, area_ha(goes))
        room = QRectF(self.canvas.rect()).adjusted(8, 8, -8, -8)
        beside = (float(trace.pixels(view)[:, 0].max()), self.hand.pixel[1])  # what goes is to be seen
        paint_card(painter, beside, lines, room, colours, self.canvas.font())

    def _lines(self, piece: Piece, goes_ha: float) -> list[str]:
        """What a click here would do, and the field's hectares then."""
        if why := parts.why_not_remove(self.history.now, piece):
            return [why]
        before = self._state.area_ha or 0.0
        after = before + (goes_ha if piece.ring else -goes_ha)
        return [f"Remove this {_word(piece)}", hectares(goes_ha), f"{before:,.2f} → {hectares(after)}"]


def _word(piece: Piece) -> str:
    return "hole" if piece.ring else "part"
