"""Commands for what goes onto the land: search the offline catalog of products, varieties and tank mixes, or Leaf's."""

from typing import Any

import click

from leafdesk.cli import say
from leafdesk.cli.desk import Desk, key, reports
from leafdesk.cli.listing import LEAF_USER, ONLINE, Columns, ask, document, show_facts, show_table, tell_age, user_key
from leafdesk.records import Kind, word
from leafdesk.workspace import Workspace


@click.group()
def products() -> None:
    """Search products; look at one with its labels."""


@click.group()
def varieties() -> None:
    """Search varieties."""


@click.group("tank-mixes")
def tank_mixes() -> None:
    """Search tank mixes."""


def _add_search(group: click.Group, kind: Kind, columns: Columns) -> None:
    @click.argument("text")
    @LEAF_USER
    @click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="No more than this.")
    @ONLINE
    @reports
    @click.pass_obj
    def search(desk: Desk, text: str, leaf_user: str | None, limit: int, online: bool) -> None:
        with desk.records() as workspace:
            user = user_key(workspace, leaf_user)
            hits = _at_leaf(workspace, kind, text) if online else _here(workspace, kind, text, user, limit)
            found = [_entry(workspace, kind, id) | {"exact": exact} for id, exact in hits]
            desk.answer(found, lambda: show_table(columns, found, kind))
            if not online:
                tell_age(workspace, kind, user)

    told = f"Search the {word(kind)} catalog that is here; a misspelt word finds what looks alike. --online asks Leaf."
    group.command("search", help=told)(search)


def _here(workspace: Workspace, kind: Kind, text: str, user: str | None, limit: int) -> list[tuple[str, bool]]:
    hits = workspace.tables.search(kind, text, leaf_user_id=user, limit=limit)
    return [(hit.row.id, hit.exact) for hit in hits]


def _at_leaf(workspace: Workspace, kind: Kind, text: str) -> list[tuple[str, bool]]:
    return [(id, True) for id in ask(workspace.online.search(kind, text), kind, text)]


def _entry(workspace: Workspace, kind: Kind, id: str) -> dict[str, Any]:
    """An entry of the catalog; what somebody searched for at Leaf says when that was."""
    record = workspace.catalog.get(kind, id)
    assert record is not None, "a hit that is not here"
    entry = document(workspace, record)
    return entry | {"source": getattr(record, "source", ""), "found": getattr(record, "found", "") or None}


_MADE_BY = (("By", "registrant"), ("Label", "labelProvider"))
_add_search(products, "products", (("Id", "id"), ("Name", "name"), *_MADE_BY, ("Found", "found")))
_add_search(varieties, "varieties", (("Id", "id"), ("Name", "name"), ("Crops", "crops"), ("By", "companyName")))
_add_search(tank_mixes, "tankMixes", (("Id", "id"), ("Name", "name"), ("Carrier", "carrier"), ("Of", "components")))


def _add_show(group: click.Group, kind: Kind) -> None:
    @click.argument("id")
    @ONLINE
    @reports
    @click.pass_obj
    def show(desk: Desk, id: str, online: bool) -> None:
        with desk.records() as workspace:
            if online:
                ask(workspace.online.look_up(kind, id), kind, id)
            entry = _entry(workspace, kind, key(workspace, kind, id))
            desk.answer(entry, lambda: show_facts(entry))
            for remark in getattr(workspace.catalog.get(kind, entry["id"]), "remarks", ()):
                say.aside(remark)

    group.command("show", help=f"Show one {word(kind)}; --online reads all that Leaf has of it.")(show)


_add_show(products, "products")
_add_show(varieties, "varieties")
