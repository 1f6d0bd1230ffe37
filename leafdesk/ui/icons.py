"""The one icon set, Phosphor out of the package qtawesome, in the theme's colours."""

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from leafdesk.ui.theme import STEP, Theme

SIZE = QSize(STEP * 5, STEP * 5)


class Wearer(Protocol):
    """A button or an action: what can show an icon."""

    def setIcon(self, icon: QIcon | QPixmap, /) -> None: ...


@dataclass(frozen=True)
class Worn:
    wearer: Wearer
    name: str
    rest: str
    checked: str


class Glyph(QIconEngine):
    """A character of the icon font, in one colour at rest, one while checked, one while it may not be used."""

    def __init__(self, family: str, character: str, rest: str, checked: str, disabled: str) -> None:
        super().__init__()
        self._family, self._character = family, character
        self._rest, self._checked, self._disabled = rest, checked, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        colour = self._checked if state == QIcon.State.On else self._rest
        face = QFont(self._family)
        face.setPixelSize(max(1, round(0.875 * rect.height())))  # room for what reaches beyond the line
        painter.save()
        painter.setFont(face)
        painter.setPen(QColor(self._disabled if mode == QIcon.Mode.Disabled else colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return picture


def read_font() -> tuple[str, dict[str, str]]:
    """The icon font's family and its characters by name.

    From qtawesome's files: to import it takes a fifth of a second, for it loads all its fonts and every name of Qt.
    Raises FileNotFoundError when they are not installed.
    """
    found = find_spec("qtawesome")
    for place in (found.submodule_search_locations or ()) if found else ():
        fonts = Path(place) / "fonts"
        for characters, face in zip(fonts.glob("phosphor-charmap-*.json"), fonts.glob("phosphor-*.ttf"), strict=True):
            number = QFontDatabase.addApplicationFont(str(face))
            names = json.loads(characters.read_text("utf-8"))
            return QFontDatabase.applicationFontFamilies(number)[0], names
    raise FileNotFoundError("The icon font is missing: qtawesome is not installed whole.")


class Icons:
    """Gives buttons and actions their icons, and gives them anew when the colours change.

    Until `dress` is called an empty picture keeps the place: reading the icon font belongs after the first paint.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._worn: list[Worn] = []
        self._font: tuple[str, dict[str, str]] | None = None
        empty = QPixmap(SIZE)
        empty.fill(Qt.GlobalColor.transparent)
        self._empty = QIcon(empty)
        theme.changed.connect(self._again)

    def put(self, wearer: Wearer, name: str, *, rest: str = "muted", checked: str = "accent") -> None:
        """Let `wearer` show the icon `name` in the colours named (attributes of theme.Colours)."""
        worn = Worn(wearer, name, rest, checked)
        self._worn.append(worn)
        if self._font is None:
            wearer.setIcon(self._empty)
        else:
            self._give(worn)

    def dress(self) -> None:
        """Read the icon font and give every wearer its icon."""
        if self._font is None:
            self._font = read_font()
            self._again()

    def _again(self) -> None:
        if self._font is None:
            return
        left = []
        for worn in self._worn:
            try:
                self._give(worn)
                left.append(worn)
            except RuntimeError:  # the button is gone
                continue
        self._worn = left

    def _give(self, worn: Worn) -> None:
        assert self._font is not None
        (family, characters), c = self._font, self._theme.colours
        character = chr(int(characters[worn.name], 16))
        rest, checked = getattr(c, worn.rest), getattr(c, worn.checked)
        worn.wearer.setIcon(QIcon(Glyph(family, character, rest, checked, c.disabled)))
