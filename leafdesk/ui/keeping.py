"""Choosing in the window whose records this laptop keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from leafdesk.ui import words
from leafdesk.ui.dialogs.keep_users import KeepUsers
from leafdesk.ui.trouble import plain
from leafdesk.workspace import UserHere, Workspace

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow


class Keeping(QObject):
    """The action `keep-users`. `sheet` is the open question."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.sheet: KeepUsers | None = None
        window.commands["keep-users"].triggered.connect(lambda _=False: self.choose())

    def choose(self) -> None:
        """Ask whose records are kept."""
        if self.sheet is None:
            self.window.bridge.read(_read, lambda found: self._ask(*found))

    def _ask(self, users: list[UserHere], at_leaf: dict[str, int]) -> None:
        if not users:
            self.window.notice.say("No Leaf user is known here yet; a sync reads them.")
            return
        sheet = self.sheet = KeepUsers(self.window, users, at_leaf)
        sheet.wanted.connect(lambda: self._keep(sheet))
        sheet.finished.connect(self._closed)
        sheet.open()

    def _closed(self) -> None:
        self.sheet = None

    def _keep(self, sheet: KeepUsers) -> None:
        more = bool(sheet.ticked - {id_ for id_, one in sheet.users.items() if one.kept})

        def kept(gone: int) -> None:
            sheet.done_well()
            if gone:
                self.window.notice.say(f"{words.count(gone, 'record')} put away. Leaf still has them.")
            if more:
                self.window.leaf.sync_by_itself()

        chosen = self.window.workspace.keeping.choose(sheet.chosen)
        self.window.bridge.then(chosen, kept, lambda error: sheet.say_failed(plain(error)))


def _read(workspace: Workspace) -> tuple[list[UserHere], dict[str, int]]:
    """Every Leaf user, and how many fields from providers Leaf counts of each."""
    if workspace.account is None:
        return [], {}
    at_leaf = dict[str, int]()
    for one in workspace.providers():
        if "fields" in one.leaf:
            at_leaf[one.leaf_user_id] = at_leaf.get(one.leaf_user_id, 0) + one.leaf["fields"]
    return workspace.keeping.users(), at_leaf
