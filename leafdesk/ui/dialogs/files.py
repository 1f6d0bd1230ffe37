"""The system's own question for a file: where it lies, or where it shall be written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow


class Asking(Protocol):
    """Whoever asks; `dialog` is the question while it is open."""

    window: MainWindow
    dialog: QFileDialog | None


def file_question(asking: Asking, title: str, filters: Sequence[str]) -> QFileDialog:
    """A question that is gone once it is answered; the caller says what it is for, and opens it."""
    dialog = QFileDialog(asking.window, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setNameFilters(list(filters))
    dialog.destroyed.connect(lambda: setattr(asking, "dialog", None))
    asking.dialog = dialog
    return dialog
