"""What the window's actions do to records and queue: ask, queue the edit, and say when it was not possible."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from leafdesk.edits import Delete, Edit, change
from leafdesk.ui.dialogs.field import DeleteField, MoveToFarm, Rename
from leafdesk.ui.dialogs.sheet import Sheet
from leafdesk.ui.lists import Lists
from leafdesk.ui.trouble import plain


class Doing(QObject):
    """Every change goes through here to `workspace.do`; nothing waits."""

    trouble = Signal(str)
    """A sentence for the user."""
    stepped = Signal()
    """A step was done, undone or redone: undo's name may be another."""

    def __init__(self, window: QWidget, lists: Lists) -> None:
        super().__init__(window)
        self.window, self.lists = window, lists
        self.bridge, self.workspace = lists.bridge, lists.bridge.workspace

    def do(
        self, *edits: Edit, then: Callable[[Any], None] | None = None, sorry: Callable[[str], None] | None = None
    ) -> None:
        """Queue edits as one step; `then` is told what was queued, `sorry` why nothing was (else `trouble` says it)."""
        self._when_done(self.workspace.do(*edits), then, sorry)

    def do_for(self, sheet: Sheet, *edits: Edit) -> None:
        """Queue what a sheet asks for; the sheet stays open with all that is in it when that is not possible."""
        self.do(*edits, then=lambda queued: sheet.done_well(), sorry=sheet.say_failed)

    def undo(self) -> None:
        """Take back the last step."""
        if self.workspace.undo_name:
            self._when_done(self.workspace.undo())

    def redo(self) -> None:
        """Do again what was taken back."""
        if self.workspace.redo_name:
            self._when_done(self.workspace.redo())

    def retry(self, item_ids: Sequence[str]) -> None:
        """Let queue items go again."""
        self._when_done(self.workspace.queue.retry(*item_ids))

    def discard(self, item_ids: Sequence[str]) -> None:
        """Take queue items back."""
        self._when_done(self.workspace.queue.discard(*item_ids))

    def adopt(self, item_id: str, leaf_id: str) -> None:
        """Say which record at Leaf a new one is."""
        self._when_done(self.workspace.queue.adopt(item_id, leaf_id))

    def remove_missing(self, then: Callable[[Any], None]) -> None:
        """The many records that Leaf no longer lists may go; `then` starts the sync that removes them."""
        self._when_done(self.workspace.queue.remove_missing(), then)

    def heard(self, notice_id: int, remedy: Sequence[Edit]) -> None:
        """Answer a notice, with the edits that put it right if any are wished."""

        def dismiss(_: object) -> None:
            self._when_done(self.workspace.queue.dismiss(notice_id))

        if remedy:
            self.do(*remedy, then=dismiss)
        else:
            dismiss(None)

    def resolve(
        self,
        item_id: str,
        keep: Literal["mine", "theirs", "both"],
        *,
        seen: Any = None,
        then: Callable[[Any], None] | None = None,
        sorry: Callable[[str], None] | None = None,
    ) -> None:
        """Answer a conflict; `seen`: what of Leaf's copy was looked at."""
        self._when_done(self.workspace.queue.resolve(item_id, keep, seen=seen), then, sorry)

    def merge(
        self, item_id: str, *edits: Edit, seen: Any, then: Callable[[Any], None], sorry: Callable[[str], None]
    ) -> None:
        """Answer a conflict with something third."""
        self._when_done(self.workspace.queue.merge(item_id, *edits, seen=seen), then, sorry)

    def _when_done(
        self,
        future: "Future[Any]",
        then: Callable[[Any], None] | None = None,
        sorry: Callable[[str], None] | None = None,
    ) -> None:
        def done(result: object) -> None:
            self.stepped.emit()
            if then is not None:
                then(result)

        say = sorry or self.trouble.emit
        self.bridge.then(future, done, lambda error: say(_why(error)))

    # ------------------------------------------------------------------ with a question first
    def rename(self, field_id: str) -> None:
        """Ask for another name."""
        known = self.lists.rows.get(field_id)
        if known is None:
            return
        sheet = Rename(self.window, known.name)
        sheet.wanted.connect(lambda: self.do_for(sheet, change("fields", field_id, name=sheet.name.text().strip())))
        sheet.open()

    def move(self, field_id: str) -> None:
        """Ask for another farm."""
        known = self.lists.rows.get(field_id)
        if known is None:
            return
        sheet = MoveToFarm(self.window, self.lists, known.name, known.leaf_user_id, known.farm_id)
        sheet.wanted.connect(lambda: self.do_for(sheet, change("fields", field_id, farm_id=sheet.farm.currentData())))
        sheet.open()

    def delete(self, field_id: str) -> None:
        """Ask whether it shall go."""
        known = self.lists.rows.get(field_id)
        if known is None:
            return
        sheet = DeleteField(self.window, known.name, known.area_ha)
        sheet.wanted.connect(lambda: self.do_for(sheet, Delete("fields", field_id)))
        sheet.open()


def _why(error: BaseException) -> str:
    return "This is no longer in the queue." if isinstance(error, KeyError) else plain(error)
