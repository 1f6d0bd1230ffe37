"""A Leaf that answers without a network, on a clock that only rules move, and a laptop with a real database."""

import asyncio
import itertools
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

import httpx

from leafdesk.api.client import Client
from leafdesk.api.errors import LeafError
from leafdesk.edits import Edit
from leafdesk.geo.shape import Shape, to_geojson
from leafdesk.sandbox.asking import Ask as Request
from leafdesk.sandbox.asking import refusal
from leafdesk.sandbox.choices import Choices
from leafdesk.sandbox.leaf import Leaf
from leafdesk.sandbox.refusals import Refused
from leafdesk.sandbox.routes import table
from leafdesk.sandbox.tokens import Tokens
from leafdesk.store.catalog import Catalog
from leafdesk.store.database import Database
from leafdesk.store.outbox import Item, Outbox
from leafdesk.sync.asks import Ask, Pause, Read, Rule, Send, SendAll, SideBySide, Tell, Trip, Write
from leafdesk.sync.cycle import Cycle, sync
from leafdesk.sync.wish import Wish

T = TypeVar("T")
USER = "ace92e9c-2e83-4d85-ab34-1f76a480abc8"
Fault = Callable[[str, Callable[[], httpx.Response]], httpx.Response]


def square(west: float = 5.0, south: float = 52.0, size: float = 0.01) -> Shape:
    """A square field, its corner at the given degrees."""
    east, north = west + size, south + size
    return ((((west, south), (east, south), (east, north), (west, north), (west, south)),),)


class FarAway:
    """Leaf in this process: every request goes through the real client and the sandbox's own operations."""

    def __init__(self, clock: Callable[[], float], choices: Choices) -> None:
        user = {"id": USER, "name": "Example Farming", "email": "office@example.com"}
        self.leaf = Leaf([("users", USER, user)], choices=choices, now=clock)
        self.tokens = Tokens("demo@example.com", "secret", now=clock)
        self.asked: list[str] = []
        self.fault: Fault | None = None
        self._paths = [
            (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$"), operations)
            for path, operations in table().items()
        ]

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.asked)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Leaf's answer to a request, or what the fault makes of it."""
        path = request.url.path
        found, operations = next((m, ops) for pattern, ops in self._paths if (m := pattern.match(path)))
        operation = operations[request.method]
        self.asked.append(operation.id)

        def act() -> httpx.Response:
            query = parse_qs(request.url.query.decode())
            try:
                answer = operation.answer(Request(self.leaf, self.tokens, found.groupdict(), query, request.content))
            except Refused as refused:
                answer = refusal(refused, path)
            headers = [(b"content-type", b"application/json"), *answer.headers]
            return httpx.Response(answer.status, headers=headers, content=answer.body)

        return self.fault(operation.id, act) if self.fault else act()


class Laptop:
    """A database and a driver of rules. Time passes only when a rule pauses, or the test says so."""

    def __init__(self, path: Path, choices: Choices | None = None, settle_seconds: float = 90.0) -> None:
        self.path = path
        self.time = 1_700_000_000.0
        self.set_forward = 0.0
        """Seconds by which somebody has set the clock forward; add them to `time` too."""
        self.settle_seconds = settle_seconds
        self.far = FarAway(lambda: self.time, choices or Choices())
        self.leaf = self.far.leaf
        self.database = Database(path)
        self.ids = (f"id-{n}" for n in itertools.count(1))
        self.runs = itertools.count(1)
        self.writes = 0
        self.takes_turns = False
        """Whether rules that go on side by side take turns; else one after the other."""
        self.told: list[Any] = []
        self.chance = random.Random(7).random
        self.before: Callable[[Ask], None] = lambda _: None

    # ------------------------------------------------------------------ what the user does and sees
    def do(self, *edits: Edit) -> list[str]:
        """Queue edits; the ids of their items."""

        def job(connection: Any) -> list[str]:
            return [Outbox(connection).add(edit, item_id=next(self.ids), now=self.now())[0] for edit in edits]

        return self.database.write(job, urgent=True).result()

    def queue(self, job: Callable[[Outbox], Any]) -> Any:
        """Do something to the queue as the user does."""
        return self.database.write(lambda connection: job(Outbox(connection)), urgent=True).result()

    @property
    def steady(self) -> float:
        """A clock that nobody sets: time that passed, whatever the wall clock says."""
        return self.time - self.set_forward

    @property
    def catalog(self) -> Catalog:
        return Catalog(self.database.reader())

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.database.reader())

    def item(self, item_id: str) -> Item:
        found = self.outbox.item(item_id)
        assert found is not None
        return found

    def states(self) -> list[str]:
        """The live queue as (what, state)."""
        return [f"{type(item.edit).__name__} {item.state}" for item in self.outbox.items()]

    # ------------------------------------------------------------------ time and rules
    def now(self) -> str:
        return f"2026-01-01T00:00:{self.time - 1_700_000_000:09.3f}Z"

    def trip(self, leaf_user_id: str | None = None) -> Trip:
        return Trip(
            id=f"run-{next(self.runs)}",
            clock=lambda: self.time,
            now=self.now,
            chance=self.chance,
            steady=lambda: self.steady,
            settle_seconds=self.settle_seconds,
            leaf_user_id=leaf_user_id,
        )

    def sync(
        self,
        *,
        pull: bool = True,
        push: bool = True,
        leaf_user_id: str | None = None,
        only: frozenset[str] | None = None,
        by_itself: bool = False,
    ) -> Cycle:
        """One whole sync."""
        cycle = Cycle()
        self.drive(
            sync(
                self.trip(leaf_user_id), cycle, Wish(pull=pull, push=push, stock=False, only=only, by_itself=by_itself)
            )
        )
        return cycle

    def drive(self, rule: Rule[T]) -> T:
        """Run a rule to its end."""

        async def run() -> T:
            transport = httpx.MockTransport(self.far.answer)
            async with Client(
                "http://127.0.0.1:1", self.far.tokens.issue(remember=True), transport=transport
            ) as client:
                return await self._drive(rule, client)

        return asyncio.run(run())

    async def _drive(self, rule: Rule[T], client: Client) -> T:
        answer: Any = None
        error: Exception | None = None
        while True:
            try:
                ask = rule.send(answer) if error is None else rule.throw(error)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            answer, error = None, None
            try:
                self.before(ask)
                answer = await self._answer(ask, client)
            except Exception as raised:
                error = raised

    async def _answer(self, ask: Ask, client: Client) -> Any:
        if self.takes_turns:
            await asyncio.sleep(0)
        if isinstance(ask, Send):
            return await client.send(ask.call)
        if isinstance(ask, SendAll):
            return [await self._one(call, client) for call in ask.calls]
        if isinstance(ask, Read):
            return ask.look(self.catalog, self.outbox)
        if isinstance(ask, Write):
            self.writes += 1
            value, _ = self.database.write(lambda c: ask.job(Catalog(c), Outbox(c))).result()
            return value
        if isinstance(ask, Pause):
            self.time += ask.seconds
            return None
        if isinstance(ask, SideBySide):
            ends = await asyncio.gather(*(self._drive(rule, client) for rule in ask.rules), return_exceptions=True)
            for end in ends:
                if isinstance(end, BaseException):
                    raise end
            return None
        assert isinstance(ask, Tell)
        self.told.append(ask.progress)
        return None

    async def _one(self, call: Any, client: Client) -> Any:
        try:
            return await client.send(call)
        except LeafError as error:
            return error

    # ------------------------------------------------------------------ what is at Leaf
    def make_field(self, name: str, shape: Shape | None = None) -> str:
        """A field that Leaf has already; its id."""
        made = self.leaf.create_field(USER, to_geojson(shape or square()), name)
        return str(made["id"])
