"""Commands for growers: list, create, edit."""

import uuid
from typing import Any

import click

from leafdesk.cli import say
from leafdesk.cli.at_leaf import enable_grower
from leafdesk.cli.desk import Desk, key, queue, reports
from leafdesk.cli.filters import Filter, filtered
from leafdesk.cli.listing import chosen, document
from leafdesk.edits import Create, change
from leafdesk.records import Grower
from leafdesk.workspace import Workspace


@click.group()
def growers() -> None:
    """Look at growers and change them."""


growers.add_command(enable_grower)
_FILTERS = (
    Filter("--name", "name", "Only names with this text.", "part"),
    Filter("--provider", "providerName", "Only what comes from this provider; Leaf: made by hand.", "maker"),
    Filter("--provider-grower", "providerGrowerId", "Only the grower with this id at its provider."),
    Filter("--organization", "providerOrganizationId", "Only growers of this organization at their provider."),
    Filter("--company", "providerCompanyId", "Only growers of this company at their provider."),
)


@growers.command("list")
@click.option("--leaf-user", metavar="ID", help="Only growers of this Leaf user.")
@filtered(*_FILTERS)
@reports
@click.pass_obj
def list_(desk: Desk, /, leaf_user: str | None, **values: Any) -> None:
    """List the growers that are here."""
    with desk.records() as workspace:
        user = key(workspace, "users", leaf_user) if leaf_user is not None else None
        found = [_document(workspace, grower) for grower in workspace.catalog.growers(leaf_user_id=user)]
        documents = chosen(found, _FILTERS, values, None)

        def show() -> None:
            rows = [(str(d["id"]), d["name"], "pending" if d["pending"] else "") for d in documents]
            say.table(("Id", "Name", "Edits"), rows)
            say.aside(say.counted(len(rows), "grower"))

        desk.answer(documents, show)


def _document(workspace: Workspace, grower: Grower) -> dict[str, Any]:
    """Leaf's own keys, with what the user sees on top."""
    return document(workspace, grower) | {"providerName": grower.provider_name}


@growers.command()
@click.option("--leaf-user", metavar="ID", required=True, help="Whose grower it is.")
@click.option("--name", required=True, help="The grower's name.")
@reports
@click.pass_obj
def create(desk: Desk, leaf_user: str, name: str) -> None:
    """Queue a new grower."""
    with desk.records() as workspace:
        user = key(workspace, "users", leaf_user)
        queue(desk, workspace, Create(Grower(id=str(uuid.uuid4()), leaf_user_id=user, name=name)))


@growers.command()
@click.argument("id")
@click.option("--name", required=True, help="A new name.")
@reports
@click.pass_obj
def edit(desk: Desk, id: str, name: str) -> None:
    """Queue a new name of a grower."""
    with desk.records() as workspace:
        queue(desk, workspace, change("growers", key(workspace, "growers", id), name=name))
