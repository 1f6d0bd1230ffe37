"""One way to list and to show records of any kind: Leaf's own keys, with what the user sees on top."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

import click

from leafdesk.cli import say
from leafdesk.cli.desk import BadInputError, Desk, key, reports, shown_id, wait
from leafdesk.cli.filters import Filter, asked, filtered, sorted_by
from leafdesk.edits import EDITABLE, REFERENCES
from leafdesk.records import TABLES, Kind, LeafUser, ProductMatch, Record, word
from leafdesk.workspace import Where, Workspace

Json = dict[str, Any]
Columns = Sequence[tuple[str, str]]
"""Heads and the keys under them."""
LEAF_USER = click.option("--leaf-user", metavar="ID", help="Only what belongs to this Leaf user.")
ONLINE_FILTERS = click.option(
    "--online", is_flag=True, help="Let Leaf answer the filters over what it tells in no answer."
)
ONLINE = click.option("--online", is_flag=True, help="Ask Leaf now; what it answers is kept here.")


def document(workspace: Workspace, record: Record) -> Json:
    """A record as JSON: Leaf's own keys, with what the user sees on top, and whether edits of it wait."""
    own: Json = json.loads(record.raw) if record.raw else {}
    seen: Json = {"id": shown_id(workspace, record.kind, record.id), "name": record.name}
    if hasattr(record, "leaf_user_id"):
        seen["leafUserId"] = record.leaf_user_id
    for attribute in EDITABLE.get(record.kind, ()):
        value, named = getattr(record, attribute), _camel(attribute)
        if attribute in REFERENCES:
            seen[named] = shown_id(workspace, REFERENCES[attribute], value)
        elif value not in ("", None) or own.get(named):
            seen[named] = value
    if isinstance(record, LeafUser):
        seen["kept"] = workspace.keeping.keeps(record.id)
    if isinstance(record, ProductMatch):
        details = own.get("matchDetails")
        same = isinstance(details, dict) and details.get("status") == record.status
        seen |= {"productId": record.product_id, "matchDetails": details if same else {"status": record.status}}
    if hasattr(record, "source"):  # an entry of a catalog: how it came here, and when somebody found it at Leaf
        seen |= {"source": record.source, "found": getattr(record, "found", "") or None}
        seen |= {"detailed": record.detailed or None} if hasattr(record, "detailed") else {}
    return own | seen | {"pending": workspace.catalog.pending(record.kind, record.id)}


def _camel(attribute: str) -> str:
    first, *rest = attribute.split("_")
    return first + "".join(part.capitalize() for part in rest)


def documents(workspace: Workspace, kind: Kind, where: Where) -> list[Json]:
    """The records of a table as JSON, by name."""
    rows = workspace.tables.rows(kind, where, limit=workspace.tables.count(kind, where))
    found = (workspace.catalog.get(kind, row.id) for row in rows)
    return [document(workspace, record) for record in found if record is not None]


def kept(records: list[Json], filters: Sequence[Filter], values: Mapping[str, Any]) -> list[Json]:
    """The records that answer every filter that was given, apart from those that only Leaf can answer."""
    wishes = [(wish, value) for wish, value in asked(filters, values) if not wish.asks]
    return [one for one in records if all(wish.keeps(value, one) for wish, value in wishes)]


def chosen(
    records: list[Json], filters: Sequence[Filter], values: Mapping[str, Any], leaf: set[str] | None
) -> list[Json]:
    """The records that answer every filter, in the order asked for; `leaf` are the ids that Leaf chose, if it did."""
    found = [one for one in kept(records, filters, values) if leaf is None or str(one["id"]) in leaf]
    return sorted_by(found, values.get("sort"))


def leafs_choice(
    workspace: Workspace,
    kind: Kind,
    users: Sequence[str],
    filters: Sequence[Filter],
    values: Mapping[str, Any],
    about: str = "",
) -> set[str] | None:
    """The ids that answer the filters over what Leaf tells in no answer; None where none was given.

    Raises BadInputError where one was given without --online.
    """
    wishes = [(one, value) for one, value in asked(filters, values) if one.asks]
    if not wishes:
        return None
    if not values.get("online"):
        raise BadInputError(f"Leaf does not tell what {wishes[0][0].option} asks for: give --online, and Leaf chooses.")
    sent = {one.asks: f"{value}Z" if one.timely else str(value) for one, value in wishes}
    return {id for user in users for id in ask(workspace.online.choose(kind, user, sent, about), "users", user)}


def users_of(workspace: Workspace, user: str | None) -> list[str]:
    """The Leaf user, or all that are here."""
    return [one.id for one in workspace.catalog.users()] if user is None else [user]


def ask(future: "Future[Any]", kind: Kind, id: str) -> Any:
    """What Leaf answers about a record. Raises BadInputError for one that Leaf does not have (yet)."""
    try:
        return wait(future)
    except KeyError as error:
        raise BadInputError(f"Leaf does not have the {word(kind)} {id!r} yet; `leafdesk sync` sends it.") from error
    except ValueError as error:
        raise BadInputError(str(error)) from error


def user_key(workspace: Workspace, id: str | None) -> str | None:
    """A Leaf user's key, or None for everybody's."""
    return None if id is None else key(workspace, "users", id)


def seen(workspace: Workspace, kind: Kind, id: str) -> Record:
    """The record as the user sees it. Raises BadInputError for an id nobody knows, or what is deleted here."""
    found = workspace.catalog.get(kind, key(workspace, kind, id))
    if found is None:
        raise BadInputError(f"The {word(kind)} {id!r} is deleted here.")
    return found


def show_table(columns: Columns, records: list[Json], kind: Kind) -> None:
    """Write records as a table for a person; what waits for Leaf is marked."""
    rows = [(*(_cell(one.get(name)) for _, name in columns), "pending" if one["pending"] else "") for one in records]
    say.table((*(head for head, _ in columns), "Edits"), rows)
    say.aside(say.counted(len(records), word(kind), _many(kind)))


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_cell(one) for one in value)
    if isinstance(value, dict):
        return _cell(value["name"]) if "name" in value else " ".join(_cell(part) for part in value.values())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _many(kind: Kind) -> str:
    return _MANY.get(kind, kind)


_MANY: dict[Kind, str] = {
    "users": "Leaf users",
    "tankMixes": "tank mixes",
    "files": "operation files",
    "machineFiles": "machine files",
    "matchHistory": "earlier matches",
}


def tell_age(workspace: Workspace, kind: Kind, leaf_user_id: str | None = None, about: str = "") -> None:
    """Say on stderr how old a list is; "not fetched" is something else than empty."""
    at = workspace.tables.fetched(kind, leaf_user_id, about=about)
    how = "--online asks Leaf" if about or kind == "operations" else "`leafdesk sync` reads it"
    say.aside(f"Read {say.age(at)}." if at else f"The {_many(kind)} were not fetched yet: {how}.")


def add_list(group: click.Group, kind: Kind, columns: Columns, *filters: Filter) -> None:
    """Give a group its `list`."""

    @click.option("--pending", is_flag=True, help="Only what has edits that Leaf does not have yet.")
    @LEAF_USER
    @filtered(*filters)
    @reports
    @click.pass_obj
    def list_(desk: Desk, /, leaf_user: str | None, pending: bool, search: str = "", **values: Any) -> None:
        with desk.records() as workspace:
            user = user_key(workspace, leaf_user)
            leaf = leafs_choice(workspace, kind, users_of(workspace, user), filters, values)
            where = Where(leaf_user_id=user, text=search, pending=pending)
            found = chosen(documents(workspace, kind, where), filters, values, leaf)
            desk.answer(found, lambda: show_table(columns, found, kind))
            tell_age(workspace, kind, user)

    if any(one.asks for one in filters):
        ONLINE_FILTERS(list_)

    if kind in TABLES:  # what people look through by words
        click.option("--search", metavar="TEXT", default="", help="Words (or their beginnings).")(list_)
    group.command("list", help=f"List the {_many(kind)} that are here.")(list_)


def add_show(group: click.Group, kind: Kind, more: Callable[[Workspace, str], Json] | None = None) -> None:
    """Give a group its `show`; `more` tells what else is known of the record of this key."""

    @click.argument("id")
    @reports
    @click.pass_obj
    def show(desk: Desk, id: str) -> None:
        with desk.records() as workspace:
            record = seen(workspace, kind, id)
            whole = document(workspace, record)
            whole |= {"raw": say.Verbatim(record.raw) if record.raw else None}
            whole |= more(workspace, record.id) if more else {}
            desk.answer(whole, lambda: show_facts(whole))

    group.command("show", help=f"Show one {word(kind)} with all that Leaf says of it.")(show)


def show_facts(whole: Json) -> None:
    """Write a record for a person, key by key as Leaf calls them."""
    told = {name: value for name, value in whole.items() if name not in ("raw", "pending")}
    say.facts([*((name, _cell(value)) for name, value in told.items()), ("Edits", "pending" * whole["pending"])])


def add_belongings(
    group: click.Group, name: str, kind: Kind, of: Kind, columns: Columns, *filters: Filter, asking: str
) -> None:
    """Give a group a list of what belongs to one record; `asking` is the question to Leaf (a method of Online)."""

    @click.argument("owner", metavar="ID")
    @ONLINE
    @filtered(*filters)
    @reports
    @click.pass_obj
    def belongings(desk: Desk, /, owner: str, online: bool, **values: Any) -> None:
        with desk.records() as workspace:
            whose = key(workspace, of, owner)
            if online:
                ask(getattr(workspace.online, asking)(whose), of, owner)
            user = getattr(workspace.catalog.get(of, whose), "leaf_user_id", "")
            leaf = leafs_choice(workspace, kind, [user], filters, values | {"online": online}, whose)
            found = chosen(documents(workspace, kind, Where(parent=whose)), filters, values, leaf)
            desk.answer(found, lambda: show_table(columns, found, kind))
            tell_age(workspace, kind, about=whose)

    group.command(name, help=f"List the {_many(kind)} of one {word(of)}.")(belongings)
