"""Fields go out of the window into a file that other programs open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from leafdesk.ui import words
from leafdesk.ui.bridge import beside
from leafdesk.ui.dialogs.files import file_question

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow
    from leafdesk.workspace import Workspace

FILTERS = {
    "GeoJSON (*.geojson)": ".geojson",
    "KML (*.kml)": ".kml",
    "KMZ (*.kmz)": ".kmz",
    "Shapefile, zipped (*.zip)": ".zip",
}


class Exporting(QObject):
    """`dialog` is the question where to write while it is open."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.dialog: QFileDialog | None = None

    def ask(self) -> None:
        """Ask where to write the selected field, or all when none is selected."""
        chosen = self.window.inspector.field_id
        ids = [chosen] if chosen else list(self.window.lists.rows)
        if not ids:
            self.window.notice.say("There are no fields here that could be exported.")
            return
        name = self.window.lists.rows[chosen].name if chosen else "fields"
        dialog = file_question(self, f"Export {name if chosen else words.count(len(ids), 'field')}", tuple(FILTERS))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("geojson")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(FILTERS[chosen].removeprefix(".")))
        dialog.selectFile(f"{''.join(c if c.isalnum() or c in ' -_' else '-' for c in name)[:60]}.geojson")
        dialog.fileSelected.connect(lambda path: self.write(Path(path), ids))
        dialog.open()

    def write(self, path: Path, ids: Sequence[str]) -> None:
        """Write these fields, beside the window."""
        done = beside(lambda: _write(self.window.workspace, path, ids))
        self.window.bridge.then(done, self.window.notice.say)


def _write(workspace: Workspace, path: Path, ids: Sequence[str]) -> str:
    """Write, and say how it went."""
    from leafdesk.files.formats import save
    from leafdesk.files.found import UnreadableError
    from leafdesk.workspace.exporting import outward

    written, bare = outward(workspace.catalog, ids)
    if not written:
        return "None of these fields has a boundary; nothing was written."
    today = date.today()
    try:
        save(path, written, (today.year, today.month, today.day))
    except UnreadableError as error:
        return str(error)
    except OSError as error:
        return f"{path.name} could not be written: {error.strerror or error}. Nothing was changed."
    left = f" {words.count(len(bare), 'field')} without a boundary left out." if bare else ""
    return f"{words.count(len(written), 'field')} written to {path.name}.{left}"
