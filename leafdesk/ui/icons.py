"""The one icon set, Phosphor by way of qtawesome, in the theme's colours."""

from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPixmap

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


class Icons:
    """Gives buttons and actions their icons, and gives them anew when the colours change.

    Until `dress` is called an empty picture keeps the place: reading the icon font takes a quarter of a second, which
    belongs after the first paint.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._worn: list[Worn] = []
        self._source: Any = None
        empty = QPixmap(SIZE)
        empty.fill(Qt.GlobalColor.transparent)
        self._empty = QIcon(empty)
        theme.changed.connect(self._again)

    def put(self, wearer: Wearer, name: str, *, rest: str = "muted", checked: str = "accent") -> None:
        """Let `wearer` show the icon `name` in the colours named (attributes of theme.Colours)."""
        worn = Worn(wearer, name, rest, checked)
        self._worn.append(worn)
        if self._source is None:
            wearer.setIcon(self._empty)
        else:
            self._give(worn)

    def icon(self, name: str, colour: str) -> QIcon:
        """The icon in one colour; call after `dress`."""
        return QIcon(self._source.icon(f"ph.{name}", color=colour)) if self._source else self._empty

    def dress(self) -> None:
        """Read the icon font and give every wearer its icon."""
        if self._source is None:
            import qtawesome  # type: ignore[import-untyped]  # lazily: see the class

            self._source = qtawesome
            self._again()

    def _again(self) -> None:
        if self._source is None:
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
        c = self._theme.colours
        rest, checked = getattr(c, worn.rest), getattr(c, worn.checked)
        worn.wearer.setIcon(
            self._source.icon(
                f"ph.{worn.name}", color=rest, color_active=rest, color_on=checked, color_disabled=c.disabled
            )
        )
