"""The user's hand on the map: tells clicks, drags and throws apart, and gives each to the tool or to the map."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QNativeGestureEvent, QWheelEvent

from leafdesk.geo.view import Pixel
from leafdesk.ui.map.motion import Motion
from leafdesk.ui.map.tool import Pointer

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

_DRAG_FROM = 4.0
"""A press that moves less than so many pixels is a click."""
_ARROW_PX = 80.0
_WHEEL_OCTAVES = 0.5
"""Zoom of one notch of the wheel."""
_THROW_S = 0.08
"""A drag that stood still for so long throws nothing."""
_DRAWING_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class Hand:
    """One press at a time: "tool" drags what the tool grabbed, "map" the map, "double" is a double click's release."""

    def __init__(self, canvas: MapCanvas, motion: Motion) -> None:
        self.canvas, self.motion = canvas, motion
        self._pressed: QPointF | None = None
        self._dragging = ""
        self._trail: deque[tuple[float, float, float]] = deque(maxlen=6)

    def pointer(self, event: QMouseEvent) -> Pointer:
        """Where the hand is on the map, or where a neighbour draws it; Alt keeps it free."""
        held = event.modifiers()
        aimed = self.aim((event.position().x(), event.position().y()), snap=not held & Qt.KeyboardModifier.AltModifier)
        return replace(
            aimed,
            shift=bool(held & Qt.KeyboardModifier.ShiftModifier),
            ctrl=bool(held & Qt.KeyboardModifier.ControlModifier),
        )

    def aim(self, pixel: Pixel, *, snap: bool) -> Pointer:
        """A hand at this pixel, or where a neighbour draws it."""
        tool, view = self.canvas.hand_tool, self.canvas.view
        found = self.canvas.snapping.find(pixel, tool.hides) if snap and tool.snaps else None
        self.canvas.snapped = found
        if found is None:
            return Pointer(view.to_lonlat(pixel), pixel)
        return Pointer(found.at, view.to_screen(found.at), snap=found)

    def let_go(self) -> None:
        """Another tool: what was held is held no more."""
        if self._dragging != "double":
            self._dragging, self._pressed = "", None

    # ------------------------------------------------------------------ mouse
    def press(self, event: QMouseEvent) -> None:
        self.motion.stop()
        self.canvas.pan(0, 0)
        self._pressed, self._dragging = event.position(), ""
        self._trail.clear()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._begin_pan()
        elif event.button() != Qt.MouseButton.LeftButton:
            self._pressed = None
        elif self.canvas.hand_tool.grab(self.pointer(event)):
            self._dragging = "tool"

    def move(self, event: QMouseEvent) -> None:
        pointer = self.pointer(event)
        self.canvas.cursor_moved.emit(pointer.at)
        if self._dragging == "tool":
            self.canvas.hand_tool.drag(pointer)
        elif self._pressed is None:
            self.canvas.hand_tool.hover(pointer)
        else:
            moved = event.position() - self._pressed
            if not self._dragging and math.hypot(moved.x(), moved.y()) >= _DRAG_FROM:
                self._begin_pan()
            if self._dragging == "map":
                self._pressed = event.position()
                self._trail.append((perf_counter(), moved.x(), moved.y()))
                self.canvas.pan(moved.x(), moved.y())

    def release(self, event: QMouseEvent) -> None:
        pressed, dragging, self._pressed, self._dragging = self._pressed, self._dragging, None, ""
        if dragging == "tool":
            self.canvas.hand_tool.drop(self.pointer(event))
        elif dragging == "map":
            self.canvas.setCursor(self.canvas.hand_tool.cursor)
            self._throw()
        elif pressed is not None and dragging != "double":
            self.canvas.hand_tool.click(self.pointer(event))

    def double(self, event: QMouseEvent) -> None:
        """The first click of the two was given to the tool already."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragging = event.position(), "double"
            self.canvas.hand_tool.double_click(self.pointer(event))

    def _begin_pan(self) -> None:
        self._dragging = "map"
        self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _throw(self) -> None:
        """Glide on when the hand was still moving as it let go."""
        now = perf_counter()
        recent = [step for step in self._trail if now - step[0] < _THROW_S]
        if len(recent) >= 3:
            passed = max(now - recent[0][0], 0.01)
            self.motion.throw(sum(step[1] for step in recent) / passed, sum(step[2] for step in recent) / passed)

    # ------------------------------------------------------------------ wheel and pinch
    def wheel(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        if turned:
            self.canvas.zoom_around((event.position().x(), event.position().y()), turned / 120 * _WHEEL_OCTAVES)
        event.accept()

    def pinch(self, event: QNativeGestureEvent) -> None:
        at = event.position()
        self.canvas.zoom_around((at.x(), at.y()), math.log2(max(0.1, 1 + event.value())))

    # ------------------------------------------------------------------ keys
    def needs(self, event: QKeyEvent) -> bool:
        """Whether a key belongs to the drawing that is going on."""
        return self.canvas.edit_state is not None and (
            event.matches(QKeySequence.StandardKey.Undo)
            or event.matches(QKeySequence.StandardKey.Redo)
            or event.key() in _DRAWING_KEYS
        )

    def key(self, event: QKeyEvent) -> bool:
        """A key for the drawing or for travelling; False when it is for somebody else."""
        if self.canvas.edit_state is not None and event.matches(QKeySequence.StandardKey.Undo):
            self.canvas.undo()
        elif self.canvas.edit_state is not None and event.matches(QKeySequence.StandardKey.Redo):
            self.canvas.redo()
        else:
            return self.canvas.hand_tool.key(event) or self._travel(event)
        return True

    def _travel(self, event: QKeyEvent) -> bool:
        """Arrow keys push the map, plus and minus zoom."""
        match event.key():
            case Qt.Key.Key_Left:
                self.canvas.pan(_ARROW_PX, 0)
            case Qt.Key.Key_Right:
                self.canvas.pan(-_ARROW_PX, 0)
            case Qt.Key.Key_Up:
                self.canvas.pan(0, _ARROW_PX)
            case Qt.Key.Key_Down:
                self.canvas.pan(0, -_ARROW_PX)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.canvas.zoom_in()
            case Qt.Key.Key_Minus | Qt.Key.Key_Underscore:
                self.canvas.zoom_out()
            case _:
                return False
        return True
