"""Syncs by itself: at the start, shortly after a change, now and then, and when a lost connection may be back."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from leafdesk.ui.bridge import Bridge
from leafdesk.ui.costs import Costs
from leafdesk.workspace import Changes, ConnectionChanged, SyncEnded

AFTER_CHANGE_MS = 4_000
NOW_AND_THEN_MS = 600_000
LOST_MS = 45_000


class Autosync(QObject):
    """One timer; whatever happens sets when it rings next."""

    def __init__(self, bridge: Bridge, sync: Callable[[], None], parent: QObject, costs: Costs) -> None:
        super().__init__(parent)
        self._bridge, self._sync, self._costs = bridge, sync, costs
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._ring)
        bridge.changed.connect(self._changed)
        bridge.sync_ended.connect(self._ended)
        bridge.connection_changed.connect(self._moved)
        costs.changed.connect(self.start)
        costs.back.connect(self._back)

    def start(self) -> None:
        """Sync now, then by itself."""
        self._timer.start(0)

    def stop(self) -> None:
        """No more."""
        self._bridge.changed.disconnect(self._changed)
        self._bridge.sync_ended.disconnect(self._ended)
        self._bridge.connection_changed.disconnect(self._moved)
        self._costs.changed.disconnect(self.start)
        self._costs.back.disconnect(self._back)
        self._timer.stop()

    def _ring(self) -> None:
        workspace = self._bridge.workspace
        if workspace.account and workspace.signed_in and not workspace.syncing and self._costs.allowed:
            self._sync()
        self._timer.start(NOW_AND_THEN_MS)

    def _changed(self, changes: Changes) -> None:
        workspace = self._bridge.workspace
        if changes.queue and not workspace.syncing and workspace.connection.state in ("online", "unsteady"):
            self._timer.start(AFTER_CHANGE_MS)

    def _moved(self, connection: ConnectionChanged) -> None:
        """Nobody knows any more whether Leaf can be reached: the computer slept, and there may be much to do."""
        if connection.state == "unknown":
            self._timer.start(0)

    def _back(self) -> None:
        """The system has a connection again: only a look at Leaf itself tells."""
        if self._bridge.workspace.connection.state in ("offline", "captive"):
            self._timer.start(0)

    def _ended(self, ended: SyncEnded) -> None:
        lost = ended.report is not None and ended.report.outcome == "offline"
        self._timer.start(LOST_MS if lost else NOW_AND_THEN_MS)
