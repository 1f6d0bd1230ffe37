"""The hand that the arrow keys move: a cross-hair on the map, for whoever has no mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from leafdesk.ui.map.tool import Pointer

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

_STEP_PX, _EDGE_PX = 12, 24
"""A stroke of an arrow key moves the cross-hair so far; it keeps so far from the map's edge."""
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Pointing(Protocol):
    """A tool that points at things; `by_keys` while the arrow keys are its hand."""

    canvas: MapCanvas
    hand: Pointer | None
    by_keys: bool

    def hover(self, pointer: Pointer) -> None: ...

    def click(self, pointer: Pointer) -> None: ...


def pushed(canvas: MapCanvas, hand: Pointer | None, right: int, down: int, *, fine: bool) -> Pointer:
    """The cross-hair one stroke on, at first in the map's middle; at the map's edge the map moves instead."""
    step = 1 if fine else _STEP_PX
    width, height = canvas.width(), canvas.height()
    x, y = canvas.view.to_screen(hand.at) if hand else (width / 2, height / 2)
    if hand is not None:
        x, y = x + right * step, y + down * step
    kept = (min(max(x, _EDGE_PX), width - _EDGE_PX), min(max(y, _EDGE_PX), height - _EDGE_PX))
    if kept != (x, y):
        canvas.pan(kept[0] - x, kept[1] - y)
    return canvas.aim(kept, snap=not fine)


def point_by_keys(tool: Pointing, event: QKeyEvent) -> bool:
    """Arrow keys move the tool's hand, finely with Shift; Space clicks where it is. False for another key."""
    arrow = ARROWS.get(Qt.Key(event.key()))
    if arrow is not None:
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        tool.hover(pushed(tool.canvas, tool.hand, *arrow, fine=fine))
        tool.by_keys = True
        tool.canvas.update()
    elif event.key() == Qt.Key.Key_Space and tool.hand is not None:
        tool.click(tool.hand)
    else:
        return False
    return True
