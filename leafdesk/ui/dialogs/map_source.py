"""Asks for the map of a server: one that is suggested, or an address of one's own."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from leafdesk.tiles.source import SUGGESTED, Source, checked
from leafdesk.tiles.tile import UnreadableError
from leafdesk.ui.dialogs.sheet import Sheet
from leafdesk.ui.parts import Picker, label, row
from leafdesk.ui.theme import STEP

OWN = "An address of my own"
ABOUT = (
    "Once it is added, Leafdesk asks the server for the parts of its map that you look at, and for nothing else. "
    "They are kept as long as the server allows and shown without a connection, too."
)


class MapSource(Sheet):
    """Parts for tests: `which`, `name`, `address`, `credit`, `licence`, `lowest`, `highest`, `side`, `terms`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Add the map of a server", ABOUT, "Add map")
        self.setObjectName("mapSource")
        self.which = Picker()
        self.which.addItems([*(one.name for one in SUGGESTED), OWN])
        self.name = QLineEdit(placeholderText="Such as Aerial photos")
        self.address = QLineEdit(placeholderText="https://example.com/{z}/{x}/{y}.png")
        self.credit = QLineEdit(placeholderText="Such as © Survey of the county")
        self.licence = QLineEdit(placeholderText="Such as CC BY 4.0")
        self.lowest, self.highest, self.side = Picker(), Picker(), Picker()
        for picker in (self.lowest, self.highest):
            picker.addItems([str(zoom) for zoom in range(23)])
        self.side.addItems(["256 pixels", "512 pixels"])
        self.ask("Which map", self.which)
        self._own: list[QWidget] = [
            part
            for title, line in (
                ("Name", self.name),
                ("Address, with {z}, {x} and {y} (or {-y})", self.address),
                ("Whose map it is", self.credit),
                ("Licence", self.licence),
            )
            for part in (self.ask(title, line), line)
        ]
        self.zooms = QWidget()
        zooms = (label("Zooms", "muted"), self.lowest, label("to"), self.highest)
        self.zooms.setLayout(row(*zooms, None, label("Tiles", "muted"), self.side))
        for title, part in (("Farthest zoom", self.lowest), ("Nearest zoom", self.highest), ("Tiles", self.side)):
            part.setAccessibleName(title)
        self.lines.addSpacing(STEP)
        self.lines.addWidget(self.zooms)
        self._own.append(self.zooms)
        self.terms = label("", "muted", wrap=True)
        self.lines.addWidget(self.terms)
        self.which.currentIndexChanged.connect(lambda _: self._follow())
        for line in (self.name, self.address, self.credit):
            line.textChanged.connect(lambda _: self._allow())
        self.highest.setCurrentIndex(19)
        self._follow()

    @property
    def suggested(self) -> Source | None:
        """The suggested map that is chosen; None for an own address."""
        at = self.which.currentIndex()
        return SUGGESTED[at] if at < len(SUGGESTED) else None

    def answer(self) -> Source:
        """What was chosen or filled in; not checked yet."""
        if self.suggested is not None:
            return self.suggested
        return Source(
            self.name.text().strip(),
            self.address.text().strip(),
            self.credit.text().strip(),
            self.licence.text().strip(),
            lowest=self.lowest.currentIndex(),
            highest=self.highest.currentIndex(),
            side=(256, 512)[self.side.currentIndex()],
        )

    def _follow(self) -> None:
        for part in self._own:
            part.setVisible(self.suggested is None)
        self._allow()
        self.fit()

    def _allow(self) -> None:
        one = self.suggested
        if one is not None:
            bulk = one.why_no_download or "Areas of it can be downloaded once you have read its terms."
            self.terms.setText(f"{one.attribution} · {one.licence} · {one.host}\nTerms: {one.terms}\n{bulk}")
            self.yes.setEnabled(True)
            self.yes.setToolTip("")
            return
        why = self._why_not()
        self.terms.setText("Read the server's terms: some allow no other programs, and most ask for their name.")
        self.yes.setEnabled(not why)
        self.yes.setToolTip(why)
        typed = bool(self.address.text().strip()) and bool(why)
        self.say_wrong(why if typed else "", mild=True)

    def _why_not(self) -> str:
        try:
            checked(self.answer())
        except UnreadableError as error:
            return str(error)
        return ""
