"""What the answers to a conflict are called, and what comes of each."""

from leafdesk.edits import Delete
from leafdesk.workspace import Item

ANSWERS: dict[str, dict[str, tuple[str, str]]] = {
    "boundary": {
        "mine": ("Keep mine", "Goes to Leaf with the next sync. Leaf's stays in the boundary history."),
        "theirs": ("Take Leaf's", "Leaf's stays. Mine stays in the boundary history here."),
        "edit": ("Edit with both", "Change mine on the map; both other outlines draw the hand."),
        "both": ("Keep mine as a new field", "Leaf's stays with this field; mine becomes a field beside it."),
    },
    "attributes": {
        "mine": ("Keep mine", "My values go to Leaf with the next sync."),
        "theirs": ("Take Leaf's", "Leaf's values stay, and my change is taken back."),
    },
    "deletion": {
        "mine": ("Delete it all the same", "It is deleted at Leaf with the next sync, with what was changed there."),
        "theirs": ("Keep it", "It comes back here as Leaf has it now."),
    },
    "gone": {
        "mine": ("Make it anew", "It becomes a new {thing} at Leaf, as it stands here."),
        "theirs": ("Drop my change", "It is taken away here, too."),
    },
    "which": {
        "mine": ("Send mine again", "None of these is mine: send it once more."),
        "theirs": ("Forget mine", "Take my new record back; what is at Leaf stays there."),
    },
}
"""By sort of conflict and choice: what the button says, and what comes of it."""


def sort_of(item: Item) -> str:
    """Which answers belong to a conflict in the queue."""
    if "candidates" in (item.theirs or {}):
        return "which"
    if item.theirs is None:
        return "gone"
    return "deletion" if isinstance(item.edit, Delete) else "attributes"
