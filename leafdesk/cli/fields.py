"""Commands for fields: list, show, create, edit, delete."""

import uuid
from pathlib import Path
from typing import Any

import click

from leafdesk.cli import at_leaf, overlaps, say
from leafdesk.cli.boundary_file import read_boundary
from leafdesk.cli.desk import BadInputError, Desk, key, queue, reports, shown_id
from leafdesk.cli.field_file import show_file
from leafdesk.cli.filters import Filter, asked, filtered, times
from leafdesk.cli.listing import ONLINE, add_belongings, ask, chosen, document
from leafdesk.edits import Create, Delete, Edit, Redraw, change
from leafdesk.geo.shape import Box, to_geojson
from leafdesk.records import Boundary, Field
from leafdesk.workspace import FieldRow, Span, Where, Work, Workspace
from leafdesk.workspace.history import unread

Json = dict[str, Any]


@click.group()
def fields() -> None:
    """Look at fields and change them."""


for command in (at_leaf.enable, at_leaf.upload, overlaps.intersects, overlaps.intersect, show_file):
    fields.add_command(command)

_FILTERS = (
    Filter("--id", "id", "Only the field with this id."),
    Filter("--name", "name", "Only names with this text.", "part"),
    Filter("--type", "type", "ORIGINAL or MERGED."),
    Filter("--provider", "providerName", "Only what comes from this provider; Leaf: made by hand.", "maker"),
    Filter("--status", "status", "PROCESSED, PREVIEW or WAITING."),
    Filter("--provider-status", "providerStatus", "Only what its provider gives this status."),
    Filter("--organization", "organizationId", "Only what belongs to this organization."),
    Filter("--provider-field", "providerFieldId", "Only the field with this id at its provider."),
    Filter("--provider-field-name", "providerFieldName", "Only the field with this name at its provider."),
    Filter("--merged-field", "mergedFieldId", "Only what was merged into this field.", "among"),
    Filter("--legacy", "legacy", "Only what Leaf calls legacy, or not.", "flag"),
    *times("createdTime", "updatedTime"),
)
"""Leaf's own filters, answered by what is here."""
_FILE_FILTERS = (
    Filter("--crop", "crops", "Only files of this crop.", "among"),
    Filter("--variety", "varieties", "Only files of this variety.", "among"),
    Filter("--start", "startTime", "Only work that began at this time or later.", "after"),
    Filter("--end", "endTime", "Only work that ended at this time or earlier.", "before"),
)
_WORK = (
    Filter("--operation-type", "operationType", "Only fields with such work: harvested, planted, applied, tillage."),
    Filter("--operation-provider", "provider", "Only fields with work from this provider.", "provider"),
    *(
        Filter(
            one.option.replace("--", "--operation-"), one.key, one.help.replace("files", "fields with work"), one.how
        )
        for one in _FILE_FILTERS
    ),
)
"""Leaf's questions about operations: one operation file has to answer all of them at once."""
add_belongings(
    fields,
    "files",
    "files",
    "fields",
    (("Id", "id"), ("Work", "operationType"), ("Start", "startTime"), ("Crops", "crops"), ("Origin", "origin")),
    Filter("--id", "id", "Only the file with this id."),
    Filter("--operation-type", "operationType", "harvested, planted, applied or tillage."),
    Filter("--provider", "provider", "Only files from this provider.", "provider"),
    Filter("--origin", "origin", "provider, automerged, merged or uploaded."),
    *_FILE_FILTERS,
    asking="files",
)


class BoxType(click.ParamType[Box]):
    """West, south, east and north in degrees, with commas between."""

    name = "W,S,E,N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Box:
        if isinstance(value, tuple):
            return value
        try:
            west, south, east, north = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is not four numbers W,S,E,N", param, ctx)
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            self.fail(f"{value!r} is not west, south, east, north in degrees", param, ctx)
        return (west, south, east, north)


@fields.command("list")
@click.option("--leaf-user", metavar="ID", help="Only fields of this Leaf user.")
@click.option("--farm", metavar="ID", help="Only fields of this farm.")
@click.option("--search", metavar="TEXT", default="", help="Words (or their beginnings) of field, farm or grower.")
@click.option("--bbox", type=BoxType(), help="Only fields that meet this box, in degrees.")
@click.option("--pending", is_flag=True, help="Only fields with edits that Leaf does not have yet.")
@filtered(*_FILTERS, *_WORK)
@ONLINE
@reports
@click.pass_obj
def list_(
    desk: Desk, /, leaf_user: str | None, farm: str | None, search: str, bbox: Box | None, pending: bool, **values: Any
) -> None:
    """List the fields that are here. The --operation options look at the operation files; --online reads those."""
    with desk.records() as workspace:
        rows = workspace.catalog.fields(
            leaf_user_id=key(workspace, "users", leaf_user) if leaf_user is not None else None,
            farm_id=key(workspace, "farms", farm) if farm is not None else None,
            search=search,
            box=bbox,
            pending=pending,
        )
        rows = _worked(workspace, _chosen(workspace, rows, values), values)
        farms: dict[str | None, int | str | None] = {}
        for farm_id in {row.farm_id for row in rows}:
            farms[farm_id] = shown_id(workspace, "farms", farm_id)
        desk.answer([_row(row, farms[row.farm_id]) for row in rows], lambda: _show_rows(workspace, rows))


def _chosen(workspace: Workspace, rows: list[FieldRow], values: Json) -> list[FieldRow]:
    """The fields that, as the user sees them, answer Leaf's filters, in the order asked for."""
    if not asked(_FILTERS, values) and values["sort"] is None:
        return rows
    by_id = {row.id: row for row in rows}
    found = [_whole(workspace, row.id) for row in rows]
    return [by_id[one["id"]] for one in chosen([one for one in found if one], _FILTERS, values, None)]


def _whole(workspace: Workspace, id: str) -> Json:
    """A field with all of Leaf's keys; {} for one that is gone by now."""
    found = workspace.catalog.field(id)
    if found is None:
        return {}
    told = {"status": found.status, "type": found.type, "providerName": found.provider_name}
    return document(workspace, found) | told | {"id": id}


def _worked(workspace: Workspace, rows: list[FieldRow], values: Json) -> list[FieldRow]:
    """The fields whose operation files answer what was asked of them; tells what is not fetched yet."""
    work = _work(values)
    if work is None:
        return rows
    at_leaf_too = [row.id for row in rows if workspace.catalog.server_copy("fields", row.id)]
    for id in at_leaf_too if values["online"] else ():
        ask(workspace.online.files(id), "fields", id)
    unread = len(set(workspace.tables.unread_fields()) & {row.id for row in rows})
    if unread:
        say.aside(f"The operation files of {say.counted(unread, 'field')} were not fetched yet: --online asks Leaf.")
    answer = set(workspace.tables.keys("fields", Where(work=work)))
    return [row for row in rows if row.id in answer]


def _work(values: Json) -> Work | None:
    """What is asked of the work on fields, if anything is."""
    wishes = {one.name.removeprefix("operation_"): value for one, value in asked(_WORK, values)}
    if not wishes:
        return None
    after, before = (f"{wishes[end]}Z" if end in wishes else "" for end in ("start", "end"))
    texts = {name: wishes.get(name, "") for name in ("provider", "crop", "variety")}
    return Work(operation_type=wishes.get("type", ""), span=Span(after, before), **texts)


def _row(row: FieldRow, farm_id: int | str | None) -> Json:
    return {
        "id": row.id,
        "name": row.name,
        "leafUserId": row.leaf_user_id,
        "farmId": farm_id,
        "providerName": row.provider_name,
        "status": row.status,
        "area_ha": row.area_ha,
        "pending": row.pending,
    }


def _show_rows(workspace: Workspace, rows: list[FieldRow]) -> None:
    farms = {farm.id: farm.name for farm in workspace.catalog.farms()}
    lines = [
        (row.id, row.name, farms.get(row.farm_id or "", ""), say.hectares(row.area_ha), row.status or "new", row.mark)
        for row in rows
    ]
    say.table(("Id", "Name", "Farm", "Area", "Status", "Edits"), lines, numbers=(3,))
    say.aside(say.counted(len(rows), "field"))


@fields.command()
@click.argument("id")
@ONLINE
@reports
@click.pass_obj
def show(desk: Desk, id: str, online: bool) -> None:
    """Show one field with its boundary and the boundary's history; --online reads all that Leaf has of it."""
    with desk.records() as workspace:
        found = _field(workspace, id)
        if online:
            ask(workspace.online.boundaries(found.id), "fields", id)
            found = _field(workspace, id)
        (row,) = workspace.catalog.fields(ids=[found.id])
        history = workspace.catalog.boundaries(found.id)
        document = _row(row, shown_id(workspace, "farms", row.farm_id)) | {
            "geometry": to_geojson(found.shape) if found.shape else None,
            "boundaries": [_boundary(boundary) for boundary in history],
            "raw": say.Verbatim(found.raw) if found.raw else None,
        }
        desk.answer(document, lambda: _show_field(workspace, found, row, history))
        missing = unread(workspace.catalog, found.id)
        if missing:
            say.aside(
                f"{say.counted(missing, 'boundary', 'boundaries')} more at Leaf, not fetched yet: --online asks Leaf."
            )


def _boundary(boundary: Boundary) -> Json:
    return {
        "id": boundary.id,
        "status": boundary.status,
        "area_ha": boundary.area_ha,
        "createdTime": boundary.created_time,
        "geometry": to_geojson(boundary.shape),
    }


def _show_field(workspace: Workspace, found: Field, row: FieldRow, history: list[Boundary]) -> None:
    farms = {farm.id: farm.name for farm in workspace.catalog.farms()}
    corners = sum(len(ring) - 1 for polygon in found.shape or () for ring in polygon)
    say.facts(
        (
            ("Name", found.name),
            ("Id", found.id),
            ("Farm", farms.get(found.farm_id or "", "")),
            ("Area", say.hectares(row.area_ha)),
            ("Status", found.status or "not at Leaf yet"),
            ("Provider", found.provider_name or ""),
            ("Corners", f"{corners:,}" if corners else "no boundary"),
            ("Edits", row.mark),
        )
    )
    if history:
        say.line()
        lines = [(b.id, b.status, say.hectares(b.area_ha), b.created_time) for b in history]
        say.table(("Boundary", "Status", "Area", "Since"), lines, numbers=(2,))


@fields.command()
@click.option("--leaf-user", metavar="ID", required=True, help="Whose field it is.")
@click.option("--name", required=True, help="The field's name.")
@click.option("--boundary", "file", metavar="FILE", required=True, type=Path, help="GeoJSON Polygon or MultiPolygon.")
@click.option("--farm", metavar="ID", help="The farm it belongs to.")
@reports
@click.pass_obj
def create(desk: Desk, leaf_user: str, name: str, file: Path, farm: str | None) -> None:
    """Queue a new field."""
    shape = read_boundary(file)
    with desk.records() as workspace:
        user = key(workspace, "users", leaf_user)
        new = Field(id=str(uuid.uuid4()), leaf_user_id=user, name=name, shape=shape)
        edits: list[Edit] = [Create(new)]
        if farm is not None:
            edits.append(change("fields", new.id, farm_id=_farm(workspace, farm, user)))
        queue(desk, workspace, *edits)


@fields.command()
@click.argument("id")
@click.option("--name", help="A new name.")
@click.option("--farm", metavar="ID", help="The farm to move it to.")
@click.option("--boundary", "file", metavar="FILE", type=Path, help="A new boundary: GeoJSON (Multi)Polygon.")
@reports
@click.pass_obj
def edit(desk: Desk, id: str, name: str | None, farm: str | None, file: Path | None) -> None:
    """Queue changes of a field."""
    if name is None and farm is None and file is None:
        raise BadInputError("Nothing to change: give --name, --farm or --boundary.")
    shape = read_boundary(file) if file is not None else None
    with desk.records() as workspace:
        found = _field(workspace, id)
        values = {"name": name} if name is not None else {}
        if farm is not None:
            values["farm_id"] = _farm(workspace, farm, found.leaf_user_id)
        edits: list[Edit] = [change("fields", found.id, **values)] if values else []
        if shape is not None:
            edits.append(Redraw(found.id, shape))
        queue(desk, workspace, *edits)


@fields.command()
@click.argument("id")
@reports
@click.pass_obj
def delete(desk: Desk, id: str) -> None:
    """Queue the end of a field; only fields made by hand can be deleted at Leaf."""
    with desk.records() as workspace:
        queue(desk, workspace, Delete("fields", _field(workspace, id).id))


def _field(workspace: Workspace, id: str) -> Field:
    found = workspace.catalog.field(key(workspace, "fields", id))
    if found is None:
        raise BadInputError(f"The field {id!r} is deleted here.")
    return found


def _farm(workspace: Workspace, id: str, leaf_user_id: str) -> str:
    """The farm's key. A field and its farm belong to the same Leaf user."""
    farm_key = key(workspace, "farms", id)
    if all(farm.id != farm_key for farm in workspace.catalog.farms(leaf_user_id=leaf_user_id)):
        raise BadInputError(f"The farm {id!r} belongs to another Leaf user.")
    return farm_key
