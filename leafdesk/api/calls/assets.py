"""Leaf's endpoints for machines, implements, operators (beta), their files and operations."""

from collections.abc import Mapping
from functools import partial
from typing import TypedDict, Unpack

from leafdesk.api import bodies, wire
from leafdesk.api.calls.call import (
    BETA,
    FIELDS,
    OPERATIONS,
    PAGE_SIZE,
    Call,
    Page,
    filtered,
    nothing,
    one_of,
    page_of,
    path_to,
)
from leafdesk.records import FieldOperation, Implement, Machine, MachineFile, OperationFile, Operator

MACHINE_SORTS = (
    *("id", "leafUserId", "name", "provider", "providerOrganizationId", "providerMachineId"),
    *("serialNumber", "vin", "model", "make", "category", "modelYear"),
)
"""What Leaf sorts machines by; none of it is a time."""


class MachineFilters(TypedDict, total=False):
    """What a list of machines can be narrowed to. `created` and `updated` match a time exactly."""

    name: str
    provider: str
    provider_organization_id: str
    provider_machine_id: str
    serial_number: str
    origin_type: str
    created: str
    before_created: str
    after_created: str
    updated: str
    before_updated: str
    after_updated: str
    vin: str


_MACHINE_TIMES = {
    "created": "createdTime",
    "before_created": "beforeCreatedTime",
    "after_created": "afterCreatedTime",
    "updated": "updatedAt",
    "before_updated": "beforeUpdatedAt",
    "after_updated": "afterUpdatedAt",
}


def list_machines(
    leaf_user_id: str,
    *,
    page: int = 0,
    size: int = PAGE_SIZE,
    sort: str | None = None,
    **filters: Unpack[MachineFilters],
) -> Call[Page[Machine]]:
    """A page of a Leaf user's machines."""
    read = partial(page_of, read=partial(wire.read_machine, leaf_user_id=leaf_user_id))
    query = filtered(filters, _MACHINE_TIMES, page=page, size=size, sort=sort)
    return Call("listMachines", "GET", path_to(BETA, "users", leaf_user_id, "machines"), read, query)


def get_machine(leaf_user_id: str, id: str) -> Call[Machine]:
    """One machine."""
    read = partial(one_of, read=partial(wire.read_machine, leaf_user_id=leaf_user_id), id=id)
    return Call("getMachine", "GET", path_to(BETA, "users", leaf_user_id, "machines", id), read)


def create_machine(leaf_user_id: str, values: Mapping[str, str | int | None]) -> Call[Machine]:
    """A new machine of these attributes (our names). Leaf gives the id: never repeat this blindly."""
    read = partial(one_of, read=partial(wire.read_machine, leaf_user_id=leaf_user_id))
    path = path_to(BETA, "users", leaf_user_id, "machines")
    return Call("createMachine", "POST", path, read, body=bodies.machine_body(values))


def update_machine(leaf_user_id: str, id: str, values: Mapping[str, str | int | None]) -> Call[Machine]:
    """New values of some attributes of a machine made by hand."""
    read = partial(one_of, read=partial(wire.read_machine, leaf_user_id=leaf_user_id), id=id)
    path = path_to(BETA, "users", leaf_user_id, "machines", id)
    return Call("updateMachine", "PATCH", path, read, body=bodies.machine_body(values))


def delete_machine(leaf_user_id: str, id: str) -> Call[None]:
    """The end of a machine made by hand. A GoneError on a repeat means that an earlier attempt worked."""
    return Call("deleteMachine", "DELETE", path_to(BETA, "users", leaf_user_id, "machines", id), nothing)


class MachineFileFilters(TypedDict, total=False):
    """What a list of machine files can be narrowed to. Distances are in the unit of the file; times without before or
    after match exactly."""

    leaf_file_id: str
    origin_type: str
    created: str
    before_created: str
    after_created: str
    start_time: str
    end_time: str
    before_start_time: str
    after_start_time: str
    before_end_time: str
    after_end_time: str
    distance_value: float
    greater_than_distance_value: float
    less_than_distance_value: float
    distance_unit: str


def list_machine_files(
    leaf_user_id: str,
    machine_id: str,
    *,
    page: int = 0,
    size: int = PAGE_SIZE,
    sort: str | None = None,
    **filters: Unpack[MachineFileFilters],
) -> Call[Page[MachineFile]]:
    """A page of a machine's files with the way it went and its fuel."""
    read = partial(wire.read_machine_file, leaf_user_id=leaf_user_id, machine_id=machine_id)
    path = path_to(BETA, "users", leaf_user_id, "machines", machine_id, "files")
    query = filtered(filters, _MACHINE_TIMES, page=page, size=size, sort=sort)
    return Call("listMachineFiles", "GET", path, partial(page_of, read=read), query)


class ImplementFilters(TypedDict, total=False):
    """What a list of implements can be narrowed to. `created` and `updated` mean "from then on" here."""

    provider: str
    provider_implement_id: str
    provider_organization_id: str
    name: str
    created: str
    before_created: str
    after_created: str
    updated: str
    before_updated: str
    after_updated: str


_IMPLEMENT_TIMES = {name: told.replace("At", "Time") for name, told in _MACHINE_TIMES.items()}


def list_implements(
    leaf_user_id: str,
    *,
    page: int = 0,
    size: int = PAGE_SIZE,
    sort: str | None = None,
    **filters: Unpack[ImplementFilters],
) -> Call[Page[Implement]]:
    """A page of a Leaf user's implements."""
    read = partial(page_of, read=partial(wire.read_implement, leaf_user_id=leaf_user_id))
    query = filtered(filters, _IMPLEMENT_TIMES, page=page, size=size, sort=sort)
    return Call("listImplements", "GET", path_to(BETA, "users", leaf_user_id, "implements"), read, query)


def get_implement(leaf_user_id: str, id: str) -> Call[Implement]:
    """One implement."""
    read = partial(one_of, read=partial(wire.read_implement, leaf_user_id=leaf_user_id), id=id)
    return Call("getImplement", "GET", path_to(BETA, "users", leaf_user_id, "implements", id), read)


def list_operators(leaf_user_id: str, *, page: int = 0, size: int = PAGE_SIZE) -> Call[Page[Operator]]:
    """A page of a Leaf user's operators; Leaf neither filters nor sorts them."""
    read = partial(page_of, read=partial(wire.read_operator, leaf_user_id=leaf_user_id))
    query = filtered({}, page=page, size=size)
    return Call("listOperators", "GET", path_to(BETA, "users", leaf_user_id, "operators"), read, query)


def get_operator(leaf_user_id: str, id: str) -> Call[Operator]:
    """One operator."""
    read = partial(one_of, read=partial(wire.read_operator, leaf_user_id=leaf_user_id), id=id)
    return Call("getOperator", "GET", path_to(BETA, "users", leaf_user_id, "operators", id), read)


class FileFilters(TypedDict, total=False):
    """What a list of a field's files can be narrowed to; `start_time` and `end_time` are a range here."""

    id: str
    operation_type: str
    provider: str
    origin: str
    crop: str
    variety: str
    start_time: str
    end_time: str


def list_field_files(
    leaf_user_id: str,
    field_id: str,
    *,
    page: int = 0,
    size: int = PAGE_SIZE,
    sort: str | None = None,
    **filters: Unpack[FileFilters],
) -> Call[Page[OperationFile]]:
    """A page of a field's machine files."""
    read = partial(wire.read_operation_file, leaf_user_id=leaf_user_id, field_id=field_id)
    path = path_to(FIELDS, "users", leaf_user_id, "fields", field_id, "operations", "files")
    query = filtered(filters, page=page, size=size, sort=sort)
    return Call("listFieldOperationFiles", "GET", path, partial(page_of, read=read), query)


def get_field_file(leaf_user_id: str, field_id: str, id: str) -> Call[OperationFile]:
    """One machine file of a field."""
    read = partial(wire.read_operation_file, leaf_user_id=leaf_user_id, field_id=field_id)
    path = path_to(FIELDS, "users", leaf_user_id, "fields", field_id, "operations", "files", id)
    return Call("getFieldOperationFile", "GET", path, partial(one_of, read=read, id=id))


class OperationFilters(TypedDict, total=False):
    """What a list of operations can be narrowed to."""

    leaf_user_id: str | None
    field_id: str
    provider: str
    operation_type: str
    start_time: str
    end_time: str
    updated_time: str


def list_operations(
    *, page: int = 0, size: int = PAGE_SIZE, sort: str | None = None, **filters: Unpack[OperationFilters]
) -> Call[Page[FieldOperation]]:
    """A page of operations, whose ids product matches belong to."""
    read = partial(page_of, read=partial(wire.read_operation, leaf_user_id=filters.get("leaf_user_id") or ""))
    query = filtered(filters, page=page, size=size, sort=sort)
    return Call("listFieldOperations", "GET", path_to(OPERATIONS, "operations"), read, query)
