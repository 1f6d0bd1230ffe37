"""What undo, redo, sync and sign-out are called, and whether they may be used, as things stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leafdesk.ui import words

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow

NOTHING = "There is nothing to take back."
FINAL = "Leaf has no way to take back what was done last"


def allow(window: MainWindow) -> None:
    """Name and allow the actions that are about everything, not about one record."""
    workspace, drawing, commands = window.workspace, window.drawing, window.commands
    inside = drawing.mode != "select"
    has = workspace.account is not None
    undo = drawing.undo_name or "step" if inside else workspace.undo_name if has else None
    redo = "step" if inside else workspace.redo_name if has else None
    undo = None if inside and not drawing.can_undo else undo
    redo = None if inside and not drawing.can_redo else redo
    final = workspace.final_name if has and not inside else None
    why = f"{FINAL}: {final}. While it waits, discard it in the queue." if final else NOTHING
    commands.allow("undo", None if undo else why)
    commands.allow("redo", None if redo else "There is nothing to do again.")
    name = "Undo" if undo in (None, "step") else f"Undo {undo[:1].lower() + undo[1:]}"
    commands["undo"].setText(name if len(name) < 40 else f"{name[:38].rstrip()}…")
    waiting = sum(item.handed is None for item in window.queue.items)
    text = f"Sync {words.count(waiting, 'change')}" if waiting else "Sync"
    syncing = has and workspace.syncing
    locked = workspace.sealing.locked
    ask = "Unlock to sync" if locked else "Sign in to sync"
    commands["sync"].setText("Syncing…" if syncing else ask if window.leaf.expired else text)
    commands.allow("sync", "A sync is running; Cancel is at the bottom of the window." if syncing else None)
    commands.allow("sign-out", None if workspace.signed_in or locked else "Nobody is signed in.")
