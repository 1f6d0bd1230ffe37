"""What the window puts back as it was at the last start, and keeps for the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow


def remember(window: MainWindow) -> bool:
    """Put the parts where they were; whether the map has its last view again."""
    split = window.memory.get("split")
    if isinstance(split, QByteArray):
        window.workbench.restoreState(split)
    last = window.memory.last_view(dark=window.theme.colours.dark) if window.workspace.account else None
    if last is None:
        return False
    picture, view = last
    if picture is None:
        window.canvas.view = view
    else:
        window.canvas.set_snapshot(picture, view)
    return True


def keep(window: MainWindow, *, whole: bool) -> None:
    """Keep what the next start shows first: the map, and (`whole`) the window as it will be then."""
    window.drawing.leave()
    if whole:
        window.show_page("map")  # which takes back what another page has borrowed from it
    window.memory.put("split", window.workbench.saveState())
    dark = window.theme.colours.dark
    if window.workspace.account is not None and window.lists.rows:
        window.memory.keep_view(window.canvas.snapshot(), window.canvas.view, dark=dark)
    if whole:
        window.notice.hide()
        window.select(None)
        window.memory.keep_window(window.whole.grab().toImage(), dark=dark)
