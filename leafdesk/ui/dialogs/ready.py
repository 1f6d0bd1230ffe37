"""Ready for the field: fetches what is new, then lists what a day without a signal needs, and mends what is missing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from leafdesk.ui.dialogs.field import add_farms
from leafdesk.ui.parts import Card, Picker, button, label, row, set_role
from leafdesk.ui.theme import STEP
from leafdesk.ui.trouble import plain

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow
    from leafdesk.workspace import Progress
    from leafdesk.workspace.readiness import Need

ABOUT = "Everything for a day without a signal: fetched, looked at on this computer, and told line by line."
BUTTONS = {
    "sign-in": "Sign in…",
    "sync": "Sync",
    "queue": "Open queue",
    "download": "Download…",
    "maps": "Offline maps",
    "backup": "Copy now",
}
"""What the button of a line that is missing says, by its remedy."""
ALL = ""
"""Instead of a farm's key."""
_REST_MS = 300
"""Several things that change within so long are looked at once."""


class Ready(QDialog):
    """Stays beside the window. Parts for tests: `which`, `said`, `needs` (by key), `lines` (by key), `again`."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle("Ready for the field")
        self.setObjectName("ready")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window, self._turn, self.fetching = window, 0, False
        self._owed = True
        """Whether the disk is still to be read from end to end."""
        self._gone = False
        self.needs: dict[str, Need] = {}
        self.lines: dict[str, NeedLine] = {}
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(lambda: self.look(read_through=False))
        self._build()
        for told in (window.bridge.sync_ended, window.queue.counted, window.maps.stood, window.leaf.opened):
            told.connect(self._look_soon)
        window.bridge.progressed.connect(self._progressed)

    def _build(self) -> None:
        self.which = Picker()
        self.which.setAccessibleName("For which fields")
        self._fill()
        self.which.currentIndexChanged.connect(lambda _: self.look(read_through=False))
        self.said = label("", "muted", wrap=True)
        self._banner = Card()
        self._banner.column.addWidget(self.said)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        inside = QWidget()
        held = QVBoxLayout(inside)
        held.setContentsMargins(0, 0, STEP * 2, 0)
        held.addLayout(self._list)
        held.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self.again = button("Fetch and look again", "primary")
        self.again.clicked.connect(self.fetch)
        done = button("Close")
        done.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(STEP * 6, STEP * 5, STEP * 6, STEP * 5)
        column.setSpacing(STEP * 3)
        column.addWidget(label("Ready for the field", "title"))
        column.addWidget(label(ABOUT, "muted", wrap=True))
        across = row(label("For", "muted"), self.which)
        across.setStretch(1, 1)
        column.addLayout(across)
        column.addWidget(self._banner)
        column.addWidget(scroll, 1)
        column.addLayout(row(None, done, self.again))
        self.resize(STEP * 145, min(STEP * 165, self._window.height() - STEP * 6))

    def _fill(self) -> None:
        """All fields, and each farm with fields; at first the farm of the selected field."""
        lists = self._window.lists
        self.which.addItem("All fields", ALL)
        add_farms(self.which, lists, {one.farm_id for one in lists.rows.values()})
        chosen = lists.rows.get(self._window.inspector.field_id or "")
        self.which.setCurrentIndex(max(0, self.which.findData(chosen.farm_id) if chosen and chosen.farm_id else 0))

    # ------------------------------------------------------------------ fetching and looking
    def _look_soon(self, *_: object) -> None:
        if not self.fetching:
            self._rest.start()

    def fetch(self) -> None:
        """Sync, then look; signed out or offline it looks at what is here all the same."""
        if self.fetching:
            return
        self.fetching = True
        self.again.setEnabled(False)
        self._say("Fetching what is new…")
        self._window.leaf.fetch(self._fetched)

    def _fetched(self) -> None:
        self.fetching = False
        if not self._gone:
            self.again.setEnabled(True)
            self.look()

    def _progressed(self, progress: Progress) -> None:
        if self.fetching:
            of = f" {progress.done:,} of {progress.total:,}" if progress.total else ""
            self._say(f"Fetching what is new: {progress.what}{of}")

    def look(self, *, read_through: bool = True) -> None:
        """Look at what is here, beside the window; `read_through`: at what lies on the disk from end to end, too."""
        if self.fetching or self._gone:
            return
        self._turn += 1
        self._owed |= read_through
        turn, window, owed = self._turn, self._window, self._owed
        which = self.which.currentData()
        farms = () if which == ALL else (which,)
        if not self.lines:
            self._say("Looking…")
        window.bridge.work(
            lambda: window.workspace.readiness.look(window.maps.shelf(), farm_ids=farms, read_through=owed),
            lambda needs: self._show(turn, needs),
            lambda error: self._failed(turn, error),
        )

    def _show(self, turn: int, needs: tuple[Need, ...]) -> None:
        if turn != self._turn or self.fetching or self._gone:
            return
        found: dict[str, Need] = {need.key: need for need in needs}
        self._owed &= "whole" not in found
        before: dict[str, Need] = {
            key: self.needs[key] for key in ("backup", "whole") if key in self.needs and "room" in found
        }
        self.needs = {**before, **found}
        for key in list(self.lines):
            if key not in self.needs:
                line = self.lines.pop(key)
                line.hide()
                line.deleteLater()
        for key, need in self.needs.items():
            if key not in self.lines:
                self.lines[key] = NeedLine(partial(self._mend, key))
                self._list.addWidget(self.lines[key])
            self.lines[key].show_need(need)
        missing = sum(not need.met for need in self.needs.values())
        is_missing = "thing is missing" if missing == 1 else "things are missing"
        self._say(f"{missing} {is_missing}." if missing else "✓ Ready for a day without a signal.", good=not missing)

    def _failed(self, turn: int, error: BaseException) -> None:
        if turn == self._turn:
            self._say(plain(error))

    def _say(self, text: str, *, good: bool | None = None) -> None:
        if self._gone:
            return
        self.said.setText(text)
        set_role(self._banner, "banner-warn" if good is False else "card")
        set_role(self.said, "" if good is False else "good" if good else "muted")

    # ------------------------------------------------------------------ mending
    def _mend(self, key: str) -> None:
        """Do what the button of a missing line promises; the list looks again when that is done."""
        need, window = self.needs[key], self._window
        remedies: dict[str, Callable[[], object]] = {
            "sign-in": window.sign_in,
            "sync": self.fetch,
            "queue": lambda: window.show_page("queue"),
            "maps": lambda: window.show_page("maps"),
            "download": lambda: window.maps.ask_area_of(need.map_id, self.which.currentData()),
            "backup": self._back_up,
        }
        remedies[need.remedy]()

    def _back_up(self) -> None:
        workspace = self._window.workspace
        self._window.bridge.work(
            lambda: workspace.readiness.back_up(), lambda _: self.look(), lambda error: self._say(plain(error))
        )

    def reject(self) -> None:
        """Esc, Close or the frame's cross: what is under way goes on without telling here."""
        self._gone = True
        self._rest.stop()
        super().reject()


class NeedLine(QWidget):
    """One line of the list. Parts for tests: `mark`, `title`, `says`, `mend`."""

    def __init__(self, mend: Callable[[], None]) -> None:
        super().__init__()
        self.mark, self.title, self.says = label(), label("", "strong"), label("", "muted", wrap=True)
        self.mark.setFixedWidth(STEP * 5)
        self.mend: QPushButton = button("")
        self.mend.clicked.connect(mend)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self.title)
        said.addWidget(self.says)
        across = row(self.mark, gap=STEP * 2)
        across.setContentsMargins(0, STEP * 2, 0, STEP * 2)
        across.addLayout(said, 1)
        across.addWidget(self.mend)
        across.setAlignment(self.mark, Qt.AlignmentFlag.AlignTop)
        self.setLayout(across)

    def show_need(self, need: Need) -> None:
        """Show how it stands: by sign, word and colour."""
        self.mark.setText("✓" if need.met else "▲")
        set_role(self.mark, "good" if need.met else "error")
        self.mark.setAccessibleName("Here" if need.met else "Missing")
        self.title.setText(need.title if need.met else f"{need.title} · not ready")
        self.says.setText(need.says)
        text = "" if need.met else BUTTONS.get(need.remedy, "")
        self.mend.setVisible(bool(text))
        self.mend.setText(text)
        self.mend.setAccessibleName(f"{text} ({need.title})")
        self.setAccessibleName(f"{self.mark.accessibleName()}: {need.title}. {need.says}")


def make_ready(window: MainWindow) -> None:
    """Bring everything home for a day without a signal, and list what is missing."""
    opened = window.findChild(Ready)
    if opened is None:
        opened = Ready(window)
        opened.show()
    opened.activateWindow()
    opened.fetch()
