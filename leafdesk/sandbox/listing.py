"""Picks, orders and pages records as Leaf's list endpoints document it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from leafdesk.sandbox.choices import Choices
from leafdesk.sandbox.filters import FILTERS, OPERATION, ListKind, Query, Test, instant, whole
from leafdesk.sandbox.refusals import bad_request

Json = dict[str, Any]
K = TypeVar("K")

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
    "files": frozenset({"id", "operationType", "origin", "startTime", "endTime", "provider", "leafUserId"}),
    "operations": frozenset({"id", "leafUserId", "startTime", "endTime", "type", "updatedTime"}),
    "machines": frozenset(
        {
            *("id", "leafUserId", "name", "provider", "providerOrganizationId", "providerMachineId"),
            *("serialNumber", "vin", "model", "make", "category", "modelYear"),
        }
    ),
    "machineFiles": frozenset({"id", "leafUserId", "machineId", "startTime", "endTime", "createdTime", "leafFileId"}),
    "implements": frozenset(
        {
            *("id", "leafUserId", "name", "provider", "providerOrganizationId", "providerImplementId"),
            *("serialNumber", "model", "make", "category"),
        }
    ),
    "operators": frozenset(),
    "products": frozenset(
        {"id", "name", "registrant", "registration", "productType", "formulationType", "leafUserId", "status"}
    ),
    "summarizedProducts": frozenset({"id", "name", "leafUserId"}),
    "varieties": frozenset({"id", "name", "companyName", "status", "leafUserId", "provider", "organizationId"}),
    "summarizedVarieties": frozenset({"id", "name", "leafUserId"}),
    "tankMixes": frozenset({"id", "name", "formulationType", "status", "provider", "leafUserId"}),
}
"""Published for operations, machines, machine files and implements; guessed for the rest."""
_HIDDEN = {"createdTime": "_createdTime", "leafUserId": "_leafUserId"}
"""Names that may be sorted by although the answer does not show them."""


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
    number = whole(query["page"][0], "page", bits=128) if "page" in query else 0
    size = whole(query["size"][0], "size") if "size" in query else 20
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
            known = [record for record in picked if _sort_value(record, name) is not None]
            known.sort(key=lambda record, name=name: _sort_value(record, name), reverse=descending)  # type: ignore[misc]
            picked = known + [record for record in picked if _sort_value(record, name) is None]
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


def _tests(kind: ListKind, query: Query, choices: Choices) -> Iterator[Test]:
    for name, make in FILTERS[kind].items():
        if name in query:
            yield make(query[name][0], choices)
    if kind == "fields" and (asked := [name for name in OPERATION if name in query]):
        tests = [OPERATION[name](query[name][0], choices) for name in asked]
        yield lambda record: any(all(test(done) for test in tests) for done in record.get("_operations", ()))


def _sort_value(record: Json, name: str) -> Any:
    value = record.get(name, record.get(_HIDDEN.get(name, name)))
    return instant(value) if value and name.endswith("Time") else value


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
