"""What a table of fields can be sorted, narrowed and read by, as SQL over a row `s` of what is seen."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

_FARM = "(SELECT f.{0} FROM records r CROSS JOIN seen f ON f.n = r.n WHERE r.kind = 'farms' AND r.key = s.parent)"
FIELDS: Mapping[str, str] = {
    "provider": "coalesce(nullif(s.provider, ''), 'Leaf') COLLATE NOCASE",
    "area": "s.area",
    "leaf_area": "(SELECT b.area FROM boundaries b WHERE b.field = s.key AND b.shown)",
    "farm": _FARM.format("sort"),
    "grower": "(SELECT g.sort FROM records r CROSS JOIN seen g ON g.n = r.n WHERE r.kind = 'growers' AND r.key = "
    + _FARM.format("parent")
    + ")",
    "type": "coalesce((SELECT c.type FROM copies c WHERE c.n = s.n), 'ORIGINAL')",
    "created_time": "(SELECT c.created FROM copies c WHERE c.n = s.n)",
    "updated_time": "(SELECT c.updated FROM copies c WHERE c.n = s.n)",
    "boundary": "s.west IS NOT NULL",
    "id": "s.key",
    **{
        name: f"(SELECT json_extract(nullif(c.raw, ''), '$.{key}') FROM copies c WHERE c.n = s.n)"
        for name, key in (
            ("provider_status", "providerStatus"),
            ("organization", "organizationId"),
            ("provider_field_id", "providerFieldId"),
            ("provider_field_name", "providerFieldName"),
        )
    },
    "legacy": "coalesce((SELECT json_extract(nullif(c.raw, ''), '$.legacy') FROM copies c WHERE c.n = s.n), 0) <> 0",
}
"""By attribute. `area` is what the user sees (see FieldRow), `leaf_area` Leaf's own figure; both in hectares."""
_READ = ("area", "leaf_area", "type", "created_time", "updated_time", "boundary", "provider_status", "organization")


def field_values(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The attributes of fields by row number; those that are empty are missing."""
    columns = ", ".join(FIELDS[name] for name in _READ)
    rows = connection.execute(
        f"SELECT s.n, {columns} FROM seen s WHERE s.kind = 'fields' AND s.n IN (SELECT value FROM json_each(?))",
        (json.dumps(list(numbers)),),
    )
    found = {n: dict(zip(_READ, values, strict=True)) for n, *values in rows.fetchall()}
    for values in found.values():
        values["boundary"] = bool(values["boundary"])
    return {n: {name: one for name, one in values.items() if one not in (None, "")} for n, values in found.items()}
