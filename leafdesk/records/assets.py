"""What works on the land: machines, implements and operators (beta at Leaf: any value may be missing).

Serial numbers and organization ids are text; their leading zeros count. Missing texts are "".
Source: Leaf's page on assets.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from leafdesk.records.kinds import Kind

USER_CREATED = "USER_CREATED"
"""The origin of a machine made by hand, the only one that may be changed (Leaf: update a machine)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine. `origin_type` is USER_CREATED, FILE_POOLED or PROVIDER_POOLED; unknown values survive."""

    kind: ClassVar[Kind] = "machines"
    id: str
    leaf_user_id: str
    name: str = ""
    provider_name: str | None = None
    provider_machine_id: str = ""
    organization_id: str = ""
    origin_type: str = ""
    serial_number: str = ""
    vin: str = ""
    model: str = ""
    make: str = ""
    category: str = ""
    model_year: int | None = None
    created_time: str = ""
    raw: str = field(default="", repr=False)

    @property
    def manual(self) -> bool:
        """Made by hand. The provider does not tell: "Leaf" stands on pooled machines too."""
        return self.origin_type == USER_CREATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Implement:
    """What a machine pulls or carries."""

    kind: ClassVar[Kind] = "implements"
    id: str
    leaf_user_id: str
    name: str = ""
    provider_name: str | None = None
    provider_implement_id: str = ""
    organization_id: str = ""
    origin_type: str = ""
    serial_number: str = ""
    model: str = ""
    make: str = ""
    category: str = ""
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who drives."""

    kind: ClassVar[Kind] = "operators"
    id: str
    leaf_user_id: str
    name: str = ""
    provider_name: str | None = None
    provider_operator_id: str = ""
    organization_id: str = ""
    origin_type: str = ""
    license: str = ""
    status: str = ""
    updated_time: str = ""
    raw: str = field(default="", repr=False)
