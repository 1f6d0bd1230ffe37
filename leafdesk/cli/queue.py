"""Commands for the queue: what waits for Leaf, and a person's answers to it."""

from typing import Any, Literal

import click

from leafdesk.cli import say
from leafdesk.cli.desk import BadInputError, Desk, reports, wait
from leafdesk.edits import verb
from leafdesk.workspace import Item, Workspace


@click.group()
def queue() -> None:
    """See what waits to reach Leaf, and decide about it."""


@queue.command("list")
@reports
@click.pass_obj
def list_(desk: Desk) -> None:
    """List the edits that Leaf does not have yet."""
    with desk.records() as workspace:
        items = workspace.outbox.items()
        desk.answer([_document(item) for item in items], lambda: _show(items))


def _document(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": verb(item.edit),
        "record": f"{item.kind}/{item.record_id}",
        "state": item.state,
        "reason": item.reason,
        "attempts": item.attempts,
        "created": item.created,
        "what": item.sentence,
        "candidates": (item.theirs or {}).get("candidates", []),
    }


def _show(items: list[Item]) -> None:
    if not items:
        say.line("Nothing waits: Leaf has every edit.")
        return
    rows = [(item.id, item.state, item.sentence or verb(item.edit), item.reason or "") for item in items]
    say.table(("Id", "State", "What", "Why"), rows)


@queue.command()
@click.argument("id")
@reports
@click.pass_obj
def retry(desk: Desk, id: str) -> None:
    """Let a parked or waiting edit go again at the next sync."""
    with desk.records() as workspace:
        item = _item(workspace, id)
        wait(workspace.queue.retry(item.id))
        _answer(desk, workspace, item, "Goes again at the next sync.")


@queue.command()
@click.argument("id")
@reports
@click.pass_obj
def discard(desk: Desk, id: str) -> None:
    """Take an edit back, with those that rest on it."""
    with desk.records() as workspace:
        item = _item(workspace, id)
        wait(workspace.queue.discard(item.id))
        _answer(desk, workspace, item, "Discarded. The record shows what Leaf has.")


@queue.command()
@click.argument("id")
@click.option("--keep", type=click.Choice(["mine", "theirs"]), help="Whose version stays.")
@click.option("--mine-is", metavar="LEAF_ID", help="A new record that may have arrived: it is that one at Leaf.")
@reports
@click.pass_obj
def resolve(desk: Desk, id: str, keep: Literal["mine", "theirs"] | None, mine_is: str | None) -> None:
    """Answer a conflict: keep my edit, or take what Leaf has.

    Of a new record that may be at Leaf already: --mine-is says which one it is (`queue list --json` names the
    candidates), --keep mine sends it once more, --keep theirs forgets mine.
    """
    if (keep is None) == (mine_is is None):
        raise BadInputError("Give either --keep or --mine-is.")
    with desk.records() as workspace:
        item = _item(workspace, id)
        if item.state != "conflict":
            raise BadInputError(f"The edit {id!r} is {item.state}, not in conflict: there is nothing to decide.")
        if mine_is is not None:
            wait(workspace.queue.adopt(item.id, mine_is))
            _answer(desk, workspace, item, "Leaf's record is looked at and taken for yours at the next sync.")
        elif keep is not None:
            wait(workspace.queue.resolve(item.id, keep))
            kept = {"mine": "Yours goes to Leaf at the next sync.", "theirs": "Leaf's version stays."}[keep]
            _answer(desk, workspace, item, kept)


def _item(workspace: Workspace, id: str) -> Item:
    item = workspace.outbox.item(id)
    if item is None or item not in workspace.outbox.items():
        raise BadInputError(f"There is no edit {id!r} in the queue. `leafdesk queue list` shows what is.")
    return item


def _answer(desk: Desk, workspace: Workspace, item: Item, sentence: str) -> None:
    now = workspace.outbox.item(item.id)
    document = {"id": item.id, "record": f"{item.kind}/{item.record_id}", "state": now.state if now else "discarded"}
    desk.answer(document, lambda: say.line(sentence))
