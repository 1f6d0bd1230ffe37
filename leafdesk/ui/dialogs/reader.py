"""Shows a text that ships with Leafdesk: the guide, or the licences of the parts by others."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from leafdesk.shipped import shipped
from leafdesk.ui.parts import button, row
from leafdesk.ui.theme import STEP

GUIDE = "guide/guide.md"
THIRD_PARTY = "licences/third-party.txt"
QT_LICENCE = "licences/LGPL-3.0.txt"


class Reader(QDialog):
    """A text in a window beside the work, not in its way. Part for tests: `text`. Raises FileNotFoundError."""

    def __init__(self, parent: QWidget, title: str, file: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(STEP * 200, STEP * 160)
        self.text = QTextBrowser()
        self.text.setAccessibleName(title)
        self.text.setOpenLinks(False)  # a link of the text leads out of Leafdesk, within the text to its heading
        self.text.anchorClicked.connect(self._follow)
        if file.suffix == ".md":
            self.text.setSource(QUrl.fromLocalFile(str(file)), QTextDocument.ResourceType.MarkdownResource)
        else:
            self.text.setPlainText(file.read_text("utf-8"))
        close = button("Close")
        close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(STEP * 3, STEP * 3, STEP * 3, STEP * 3)
        column.addWidget(self.text)
        column.addLayout(row(None, close))

    def _follow(self, link: QUrl) -> None:
        if link.scheme() == "https":
            QDesktopServices.openUrl(link)


def read_guide(parent: QWidget) -> Reader:
    """Open the guide beside the window."""
    reader = Reader(parent, "How Leafdesk works", shipped(GUIDE))
    reader.show()
    return reader


def read_licences(parent: QWidget) -> Reader:
    """Open the licences: a package lists its parts, a checkout carries none and shows the LGPL of Qt."""
    try:
        file = shipped(THIRD_PARTY)
    except FileNotFoundError:
        file = shipped(QT_LICENCE)
    reader = Reader(parent, "Licences", file)
    reader.show()
    return reader
