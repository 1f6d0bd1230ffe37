"""What the window remembers between starts, in the workspace folder: its place, its look, the last view of the map."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from PySide6.QtCore import QSettings
from PySide6.QtGui import QImage

from leafdesk.geo.view import View
from leafdesk.ui.theme import Choice


class Memory:
    """An ini file for window and look; a picture and its view for what is painted first at the next start."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)

    @property
    def look(self) -> Choice:
        """The chosen look."""
        value = self._settings.value("look", "system")
        return value if value in get_args(Choice) else "system"  # type: ignore[return-value]

    @look.setter
    def look(self, choice: Choice) -> None:
        self._settings.setValue("look", choice)

    def get(self, name: str) -> Any:
        """A value kept before (geometry, splitter), or None."""
        return self._settings.value(name)

    def put(self, name: str, value: Any) -> None:
        """Keep a value."""
        self._settings.setValue(name, value)

    def keep_view(self, image: QImage, view: View, *, dark: bool) -> None:
        """Keep the last view for the next start. A full disk only means that there is none."""
        if image.isNull() or not image.save(str(self._picture)):
            return
        try:
            self._note.write_text(json.dumps(asdict(view) | {"dark": dark}), encoding="utf-8")
        except OSError:
            self._picture.unlink(missing_ok=True)

    def last_view(self, *, dark: bool) -> tuple[QImage | None, View] | None:
        """The last view and, when it was painted in the same look, its picture; None when nothing (usable) was kept."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            lon, lat = note["center"]
            view = View((float(lon), float(lat)), float(note["zoom"]), int(note["width"]), int(note["height"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if bool(note.get("dark")) != dark:
            return None, view
        image = QImage(str(self._picture))
        return (None if image.isNull() else image), view

    def forget_view(self) -> None:
        """Another account is opened: its fields lie elsewhere."""
        self._note.unlink(missing_ok=True)
        self._picture.unlink(missing_ok=True)

    @property
    def _picture(self) -> Path:
        return self._folder / "last-view.png"

    @property
    def _note(self) -> Path:
        return self._folder / "last-view.json"
