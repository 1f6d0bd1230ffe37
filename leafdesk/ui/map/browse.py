"""The browsing tool: point at a field, click to select it, double-click to go there."""

from __future__ import annotations

from leafdesk.ui.map.tool import Pointer, Tool


class BrowseTool(Tool):
    """Hovering shows which field a click would select; a click beside all fields selects none.

    Where fields lie over one another, each click selects the next one below.
    """

    name = "browse"

    def hover(self, pointer: Pointer) -> None:
        self.canvas.point_at(self.canvas.field_at(pointer.pixel))

    def leave(self) -> None:
        self.canvas.point_at(None)

    def click(self, pointer: Pointer) -> None:
        stack = self.canvas.fields_at(pointer.pixel)
        below = stack.index(self.canvas.selection) + 1 if self.canvas.selection in stack else 0
        found = stack[below % len(stack)] if stack else None
        self.canvas.select(found)
        self.canvas.selected.emit(found)

    def double_click(self, pointer: Pointer) -> None:
        if found := self.canvas.field_at(pointer.pixel):
            self.canvas.fit_field(found)
        else:
            self.canvas.zoom_around(pointer.pixel, 1)
