"""Every way of writing to Leaf, stopped before every SQL statement and at every wait, one stop a run.

`python -m tests.simulator --crashes --jobs 2` stops everywhere; the tests stop here and there. `lost` flows lose the
answer first, so that the stop falls into the look whether it arrived.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from leafdesk.api.outcome import no_answer
from leafdesk.edits import Create, Delete, Edit, Enable, Match, Redraw, SyncProvider, Upload, change
from leafdesk.geo.shape import to_geojson
from leafdesk.records import USER_CREATED, Farm, Field, Grower, Machine

from .disk import KilledError
from .ending import look_back
from .far import USER
from .story import Story, small_world
from .weather import Weather

Flow = Callable[["Bench"], Edit]
NEW = "0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d"


class Bench(Story):
    """A calm world with one record of every kind, in which one edit is made and sent."""

    def __init__(self) -> None:
        super().__init__(0, Weather(dice=random.Random("bench"), calm=True), None)
        leaf, shape = self.far.leaf, to_geojson(self.user.sayings.shape())
        self.field = leaf.create_field(USER, shape, "Here")["id"]
        self.grower = str(leaf.create_grower(USER, "Grower")["id"])
        self.farm = str(leaf.create_farm(USER, "Farm")["id"])
        self.machine = leaf.create_machine(USER, {"name": "Machine"})["id"]
        self.laptop.sync(stock=True)
        self.oracle.user_acted()
        self.preview = next(key for key, one in self.far.there["fields"].items() if one["status"] == "PREVIEW")


FLOWS: dict[str, Flow] = {
    "create field": lambda b: Create(Field(id=NEW, leaf_user_id=USER, name="N", shape=b.user.sayings.shape())),
    "rename field": lambda b: change("fields", b.field, name="Elsewhere"),
    "move field": lambda b: change("fields", b.field, farm_id=b.farm),
    "redraw field": lambda b: Redraw(b.field, b.user.sayings.shape()),
    "delete field": lambda b: Delete("fields", b.field),
    "create farm": lambda b: Create(Farm(id="made-farm", leaf_user_id=USER, name="New farm", grower_id=b.grower)),
    "change farm": lambda b: change("farms", b.farm, name="Old farm", grower_id=b.grower),
    "create grower": lambda _: Create(Grower(id="made-grower", leaf_user_id=USER, name="New grower")),
    "rename grower": lambda b: change("growers", b.grower, name="Old grower"),
    "create machine": lambda _: Create(
        Machine(id="made-machine", leaf_user_id=USER, name="New machine", origin_type=USER_CREATED)
    ),
    "change machine": lambda b: change("machines", b.machine, name="Old machine", model="M"),
    "delete machine": lambda b: Delete("machines", b.machine),
    "enable field": lambda b: Enable(b.preview),
    "upload field": lambda b: Upload(b.field, "ClimateFieldView"),
    "provider sync": lambda _: SyncProvider(USER),
    "approve match": lambda _: Match("match-0", "product-1"),
}


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a run is stopped: before the n-th statement or at the n-th wait; 0 is nowhere."""

    flow: str
    lost: bool = False
    statement: int = 0
    wait: int = 0

    def __str__(self) -> str:
        where = f"statement {self.statement}" if self.statement else f"wait {self.wait}"
        return f"{self.flow}{', its answer lost' if self.lost else ''}, stopped at {where}"


@dataclass(slots=True)
class Ran:
    """What came of it: what is wrong, and how many statements and waits there were to stop at."""

    wrong: list[str]
    statements: int = 0
    waits: int = 0


def run(stop: Stop) -> Ran:
    """One run with one stop, then a calm time in which everything must come right."""
    with small_world(0):
        bench = Bench()
        ran = Ran(bench.oracle.wrong)
        try:
            _through(bench, stop, ran)
        except KilledError:
            bench.laptop.restart()
        bench.laptop.accident = lambda: None  # type: ignore[method-assign]
        bench.user.dice = random.Random("theirs")
        bench.laptop.pass_time(200)
        for _ in range(6):
            bench._sync(stock=True)
            if not bench.laptop.outbox.items():
                break
            bench.user.decide(everything=True)
            bench.oracle.user_acted()
            bench.laptop.pass_time(200)
        bench.oracle.requests_landed()
        look_back(bench.oracle)
        bench.laptop.disk.close()
        return ran


def _through(bench: Bench, stop: Stop, ran: Ran) -> None:
    """The edit, and the sync that sends it (or looks after it)."""
    laptop = bench.laptop
    if stop.lost:
        bench.user.queued.add(laptop.do(FLOWS[stop.flow](bench)))
        lose_answers(bench)
        laptop.sync()
        del laptop.far.answer
        laptop.pass_time(100)
    before, waits = laptop.disk.connection.count, Counter[str]()

    def accident() -> None:
        waits["here"] += 1
        if waits["here"] == stop.wait:
            raise KilledError

    laptop.accident = accident  # type: ignore[method-assign]
    laptop.disk.arm(stop.statement, "killed")
    if not stop.lost:
        bench.user.queued.add(laptop.do(FLOWS[stop.flow](bench)))
        bench.oracle.user_acted()
    laptop.sync()
    laptop.disk.arm(0, "")
    ran.statements, ran.waits = laptop.disk.connection.count - before, waits["here"]


def lose_answers(bench: Bench, *, landed: bool = True) -> None:
    """From now on no write is answered, whether it `landed` or not."""
    answer = bench.far.answer

    def lost(call: Any, sender: Any = None, **more: Any) -> Any:
        reply = answer(call, sender, **more) if landed or sender is None else None
        if sender is not None:
            raise no_answer(call, httpx.ReadError("reset"))
        return reply

    bench.far.answer = lost  # type: ignore[method-assign]


def every_stop(step: int = 1) -> list[Stop]:
    """Every stop of every flow, or each `step`-th of them."""
    found = []
    for flow in FLOWS:
        for lost in (False, True):
            whole = run(Stop(flow, lost))
            assert not whole.wrong, whole.wrong
            found += [Stop(flow, lost, statement=n) for n in range(1, whole.statements + 1)]
            found += [Stop(flow, lost, wait=n) for n in range(1, whole.waits + 1)]
    return found[::step]


def stopped(stop: Stop) -> tuple[Stop, list[str]]:
    """A stop, and what is wrong after it."""
    return stop, run(stop).wrong
