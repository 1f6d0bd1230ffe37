"""Drafts in the window: offered at the start, listed, put away, gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from leafdesk.geo.history import History
from leafdesk.geo.shape import unpack
from leafdesk.records import Field
from leafdesk.ui.dialogs.drafts import DraftsList
from leafdesk.ui.safekeeping import Safekeeping
from leafdesk.workspace import OpenDrawing

if TYPE_CHECKING:
    from leafdesk.ui.drawing import Drawing

KEPT = "Kept as a draft. It is not in the queue; Drafts brings it back."


class Drafts(QObject):
    """`safe` writes down the drawing that is open."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__(drawing)
        self._drawing = drawing
        self._bridge = drawing.lists.bridge
        self.safe = Safekeeping(drawing)
        drawing.lists.loaded.connect(self._first_loaded)

    def _first_loaded(self, _read: object) -> None:
        """Offer what was open when Leafdesk ended in the middle of it."""
        self._drawing.lists.loaded.disconnect(self._first_loaded)
        self._bridge.read(
            lambda workspace: workspace.drafts.all() if workspace.account else [],
            lambda drafts: self._offer(drafts) if any(not draft.kept for draft in drafts) else None,
        )

    def show(self) -> None:
        """List the drawings that are not kept yet."""
        self._bridge.read(lambda workspace: workspace.drafts.all(), self._offer)

    def _offer(self, drafts: list[OpenDrawing]) -> None:
        others = [draft for draft in drafts if draft.id != self.safe.id]
        offered = DraftsList(self._drawing.page.window(), self._drawing.lists, others)
        offered.wanted.connect(self.resume)
        offered.unwanted.connect(lambda draft: self._bridge.workspace.drafts.drop(draft.id))
        offered.open()

    def keep(self) -> None:
        """Put the drawing away as it is; it may be invalid, for it does not go into the queue."""
        say = self._drawing.doing.trouble.emit
        if not self.safe.id:
            say("There is nothing drawn that could be kept as a draft.")
            return
        self._bridge.workspace.drafts.keep(self.safe.release())
        self._drawing.canvas.cancel()
        say(KEPT)

    def resume(self, draft: OpenDrawing) -> None:
        """Go on with a draft, with all its steps."""
        if self._drawing.let_go():
            self._bridge.read(
                lambda workspace: workspace.catalog.field(draft.field_id) if draft.field_id else None,
                lambda field: self._resume(draft, field),
            )

    def _resume(self, draft: OpenDrawing, field: Field | None) -> None:
        drawing, say = self._drawing, self._drawing.doing.trouble.emit
        if draft.field_id and (field is None or field.shape is None):
            say("The field of this draft is no longer here; the draft stays.")
            return
        first = unpack(draft.values[0][0][1])
        drawing.take_up(draft.tool, field, first)
        tool = drawing.canvas.hand_tool
        if tool.kept_history is None:
            return
        history = History(tuple(tool.from_shapes(shapes) for shapes in draft.values), draft.names, draft.at)
        self.safe.adopt(draft, tool, history)
        tool.resume(history)
        if field is not None:
            drawing.canvas.fit_field(field.id)
            if draft.tool in ("edit", "remove") and first != field.shape:
                say("The boundary has changed since; the dashed line is how it is now.")
