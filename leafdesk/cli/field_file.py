"""The command that shows one operation file of a field."""

import click

from leafdesk.cli import say
from leafdesk.cli.desk import Desk, key, reports
from leafdesk.cli.listing import ONLINE, ask, document, seen, show_facts, tell_age


@click.command("file")
@click.argument("field", metavar="ID")
@click.argument("file", metavar="FILE")
@ONLINE
@reports
@click.pass_obj
def show_file(desk: Desk, field: str, file: str, online: bool) -> None:
    """Show one operation file of a field with all that Leaf says of it."""
    with desk.records() as workspace:
        whose = key(workspace, "fields", field)
        if online:
            ask(workspace.online.file(whose, file), "fields", field)
        record = seen(workspace, "files", file)
        whole = document(workspace, record) | {"raw": say.Verbatim(record.raw) if record.raw else None}
        desk.answer(whole, lambda: show_facts(whole))
        tell_age(workspace, "files", about=whose)
