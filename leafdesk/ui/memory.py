"""What the window remembers between starts, in the workspace folder: its place, its look, the last view of the map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication, QImage

if TYPE_CHECKING:
    from leafdesk.geo.view import View
    from leafdesk.ui.theme import Choice


class Memory:
    """An ini file for place and look; pictures of the window, shown first at the next start, and of the map alone."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)

    @property
    def look(self) -> Choice:
        """The chosen look."""
        value = self._settings.value("look", "system")
        return value if value in ("light", "dark", "outdoor") else "system"

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
        import json
        from dataclasses import asdict

        try:
            self._note.write_text(json.dumps(asdict(view) | {"dark": dark}), encoding="utf-8")
        except OSError:
            self._picture.unlink(missing_ok=True)

    def last_view(self, *, dark: bool) -> tuple[QImage | None, View] | None:
        """The last view and, when it was painted in the same look, its picture; None when nothing (usable) was kept."""
        import json

        from leafdesk.geo.view import View

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
        self._window.unlink(missing_ok=True)

    def keep_window(self, image: QImage, *, dark: bool) -> None:
        """Keep the whole window's picture: as a bitmap, which is read in a tenth of the time of a PNG."""
        self._window.unlink(missing_ok=True)
        self._window.touch(mode=0o600)
        if image.convertToFormat(QImage.Format.Format_RGB32).save(str(self._window)):
            self._settings.setValue("window-dark", dark)
        else:
            self._window.unlink(missing_ok=True)

    def last_window(self) -> QImage | None:
        """The window as it was when it was closed; None when there is none or it wore another look than is due now."""
        dark = self.look == "dark"
        if self.look == "system":
            # not by the colour scheme: to name that would make all of Qt's enums before the first paint, for 15 ms
            dark = QGuiApplication.palette().window().color().lightness() < 128
        if self._settings.value("window-dark", not dark, type=bool) != dark:
            return None
        image = QImage(str(self._window))
        return None if image.isNull() else image

    @property
    def _window(self) -> Path:
        return self._folder / "last-window.bmp"

    @property
    def _picture(self) -> Path:
        return self._folder / "last-view.png"

    @property
    def _note(self) -> Path:
        return self._folder / "last-view.json"
