"""What was done on the land: operations, and the machine files they were read from.

Source: Leaf's pages on fields (operation files), machines (files) and operations.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from leafdesk.records.kinds import Kind


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a unit as Leaf writes it ("ft", "US gal"); nothing is converted."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldOperation:
    """Work on fields, put together by Leaf from machine files; product matches belong to its id."""

    kind: ClassVar[Kind] = "operations"
    id: str
    leaf_user_id: str
    operation_type: str = ""
    start_time: str = ""
    end_time: str = ""
    updated_time: str = ""
    field_ids: tuple[str, ...] = ()
    file_ids: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    raw: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        return f"{self.operation_type} {self.start_time}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFile:
    """A machine file of a field. `origin`: provider, automerged, merged or uploaded. Its id is no operation's."""

    kind: ClassVar[Kind] = "files"
    id: str
    leaf_user_id: str
    field_id: str = ""
    operation_type: str = ""
    origin: str = ""
    start_time: str = ""
    end_time: str = ""
    crops: tuple[str, ...] = ()
    varieties: tuple[str, ...] = ()
    provider_name: str | None = None
    provider_file_id: str = ""
    raw: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        return f"{self.operation_type} {self.start_time}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFile:
    """A file that a machine wrote, with the way it went and the fuel it took (None where Leaf does not say)."""

    kind: ClassVar[Kind] = "machineFiles"
    id: str
    leaf_user_id: str
    machine_id: str = ""
    leaf_file_id: str = ""
    start_time: str = ""
    end_time: str = ""
    distance: Quantity | None = None
    fuel: Quantity | None = None
    raw: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        return self.start_time
