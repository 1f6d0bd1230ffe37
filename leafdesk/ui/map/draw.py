"""The drawing tool: click corner after corner, close, and a new boundary is there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPen

from leafdesk.geo import actions
from leafdesk.geo.check import Problem, problems
from leafdesk.geo.history import History
from leafdesk.geo.measure import area_ha, length_m, perimeter_m
from leafdesk.geo.shape import Position, Ring
from leafdesk.geo.view import Pixel
from leafdesk.ui.map.sketch import (
    EditState,
    metres,
    paint_card,
    paint_corner,
    paint_outline,
    paint_problem,
)
from leafdesk.ui.map.tool import Pointer, Tool

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

_REACH = 10.0
"""A click within so many pixels of the first corner closes the ring."""


class DrawTool(Tool):
    """Corners so far in a history, so that Backspace and Ctrl+Z are the same; Esc leaves with nothing changed."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self.history: History[Ring] = History.of(())
        self.hand: Pointer | None = None
        self._state = EditState(hint=_hint(0))

    # ------------------------------------------------------------------ the hand
    def hover(self, pointer: Pointer) -> None:
        self.hand = pointer
        self._refresh()

    def leave(self) -> None:
        self.hand = None
        self._refresh()

    def click(self, pointer: Pointer) -> None:
        self.hand = pointer
        if self._on_first(pointer.pixel):
            self.finish()
        else:
            self._add(pointer.at)

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
                if self.history.now:
                    self._step("Remove corner", actions.take_back(self.history.now))
            case _:
                return False
        return True

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
            self._refresh(wrong[0].message)
            return
        self.canvas.leave_tool()
        self.canvas.drawn.emit(shape)

    # ------------------------------------------------------------------ how it stands
    @property
    def state(self) -> EditState:
        return self._state

    def _refresh(self, refusal: str = "") -> None:
        drawn = self._preview()
        shape = actions.close(drawn) if not actions.why_not_close(drawn) else None
        self._state = EditState(
            area_ha=area_ha(shape) if shape else None,
            perimeter_m=perimeter_m(shape) if shape else 0.0,
            side_m=length_m(drawn[-2], drawn[-1]) if len(drawn) > 1 else None,
            problems=tuple(problems(shape)) if shape else (),
            can_undo=self.history.undo_name is not None,
            can_redo=self.history.redo_name is not None,
            undo_name=self.history.undo_name,
            redo_name=self.history.redo_name,
            hint=f"{refusal} {_hint(len(self.history.now))}" if refusal else _hint(len(self.history.now)),
        )
        self.canvas.edit_changed.emit(self._state)
        self.canvas.update()

    def _preview(self) -> Ring:
        """The corners drawn and the one under the hand."""
        drawn = self.history.now
        if self.hand is None or not drawn or self._on_first(self.hand.pixel) or self._on_last(self.hand.pixel):
            return drawn
        return (*drawn, self.hand.at)

    def _on_first(self, pixel: Pixel) -> bool:
        drawn = self.history.now
        return len(drawn) >= 3 and math.dist(self.canvas.view.to_screen(drawn[0]), pixel) <= _REACH

    def _on_last(self, pixel: Pixel) -> bool:
        drawn = self.history.now
        return bool(drawn) and math.dist(self.canvas.view.to_screen(drawn[-1]), pixel) <= 3

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter) -> None:
        view, colours = self.canvas.view, self.canvas.colours
        preview = [QPointF(*view.to_screen(position)) for position in self._preview()]
        wrong: tuple[Problem, ...] = self._state.problems
        if len(preview) > 2:
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
        if lines := self._lines():
            near = self.hand.pixel if self.hand else view.to_screen(self.history.now[-1])
            room = QRectF(self.canvas.rect()).adjusted(8, 8, -8, -8)
            paint_card(painter, near, lines, room, colours, self.canvas.font())

    def _lines(self) -> list[str]:
        state = self._state
        side = f"side {metres(state.side_m)}" if state.side_m else ""
        if state.problems:
            return [state.problems[0].message, side] if side else [state.problems[0].message]
        if state.area_ha is not None:
            return [f"{state.area_ha:,.2f} ha", " · ".join(filter(None, (side, f"around {metres(state.perimeter_m)}")))]
        return [metres(state.side_m)] if state.side_m else []


def _hint(corners: int) -> str:
    """What the next click and keys do."""
    if corners == 0:
        return "Click the first corner · Esc leaves"
    if corners < 3:
        return "Click the next corner · Backspace takes one back · Esc leaves"
    return "Click the next corner · Enter or the first corner closes · Backspace takes one back · Esc leaves"
