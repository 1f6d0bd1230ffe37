"""One request to Leaf as data, and what every endpoint's call is made of.

Leaf user, field and boundary ids are opaque text; farm and grower ids are Leaf's numbers as text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote

from leafdesk.api import strict, wire
from leafdesk.api.errors import UnsendableError
from leafdesk.api.strict import NotJsonError
from leafdesk.api.wire import RecordProblem

T = TypeVar("T")
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
USERS = "/services/usermanagement/api"
FIELDS = "/services/fields/api"
OPERATIONS = "/services/operations/api"
INTEGRATIONS = "/services/integrations/api"
CONFIG = "/services/config/api"
BETA = "/services/beta/api"
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
    asks: bool = False
    """A POST that only asks a question (which fields meet a shape)."""

    @property
    def writes(self) -> bool:
        """Whether the call changes something at Leaf, so that an unknown outcome matters."""
        return self.method != "GET" and not self.asks


def path_to(service: str, *segments: str) -> str:
    if all(map(_PLAIN.fullmatch, segments)):
        return "/".join((service, *segments))
    for segment in segments:
        if segment in ("", ".", "..") or any("\ud800" <= c <= "\udfff" for c in segment):
            raise UnsendableError(f"{segment!r} cannot be part of an address at Leaf.")
    return "/".join((service, *(quote(segment, safe="") for segment in segments)))


_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
"""What nothing in needs quoting: nearly all of Leaf's ids."""


Value = str | int | float | bool | None
Query = tuple[tuple[str, str], ...]


def query_of(**values: Value) -> Query:
    """The parameters that have a value, in Leaf's spelling."""
    return tuple((key, _said(value)) for key, value in values.items() if value is not None)


def _said(value: str | int | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


TIMES = ("_time", "_at", "created", "updated")
"""How the name of a filter ends that takes one of Leaf's times."""


def filtered(filters: Mapping[str, Any], names: Mapping[str, str] = {}, **more: Value) -> Query:
    """Filters in Leaf's spelling: our_words become ourWords, or what `names` says; times are sent in milliseconds.

    What lies before a time is asked for with the time rounded up: it may be a little more, and never too little.
    """
    said = {
        names.get(name) or camel(name): to_milliseconds(value, up=name.startswith("before"))
        if name.endswith(TIMES) and value
        else value
        for name, value in filters.items()
    }
    return query_of(**said, **more)


def camel(name: str) -> str:
    """leaf_user_id as leafUserId."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def page_of(answer: Answer, read: Callable[[bytes], T]) -> Page[T]:
    items, problems = wire.read_list(answer.body, read)
    return Page(items, answer.total, problems, answer.date)


def one_of(answer: Answer, read: Callable[[bytes], T], id: str | None = None) -> T:
    """The record of an answer; with `id`, only that record will do."""
    record = read(answer.body.strip())
    if id is not None and getattr(record, "id", None) != id:
        raise NotJsonError(f"another {type(record).__name__.lower()} came than was asked for")
    return record


def nothing(answer: Answer) -> None:
    """A success whose body nobody documents: empty or any JSON."""
    if answer.body.strip() and not strict.is_json(answer.body):
        raise NotJsonError("the answer is not JSON")


def to_milliseconds(instant: str, *, up: bool = False) -> str:
    """Leaf's time with exactly three fraction digits, rounded down or up, as its general page asks for in requests.

    Raises ValueError for a text that is no UTC time ending in Z.
    """
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", instant)
    if not found:
        raise ValueError(f"not a UTC time as Leaf writes it: {instant!r}")
    digits = (found[2] or "").ljust(3, "0")
    if not up or not digits[3:].strip("0"):
        return f"{found[1]}.{digits[:3]}Z"
    later = datetime.fromisoformat(f"{found[1]}.{digits[:3]}") + timedelta(milliseconds=1)
    return f"{later.isoformat(timespec='milliseconds')}Z"
