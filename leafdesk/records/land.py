"""The land and whose it is: Leaf users, growers, farms, fields and their boundaries."""

from dataclasses import dataclass, field
from typing import ClassVar

from leafdesk.geo.shape import Shape
from leafdesk.records.kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafUser:
    """A Leaf user: one farming business whose data Leaf keeps apart. Provider credentials are dropped at the wire."""

    kind: ClassVar[Kind] = "users"
    id: str
    name: str = ""
    email: str = ""
    external_id: str = ""
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grower:
    """A grower: the level above farms."""

    kind: ClassVar[Kind] = "growers"
    id: str
    leaf_user_id: str
    name: str = ""
    leaf_id: int | None = None
    provider_name: str | None = None
    created_time: str = ""
    updated_time: str = ""
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Farm:
    """A farm: fields that are worked together. `grower_id` is the grower's key."""

    kind: ClassVar[Kind] = "farms"
    id: str
    leaf_user_id: str
    name: str = ""
    grower_id: str | None = None
    leaf_id: int | None = None
    provider_name: str | None = None
    created_time: str = ""
    updated_time: str = ""
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field as somebody sees it: its name, its farm, its active boundary.

    `shape` is None for a field without a boundary (every PREVIEW field). `boundary_id` names the boundary at Leaf that
    the shape is or was drawn from; `area_ha` is Leaf's own figure for it and None when the shape was drawn here.
    `status` is Leaf's PROCESSED, PREVIEW or WAITING (unknown values survive), "" for a field Leaf does not have yet.
    """

    kind: ClassVar[Kind] = "fields"
    id: str
    leaf_user_id: str
    name: str = ""
    farm_id: str | None = None
    status: str = ""
    type: str = "ORIGINAL"
    provider_name: str | None = None
    boundary_id: str | None = None
    shape: Shape | None = field(default=None, repr=False)
    area_ha: float | None = None
    created_time: str = ""
    updated_time: str = ""
    raw: str = field(default="", repr=False)

    @property
    def manual(self) -> bool:
        """Made by hand, not synced from a provider; only such a field may be changed (Leaf: managing fields)."""
        return self.provider_name in (None, "", "Leaf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """One boundary of a field. Its geometry never changes at Leaf; only `status` moves. Area in hectares."""

    id: str
    status: str
    shape: Shape = field(repr=False)
    area_ha: float | None = None
    validity: str = ""
    created_time: str = ""
    updated_time: str = ""
    raw: str = field(default="", repr=False)
