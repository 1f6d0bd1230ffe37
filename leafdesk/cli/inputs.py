"""Commands for what goes onto the land: search the offline catalog of products, varieties and tank mixes, or Leaf's."""

from typing import Any

import click

from leafdesk.cli import say
from leafdesk.cli.desk import Desk, key, reports
from leafdesk.cli.filters import Filter, asked, filtered
from leafdesk.cli.listing import (
    LEAF_USER,
    ONLINE,
    Columns,
    add_list,
    ask,
    chosen,
    document,
    show_facts,
    show_table,
    tell_age,
    user_key,
)
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


_CROP = Filter("--crop", "crops", "Only varieties of this crop.", "any case")


def _add_search(group: click.Group, kind: Kind, columns: Columns, *filters: Filter) -> None:
    @click.argument("text")
    @LEAF_USER
    @click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="No more than this.")
    @filtered(*filters)
    @ONLINE
    @reports
    @click.pass_obj
    def search(desk: Desk, /, text: str, leaf_user: str | None, limit: int, online: bool, **values: Any) -> None:
        with desk.records() as workspace:
            user = user_key(workspace, leaf_user)
            if online:
                at_leaf = workspace.online.search(kind, text, crop=values.get("crop"), most=limit)
                hits = [(id, True) for id in ask(at_leaf, kind, text)]
            else:
                hits = _here(workspace, kind, text, user, _DEEPEST if asked(filters, values) else limit)
            entries = [_entry(workspace, kind, id) | {"exact": exact} for id, exact in hits]
            found = chosen(entries, () if online else filters, values, None)[:limit]
            desk.answer(found, lambda: show_table(columns, found, kind))
            if not online:
                tell_age(workspace, kind, user)

    told = f"Search the {word(kind)} catalog that is here; a misspelt word finds what looks alike. --online asks Leaf."
    group.command("search", help=told)(search)


_DEEPEST = 10_000
"""How many hits a filter looks through."""


def _here(workspace: Workspace, kind: Kind, text: str, user: str | None, limit: int) -> list[tuple[str, bool]]:
    hits = workspace.tables.search(kind, text, leaf_user_id=user, limit=limit)
    return [(hit.row.id, hit.exact) for hit in hits]


def _entry(workspace: Workspace, kind: Kind, id: str) -> dict[str, Any]:
    """An entry of the catalog; what somebody searched for at Leaf says when that was."""
    record = workspace.catalog.get(kind, id)
    assert record is not None, "a hit that is not here"
    return document(workspace, record)


_NAMED = (("Id", "id"), ("Name", "name"))
_PRODUCT = (*_NAMED, ("By", "registrant"), ("Label", "labelProvider"), ("Found", "found"))
_VARIETY = (*_NAMED, ("Crops", "crops"), ("By", "companyName"))
_TANK_MIX = (*_NAMED, ("Carrier", "carrier"), ("Of", "components"))
_LISTED = (
    Filter("--name", "name", "Only names with this text.", "part"),
    Filter("--source", "source", "list (the provider's), summary (named in machine files) or search (found at Leaf)."),
)
_PROVIDER = Filter("--provider", "provider", "Only what comes from this provider.", "provider")
_LABEL = Filter("--provider", "labelProvider", "Only this provider's, or this label database's.", "any case")
_add_search(products, "products", _PRODUCT)
_add_search(varieties, "varieties", _VARIETY, _CROP)
_add_search(tank_mixes, "tankMixes", _TANK_MIX)
add_list(products, "products", _PRODUCT, *_LISTED, _LABEL)
add_list(varieties, "varieties", _VARIETY, *_LISTED, _PROVIDER, _CROP)
add_list(tank_mixes, "tankMixes", _TANK_MIX, *_LISTED, _PROVIDER)


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
