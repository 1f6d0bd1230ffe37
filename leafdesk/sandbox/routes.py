"""Leaf's addresses: which path and method asks which operation, and how its answer is written."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from leafdesk.sandbox import refusals
from leafdesk.sandbox.leaf import Leaf
from leafdesk.sandbox.ledger import Kind, encode_json
from leafdesk.sandbox.listing import ListKind, Query, link
from leafdesk.sandbox.tokens import Tokens

Json = dict[str, Any]
_USERS = "/services/usermanagement/api"
_FIELDS = "/services/fields/api"
_USER = f"{_FIELDS}/users/{{user}}"
_FIELD = f"{_USER}/fields/{{field}}"


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


def table() -> dict[str, dict[str, Operation]]:
    """Every path with its operations by method; the busiest path first."""
    return {
        f"{_FIELD}/boundary": {
            "GET": Operation("getActiveBoundary", _active_boundary),
            "PUT": Operation("replaceActiveBoundary", _replace_boundary),
        },
        f"{_FIELD}/boundaries/{{boundary}}": {"GET": Operation("getBoundary", _boundary)},
        f"{_FIELD}/boundaries": {"GET": Operation("listBoundaries", _history)},
        f"{_FIELDS}/fields": {"GET": _list("listFields", "fields", "api/fields")},
        f"{_FIELD}/enableSync": {"POST": Operation("enablePreviewField", _enable_field)},
        _FIELD: {
            "GET": _get("getField", "fields", "field"),
            "PATCH": Operation("updateField", _update_field),
            "DELETE": Operation("deleteField", _delete_field),
        },
        f"{_USER}/fields": {"POST": Operation("createField", _create_field)},
        f"{_FIELDS}/farms": {"GET": _list("listFarms", "farms", "api/farms")},
        f"{_USER}/farms": {"POST": Operation("createFarm", _create_farm)},
        f"{_USER}/farms/{{farm}}": {
            "GET": _get("getFarm", "farms", "farm", number=True),
            "PUT": Operation("updateFarm", _update_farm),
        },
        f"{_FIELDS}/growers": {"GET": _list("listGrowers", "growers", "api/growers")},
        f"{_FIELDS}/growers/enableSync": {"POST": Operation("enablePreviewFieldsByGrower", _enable_growers)},
        f"{_USER}/growers": {"POST": Operation("createGrower", _create_grower)},
        f"{_USER}/growers/{{grower}}": {
            "GET": _get("getGrower", "growers", "grower", number=True),
            "PUT": Operation("updateGrower", _update_grower),
        },
        f"{_USERS}/users": {"GET": _list("listLeafUsers", "users", "api/users")},
        f"{_USERS}/users/{{user}}": {"GET": _get("getLeafUser", "users", "user")},
        "/api/authenticate": {"POST": Operation("authenticate", _authenticate, open=True)},
    }


def refusal(refused: refusals.Refused, path: str) -> Answer:
    """A problem body; `path` is shown without the service's prefix, as in Leaf's samples."""
    shown = path[path.find("/api") :] if "/api" in path else path
    return _json(refused.body | {"path": shown}, refused.status)


# operations ----------------------------------------------------------------------------------------------------------


def _authenticate(ask: Ask) -> Answer:
    body = _body(ask, {"username": str, "password": str, "rememberMe": (str, bool)}, ("username", "password"))
    if not ask.tokens.known(body["username"], body["password"]):
        raise refusals.Refused(401, detail="Bad credentials")
    remember = str(body.get("rememberMe", "false")).lower() == "true"
    return _json({"id_token": ask.tokens.issue(remember=remember)})


def _list(operation: str, kind: ListKind, target: str) -> Operation:
    def answer(ask: Ask) -> Answer:
        body, page, total = ask.leaf.page(kind, ask.query)
        links = link(target, ask.query, page, total)
        return Answer(200, body, [(b"x-total-count", str(total).encode()), (b"link", links.encode())])

    return Operation(operation, answer)


def _get(operation: str, kind: Kind, name: str, *, number: bool = False) -> Operation:
    def answer(ask: Ask) -> Answer:
        key = _number(ask, name) if number else ask.path[name]
        return Answer(200, ask.leaf.one(kind, ask.path["user"], key))

    return Operation(operation, answer)


def _active_boundary(ask: Ask) -> Answer:
    return Answer(200, ask.leaf.boundary_of(ask.path["user"], ask.path["field"]))


def _boundary(ask: Ask) -> Answer:
    return Answer(200, ask.leaf.boundary_of(ask.path["user"], ask.path["field"], ask.path["boundary"]))


def _history(ask: Ask) -> Answer:
    body, total = ask.leaf.boundaries_of(ask.path["user"], ask.path["field"], ask.query)
    return Answer(200, body, [(b"x-total-count", str(total).encode())])


def _replace_boundary(ask: Ask) -> Answer:
    body = _body(ask, {"geometry": dict}, ("geometry",))
    return _json(ask.leaf.replace_boundary(ask.path["user"], ask.path["field"], body["geometry"]))


def _create_field(ask: Ask) -> Answer:
    body = _body(ask, {"id": str, "name": str, "geometry": dict}, ("geometry",))
    made = ask.leaf.create_field(ask.path["user"], body["geometry"], body.get("name"), body.get("id"))
    return _json(made, 201)


def _update_field(ask: Ask) -> Answer:
    body = _body(ask, {"name": str, "farmId": int, "geometry": dict})
    return _json(ask.leaf.update_field(ask.path["user"], ask.path["field"], body))


def _delete_field(ask: Ask) -> Answer:
    ask.leaf.delete_field(ask.path["user"], ask.path["field"])
    return Answer(204)


def _enable_field(ask: Ask) -> Answer:
    ask.leaf.enable_field(ask.path["user"], ask.path["field"])
    return Answer(200)


def _create_farm(ask: Ask) -> Answer:
    body = _body(ask, {"name": str, "growerId": int})
    return _json(ask.leaf.create_farm(ask.path["user"], body.get("name"), body.get("growerId")), 201)


def _update_farm(ask: Ask) -> Answer:
    body = _body(ask, {"name": str, "growerId": int})
    farm = ask.leaf.update_farm(ask.path["user"], _number(ask, "farm"), body.get("name"), body.get("growerId"))
    return _json(farm)


def _create_grower(ask: Ask) -> Answer:
    return _json(ask.leaf.create_grower(ask.path["user"], _body(ask, {"name": str}, ("name",))["name"]), 201)


def _update_grower(ask: Ask) -> Answer:
    name = _body(ask, {"name": str}, ("name",))["name"]
    return _json(ask.leaf.update_grower(ask.path["user"], _number(ask, "grower"), name))


def _enable_growers(ask: Ask) -> Answer:
    ids = _body(ask, {"growerIds": list}, ("growerIds",))["growerIds"]
    if not ids or not all(isinstance(key, int) for key in ids):
        raise refusals.bad_request("growerIds must be a list of whole numbers")
    ask.leaf.enable_growers(ids)
    return Answer(200)


# reading and writing JSON --------------------------------------------------------------------------------------------


def _body(ask: Ask, keys: dict[str, type | tuple[type, ...]], needed: tuple[str, ...] = ()) -> Json:
    """The body, if it is an object of these keys and types. Raises Refused for anything else.

    The contract allows no other keys, so that a client which sends farmId on a create is told at once.
    """
    try:
        body = json.loads(ask.body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise refusals.unreadable(str(error)) from error
    if not isinstance(body, dict) or not body:
        raise refusals.unreadable("an object with at least one key is needed")
    for name, value in body.items():
        if name not in keys:
            raise refusals.unreadable(f'Unrecognized field "{name}"')
        types = keys[name]
        if not isinstance(value, types) or (types is int and isinstance(value, bool)):
            raise refusals.unreadable(f"Cannot read the value of {name}")
    for name in needed:
        if name not in body:
            raise refusals.bad_request(f"{name} must not be null")
    return body


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is not a number")


def _number(ask: Ask, name: str) -> int:
    try:
        return int(ask.path[name])
    except ValueError:
        raise refusals.bad_request(f"{name} must be a whole number") from None


def _json(value: Json, status: int = 200) -> Answer:
    return Answer(status, encode_json(value).encode())
