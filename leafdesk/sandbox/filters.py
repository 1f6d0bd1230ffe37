"""What each query parameter of a list asks of a record, as Leaf's pages and tables of parameters say."""

import re
from collections.abc import Callable
from operator import eq, gt, lt
from typing import Any, Literal

from leafdesk.sandbox.choices import Choices
from leafdesk.sandbox.refusals import bad_request

Json = dict[str, Any]
Query = dict[str, list[str]]
Test = Callable[[Json], bool]
Filter = Callable[[str, Choices], Test]
"""Makes a test of a parameter's value. Raises Refused for one that makes no sense."""
ListKind = Literal[
    "users",
    "growers",
    "farms",
    "fields",
    "files",
    "operations",
    "machines",
    "machineFiles",
    "implements",
    "operators",
    "products",
    "summarizedProducts",
    "varieties",
    "summarizedVarieties",
    "tankMixes",
]
_ID = re.compile(r"[0-9A-Za-z]{8,9}(-[0-9A-Za-z]{4}){3}-[0-9A-Za-z]{12}")
_DAY = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_INSTANT = re.compile(rf"({_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(?:\.([0-9]{{1,9}}))?Z")
OPERATION_TYPES = ("harvested", "planted", "applied", "tillage")
_ORIGINS = ("USER_CREATED", "FILE_POOLED", "PROVIDER_POOLED")


def instant(text: str) -> str:
    """A time of 0 to 9 fraction digits as text with 9, so that texts compare as times. Raises Refused."""
    read = _INSTANT.fullmatch(text)
    if not read:
        raise bad_request(f"{text} is not a time such as 2026-01-31T12:00:00.000Z")
    return f"{read[1]}.{(read[2] or '').ljust(9, '0')}"


def whole(text: str, name: str, bits: int = 64) -> int:
    """A whole number. Raises Refused."""
    if not re.fullmatch(r"-?[0-9]{1,40}", text) or not -(2 ** (bits - 1)) <= int(text) < 2 ** (bits - 1):
        raise bad_request(f"{name} must be a whole number, not {text}")
    return int(text)


def id_text(text: str, name: str) -> str:
    """An id as Leaf documents and prints them: UUIDs, a few with a ninth digit or odd letters. Raises Refused."""
    if not _ID.fullmatch(text):
        raise bad_request(f"{name} must be a UUID, not {text}")
    return text


def one_of(word: str, words: tuple[str, ...]) -> str:
    """The word, if it is one of a closed list. Raises Refused."""
    if word not in words:
        raise bad_request(f"{word} is none of {', '.join(words)}")
    return word


def _same(key: str, *words: str) -> Filter:
    """An equal text; one of a closed list where `words` are given. Whether names match in part is not documented."""

    def same(text: str, _choices: Choices) -> Test:
        wanted = one_of(text, words) if words else text
        return lambda record: record.get(key) == wanted

    return same


def _id(key: str) -> Filter:
    def id_(text: str, _choices: Choices) -> Test:
        wanted = id_text(text, key)
        return lambda record: record.get(key) == wanted

    return id_


def _number(key: str) -> Filter:
    def number(text: str, _choices: Choices) -> Test:
        wanted = whole(text, key)
        return lambda record: record.get(key) == wanted

    return number


def _part(key: str) -> Filter:
    def part(text: str, _choices: Choices) -> Test:
        wanted = text.casefold()
        return lambda record: wanted in str(record.get(key) or "").casefold()

    return part


def _among(key: str) -> Filter:
    """A text that a list of the record holds, or is."""

    def among(text: str, _choices: Choices) -> Test:
        def test(record: Json) -> bool:
            held = record.get(key)
            return text in held if isinstance(held, list) else text == held

        return test

    return among


def _time(key: str, how: Literal["after", "before", "from", "exact"]) -> Filter:
    """after and before may include the very instant; `from` always does; `exact` matches nothing else."""

    def time(text: str, choices: Choices) -> Test:
        limit = instant(text)
        equal = how in ("from", "exact") or choices.after_is_inclusive

        def test(record: Json) -> bool:
            if not record.get(key):
                return False
            found = instant(record[key])
            if found == limit:
                return equal
            return how != "exact" and (found < limit if how == "before" else found > limit)

        return test

    return time


def _between(key: str, how: Literal["after", "before"]) -> Filter:
    """Work that starts after, or ends before, an instant: never at it."""
    strict = _time(key, how)
    return lambda text, _choices: strict(text, Choices())


def _distance(compare: Callable[[float, float], bool]) -> Filter:
    """The plain number: units are not converted."""

    def distance(text: str, _choices: Choices) -> Test:
        try:
            wanted = float(text)
        except ValueError:
            raise bad_request(f"{text} is not a number") from None
        return lambda record: compare(record["distance"]["value"], wanted)

    return distance


def _distance_unit(text: str, _choices: Choices) -> Test:
    one_of(text, ("Mile", "mile", "Feet", "ft"))
    return lambda record: record["distance"]["unit"] == text


def _made_by(text: str, _choices: Choices) -> Test:
    if text == "Leaf":  # asks for what was made by hand (leaf-facts.md, 6)
        return lambda record: record.get("providerName") in (None, "Leaf")
    return lambda record: record.get("providerName") == text


def _legacy(text: str, _choices: Choices) -> Test:
    wanted = one_of(text, ("true", "false")) == "true"
    return lambda record: bool(record.get("legacy", False)) == wanted


def _of_field(text: str, _choices: Choices) -> Test:
    id_text(text, "fieldId")
    return lambda record: any(field.get("id") == text for field in record["fields"])


def _times(created: str, updated: str, suffix: str = "Time") -> dict[str, Filter]:
    """before… and after… of both times; `suffix` ends the names of the second."""
    return {
        "beforeCreatedTime": _time(created, "before"),
        "afterCreatedTime": _time(created, "after"),
        f"beforeUpdated{suffix}": _time(updated, "before"),
        f"afterUpdated{suffix}": _time(updated, "after"),
    }


def _texts(*names: str) -> dict[str, Filter]:
    return {name: _same(name) for name in names}


_USER: dict[str, Filter] = {"leafUserId": _id("leafUserId")}
_INPUTS: dict[str, Filter] = {**_USER, "provider": _same("provider")}
FILTERS: dict[ListKind, dict[str, Filter]] = {
    "users": _texts("email", "name", "externalId"),
    "growers": {
        **_USER,
        **_texts("name", "providerOrganizationId", "providerCompanyId", "providerGrowerId"),
        "provider": _made_by,
    },
    "farms": {
        **_USER,
        **_texts("name", "providerFarmId"),
        "growerId": _number("growerId"),
        "provider": _made_by,
    },
    "fields": {
        **_USER,
        "id": _id("id"),
        **_texts("name", "organizationId", "providerFieldId", "providerFieldName", "providerStatus"),
        "farmId": _number("farmId"),
        "provider": _made_by,
        "type": _same("type", "ORIGINAL", "MERGED"),
        "status": _same("status", "PROCESSED", "PREVIEW", "WAITING"),
        "legacy": _legacy,
        "mergedFieldId": lambda text, choices: _among("mergedFieldId")(id_text(text, "mergedFieldId"), choices),
        **_times("createdTime", "updatedTime"),
    },
    "files": {
        **_texts("id", "provider"),
        "operationType": _same("operationType", *OPERATION_TYPES),
        "origin": _same("origin", "provider", "automerged", "merged", "uploaded"),
        "crop": _among("crops"),
        "variety": _among("varieties"),
        "startTime": _between("startTime", "after"),
        "endTime": _between("endTime", "before"),
    },
    "operations": {
        **_USER,
        "fieldId": _of_field,
        "provider": _among("providers"),
        "operationType": _same("type", *OPERATION_TYPES),
        "startTime": _between("startTime", "after"),
        "endTime": _between("endTime", "before"),
        "updatedTime": _time("updatedTime", "from"),
    },
    "machines": {
        **_texts("name", "provider", "providerOrganizationId", "providerMachineId", "serialNumber", "vin"),
        "originType": _same("originType", *_ORIGINS),
        "createdTime": _time("createdTime", "exact"),
        "updatedAt": _time("_updatedAt", "exact"),
        **_times("createdTime", "_updatedAt", "At"),
    },
    "machineFiles": {
        "leafFileId": _id("leafFileId"),
        "originType": _same("_originType", *_ORIGINS),
        "createdTime": _time("_createdTime", "exact"),
        "beforeCreatedTime": _time("_createdTime", "before"),
        "afterCreatedTime": _time("_createdTime", "after"),
        "startTime": _time("startTime", "exact"),
        "endTime": _time("endTime", "exact"),
        "beforeStartTime": _time("startTime", "before"),
        "afterStartTime": _time("startTime", "after"),
        "beforeEndTime": _time("endTime", "before"),
        "afterEndTime": _time("endTime", "after"),
        "distanceValue": _distance(eq),
        "greaterThanDistanceValue": _distance(gt),
        "lessThanDistanceValue": _distance(lt),
        "distanceUnit": _distance_unit,
    },
    "implements": {
        **_texts("provider", "providerImplementId", "providerOrganizationId", "name"),
        "createdTime": _time("_createdTime", "from"),
        "updatedTime": _time("_updatedTime", "from"),
        **_times("_createdTime", "_updatedTime"),
    },
    "operators": {},
    "products": {**_USER, "provider": _same("labelProvider")},
    "summarizedProducts": {"name": _part("name")},
    "varieties": _INPUTS,
    "summarizedVarieties": {"name": _part("name"), "crops": _among("crops")},
    "tankMixes": _INPUTS,
}
"""Every query parameter of every list apart from page, size, sort and the field list's questions about operations."""

OPERATION: dict[str, Filter] = {
    "operationType": _same("type", *OPERATION_TYPES),
    "operationProvider": _same("provider"),
    "operationCrop": _same("crop"),
    "operationVariety": _same("variety"),
    "operationStartTime": _between("startTime", "after"),
    "operationEndTime": _between("endTime", "before"),
}
"""The field list's questions about operations: one operation has to answer all of them at once."""
