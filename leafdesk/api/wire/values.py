"""Values out of Leaf's JSON objects, each lost alone when it is missing or not what it should be."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeGuard, TypeVar

from leafdesk.api.errors import printable
from leafdesk.api.strict import Json, NotJsonError, slices, values
from leafdesk.geo.shape import NotAShapeError, Shape, from_geojson

T = TypeVar("T")
LONGEST_ID = 255
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class RecordProblem:
    """A record of Leaf's that cannot be used: what it is, its id where it has one, and why, in plain words."""

    kind: str
    id: str | None
    why: str
    raw: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.kind} {printable(self.id, 80) if self.id else 'without an id'}: {self.why}"


class UnusableError(ValueError):
    """One record cannot be used; `problem` says which and why."""

    def __init__(self, problem: RecordProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def clean(text: str) -> str:
    """A name fit to be stored and shown: control characters become spaces, lone surrogates U+FFFD."""
    if text.isprintable():
        return text
    return "".join("�" if "\ud800" <= c <= "\udfff" else " " if c < " " or "\x7f" <= c <= "\x9f" else c for c in text)


def text_of(found: Json, *keys: str) -> str:
    """The first text under these keys that is not empty, cleaned."""
    for key in keys:
        value = found.get(key)
        if isinstance(value, str) and value:
            return clean(value)
    return ""


def opaque(found: Json, key: str) -> str | None:
    """An id that is text, exactly as it is; None when it is missing or holds what no id holds."""
    value = found.get(key)
    return value if is_id(value) else None


def is_id(value: Any) -> TypeGuard[str]:
    """Text that can stand in a path as one piece and in every store: else it is nobody's id."""
    if not isinstance(value, str) or value in ("", ".", "..") or len(value) > LONGEST_ID:
        return False
    return clean(value) == value


def number_of(found: Json, key: str) -> int | None:
    """A whole number of at most 64 bits, for Leaf's farm and grower ids (digits in a text are taken as well)."""
    value = found.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20 and str(int(value)) == value:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) <= _LARGEST_ID else None


def reference_of(found: Json, key: str) -> str | None:
    number = number_of(found, key)
    return None if number is None else str(number)


def hectares(found: Json) -> float | None:
    area = found.get("area")
    if not isinstance(area, dict) or area.get("unit") != "ha":
        return None
    value = area.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < 1e12 else None


def ids(found: Json, key: str) -> tuple[str, ...]:
    listed = found.get(key)
    return tuple(filter(is_id, listed)) if isinstance(listed, list) else ()


# ---------------------------------------------------------------------- what a record cannot be without
def opened(kind: str, raw: bytes) -> tuple[Json, str]:
    """The values of a record and its text. Raises UnusableError."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise UnusableError(RecordProblem(kind, None, "it is not UTF-8")) from None
    try:
        return values(raw), text
    except NotJsonError as error:
        found = re.search(r'"id"\s*:\s*(?:"([\w.-]{1,80})"|(\d{1,19}))', text)
        named = (found[1] or found[2]) if found else None
        raise UnusableError(RecordProblem(kind, named, str(error), text)) from None


def id_of(kind: str, found: Json, text: str) -> str:
    id = opaque(found, "id")
    if id is None:
        raise UnusableError(RecordProblem(kind, None, "Leaf's record has no usable id", text))
    return id


def numbered(kind: str, found: Json, text: str) -> int:
    number = number_of(found, "id")
    if number is None:
        raise UnusableError(RecordProblem(kind, None, "Leaf's record has no usable id", text))
    return number


def whose(kind: str, found: Json, text: str, id: str, stand_in: str) -> str:
    """The Leaf user of a record, without whom it cannot be asked for again; `stand_in` when the answer does not say."""
    leaf_user_id = opaque(found, "leafUserId") or stand_in
    if not leaf_user_id:
        raise UnusableError(RecordProblem(kind, id, "Leaf's record does not say whose it is", text))
    return leaf_user_id


def shape_of(found: Json) -> Shape | str:
    """The shape under `geometry`, or why there is none."""
    try:
        shape = from_geojson(found.get("geometry"))
    except NotAShapeError as error:
        return printable(str(error), 200)
    except OverflowError:
        return "a coordinate is beyond all bounds"
    return shape or "it has no polygons"


def read_list(body: bytes, read: Callable[[bytes], T]) -> tuple[tuple[T, ...], tuple[RecordProblem, ...]]:
    """The records of a list answer, and the problems of those that cannot be used. Raises NotJsonError."""
    good: list[T] = []
    bad: list[RecordProblem] = []
    for raw in slices(body):
        try:
            good.append(read(raw))
        except UnusableError as error:
            bad.append(error.problem)
    return tuple(good), tuple(bad)


# ---------------------------------------------------------------------- more values, for the beta kinds
def texts(found: Json, key: str) -> tuple[str, ...]:
    """The texts of a list, cleaned; what is no text is left out."""
    listed = found.get(key)
    return tuple(clean(one) for one in listed if isinstance(one, str) and one) if isinstance(listed, list) else ()


def flag(found: Json, key: str) -> bool | None:
    """True or false; None when it is anything else."""
    value = found.get(key)
    return value if isinstance(value, bool) else None


def figure(found: Json, key: str) -> float | None:
    """A number a person can read; None when it is anything else."""
    value = found.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e15:
        return None
    return float(value)


def whole(found: Json, key: str) -> int | None:
    """A whole number, as it is written for counts and years (a text of digits is none here)."""
    value = found.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_ID else None


def written(found: Json, key: str) -> str:
    """A number that Leaf writes as text or as a number, as text: "7.17"."""
    value = found.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean(value if isinstance(value, str) else repr(value))


def part(found: Json, key: str) -> Json:
    """The object under a key; {} when there is none."""
    value = found.get(key)
    return value if isinstance(value, dict) else {}


def parts(found: Json, key: str) -> tuple[Json, ...]:
    """The objects of a list; what is none is left out."""
    listed = found.get(key)
    return tuple(one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def read_geometry(body: bytes) -> Shape:
    """A bare GeoJSON geometry; () for what says that nothing is in common (nobody documents how it looks).

    Raises NotJsonError.
    """
    if body.strip() in (b"", b"null"):
        return ()
    found = values(body)
    if found.get("type") == "GeometryCollection" or not found.get("coordinates"):
        return ()
    try:
        return from_geojson(found)
    except (NotAShapeError, OverflowError) as error:
        raise NotJsonError(printable(str(error), 200)) from None
