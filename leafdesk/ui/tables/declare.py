"""How a table is declared: its kind of record, its columns, and what it can be narrowed to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leafdesk.records import Kind, provider_in_words
from leafdesk.workspace import Order, Row, Where, Workspace

if TYPE_CHECKING:
    from leafdesk.ui.lists import Lists

BY_NAME: Order = (("name", False),)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `text` of a row runs on either thread: it must only look. `sort` is an attribute of
    `workspace.tables` ("" cannot be sorted by), `wide` its first width in pixels; figures stand at the `right`.
    A column with `marks` shows beside its text how the row stands (unsent, in conflict)."""

    key: str
    title: str
    text: Callable[[Row], str]
    sort: str = ""
    wide: int = 120
    right: bool = False
    marks: bool = False
    tip: str = ""


def name(title: str, wide: int = 220) -> Column:
    """The column with the record's name and its mark."""
    return Column("name", title, lambda row: row.name or "Unnamed", sort="name", wide=wide, marks=True)


def value(key: str, title: str, wide: int = 120, *, right: bool = False, tip: str = "") -> Column:
    """A column with an attribute as it stands."""
    return Column(key, title, lambda row: _text(row.values.get(key)), sort=key, wide=wide, right=right, tip=tip)


def provider(title: str = "Provider", wide: int = 130) -> Column:
    """Where the record comes from, in words."""
    return Column("provider", title, lambda row: provider_in_words(row.provider_name or ""), sort="provider", wide=wide)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Chip:
    """A switch over the table that leaves only some rows: `values` as in Where (mark, status, an attribute)."""

    key: str
    title: str
    values: Mapping[str, str | int | bool] = field(default_factory=dict)
    pending: bool = False
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """A list over the table to pick one value of an attribute from; its choices and how many rows have each are read
    from the table, unless there are always the same (`offers`). `words` says a value, `of` makes it what the table
    compares with (`int` for numbers)."""

    key: str
    title: str
    words: Callable[[str], str] = str
    of: Callable[[str], str | int | bool] = str
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """A line to type one value of an attribute into, where every row has another: an id at a provider."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class When:
    """When something was, by an attribute that holds times; `exact`: to the second, too.

    `asks`: Leaf tells it in no answer and chooses the rows itself; what its filters call it ("created", "updated").
    """

    key: str
    title: str
    exact: bool = False
    asks: str = ""


More = Pick | Typed | When


def leaf_users(lists: Lists) -> Pick:
    """Pick the rows of one Leaf user."""
    return Pick("leaf_user_id", "Leaf user", lambda key: user.name if (user := lists.everybody.get(key)) else key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of one kind of record. `also`: kinds whose changes show in it too (a farm's name in a field's row).
    `enrich` adds values to rows as they are read, on the reading thread. `more` and `work` stand behind one button:
    rarer filters, and questions that one operation file of a row has to answer all at once (attributes of Work)."""

    kind: Kind
    one: str
    many: str = ""
    columns: tuple[Column, ...]
    chips: tuple[Chip, ...] = ()
    picks: tuple[Pick, ...] = ()
    more: tuple[More, ...] = ()
    work: tuple[Pick | When, ...] = ()
    order: Order = BY_NAME
    also: frozenset[Kind] = frozenset()
    enrich: Callable[[Workspace, list[Row]], list[Row]] | None = None
    searched: str = "names"
    """What the filter line looks through, in words."""

    @property
    def plural(self) -> str:
        return self.many or f"{self.one}s"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see of a table: narrowed to, in which order."""

    where: Where = field(default_factory=Where)
    order: Order = BY_NAME

    @property
    def narrowed(self) -> bool:
        """Whether anything but the owner of the rows narrows it."""
        where = self.where
        return where != Where(parent=where.parent)


def as_text(table: Table, rows: Iterable[Row], columns: Sequence[Column] | None = None) -> str:
    """Rows as tab-separated lines under their titles, as spreadsheets take them."""
    shown = table.columns if columns is None else columns
    lines = [[column.title for column in shown], *([column.text(row) for column in shown] for row in rows)]
    return "\n".join("\t".join(" ".join(cell.split()) for cell in line) for line in lines)
