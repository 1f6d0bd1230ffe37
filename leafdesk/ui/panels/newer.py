"""The part of the settings that tells of newer versions of Leafdesk, and lets somebody wish for that."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup

from leafdesk.newer import State
from leafdesk.ui import words
from leafdesk.ui.newness import Newness
from leafdesk.ui.parts import Card, button, label, row
from leafdesk.ui.theme import STEP


class NewerCard(Card):
    """Parts for tests: `never`, `daily`, `page` (buttons), `about`, `found`, `state`."""

    def __init__(self, newness: Newness) -> None:
        super().__init__()
        self.state = newness.state or State()
        self.never, self.daily = button("Do not look", "choice"), button("Look once a day", "choice")
        group = QButtonGroup(self)
        for made, wished in ((self.never, False), (self.daily, True)):
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, wished=wished: newness.wish(wished))
            group.addButton(made)
        self.about = label("", "muted", wrap=True)
        host = newness.bridge.workspace.newer.source.host
        self.about.setText(
            f"Asks {host} whether there is a newer version. Nothing about you, your farm or this computer is sent, and "
            "nothing is downloaded or installed."
        )
        self.found = label("", "strong", wrap=True)
        self.page = button("Read about it", "link")
        self.page.clicked.connect(self._open_page)
        self.column.setSpacing(STEP * 2)
        self.column.addLayout(row(self.never, self.daily, None))
        self.column.addWidget(self.about)
        self.column.addWidget(self.found)
        self.column.addLayout(row(self.page, None))
        self.show_state(self.state)
        newness.stood.connect(self.show_state)

    def show_state(self, state: State) -> None:
        """Show how things stand."""
        self.state = state
        (self.daily if state.wished else self.never).setChecked(True)
        release = state.release
        lines = [f"Leafdesk {release.version} came out on {words.day(release.day)}.", release.says] if release else []
        self.found.setText("\n".join(line for line in lines if line))
        self.found.setVisible(release is not None)
        self.page.setVisible(release is not None)
        self.page.setToolTip(release.page if release else "")

    def _open_page(self) -> None:
        if self.state.release is not None:
            QDesktopServices.openUrl(QUrl(self.state.release.page))
