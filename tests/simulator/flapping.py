"""Eight hours on a link that is up for ten seconds and down for twenty: how long until a long queue is at Leaf."""

import random
from typing import Any

import httpx

from leafdesk.api.calls import Call
from leafdesk.api.outcome import no_answer
from leafdesk.edits import Create, Redraw, change
from leafdesk.geo.shape import to_geojson
from leafdesk.records import Farm, Field
from leafdesk.sync.again import seconds_until
from leafdesk.sync.report import SyncReport

from .ending import look_back
from .far import USER, Reply
from .laptop import BEGIN
from .story import Story, small_world
from .weather import Weather

UP, DOWN = 10.0, 20.0
HOURS = 8.0


def drain(operations: int, seed: int = 0) -> tuple[float, list[str]]:
    """Simulated minutes until so many operations were at Leaf (infinite if they are not in eight hours), and what is
    wrong then. Syncs begin when the product's own clock says so, as in a window that nobody touches."""
    with small_world(seed, page=100):
        return _Flapping(seed).drain(operations)


class _Flapping(Story):
    """A world in which only the link is bad."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, Weather(dice=random.Random(f"flapping {seed}"), calm=True), None)
        self.laptop._exchange = self._over_the_link  # type: ignore[method-assign]
        self.flaps = False

    def drain(self, operations: int) -> tuple[float, list[str]]:
        self._fill(operations)
        self.flaps, begun = True, self.laptop.time
        failures = 0
        while self.laptop.outbox.items() and self.laptop.time - begun < HOURS * 3600:
            cycle = self.laptop.sync()
            self.oracle.log.extend(cycle.notices)
            pulled, pushed = cycle.pulled.as_dict(), cycle.pushed.as_dict()
            report = SyncReport(outcome=cycle.outcome, pulled=pulled, pushed=pushed, requests=0, seconds=0.0)
            failures = 0 if report.progressed else failures + 1
            wait = seconds_until(
                report,
                self.laptop.outbox.items(),
                now=self.laptop.wall(),
                failures=failures,
                chance=self.dice.random(),
            )
            if self.laptop.outbox.items():
                self.laptop.pass_time(wait or 0.0)
        took = (self.laptop.time - begun) / 60 if not self.laptop.outbox.items() else float("inf")
        self.flaps = False
        self.laptop.pass_time(200)
        self._sync(stock=True)
        self.oracle.requests_landed()
        look_back(self.oracle)
        self.laptop.disk.close()
        return took, self.oracle.wrong

    def _fill(self, operations: int) -> None:
        """A day's work: new fields and farms, moved, renamed and redrawn fields."""
        sayings, leaf = self.user.sayings, self.far.leaf
        there = [
            leaf.create_field(USER, to_geojson(sayings.shape()), f"Field {n}")["id"] for n in range(operations // 2)
        ]
        self.laptop.sync(stock=True)
        self.oracle.user_acted()
        for n in range(operations):
            field = there[n // 2 % len(there)]
            new = Field(id=f"made-{n}", leaf_user_id=USER, name=f"New {n}", shape=sayings.shape())
            farm = Farm(id=f"farm-{n}", leaf_user_id=USER, name=f"Farm {n}")
            edit: Any = (Redraw(field, sayings.shape()), change("fields", field, name=f"Renamed {n}"))[n % 2]
            edit = Create(new) if n % 10 == 4 else Create(farm) if n % 10 == 8 else edit
            self.user.queued.add(self.laptop.do(edit))
        assert len(self.laptop.outbox.items()) == operations
        self.oracle.user_acted()

    def _up(self, at: float) -> bool:
        return not self.flaps or (at - BEGIN) % (UP + DOWN) < UP

    def _over_the_link(self, call: Call[Any]) -> Reply:
        laptop = self.laptop
        if not self._up(laptop.time):
            laptop.pass_time(self.dice.choice([0.05, 10.0]))  # no route, or nobody answers the knock
            raise no_answer(call, httpx.ConnectError("no link"))
        laptop._remember_look(call)
        sender, took = laptop._sender(call) if call.writes else None, self.dice.uniform(0.05, 0.5)
        if self._up(laptop.time + took):
            laptop.pass_time(took)
            return self.far.answer(call, sender)
        arrived = self.far.answer(call, sender) if self.dice.random() < 0.5 else None
        laptop.pass_time(DOWN + self.dice.uniform(0.5, 3))  # until there is a link again, over which TCP tries again
        if arrived is not None and self.dice.random() < 0.5:
            return arrived
        raise no_answer(call, httpx.ReadError("the link went down"))
