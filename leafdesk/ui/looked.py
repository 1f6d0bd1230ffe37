"""A look at files before anything is imported: what would become of each area, and the map to show it on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from leafdesk.files.found import Reading
from leafdesk.geo.shape import Box, Shape, box, pack
from leafdesk.ui.panels.plots import Entry
from leafdesk.workspace import FieldRow, Workspace
from leafdesk.workspace.importing import Action, Wishes, looks_swapped, plan

Outlines = list[tuple[str, bytes]]
MARKS = {"new": "pending", "update": "pending", "skip": "preview", "refused": "invalid"}
"""How the map shows what becomes of an area, by FieldRow.mark."""
_NEAR = 0.15
"""Fields are shown around the areas as far as this share of how far those reach."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the page shows: the entries, rows and outlines for the map, where to look, and a doubt worth telling."""

    entries: list[Entry]
    rows: list[FieldRow]
    outlines: Outlines
    box: Box | None
    doubt: str


def look(workspace: Workspace, readings: Sequence[Reading], wishes: Wishes, tell: Callable[[int, int], None]) -> Looked:
    """Compare the areas with what is here. Takes its time: not for the GUI thread."""
    catalog = workspace.catalog
    lines = plan(catalog, readings, wishes, tell)
    entries = [Entry(f"plot {n}", line.file, line=line) for n, line in enumerate(lines)]
    refused = [(one.file, bad) for one in readings for bad in one.refusals]
    entries += [Entry(f"refused {n}", file, refusal=bad) for n, (file, bad) in enumerate(refused)]
    drawn = [(entry, shape) for entry in entries if (shape := _shape(entry))]
    boxes = [box(shape) for _, shape in drawn]
    whole = _around(boxes)
    near = catalog.fields(box=_wider(whole)) if whole else []
    outlines = [*catalog.outlines([row.id for row in near]), *((entry.key, pack(shape)) for entry, shape in drawn)]
    rows = [replace(row, mark="") for row in near]
    rows += [row_of(entry, at) for (entry, _), at in zip(drawn, boxes, strict=True)]
    swapped = any(looks_swapped(catalog, one, wishes.leaf_user_id) for one in readings)
    doubt = (
        "These areas lie far from your fields; with latitude and longitude exchanged they would lie among them."
        if swapped
        else ""
    )
    return Looked(entries, rows, outlines, whole, doubt)


def row_of(entry: Entry, at: Box) -> FieldRow:
    """The entry as the map knows a field."""
    return FieldRow(
        id=entry.key,
        leaf_user_id="",
        farm_id=None,
        name=entry.name,
        status="",
        provider_name=None,
        area_ha=entry.line.plot.area_ha if entry.line is not None else None,
        mark=MARKS[entry.becomes],
        box=at,
    )


def rechosen(entries: Sequence[Entry], keys: set[str], action: Action) -> list[Entry]:
    """The entries with another action for some, where that is possible; a field never gets two boundaries at once."""
    made = list[Entry]()
    for entry in entries:
        line = entry.line
        if line is not None and entry.key in keys and line.action != action and not line.why_not(action):
            line = replace(line, action=action, why=_why(line.why, action))
        made.append(replace(entry, line=line))
    if action != "update":
        return made
    held = {field for entry in made if entry.key in keys and (field := _updated(entry))}
    taken = set[str]()
    for place, entry in enumerate(made):
        field = _updated(entry)
        if not field or entry.line is None or entry.line.twin is None:
            continue
        if (field in held and entry.key not in keys) or field in taken:
            why = f"{entry.line.twin.name} gets the boundary of another area."
            made[place] = replace(entry, line=replace(entry.line, action="skip", why=why))
        elif entry.key in keys:
            taken.add(field)
    return made


def _updated(entry: Entry) -> str:
    """The field whose boundary the entry changes; "" for none."""
    line = entry.line
    return line.twin.field_id if line is not None and line.twin is not None and line.action == "update" else ""


def _why(before: str, action: Action) -> str:
    chosen = {"new": "You chose to add it.", "update": "You chose the new boundary.", "skip": "You left it out."}
    return f"{chosen[action]} {before}".strip()


def _shape(entry: Entry) -> Shape | None:
    return entry.line.plot.shape if entry.line is not None else entry.refusal.shape if entry.refusal else None


def _around(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return (min(wests), min(souths), max(easts), max(norths))


def _wider(whole: Box) -> Box:
    west, south, east, north = whole
    x, y = max(0.02, (east - west) * _NEAR), max(0.02, (north - south) * _NEAR)
    return (west - x, south - y, east + x, north + y)
