"""Leaf's JSON to records: with bodies.py, its other direction, the only place that knows Leaf's key names.

Every record keeps its own bytes as Leaf wrote them (`raw`): unknown keys, odd ids, fraction digits and the spelling of
numbers survive. What is missing or mistyped loses that value, never the record. Only a record without a usable id or
owner, a boundary without a usable shape, or JSON that strict.py refuses becomes a RecordProblem, and stops only itself.
Source: leaf-openapi.yaml and leaf-facts.md.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard, TypeVar

from leafdesk.api.errors import printable
from leafdesk.api.strict import Json, NotJsonError, slices, values, without_credentials
from leafdesk.geo.shape import NotAShapeError, Shape, from_geojson
from leafdesk.records import Boundary, Farm, Field, Grower, LeafUser

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


# ---------------------------------------------------------------------- values by key, each lost when it is not right
def clean(text: str) -> str:
    """A name fit to be stored and shown: control characters become spaces, lone surrogates U+FFFD."""
    if text.isprintable():
        return text
    return "".join("�" if "\ud800" <= c <= "\udfff" else " " if c < " " or "\x7f" <= c <= "\x9f" else c for c in text)


def _text(found: Json, *keys: str) -> str:
    """The first text under these keys that is not empty, cleaned."""
    for key in keys:
        value = found.get(key)
        if isinstance(value, str) and value:
            return clean(value)
    return ""


def _opaque(found: Json, key: str) -> str | None:
    """An id that is text, exactly as it is; None when it is missing or holds what no id holds."""
    value = found.get(key)
    return value if _is_id(value) else None


def _is_id(value: Any) -> TypeGuard[str]:
    """Text that can stand in a path as one piece and in every store: else it is nobody's id."""
    if not isinstance(value, str) or value in ("", ".", "..") or len(value) > LONGEST_ID:
        return False
    return clean(value) == value


def _number(found: Json, key: str) -> int | None:
    """A whole number of at most 64 bits, for Leaf's farm and grower ids (digits in a text are taken as well)."""
    value = found.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20 and str(int(value)) == value:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) <= _LARGEST_ID else None


def _reference(found: Json, key: str) -> str | None:
    number = _number(found, key)
    return None if number is None else str(number)


def _hectares(found: Json) -> float | None:
    area = found.get("area")
    if not isinstance(area, dict) or area.get("unit") != "ha":
        return None
    value = area.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < 1e12 else None


def _boundary_ids(found: Json) -> tuple[str, ...]:
    ids = found.get("boundaries")
    return tuple(filter(_is_id, ids)) if isinstance(ids, list) else ()


def boundary_ids(field: Field) -> tuple[str, ...]:
    """The ids of all boundaries of a field, in Leaf's order, from its `raw`; () when there are none or no raw."""
    try:
        return _boundary_ids(values(field.raw.encode())) if field.raw else ()
    except ValueError:
        return ()


# ---------------------------------------------------------------------- records
def _opened(kind: str, raw: bytes) -> tuple[Json, str]:
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


def _id(kind: str, found: Json, text: str) -> str:
    id = _opaque(found, "id")
    if id is None:
        raise UnusableError(RecordProblem(kind, None, "Leaf's record has no usable id", text))
    return id


def _numbered(kind: str, found: Json, text: str) -> int:
    number = _number(found, "id")
    if number is None:
        raise UnusableError(RecordProblem(kind, None, "Leaf's record has no usable id", text))
    return number


def _whose(kind: str, found: Json, text: str, id: str, stand_in: str) -> str:
    """The Leaf user of a record, without whom it cannot be asked for again; `stand_in` when the answer does not say."""
    leaf_user_id = _opaque(found, "leafUserId") or stand_in
    if not leaf_user_id:
        raise UnusableError(RecordProblem(kind, id, "Leaf's record does not say whose it is", text))
    return leaf_user_id


def _shape(found: Json) -> Shape | str:
    """The shape under `geometry`, or why there is none."""
    try:
        shape = from_geojson(found.get("geometry"))
    except NotAShapeError as error:
        return printable(str(error), 200)
    except OverflowError:
        return "a coordinate is beyond all bounds"
    return shape or "it has no polygons"


def read_user(raw: bytes) -> LeafUser:
    """A Leaf user without the providers' credentials: they are taken out of `raw` too, at any depth."""
    try:
        found, _ = _opened("Leaf user", raw)
        id = _id("Leaf user", found, "")
        kept = without_credentials(raw).decode()
    except UnusableError as error:
        raise UnusableError(replace(error.problem, raw="")) from None
    except NotJsonError:
        raise UnusableError(RecordProblem("Leaf user", id, "its JSON cannot be read safely")) from None
    return LeafUser(
        id=id,
        name=_text(found, "name"),
        email=_text(found, "email"),
        external_id=_text(found, "externalId"),
        raw=kept,
    )


def read_grower(raw: bytes, leaf_user_id: str = "") -> Grower:
    """A grower; `leaf_user_id` stands in when the answer does not say."""
    found, text = _opened("grower", raw)
    number = _numbered("grower", found, text)
    return Grower(
        id=str(number),
        leaf_id=number,
        leaf_user_id=_whose("grower", found, text, str(number), leaf_user_id),
        name=_text(found, "name"),
        provider_name=_text(found, "providerName") or None,
        created_time=_text(found, "createdTime"),
        updated_time=_text(found, "updatedTime"),
        raw=text,
    )


def read_farm(raw: bytes, leaf_user_id: str = "") -> Farm:
    """A farm; its name falls back to the provider's."""
    found, text = _opened("farm", raw)
    number = _numbered("farm", found, text)
    return Farm(
        id=str(number),
        leaf_id=number,
        leaf_user_id=_whose("farm", found, text, str(number), leaf_user_id),
        name=_text(found, "name", "providerFarmName"),
        grower_id=_reference(found, "growerId"),
        provider_name=_text(found, "providerName") or None,
        created_time=_text(found, "createdTime"),
        updated_time=_text(found, "updatedTime"),
        raw=text,
    )


def read_field(raw: bytes, leaf_user_id: str = "") -> Field:
    """A field; its name falls back to the provider's.

    Leaf's list has no geometry. Where an answer carries one (create), it is used, with the only boundary's id.
    """
    found, text = _opened("field", raw)
    id = _id("field", found, text)
    shape = _shape(found) if found.get("geometry") else ""
    ids = _boundary_ids(found)
    return Field(
        id=id,
        leaf_user_id=_whose("field", found, text, id, leaf_user_id),
        name=_text(found, "name", "providerFieldName"),
        farm_id=_reference(found, "farmId"),
        status=_text(found, "status"),
        type=_text(found, "type") or "ORIGINAL",
        provider_name=_text(found, "providerName") or None,
        boundary_id=ids[0] if shape and not isinstance(shape, str) and len(ids) == 1 else None,
        shape=None if isinstance(shape, str) else shape,
        area_ha=None if isinstance(shape, str) else _hectares(found),
        created_time=_text(found, "createdTime"),
        updated_time=_text(found, "updatedTime"),
        raw=text,
    )


def read_boundary(raw: bytes) -> Boundary:
    """A boundary, its coordinates as they came. Raises UnusableError when its geometry is no shape."""
    found, text = _opened("boundary", raw)
    id = _id("boundary", found, text)
    shape = _shape(found)
    if isinstance(shape, str):
        raise UnusableError(RecordProblem("boundary", id, shape, text))
    return Boundary(
        id=id,
        status=_text(found, "status"),
        shape=shape,
        area_ha=_hectares(found),
        validity=_text(found, "validity"),
        created_time=_text(found, "createdTime"),
        updated_time=_text(found, "updatedTime"),
        raw=text,
    )


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


def read_token(body: bytes) -> str:
    """The token of a sign-in's answer. Raises NotJsonError."""
    token = values(body).get("id_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token or " " in token:
        raise NotJsonError("the answer holds no token")
    return token
