"""Leaf in this process, with a memory of everything that ever stood there and of who did it."""

import re
from collections import Counter, defaultdict
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
from leafdesk.sandbox.sowing import Sowing
from leafdesk.sandbox.tokens import Tokens
from leafdesk.sync.merge import normal

USER = "ace92e9c-2e83-4d85-ab34-1f76a480abc8"
OPERATION = "0a1b2c3d-0000-4000-8000-000000000001"
COLLEAGUE = "a colleague"
Reply = tuple[int, httpx.Headers, bytes]
_JSON = (b"content-type", b"application/json")


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
    looked: float
    """When its record was last looked at before this left: what came to Leaf since, nobody could know of."""


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
    landed: list[tuple[float, Sender]] = field(default_factory=list)
    """Whose requests Leaf accepted, in order, and when."""
    uploads: Counter[str] = field(default_factory=Counter)
    """How often each item of the queue sent a field to a provider."""


class _Bare(Sowing):
    """Nothing grows but what the story begins with."""

    def sow(self, kind: Any, ledger: Any, *, choices: Choices) -> tuple[()]:
        return ()


@cache
def _operations() -> dict[str, tuple[re.Pattern[str], Operation]]:
    """Every operation of Leaf's by its name, with the pattern of its path."""
    return {
        operation.id: (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$"), operation)
        for path, operations in table().items()
        for operation in operations.values()
    }


@cache
def _tokens() -> Tokens:
    return Tokens("demo@example.com", "secret")


def _first() -> list[Change]:
    """What stands at Leaf before anybody does anything: a Leaf user, two preview fields, an operation's matches."""
    at = "2023-01-01T00:00:00.000000Z"
    user = {"id": USER, "name": "Example Farming", "email": "office@example.com", "climateFieldViewCredentials": {}}
    user["climateFieldViewCredentials"] = {"status": "CONNECTED"}
    previews = [
        {
            "id": f"0a1b2c3d-0000-4000-8000-0000000001{n:02}",
            "leafUserId": USER,
            "name": f"Preview {n}",
            "boundaries": [],
            "type": "ORIGINAL",
            "status": "PREVIEW",
            "providerName": "JohnDeere",
            "createdTime": at,
            "updatedTime": at,
        }
        for n in range(2)
    ]
    products = [{"id": f"product-{n}", "name": f"Product {n}", "leafUserId": USER} for n in range(3)]
    matches = [
        {
            "id": f"match-{n}",
            "_operationId": OPERATION,
            "name": f"machine says {n}",
            "productId": "product-0",
            "matchDetails": {"status": "PREDICTED", "score": 0.5},
        }
        for n in range(2)
    ]
    found: list[Change] = [("users", USER, user), ("operations", OPERATION, {"id": OPERATION, "leafUserId": USER})]
    found += [("organizations", f"{USER}/JohnDeere", {"connectedOrganizations": []})]
    found += [("fields", str(one["id"]), one) for one in previews]
    found += [("products", str(one["id"]), one) for one in products]
    return found + [("matches", str(one["id"]), one) for one in matches]


class Far:
    """Answers calls as Leaf would. `actor` is who acts at the moment."""

    def __init__(self, clock: Callable[[], float], choices: Choices, *, rounds_shapes: bool) -> None:
        self.clock, self.choices, self.rounds_shapes = clock, choices, rounds_shapes
        self.memory = Memory()
        self.actor = COLLEAGUE
        self._log: list[tuple[float, list[Change]]] = [(clock(), _first())]
        self.leaf = Leaf(_first(), sowing=_Bare(), choices=choices, now=clock, keep=self._keep)
        self.there: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        """Every record there is by kind and id, to be read only."""
        for kind, key, record in _first():
            self._note(kind, str(key), record or {})

    def _keep(self, changes: list[Change]) -> None:
        self._log.append((self.clock(), changes))
        for kind, key, record in changes:
            if record is None:
                self.memory.gone.add((kind, str(key)))
                self.there[kind].pop(str(key), None)
            else:
                self._note(kind, str(key), record)

    def _note(self, kind: str, key: str, record: dict[str, Any]) -> None:
        memory, now = self.memory, self.clock()
        name = (kind, key)
        self.there[kind][key] = record
        if kind == "uploads":
            memory.uploads[self.actor] += 1
        elif kind == "boundaries":
            if key not in memory.drawn:
                shape = normal(from_geojson(record["geometry"]))
                memory.drawn[key] = (self.actor, shape, now, record["createdTime"])
        else:
            if name not in memory.values or name in memory.gone:
                memory.made[self.actor].append(name)
            memory.values[name].append((now, self.actor, record))
            memory.gone.discard(name)

    def answer(self, call: Call[Any], sender: Sender | None = None, *, other_id: bool = False) -> Reply:
        """What Leaf does and says now; `other_id`: it gives a new field an id of its own."""
        self.actor = sender.item if sender else COLLEAGUE
        try:
            reply = self._ask(self.leaf, call, other_id=other_id)
        finally:
            self.actor = COLLEAGUE
        if sender is not None and 200 <= reply[0] < 300:
            self.memory.landed.append((self.clock(), sender))
        return reply

    def stale(self, call: Call[Any], seconds: float) -> Reply:
        """What a replica says that lags behind by so many seconds."""
        before = self.clock() - seconds
        then: dict[Any, Any] = {}
        for at, changes in self._log:
            if at <= before or not then:
                then |= {(kind, key): record for kind, key, record in changes}
        there = [(kind, key, record) for (kind, key), record in then.items() if record is not None]
        return self._ask(Leaf(there, sowing=_Bare(), choices=self.choices, now=self.clock), call)

    def _ask(self, leaf: Leaf, call: Call[Any], *, other_id: bool = False) -> Reply:
        pattern, operation = _operations()[call.operation]
        found = pattern.match(call.path)
        assert found is not None
        names = {name: unquote(value) for name, value in found.groupdict().items()}
        query = defaultdict(list)
        for name, value in call.query:
            query[name].append(value)
        body = b"" if call.body is None else msgspec.json.encode(self._received(call, other_id=other_id))
        try:
            answer = operation.answer(Ask(leaf, _tokens(), names, query, body))
        except Refused as refused:
            answer = refusal(refused, call.path)
        return answer.status, httpx.Headers([_JSON, *answer.headers]), answer.body

    def _received(self, call: Call[Any], *, other_id: bool) -> Any:
        """The body as this Leaf takes it: some round and turn rings, some choose ids of their own."""
        body = call.body
        if call.operation == "createField" and other_id:
            body = {name: value for name, value in body.items() if name != "id"}
        if self.rounds_shapes and isinstance(body, dict) and "geometry" in body:
            body = body | {"geometry": _turned(body["geometry"])}
        return body

    def active(self, field_id: str) -> str | None:
        """The id of a field's active boundary."""
        for boundary in reversed(self.there["fields"].get(field_id, {}).get("boundaries", ())):
            if self.there["boundaries"][boundary]["status"] == "ACTIVE":
                return str(boundary)
        return None


def _turned(geometry: Any) -> Any:
    """The same shape as another program writes it: rounded to a centimetre, begun elsewhere, the other way round."""

    def ring(places: Any) -> Any:
        open_ring = [[round(x, 7), round(y, 7)] for x, y in places][:-1][::-1]
        open_ring = open_ring[1:] + open_ring[:1]
        return [*open_ring, open_ring[0]]

    polygons = [[ring(places) for places in polygon] for polygon in geometry["coordinates"]]
    return geometry | {"coordinates": polygons}
