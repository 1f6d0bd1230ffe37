"""What the inspector reads of a field, and what it measures: never on the window's own thread."""

import json
from dataclasses import dataclass

from leafdesk.records import Boundary, Farm, Field
from leafdesk.workspace import Enable, Item, Where, Workspace
from leafdesk.workspace.history import unread


@dataclass(frozen=True, slots=True)
class Look:
    """All the inspector reads of one field."""

    field: Field | None
    leaf_area: float | None
    boundaries: list[Boundary]
    items: list[Item]
    provider_id: str = ""
    provider_name: str = ""
    unread: int = 0
    """Boundaries that Leaf names and nobody fetched yet."""
    files: int = 0
    files_read: str | None = None
    """When Leaf was last asked for the operation files; None: never."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured here: hectares, metres around, and what Leaf would refuse the shape for ("" when valid)."""

    area_ha: float
    perimeter_m: float
    problem: str


def look_at(workspace: Workspace, field_id: str) -> Look:
    """Read what the inspector shows."""
    catalog, outbox = workspace.catalog, workspace.outbox
    field = catalog.field(field_id)
    if field is None:
        return Look(None, None, [], [])
    copy = catalog.server_copy("fields", field_id)
    leaf_area = copy.area_ha if isinstance(copy, Field) else None
    items = [item for item in outbox.items() if (item.kind, item.record_id) == ("fields", field.id)]
    items += _enabling(workspace, field)
    raw = json.loads(field.raw) if field.raw else {}
    there, called = (str(raw.get(key) or "") for key in ("providerFieldId", "providerFieldName"))
    files = workspace.tables.count("files", Where(parent=field.id))
    read = workspace.tables.fetched("files", about=field.id)
    return Look(
        field, leaf_area, catalog.boundaries(field_id), items, there, called, unread(catalog, field.id), files, read
    )


def _enabling(workspace: Workspace, field: Field) -> list[Item]:
    """What waits to enable all previews of its grower, and this field with them."""
    farm = workspace.catalog.get("farms", field.farm_id or "") if field.status == "PREVIEW" else None
    if not isinstance(farm, Farm):
        return []
    items = workspace.outbox.items()
    return [item for item in items if isinstance(item.edit, Enable) and item.record_id == farm.grower_id]


def measure(shape: object) -> Measured:
    """Area, perimeter and validity of a shape, as Leaf computes them."""
    from leafdesk.geo.check import problems  # shapely and pyproj: never before the first paint
    from leafdesk.geo.measure import area_ha, perimeter_m

    found = problems(shape)  # type: ignore[arg-type]
    return Measured(area_ha(shape), perimeter_m(shape), found[0].message if found else "")  # type: ignore[arg-type]
