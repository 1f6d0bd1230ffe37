"""A Leafdesk that works without a pause: edits that are told when they are kept, and one sync after the other."""

import random
import time
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from leafdesk.edits import Create, Delete, Edit, Redraw, change
from leafdesk.geo.shape import Shape
from leafdesk.records import USER_CREATED, Farm, Field, Grower, Machine
from leafdesk.workspace import Workspace

from .leaf_side import SETTLE

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Kept:
    """An edit that the workspace said it has: the queue's item, and what was wanted."""

    item: str
    verb: str
    record: str
    said: Any


def environ(url: str, token: str) -> dict[str, str]:
    """What a desk is told by its environment."""
    return {"LEAFDESK_API_URL": url, "LEAFDESK_TOKEN": token, "LEAFDESK_SETTLE_SECONDS": str(SETTLE)}


def work(folder: Path, where: dict[str, str], seed: int, pipe: Connection, seconds: float) -> None:
    """Edit and sync for so many seconds, or until somebody kills this process. Every kept edit goes down the pipe."""
    dice = random.Random(seed)
    astray = dice.choice([0.0, 0.0, -DAY, DAY])
    clock = [astray]
    workspace = Workspace(folder, environ=where, clock=lambda: time.time() + clock[0], steady=time.monotonic)
    pipe.send("open")
    ends, running = time.monotonic() + seconds, None
    while time.monotonic() < ends:
        running = _sync_again(workspace, running)
        for edit in _edits(workspace, dice):
            try:
                (queued, *_) = workspace.do(edit).result()
            except ValueError:  # refused: not possible on this record now
                continue
            pipe.send(Kept(queued.item_id, type(edit).__name__, edit.id, said(edit)))
        if dice.random() < 0.02:
            clock[0] = dice.choice([0.0, -DAY, DAY, 60.0])
        time.sleep(dice.uniform(0.0, 0.03))
    workspace.close()
    pipe.send("closed")


def _sync_again(workspace: Workspace, running: "Future[Any] | None") -> "Future[Any]":
    if running is not None and not running.done():
        return running
    if running is not None:
        running.result()  # a bug of ours ends this process with its trace
    return workspace.sync(stock=random.random() < 0.2)


def said(edit: Edit) -> Any:
    """What can be found at Leaf of an edit, once it is there."""
    if isinstance(edit, Create):
        return edit.record.kind, edit.record.name
    return getattr(edit, "shape", None) or dict(getattr(edit, "values", ()))


def _edits(workspace: Workspace, dice: random.Random) -> list[Edit]:
    """One edit: most of them on what was made here, so that everything can be told from what stood there before."""
    user = next(iter(workspace.catalog.users()), None)
    if user is None:
        return []
    name, id_ = f"made {dice.getrandbits(60):x}", f"made-{dice.getrandbits(60):x}"
    fields = [row.id for row in workspace.catalog.fields() if row.id.startswith("made-")]
    roll = dice.random()
    if roll < 0.25 or not fields:
        return [Create(Field(id=id_, leaf_user_id=user.id, name=name, shape=shape(dice)))]
    if roll < 0.30:
        return [Create(Farm(id=id_, leaf_user_id=user.id, name=name))]
    if roll < 0.32:
        return [Create(Grower(id=id_, leaf_user_id=user.id, name=name))]
    if roll < 0.38:
        return [Create(Machine(id=id_, leaf_user_id=user.id, name=name, origin_type=USER_CREATED))]
    field = dice.choice(fields)
    if roll < 0.55:
        return [change("fields", field, name=name)]
    if roll < 0.62 and (farms := workspace.catalog.farms()):
        return [change("fields", field, farm_id=dice.choice(farms).id)]
    if roll < 0.80:
        return [Redraw(field, shape(dice))]
    return [Delete("fields", field)]


def shape(dice: random.Random) -> Shape:
    """A square somewhere that nobody drew before."""
    west, south = dice.uniform(-170, 170), dice.uniform(-60, 60)
    east, north = west + 0.01, south + 0.01
    return ((((west, south), (east, south), (east, north), (west, north), (west, south)),),)
