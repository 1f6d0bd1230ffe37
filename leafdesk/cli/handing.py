"""Commands for hand-overs: what waits here goes to a colleague as a file, and a colleague's comes in."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leafdesk.cli import say
from leafdesk.cli.desk import BadInputError, Desk, reports, wait
from leafdesk.cli.queue import item_called
from leafdesk.edits import verb

if TYPE_CHECKING:
    from leafdesk.workspace import Item
    from leafdesk.workspace.handing import Given, Look

NEEDS_YOU = 5


@click.command("hand-over")
@click.argument("file", metavar="FILE", type=Path)
@click.option("--only", metavar="ID", multiple=True, help="Only this edit, with what it rests on; several times.")
@reports
@click.pass_obj
def hand_over(desk: Desk, file: Path, only: tuple[str, ...]) -> int:
    """Write what waits for Leaf to FILE, for a colleague who has a signal.

    Whoever takes the file over sends it; from now on it is not sent from here. A sync looks whether Leaf has it, and
    closes it then. `queue take-back` makes it yours again if nobody took it.
    """
    from leafdesk.files.handover import ENDING, is_hand_over

    if not is_hand_over(file):
        raise BadInputError(f"{file}: the ending has to be {ENDING}.")
    with desk.records() as workspace:
        items = [item_called(workspace, id) for id in only]
        try:
            given = workspace.handing.give(file, [item.id for item in items] or None)
        except OSError as error:
            why = error.strerror or error
            raise BadInputError(f"{file} cannot be written: {why}. Nothing was handed over.") from error
        document = {
            "id": given.id,
            "file": str(file),
            "changes": [_document(item) for item in given.gone],
            "left": [_document(one.item) | {"why_not": one.why_not} for one in given.left],
        }
        desk.answer(document, lambda: _show_given(given, file))
    return 0


def _document(item: "Item") -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": verb(item.edit),
        "record": f"{item.kind}/{item.record_id}",
        "what": item.sentence,
    }


def _show_given(given: "Given", file: Path) -> None:
    rows = [(item.id, item.sentence or verb(item.edit)) for item in given.gone]
    say.table(("Id", "What"), rows)
    for one in given.left:
        say.aside(f"Stays here: {one.item.sentence}: {one.why_not}")
    changes = say.counted(len(given.gone), "change")
    say.aside(f"{changes} in {file}. Whoever takes the file over sends them; they are not sent from here.")


@click.command("take-over")
@click.argument("file", metavar="FILE", type=Path)
@click.option("--dry-run", is_flag=True, help="Only show what is in it and what would be taken.")
@reports
@click.pass_obj
def take_over(desk: Desk, file: Path, *, dry_run: bool) -> int:
    """Take over what a colleague handed over in FILE: it waits here then, and the next sync sends it.

    A hand-over is taken once. What cannot be taken is told with the reason, and stays with the colleague (exit code 5).
    """
    from leafdesk.files.handover import UnfitError

    with desk.records() as workspace:
        try:
            looked = workspace.handing.look(file) if dry_run else workspace.handing.take(file)
        except UnfitError as error:
            raise BadInputError(f"{file}: {error} Nothing was changed.") from error
        desk.answer(_answer(looked, done=not dry_run), lambda: _show(looked, done=not dry_run))
    return 0 if not looked.refused and len(looked.takes) == len(looked.lines) else NEEDS_YOU


def _answer(looked: "Look", *, done: bool) -> dict[str, Any]:
    return {
        "dry_run": not done,
        "id": looked.id,
        "by": looked.by,
        "made": looked.made,
        "refused": looked.refused or None,
        "taken": len(looked.takes),
        "changes": [
            {"id": line.id, "what": line.sentence, "created": line.created, "why_not": line.why_not or None}
            for line in looked.lines
        ],
    }


def _show(looked: "Look", *, done: bool) -> None:
    say.aside(f"{looked.file}: by {looked.by}, {looked.made}.")
    say.table(("Made", "What", "Why not"), [(line.created, line.sentence, line.why_not) for line in looked.lines])
    if looked.refused:
        say.aside(f"{looked.refused} Nothing was changed.")
        return
    stays = len(looked.lines) - len(looked.takes)
    told = (
        f"{say.counted(len(looked.takes), 'change')} {'taken over; `leafdesk sync` sends them' if done else 'to take'}."
    )
    say.aside(f"{told} {say.counted(stays, 'change')} cannot be taken." if stays else told)


@click.command("take-back")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.option("--never-taken", is_flag=True, help="Yes: nobody has taken the file over, or ever will.")
@reports
@click.pass_obj
def take_back(desk: Desk, ids: tuple[str, ...], *, never_taken: bool) -> None:
    """Make handed-over edits yours again, when nobody took the file over.

    The next sync first looks whether Leaf has them all the same, and sends them if not.
    """
    if not never_taken:
        raise BadInputError("If a colleague took the file over, they send it. If nobody did, say so: --never-taken.")
    with desk.records() as workspace:
        items = [item_called(workspace, id) for id in ids]
        wait(workspace.handing.take_back(*(item.id for item in items)))
        document = [{"id": item.id, "record": f"{item.kind}/{item.record_id}", "state": "waiting"} for item in items]
        answer: Any = document[0] if len(document) == 1 else document
        desk.answer(answer, lambda: say.line("Yours again; the next sync looks for them, and sends what Leaf lacks."))
