"""A disk that fills up under a working Leafdesk: what was kept stays, and what cannot be kept is said."""

import random
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from leafdesk.edits import Create
from leafdesk.records import Field
from leafdesk.workspace import StoreError, Workspace

from .desk import Kept, environ, said, shape
from .kills import database, desks
from .leaf_side import leaf_side


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
        kept, refusals = _work_until_full(folder / "data", where, limit)
        filled.kept, filled.refused = len(kept), len(refusals)
        filled.wrong += [text for text in refusals if "full" not in text and "disk" not in text]
        for filler in folder.glob("filler*"):
            filler.unlink()
        again = Workspace(folder / "data", environ=where)
        try:
            there = {item.id for item in again.outbox.items()}
            filled.wrong += [f"lost: {one}" for one in kept if one.item not in there]
            filled.wrong += again.check()
            report = again.sync().result(300)
            if again.outbox.items():
                filled.wrong.append(f"not drained: {report.outcome}, {report.reason}")
        finally:
            again.close()
        assert database(folder / "data").exists()
    return filled


def _work_until_full(folder: Path, where: dict[str, str], limit: int | None) -> tuple[list[Kept], list[str]]:
    """In a process of its own, since a limit on files cannot be taken back."""
    context = desks()
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(folder, where, there, limit), daemon=True)
    process.start()
    there.close()
    kept, refusals = here.recv() if here.poll(300) else ([], [])
    process.join(30)
    process.kill()
    return kept, refusals


def _work(folder: Path, where: dict[str, str], pipe: Connection, limit: int | None) -> None:
    dice, workspace = random.Random(1), Workspace(folder, environ=where)
    user = workspace.catalog.users()[0].id
    kept, refusals = list[Kept](), list[str]()
    if limit is None:
        _fill(folder.parent)
    else:
        _limit(limit)
    for n in range(20_000):
        record = Field(id=f"made-{n}", leaf_user_id=user, name=f"Field {n}", shape=shape(dice))
        try:
            (queued,) = workspace.do(Create(record)).result()
        except StoreError as error:
            refusals.append(str(error))
        else:
            kept.append(Kept(queued.item_id, "Create", record.id, said(Create(record))))
        if len(refusals) >= 20:
            break
    pipe.send((kept, refusals))


def _fill(folder: Path) -> None:
    """Leave about half a megabyte."""
    with (folder / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(65536))
        except OSError:
            filler.truncate(max(0, filler.tell() - 524_288))


def _limit(size: int) -> None:
    """No file may grow beyond this; a write beyond it fails instead of ending the process."""
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
