"""The settings page: light or dark, the account, and where things lie on this machine."""

from PySide6.QtCore import QSignalBlocker, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QScrollArea, QVBoxLayout, QWidget

from leafdesk import __version__
from leafdesk.ui.actions import Actions
from leafdesk.ui.costs import Costs
from leafdesk.ui.newness import Newness
from leafdesk.ui.panels.newer import NewerCard
from leafdesk.ui.parts import Card, Figures, button, label, row
from leafdesk.ui.theme import STEP, Choice, Theme
from leafdesk.ui.ticks import tick_box
from leafdesk.workspace import Workspace

WIDE = STEP * 160
CHOICES: tuple[tuple[Choice, str], ...] = (
    *(("system", "As the system"), ("light", "Light"), ("dark", "Dark")),
    ("outdoor", "Outdoor: strong contrast for bright sun"),
)


class Settings(QFrame):
    """Parts for tests: `looks` (buttons by choice), `account`, `by_itself`, `costs`, `newer`."""

    look_chosen = Signal(str)

    def __init__(
        self, workspace: Workspace, folder: str, actions: Actions, theme: Theme, newness: Newness, costs: Costs
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self.workspace, self.theme, self._actions, self._costs = workspace, theme, actions, costs
        middle = QWidget()
        middle.setMaximumWidth(WIDE)
        column = QVBoxLayout(middle)
        column.setContentsMargins(STEP * 6, STEP * 6, STEP * 6, STEP * 6)
        column.setSpacing(STEP * 3)
        column.addWidget(label("Settings", "heading"))
        column.addSpacing(STEP)
        column.addWidget(label("Look", "title"))
        column.addWidget(self._build_look())
        column.addSpacing(STEP)
        column.addWidget(label("Account", "title"))
        self.account = Figures(user="User name", url="Leaf's address", state="Sign-in")
        self.account.column.addSpacing(STEP)
        buttons = (actions.bind(button(""), "sign-in"), actions.bind(button(""), "sign-out"))
        self.account.column.addLayout(row(*buttons, None))
        column.addWidget(self.account)
        column.addSpacing(STEP)
        column.addWidget(label("Syncing", "title"))
        column.addWidget(self._build_syncing())
        column.addSpacing(STEP)
        column.addWidget(label("On this machine", "title"))
        column.addWidget(self._build_files(folder))
        column.addSpacing(STEP)
        column.addWidget(label("Newer versions", "title"))
        self.newer = NewerCard(newness)
        column.addWidget(self.newer)
        column.addStretch(1)
        across = row(None, middle, None, gap=0)
        across.setStretch(1, 100)
        page = QWidget()
        page.setLayout(across)
        scrolled = QScrollArea(widgetResizable=True)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setWidget(page)
        self.setLayout(row(scrolled))
        theme.changed.connect(self.refresh)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        self.refresh()

    def _build_look(self) -> QWidget:
        card = Card()
        self.looks = {choice: button(text, "choice") for choice, text in CHOICES}
        group = QButtonGroup(card)
        for choice, made in self.looks.items():
            made.setCheckable(True)
            made.setObjectName(f"look-{choice}")
            made.clicked.connect(lambda _=False, choice=choice: self.look_chosen.emit(choice))
            group.addButton(made)
        card.column.addLayout(row(*self.looks.values(), None))
        return card

    def _build_syncing(self) -> QWidget:
        card = Card()
        self.by_itself = tick_box("Sync by itself")
        self.by_itself.setObjectName("sync-by-itself")
        self.by_itself.toggled.connect(self._costs.switch)
        self.by_itself.setToolTip("Soon after a change, when a connection comes back, and now and then")
        card.column.addWidget(self.by_itself)
        self.costs = label("", "muted", wrap=True)
        card.column.addWidget(self.costs)
        self._show_costs()
        self._costs.changed.connect(self._show_costs)
        return card

    def _show_costs(self) -> None:
        with QSignalBlocker(self.by_itself):
            self.by_itself.setChecked(self._costs.allowed)
        self.costs.setText(self._costs.told)

    def _build_files(self, folder: str) -> QWidget:
        files = Figures(folder="Folder", version="Leafdesk")
        files.put("folder", folder)
        files.put("version", __version__)
        opened = button("Open the folder")
        opened.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(folder)))
        files.column.addSpacing(STEP)
        licences = button("Licences", tip="Of the parts by others that Leafdesk rests on")
        licences.clicked.connect(self._read_licences)
        files.column.addLayout(row(opened, self._actions.bind(button(""), "help"), licences, None))
        return files

    def _read_licences(self) -> None:
        from leafdesk.ui.dialogs.reader import read_licences

        read_licences(self.window())

    def refresh(self) -> None:
        """Show the present choice and account."""
        self.looks[self.theme.choice].setChecked(True)
        self.account.put("user", self.workspace.account or "Nobody signed in here yet")
        self.account.put("url", self.workspace.api_url)
        out = "Locked with your passphrase" if self.workspace.sealing.locked else "Signed out"
        self.account.put("state", "Signed in" if self.workspace.signed_in else out)
