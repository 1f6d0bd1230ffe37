"""The command that brings everything home for a day without a signal and lists what is missing."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from leafdesk.cli import say
from leafdesk.cli.account import Teller, synced
from leafdesk.cli.desk import Desk, key, reports
from leafdesk.workspace import Workspace

if TYPE_CHECKING:
    from leafdesk.workspace.readiness import Need

_CODES = {"sign-in": 4, "fetched": 3, "sent": 3, "boundaries": 3, "stock": 3, "answered": 5}
"""What a missing need means at the shell; 2 for the others. Of several the first in this order counts."""


@click.command()
@click.option("--farm", "farms", multiple=True, metavar="ID", help="Only for this farm's fields; several are possible.")
@click.option("--field", "fields", multiple=True, metavar="ID", help="Only for this field; several are possible.")
@click.option("--no-sync", is_flag=True, help="Ask Leaf nothing; only look at what is here.")
@reports
@click.pass_obj
def ready(desk: Desk, farms: tuple[str, ...], fields: tuple[str, ...], no_sync: bool) -> int:
    """Fetch everything for a day without a signal, and list what is missing."""
    with desk.workspace() as workspace:
        known = workspace.account is not None
        if known and not no_sync:
            _sync(workspace)
        chosen = {
            "farm_ids": frozenset(key(workspace, "farms", id_) for id_ in farms) if known else (),
            "field_ids": frozenset(key(workspace, "fields", id_) for id_ in fields) if known else (),
        }
        needs = _look(desk, workspace, chosen)
        missing = [need for need in needs if not need.met]
        documents = [{name: asdict(need)[name] for name in ("key", "title", "met", "says")} for need in needs]
        desk.answer({"ready": not missing, "needs": documents}, lambda: _show(needs))
    codes = {_CODES.get(need.key, 2) for need in missing}
    return next((code for code in (*_CODES.values(), 2) if code in codes), 0)


def _sync(workspace: Workspace) -> None:
    """Fetch what is new; how that went is told, and what it could not bring the list says."""
    stop = workspace.listen(Teller())
    try:
        report = synced(workspace)
    finally:
        stop()
    if report.reason:
        say.aside(report.reason)


def _look(desk: Desk, workspace: Workspace, chosen: dict[str, Any]) -> "tuple[Need, ...]":
    from leafdesk.workspace.basemaps import Basemaps

    shelf = Basemaps(desk.folder)
    try:
        return workspace.readiness.look(shelf, **chosen)
    finally:
        shelf.close()


def _show(needs: "tuple[Need, ...]") -> None:
    say.table(("", "What", "Found"), [("ok" if need.met else "missing", need.title, need.says) for need in needs])
    missing = sum(not need.met for need in needs)
    say.line(f"{say.counted(missing, 'thing is', 'things are')} missing." if missing else "Ready for the field.")
