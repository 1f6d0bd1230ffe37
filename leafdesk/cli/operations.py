"""Commands for work done on the land, and which product a machine's text meant: operations, matches."""

from typing import Any

import click

from leafdesk.cli.desk import BadInputError, Desk, key, queue, reports
from leafdesk.cli.filters import Filter, filtered
from leafdesk.cli.listing import (
    LEAF_USER,
    ONLINE,
    add_belongings,
    ask,
    chosen,
    documents,
    seen,
    show_table,
    tell_age,
    user_key,
)
from leafdesk.edits import Match
from leafdesk.records import FieldOperation
from leafdesk.workspace import Where


@click.group()
def operations() -> None:
    """Look at the work done on fields."""


_FILTERS = (
    Filter("--operation-type", "type", "harvested, planted, applied or tillage."),
    Filter("--provider", "providers", "Only work from this provider.", "among"),
    Filter("--start", "startTime", "Only work that began at this time or later.", "after"),
    Filter("--end", "endTime", "Only work that ended at this time or earlier.", "before"),
    Filter("--updated-after", "updatedTime", "Only what was changed at Leaf at this time or later.", "after"),
)


@operations.command("list")
@click.option("--field", metavar="ID", help="Only work on this field.")
@LEAF_USER
@filtered(*_FILTERS)
@ONLINE
@reports
@click.pass_obj
def list_(desk: Desk, /, field: str | None, leaf_user: str | None, online: bool, **values: Any) -> None:
    """List the operations that are here; --online reads those of the Leaf user, or of all."""
    with desk.records() as workspace:
        user = user_key(workspace, leaf_user)
        for one in workspace.catalog.users() if online else ():
            if user == one.id or (user is None and workspace.keeping.keeps(one.id)):
                ask(workspace.online.operations(one.id), "users", one.id)
        found = chosen(documents(workspace, "operations", Where(leaf_user_id=user)), _FILTERS, values, None)
        if field is not None:
            field_key = key(workspace, "fields", field)
            theirs = {field_key, workspace.catalog.leaf_id("fields", field_key)}
            records = ((one, workspace.catalog.get("operations", one["id"])) for one in found)
            found = [one for one, work in records if isinstance(work, FieldOperation) and theirs & {*work.field_ids}]
        columns = (("Id", "id"), ("Work", "type"), ("Start", "startTime"), ("End", "endTime"), ("From", "providers"))
        desk.answer(found, lambda: show_table(columns, found, "operations"))
        tell_age(workspace, "operations", user)


@click.group()
def matches() -> None:
    """See which product a machine's text meant, and approve or change that."""


_COLUMNS = (("Id", "id"), ("Text", "name"), ("Product", "productId"), ("Status", "matchDetails"))
add_belongings(matches, "list", "matches", "operations", _COLUMNS, asking="matches")
add_belongings(
    matches, "history", "matchHistory", "matches", (("Until", "historicalTime"), *_COLUMNS[1:]), asking="match_history"
)


@matches.command()
@click.argument("id")
@click.option("--product", metavar="ID", help="Another product than the one Leaf predicts.")
@reports
@click.pass_obj
def approve(desk: Desk, id: str, product: str | None) -> None:
    """Queue the approval of a match, or with --product its change."""
    with desk.records() as workspace:
        match = seen(workspace, "matches", id)
        if product is not None and not product.strip():
            raise BadInputError("Choose a product: `leafdesk products search` finds its id.")
        queue(desk, workspace, Match(match.id, key(workspace, "products", product) if product is not None else None))
