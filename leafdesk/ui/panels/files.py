"""The operation files of a field: fetched when asked for, kept with their date, narrowed by Leaf's own filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from leafdesk.records import OperationFile, provider_in_words, provider_of
from leafdesk.ui import words
from leafdesk.ui.lists import Lists
from leafdesk.ui.panels.file_card import FileCard
from leafdesk.ui.panels.side import Side
from leafdesk.ui.parts import Picker, button, label, row
from leafdesk.ui.theme import STEP
from leafdesk.workspace import Where, Workspace

SHOWN = 300
"""So many lines at most; filters find the others."""
ID = Qt.ItemDataRole.UserRole
CHOICES = (("work", "Work"), ("provider", "Provider"), ("origin", "Origin"), ("crop", "Crop"), ("variety", "Variety"))
"""What is chosen from what there is; the times are typed."""


@dataclass(frozen=True, slots=True)
class Known:
    """All files that are here, newest first, and when Leaf was asked for them (None: never)."""

    files: list[OperationFile]
    read: str | None


def values_of(file: OperationFile, name: str) -> tuple[str, ...]:
    """What a file says to one of Leaf's filters."""
    if name in ("crop", "variety"):
        return file.crops if name == "crop" else file.varieties
    one = {"work": file.operation_type, "origin": file.origin, "provider": provider_of(file.provider_name)}[name]
    return (one,) if one else ()


def keeps(file: OperationFile, wishes: Mapping[str, str], begin: str = "", end: str = "") -> bool:
    """Whether a file answers every wish. `begin` and `end` are days: work that began, and ended, between them."""
    if any(wish not in values_of(file, name) for name, wish in wishes.items()):
        return False
    return (not begin or file.start_time[:10] >= begin) and (not end or "" < file.end_time[:10] <= end)


class Files(Side):
    """Parts for tests: `found` (list), `pickers` (by name), `begin`, `end`, `age`, `fetch`, `card` (FileCard)."""

    def __init__(self, lists: Lists) -> None:
        super().__init__(lists, "Operation files")
        self.known = Known([], None)
        self.age = label("", "muted", wrap=True)
        self.fetch = button("Fetch from Leaf", tip="Ask Leaf for the operation files of this field; they stay here")
        self.fetch.clicked.connect(self._fetch)
        self.filters = QWidget()
        self.unfold = button("Filters", "link")
        self.unfold.clicked.connect(lambda: self.filters.setVisible(self.filters.isHidden()))
        self._build_filters()
        self.found = QListWidget()
        self.found.setObjectName("fileList")
        self.found.setAccessibleName("Operation files")
        self.found.setMinimumHeight(STEP * 50)
        self.found.currentItemChanged.connect(lambda item, _: self._show(item))
        self.card = FileCard()
        self.card.again.clicked.connect(self._fetch_one)
        self.column.addWidget(self.age)
        self.column.addLayout(row(self.fetch, None, self.unfold))
        for part, share in ((self.filters, 0), (self.found, 8), (self.card, 0), (self.trouble, 0)):
            self.column.addWidget(part, share)
        self.column.addStretch(1)

    def _build_filters(self) -> None:
        column = QVBoxLayout(self.filters)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        self.pickers: dict[str, Picker] = {}
        for name, title in CHOICES:
            picker = self.pickers[name] = Picker()
            picker.setObjectName(f"file-{name}")
            picker.setAccessibleName(title)
            picker.setSizeAdjustPolicy(Picker.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            picker.currentIndexChanged.connect(self._fill)
            self._add(column, title, picker)
        self.begin, self.end = (QLineEdit(placeholderText="2026-01-31") for _ in range(2))
        for line, title in ((self.begin, "From the day"), (self.end, "To the day")):
            line.setAccessibleName(title)
            line.textChanged.connect(self._fill)
            self._add(column, title, line)
        self.wrong = label("Write days as 2026-01-31.", "error")
        column.addWidget(self.wrong)
        self.wrong.hide()
        self.filters.hide()

    def _add(self, column: QVBoxLayout, title: str, part: QWidget) -> None:
        named = label(title, "muted")
        named.setFixedWidth(STEP * 22)
        across = row(named, part)
        across.setStretch(1, 1)
        column.addLayout(across)

    # ------------------------------------------------------------------ reading
    def show_field(self, field_id: str, name: str) -> None:
        """Begin without a filter."""
        for picker in self.pickers.values():
            picker.setCurrentIndex(0)
        self.begin.clear()
        self.end.clear()
        self.known = Known([], None)
        self.found.clear()
        self.card.hide()
        self.age.setText("…")
        super().show_field(field_id, name)

    def read(self) -> None:
        turn, field = self.turn, self.field_id
        self.bridge.read(lambda workspace: _known(workspace, field), lambda known: self._take(turn, known))

    def _take(self, turn: int, known: Known) -> None:
        if turn != self.turn:
            return
        self.known = known
        for name, picker in self.pickers.items():
            _offer(picker, name, known.files)
        for part in (self.found, self.unfold):
            part.setVisible(bool(known.files))
        self.filters.setVisible(bool(known.files) and not self.filters.isHidden())
        self._fill()

    # ------------------------------------------------------------------ the list
    @property
    def wishes(self) -> dict[str, str]:
        """The filters in force by name."""
        return {name: picker.currentData() for name, picker in self.pickers.items() if picker.currentData()}

    def _fill(self) -> None:
        days = [line.text().strip() for line in (self.begin, self.end)]
        wrong = any(day and not _is_day(day) for day in days)
        self.wrong.setVisible(wrong)
        if wrong:
            return
        left = [file for file in self.known.files if keeps(file, self.wishes, *days)]
        chosen = self.found.currentItem()
        before = chosen.data(ID) if chosen else None
        self.found.blockSignals(True)
        self.found.clear()
        for file in left[:SHOWN]:
            item = QListWidgetItem(_line(file))
            item.setToolTip(item.text())
            item.setData(ID, file.id)
            self.found.addItem(item)
            if file.id == before:
                self.found.setCurrentItem(item)
        self.found.blockSignals(False)
        self._show(self.found.currentItem())
        self._say_age(len(left))

    def _say_age(self, left: int) -> None:
        many, read = len(self.known.files), self.known.read
        if read is None:
            self.age.setText("Not fetched yet. Leaf is asked when you want to see them; then they stay here.")
            return
        text = words.count(many, "file") if left == many else f"{left:,} of {words.count(many, 'file')}"
        text = text if left <= SHOWN else f"{text}, the first {SHOWN} shown"
        text = text if many else "Leaf has no operation files of this field"
        old = words.age(read)
        self.age.setText(f"{text}. Read {words.moment(read)}{f', {old}' if old else ''}.")

    def _show(self, item: QListWidgetItem | None) -> None:
        file = next((one for one in self.known.files if item is not None and one.id == item.data(ID)), None)
        self.card.setVisible(file is not None)
        if file is not None:
            self.card.show_file(file)

    # ------------------------------------------------------------------ asking Leaf
    def _fetch(self) -> None:
        self._ask(self.workspace.online.files(self.field_id))

    def _fetch_one(self) -> None:
        self._ask(self.workspace.online.file(self.field_id, self.card.file_id))

    def _ask(self, future: Any) -> None:
        self.say_trouble("")
        turn = self.turn
        for part in (self.fetch, self.card.again):
            part.setEnabled(False)
        self.fetch.setText("Asking Leaf…")
        self.bridge.then(future, lambda _: self._asked(turn), lambda error: self._asked(turn, error))

    def _asked(self, turn: int, error: BaseException | None = None) -> None:
        for part in (self.fetch, self.card.again):
            part.setEnabled(True)
        self.fetch.setText("Fetch from Leaf")
        if turn != self.turn:
            return
        self.fetched.emit()
        if error is not None:
            self.failed(error)


def _known(workspace: Workspace, field_id: str) -> Known:
    tables, catalog, where = workspace.tables, workspace.catalog, Where(parent=field_id)
    rows = tables.rows("files", where, limit=tables.count("files", where))
    found = [file for row in rows if isinstance(file := catalog.get("files", row.id), OperationFile)]
    found.sort(key=lambda file: file.start_time, reverse=True)
    return Known(found, tables.fetched("files", about=field_id))


def _offer(picker: Picker, name: str, files: list[OperationFile]) -> None:
    """Offer the values that there are, and keep what was chosen."""
    before = picker.currentData()
    values = sorted({value for file in files for value in values_of(file, name)}, key=str.casefold)
    picker.blockSignals(True)
    picker.clear()
    picker.addItem("All", "")
    for value in values:
        picker.addItem(provider_in_words(value) if name == "provider" else value, value)
    picker.setCurrentIndex(max(0, picker.findData(before)))
    picker.blockSignals(False)


def _line(file: OperationFile) -> str:
    what = " · ".join(filter(None, (file.operation_type.capitalize() or "Work", ", ".join(file.crops))))
    when = file.start_time[:10] + (
        f" to {file.end_time[:10]}" if file.end_time[:10] not in ("", file.start_time[:10]) else ""
    )
    return f"{what}\n{' · '.join(filter(None, (when, file.origin)))}"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
