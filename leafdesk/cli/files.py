"""Commands for other programs' files: import, export."""

import uuid
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from leafdesk.cli import say
from leafdesk.cli.desk import BadInputError, Desk, key, reports, wait
from leafdesk.files.found import Reading, UnreadableError
from leafdesk.files.plots import grouped
from leafdesk.workspace import Workspace
from leafdesk.workspace.importing import Line, Wishes, edits_of, plan

_DONE = {"new": "new field", "update": "new boundary", "skip": "left out"}


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=Path)
@click.option("--leaf-user", metavar="ID", help="Whose fields they become; not needed where there is only one.")
@click.option("--farm", metavar="ID", help="The farm that new fields go to.")
@click.option("--name-column", metavar="C", help="The attribute that holds the fields' names.")
@click.option("--crs", metavar="CODE", help="The reference system, such as EPSG:25832, instead of what the file says.")
@click.option("--swap/--no-swap", default=None, help="Latitude stands first, or does not; without either it is seen.")
@click.option("--dry-run", is_flag=True, help="Only show what would become of each shape; nothing is queued.")
@reports
@click.pass_obj
def import_(
    desk: Desk,
    /,
    files: tuple[Path, ...],
    leaf_user: str | None,
    farm: str | None,
    name_column: str | None,
    crs: str | None,
    swap: bool | None,
    dry_run: bool,
) -> None:
    """Import fields from GeoJSON, KML, KMZ and Shapefiles (.shp or zipped).

    Each shape becomes a new field, a new boundary for a field on the same ground, or nothing; it says which, and why.
    All of it is queued as one step. What cannot be used is told, with the reason; the rest comes in.
    """
    with desk.records() as workspace:
        user = _user(workspace, leaf_user)
        farm_id = _farm(workspace, farm, user) if farm is not None else None
        readings = [_read(path, crs, swap) for path in files]
        columns = {one.file: _column(one, name_column) for one in readings}
        wishes = Wishes(user, farm_id, columns)
        lines = plan(workspace.catalog, readings, wishes, _progress)
        queued = list[str]()
        if not dry_run and (edits := edits_of(lines, wishes, lambda: str(uuid.uuid4()))):
            queued = [one.item_id for one in wait(workspace.do(*edits))]
        answer = _document(readings, lines, columns, queued, done=not dry_run)
        desk.answer(answer, lambda: _show(readings, lines, done=not dry_run))


def _user(workspace: Workspace, id: str | None) -> str:
    if id is not None:
        return key(workspace, "users", id)
    users = workspace.catalog.users()
    if len(users) != 1:
        told = ", ".join(f"{user.id} ({user.name})" for user in users[:5]) or "none is here; `leafdesk sync` reads them"
        raise BadInputError(f"Say whose fields they are with --leaf-user: {told}.")
    return users[0].id


def _farm(workspace: Workspace, id: str, user: str) -> str:
    farm_id = key(workspace, "farms", id)
    if all(farm.id != farm_id for farm in workspace.catalog.farms(leaf_user_id=user)):
        raise BadInputError(f"The farm {id!r} belongs to another Leaf user.")
    return farm_id


def _read(path: Path, crs: str | None, swap: bool | None) -> Reading:
    from leafdesk.files.apart import Reader  # loads what decodes its answers

    try:
        return Reader(path, crs=crs, swap=swap).read()
    except UnreadableError as error:
        raise BadInputError(f"{path}: {error} Nothing was changed.") from error


def _column(reading: Reading, asked: str | None) -> str | None:
    if asked is None:
        return reading.name_column
    found = next((column for column in reading.columns if column.casefold() == asked.casefold()), None)
    if found is None and reading.plots:
        raise BadInputError(f"{reading.file} has no attribute {asked!r}, but {', '.join(reading.columns) or 'none'}.")
    return found


def _progress(done: int, total: int) -> None:
    if done and done % 512 == 0:
        say.aside(f"Compared {done:,} of {total:,} with the fields here.")


def _document(
    readings: Sequence[Reading],
    lines: Sequence[Line],
    columns: dict[str, str | None],
    queued: Sequence[str],
    *,
    done: bool,
) -> dict[str, Any]:
    return {
        "dry_run": not done,
        "files": [
            {
                "file": one.file,
                "format": one.format,
                "reference_system": one.ground,
                "name_column": columns[one.file],
                "columns": one.columns,
                "swapped": one.swapped,
                "notes": one.notes,
                "refused": [{"where": bad.where, "what": bad.what, "do": bad.do} for bad in one.refusals],
            }
            for one in readings
        ],
        "fields": [
            {
                "file": line.file,
                "where": line.plot.where,
                "name": line.name,
                "area_ha": line.plot.area_ha,
                "action": line.action,
                "field": line.twin.field_id if line.twin else None,
                "why": line.why or None,
                "remarks": list(line.plot.remarks),
            }
            for line in lines
        ],
        "counts": _counts(lines) | {"refused": sum(len(one.refusals) for one in readings)},
        "queued": list(queued),
    }


def _counts(lines: Sequence[Line]) -> dict[str, int]:
    return {action: sum(line.action == action for line in lines) for action in _DONE}


def _show(readings: Sequence[Reading], lines: Sequence[Line], *, done: bool) -> None:
    for one in readings:
        say.aside(f"{one.file}: {one.format}, {one.ground}, {say.counted(len(one.plots), 'area')}.")
        for note in one.notes:
            say.aside(f"  {note}")
    rows = [
        (
            *(line.name, say.hectares(line.plot.area_ha), _DONE[line.action]),
            " ".join((line.why, *line.plot.remarks)).strip(),
        )
        for line in lines
    ]
    say.table(("Name", "Area", "Becomes", "Why"), rows, numbers=(1,))
    for one in readings:
        for what, do, where in grouped(one.refusals):
            say.aside(f"{one.file}, {_places(where)}: {what} {do}")
    counts = _counts(lines)
    told = (
        f"{say.counted(counts['new'], 'new field')}, {say.counted(counts['update'], 'new boundary', 'new boundaries')}"
    )
    after = "Queued; `leafdesk sync` sends them." if done else "Nothing was changed."
    say.aside(f"{told}, {counts['skip']:,} left out, {sum(len(one.refusals) for one in readings):,} refused. {after}")


def _places(where: list[str]) -> str:
    more = f" and {len(where) - 3:,} more" if len(where) > 3 else ""
    return ", ".join(where[:3]) + more


@click.command()
@click.argument("file", metavar="FILE", type=Path)
@click.option("--leaf-user", metavar="ID", help="Only fields of this Leaf user.")
@click.option("--field", "fields", metavar="ID", multiple=True, help="Only this field; may be given several times.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there already.")
@reports
@click.pass_obj
def export(desk: Desk, file: Path, leaf_user: str | None, fields: tuple[str, ...], overwrite: bool) -> None:
    """Write fields as you see them to .geojson, .kml, .kmz or .zip (a Shapefile), by the file's ending."""
    from leafdesk.files.formats import WRITTEN, save
    from leafdesk.workspace.exporting import outward

    if file.suffix.casefold() not in WRITTEN:
        raise BadInputError(f"{file}: the ending has to be one of {', '.join(WRITTEN)}.")
    if file.exists() and not overwrite:
        raise BadInputError(f"{file} is there already; --overwrite replaces it.")
    with desk.records() as workspace:
        asked = {key(workspace, "fields", id) for id in fields}
        user = key(workspace, "users", leaf_user) if leaf_user is not None else None
        rows = workspace.catalog.fields(ids=asked or None, leaf_user_id=user)
        written, bare = outward(workspace.catalog, [row.id for row in rows])
        if not written:
            raise BadInputError("None of these fields has a boundary; nothing was written.")
        today = date.today()
        try:
            save(file, written, (today.year, today.month, today.day))
        except OSError as error:
            raise BadInputError(f"{file} cannot be written: {error.strerror or error}.") from error
        answer = {"file": str(file), "fields": len(written), "without_boundary": len(bare)}
        desk.answer(answer, lambda: say.line(f"{say.counted(len(written), 'field')} in {file}."))
        if bare:
            say.aside(f"{say.counted(len(bare), 'field has', 'fields have')} no boundary here and were left out.")
