"""The sorts of edits: frozen values that say what a user wants of one record."""

from dataclasses import dataclass

from leafdesk.geo.shape import Shape
from leafdesk.records import VALIDATED, Farm, Field, Grower, Kind, Machine

Value = str | int | None
Made = Farm | Field | Grower | Machine
"""The records that people make here."""

EDITABLE: dict[Kind, tuple[str, ...]] = {
    "growers": ("name",),
    "farms": ("name", "grower_id"),
    "fields": ("name", "farm_id"),
    "machines": ("name", "serial_number", "vin", "model", "make", "category", "model_year"),
}
"""The attributes a Change may touch, by kind (Leaf: update a field, a farm, a grower, a machine)."""

REFERENCES: dict[str, Kind] = {"farm_id": "farms", "grower_id": "growers"}


@dataclass(frozen=True, slots=True)
class Create:
    """A new record that Leaf does not have yet.

    A field carries its name and shape; its farm follows as a Change (Leaf's create takes no farm).
    """

    record: Made

    @property
    def kind(self) -> Kind:
        return self.record.kind

    @property
    def id(self) -> str:
        return self.record.id


@dataclass(frozen=True, slots=True)
class Change:
    """New values of some attributes (see EDITABLE), as sorted (attribute, value) pairs."""

    kind: Kind
    id: str
    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Redraw:
    """A new shape for a field: a new active boundary at Leaf, the old one becoming history."""

    id: str
    shape: Shape
    kind: Kind = "fields"


@dataclass(frozen=True, slots=True)
class Delete:
    """The end of a record: a field or a machine made by hand; Leaf has no call for others."""

    kind: Kind
    id: str


@dataclass(frozen=True, slots=True)
class Enable:
    """Full sync for a PREVIEW field, or for all of a grower's. Leaf bills their acres, and no call takes it back: ask
    before doing this."""

    id: str
    kind: Kind = "fields"


@dataclass(frozen=True, slots=True)
class Upload:
    """A field's boundary to a provider it did not come from, where John Deere wants an organization.

    Nobody knows what a second upload does there: it is never repeated by itself.
    """

    id: str
    provider: str
    organization_id: str | None = None
    kind: Kind = "fields"


@dataclass(frozen=True, slots=True)
class SyncProvider:
    """Let Leaf fetch a Leaf user's fields from the providers, for accounts that do not do so by themselves."""

    id: str
    kind: Kind = "users"


@dataclass(frozen=True, slots=True)
class Match:
    """Which product a match means: another one, or (None) the one Leaf predicted.

    A `status` other than VALIDATED, with its `score`, takes an approval back. Leaf has no call for that, so it is only
    possible while the approval has not been sent.
    """

    id: str
    product_id: str | None = None
    kind: Kind = "matches"
    status: str = VALIDATED
    score: float | None = None


Trigger = Enable | Upload | SyncProvider | Match
"""Edits that Leaf offers no way to take back once they are sent (of a Match: the first approval)."""
Edit = Create | Change | Redraw | Delete | Trigger


def change(kind: Kind, id: str, **values: Value) -> Change:
    """A Change of the named attributes: `change("fields", id, name="Mill Field")`."""
    return Change(kind, id, tuple(sorted(values.items())))


def verb(edit: Edit) -> str:
    """The edit's name in the queue, such as `field.create` or `field.boundary` (cli.md's `kind`)."""
    one = "match" if edit.kind == "matches" else edit.kind.removesuffix("s")
    return f"{one}.{_VERBS[type(edit)]}"


_VERBS: dict[type[Edit], str] = {
    Create: "create",
    Change: "update",
    Redraw: "boundary",
    Delete: "delete",
    Enable: "enable",
    Upload: "upload",
    SyncProvider: "sync",
    Match: "match",
}
