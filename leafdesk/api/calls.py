"""Leaf's endpoints as data: each function says what to ask and how to read the answer, and asks nothing itself.

The rules of sync yield a Call and are sent its answer; `Client.send` is what turns one into the other over HTTP.
Leaf user, field and boundary ids are opaque text; farm and grower ids are Leaf's numbers as text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote

from leafdesk.api import bodies, strict, wire
from leafdesk.api.errors import UnsendableError
from leafdesk.api.strict import NotJsonError
from leafdesk.api.wire import RecordProblem
from leafdesk.geo.shape import Shape
from leafdesk.records import Boundary, Farm, Field, Grower, LeafUser

T = TypeVar("T")
R = TypeVar("R", LeafUser, Grower, Farm, Field, Boundary)
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
USERS = "/services/usermanagement/api"
FIELDS = "/services/fields/api"
PAGE_SIZE = 100
"""The largest page that Leaf documents."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A success as it came: the whole body and the headers that matter."""

    body: bytes
    total: int | None = None
    date: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    `total` is Leaf's X-Total-Count, None where it gives none; `problems` are the records that cannot be used; `date`
    the server's own Date header ("" without one), for watermarks.
    """

    items: tuple[T, ...]
    total: int | None = None
    problems: tuple[RecordProblem, ...] = ()
    date: str = ""

    @property
    def count(self) -> int:
        """How many records the page had, usable or not: what decides whether it was the last one."""
        return len(self.items) + len(self.problems)


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request to Leaf, as data; two calls are equal when they ask the same.

    `operation` is the contract's operation id, `path` the percent-encoded path on the host, `body` the JSON to send.
    `read` makes the result of a success; it raises NotJsonError or UnusableError.
    """

    operation: str
    method: Method
    path: str
    read: Callable[[Answer], T] = field(compare=False, repr=False)
    query: tuple[tuple[str, str], ...] = ()
    body: Any = field(default=None, repr=False)

    @property
    def writes(self) -> bool:
        """Whether the call changes something at Leaf, so that an unknown outcome matters."""
        return self.method != "GET"


def _path(service: str, *segments: str) -> str:
    for segment in segments:
        if segment in ("", ".", "..") or any("\ud800" <= c <= "\udfff" for c in segment):
            raise UnsendableError(f"{segment!r} cannot be part of an address at Leaf.")
    return "/".join((service, *(quote(segment, safe="") for segment in segments)))


def _query(**values: str | int | None) -> tuple[tuple[str, str], ...]:
    return tuple((key, str(value)) for key, value in values.items() if value is not None)


def _page(answer: Answer, read: Callable[[bytes], R]) -> Page[R]:
    items, problems = wire.read_list(answer.body, read)
    return Page(items, answer.total, problems, answer.date)


def _one(answer: Answer, read: Callable[[bytes], R], id: str | None = None) -> R:
    """The record of an answer; with `id`, only that record will do."""
    record = read(answer.body.strip())
    if id is not None and record.id != id:
        raise NotJsonError(f"another {type(record).__name__.lower()} came than was asked for")
    return record


def _nothing(answer: Answer) -> None:
    """A success whose body nobody documents: empty or any JSON."""
    if answer.body.strip() and not strict.is_json(answer.body):
        raise NotJsonError("the answer is not JSON")


def to_milliseconds(instant: str) -> str:
    """Leaf's time with exactly three fraction digits, rounded down, as its general page asks for in requests.

    Raises ValueError for a text that is no UTC time ending in Z.
    """
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", instant)
    if not found:
        raise ValueError(f"not a UTC time as Leaf writes it: {instant!r}")
    return f"{found[1]}.{(found[2] or '')[:3]:0<3}Z"


# ---------------------------------------------------------------------- Leaf users
def list_users(*, page: int = 0, size: int = PAGE_SIZE) -> Call[Page[LeafUser]]:
    """A page of the Leaf users of this account."""
    read = partial(_page, read=wire.read_user)
    return Call("listLeafUsers", "GET", _path(USERS, "users"), read, _query(page=page, size=size))


def get_user(id: str) -> Call[LeafUser]:
    """One Leaf user."""
    return Call("getLeafUser", "GET", _path(USERS, "users", id), partial(_one, read=wire.read_user, id=id))


# ---------------------------------------------------------------------- growers
def list_growers(
    *, page: int = 0, size: int = PAGE_SIZE, leaf_user_id: str | None = None, sort: str | None = None
) -> Call[Page[Grower]]:
    """A page of growers, of one Leaf user or of all."""
    read = partial(_page, read=partial(wire.read_grower, leaf_user_id=leaf_user_id or ""))
    query = _query(leafUserId=leaf_user_id, page=page, size=size, sort=sort)
    return Call("listGrowers", "GET", _path(FIELDS, "growers"), read, query)


def get_grower(leaf_user_id: str, id: str) -> Call[Grower]:
    """One grower."""
    read = partial(_one, read=partial(wire.read_grower, leaf_user_id=leaf_user_id), id=id)
    return Call("getGrower", "GET", _path(FIELDS, "users", leaf_user_id, "growers", id), read)


def create_grower(leaf_user_id: str, *, name: str) -> Call[Grower]:
    """A new grower. Leaf gives the number and offers no delete: never repeat this blindly."""
    read = partial(_one, read=partial(wire.read_grower, leaf_user_id=leaf_user_id))
    path = _path(FIELDS, "users", leaf_user_id, "growers")
    return Call("createGrower", "POST", path, read, body=bodies.grower_body(name))


def update_grower(leaf_user_id: str, id: str, *, name: str) -> Call[Grower]:
    """A grower's new name."""
    read = partial(_one, read=partial(wire.read_grower, leaf_user_id=leaf_user_id), id=id)
    path = _path(FIELDS, "users", leaf_user_id, "growers", id)
    return Call("updateGrower", "PUT", path, read, body=bodies.grower_body(name))


# ---------------------------------------------------------------------- farms
def list_farms(
    *,
    page: int = 0,
    size: int = PAGE_SIZE,
    leaf_user_id: str | None = None,
    grower_id: str | None = None,
    sort: str | None = None,
) -> Call[Page[Farm]]:
    """A page of farms; Leaf has no time filter for them."""
    read = partial(_page, read=partial(wire.read_farm, leaf_user_id=leaf_user_id or ""))
    query = _query(leafUserId=leaf_user_id, growerId=grower_id, page=page, size=size, sort=sort)
    return Call("listFarms", "GET", _path(FIELDS, "farms"), read, query)


def get_farm(leaf_user_id: str, id: str) -> Call[Farm]:
    """One farm."""
    read = partial(_one, read=partial(wire.read_farm, leaf_user_id=leaf_user_id), id=id)
    return Call("getFarm", "GET", _path(FIELDS, "users", leaf_user_id, "farms", id), read)


def create_farm(leaf_user_id: str, *, name: str, grower_id: str | None) -> Call[Farm]:
    """A new farm. Leaf gives the number and offers no delete: never repeat this blindly."""
    read = partial(_one, read=partial(wire.read_farm, leaf_user_id=leaf_user_id))
    path = _path(FIELDS, "users", leaf_user_id, "farms")
    return Call("createFarm", "POST", path, read, body=bodies.farm_body(name, grower_id))


def update_farm(leaf_user_id: str, id: str, *, name: str, grower_id: str | None) -> Call[Farm]:
    """A farm's name and grower, always both."""
    read = partial(_one, read=partial(wire.read_farm, leaf_user_id=leaf_user_id), id=id)
    path = _path(FIELDS, "users", leaf_user_id, "farms", id)
    return Call("updateFarm", "PUT", path, read, body=bodies.farm_body(name, grower_id))


# ---------------------------------------------------------------------- fields
def list_fields(
    *,
    page: int = 0,
    size: int = PAGE_SIZE,
    leaf_user_id: str | None = None,
    after_updated: str | None = None,
    farm_id: str | None = None,
    provider: str | None = None,
    status: str | None = None,
    sort: str | None = None,
) -> Call[Page[Field]]:
    """A page of fields, without geometry. `after_updated` is a time of Leaf's, sent rounded down to milliseconds."""
    read = partial(_page, read=partial(wire.read_field, leaf_user_id=leaf_user_id or ""))
    query = _query(
        leafUserId=leaf_user_id,
        farmId=farm_id,
        provider=provider,
        status=status,
        afterUpdatedTime=after_updated and to_milliseconds(after_updated),
        page=page,
        size=size,
        sort=sort,
    )
    return Call("listFields", "GET", _path(FIELDS, "fields"), read, query)


def get_field(leaf_user_id: str, id: str) -> Call[Field]:
    """One field."""
    read = partial(_one, read=partial(wire.read_field, leaf_user_id=leaf_user_id), id=id)
    return Call("getField", "GET", _path(FIELDS, "users", leaf_user_id, "fields", id), read)


def create_field(leaf_user_id: str, id: str, *, name: str, shape: Shape) -> Call[Field]:
    """A new field with its first boundary. The id is ours, so that a repeat cannot make a second field.

    The answer may carry another id; then Leaf has chosen its own.
    """
    read = partial(_one, read=partial(wire.read_field, leaf_user_id=leaf_user_id))
    path = _path(FIELDS, "users", leaf_user_id, "fields")
    return Call("createField", "POST", path, read, body=bodies.field_body(id, name, shape))


def update_field(leaf_user_id: str, id: str, *, name: str | None = None, farm_id: str | None = None) -> Call[Field]:
    """A field's new name or farm or both. Never its geometry: `replace_boundary` leaves a history, this would not."""
    read = partial(_one, read=partial(wire.read_field, leaf_user_id=leaf_user_id), id=id)
    path = _path(FIELDS, "users", leaf_user_id, "fields", id)
    return Call("updateField", "PATCH", path, read, body=bodies.field_changes(name, farm_id))


def delete_field(leaf_user_id: str, id: str) -> Call[None]:
    """The end of a field made by hand. A GoneError on a repeat means that an earlier attempt worked."""
    return Call("deleteField", "DELETE", _path(FIELDS, "users", leaf_user_id, "fields", id), _nothing)


def enable_preview_field(leaf_user_id: str, id: str) -> Call[None]:
    """Full sync for a PREVIEW field. Leaf bills it, and there is no way back."""
    path = _path(FIELDS, "users", leaf_user_id, "fields", id, "enableSync")
    return Call("enablePreviewField", "POST", path, _nothing)


# ---------------------------------------------------------------------- boundaries
def list_boundaries(
    leaf_user_id: str, field_id: str, *, page: int | None = None, size: int | None = None
) -> Call[Page[Boundary]]:
    """A field's boundaries, active and past. Leaf lists no paging here, yet says every list is paged: see `total`."""
    path = _path(FIELDS, "users", leaf_user_id, "fields", field_id, "boundaries")
    read = partial(_page, read=wire.read_boundary)
    return Call("listBoundaries", "GET", path, read, _query(page=page, size=size))


def get_boundary(leaf_user_id: str, field_id: str, id: str) -> Call[Boundary]:
    """One boundary, active or past; its geometry never changes."""
    path = _path(FIELDS, "users", leaf_user_id, "fields", field_id, "boundaries", id)
    return Call("getBoundary", "GET", path, partial(_one, read=wire.read_boundary, id=id))


def get_active_boundary(leaf_user_id: str, field_id: str) -> Call[Boundary]:
    """The active boundary; a GoneError is to be expected for a PREVIEW field, which has none."""
    path = _path(FIELDS, "users", leaf_user_id, "fields", field_id, "boundary")
    return Call("getActiveBoundary", "GET", path, partial(_one, read=wire.read_boundary))


def replace_boundary(leaf_user_id: str, field_id: str, *, shape: Shape) -> Call[Boundary]:
    """A new active boundary, the old one becoming history. Each accepted call adds one: never repeat this blindly."""
    path = _path(FIELDS, "users", leaf_user_id, "fields", field_id, "boundary")
    read = partial(_one, read=wire.read_boundary)
    return Call("replaceActiveBoundary", "PUT", path, read, body=bodies.boundary_body(shape))


def authenticate(username: str, password: str) -> Call[str]:
    """The exchange of a password for a token that lives 30 days."""
    body = {"username": username, "password": password, "rememberMe": "true"}
    return Call("authenticate", "POST", "/api/authenticate", _token, body=body)


def _token(answer: Answer) -> str:
    return wire.read_token(answer.body)
