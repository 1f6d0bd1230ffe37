"""kill -9 of a Leafdesk in the middle of its first pull, again and again: what is here already is not read again."""

from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from leafdesk.sync.boundaries import LANES
from leafdesk.sync.pull import PAGES_AT_ONCE
from leafdesk.sync.tally import BATCH
from leafdesk.workspace import Event, Progress, Workspace

from .desk import environ
from .kills import desks
from .leaf_side import leaf_side


@dataclass(slots=True)
class Resumed:
    """What the kills came to, and what is wrong."""

    kills: int = 0
    pages: int = 0
    pages_again: int = 0
    boundaries: int = 0
    boundaries_again: int = 0
    wrong: list[str] = field(default_factory=list)


def pull_in_pieces(folder: Path, *, fields: int, pieces: int) -> Resumed:
    """A first pull of so many fields, killed after every so-manieth part of its pages and of its boundaries."""
    found = Resumed()
    with leaf_side(fields) as leaf:
        where = environ(leaf.url, leaf.token)
        for word in ("Fields", "Boundaries"):
            for piece in range(1, pieces):
                found.kills += _pull_until(folder, where, word, fields * piece // pieces if word == "Fields" else 60)
        workspace = Workspace(folder, environ=where)
        report = workspace.sync(stock=False).result(600)
        if report.outcome != "done" or len(workspace.catalog.fields()) != fields:
            found.wrong.append(f"{report.outcome}, {report.reason}: {len(workspace.catalog.fields())} fields")
        found.wrong += [
            f"no boundary of {row.name}" for row in workspace.catalog.fields() if not _whole(workspace, row.id)
        ]
        workspace.close()
        asked = Counter(leaf.asked())
    pages = {address: n for (operation, address), n in asked.items() if operation == "listFields"}
    boundaries = {address: n for (operation, address), n in asked.items() if operation == "getBoundary"}
    found.pages, found.pages_again = len(pages), sum(pages.values()) - len(pages)
    found.boundaries, found.boundaries_again = len(boundaries), sum(boundaries.values()) - len(boundaries)
    if found.pages_again > found.kills * (1 + PAGES_AT_ONCE):
        found.wrong.append(f"{found.pages_again} pages again: more than one, and those under way, at each kill")
    if found.boundaries_again > found.kills * LANES * BATCH:
        found.wrong.append(f"{found.boundaries_again} boundaries again: more than were under way at the kills")
    return found


def _whole(workspace: Workspace, id_: str) -> bool:
    shown = workspace.catalog.field(id_)
    return shown is not None and (shown.shape is not None or shown.status == "PREVIEW")


def _pull_until(folder: Path, where: dict[str, str], word: str, many: int) -> int:
    """Pull in a process of its own, and kill it when it has told of so many; 1 if it was killed."""
    context = desks()
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_pull, args=(folder, where, there), daemon=True)
    process.start()
    there.close()
    killed = 0
    while here.poll(60):
        try:
            told = here.recv()
        except EOFError:
            break
        if told[0] == word and told[1] >= many:
            killed = 1
            break
    process.kill()
    process.join()
    here.close()
    return killed


def _pull(folder: Path, where: dict[str, str], pipe: Connection) -> None:
    workspace = Workspace(folder, environ=where)

    def tell(event: Event) -> None:
        if isinstance(event, Progress):
            pipe.send((event.what, event.done))

    workspace.listen(tell)
    workspace.sync(stock=False).result()
    workspace.close()
