"""kill -9 of a Leafdesk that edits and syncs, again and again on one workspace, and what must be there afterwards."""

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from leafdesk.geo.shape import from_geojson
from leafdesk.sync.merge import normal
from leafdesk.workspace import Create, Item, RefusedError, Workspace

from .desk import Kept, environ, work
from .leaf_side import FAULTS, SETTLE, LeafSide, leaf_side


@dataclass(slots=True)
class Killed:
    """What many kills came to."""

    kills: int = 0
    kept: list[Kept] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    syncs: int = 0
    """Calm syncs until nothing waited any more."""
    requests_open: int = 0
    """Kills that left a request under way."""


def kill_often(folder: Path, kills: int, *, seed: int = 1, say: Callable[[str], None] = str) -> Killed:
    """So many kills of a desk over a bad line; then a calm line, and everything is looked at."""
    dice, found = random.Random(seed), Killed()
    with leaf_side() as leaf:
        workspace = Workspace(folder, environ=environ(leaf.url, leaf.token))
        workspace.sync().result(600)
        workspace.close()
        leaf.faults(FAULTS)
        for _ in range(kills):
            kept = _one_kill(folder, leaf, dice, found.wrong)
            found.kills += 1
            found.kept += kept
            found.requests_open += _look(folder, kept, found.wrong)
            if found.wrong:
                break
            if found.kills % 50 == 0:
                say(f"... {found.kills} kills, {len(found.kept)} kept edits, {found.requests_open} under way")
        leaf.faults("")
        if not found.wrong:
            _calm(folder, leaf, found)
    return found


def desks() -> Any:
    """The way to start a desk: a copy of a process that has read the program already, where there is such a thing."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.processes.warm"])
    return context


def _one_kill(folder: Path, leaf: LeafSide, dice: random.Random, wrong: list[str]) -> list[Kept]:
    """Let a desk work, and kill it some time after its first edit; the edits that it said it had kept."""
    context = desks()
    here, there = context.Pipe(duplex=False)
    where, seed = environ(leaf.url, leaf.token), dice.getrandbits(32)
    process = context.Process(target=work, args=(folder, where, seed, there, 600.0), daemon=True)
    process.start()
    there.close()
    heard: list[Any] = [here.recv()] if here.poll(60) else []  # it is open
    if here.poll(60):
        heard += _hear(here, until=time.monotonic() + dice.choice([0.1, 0.5, 1.0, 2.0]) * dice.random())
    if not process.is_alive() or not heard:
        wrong.append(f"the desk ended by itself ({process.exitcode}) or never opened")
    process.kill()
    process.join()
    heard += _hear(here, until=None)
    here.close()
    return [one for one in heard if isinstance(one, Kept)]


def _hear(pipe: Connection, *, until: float | None) -> list[Any]:
    """What comes down the pipe until a moment; None: until its end. What the kill cut in two was never said."""
    heard: list[Any] = []
    with suppress(EOFError, OSError):
        while until is None or pipe.poll(max(0.0, until - time.monotonic())):
            heard.append(pipe.recv())
    return heard


def database(folder: Path) -> Path:
    """The one account's database in a workspace's folder."""
    (found,) = (folder / "accounts").glob("*/leafdesk.db")
    return found


def _look(folder: Path, kept: list[Kept], wrong: list[str]) -> int:
    """After a kill: the database is whole, and every kept edit is in it. 1 if a request was under way."""
    if not kept:
        return 0
    connection = sqlite3.connect(database(folder))
    try:
        if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
            wrong.append("the database is damaged")
        there = {id_ for (id_,) in connection.execute("SELECT id FROM outbox")}
        wrong += [f"lost: {one}" for one in kept if one.item not in there]
        (journal,) = connection.execute("SELECT count(*) FROM journal").fetchone()
        if journal < len(kept):
            wrong.append(f"the journal has {journal} lines")
        return int(connection.execute("SELECT 1 FROM attempts WHERE outcome = 'inflight'").fetchone() is not None)
    finally:
        connection.close()


# ---------------------------------------------------------------------- in the end
def _calm(folder: Path, leaf: LeafSide, found: Killed) -> None:
    """Sync over a good line until nothing waits; every question is answered."""
    workspace = Workspace(folder, environ=environ(leaf.url, leaf.token))
    try:
        for _ in range(60):
            workspace.sync(stock=True).result(600)
            found.syncs += 1
            waiting = workspace.outbox.items()
            if not waiting:
                break
            for item in waiting:
                with suppress(RefusedError):
                    if item.state == "conflict":
                        _answer(workspace, item)
                    elif item.state == "parked":
                        workspace.queue.retry(item.id).result(60)
            time.sleep(SETTLE / 2)
        found.wrong += [f"stuck: {item.sentence} is {item.state}: {item.reason}" for item in workspace.outbox.items()]
        if not found.wrong:
            workspace.sync(stock=True).result(600)
            _compare(workspace, leaf, found)
    finally:
        workspace.close()


def _answer(workspace: Workspace, item: Item) -> None:
    """Of a create that may have arrived the user knows the name; whatever else: keep theirs."""
    if not isinstance(item.edit, Create):
        workspace.queue.resolve(item.id, "theirs").result(60)
        return
    name = item.edit.record.name
    mine = [one["id"] for one in (item.theirs or {}).get("candidates", ()) if one["name"] == name]
    if mine:
        workspace.queue.adopt(item.id, mine[0]).result(60)
    else:
        workspace.queue.resolve(item.id, "mine").result(60)


def _compare(workspace: Workspace, leaf: LeafSide, found: Killed) -> None:
    """Nothing twice at Leaf, and both sides the same."""
    wrong = found.wrong
    for kind in ("farms", "growers", "machines"):
        names = Counter(one.get("name") for one in leaf.all(kind))
        for one in found.kept:
            if one.verb == "Create" and one.said[0] == kind and names[one.said[1]] != 1:
                wrong.append(f"{kind} {one.said[1]!r} is at Leaf {names[one.said[1]]} times")
    boundaries = {str(one["id"]): one for one in leaf.all("boundaries")}
    for field_ in leaf.all("fields"):
        here, name = workspace.catalog.field(field_["id"]), field_.get("name", field_.get("providerFieldName"))
        if here is None or here.name != name:
            wrong.append(f"field {field_['id']} is {name!r} at Leaf and here {here and here.name!r}")
            continue
        drawn = [normal(from_geojson(boundaries[id_]["geometry"])) for id_ in field_["boundaries"]]
        if len(set(drawn)) != len(drawn):
            wrong.append(f"field {field_['id']} has a boundary twice")
        active = [id_ for id_ in field_["boundaries"] if boundaries[id_]["status"] == "ACTIVE"]
        if active and here.boundary_id != active[0]:
            wrong.append(f"field {field_['id']} has another boundary here than there")
    there = {one["id"] for one in leaf.all("fields")}
    wrong += [f"field {row.id} is only here" for row in workspace.catalog.fields() if row.id not in there]
