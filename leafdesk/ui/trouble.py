"""What went wrong, in plain words: errors of the world carry their own, errors of ours do not reach the user raw."""

import logging

logger = logging.getLogger("leafdesk.ui")

WORLD = (
    *("LeafError", "StoreError", "RefusedError", "InUseError", "SignedOutError", "UnsendableError", "UnfitError"),
    *("WrongPassphraseError", "UnreadableSealError", "WeakPassphraseError"),
)
"""Class names whose messages are written for the user (the window does not import the rooms they come from)."""

OURS = "Leafdesk made a mistake of its own. Your fields and the queue are safe on this machine; the log tells more."


def is_worlds(error: BaseException) -> bool:
    """Whether the error's message is meant for the user."""
    return any(kind.__module__.startswith("leafdesk.") and kind.__name__ in WORLD for kind in type(error).__mro__)


def plain(error: BaseException) -> str:
    """The sentence to show. An error of ours is logged whole and shown as `OURS`."""
    if is_worlds(error):
        return str(error) or SILENT.get(type(error).__name__, OURS)
    logger.error("a bug", exc_info=error)
    return OURS


SILENT = {
    "InUseError": "Another Leafdesk has this folder open. Close it first; nothing was changed.",
    "SignedOutError": "You are signed out. Sign in again to sync; your fields and the queue stay here.",
}
