"""Server copies and what the user sees: put by sync, read by everybody, by id, text and box."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leafdesk.geo.shape import Box
from leafdesk.records import Boundary, Farm, Field, Grower, Kind, LeafUser, Record


@dataclass(frozen=True, slots=True)
class Changes:
    """What a write touched: (kind, id) of every record whose seen copy changed, and whether the queue did."""

    records: frozenset[tuple[Kind, str]] = frozenset()
    queue: bool = False

    def __or__(self, other: "Changes") -> "Changes":
        return Changes(self.records | other.records, self.queue or other.queue)

    def __bool__(self) -> bool:
        return bool(self.records) or self.queue


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """A field in a list or on the map: no shape, so that thousands are cheap.

    `area_ha` is Leaf's figure for the active boundary, or the geodesic area measured here when the boundary is drawn
    here. `mark` says how the field stands: "" as at Leaf, "pending" edits waiting or sent, "parked" or "conflict" when
    one of them needs a person, else "preview" for a PREVIEW field, "invalid" when Leaf says the boundary is not VALID.
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
        return self.mark in ("pending", "parked", "conflict")


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
        raise NotImplementedError

    def leaf_id(self, kind: Kind, id: str) -> str | None:
        """Leaf's id of a record as text; None while Leaf has not given one."""
        raise NotImplementedError

    def get(self, kind: Kind, id: str) -> Record | None:
        """The record as the user sees it (with its shape), or None."""
        raise NotImplementedError

    def field(self, id: str) -> Field | None:
        """The field as the user sees it, with its shape."""
        raise NotImplementedError

    def pending(self, kind: Kind, id: str) -> bool:
        """Whether edits of this record wait to reach Leaf."""
        raise NotImplementedError

    def users(self) -> list[LeafUser]:
        """Every Leaf user by name."""
        raise NotImplementedError

    def growers(self, *, leaf_user_id: str | None = None) -> list[Grower]:
        """Growers by name."""
        raise NotImplementedError

    def farms(self, *, leaf_user_id: str | None = None, grower_id: str | None = None) -> list[Farm]:
        """Farms by name."""
        raise NotImplementedError

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
        raise NotImplementedError

    def outlines(self, ids: Iterable[str] | None = None, *, box: Box | None = None) -> list[tuple[str, bytes]]:
        """(id, packed shape as in geo.shape.pack) of the fields that have a boundary, as the user sees it."""
        raise NotImplementedError

    def boundaries(self, field_id: str) -> list[Boundary]:
        """The field's boundaries known here, newest first (active first)."""
        raise NotImplementedError

    def counts(self) -> dict[Kind, Count]:
        """How many records of each kind the user sees."""
        raise NotImplementedError

    def farm_areas(self) -> dict[str, float]:
        """Hectares per farm key, summed over its fields."""
        raise NotImplementedError

    # ------------------------------------------------------------------ reading what Leaf has
    def server_copy(self, kind: Kind, id: str) -> Record | None:
        """Leaf's copy as last read, its active boundary's shape and area in it; None for what Leaf does not have."""
        raise NotImplementedError

    def server_ids(self, kind: Kind, leaf_user_id: str | None = None) -> set[str]:
        """Keys of all records of which Leaf has a copy."""
        raise NotImplementedError

    def known_boundaries(self) -> set[str]:
        """Ids of all server boundaries cached here (they are immutable: never fetched twice)."""
        raise NotImplementedError

    def missing_boundaries(self) -> list[tuple[str, str, str]]:
        """(leaf user id, field id, boundary id) of boundaries that server copies of fields name and nobody fetched yet.

        Of each field only the one that can be its active boundary: the last id of Leaf's `boundaries` list, and the
        others only when that one turned out not to be ACTIVE.
        """
        raise NotImplementedError

    # ------------------------------------------------------------------ writing, by sync
    def put(self, records: Iterable[Record]) -> Changes:
        """Take Leaf's copies: the pending edits are folded on top again. An unchanged copy (same raw) writes nothing.

        References inside (`farm_id`, `grower_id`) come as Leaf's numbers and become keys. A copy with an older
        `updated_time` than the stored one (a stale replica) is not taken.
        """
        raise NotImplementedError

    def put_boundaries(self, field_id: str, boundaries: Iterable[Boundary]) -> Changes:
        """Take boundaries of a field as Leaf has them; the ACTIVE one becomes the shape of the field's server copy."""
        raise NotImplementedError

    def number(self, kind: Kind, key: str, leaf_id: str) -> Changes:
        """Leaf has given a record made here its number. A copy that a pull had already stored under that number is
        merged into `key` (an alias keeps the other key working)."""
        raise NotImplementedError

    def drop(self, kind: Kind, id: str) -> Changes:
        """Leaf confirmed that the record is gone. What the user edited stays visible and its queue items remain."""
        raise NotImplementedError

    def refold(self, kind: Kind, id: str) -> Changes:
        """Make the seen copy of one record anew from server copy and pending edits (after the queue changed)."""
        raise NotImplementedError

    # ------------------------------------------------------------------ small facts that sync keeps
    def fact(self, name: str) -> str | None:
        """A named text that sync or the window remembers (watermarks, last sync), or None."""
        raise NotImplementedError

    def put_fact(self, name: str, value: str | None) -> None:
        """Remember or forget (None) a named text."""
        raise NotImplementedError
