"""One operation file with all that Leaf says of it, keys that nobody knows yet among them."""

import json
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from leafdesk.records import OperationFile, provider_in_words
from leafdesk.ui.parts import Card, button, label, row
from leafdesk.ui.theme import STEP

NAMES = {
    "operationType": "Work",
    "startTime": "Began",
    "endTime": "Ended",
    "crops": "Crops",
    "varieties": "Varieties",
    "origin": "Origin",
    "providerName": "Provider",
    "provider": "Provider",
    "providerFileId": "Id at the provider",
    "id": "Id",
}
LINES, LONG, UNBROKEN = 40, 300, 20
"""A file of some hostile server fills so many lines of so many letters, and no more; longer words scroll."""


class FileCard(Card):
    """Parts for tests: `lines` (values by Leaf's key), `again`."""

    def __init__(self) -> None:
        super().__init__()
        self.file_id = ""
        self.lines: dict[str, str] = {}
        self._rows: list[QWidget] = []
        self.again = button("Read this file again", "link", tip="Ask Leaf for this one file")
        self.column.addLayout(row(self.again, None))

    def show_file(self, file: OperationFile) -> None:
        """Show another file."""
        self.file_id = file.id
        for old in self._rows:
            self.column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._rows, self.lines = [], {}
        found = _raw(file)
        keys = [*(key for key in NAMES if key in found), *(key for key in found if key not in NAMES)]
        for key in keys[:LINES]:
            text = _text(found[key])
            if text:
                self._add(key, provider_in_words(text) if key in ("provider", "providerName") else _spoken(text))

    def _add(self, key: str, text: str) -> None:
        line = QWidget()
        named = label(NAMES.get(key, key)[:LONG], "muted")
        named.setFixedWidth(STEP * 22)
        named.setWordWrap(True)
        value: QWidget = label(text, wrap=True, select=True)
        if max(map(len, text.split()), default=0) > UNBROKEN:  # no label can break it: a line scrolls, and copies whole
            value = QLineEdit(text, readOnly=True)
            value.setProperty("role", "value")
            value.setCursorPosition(0)
            value.setAccessibleName(NAMES.get(key, key))
        self.lines[key] = text
        across = row(named, value)
        across.setStretch(1, 1)
        line.setLayout(across)
        self.column.insertWidget(len(self._rows), line)
        self._rows.append(line)


def _raw(file: OperationFile) -> dict[str, Any]:
    found = json.loads(file.raw) if file.raw else {}
    return found if isinstance(found, dict) else {}


def _spoken(text: str) -> str:
    """A time so that it can break after the day; anything else as it is."""
    day, mark, rest = text.partition("T")
    return f"{day} {rest.removesuffix('Z')} UTC" if mark and rest.endswith("Z") and len(day) == 10 else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)[:LONG]
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))[:LONG]
