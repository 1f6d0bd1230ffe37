"""Commands for fields that set something going at Leaf and cannot be taken back: enable, upload."""

import sys

import click

from leafdesk.cli import say
from leafdesk.cli.desk import BadInputError, Desk, queue, reports
from leafdesk.cli.listing import ask, seen
from leafdesk.edits import Edit, Enable, Upload
from leafdesk.records import UPLOADS, Organization
from leafdesk.workspace import RefusedError, Where, Workspace


@click.command()
@click.argument("id")
@click.option("--yes", is_flag=True, help="Do not ask.")
@reports
@click.pass_obj
def enable(desk: Desk, id: str, yes: bool) -> None:
    """Queue full sync for a preview field. Leaf bills its acres, and nothing takes that back: it asks first."""
    with desk.records() as workspace:
        field = seen(workspace, "fields", id)
        edit = Enable(field.id)
        _check(workspace, edit)
        if not yes:
            _ask_leave(
                f"Leaf will bill the acres of {field.name or 'this field'}, and this cannot be undone. Enable it?"
            )
        queue(desk, workspace, edit)


@click.command("enable")
@click.argument("id")
@click.option("--yes", is_flag=True, help="Do not ask.")
@reports
@click.pass_obj
def enable_grower(desk: Desk, id: str, yes: bool) -> None:
    """Queue full sync for all preview fields of a grower. Leaf bills their acres, and nothing takes that back: it asks
    first."""
    with desk.records() as workspace:
        grower = seen(workspace, "growers", id)
        edit = Enable(grower.id, "growers")
        _check(workspace, edit)
        farms = {farm.id for farm in workspace.catalog.farms(grower_id=grower.id)}
        previews = [row for row in workspace.catalog.fields() if row.farm_id in farms and row.status == "PREVIEW"]
        if not previews:
            raise BadInputError(f"No field of {grower.name or 'this grower'} is a preview here.")
        if not yes:
            many = say.counted(len(previews), "preview field")
            _ask_leave(f"Leaf will bill the acres of {many} of {grower.name}, and this cannot be undone. Enable?")
        queue(desk, workspace, edit)


def _check(workspace: Workspace, edit: Edit) -> None:
    """Say why not before anything is asked."""
    reason = workspace.why_not(edit)
    if reason is not None:
        raise RefusedError(reason)


def _ask_leave(question: str) -> None:
    """A yes from the prompt or stdin. Raises Abort for a no, BadInputError when nobody is there."""
    click.echo(f"{say.plain(question)} [y/N] ", err=True, nl=False)
    answer = sys.stdin.readline()
    if not answer:
        raise BadInputError("Nobody said yes: answer y, or give --yes. Nothing was queued.")
    if answer.strip().lower() not in ("y", "yes"):
        raise click.Abort


@click.command()
@click.argument("id")
@click.option("--provider", type=click.Choice(UPLOADS), required=True, help="Where to; never where it came from.")
@click.option(
    "--organization",
    metavar="ORG",
    help="John Deere's: id or name, from `providers organizations`. Without it, a terminal offers them to choose from.",
)
@reports
@click.pass_obj
def upload(desk: Desk, id: str, provider: str, organization: str | None) -> None:
    """Queue a field's way to a provider. It is sent once and never repeated by itself."""
    if provider != "JohnDeere" and organization is not None:
        raise BadInputError("Only John Deere takes an --organization.")
    with desk.records() as workspace:
        field = seen(workspace, "fields", id)
        _check(workspace, Upload(field.id, provider, organization or "-"))
        chosen = None
        if provider == "JohnDeere":
            chosen = _chosen(_organizations(workspace, getattr(field, "leaf_user_id", "")), organization)
        queue(desk, workspace, Upload(field.id, provider, chosen))


def _organizations(workspace: Workspace, leaf_user_id: str) -> list[Organization]:
    """The Leaf user's organizations at John Deere as last read; Leaf is asked when they never were."""
    if workspace.tables.fetched("organizations", leaf_user_id, about="JohnDeere") is None:
        ask(workspace.online.organizations(leaf_user_id, "JohnDeere"), "users", leaf_user_id)
    where = Where(leaf_user_id=leaf_user_id, values={"provider": "JohnDeere"})
    rows = workspace.tables.rows("organizations", where, limit=workspace.tables.count("organizations", where))
    found = (workspace.catalog.get("organizations", row.id) for row in rows)
    return [one for one in found if isinstance(one, Organization)]


def _chosen(organizations: list[Organization], wish: str | None) -> str:
    """The id of the organization that was wished for, out of the list."""
    connected = [one for one in organizations if one.connected is not False]
    offer = ", ".join(f"{one.organization_id} ({one.name})" for one in connected) or "none"
    if wish is None and connected and sys.stdin.isatty():
        return _picked(connected)
    if wish is None:
        raise BadInputError(f"John Deere needs an --organization. Connected ones: {offer}.")
    found = [one for one in organizations if wish in (one.organization_id, one.name)]
    if len(found) != 1:
        several = "fits several organizations; give its id" if found else "is no organization of this Leaf user"
        raise BadInputError(f"{wish!r} {several}. Connected ones: {offer}.")
    if found[0] not in connected:
        raise BadInputError(f"{found[0].name or wish} is not connected to Leaf. Connected ones: {offer}.")
    return found[0].organization_id


def _picked(organizations: list[Organization]) -> str:
    """The id of the organization that the person at the terminal chooses. Raises Abort for none."""
    say.aside("Which organization at John Deere? It is sent there once, and Leafdesk cannot take it back.")
    for number, one in enumerate(organizations, 1):
        say.aside(f"  {number}  {one.name or one.organization_id} ({one.organization_id})")
    while True:
        click.echo(f"Its number, 1 to {len(organizations)}; an empty line for none: ", err=True, nl=False)
        answer = sys.stdin.readline().strip()
        if not answer:
            raise click.Abort
        if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(organizations):
            return organizations[int(answer) - 1].organization_id
