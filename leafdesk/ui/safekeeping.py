"""Keeps every gesture of an open drawing on the disk, beside the window, until the drawing is in the queue."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer

from leafdesk.geo.history import History
from leafdesk.ui.map.tool import Tool

if TYPE_CHECKING:
    from leafdesk.ui.drawing import Drawing
    from leafdesk.workspace import OpenDrawing

NOT_SAFE = "This drawing cannot be written to the disk: after a power cut it would be lost. Keep it soon."


class Safekeeping(QObject):
    """Follows the tool in the hand; `id` is the draft it writes to, "" while there is nothing to write."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__(drawing)
        self._drawing, self._bridge = drawing, drawing.lists.bridge
        self._drafts = self._bridge.workspace.drafts
        self.id = ""
        self._tool: Tool | None = None
        self._past: Tool | None = None
        """What was in the hand with the draft that was let go of; it still says a word when it is put away."""
        self._written: list[Any] = []
        self._at = 0
        self._warned = False
        self._left: list[str] = []
        """Drafts that are to be forgotten and could not be yet."""
        drawing.canvas.edit_changed.connect(self._look)
        drawing.canvas.tool_changed.connect(self._look)

    def _look(self, _news: object) -> None:
        tool = self._drawing.canvas.hand_tool
        history = tool.kept_history
        if history is None:
            if self.id:
                QTimer.singleShot(0, self, self.settle)  # what becomes of it is queued in this very turn
        elif tool is self._past:
            pass
        elif tool is not self._tool:
            if len(history.values) > 1:  # nothing is worth a draft before the first step
                former, self.id, self._tool = self.id, uuid4().hex, tool
                self._written = []
                self._write(tool, history)
                self._drop(former)
        elif (history.at, len(history.values)) != (self._at, len(self._written)) or (
            history.values[-1] is not self._written[-1]
        ):
            self._write(tool, history)

    def _write(self, tool: Tool, history: History[Any]) -> None:
        """Write the steps from the first one that differs from what is written."""
        pairs = zip(self._written, history.values, strict=False)
        start = next((n for n, (old, new) in enumerate(pairs) if old is not new), len(self._written))
        start = min(start, len(history.values))
        names = ("", *history.names)
        steps = [(names[n], tool.as_shapes(history.values[n])) for n in range(start, len(history.values))]
        self._written, self._at = list(history.values), history.at
        written = self._drafts.put(
            self.id, field_id=tool.field_id, tool=tool.name, start=start, steps=steps, at=history.at
        )
        self._bridge.then(written, lambda _: None, self._failed)

    def _failed(self, error: BaseException) -> None:
        if not self._warned and self._drawing.canvas.hand_tool is self._tool:
            self._warned = True
            self._drawing.doing.trouble.emit(NOT_SAFE)

    def settle(self) -> None:
        """Forget the draft once its drawing is in the queue, taken back or thrown away."""
        if self._drawing.canvas.hand_tool is not self._tool and not self._drawing.naming:
            former = self.release()
            self._drop(former)

    def leave(self) -> None:
        """The window closes: what is in the hand stays a draft and is offered at the next start."""
        self.settle()
        self.release()

    def release(self) -> str:
        """Write to this draft no more, and let it stay; its id."""
        former, self.id, self._past, self._tool, self._written = self.id, "", self._tool, None, []
        return former

    def adopt(self, draft: OpenDrawing, tool: Tool, history: History[Any]) -> None:
        """Go on writing to a draft whose drawing is in the hand again."""
        self._drop(self.release())
        self._past = None
        self.id, self._tool, self._written, self._at = draft.id, tool, list(history.values), history.at

    def _drop(self, id: str) -> None:
        """Forget a draft; one that a full disk does not let go of is forgotten with the next."""
        wanted, self._left = [*self._left, *([id] if id else [])], []
        for one in wanted:
            self._bridge.then(self._drafts.drop(one), lambda _: None, partial(self._keep_for_later, one))

    def _keep_for_later(self, id: str, _error: BaseException) -> None:
        self._left.append(id)
