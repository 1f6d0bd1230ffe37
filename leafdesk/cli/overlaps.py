"""Commands for fields and shapes that overlap: intersects, intersect."""

from pathlib import Path
from typing import Any

import click

from leafdesk.cli import say
from leafdesk.cli.boundary_file import read_boundary
from leafdesk.cli.desk import BadInputError, Desk, key, reports
from leafdesk.cli.listing import LEAF_USER, ONLINE, ask, user_key
from leafdesk.geo.shape import Shape, to_geojson
from leafdesk.workspace import Meeting, Workspace


@click.command()
@click.option("--boundary", "file", metavar="FILE", type=Path, help="The shape: GeoJSON Polygon or MultiPolygon.")
@click.option("--field", metavar="ID", help="The shape: this field's boundary.")
@click.option(
    *("--threshold", "threshold"),
    type=click.FloatRange(0.01, 100),
    default=0.01,
    show_default=True,
    help="Percent of the field or of the shape that must overlap.",
)
@LEAF_USER
@ONLINE
@reports
@click.pass_obj
def intersects(
    desk: Desk, file: Path | None, field: str | None, threshold: float, leaf_user: str | None, online: bool
) -> None:
    """List the fields that overlap a shape, most first, by Leaf's own rule; --online lets Leaf choose them."""
    if (file is None) == (field is None):
        raise BadInputError("Give either --boundary or --field.")
    drawn = read_boundary(file) if file is not None else ()
    with desk.records() as workspace:
        shape = drawn if field is None else _shape(workspace, field)
        user = user_key(workspace, leaf_user)
        found = _met(workspace, shape, 0.01 if online else threshold, user)
        if online:
            found = _as_leaf_says(workspace, shape, threshold, user, found)
        names = {row.id: row for row in workspace.catalog.fields(ids=[one.field_id for one in found])}
        documents = [_document(one, names.get(one.field_id)) for one in found]
        desk.answer(documents, lambda: _show(documents))


def _shape(workspace: Workspace, id: str) -> Shape:
    found = workspace.catalog.field(key(workspace, "fields", id))
    if found is None or not found.shape:
        raise BadInputError(f"The field {id!r} has no boundary here.")
    return found.shape


def _met(workspace: Workspace, shape: Shape, threshold: float, user: str | None) -> list[Meeting]:
    try:
        return workspace.meeting(shape, threshold=threshold, leaf_user_id=user)
    except ValueError as error:
        raise BadInputError(str(error)) from error


def _as_leaf_says(
    workspace: Workspace, shape: Shape, threshold: float, user: str | None, here: list[Meeting]
) -> list[Meeting]:
    """The fields that Leaf names, with the figures measured here."""
    users = [one.id for one in workspace.catalog.users()] if user is None else [user]
    named = [id for one in users for id in ask(workspace.online.meeting(one, shape, threshold=threshold), "users", one)]
    measured = {one.field_id: one for one in here}
    keys = [workspace.catalog.key("fields", id) or id for id in named]
    return [measured.get(id) or Meeting(id, 0.0, 0.0, 0.0, "It does not overlap as it is here.") for id in keys]


def _document(one: Meeting, row: Any) -> dict[str, Any]:
    return {
        "id": one.field_id,
        "name": row.name if row else None,
        "leafUserId": row.leaf_user_id if row else None,
        "overlap_ha": one.area_ha,
        "percent_of_field": one.of_field,
        "percent_of_shape": one.of_shape,
        "problem": one.problem or None,
    }


def _show(documents: list[dict[str, Any]]) -> None:
    rows = [
        (
            *(one["id"], one["name"] or "", say.hectares(one["overlap_ha"])),
            *(f"{one['percent_of_field']:.2f} %", f"{one['percent_of_shape']:.2f} %", one["problem"] or ""),
        )
        for one in documents
    ]
    say.table(("Id", "Name", "Overlap", "Of field", "Of shape", "Problem"), rows, numbers=(2, 3, 4))
    say.aside(say.counted(len(rows), "field"))


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@ONLINE
@reports
@click.pass_obj
def intersect(desk: Desk, ids: tuple[str, ...], online: bool) -> None:
    """Tell what fields have in common: their shared shape and its area."""
    with desk.records() as workspace:
        keys = [key(workspace, "fields", id) for id in ids]
        try:
            shape = _common_at_leaf(workspace, keys) if online else workspace.common(keys)
        except ValueError as error:
            raise BadInputError(str(error)) from error
        from leafdesk.geo.measure import area_ha

        area = area_ha(shape) if shape else 0.0
        document = {"fields": keys, "area_ha": area, "geometry": to_geojson(shape) if shape else None}
        told = f"They have {say.hectares(area)} in common." if shape else "They have nothing in common."
        desk.answer(document, lambda: say.line(told))


def _common_at_leaf(workspace: Workspace, keys: list[str]) -> Shape:
    users = {row.leaf_user_id for row in workspace.catalog.fields(ids=keys)}
    if len(users) != 1:
        raise BadInputError("Leaf compares fields of one Leaf user only; without --online others work too.")
    found: Shape = ask(workspace.online.common(users.pop(), keys), "fields", keys[0])
    return found
