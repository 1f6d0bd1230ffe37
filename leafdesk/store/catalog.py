"""Server copies and what the user sees: put by sync, read by everybody, by id, text and box."""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from leafdesk.edits import fold
from leafdesk.geo.shape import Box
from leafdesk.records import LAND, TABLES, Boundary, Farm, Field, Grower, Kind, LeafUser, Listed, Record
from leafdesk.store.changes import Changes
from leafdesk.store.copies import (
    COLUMNS,
    LACKING_FIELDS,
    MISSING_BOUNDARIES,
    find_key,
    known_copies,
    load_boundaries,
    load_copy,
    record_of,
    take_boundaries,
    take_copy,
)
from leafdesk.store.enabling import MARK
from leafdesk.store.items import LIVE_SQL, live_edits
from leafdesk.store.numbering import number
from leafdesk.store.seen import refold, refold_taken, words

__all__ = ["Catalog", "Changes", "Count", "FieldRow"]

R = TypeVar("R", LeafUser, Grower, Farm)

PENDING_MARKS = ("pending", "parked", "conflict")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """A field in a list or on the map: no shape, so that thousands are cheap.

    `area_ha` is Leaf's figure for the active boundary, or the geodesic area measured here when the boundary is drawn
    here. `mark` says how the field stands: "" as at Leaf, "pending" edits waiting or sent, "parked" or "conflict" when
    one of them needs a person, else "preview" for a PREVIEW field ("enabling" while all of its grower's wait to be
    enabled), "invalid" when Leaf says the boundary is not VALID.
    """

    id: str
    leaf_user_id: str
    farm_id: str | None
    name: str
    status: str
    provider_name: str | None
    area_ha: float | None
    mark: str
    box: Box | None

    @property
    def pending(self) -> bool:
        return self.mark in PENDING_MARKS


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of a kind, and how many of those have edits that Leaf does not have yet."""

    all: int
    pending: int


class Catalog:
    """Reads, and the writes that sync makes, over one connection. Ids are keys, aliases or Leaf's own numbers as text.

    Reading methods work on any connection; the `put_…`, `drop` and `rename` methods only inside `Database.write`.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    # ------------------------------------------------------------------ reading what the user sees
    def key(self, kind: Kind, id: str) -> str | None:
        """The record's key for a key, an alias or Leaf's number; None where there is no such record."""
        return find_key(self.connection, kind, id)

    def leaf_id(self, kind: Kind, id: str) -> str | None:
        """Leaf's id of a record as text; None while Leaf has not given one."""
        row = self.connection.execute(
            "SELECT leaf_id FROM records WHERE kind = ? AND key = ?", (kind, self._key(kind, id))
        ).fetchone()
        return None if row is None or row[0] is None else str(row[0])

    def get(self, kind: Kind, id: str) -> Record | None:
        """The record as the user sees it (with its shape), or None."""
        key = self._key(kind, id)
        return fold(load_copy(self.connection, kind, key), [e for e, _ in live_edits(self.connection, kind, key)])

    def field(self, id: str) -> Field | None:
        """The field as the user sees it, with its shape."""
        record = self.get("fields", id)
        return record if isinstance(record, Field) else None

    def pending(self, kind: Kind, id: str) -> bool:
        """Whether edits of this record wait to reach Leaf."""
        found = self.connection.execute(
            f"SELECT 1 FROM outbox WHERE kind = ? AND key = ? AND {LIVE_SQL} LIMIT 1", (kind, self._key(kind, id))
        ).fetchone()
        return found is not None

    def users(self) -> list[LeafUser]:
        """Every Leaf user by name."""
        return self._list(LeafUser)

    def growers(self, *, leaf_user_id: str | None = None) -> list[Grower]:
        """Growers by name."""
        return self._list(Grower, leaf_user_id=leaf_user_id)

    def farms(self, *, leaf_user_id: str | None = None, grower_id: str | None = None) -> list[Farm]:
        """Farms by name."""
        parent = None if grower_id is None else self._key("growers", grower_id)
        return self._list(Farm, leaf_user_id=leaf_user_id, parent=parent)

    def fields(
        self,
        *,
        ids: Iterable[str] | None = None,
        leaf_user_id: str | None = None,
        farm_id: str | None = None,
        search: str = "",
        box: Box | None = None,
        pending: bool = False,
        marks: Sequence[str] = (),
        limit: int | None = None,
    ) -> list[FieldRow]:
        """Fields by name, filtered by all that is given.

        `search` matches the beginnings of words in the field's, farm's and grower's names (FTS5; quoted, so any text is
        safe), best first; `box` those whose box meets it (R*Tree).
        """
        tables, where, values = "seen s", ["s.kind = 'fields'"], dict[str, Any]()
        order = "s.sort, s.key"
        if search.strip():
            values["words"] = words(search)
            if values["words"] is None:
                return []
            tables = "names JOIN seen s ON s.n = names.rowid"
            where.append("names MATCH :words")
            order = f"bm25(names, 8.0, 4.0, 2.0), {order}"
        _among(ids, where, values)
        _meets(box, where, values)
        _marked(marks, pending, where, values)
        if leaf_user_id is not None:
            where.append("s.leaf_user = :user")
            values["user"] = leaf_user_id
        if farm_id is not None:
            where.append("s.parent = :farm")
            values["farm"] = self._key("farms", farm_id)
        values["limit"] = -1 if limit is None else limit
        rows = self.connection.execute(
            f"SELECT s.key, s.leaf_user, s.parent, s.name, s.status, s.provider, s.area, {MARK},"
            " s.west, s.south, s.east, s.north"
            f" FROM {tables} WHERE {' AND '.join(where)} ORDER BY {order} LIMIT :limit",
            values,
        )
        return [_field_row(*row) for row in rows.fetchall()]

    def outlines(self, ids: Iterable[str] | None = None, *, box: Box | None = None) -> list[tuple[str, bytes]]:
        """(id, packed shape as in geo.shape.pack) of the fields that have a boundary, as the user sees it."""
        if ids is None and box is None:
            return self.connection.execute("SELECT key, packed FROM outlines").fetchall()
        where, values = ["s.kind = 'fields'"], dict[str, Any]()
        _among(ids, where, values)
        _meets(box, where, values)
        return self.connection.execute(
            f"SELECT o.key, o.packed FROM seen s JOIN outlines o USING (n) WHERE {' AND '.join(where)}", values
        ).fetchall()

    def boundaries(self, field_id: str) -> list[Boundary]:
        """The field's boundaries known here, newest first (active first)."""
        return load_boundaries(self.connection, self._key("fields", field_id))

    def counts(self) -> dict[Kind, Count]:
        """How many records the user sees, of every kind of land and of every kind that has a table."""
        rows = self.connection.execute("SELECT kind, mark, count(*) FROM seen GROUP BY kind, mark").fetchall()
        return {
            kind: Count(
                sum(n for k, _, n in rows if k == kind),
                sum(n for k, mark, n in rows if k == kind and mark in PENDING_MARKS),
            )
            for kind in (*LAND, *TABLES)
        }

    def farm_areas(self) -> dict[str, float]:
        """Hectares per farm key, summed over its fields."""
        return dict(
            self.connection.execute(
                "SELECT parent, total(area) FROM seen WHERE kind = 'fields' AND parent IS NOT NULL GROUP BY parent"
            ).fetchall()
        )

    # ------------------------------------------------------------------ reading what Leaf has
    def server_copy(self, kind: Kind, id: str) -> Record | None:
        """Leaf's copy as last read, its active boundary's shape and area in it; None for what Leaf does not have.

        Of a record that is gone at Leaf and still has edits here, the last copy stays (see `gone`).
        """
        return load_copy(self.connection, kind, self._key(kind, id))

    def gone(self, kind: Kind, id: str) -> bool:
        """Whether Leaf no longer has a record that is kept only because edits of it are still in the queue."""
        row = self.connection.execute(
            "SELECT c.gone FROM records r JOIN copies c USING (n) WHERE r.kind = ? AND r.key = ?",
            (kind, self._key(kind, id)),
        ).fetchone()
        return row is not None and bool(row[0])

    def known(self, kind: Kind, ids: Iterable[str]) -> dict[str, tuple[str, str, bool]]:
        """Of those of the ids that have a record here: its copy's JSON, its source, and whether Leaf still has it."""
        return known_copies(self.connection, kind, ids)

    def server_ids(
        self, kind: Kind, leaf_user_id: str | None = None, *, source: str = "", parent: str | None = None
    ) -> set[str]:
        """Keys of all records of which Leaf has a copy; of a catalog only those that `source` told."""
        return {key for key, _ in self.each_server_id(kind, leaf_user_id, source=source, parent=parent)}

    def each_server_id(
        self, kind: Kind, leaf_user_id: str | None = None, *, source: str = "", parent: str | None = None
    ) -> Iterator[tuple[str, str]]:
        """The same one by one, so that there is never a list of all: key and Leaf's id. To be read to its end."""
        return self.connection.execute(
            "SELECT r.key, coalesce(r.leaf_id, r.key) FROM records r JOIN copies c USING (n)"
            " WHERE r.kind = :kind AND NOT c.gone AND (:user IS NULL OR c.leaf_user = :user)"
            " AND (:parent IS NULL OR c.parent = :parent)"
            " AND (:source = '' OR json_extract(c.more, '$.source') = :source)",
            {"kind": kind, "user": leaf_user_id, "source": source, "parent": parent},
        )

    def named(self, kind: Kind, leaf_user_id: str, names: Iterable[str]) -> list[str]:
        """Keys of the records of a Leaf user that are called so at Leaf, blanks around left out."""
        rows = self.connection.execute(
            "SELECT r.key FROM records r JOIN copies c USING (n) WHERE r.kind = ? AND c.leaf_user = ? AND NOT c.gone"
            " AND trim(c.name) IN (SELECT value FROM json_each(?)) ORDER BY r.n",
            (kind, leaf_user_id, json.dumps(sorted(names))),
        )
        return [key for (key,) in rows.fetchall()]

    def known_boundaries(self) -> set[str]:
        """Ids of all server boundaries cached here (they are immutable: never fetched twice)."""
        return {id_ for (id_,) in self.connection.execute("SELECT id FROM boundaries").fetchall()}

    def lacking_fields(self, leaf_user_id: str | None = None) -> "array[int]":
        """The row numbers of fields of which `missing_boundaries` names one: thousands, so they are small."""
        rows = self.connection.execute(LACKING_FIELDS, {"user": leaf_user_id})
        return array("q", (n for (n,) in rows))

    def missing_boundaries(self, numbers: Iterable[int] | None = None) -> list[tuple[str, str, str]]:
        """(leaf user id, field id, boundary id) of boundaries that server copies of fields name and nobody fetched yet.

        Of the fields with these row numbers, or of all. Of each only the one that can be its active boundary: the last
        id of Leaf's `boundaries` list, and the others only when that one turned out not to be ACTIVE.
        """
        wanted = self.lacking_fields() if numbers is None else numbers
        return self.connection.execute(MISSING_BOUNDARIES, (json.dumps(list(wanted)),)).fetchall()

    # ------------------------------------------------------------------ writing, by sync
    def put(self, records: Iterable[Record]) -> Changes:
        """Take Leaf's copies: the pending edits are folded on top again. An unchanged copy (same raw) writes nothing.

        References inside (`farm_id`, `grower_id`) come as Leaf's numbers and become keys. A copy with an older
        `updated_time` than the stored one (a stale replica) is not taken.
        """
        changed = set[tuple[Kind, str]]()
        for record in records:
            taken = take_copy(self.connection, record)
            if taken is not None:
                changed |= refold_taken(self.connection, taken).records
        return Changes(frozenset(changed))

    def put_boundaries(self, field_id: str, boundaries: Iterable[Boundary]) -> Changes:
        """Take boundaries of a field as Leaf has them; the ACTIVE one becomes the shape of the field's server copy."""
        key = self._key("fields", field_id)
        if not take_boundaries(self.connection, key, boundaries):
            return Changes()
        return refold(self.connection, "fields", key, news=True)

    def number(self, kind: Kind, key: str, leaf_id: str) -> Changes:
        """Leaf has given a record made here its number. A copy that a pull had already stored under that number is
        merged into `key` (an alias keeps the other key working)."""
        return number(self.connection, kind, self._key(kind, key), leaf_id)

    def drop(self, kind: Kind, id: str) -> Changes:
        """Leaf confirmed that the record is gone. What the user edited stays visible and its queue items remain."""
        key = self._key(kind, id)
        self.connection.execute(
            "UPDATE copies SET gone = 1 WHERE n = (SELECT n FROM records WHERE kind = ? AND key = ?)", (kind, key)
        )
        return refold(self.connection, kind, key)

    def refold(self, kind: Kind, id: str) -> Changes:
        """Make the seen copy of one record anew from server copy and pending edits (after the queue changed)."""
        return refold(self.connection, kind, self._key(kind, id))

    # ------------------------------------------------------------------ small facts that sync keeps
    def put_fetched(self, kind: Listed, leaf_user_id: str | None, at: str, about: str = "") -> None:
        """A whole list was read now: of one Leaf user or of all, of everything or `about` one record (see Tables)."""
        self.connection.execute(
            "INSERT OR REPLACE INTO fetched VALUES (?, ?, ?, ?)", (kind, leaf_user_id or "", about, at)
        )

    def fact(self, name: str) -> str | None:
        """A named text that sync or the window remembers (watermarks, last sync), or None."""
        row = self.connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def facts(self, prefix: str) -> dict[str, str]:
        """All facts whose names begin so."""
        rows = self.connection.execute(
            "SELECT name, value FROM facts WHERE substr(name, 1, ?) = ?", (len(prefix), prefix)
        )
        return dict(rows.fetchall())

    def put_fact(self, name: str, value: str | None) -> None:
        """Remember or forget (None) a named text."""
        if value is None:
            self.connection.execute("DELETE FROM facts WHERE name = ?", (name,))
        else:
            self.connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    # ------------------------------------------------------------------ within
    def _key(self, kind: Kind, id: str) -> str:
        return find_key(self.connection, kind, id) or id

    def _list(self, record: type[R], *, leaf_user_id: str | None = None, parent: str | None = None) -> list[R]:
        """Every seen record of a kind by name; only those with pending edits are folded one by one."""
        rows = self.connection.execute(
            f"SELECT s.key, s.mark, {COLUMNS} FROM seen s LEFT JOIN copies c USING (n) WHERE s.kind = :kind"
            " AND (:user IS NULL OR s.leaf_user = :user) AND (:parent IS NULL OR s.parent = :parent)"
            " ORDER BY s.sort, s.key",
            {"kind": record.kind, "user": leaf_user_id, "parent": parent},
        ).fetchall()
        found = [self.get(record.kind, key) if mark else record_of(record.kind, key, row) for key, mark, *row in rows]
        return [one for one in found if isinstance(one, record)]


def _marked(marks: Sequence[str], pending: bool, where: list[str], values: dict[str, Any]) -> None:
    """Keep fields with one of these marks, and only such with pending edits if asked."""
    for wanted, name in ((marks, "marks"), (PENDING_MARKS if pending else (), "pending")):
        if wanted:
            where.append(f"s.mark IN (SELECT value FROM json_each(:{name}))")
            values[name] = json.dumps(list(wanted))


def _meets(box: Box | None, where: list[str], values: dict[str, Any]) -> None:
    """Keep fields whose box meets `box`. The R*Tree holds 32-bit numbers rounded outward, so the exact ones decide."""
    if box is None:
        return
    where.append(
        "s.n IN (SELECT n FROM boxes WHERE west <= :east AND east >= :west AND south <= :north AND north >= :south)"
    )
    where.append("s.west <= :east AND s.east >= :west AND s.south <= :north AND s.north >= :south")
    values |= dict(zip(("west", "south", "east", "north"), box, strict=True))


def _among(ids: Iterable[str] | None, where: list[str], values: dict[str, Any]) -> None:
    """Keep the fields with these ids (keys or aliases)."""
    if ids is None:
        return
    where.append(
        "s.key IN (SELECT value FROM json_each(:ids) UNION SELECT a.key FROM aliases a"
        " WHERE a.kind = 'fields' AND a.old IN (SELECT value FROM json_each(:ids)))"
    )
    values["ids"] = json.dumps(list(ids))


def _field_row(
    key: str,
    leaf_user: str,
    farm: str | None,
    name: str,
    status: str,
    provider: str | None,
    area: float | None,
    mark: str,
    west: float | None,
    south: float | None,
    east: float | None,
    north: float | None,
) -> FieldRow:
    edges = None if west is None or south is None or east is None or north is None else (west, south, east, north)
    return FieldRow(
        id=key,
        leaf_user_id=leaf_user,
        farm_id=farm,
        name=name,
        status=status,
        provider_name=provider,
        area_ha=area,
        mark=mark,
        box=edges,
    )
