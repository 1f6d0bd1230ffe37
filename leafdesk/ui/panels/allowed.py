"""What may be done with the selected field, and why the rest may not: every action of a field follows from here."""

from leafdesk.edits import Delete, Enable, Redraw, SyncProvider, Upload, change
from leafdesk.records import UPLOADS, Field
from leafdesk.ui.actions import AT_LEAF, LOOKS, Actions
from leafdesk.ui.lists import Lists
from leafdesk.ui.toolbox import ON_A_FIELD
from leafdesk.workspace import Workspace

Reasons = dict[str, str | None]


def allow_field(commands: Actions, lists: Lists, field: Field | None) -> list[str]:
    """Enable the field's actions or let them say why not; the sentences that belong on the panel."""
    if field is None:
        for key in ("rename", "move", "delete", "fit-field", "field-more", *LOOKS, *AT_LEAF, *ON_A_FIELD):
            commands.allow(key, "Select a field first.")
        return []
    workspace = lists.bridge.workspace
    why = _changing(workspace, lists, field)
    for key, reason in (why | _at_leaf(workspace, field) | _looking(field)).items():
        commands.allow(key, reason)
    plain = field.shape is not None and len(field.shape) == len(field.shape[0]) == 1
    for key in ON_A_FIELD:
        commands.allow(key, why["edit"])
    if plain and not why["edit"]:
        commands.allow("remove", "This field is one part without holes.")
    said = why.values() if field.manual else (why["rename"],)  # one sentence is enough for a provider's field
    return list(dict.fromkeys(reason for reason in said if reason))


def _changing(workspace: Workspace, lists: Lists, field: Field) -> Reasons:
    farms = [farm for farm in lists.farms.values() if farm.leaf_user_id == field.leaf_user_id]
    return {
        "rename": workspace.why_not(change("fields", field.id, name=f"{field.name} ")),
        "move": workspace.why_not(change("fields", field.id, farm_id=farms[0].id))
        if farms
        else "There is no farm to move it to yet.",
        "edit": workspace.why_not(Redraw(field.id, field.shape))
        if field.shape
        else "This field has no boundary to edit yet.",
        "delete": workspace.why_not(Delete("fields", field.id)),
    }


def _at_leaf(workspace: Workspace, field: Field) -> Reasons:
    """What is set going at Leaf. An upload is possible if one provider takes the field."""
    uploads = [workspace.why_not(Upload(field.id, provider, "-")) for provider in UPLOADS]
    return {
        "enable": workspace.why_not(Enable(field.id)),
        "upload": None if None in uploads else uploads[0],
        "provider-sync": workspace.why_not(SyncProvider(field.leaf_user_id)),
    }


def _looking(field: Field) -> Reasons:
    without = None if field.shape else "This field has no boundary yet."
    return {"fit-field": without, "overlaps": without, "history": None, "files": None, "work": None, "field-more": None}
