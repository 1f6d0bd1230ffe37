"""What a table is narrowed by beside equal values, as SQL over a row `s` of what is seen: times, and work done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from leafdesk.records import Kind, provider_of
from leafdesk.records.instants import instant


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, both ends within it: UTC as Leaf writes it, or days; "" where it is open."""

    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is asked of the work on a field: one of its operation files has to answer all of it at once.

    `span`: it began at or after `after`, and ended at or before `before`. "" asks nothing.
    """

    operation_type: str = ""
    provider: str = ""
    crop: str = ""
    variety: str = ""
    span: Span = field(default_factory=Span)


_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_CLOCK = f"{_DAY}T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
_FRACTION = "substr(x, 21, max(length(x) - 21, 0))"
_PADDED = f"""CASE WHEN x GLOB '{_CLOCK}Z' OR (x GLOB '{_CLOCK}.[0-9]*Z' AND length(x) <= 30
 AND {_FRACTION} NOT GLOB '*[^0-9]*') THEN substr(x, 1, 19) || '.' || substr({_FRACTION} || '000000000', 1, 9)
 WHEN x GLOB '{_DAY}' THEN x || 'T00:00:00.000000000' END"""
"""records.instants.instant in SQL (a test compares the two): no time at all becomes NULL, which no span keeps."""


def spanned(column: str, span: Span, name: str) -> tuple[str, dict[str, Any]]:
    """The condition that a column's time lies in a span, and the values in it (`name` tells them from others).

    Raises ValueError for an end that is no time.
    """
    held, values = list[str](), dict[str, Any]()
    for end, sign, text in (("after", ">=", span.after), ("before", "<=", span.before)):
        if text:
            held.append(f"t {sign} :{name}_{end}")
            values[f"{name}_{end}"] = _time(text)
    # LIMIT keeps SQLite from looking the column up again for each time that it is named
    padded = f"SELECT {_PADDED} AS t FROM (SELECT {column} AS x LIMIT 1) LIMIT 1"
    return f"EXISTS (SELECT 1 FROM ({padded}) WHERE {' AND '.join(held) or '1'})", values


def _time(text: str) -> str:
    found = instant(text)
    if found is None:
        raise ValueError(f"{text!r} is no time such as 2026-01-31 or 2026-01-31T12:00:00Z (UTC)")
    return found


def worked(work: Work) -> tuple[str, dict[str, Any]]:
    """The condition that an operation file of the field answers all that is asked of the work."""
    held, values = ["f.kind = 'files'", "f.parent IS NOT NULL"], dict[str, Any]()
    for name, condition, value in (
        ("work_type", "json_extract(f.more, '$.operation_type') = :work_type", work.operation_type),
        ("work_provider", _FROM, provider_of(work.provider)),
        ("work_crop", _AMONG.format("crops", "work_crop"), work.crop),
        ("work_variety", _AMONG.format("varieties", "work_variety"), work.variety),
    ):
        if value:
            held.append(condition)
            values[name] = value
    for name, span in (("start", Span(after=work.span.after)), ("end", Span(before=work.span.before))):
        if span != Span():
            condition, times = spanned(f"json_extract(f.more, '$.{name}_time')", span, f"work_{name}")
            held.append(condition)
            values |= times
    return f"s.key IN (SELECT f.parent FROM seen f WHERE {' AND '.join(held)})", values


_FROM = """f.provider COLLATE NOCASE = :work_provider
 AND coalesce(json_extract(f.more, '$.origin'), '') NOT IN ('merged', 'automerged')"""
"""What Leaf merged has Leaf as its provider, whoever did the work: the files it was merged from tell that."""
_AMONG = "EXISTS (SELECT 1 FROM copies c, json_each(c.more, '$.{0}') e WHERE c.n = f.n AND e.value = :{1})"
UNREAD = """EXISTS (SELECT 1 FROM copies c WHERE c.n = s.n)
 AND s.key NOT IN (SELECT about FROM fetched WHERE kind = 'files')"""
"""Fields that Leaf has and whose operation files nobody fetched yet."""

MEMBERS: Mapping[Kind, Mapping[str, str]] = {
    "fields": {"merged_field": "SELECT m.value FROM copies c, json_each(nullif(c.raw, ''), '$.mergedFieldId') m"},
    "files": {
        name: f"SELECT m.value FROM copies c, json_each(c.more, '$.{name}') m" for name in ("crops", "varieties")
    },
}
"""Attributes that hold one value or several: those of the copy `c`."""


def among(kind: Kind, attribute: str, name: str) -> str | None:
    """The condition that a value is one of a row's several; None for an attribute that is single."""
    members = MEMBERS.get(kind, {}).get(attribute)
    return None if members is None else f":{name} IN ({members} WHERE c.n = s.n)"
