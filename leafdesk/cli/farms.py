"""Commands for farms: list, show, create, edit."""

import uuid
from typing import Any

import click

from leafdesk.cli import say
from leafdesk.cli.desk import BadInputError, Desk, key, queue, reports, shown_id
from leafdesk.cli.filters import Filter, filtered
from leafdesk.cli.listing import chosen, document
from leafdesk.edits import Create, change
from leafdesk.records import Farm
from leafdesk.workspace import Workspace


@click.group()
def farms() -> None:
    """Look at farms and change them."""


_FILTERS = (
    Filter("--name", "name", "Only names with this text.", "part"),
    Filter("--provider", "providerName", "Only what comes from this provider; Leaf: made by hand.", "maker"),
    Filter("--provider-farm", "providerFarmId", "Only the farm with this id at its provider."),
)


@farms.command("list")
@click.option("--leaf-user", metavar="ID", help="Only farms of this Leaf user.")
@click.option("--grower", metavar="ID", help="Only farms of this grower.")
@filtered(*_FILTERS)
@reports
@click.pass_obj
def list_(desk: Desk, /, leaf_user: str | None, grower: str | None, **values: Any) -> None:
    """List the farms that are here."""
    with desk.records() as workspace:
        found = workspace.catalog.farms(
            leaf_user_id=key(workspace, "users", leaf_user) if leaf_user is not None else None,
            grower_id=key(workspace, "growers", grower) if grower is not None else None,
        )
        documents = chosen([_document(workspace, farm) for farm in found], _FILTERS, values, None)
        desk.answer(documents, lambda: _show_list(workspace, documents))


def _document(workspace: Workspace, farm: Farm) -> dict[str, Any]:
    """Leaf's own keys, with what the user sees on top."""
    return document(workspace, farm) | {"providerName": farm.provider_name}


def _show_list(workspace: Workspace, documents: list[dict[str, Any]]) -> None:
    growers = {shown_id(workspace, "growers", grower.id): grower.name for grower in workspace.catalog.growers()}
    areas = {shown_id(workspace, "farms", key): area for key, area in workspace.catalog.farm_areas().items()}
    rows = [
        (
            str(one["id"]),
            one["name"],
            growers.get(one.get("growerId"), ""),
            say.hectares(areas.get(one["id"])),
            "pending" if one["pending"] else "",
        )
        for one in documents
    ]
    say.table(("Id", "Name", "Grower", "Area", "Edits"), rows, numbers=(3,))
    say.aside(say.counted(len(rows), "farm"))


@farms.command()
@click.argument("id")
@reports
@click.pass_obj
def show(desk: Desk, id: str) -> None:
    """Show one farm with its fields."""
    with desk.records() as workspace:
        farm = _farm(workspace, id)
        rows = workspace.catalog.fields(farm_id=farm.id)
        document = _document(workspace, farm) | {
            "fields": [{"id": row.id, "name": row.name, "area_ha": row.area_ha} for row in rows],
            "area_ha": workspace.catalog.farm_areas().get(farm.id),
            "raw": say.Verbatim(farm.raw) if farm.raw else None,
        }

        def show_farm() -> None:
            pairs = [("Name", farm.name), ("Id", str(document["id"])), ("Area", say.hectares(document["area_ha"]))]
            say.facts([*pairs, ("Edits", "pending" if document["pending"] else "")])
            say.line()
            say.table(("Field", "Name", "Area"), [(r.id, r.name, say.hectares(r.area_ha)) for r in rows], numbers=(2,))

        desk.answer(document, show_farm)


@farms.command()
@click.option("--leaf-user", metavar="ID", required=True, help="Whose farm it is.")
@click.option("--name", required=True, help="The farm's name.")
@click.option("--grower", metavar="ID", help="The grower it belongs to.")
@reports
@click.pass_obj
def create(desk: Desk, leaf_user: str, name: str, grower: str | None) -> None:
    """Queue a new farm."""
    with desk.records() as workspace:
        user = key(workspace, "users", leaf_user)
        grower_id = _grower(workspace, grower, user) if grower is not None else None
        queue(desk, workspace, Create(Farm(id=str(uuid.uuid4()), leaf_user_id=user, name=name, grower_id=grower_id)))


@farms.command()
@click.argument("id")
@click.option("--name", help="A new name.")
@click.option("--grower", metavar="ID", help="The grower to move it to.")
@reports
@click.pass_obj
def edit(desk: Desk, id: str, name: str | None, grower: str | None) -> None:
    """Queue changes of a farm."""
    if name is None and grower is None:
        raise BadInputError("Nothing to change: give --name or --grower.")
    with desk.records() as workspace:
        farm = _farm(workspace, id)
        values = {"name": name} if name is not None else {}
        if grower is not None:
            values["grower_id"] = _grower(workspace, grower, farm.leaf_user_id)
        queue(desk, workspace, change("farms", farm.id, **values))


def _farm(workspace: Workspace, id: str) -> Farm:
    found = workspace.catalog.get("farms", key(workspace, "farms", id))
    if not isinstance(found, Farm):
        raise BadInputError(f"The farm {id!r} is no longer here.")
    return found


def _grower(workspace: Workspace, id: str, leaf_user_id: str) -> str:
    """The grower's key. A farm and its grower belong to the same Leaf user."""
    grower_key = key(workspace, "growers", id)
    if all(grower.id != grower_key for grower in workspace.catalog.growers(leaf_user_id=leaf_user_id)):
        raise BadInputError(f"The grower {id!r} belongs to another Leaf user.")
    return grower_key
