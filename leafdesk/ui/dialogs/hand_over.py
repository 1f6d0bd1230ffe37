"""The questions before changes are handed to a colleague, and before they are taken back."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from leafdesk.ui import words
from leafdesk.ui.dialogs.sheet import Sheet
from leafdesk.ui.parts import label
from leafdesk.ui.theme import STEP
from leafdesk.workspace import Item
from leafdesk.workspace.handing import Offer

SHOWN = 8
"""So many changes are named; of more the number is told."""


class AskHandOver(Sheet):
    """What goes into the file, and what stays. `many`: how many changes go."""

    def __init__(self, parent: QWidget, offers: Sequence[Offer], *, all_or_none: bool) -> None:
        goes = [one for one in offers if not one.why_not]
        stays = [one for one in offers if one.why_not]
        self.many = len(goes)
        about = (
            "They go into a file for a colleague who has a signal and works with the same Leaf account. Whoever opens "
            "it with Leafdesk sends them. From here they are not sent any more; each sync looks whether Leaf has them."
        )
        super().__init__(parent, f"Hand over {words.count(len(goes), 'change')}", about, "Choose where…")
        self.setObjectName("handOver")
        _tell(self, "Go into the file", [one.item.sentence for one in goes])
        _tell(self, "Stay here", [f"{one.item.sentence}: {one.why_not}" for one in stays])
        why = "Nothing waits that could be handed over." if not goes else ""
        if all_or_none and stays:
            why = "What you chose cannot all be handed over; choose without what stays."
        self.yes.setEnabled(not why)
        self.yes.setToolTip(why)
        if why:
            self.say_wrong(why, mild=True)


class AskTakeBack(Sheet):
    """Whether really nobody has the file."""

    def __init__(self, parent: QWidget, items: Sequence[Item]) -> None:
        about = (
            "Only do this when nobody took the file over: else two of you send the same. To be safe, the next sync "
            "first looks whether Leaf has these changes already."
        )
        title = f"Take {words.count(len(items), 'change')} back?"
        super().__init__(parent, title, about, "Nobody took them over", no="Leave them")
        self.setObjectName("takeBack")
        _tell(self, "Yours again", [item.sentence for item in items])
        self.yes.setDefault(False)
        self.no.setDefault(True)


def _tell(sheet: Sheet, title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    if sheet.lines.count():
        sheet.lines.addSpacing(STEP * 2)
    sheet.lines.addWidget(label(title, "muted"))
    for line in lines[:SHOWN]:
        sheet.lines.addWidget(label(line, "", wrap=True))
    if len(lines) > SHOWN:
        sheet.lines.addWidget(label(f"and {words.count(len(lines) - SHOWN, 'more change')}", "muted"))
