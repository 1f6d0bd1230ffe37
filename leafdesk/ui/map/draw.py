"""The drawing tool: click corner after corner, close, and a new boundary is there."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPen

from leafdesk.geo import actions
from leafdesk.geo.check import Problem, problems
from leafdesk.geo.flat import thinned_line
from leafdesk.geo.follow import follow
from leafdesk.geo.history import History
from leafdesk.geo.measure import area_ha, length_m, perimeter_m
from leafdesk.geo.repair import repair
from leafdesk.geo.shape import Position, Ring, Shape, pack, unpack
from leafdesk.geo.view import Pixel
from leafdesk.ui.map.crosshair import ARROWS, pushed
from leafdesk.ui.map.sketch import (
    EditState,
    hectares,
    metres,
    paint_card,
    paint_corner,
    paint_cross,
    paint_outline,
    paint_problem,
    side,
)
from leafdesk.ui.map.tool import Pointer, Shapes, Tool

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

_REACH = 10.0
"""A click within so many pixels of the first corner closes the ring."""
_STROKE_PX, _THIN_PX = 3.0, 1.2
"""A freehand line is taken down every so many pixels, then thinned by so many."""
FREE = "Alt does not snap"
MEND = "I repairs it"
"""Said while the boundary is one that Leaf would refuse."""


class DrawTool(Tool):
    """Corners so far in a history, so that Backspace and Ctrl+Z are the same; Esc leaves with nothing changed."""

    name = "draw"
    cursor = Qt.CursorShape.CrossCursor
    closes = True
    """Whether the last corner is joined to the first."""
    strokes = True
    """Whether a line can be drawn by freehand."""
    mends = True
    """Whether what crosses itself can be mended and kept."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self.history: History[Ring] = History.of(())
        self.hand: Pointer | None = None
        self.by_keys = False
        self._stroke: list[Pixel] = []
        self._state = EditState(hint=self._hint(0))

    # ------------------------------------------------------------------ the hand
    @property
    def snaps(self) -> bool:
        return not self._stroke

    def hover(self, pointer: Pointer) -> None:
        self.hand, self.by_keys = pointer, False
        self._refresh()

    def leave(self) -> None:
        self.hand, self.by_keys = None, False
        self._refresh()

    def click(self, pointer: Pointer) -> None:
        self.hand = pointer
        if self._on_first(pointer.pixel):
            self.finish()
        elif pointer.ctrl:
            self._follow(pointer)
        else:
            self._add(pointer.at)

    def _follow(self, pointer: Pointer) -> None:
        """Set the corners of a neighbour that lie between the last corner and here, the longer way with Shift."""
        drawn = self.history.now
        for shape in self.canvas.snapping.shapes_at(pointer.at) if drawn else ():
            way = follow(shape, drawn[-1], pointer.at, longer=pointer.shift)
            if way is not None:
                self._step("Follow neighbour", (*drawn, *way, pointer.at))
                return
        self._refresh("To follow a boundary, the last corner and this one have to lie on it.")

    # ------------------------------------------------------------------ by freehand
    def grab(self, pointer: Pointer) -> bool:
        """With Shift the hand draws a line; else a press is a click, or drags the map."""
        if not pointer.shift or not self.strokes:
            return False
        self._stroke, self.hand = [pointer.pixel], pointer
        return True

    def drag(self, pointer: Pointer) -> None:
        if math.dist(self._stroke[-1], pointer.pixel) >= _STROKE_PX:
            self._stroke.append(pointer.pixel)
            self.canvas.update()

    def drop(self, pointer: Pointer) -> None:
        stroke, self._stroke, self.hand = self._stroke, [], None
        drawn = self.history.now
        line = [
            spot for spot in map(self.canvas.view.to_lonlat, thinned_line(stroke, _THIN_PX)) if spot not in drawn[-1:]
        ]
        if line:
            self._step("Draw freehand", (*drawn, *line))

    def double_click(self, pointer: Pointer) -> None:
        if not self._on_last(pointer.pixel):
            self._add(pointer.at)
        self.finish()

    def key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.finish()
            case Qt.Key.Key_Escape:
                self.canvas.cancel()
            case Qt.Key.Key_Backspace | Qt.Key.Key_Delete:
                self._take_back()
            case Qt.Key.Key_Space:
                if self.hand is not None:
                    self.click(self.hand)
            case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down:
                fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.hand = pushed(self.canvas, self.hand, *ARROWS[Qt.Key(event.key())], fine=fine)
                self.by_keys = True
                self._refresh()
            case _:
                return False
        return True

    def _take_back(self) -> None:
        if self.history.now:
            self._step("Remove corner", actions.take_back(self.history.now))

    def _add(self, at: Position) -> None:
        try:
            self._step("Add corner", actions.add_position(self.history.now, at))
        except actions.NotPossibleError as error:
            self._refresh(str(error))

    def _step(self, name: str, drawn: Ring) -> None:
        self.history = self.history.done(name, drawn)
        self._refresh()

    def undo(self) -> bool:
        return self._go(self.history.undone())

    def redo(self) -> bool:
        return self._go(self.history.redone())

    def _go(self, history: History[Ring]) -> bool:
        moved = history is not self.history
        self.history = history
        self._refresh()
        return moved

    def finish(self) -> None:
        """Close the ring; what is no valid boundary is not taken, and the hint says why."""
        if reason := actions.why_not_close(self.history.now):
            self._refresh(reason)
            return
        shape = actions.close(self.history.now)
        if wrong := problems(shape):
            self._refresh(f"{wrong[0].message} {MEND}." if self.mends else wrong[0].message)
            return
        self._keep(shape)

    def put(self, at: Position) -> None:
        self.hand = None
        self._add(at)

    def does(self, action: str) -> bool:
        """A drawing that crosses itself is mended and then asks for its name."""
        if action != "repair" or not self.mends or actions.why_not_close(self.history.now):
            return False
        shape = actions.close(self.history.now)
        self.elsewhere(lambda: self.reckon(repair, shape, risky=True), self._keep, self._refresh)
        return True

    def _keep(self, ring: Shape) -> None:
        """What becomes of a valid outline."""
        self.canvas.leave_tool()
        self.canvas.drawn.emit(ring)

    # ------------------------------------------------------------------ kept safe
    @property
    def kept_history(self) -> History[Ring] | None:
        return self.history

    def as_shapes(self, value: Ring) -> Shapes:
        return (("", pack(((value,),))),)

    def from_shapes(self, shapes: Shapes) -> Ring:
        return unpack(shapes[0][1])[0][0]

    def resume(self, history: History[Ring]) -> None:
        self._go(history)

    # ------------------------------------------------------------------ how it stands
    @property
    def state(self) -> EditState:
        return self._state

    def _refresh(self, refusal: str = "") -> None:
        drawn, hint = self._preview(), self._hint(len(self.history.now))
        self._state = replace(
            self._measured(drawn),
            side_m=length_m(drawn[-2], drawn[-1]) if len(drawn) > 1 else None,
            can_undo=self.history.undo_name is not None,
            can_redo=self.history.redo_name is not None,
            undo_name=self.history.undo_name,
            redo_name=self.history.redo_name,
            hint=f"{refusal} {hint}" if refusal else hint,
        )
        self.canvas.edit_changed.emit(self._state)
        self.canvas.update()

    def _measured(self, drawn: Ring) -> EditState:
        """What the corners amount to, the one under the hand among them."""
        if not self.closes or actions.why_not_close(drawn):
            return EditState()
        shape = actions.close(drawn)
        return EditState(area_ha=area_ha(shape), perimeter_m=perimeter_m(shape), problems=tuple(problems(shape)))

    def _preview(self) -> Ring:
        """The corners drawn and the one under the hand."""
        drawn = self.history.now
        if self.hand is None or not drawn or self._on_first(self.hand.pixel) or self._on_last(self.hand.pixel):
            return drawn
        return (*drawn, self.hand.at)

    def _on_first(self, pixel: Pixel) -> bool:
        drawn = self.history.now
        return self.closes and len(drawn) >= 3 and math.dist(self.canvas.view.to_screen(drawn[0]), pixel) <= _REACH

    def _on_last(self, pixel: Pixel) -> bool:
        drawn = self.history.now
        return bool(drawn) and math.dist(self.canvas.view.to_screen(drawn[-1]), pixel) <= 3

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter) -> None:
        view, colours = self.canvas.view, self.canvas.colours
        preview = [QPointF(*view.to_screen(position)) for position in self._preview()]
        preview += [QPointF(*pixel) for pixel in self._stroke]
        wrong: tuple[Problem, ...] = self._state.problems
        if len(preview) > 2 and not self.closes:
            painter.setPen(QPen(colours.accent, 2.2))
            painter.drawPolyline(preview)
        elif len(preview) > 2:
            path = QPainterPath(preview[0])
            for point in preview[1:]:
                path.lineTo(point)
            path.closeSubpath()
            paint_outline(painter, path, colours, wrong=bool(wrong))
        elif len(preview) == 2:
            painter.setPen(QPen(colours.accent, 2.2))
            painter.drawLine(*preview)
        closing = self.hand is not None and self._on_first(self.hand.pixel)
        for n, position in enumerate(self.history.now):
            paint_corner(painter, view.to_screen(position), colours, held=closing and n == 0, first=n == 0)
        for problem in wrong:
            if problem.where:
                paint_problem(painter, view.to_screen(problem.where), colours)
        if self.by_keys and self.hand is not None:
            paint_cross(painter, view.to_screen(self.hand.at), colours)
        if (lines := self._lines()) and (self.hand or self.history.now):
            near = self.hand.pixel if self.hand else view.to_screen(self.history.now[-1])
            room = QRectF(self.canvas.rect()).adjusted(8, 8, -8, -8)
            paint_card(painter, near, lines, room, colours, self.canvas.font())

    def _lines(self) -> list[str]:
        state, drawn = self._state, self._preview()
        last = side(*drawn[-2:]) if state.side_m else ""
        if state.problems:
            return [state.problems[0].message, last] if last else [state.problems[0].message]
        if state.area_ha is not None:
            return [hectares(state.area_ha), " · ".join(filter(None, (last, f"around {metres(state.perimeter_m)}")))]
        return [last] if last else []

    def _hint(self, corners: int) -> str:
        """What the next click and keys do."""
        if corners == 0:
            return f"Click the first corner, or go there with the arrow keys and Space · {FREE} · Esc leaves"
        closing = "Enter or the first corner closes · " if corners > 2 else ""
        return (
            f"Click or Space sets the next corner · {closing}Backspace takes one back · Ctrl follows a neighbour, "
            f"Shift and drag draws freehand · {FREE} · Esc leaves"
        )
