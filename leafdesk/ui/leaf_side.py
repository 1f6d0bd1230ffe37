"""The window's side of the connection to Leaf: signing in and out, syncing, the first fetch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from leafdesk.ui.actions import Actions
from leafdesk.ui.lists import Lists
from leafdesk.ui.panels.map_page import MapPage
from leafdesk.ui.panels.notice import Notice
from leafdesk.ui.panels.status_bar import StatusBar
from leafdesk.ui.trouble import plain
from leafdesk.workspace import ConnectionChanged, Progress, SyncEnded

if TYPE_CHECKING:
    from concurrent.futures import Future

    from leafdesk.ui.dialogs.passphrase import KeepSignIn, Unlock
    from leafdesk.ui.dialogs.sign_in import SignIn


class LeafSide(QObject):
    """Starts syncs and shows how they go; nothing waits.

    For tests: `sheet` is the sign-in dialog once it was asked for, `keep` and `unlock` those about its passphrase.
    """

    stood = Signal()
    """How things stand with Leaf is another: names and permissions of actions may change."""
    opened = Signal()
    """Somebody signed in: the account's records are to be shown."""

    def __init__(
        self, window: QWidget, lists: Lists, commands: Actions, status: StatusBar, page: MapPage, notice: Notice
    ) -> None:
        super().__init__(window)
        self.window, self.lists, self.commands = window, lists, commands
        self.status, self.page, self.notice = status, page, notice
        self.bridge, self.workspace = lists.bridge, lists.bridge.workspace
        self.sheet: SignIn | None = None
        self.keep: KeepSignIn | None = None
        self.unlock: Unlock | None = None
        self._quiet = False
        self._next: Callable[[], None] = self.sync
        page.empty.action.clicked.connect(lambda: self._next())
        self.bridge.progressed.connect(self._progressed)
        self.bridge.connection_changed.connect(self._connection)
        self.bridge.sync_ended.connect(self._ended)
        self.show()

    def show(self) -> None:
        """Show connection and age of the data as they are."""
        self.status.show_last_sync(self.workspace.last_sync if self.workspace.account else None)
        self._connection(self.workspace.connection)

    # ------------------------------------------------------------------ signing in and out
    def sign_in(self) -> None:
        """Ask for the passphrase of a sign-in that is locked, else for user name and password."""
        from leafdesk.ui.dialogs.passphrase import Unlock

        if self.workspace.sealing.locked:
            self.unlock = Unlock(self.window, self.bridge)
            self.unlock.unlocked.connect(self._unlocked)
            self.unlock.sign_in.connect(self._sign_in_anew)
            self.unlock.open()
        else:
            self._sign_in_anew()

    def _sign_in_anew(self) -> None:
        from leafdesk.ui.dialogs.sign_in import SignIn

        self.sheet = SignIn(self.window, self.bridge)
        self.sheet.signed_in.connect(self.signed_in)
        self.sheet.open()

    def signed_in(self, sentence: str = "") -> None:
        """Show the account that was opened and fetch what is new."""
        self.show()
        self.opened.emit()
        self.sync()
        if sentence:
            from leafdesk.ui.dialogs.passphrase import KeepSignIn

            self.keep = KeepSignIn(self.window, self.bridge, sentence)
            self.keep.kept.connect(self.stood)
            self.keep.open()

    def _unlocked(self) -> None:
        self.show()
        self.stood.emit()
        self.sync()

    def sign_out(self) -> None:
        """Forget the sign-in; fields and queue stay."""
        self.workspace.logout()
        self.show()
        self.stood.emit()

    # ------------------------------------------------------------------ syncing
    @property
    def expired(self) -> bool:
        """Whether Leaf wants a new sign-in before it answers again."""
        return not self.workspace.signed_in or self.workspace.connection.state == "signed-out"

    def sync(self) -> None:
        """Send and fetch on the engine's thread; signed out, ask for the sign-in."""
        if self.expired:
            self.sign_in()
            return
        self.notice.say("")
        self._quiet = False
        self._sync()

    def fetch(self, over: Callable[[], None]) -> None:
        """Sync, then `over`, however that went; at once when nobody is signed in: nothing is asked."""
        if self.workspace.account is None or self.expired:
            over()
            return
        self._quiet = True
        self._begin(self.workspace.sync(), over)

    def sync_by_itself(self) -> None:
        """As nobody asked for it: the status bar tells how it went, no question and no notice comes up."""
        if not self.expired:
            self._quiet = not self.workspace.syncing
            self._sync(by_itself=True)

    def send_only(self, item_ids: Sequence[str]) -> None:
        """Send these changes and what they rest on, nothing else; a sync that runs goes on as it began."""
        if self.expired:
            self.sign_in()
            return
        self.notice.say("")
        self._quiet = False
        self._begin(self.workspace.sync(pull=False, only=item_ids))

    def _sync(self, *, by_itself: bool = False) -> None:
        self._begin(self.workspace.sync(by_itself=by_itself))

    def _begin(self, running: Future[Any], over: Callable[[], None] = lambda: None) -> None:
        def done(_: object) -> None:
            self._over()
            over()

        def failed(error: BaseException) -> None:
            self._failed(error)
            over()

        self.status.show_progress(Progress("Reaching Leaf", 0, None))
        self.bridge.then(running, done, failed)
        self.stood.emit()
        self.offer()

    def _progressed(self, progress: Progress) -> None:
        if self.workspace.syncing:
            self.status.show_progress(progress)

    def _ended(self, ended: SyncEnded) -> None:
        if ended.report is not None and ended.report.reason and ended.report.outcome != "done" and not self._quiet:
            self.notice.say(ended.report.reason)
        if not self.workspace.syncing:  # the future's end, which `sync` listens to, may come a moment later
            self._over()

    def _over(self) -> None:
        self.status.show_progress(None)
        self.show()
        self.stood.emit()

    def _failed(self, error: BaseException) -> None:
        self._over()
        self.notice.say(plain(error))

    def _connection(self, connection: ConnectionChanged) -> None:
        out = self.workspace.account is not None and not self.workspace.signed_in
        self.status.show_connection(ConnectionChanged("signed-out", connection.detail) if out else connection)
        self.offer()

    # ------------------------------------------------------------------ nothing to see yet
    def offer(self) -> None:
        """Say what to do next where the map would be empty."""
        workspace, page = self.workspace, self.page
        if self.lists.rows or not self.lists.ready or workspace.account is None or page.drawing:
            page.offer("", "")
        elif workspace.syncing:
            page.offer(
                "Fetching your fields", "They appear here as they arrive. Cancel is at the bottom of the window."
            )
        elif not workspace.signed_in:
            self._next = self.sign_in
            locked = workspace.sealing.locked
            title = "Your sign-in is locked" if locked else "You are signed out"
            text = "Its passphrase opens it." if locked else "Sign in to fetch your fields."
            page.offer(title, text, action="Unlock" if locked else "Sign in to Leaf")
        elif workspace.last_sync is None:
            self._next = self.sync
            text = "Fetch them once; after that everything works without a connection."
            page.offer("Your fields are still at Leaf", text, action="Fetch my fields")
        else:
            self._next = self.commands["draw"].trigger
            page.offer("No fields yet", "This account has no fields at Leaf.", action="Draw the first one")
