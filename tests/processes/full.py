"""A disk that fills up under a working Leafdesk: what was kept stays, and what cannot be kept is said."""

import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from leafdesk.edits import Create
from leafdesk.records import Field
from leafdesk.workspace import StoreError, Workspace

from .desk import Kept, environ, said, shape
from .kills import database, desks
from .leaf_side import SETTLE, leaf_side


@dataclass(slots=True)
class Filled:
    """How many edits were kept, how many refused because of the disk, and what is wrong."""

    kept: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)


def fill_a_disk(folder: Path, *, limit: int | None = None) -> Filled:
    """Fill the folder's file system (or, with `limit`, files of so many bytes), then give it room, and look."""
    filled = Filled()
    with leaf_side() as leaf:
        where = environ(leaf.url, leaf.token)
        first = Workspace(folder / "data", environ=where)
        first.sync(stock=False).result(120)
        first.close()
        kept, refusals, wrong = _work_until_full(folder / "data", where, limit)
        filled.wrong += wrong
        filled.kept, filled.refused = len(kept), len(refusals)
        filled.wrong += [text for text in refusals if "full" not in text and "disk" not in text]
        again = Workspace(folder / "data", environ=where)
        try:
            filled.wrong += [f"lost: {one}" for one in kept if again.outbox.item(one.item) is None]
            filled.wrong += again.check()
            for _ in range(5):  # what was on its way when the disk was full is looked into after the settle time
                report = again.sync(stock=False).result(300)
                if not again.outbox.items():
                    break
                time.sleep(SETTLE)
            else:
                filled.wrong.append(f"not drained: {report.outcome}, {report.reason}")
            there = Counter(one.get("name") for one in leaf.all("fields"))
            filled.wrong += [
                f"{one.said} is at Leaf {there[one.said[1]]} times" for one in kept if there[one.said[1]] != 1
            ]
        finally:
            again.close()
        assert database(folder / "data").exists()
    return filled


def _work_until_full(folder: Path, where: dict[str, str], limit: int | None) -> tuple[list[Kept], list[str], list[str]]:
    """In a process of its own, since a limit on files holds for all of it."""
    context = desks()
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(folder, where, there, limit), daemon=True)
    process.start()
    there.close()
    told: tuple[list[Kept], list[str], list[str]] = ([], [], ["the desk ended by itself"])
    with suppress(EOFError):
        told = here.recv() if here.poll(300) else told
    process.join(30)
    process.kill()
    return told


def _work(folder: Path, where: dict[str, str], pipe: Connection, limit: int | None) -> None:
    dice, workspace = random.Random(1), Workspace(folder, environ=where)
    user = workspace.catalog.users()[0].id
    kept, refusals = list[Kept](), list[str]()
    if limit is None:
        _fill(folder.parent)
    else:
        _limit(limit)
    for n in range(20_000):
        _draw(workspace, user, f"made-{n}", dice, kept, refusals)
        if len(refusals) >= 20:
            break
    report = workspace.sync(stock=False).exception(120)  # it may fail for want of room, and must say so
    wrong = [] if report is None or isinstance(report, StoreError) else [f"the sync ended with {report!r}"]
    _give_room(folder.parent, limit)
    _draw(workspace, user, "afterwards", dice, kept, wrong)
    report = workspace.sync(stock=False).exception(120)
    wrong += [f"the sync afterwards ended with {report!r}"] if report else []
    workspace.close()
    pipe.send((kept, refusals, wrong))


def _draw(
    workspace: Workspace, user: str, id_: str, dice: random.Random, kept: list[Kept], refusals: list[str]
) -> None:
    record = Field(id=id_, leaf_user_id=user, name=f"Field {id_}", shape=shape(dice))
    try:
        (queued,) = workspace.do(Create(record)).result()
    except StoreError as error:
        refusals.append(str(error))
    else:
        kept.append(Kept(queued.item_id, "Create", record.id, said(Create(record))))


def _give_room(folder: Path, limit: int | None) -> None:
    """While the desk still works."""
    if limit is None:
        for filler in folder.glob("filler*"):
            filler.unlink()
        return
    import resource

    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def _fill(folder: Path) -> None:
    """Leave about half a megabyte."""
    with (folder / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(65536))
        except OSError:
            filler.truncate(max(0, filler.tell() - 524_288))


def _limit(size: int) -> None:
    """No file may grow beyond this until `_give_room`; a write beyond it fails instead of ending the process."""
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
