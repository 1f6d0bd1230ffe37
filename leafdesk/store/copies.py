"""Leaf's copies of records and boundaries as rows: taken from sync, given back as records."""

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from leafdesk.geo.shape import Shape, pack, unpack
from leafdesk.records import (
    LAND,
    Boundary,
    Farm,
    Field,
    FieldOperation,
    Grower,
    Kind,
    LeafUser,
    Product,
    Record,
    TankMix,
    Variety,
)
from leafdesk.store.attributes import pack_attributes, provider_in, unpack_asset
from leafdesk.store.joining import joined

PARENTS: dict[Kind, Kind] = {"fields": "farms", "farms": "growers"}
"""The kind of record that a record of this kind belongs to."""

COLUMNS = (
    "c.leaf_user, c.name, c.parent, c.leaf_number, c.status, c.type, c.provider, c.email, c.external, c.created, "
    "c.updated, c.raw, c.more"
)
"""Of `copies c`, in the order that `record_of` takes."""


def find_key(connection: sqlite3.Connection, kind: Kind, id: str) -> str | None:
    """The record's key for a key, an alias or Leaf's number; None where there is no such record."""
    row = _find(connection, kind, id)
    return None if row is None else str(row[0])


def _find(connection: sqlite3.Connection, kind: Kind, id: str) -> tuple[str, int, str, str | None] | None:
    """Key, row number, Leaf user and Leaf's id of the record that `find_key` finds."""
    found: tuple[str, int, str, str | None] | None = connection.execute(
        "SELECT key, n, leaf_user, leaf_id FROM records WHERE kind = :kind AND key = :id"
        " UNION ALL SELECT r.key, r.n, r.leaf_user, r.leaf_id FROM aliases a"
        "   JOIN records r ON r.kind = a.kind AND r.key = a.key WHERE a.kind = :kind AND a.old = :id"
        " UNION ALL SELECT key, n, leaf_user, leaf_id FROM records WHERE kind = :kind AND leaf_id = :id LIMIT 1",
        {"kind": kind, "id": id},
    ).fetchone()
    return found


def known_copies(connection: sqlite3.Connection, kind: Kind, ids: Iterable[str]) -> dict[str, tuple[str, str, bool]]:
    """By id (key, alias or Leaf's number) of every one that has a record here: its copy's JSON, which list told of it
    ("": the ordinary one), and whether Leaf still has it; a record without a copy has ("", "", False)."""
    rows = connection.execute(_KNOWN, {"kind": kind, "ids": json.dumps(list(ids))})
    return {id_: (raw or "", source or "", there) for id_, raw, source, there in rows.fetchall()}


_KNOWN = """
SELECT i.value, c.raw, json_extract(c.more, '$.source'), coalesce(NOT c.gone, 0) FROM json_each(:ids) i
CROSS JOIN records r ON r.kind = :kind AND r.key = coalesce(
    (SELECT key FROM records WHERE kind = :kind AND key = i.value),
    (SELECT o.key FROM aliases a JOIN records o ON o.kind = a.kind AND o.key = a.key
     WHERE a.kind = :kind AND a.old = i.value),
    (SELECT key FROM records WHERE kind = :kind AND leaf_id = i.value))
LEFT JOIN copies c USING (n)
"""
"""As `find_key`, of many ids in one go: a page that says nothing new costs one look. CROSS JOIN: id by id; left to
itself SQLite looks through all records for each of them."""


def load_copy(connection: sqlite3.Connection, kind: Kind, key: str) -> Record | None:
    """Leaf's copy as last read, its active boundary in it."""
    return load_kept(connection, kind, key)[0]


def load_kept(connection: sqlite3.Connection, kind: Kind, key: str) -> tuple[Record | None, bool]:
    """As `load_copy`, and whether the record is gone at Leaf."""
    row = connection.execute(
        f"SELECT c.gone, {COLUMNS} FROM records r JOIN copies c USING (n) WHERE r.kind = ? AND r.key = ?", (kind, key)
    ).fetchone()
    if row is None:
        return None, False
    gone, *columns = row
    return record_of(kind, key, columns, _active_of(connection, key) if kind == "fields" else None), bool(gone)


def _active_of(connection: sqlite3.Connection, field: str) -> tuple[str, Shape, float | None] | None:
    row = connection.execute("SELECT id, packed, area FROM boundaries WHERE field = ? AND shown", (field,)).fetchone()
    return None if row is None else (row[0], unpack(row[1]), row[2])


def record_of(
    kind: Kind, key: str, row: Sequence[Any], active: tuple[str, Shape, float | None] | None = None
) -> Record:
    """The record of a row of COLUMNS; `active` is (id, shape, area) of a field's active boundary."""
    leaf_user, name, parent, number, status, type_, provider, email, external, created, updated, raw, more = row
    if kind not in LAND:
        return unpack_asset(kind, key, leaf_user, name, more, raw)
    if kind == "users":
        return LeafUser(id=key, name=name, email=email, external_id=external, raw=raw)
    times = {"created_time": created, "updated_time": updated, "raw": raw}
    if kind == "growers":
        return Grower(id=key, leaf_user_id=leaf_user, name=name, leaf_id=number, provider_name=provider, **times)
    if kind == "farms":
        return Farm(
            id=key,
            leaf_user_id=leaf_user,
            name=name,
            grower_id=parent,
            leaf_id=number,
            provider_name=provider,
            **times,
        )
    boundary_id, shape, area = active or (None, None, None)
    return Field(
        id=key,
        leaf_user_id=leaf_user,
        name=name,
        farm_id=parent,
        status=status,
        type=type_,
        provider_name=provider,
        boundary_id=boundary_id,
        shape=shape,
        area_ha=area,
        **times,
    )


def parent_of(record: Record) -> str | None:
    """The key of what a record belongs to: a field's farm, a farm's grower, a file's field or machine, a match's
    operation."""
    for kind, attribute in _PARENT_OF.items():
        if record.kind == kind:
            return getattr(record, attribute) or None
    if isinstance(record, FieldOperation):
        return record.field_ids[0] if record.field_ids else None
    return None


_PARENT_OF: dict[Kind, str] = {
    "fields": "farm_id",
    "farms": "grower_id",
    "files": "field_id",
    "machineFiles": "machine_id",
    "matches": "operation_id",
    "matchHistory": "match_id",
}


def row_number(connection: sqlite3.Connection, kind: Kind, key: str, leaf_user: str) -> int:
    """The record's row number, made if it has none yet."""
    row = connection.execute("SELECT n FROM records WHERE kind = ? AND key = ?", (kind, key)).fetchone()
    if row is None:
        row = connection.execute(
            "INSERT INTO records (kind, key, leaf_user) VALUES (?, ?, ?) RETURNING n", (kind, key, leaf_user)
        ).fetchone()
    return int(row[0])


@dataclass(frozen=True, slots=True)
class Taken:
    """A copy that was just stored: what `load_copy` would give, and its row; `new`: nothing was known of the record."""

    copy: Record
    number: int
    new: bool


def take_copy(connection: sqlite3.Connection, record: Record) -> Taken | None:
    """Store one of Leaf's copies; None when there is nothing new in it."""
    kind, known = record.kind, _find(connection, record.kind, record.id)
    key, stored, gone = known[0] if known else record.id, None, False
    if known:
        sql = f"SELECT c.gone, {COLUMNS} FROM copies c WHERE n = ?"
        gone, *stored = connection.execute(sql, (known[1],)).fetchone() or (False,)
    if stored and not gone and isinstance(record, Product | Variety | TankMix):
        record = joined(record_of(kind, key, stored), record)  # type: ignore[type-var]
    parent = parent_of(record)
    if parent is not None and kind in PARENTS:
        parent = find_key(connection, PARENTS[kind], parent) or parent
    values = _values(record, _owner(record), parent)
    if stored and ((not gone and tuple(stored) == values) or older(values[-3], stored[-3])):
        return None  # also of a record that is gone: the list comes from a machine that has not heard of it yet
    number = _own_row(connection, record, known)
    places = ", ".join("?" * len(values))
    how = "INSERT OR REPLACE" if known else "INSERT"  # the former is much slower: it looks for what to replace
    connection.execute(f"{how} INTO copies VALUES (?, 0, {places})", (number, *values))
    if kind == "fields":
        _name_boundaries(connection, key, record.raw)
    active = _active_of(connection, key) if kind == "fields" else None
    return Taken(record_of(kind, key, values, active), number, known is None)


def _own_row(connection: sqlite3.Connection, record: Record, known: tuple[str, int, str, str | None] | None) -> int:
    """The row number of a record of which Leaf has a copy, its Leaf user and Leaf's id written there."""
    leaf_id = str(record.leaf_id) if isinstance(record, Farm | Grower) and record.leaf_id is not None else record.id
    user = _owner(record)
    if known is None:
        named = leaf_id if leaf_id == record.id else None
        sql = "INSERT INTO records (kind, key, leaf_user, leaf_id) VALUES (?, ?, ?, ?)"
        number = connection.execute(sql, (record.kind, record.id, user, named)).lastrowid
        assert number is not None
        known = record.id, number, user, named
    key, number, owner, named = known
    if leaf_id == key:  # a record known here by another key than Leaf's keeps the id that Leaf gave it
        leaf_id = named or leaf_id
    if (owner, named) != (user, leaf_id):
        sql = "UPDATE records SET leaf_user = ?, leaf_id = ? WHERE n = ?"
        connection.execute(sql, (user, leaf_id, number))
    return number


def _values(record: Record, user: str, parent: str | None) -> tuple[Any, ...]:
    """The record in the order of COLUMNS."""
    if isinstance(record, LeafUser):
        found = (user, record.name, None, None, "", "", None, record.email, record.external_id, "", "", record.raw)
        return (*found, None)
    number = record.leaf_id if isinstance(record, Farm | Grower) else None
    type_ = record.type if isinstance(record, Field) else ""
    times = (getattr(record, "created_time", ""), getattr(record, "updated_time", ""))
    return (
        *(user, record.name, parent, number, getattr(record, "status", ""), type_, provider_in(record), "", ""),
        *(*times, record.raw, pack_attributes(record)),
    )


def _owner(record: Record) -> str:
    """The Leaf user a record belongs to; "" for what belongs to everybody."""
    return record.id if isinstance(record, LeafUser) else record.leaf_user_id


_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z")


def older(one: str, other: str) -> bool:
    """Whether Leaf's time `one` lies before `other`; False where either is no UTC time in Leaf's writing."""
    a, b = _TIME.fullmatch(one), _TIME.fullmatch(other)
    if a is None or b is None:
        return False
    return (a[1], (a[2] or "").rstrip("0")) < (b[1], (b[2] or "").rstrip("0"))


def _name_boundaries(connection: sqlite3.Connection, field: str, raw: str) -> None:
    """Keep which boundaries Leaf's JSON names, in its order (a list of ids; whatever else stands there is left)."""
    try:
        named = json.loads(raw).get("boundaries") if '"boundaries"' in raw else None
    except (ValueError, AttributeError, RecursionError):
        named = None
    ids = [name for name in named if isinstance(name, str)] if isinstance(named, list) else []
    stored = [
        id_ for (id_,) in connection.execute("SELECT id FROM named_boundaries WHERE field = ? ORDER BY place", (field,))
    ]
    if ids != stored:
        if stored:
            connection.execute("DELETE FROM named_boundaries WHERE field = ?", (field,))
        connection.executemany(
            "INSERT INTO named_boundaries VALUES (?, ?, ?)", [(field, n, id_) for n, id_ in enumerate(ids)]
        )


# ---------------------------------------------------------------------- boundaries
_BOUNDARY = "id, status, area, validity, created, updated, packed, raw"


def load_boundaries(connection: sqlite3.Connection, field: str) -> list[Boundary]:
    """The field's boundaries known here, newest first (active first)."""
    rows = connection.execute(
        f"SELECT {_BOUNDARY} FROM boundaries WHERE field = ? ORDER BY shown DESC, created DESC, n DESC", (field,)
    )
    return [
        Boundary(
            id=id_,
            status=status,
            shape=unpack(packed),
            area_ha=area,
            validity=validity,
            created_time=created,
            updated_time=updated,
            raw=raw,
        )
        for id_, status, area, validity, created, updated, packed, raw in rows.fetchall()
    ]


def take_boundaries(connection: sqlite3.Connection, field: str, boundaries: Iterable[Boundary]) -> bool:
    """Store boundaries as Leaf has them and settle which one is shown; whether anything changed.

    Their shape never changes at Leaf, so a stored shape stays; status, validity and the JSON follow Leaf.
    """
    taken = list(boundaries)
    before = connection.total_changes
    only = len(taken) == 1 and taken[0].status == "ACTIVE" and not _has_boundaries(connection, field)
    for one in taken:
        connection.execute(
            "INSERT INTO boundaries (field, id, status, shown, area, validity, created, updated, packed, raw)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (field, id) DO UPDATE SET status = excluded.status,"
            " area = excluded.area, validity = excluded.validity, updated = excluded.updated, raw = excluded.raw"
            " WHERE raw IS NOT excluded.raw OR status IS NOT excluded.status",
            (
                *(field, one.id, one.status, only, one.area_ha, one.validity, one.created_time, one.updated_time),
                *(pack(one.shape), one.raw),
            ),
        )
    if only:
        return True
    active = _active(connection, field, {one.id for one in taken})
    (shown,) = connection.execute("SELECT max(id) FROM boundaries WHERE field = ? AND shown", (field,)).fetchone()
    if active != shown:
        connection.execute("UPDATE boundaries SET shown = 0 WHERE field = ? AND shown", (field,))
        connection.execute("UPDATE boundaries SET shown = 1 WHERE field = ? AND id = ?", (field, active))
    return connection.total_changes != before


def _has_boundaries(connection: sqlite3.Connection, field: str) -> bool:
    return connection.execute("SELECT 1 FROM boundaries WHERE field = ? LIMIT 1", (field,)).fetchone() is not None


def _active(connection: sqlite3.Connection, field: str, fresh: set[str]) -> str | None:
    """The id of the boundary to show: the ACTIVE one, the newest counting most, then what was told now.

    (One of Leaf's machines that is behind tells of an older one.)

    Without any, the one shown until now stays while Leaf names a boundary that is not fetched yet.
    """
    rows = connection.execute(
        "SELECT id, created, updated FROM boundaries WHERE field = ? AND status = 'ACTIVE' ORDER BY n", (field,)
    ).fetchall()
    if rows:
        newest = [row for row in rows if not any(older(row[2], r[2]) or older(row[1], r[1]) for r in rows)]
        active = str(max(newest or rows, key=lambda row: row[0] in fresh)[0])
        # At most one boundary of a field is active (Leaf: boundaries), so the others' turn to history was missed here.
        connection.execute(
            "UPDATE boundaries SET status = 'INACTIVE' WHERE field = ? AND status = 'ACTIVE' AND id IS NOT ?",
            (field, active),
        )
        return active
    awaited = connection.execute(
        "SELECT 1 FROM named_boundaries m WHERE field = ? AND NOT EXISTS"
        " (SELECT 1 FROM boundaries b WHERE b.field = m.field AND b.id = m.id)",
        (field,),
    ).fetchone()
    if awaited is None:
        return None
    (shown,) = connection.execute("SELECT max(id) FROM boundaries WHERE field = ? AND shown", (field,)).fetchone()
    return None if shown is None else str(shown)


_MISSING = """
WITH last AS (SELECT field, max(place) AS place FROM named_boundaries WHERE {fields} GROUP BY field),
     missing AS (
        SELECT m.field, m.id, m.place, m.place = last.place AS is_last,
               EXISTS (SELECT 1 FROM boundaries b WHERE b.field = m.field AND b.status = 'ACTIVE') AS has_active
        FROM last CROSS JOIN named_boundaries m USING (field)
        WHERE NOT EXISTS (SELECT 1 FROM boundaries b WHERE b.field = m.field AND b.id = m.id)
     )
SELECT {what} FROM missing m
CROSS JOIN records r ON r.kind = 'fields' AND r.key = m.field
CROSS JOIN copies c ON c.n = r.n AND NOT c.gone
WHERE (m.is_last
   OR (NOT m.has_active AND NOT EXISTS (SELECT 1 FROM missing l WHERE l.field = m.field AND l.is_last)))
"""
MISSING_BOUNDARIES = _MISSING.format(
    what="r.leaf_user, coalesce(r.leaf_id, m.field), m.id",
    fields="field IN (SELECT key FROM records WHERE n IN (SELECT value FROM json_each(?)))",
)
MISSING_BOUNDARIES += "ORDER BY m.field, m.place DESC"
"""(leaf user, field, boundary) to fetch for the fields of these row numbers: see Catalog.missing_boundaries."""
LACKING_FIELDS = _MISSING.format(what="DISTINCT r.n", fields="true")
LACKING_FIELDS += "AND (:user IS NULL OR r.leaf_user = :user) ORDER BY r.n"
"""The row numbers of fields of which a boundary is to be fetched."""
