"""Tables of one kind of record: counted, filtered, sorted and read a window at a time, and how old they are.

A front end asks once for the row numbers in their order (a few bytes each) and then for the rows it shows: scrolling
100,000 rows costs a window at a time, whatever they are sorted by.
"""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from leafdesk.records import KINDS, TABLES, Kind, Listed
from leafdesk.store.attributes import CLASSES, names_of
from leafdesk.store.enabling import MARK
from leafdesk.store.keeping import kept_users
from leafdesk.store.land_columns import FIELDS, field_values
from leafdesk.store.narrowing import MEMBERS, UNREAD, Span, Work, among, spanned, worked
from leafdesk.store.searching import search

COLUMNS = ("name", "provider", "status", "mark", "leaf_user_id", "parent")
"""What every kind can be sorted by, beside its own attributes."""
_QUICK = {"name", "mark", "leaf_user_id", "parent"}
"""What indexes answer."""
_SQL = {"name": "s.sort", "leaf_user_id": "s.leaf_user", "provider": "s.provider COLLATE NOCASE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record in a table. `values` are its own attributes as single values (those that are empty are missing).

    `mark`: "" as at Leaf, "pending", "parked" or "conflict" (see FieldRow). `number` names the row to `rows_at`. A
    field's `values`: `area`, `leaf_area` (hectares), `type`, `created_time`, `updated_time`, `boundary`.
    """

    number: int
    kind: Kind
    id: str
    leaf_user_id: str
    name: str
    parent: str | None
    status: str
    provider_name: str | None
    mark: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pending(self) -> bool:
        return self.mark in ("pending", "parked", "conflict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What a table is narrowed to; everything given must hold.

    `parent`: the field or machine of files, the operation of matches, a field of operations. `values`: attributes (or
    provider, status, mark) that must equal. `text`: the beginnings of words, in names and what belongs to them
    (of operations: in the names of their fields). `spans`: by attribute, when it was. `work`: of fields, what one
    operation file of theirs has to answer. `leaf_ids`: only these, such as Leaf itself has chosen.
    """

    leaf_user_id: str | None = None
    parent: str | None = None
    pending: bool = False
    values: Mapping[str, str | int | bool] = field(default_factory=dict)
    text: str = ""
    spans: Mapping[str, Span] = field(default_factory=dict)
    work: Work | None = None
    leaf_ids: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A search's hit; `exact` False when only a forgiving look found it (a misspelt word)."""

    row: Row
    exact: bool


Order = Sequence[tuple[str, bool]]
"""(attribute, descending) pairs; names break ties."""
BY_NAME: Order = (("name", False),)


class Tables:
    """Tables over one connection. Attributes that a kind does not have raise ValueError."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def count(self, kind: Kind, where: Where = Where()) -> int:
        """How many rows there are."""
        sql, values = _narrowed(kind, where)
        (number,) = self.connection.execute(f"SELECT count(*) FROM {sql}", values).fetchone()
        return int(number)

    def numbers(self, kind: Kind, where: Where = Where(), order: Order = BY_NAME) -> "array[int]":
        """The row numbers in their order: ask once, then `rows_at` for what is shown."""
        sql, values = _narrowed(kind, where, *(attribute for attribute, _ in order))
        rows = self.connection.execute(f"SELECT s.n FROM {sql} ORDER BY {_order(kind, order)}", values)
        return array("q", (n for (n,) in rows))

    def keys(self, kind: Kind, where: Where = Where()) -> list[str]:
        """The keys of the rows, in no order."""
        sql, values = _narrowed(kind, where)
        return [key for (key,) in self.connection.execute(f"SELECT s.key FROM {sql}", values).fetchall()]

    def unread_fields(self, where: Where = Where()) -> list[str]:
        """The keys of fields about whose work nothing can be said, for their operation files were not fetched yet.

        Among those that all but `where.work` leaves; a field that Leaf does not have yet has no files.
        """
        sql, values = _narrowed("fields", replace(where, work=None))
        return [key for (key,) in self.connection.execute(f"SELECT s.key FROM {sql} AND {UNREAD}", values).fetchall()]

    def rows(
        self, kind: Kind, where: Where = Where(), order: Order = BY_NAME, *, offset: int = 0, limit: int = 100
    ) -> list[Row]:
        """One window of the table."""
        sql, values = _narrowed(kind, where, *(attribute for attribute, _ in order))
        window = f"SELECT s.n FROM {sql} ORDER BY {_order(kind, order)} LIMIT :limit OFFSET :offset"
        found = self.connection.execute(window, values | {"limit": limit, "offset": offset}).fetchall()
        return self.rows_at([n for (n,) in found])

    def rows_at(self, numbers: Iterable[int]) -> list[Row]:
        """The rows of these numbers, in their order; one that is gone by now is left out."""
        wanted = list(numbers)
        found = self.connection.execute(
            f"SELECT {_COLUMNS} FROM seen s WHERE s.n IN (SELECT value FROM json_each(?))", (json.dumps(wanted),)
        ).fetchall()
        rows = {row[0]: _row(*row) for row in found}
        fields = [n for n, row in rows.items() if row.kind == "fields"]
        for n, values in field_values(self.connection, fields).items() if fields else ():
            rows[n] = replace(rows[n], values=values)
        return [rows[n] for n in wanted if n in rows]

    def row(self, kind: Kind, id: str) -> Row | None:
        """One record's row by its key."""
        found = self.connection.execute("SELECT n FROM seen WHERE kind = ? AND key = ?", (kind, id)).fetchone()
        return None if found is None else next(iter(self.rows_at(found)), None)

    def choices(self, kind: Kind, attribute: str, where: Where = Where()) -> list[tuple[str, int]]:
        """The values of an attribute and how many rows have each, most first: what filter chips offer."""
        members = MEMBERS.get(kind, {}).get(attribute)
        if members is not None:
            rows = self.connection.execute(
                f"SELECT m.value, count(*) FROM ({members.replace('m.value', 'c.n, m.value', 1)}) m"
                " JOIN seen s ON s.n = m.n WHERE s.kind = ? AND m.value <> '' GROUP BY m.value ORDER BY 2 DESC, 1",
                (kind,),
            )
            return [(str(value), number) for value, number in rows.fetchall()]
        sql, values = _narrowed(kind, where, attribute)
        column = _column(kind, attribute)
        rows = self.connection.execute(
            f"SELECT {column} AS one, count(*) FROM {sql} AND one IS NOT NULL AND one <> ''"
            " GROUP BY one ORDER BY 2 DESC, 1",
            values,
        )
        return [(str(value), number) for value, number in rows.fetchall()]

    def search(self, kind: Kind, text: str, *, leaf_user_id: str | None = None, limit: int = 50) -> list[Found]:
        """The best hits for what somebody types: names that begin so, words that begin so, then misspelt ones.

        `leaf_user_id` leaves out what belongs to other Leaf users; what belongs to everybody stays.
        """
        hits = search(self.connection, kind, text, limit=limit, leaf_user_id=leaf_user_id)
        rows = {row.number: row for row in self.rows_at(number for number, _ in hits)}
        return [Found(rows[number], exact) for number, exact in hits if number in rows]

    def of_providers(self) -> dict[tuple[Kind, str, str], tuple[int, int]]:
        """By (kind, Leaf user, provider) how many growers, farms and fields are here, and how many are previews."""
        rows = self.connection.execute(
            "SELECT kind, leaf_user, provider, count(*), sum(status = 'PREVIEW') FROM seen"
            " WHERE kind IN ('growers', 'farms', 'fields') AND provider IS NOT NULL GROUP BY kind, leaf_user, provider"
        )
        return {(kind, user, provider): (many, previews) for kind, user, provider, many, previews in rows.fetchall()}

    # ------------------------------------------------------------------ how old it is
    def fetched(self, kind: Listed, leaf_user_id: str | None = None, *, about: str = "") -> str | None:
        """When the whole list was last read (UTC); None: not fetched yet, which is something else than empty.

        Without a Leaf user, the time of the oldest list among all who are kept here; None when one of them has none.
        `about`: the field, machine, operation or provider that the list belongs to. Whoever read all operations has
        read those of each field.
        """
        rows = self.connection.execute("SELECT leaf_user, at FROM fetched WHERE kind = ? AND about = ?", (kind, about))
        times: dict[str, str] = dict(rows.fetchall())
        of_all = times.pop("", None)
        if leaf_user_id is not None:
            return max(filter(None, (of_all, times.get(leaf_user_id))), default=None)
        if about:
            known = [*times.values(), of_all, self._of_the_whole_user(kind, about)]
            return max(filter(None, known), default=None)
        kept = kept_users(self.connection)
        users = [key for (key,) in self.connection.execute("SELECT key FROM seen WHERE kind = 'users'").fetchall()]
        users = [user for user in users if kept is None or user in kept]
        if not users or not all(of_all or user in times for user in users):
            return of_all
        return min(max(filter(None, (of_all, times.get(user)))) for user in users)

    def _of_the_whole_user(self, kind: Listed, about: str) -> str | None:
        if kind != "operations":
            return None
        row = self.connection.execute("SELECT leaf_user FROM seen WHERE kind = 'fields' AND key = ?", (about,))
        return next((self.fetched(kind, user) for (user,) in row.fetchall()), None)

    def ages(self) -> dict[Kind, str | None]:
        """`fetched` of every kind that is fetched as a whole."""
        return {kind: self.fetched(kind) for kind in KINDS if kind not in _ON_DEMAND}


_ON_DEMAND = ("operations", "files", "machineFiles", "matches", "matchHistory", "organizations")
_COLUMNS = f"s.n, s.kind, s.key, s.leaf_user, s.name, s.parent, s.status, s.provider, {MARK}, s.more"


def _row(*row: Any) -> Row:
    number, kind, key, user, name, parent, status, provider, mark, more = row
    return Row(
        number=number,
        kind=kind,
        id=key,
        leaf_user_id=user,
        name=name,
        parent=parent,
        status=status,
        provider_name=provider,
        mark=mark,
        values=json.loads(more) if more else {},
    )


def _column(kind: Kind, attribute: str) -> str:
    """The SQL of an attribute, from a list of ours: never a caller's text."""
    if kind == "fields" and attribute in FIELDS:
        return FIELDS[attribute]
    if attribute in COLUMNS:
        return _SQL.get(attribute, f"s.{attribute}")
    if kind not in CLASSES or attribute not in names_of(kind):
        raise ValueError(f"{kind} have no {attribute}")
    return f"json_extract(s.more, '$.{attribute}')"


def _order(kind: Kind, order: Order) -> str:
    parts = list[str]()
    for attribute, descending in order:
        column = _column(kind, attribute)
        case = " COLLATE NOCASE" if column.startswith("json") else ""
        parts.append(f"{column}{case}{' DESC' if descending else ''}")
    return ", ".join((*parts, "s.sort", "s.key"))


_ON_THE_FIELD = """EXISTS (SELECT 1 FROM copies c, json_each(c.more, '$.field_ids') f WHERE c.n = s.n AND f.value IN
 (:parent, (SELECT leaf_id FROM records WHERE kind = 'fields' AND key = :parent)))"""
"""An operation may reach over several fields, and names them by Leaf's ids."""


_NAMED = (
    "(instr(replace(s.sort, ' ', ''), :part) OR s.leaf_user IN"
    " (SELECT u.key FROM seen u WHERE u.kind = 'users' AND instr(replace(u.sort, ' ', ''), :part)))"
)
"""What no full text is kept of is found by a part of its name, or of its Leaf user's."""
_OF_NAMED_FIELDS = """EXISTS (SELECT 1 FROM copies c, json_each(c.more, '$.field_ids') f WHERE c.n = s.n AND f.value IN
 (SELECT value FROM names JOIN records r ON r.n = names.rowid, json_each(json_array(r.key, r.leaf_id))
  WHERE names MATCH :words))"""
"""Operations have no name of their own: they are found by those of their fields, farms and growers."""


def _narrowed(kind: Kind, where: Where, *attributes: str) -> tuple[str, dict[str, Any]]:
    """FROM and WHERE of a table, and the values in it. `attributes`: what else the query looks at.

    A query that has to look into the rows meets them in the order in which they lie in the file, not in a table's
    order: of 100,000 that takes half the time.
    """
    tables, held, values = "seen s", ["s.kind = :kind"], dict[str, Any](kind=kind)
    if not {*attributes, *where.values, *where.spans} <= _QUICK:
        held = ["s.n IN (SELECT n FROM seen WHERE kind = :kind)"]
    if where.text.strip():
        tables, condition, sought = _called(kind, where.text)
        held.append(condition)
        values |= sought
    if where.leaf_user_id is not None:
        held.append("s.leaf_user IN (:user, '')")
        values["user"] = where.leaf_user_id
    if where.parent is not None:
        held.append(_ON_THE_FIELD if kind == "operations" else "s.parent = :parent")
        values["parent"] = where.parent
    if where.pending:
        held.append("s.mark IN ('pending', 'parked', 'conflict')")
    for n, (attribute, value) in enumerate(where.values.items()):
        held.append(among(kind, attribute, f"value{n}") or f"{_column(kind, attribute)} = :value{n}")
        values[f"value{n}"] = value
    for n, (attribute, span) in enumerate(where.spans.items()):
        condition, times = spanned(_column(kind, attribute), span, f"span{n}")
        held.append(condition)
        values |= times
    if where.work is not None:
        condition, asked = worked(where.work)
        held.append(condition)
        values |= asked
    if where.leaf_ids is not None:
        held.append(
            "s.n IN (SELECT n FROM records WHERE kind = :kind AND leaf_id IN (SELECT value FROM json_each(:leaf_ids)))"
        )
        values["leaf_ids"] = json.dumps(sorted(where.leaf_ids))
    return f"{tables} WHERE {' AND '.join(held)}", values


def _called(kind: Kind, text: str) -> tuple[str, str, dict[str, Any]]:
    """What finds the rows that a text belongs to: tables, condition, values."""
    from leafdesk.store.seen import sort_text, words

    query = words(text)
    if query is None:
        return "seen s", "0", {}
    if kind == "operations":
        return "seen s", _OF_NAMED_FIELDS, {"words": query}
    if kind == "fields":
        return "names CROSS JOIN seen s ON s.n = names.rowid", "names MATCH :words", {"words": query}
    if kind not in TABLES:
        return "seen s", _NAMED, {"part": sort_text(text).replace(" ", "")}
    match = f'kind : "{kind}" AND ({{name rest}} : ({query.replace(" ", " AND ")}))'
    return "words CROSS JOIN seen s ON s.n = words.rowid", "words MATCH :words", {"words": match}
