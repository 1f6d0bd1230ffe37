"""Commands for where the records come from: Leaf users, what each provider gave, organizations, settings."""

from collections.abc import Mapping
from typing import Any

import click

from leafdesk.cli import say
from leafdesk.cli.desk import BadInputError, Desk, key, queue, reports, wait
from leafdesk.cli.filters import Filter
from leafdesk.cli.listing import (
    LEAF_USER,
    ONLINE,
    add_list,
    add_show,
    ask,
    document,
    documents,
    show_table,
    tell_age,
    user_key,
)
from leafdesk.edits import SyncProvider
from leafdesk.records import Kind, provider_of
from leafdesk.workspace import Compared, UserHere, Where, Workspace

Json = dict[str, Any]


@click.group()
def users() -> None:
    """Look at Leaf users, the settings that decide how their data arrives, and whose records are kept here."""


add_list(
    users,
    "users",
    (("Id", "id"), ("Name", "name"), ("Email", "email"), ("External id", "externalId"), ("Kept", "kept")),
    Filter("--name", "name", "Only names with this text.", "part"),
    Filter("--email", "email", "Only the Leaf user with this address."),
    Filter("--external-id", "externalId", "Only the Leaf user with this id of yours."),
)


def _settings(workspace: Workspace, id: str) -> Json:
    """A Leaf user's settings at Leaf, as last read."""
    found = workspace.catalog.get("configurations", id)
    return {"configuration": say.Verbatim(found.raw) if found is not None and found.raw else None}


add_show(users, "users", _settings)


@users.command("keep")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--all", "everybody", is_flag=True, help="Keep everybody's records.")
@reports
@click.pass_obj
def keep(desk: Desk, ids: tuple[str, ...], everybody: bool) -> None:
    """Keep the records of these Leaf users only; every sync from now on reads no others.

    What is here of the others is put away, and comes back once they are chosen again. Refused while an edit of theirs
    waits. Without an ID it tells who is kept and how much is here.
    """
    if ids and everybody:
        raise BadInputError("Name Leaf users, or give --all; not both.")
    with desk.records() as workspace:
        gone = 0
        if ids or everybody:
            chosen = None if everybody else {key(workspace, "users", id) for id in ids}
            gone = wait(workspace.keeping.choose(chosen))
        users = workspace.keeping.users()
        answer = {"kept": [one.user.id for one in users if one.kept], "put_away": gone}
        answer["users"] = [{"id": one.user.id, "name": one.user.name, "kept": one.kept, **_held(one)} for one in users]
        desk.answer(answer, lambda: _show_kept(users, gone))


def _held(one: UserHere) -> Json:
    return {"here": one.here, "waiting": one.waiting}


def _show_kept(users: list[UserHere], gone: int) -> None:
    kinds: tuple[Kind, ...] = ("growers", "farms", "fields", "machines")
    rows = [
        (one.user.id, one.user.name, "yes" if one.kept else "no", *(str(one.here.get(kind, 0)) for kind in kinds))
        for one in users
    ]
    say.table(("Id", "Name", "Kept", *(kind.capitalize() for kind in kinds)), rows, numbers=(3, 4, 5, 6))
    if gone:
        say.aside(f"{say.counted(gone, 'record')} put away. Leaf still has them.")


@click.group()
def providers() -> None:
    """Set what Leaf holds of each provider beside what is here."""


@providers.command("list")
@LEAF_USER
@click.option("--provider", help="Only this provider.")
@ONLINE
@reports
@click.pass_obj
def list_(desk: Desk, leaf_user: str | None, provider: str | None, online: bool) -> None:
    """List Leaf's counts per provider and Leaf user beside those here, and what explains a difference."""
    with desk.records() as workspace:
        user = user_key(workspace, leaf_user)
        if online:
            ask(workspace.online.summary(), "users", user or "")
        compared = [one for one in workspace.providers() if user in (None, one.leaf_user_id)]
        if provider is not None:
            compared = [one for one in compared if one.provider_name == provider_of(provider)]
        rows = workspace.tables.rows("summaries", limit=workspace.tables.count("summaries"))
        summaries = {(row.leaf_user_id, provider_of(row.provider_name)): row.id for row in rows}
        found = [_beside(workspace, one, summaries.get((one.leaf_user_id, one.provider_name))) for one in compared]
        names = {one.id: one.name for one in workspace.catalog.users()}
        desk.answer(found, lambda: _show(found, names))
        tell_age(workspace, "summaries", user)


def _beside(workspace: Workspace, one: Compared, id: str | None) -> Json:
    """Leaf's own summary, if it has one, with the counts here and what explains a difference."""
    summary = workspace.catalog.get("summaries", id) if id is not None else None
    own = document(workspace, summary) if summary is not None else {"provider": one.provider_name, "pending": False}
    told = {
        "id": f"{one.leaf_user_id} {one.provider_name}",
        "name": one.provider_name,
        "leafUserId": one.leaf_user_id,
        "levels": one.levels,
    }
    return own | told | {"here": one.here | {"previews": one.previews}, "why": list(one.why)}


def _show(found: list[Json], names: Mapping[str, str]) -> None:
    kinds = ("growers", "farms", "fields")
    rows = [
        (
            *(one["name"], names.get(one["leafUserId"]) or one["leafUserId"], one.get("syncReferenceTime") or ""),
            *(f"{one.get(kind, '?')} / {one['here'][kind]}" if kind in one["here"] else "" for kind in kinds),
            " ".join(one["why"]),
        )
        for one in found
    ]
    heads = ("Provider", "Leaf user", "Last sync at Leaf", "Growers: Leaf / here", "Farms", "Fields", "Why")
    say.table(heads, rows, numbers=(3, 4, 5))


@providers.command()
@click.argument("user", metavar="LEAF-USER")
@click.option("--provider", type=click.Choice(["JohnDeere", "Trimble"]), default="JohnDeere", help="Whose they are.")
@ONLINE
@reports
@click.pass_obj
def organizations(desk: Desk, user: str, provider: str, online: bool) -> None:
    """List a Leaf user's organizations at a provider: where `fields upload` can go."""
    with desk.records() as workspace:
        owner = key(workspace, "users", user)
        if online:
            ask(workspace.online.organizations(owner, provider), "users", user)
        where = Where(leaf_user_id=owner, values={"provider": provider})
        found = documents(workspace, "organizations", where)
        for one in found:
            record: Any = workspace.catalog.get("organizations", one["id"])
            one |= {"id": record.organization_id, "providerName": provider, "connected": record.connected}
        show_columns = (("Id", "id"), ("Name", "name"), ("Connected", "connected"))
        desk.answer(found, lambda: show_table(show_columns, found, "organizations"))
        tell_age(workspace, "organizations", owner, provider)


@providers.command("sync")
@click.argument("user", metavar="LEAF-USER")
@reports
@click.pass_obj
def sync_(desk: Desk, user: str) -> None:
    """Queue the wish that Leaf fetches a Leaf user's fields from the providers."""
    with desk.records() as workspace:
        queue(desk, workspace, SyncProvider(key(workspace, "users", user)))
