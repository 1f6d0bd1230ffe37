"""Leaf in this process, with a memory of everything that ever stood there and of who did it."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote

import httpx
import msgspec

from leafdesk.api.calls import Call
from leafdesk.geo.shape import from_geojson
from leafdesk.sandbox.asking import Ask, Operation, refusal
from leafdesk.sandbox.choices import Choices
from leafdesk.sandbox.leaf import Leaf
from leafdesk.sandbox.ledger import Change
from leafdesk.sandbox.refusals import Refused
from leafdesk.sandbox.routes import table
from leafdesk.sandbox.tokens import Tokens
from leafdesk.sync.merge import normal

USER = "ace92e9c-2e83-4d85-ab34-1f76a480abc8"
COLLEAGUE = "a colleague"
Reply = tuple[int, httpx.Headers, bytes]


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose request it is: the queue's item and which attempt of it, with what the item said at that moment."""

    item: str
    number: int
    seq: int
    kind: str
    key: str
    base: dict[str, Any]
    pre: dict[str, Any]


@dataclass(slots=True)
class Memory:
    """Everything that ever stood at Leaf."""

    values: dict[tuple[str, str], list[tuple[float, str, dict[str, Any]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Of a record: when, who, and the record as it was then."""
    made: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """Who made which (kind, id), in order."""
    drawn: dict[str, tuple[str, Any, float, str]] = field(default_factory=dict)
    """Of a boundary: who drew it, its shape in normal form, when, and Leaf's createdTime."""
    gone: set[tuple[str, str]] = field(default_factory=set)
    landed: list[Sender] = field(default_factory=list)
    """Whose requests Leaf accepted, in order."""


@cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Operation]]]:
    return [
        (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$"), operations)
        for path, operations in table().items()
    ]


@cache
def _tokens() -> Tokens:
    return Tokens("demo@example.com", "secret")


class Far:
    """Answers calls as Leaf would. `actor` is who acts at the moment."""

    def __init__(self, clock: Callable[[], float], choices: Choices, *, rounds_shapes: bool, own_ids: bool) -> None:
        user = {"id": USER, "name": "Example Farming", "email": "office@example.com"}
        self.clock, self.choices = clock, choices
        self.memory = Memory()
        self.actor = COLLEAGUE
        self.rounds_shapes, self.own_ids = rounds_shapes, own_ids
        self.leaf = Leaf([("users", USER, user)], choices=choices, now=clock, keep=self._keep)
        self._there: dict[Any, Any] = {("users", USER): user}
        self.snapshots: list[tuple[float, list[Change]]] | None = None

    def _keep(self, changes: list[Change]) -> None:
        memory, now = self.memory, self.clock()
        for kind, key, record in changes:
            name = (kind, str(key))
            if record is None:
                memory.gone.add(name)
                continue
            if kind == "boundaries":
                if name[1] not in memory.drawn:
                    shape = normal(from_geojson(record["geometry"]))
                    memory.drawn[name[1]] = (self.actor, shape, now, record["createdTime"])
                continue
            if name not in memory.values:
                memory.made[self.actor].append(name)
            memory.values[name].append((now, self.actor, record))
            memory.gone.discard(name)
        if self.snapshots is not None:
            self._there |= {(kind, key): record for kind, key, record in changes}
            there = [(kind, key, record) for (kind, key), record in self._there.items() if record is not None]
            self.snapshots.append((now, there))
            del self.snapshots[:-8]

    def answer(self, call: Call[Any], sender: Sender | None = None) -> Reply:
        """What Leaf does and says now."""
        self.actor = sender.item if sender else COLLEAGUE
        try:
            reply = self._ask(self.leaf, call)
        finally:
            self.actor = COLLEAGUE
        if sender is not None and 200 <= reply[0] < 300:
            self.memory.landed.append(sender)
        return reply

    def stale(self, call: Call[Any], seconds: float) -> Reply:
        """What a replica says that lags behind by so many seconds."""
        before = self.clock() - seconds
        old = [records for at, records in self.snapshots or () if at <= before]
        if not old:
            return self._ask(self.leaf, call)
        replica = Leaf(old[-1], choices=self.choices, now=self.clock)
        return self._ask(replica, call)

    def _ask(self, leaf: Leaf, call: Call[Any]) -> Reply:
        found, operations = next((m, ops) for pattern, ops in _paths() if (m := pattern.match(call.path)))
        names = {name: unquote(value) for name, value in found.groupdict().items()}
        query = defaultdict(list)
        for name, value in call.query:
            query[name].append(value)
        body = b"" if call.body is None else msgspec.json.encode(self._received(call))
        try:
            answer = operations[call.method].answer(Ask(leaf, _tokens(), names, query, body))
        except Refused as refused:
            answer = refusal(refused, call.path)
        headers = [(b"content-type", b"application/json"), *answer.headers]
        return answer.status, httpx.Headers(headers), answer.body

    def _received(self, call: Call[Any]) -> Any:
        """The body as this Leaf takes it: some round and turn rings, some choose ids of their own."""
        body = call.body
        if call.operation == "createField" and not self.own_ids:
            body = {name: value for name, value in body.items() if name != "id"}
        if self.rounds_shapes and "geometry" in body:
            body = body | {"geometry": _turned(body["geometry"])}
        return body

    def active(self, field_id: str) -> str | None:
        """The id of a field's active boundary."""
        try:
            return str(self.leaf.active_boundary(field_id)["id"])
        except Refused:
            return None

    def all(self, kind: Any) -> dict[str, dict[str, Any]]:
        """Every record of a kind by its id."""
        return {str(record["id"]): record for record in self.leaf.all(kind)}


def _turned(geometry: Any) -> Any:
    """The same shape as another program writes it: rounded to a centimetre, begun elsewhere, the other way round."""

    def ring(places: Any) -> Any:
        open_ring = [[round(x, 7), round(y, 7)] for x, y in places][:-1][::-1]
        open_ring = open_ring[1:] + open_ring[:1]
        return [*open_ring, open_ring[0]]

    polygons = [[ring(places) for places in polygon] for polygon in geometry["coordinates"]]
    return geometry | {"coordinates": polygons}
