"""Commands for the queue: what waits for Leaf, and a person's answers to it."""

from typing import Any, Literal

import click

from leafdesk.cli import say
from leafdesk.cli.desk import BadInputError, Desk, reports, wait
from leafdesk.edits import verb
from leafdesk.workspace import Item, Notice, Workspace

KEPT = {
    "mine": "Yours goes to Leaf at the next sync.",
    "theirs": "Leaf's version stays.",
    "both": "Leaf's version stays, and yours becomes a new field at the next sync.",
}


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
        "handed_over": item.handed,
    }


def _show(items: list[Item]) -> None:
    if not items:
        say.line("Nothing waits: Leaf has every edit.")
        return
    rows = [(item.id, _state(item), item.sentence or verb(item.edit), item.reason or "") for item in items]
    say.table(("Id", "State", "What", "Why"), rows)


def _state(item: Item) -> str:
    return "handed over" if item.handed is not None else item.state


@queue.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, help="How many at most (default 50).")
@reports
@click.pass_obj
def history(desk: Desk, limit: int) -> None:
    """List what was sent to Leaf, and what was discarded, the last first."""
    with desk.records() as workspace:
        items = workspace.outbox.over(limit=limit)
        desk.answer([_document(item) | {"ended": item.ended} for item in items], lambda: _show_history(items))


def _show_history(items: list[Item]) -> None:
    words = {"done": "at Leaf", "discarded": "discarded"}
    rows = [
        (item.ended or "", words[item.state], item.sentence or verb(item.edit), item.reason or "") for item in items
    ]
    say.table(("When", "What became of it", "What", "Note"), rows)


@queue.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@reports
@click.pass_obj
def retry(desk: Desk, ids: tuple[str, ...]) -> None:
    """Let parked or waiting edits go again at the next sync."""
    with desk.records() as workspace:
        items = [item_called(workspace, id) for id in ids]
        wait(workspace.queue.retry(*(item.id for item in items)))
        _answer(desk, workspace, items, "Goes again at the next sync.")


@queue.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@reports
@click.pass_obj
def discard(desk: Desk, ids: tuple[str, ...]) -> None:
    """Take edits back, with those that rest on them."""
    with desk.records() as workspace:
        items = [item_called(workspace, id) for id in ids]
        wait(workspace.queue.discard(*(item.id for item in items)))
        _answer(desk, workspace, items, "Discarded. The record shows what Leaf has.")


@queue.command()
@reports
@click.pass_obj
def notices(desk: Desk) -> None:
    """List what a person should hear: possible doubles at Leaf, boundaries of others that were replaced."""
    with desk.records() as workspace:
        found = workspace.queue.notices
        documents = [
            {
                "id": one.id,
                "sort": one.sort,
                "record": f"{one.kind}/{one.record_id}",
                "at": one.at,
                "what": one.sentence,
                "remedy": [verb(edit) for edit in workspace.queue.remedy(one)],
            }
            for one in found
        ]
        desk.answer(documents, lambda: _show_notices(found))


def _show_notices(found: list[Notice]) -> None:
    if not found:
        say.line("There is nothing to hear.")
        return
    say.table(("Id", "When", "What"), [(str(one.id), one.at, one.sentence) for one in found])


@queue.command()
@click.argument("id", type=int)
@click.option("--remedy", "mend", is_flag=True, help="Put it right: their boundary again, or the double away.")
@reports
@click.pass_obj
def heard(desk: Desk, id: int, mend: bool) -> None:
    """Answer a notice: it has been heard, or is put right (which queues the edits for it)."""
    with desk.records() as workspace:
        notice = next((one for one in workspace.queue.notices if one.id == id), None)
        if notice is None:
            raise BadInputError(f"There is no notice {id}. `leafdesk queue notices` shows what is.")
        edits = workspace.queue.remedy(notice) if mend else ()
        if mend and not edits:
            raise BadInputError("Leaf offers no way to put this right from here; `queue heard` without --remedy.")
        queued = wait(workspace.do(*edits)) if edits else []
        wait(workspace.queue.dismiss(id))
        document = {"id": id, "queued": [one.item_id for one in queued]}
        desk.answer(document, lambda: say.line("Queued, for the next sync." if queued else "Heard."))


@queue.command()
@click.argument("id")
@click.option("--keep", type=click.Choice(["mine", "theirs", "both"]), help="Whose version stays.")
@click.option("--mine-is", metavar="LEAF_ID", help="A new record that may have arrived: it is that one at Leaf.")
@reports
@click.pass_obj
def resolve(desk: Desk, id: str, keep: Literal["mine", "theirs", "both"] | None, mine_is: str | None) -> None:
    """Answer a conflict: keep my edit, or take what Leaf has; of a boundary --keep both makes a new field of mine.

    Of a new record that may be at Leaf already: --mine-is says which one it is (`queue list --json` names the
    candidates), --keep mine sends it once more, --keep theirs forgets mine.
    """
    if (keep is None) == (mine_is is None):
        raise BadInputError("Give either --keep or --mine-is.")
    with desk.records() as workspace:
        item = item_called(workspace, id)
        if item.state != "conflict":
            raise BadInputError(f"The edit {id!r} is {item.state}, not in conflict: there is nothing to decide.")
        if mine_is is not None:
            wait(workspace.queue.adopt(item.id, mine_is))
            _answer(desk, workspace, [item], "Leaf's record is looked at and taken for yours at the next sync.")
        elif keep is not None:
            queued = wait(workspace.queue.resolve(item.id, keep))
            new = {"new": {"id": queued[0].record_id, "queued": queued[0].item_id}} if keep == "both" else {}
            _answer(desk, workspace, [item], KEPT[keep], **new)


def item_called(workspace: Workspace, id: str) -> Item:
    """The edit of this id in the queue. Raises BadInputError."""
    item = workspace.outbox.item(id)
    if item is None or item not in workspace.outbox.items():
        raise BadInputError(f"There is no edit {id!r} in the queue. `leafdesk queue list` shows what is.")
    return item


def _answer(desk: Desk, workspace: Workspace, items: list[Item], sentence: str, **more: Any) -> None:
    """One document for one edit, a list for more."""
    documents = [
        {"id": item.id, "record": f"{item.kind}/{item.record_id}", "state": now.state if now else "discarded"} | more
        for item in items
        for now in [workspace.outbox.item(item.id)]
    ]
    desk.answer(documents[0] if len(documents) == 1 else documents, lambda: say.line(sentence))
