"""Looks for a newer Leafdesk once a day, if that is wished, and says so once for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from leafdesk.ui.bridge import Bridge

if TYPE_CHECKING:
    from leafdesk.newer import State


class Newness(QObject):
    """Everything is read and asked elsewhere, and loaded when the window lives. `state` is the last one heard of."""

    stood = Signal(object)
    """How things stand: a newer.State."""
    told = Signal(str)
    """One sentence, once for each new version."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.state: State | None = None
        bridge.sync_ended.connect(lambda _: self.begin())

    def begin(self) -> None:
        """Read how things stand, and look if that is wished; asked twice a day, it still looks once."""
        self.bridge.read(lambda workspace: workspace.newer.state(), self._begun)

    def wish(self, wished: bool) -> None:
        """Look from now on, or no more."""
        self.bridge.then(self.bridge.workspace.newer.wish(wished), self._begun)

    def _begun(self, state: State) -> None:
        self._stand(state)
        if state.wished:
            self.bridge.then(self.bridge.workspace.newer.look(), self._looked)

    def _looked(self, state: State) -> None:
        self._stand(state)
        if state.release is not None and not state.told:
            self.told.emit(f"Leafdesk {state.release.version} is out. The settings tell where to get it.")
            self.bridge.then(self.bridge.workspace.newer.told(), self._stand)

    def _stand(self, state: State) -> None:
        self.state = state
        self.stood.emit(state)
