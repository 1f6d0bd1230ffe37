"""The first start: what Leafdesk is, and the ways to begin."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from leafdesk.ui.brand import Mark
from leafdesk.ui.parts import Card, button, label, row
from leafdesk.ui.theme import STEP, Theme


class StartPage(QFrame):
    """Parts for tests: `demo`, `sign_in`, `files` (buttons), `note`."""

    try_demo = Signal()
    asked_sign_in = Signal()
    asked_files = Signal()

    def __init__(self, theme: Theme, *, demo: bool) -> None:
        super().__init__()
        self.setObjectName("startPage")
        self.demo = button("Try the demo farm", tip="Fields made up on this machine; nothing leaves it")
        self.demo.setObjectName("tryDemo")
        self.demo.setParent(self)  # where there is no demo, too: it would outlive the window
        self.demo.setVisible(demo)
        self.sign_in = button("Sign in to Leaf", "primary", tip="With the user name and password of your Leaf account")
        self.sign_in.setObjectName("startSignIn")
        self.files = button("Import files", tip="GeoJSON, KML or Shapefile, also dropped on this window")
        self.files.setObjectName("startFiles")
        self.files.clicked.connect(self.asked_files)
        self.demo.clicked.connect(self.try_demo)
        self.sign_in.clicked.connect(self.asked_sign_in)
        self.note = label("", "muted", wrap=True)
        middle = QWidget()
        middle.setFixedWidth(STEP * 196)
        column = QVBoxLayout(middle)
        column.setSpacing(STEP * 2)
        column.addWidget(Mark(theme, STEP * 14))
        column.addSpacing(STEP * 2)
        column.addWidget(label("Welcome to Leafdesk", "heading"))
        about = "Your fields, boundaries and farms of Leaf on this laptop, with or without a connection."
        column.addWidget(label(about, "muted", wrap=True))
        column.addSpacing(STEP * 4)
        cards = [
            self._card(
                "Sign in to Leaf",
                "Fetches your fields once; from then on everything works without a connection, and what you change is "
                "sent when there is one.",
                self.sign_in,
            )
        ]
        if demo:
            cards.append(
                self._card(
                    "Look around first",
                    "A farm made up on this machine, with its own Leaf to sync with. Draw, edit, go offline: nothing "
                    "leaves this laptop.",
                    self.demo,
                )
            )
        cards.append(
            self._card(
                "Import files",
                "Boundaries from another program: look at what a file holds first. They go to Leaf once you are "
                "signed in.",
                self.files,
            )
        )
        side_by_side = row(*cards, gap=STEP * 4)
        for place in range(len(cards)):
            side_by_side.setStretch(place, 1)
        column.addLayout(side_by_side)
        column.addSpacing(STEP * 2)
        column.addWidget(self.note)
        grid = QGridLayout(self)
        grid.addWidget(middle, 0, 0, Qt.AlignmentFlag.AlignCenter)

    def _card(self, title: str, text: str, pressed: QWidget) -> Card:
        card = Card()
        card.column.setContentsMargins(STEP * 5, STEP * 5, STEP * 5, STEP * 5)
        card.column.setSpacing(STEP * 2)
        card.column.addWidget(label(title, "title"))
        about = label(text, "muted", wrap=True)
        about.setAlignment(Qt.AlignmentFlag.AlignTop)
        card.column.addWidget(about, 1)
        card.column.addSpacing(STEP * 2)
        card.column.addLayout(row(pressed, None))
        return card
