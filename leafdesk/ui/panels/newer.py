"""The part of the settings that tells of newer versions of Leafdesk, and lets somebody wish for that."""

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup

from leafdesk.newer import State
from leafdesk.ui import words
from leafdesk.ui.bridge import Bridge
from leafdesk.ui.parts import Card, button, label, row
from leafdesk.ui.theme import STEP


class NewerCard(Card):
    """Parts for tests: `never`, `daily`, `page` (buttons), `about`, `found`. Everything is read and asked elsewhere."""

    told = Signal(str)
    """One sentence, once for each new version."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.bridge, self._newer = bridge, bridge.workspace.newer
        self.state = State()
        self.never, self.daily = button("Do not look", "choice"), button("Look once a day", "choice")
        group = QButtonGroup(self)
        for made, wished in ((self.never, False), (self.daily, True)):
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, wished=wished: self._wish(wished))
            group.addButton(made)
        self.about = label("", "muted", wrap=True)
        self.found = label("", "strong", wrap=True)
        self.page = button("Read about it", "link")
        self.page.clicked.connect(
            lambda: self.state.release and QDesktopServices.openUrl(QUrl(self.state.release.page))
        )
        self.column.setSpacing(STEP * 2)
        self.column.addLayout(row(self.never, self.daily, None))
        self.column.addWidget(self.about)
        self.column.addWidget(self.found)
        self.column.addLayout(row(self.page, None))
        self._show(self.state)
        bridge.sync_ended.connect(lambda _: self.begin())

    def begin(self) -> None:
        """Show how things stand, and look if that is wished; asked twice a day, it still looks once."""
        self.bridge.read(lambda workspace: workspace.newer.state(), self._begun)

    def _begun(self, state: State) -> None:
        self._show(state)
        if state.wished:
            self.bridge.then(self._newer.look(), self._looked)

    def _wish(self, wished: bool) -> None:
        self.bridge.then(self._newer.wish(wished), self._begun)

    def _looked(self, state: State) -> None:
        self._show(state)
        if state.release is not None and not state.told:
            self.told.emit(f"Leafdesk {state.release.version} is out. The settings tell where to get it.")
            self.bridge.then(self._newer.told(), self._show)

    def _open_page(self) -> None:
        if self.state.release is not None:
            QDesktopServices.openUrl(QUrl(self.state.release.page))

    def _show(self, state: State) -> None:
        self.state = state
        (self.daily if state.wished else self.never).setChecked(True)
        self.about.setText(
            f"Asks {self._newer.source.host} whether there is a newer version. Nothing about you, your farm or this "
            "computer is sent, and nothing is downloaded or installed."
        )
        release = state.release
        lines = [f"Leafdesk {release.version} came out on {words.day(release.day)}.", release.says] if release else []
        self.found.setText("\n".join(line for line in lines if line))
        self.found.setVisible(release is not None)
        self.page.setVisible(release is not None)
        self.page.setToolTip(release.page if release else "")
