"""Picks, orders and pages records as Leaf's list endpoints document it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from leafdesk.sandbox.choices import Choices
from leafdesk.sandbox.refusals import bad_request

Json = dict[str, Any]
Query = dict[str, list[str]]
Test = Callable[[Json], bool]
K = TypeVar("K")
ListKind = Literal["users", "growers", "farms", "fields"]

_EQUAL: dict[ListKind, dict[str, str]] = {
    "users": {"email": "email", "name": "name", "externalId": "externalId"},
    "growers": {
        "leafUserId": "leafUserId",
        "name": "name",
        "providerOrganizationId": "providerOrganizationId",
        "providerCompanyId": "providerCompanyId",
        "providerGrowerId": "providerGrowerId",
    },
    "farms": {"leafUserId": "leafUserId", "name": "name", "providerFarmId": "providerFarmId"},
    "fields": {
        "leafUserId": "leafUserId",
        "id": "id",
        "name": "name",
        "organizationId": "organizationId",
        "providerFieldId": "providerFieldId",
        "providerFieldName": "providerFieldName",
        "providerStatus": "providerStatus",
    },
}
"""Query parameters that ask for an equal text, and the record's key. Whether names match in part is not documented."""

_NUMBERS: dict[ListKind, tuple[str, ...]] = {"farms": ("growerId",), "fields": ("farmId",)}
_WORDS = {"type": ("ORIGINAL", "MERGED"), "status": ("PROCESSED", "PREVIEW", "WAITING")}
_TIMES = {
    "beforeCreatedTime": ("createdTime", False),
    "afterCreatedTime": ("createdTime", True),
    "beforeUpdatedTime": ("updatedTime", False),
    "afterUpdatedTime": ("updatedTime", True),
}
_OPERATION = ("operationType", "operationProvider", "operationCrop", "operationVariety")
_OPERATION_TIMES = {"operationStartTime": ("startTime", True), "operationEndTime": ("endTime", False)}
_OPERATION_TYPES = ("harvested", "planted", "applied", "tillage")

_SORTABLE: dict[ListKind, frozenset[str]] = {
    "users": frozenset({"id", "name", "email", "phone", "address", "externalId"}),
    "growers": frozenset({"id", "name", "leafUserId", "providerName", "providerId", "createdTime", "updatedTime"}),
    "farms": frozenset(
        {"id", "name", "leafUserId", "growerId", "providerName", "providerFarmName", "createdTime", "updatedTime"}
    ),
    "fields": frozenset(
        {
            *("id", "name", "leafUserId", "type", "status", "farmId", "providerName", "providerFieldName"),
            *("providerFieldId", "organizationId", "createdTime", "updatedTime"),
        }
    ),
}
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list: zero-based page of `size` records."""

    number: int
    size: int

    def of(self, keys: list[K]) -> list[K]:
        """The keys on this page."""
        return keys[self.number * self.size : (self.number + 1) * self.size]


def page_of(query: Query, choices: Choices) -> Page:
    """The page asked for: default 0, size 20, at most 100. Raises Refused."""
    number, size = _whole(query, "page", 0), _whole(query, "size", 20)
    if number < 0 or size < 1:
        raise bad_request("page must not be negative, size must be at least 1")
    if size > 100 and choices.refuse_oversize:
        raise bad_request("size must not be greater than 100")
    return Page(number, min(size, 100))


def picker(kind: ListKind, query: Query, choices: Choices) -> Callable[[Iterable[Json]], list[Json]]:
    """A function that filters and orders records as the query asks. Raises Refused for values that make no sense."""
    tests = list(_tests(kind, query, choices))
    order = _order(kind, query, choices)

    def pick(records: Iterable[Json]) -> list[Json]:
        for test in tests:
            records = filter(test, records)
        picked = list(records)
        for name, descending in reversed(order):
            known = [record for record in picked if record.get(name) is not None]
            known.sort(key=lambda record, name=name: record[name], reverse=descending)  # type: ignore[misc]
            picked = known + [record for record in picked if record.get(name) is None]
        return picked

    return pick


def question(query: Query) -> object:
    """What the query asks apart from the page: equal for requests with the same answer."""
    return tuple(sorted((name, tuple(values)) for name, values in query.items() if name not in ("page", "size")))


def link(path: str, query: Query, page: Page, total: int) -> str:
    """The Link header, relative and without the service's prefix as in Leaf's published sample."""
    last = max(0, -(-total // page.size) - 1)
    kept = [(name, value) for name, values in query.items() if name not in ("page", "size") for value in values]

    def target(number: int) -> str:
        from urllib.parse import urlencode

        return f"<{path}?{urlencode([*kept, ('page', number), ('size', page.size)])}>"

    rels = [f'{target(page.number + 1)}; rel="next"'] if page.number < last else []
    return ",".join([*rels, f'{target(last)}; rel="last"', f'{target(0)}; rel="first"'])


def instant(text: str) -> str:
    """A time of 0 to 9 fraction digits as text with 9, so that texts compare as times. Raises Refused."""
    read = _INSTANT.fullmatch(text)
    if not read:
        raise bad_request(f"{text} is not a time such as 2026-01-31T12:00:00.000Z")
    return f"{read[1]}.{(read[2] or '').ljust(9, '0')}"


def _tests(kind: ListKind, query: Query, choices: Choices) -> Iterator[Test]:
    for name, key in _EQUAL[kind].items():
        if name in query:
            yield _equal(key, query[name][0])
    for name in _NUMBERS.get(kind, ()):
        if name in query:
            yield _equal(name, _whole(query, name, 0))
    if "provider" in query:
        yield _of_provider(query["provider"][0])
    if kind == "fields":
        yield from _field_tests(query, choices)


def _field_tests(query: Query, choices: Choices) -> Iterator[Test]:
    for name, words in _WORDS.items():
        if name in query:
            yield _equal(name, _one_of(query[name][0], words))
    if "legacy" in query:
        wanted = _one_of(query["legacy"][0], ("true", "false")) == "true"
        yield lambda record: bool(record.get("legacy", False)) == wanted
    if "mergedFieldId" in query:
        merged = query["mergedFieldId"][0]
        yield lambda record: merged in _many(record.get("mergedFieldId"))
    for name, (key, after) in _TIMES.items():
        if name in query:
            yield _time_test(key, instant(query[name][0]), after=after, inclusive=choices.after_is_inclusive)
    if any(name in query for name in (*_OPERATION, *_OPERATION_TIMES)):
        yield _operation_test(query)


def _operation_test(query: Query) -> Test:
    """Fields with one operation that answers every question about operations at once."""
    if "operationType" in query:
        _one_of(query["operationType"][0], _OPERATION_TYPES)
    tests = [_equal(name.removeprefix("operation").lower(), query[name][0]) for name in _OPERATION if name in query]
    for name, (key, after) in _OPERATION_TIMES.items():
        if name in query:
            tests.append(_time_test(key, instant(query[name][0]), after=after, inclusive=False))
    return lambda record: any(all(test(worked) for test in tests) for worked in record.get("_operations", ()))


def _equal(key: str, wanted: object) -> Test:
    return lambda record: record.get(key) == wanted


def _of_provider(wanted: str) -> Test:
    if wanted == "Leaf":  # asks for what was made by hand (leaf-facts.md, 6)
        return lambda record: record.get("providerName") in (None, "Leaf")
    return lambda record: record.get("providerName") == wanted


def _time_test(key: str, limit: str, *, after: bool, inclusive: bool) -> Test:
    def test(record: Json) -> bool:
        time = instant(record[key])
        return (inclusive and time == limit) or (time > limit if after else time < limit)

    return test


def _order(kind: ListKind, query: Query, choices: Choices) -> list[tuple[str, bool]]:
    """(name, descending) pairs: names with optional asc or desc, comma separated or in several parameters."""
    order: list[tuple[str, bool]] = []
    for word in (word.strip() for value in query.get("sort", []) for word in value.split(",")):
        if word.lower() in ("asc", "desc") and order:
            order[-1] = (order[-1][0], word.lower() == "desc")
        elif word in _SORTABLE[kind]:
            order.append((word, False))
        elif word and choices.refuse_unknown_sort:
            raise bad_request(f"No property {word} found")
    return order


def _whole(query: Query, name: str, default: int) -> int:
    text = query[name][0] if name in query else str(default)
    try:
        return int(text)
    except ValueError:
        raise bad_request(f"{name} must be a whole number, not {text}") from None


def _one_of(word: str, words: tuple[str, ...]) -> str:
    if word not in words:
        raise bad_request(f"{word} is none of {', '.join(words)}")
    return word


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
