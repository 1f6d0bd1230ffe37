"""What every operation is made of: a request, an answer, and the reading and writing of JSON."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from leafdesk.sandbox import refusals
from leafdesk.sandbox.filters import ListKind, Query, whole
from leafdesk.sandbox.leaf import Leaf
from leafdesk.sandbox.ledger import Key, Kind, encode_json
from leafdesk.sandbox.listing import link
from leafdesk.sandbox.tokens import Tokens

Json = dict[str, Any]
Types = dict[str, type | tuple[type, ...]]
Holding = dict[str, Key] | None
Table = dict[str, dict[str, "Operation"]]
"""Operations by path and method."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request as an operation sees it: names in the path, the query, the body."""

    leaf: Leaf
    tokens: Tokens
    path: dict[str, str]
    query: Query
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: status, body, and headers beside content type and length."""

    status: int = 200
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract, by its operationId."""

    id: str
    answer: Callable[[Ask], Answer]
    open: bool = False
    """Whether it is answered without a token."""


def refusal(refused: refusals.Refused, path: str) -> Answer:
    """A problem body; `path` is shown without the service's prefix, as in Leaf's samples."""
    shown = path[path.find("/api") :] if "/api" in path else path
    return written(refused.body | {"path": shown}, refused.status)


def listing(
    operation: str,
    kind: ListKind,
    target: str,
    *,
    beta: bool = False,
    only: Holding = None,
    of: tuple[Kind, str, str] | None = None,
) -> Operation:
    """An operation that answers a page of records.

    Those of the Leaf user in the path, those that hold `only` these values, and those `of` one record in the path: its
    kind, its name there, and the key under which the listed records hold its id.
    """

    def answer(ask: Ask) -> Answer:
        held = dict(only or {})
        if of:
            parent, name, key = of
            ask.leaf.one(parent, ask.path["user"], ask.path[name])
            held[key] = ask.path[name]
        body, page, total = ask.leaf.page(kind, ask.query, ask.path.get("user"), held)
        if beta and not ask.leaf.choices.beta_counts:
            return Answer(200, body)
        links = link(target.format(**ask.path), ask.query, page, total)
        return Answer(200, body, [(b"x-total-count", str(total).encode()), (b"link", links.encode())])

    return Operation(operation, answer)


def single(operation: str, kind: Kind, name: str, *, number: bool = False, **within: str) -> Operation:
    """An operation that answers one record: the one whose id the path has under `name`."""

    def answer(ask: Ask) -> Answer:
        key = path_number(ask, name) if number else ask.path[name]
        held: dict[str, Key] = {own: ask.path[other] for own, other in within.items()}
        return Answer(200, ask.leaf.one(kind, ask.path.get("user"), key, held))

    return Operation(operation, answer)


def body_of(ask: Ask, keys: Types, needed: tuple[str, ...] = (), *, open_: bool = False) -> Json:
    """The body, if it is an object of these keys and types. Raises Refused for anything else.

    Unless it is `open`, the contract allows no other keys, so that a client which sends farmId on a create is told.
    """
    body = read_json(ask)
    if not isinstance(body, dict) or not body:
        raise refusals.unreadable("an object with at least one key is needed")
    for name, value in body.items():
        if name not in keys:
            if open_:
                continue
            raise refusals.unreadable(f'Unrecognized field "{name}"')
        types = keys[name]
        if not isinstance(value, types) or (types in (int, (int, float)) and isinstance(value, bool)):
            raise refusals.unreadable(f"Cannot read the value of {name}")
    for name in needed:
        if name not in body:
            raise refusals.bad_request(f"{name} must not be null")
    return body


def read_json(ask: Ask) -> Any:
    """The body, whatever it holds. Raises Refused when it is no JSON."""
    try:
        return json.loads(ask.body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise refusals.unreadable(str(error)) from error


def asked(ask: Ask, name: str) -> str | None:
    """A query parameter, if it is there."""
    return ask.query[name][0] if name in ask.query else None


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is not a number")


def path_number(ask: Ask, name: str) -> int:
    """A whole number in the path. Raises Refused for anything else."""
    return whole(ask.path[name], name)


def written(value: Json | list[Json], status: int = 200) -> Answer:
    """An answer of JSON."""
    return Answer(status, encode_json(value).encode())
