"""Leaf's JSON to machines, implements, operators, and to the files and operations of their work."""

from leafdesk.api.strict import Json
from leafdesk.api.wire.values import figure, id_of, ids, opaque, opened, part, parts, text_of, texts, whole, whose
from leafdesk.records import FieldOperation, Implement, Machine, MachineFile, OperationFile, Operator, Quantity


def read_machine(raw: bytes, leaf_user_id: str = "") -> Machine:
    """A machine; `leaf_user_id` stands in when the answer does not say."""
    found, text = opened("machine", raw)
    id = id_of("machine", found, text)
    return Machine(
        id=id,
        leaf_user_id=whose("machine", found, text, id, leaf_user_id),
        name=text_of(found, "name"),
        provider_name=text_of(found, "provider") or None,
        provider_machine_id=text_of(found, "providerMachineId"),
        organization_id=text_of(found, "providerOrganizationId"),
        origin_type=text_of(found, "originType"),
        serial_number=text_of(found, "serialNumber"),
        vin=text_of(found, "vin"),
        model=text_of(found, "model"),
        make=text_of(found, "make"),
        category=text_of(found, "category"),
        model_year=whole(found, "modelYear"),
        created_time=text_of(found, "createdTime", "createdAt"),
        raw=text,
    )


def read_implement(raw: bytes, leaf_user_id: str = "") -> Implement:
    """An implement."""
    found, text = opened("implement", raw)
    id = id_of("implement", found, text)
    return Implement(
        id=id,
        leaf_user_id=whose("implement", found, text, id, leaf_user_id),
        name=text_of(found, "name"),
        provider_name=text_of(found, "provider") or None,
        provider_implement_id=text_of(found, "providerImplementId"),
        organization_id=text_of(found, "providerOrganizationId"),
        origin_type=text_of(found, "originType"),
        serial_number=text_of(found, "serialNumber"),
        model=text_of(found, "model"),
        make=text_of(found, "make"),
        category=text_of(found, "category"),
        raw=text,
    )


def read_operator(raw: bytes, leaf_user_id: str = "") -> Operator:
    """An operator; Leaf's record does not say whose, so the caller's Leaf user stands in."""
    found, text = opened("operator", raw)
    id = id_of("operator", found, text)
    return Operator(
        id=id,
        leaf_user_id=whose("operator", found, text, id, leaf_user_id),
        name=text_of(found, "name"),
        provider_name=text_of(found, "provider") or None,
        provider_operator_id=text_of(found, "providerOperatorId"),
        organization_id=text_of(found, "providerOrganizationId"),
        origin_type=text_of(found, "originType"),
        license=text_of(found, "license"),
        status=text_of(found, "status"),
        updated_time=text_of(found, "updatedTime"),
        raw=text,
    )


def read_machine_file(raw: bytes, leaf_user_id: str = "", machine_id: str = "") -> MachineFile:
    """A file of a machine; `machine_id` and `leaf_user_id` stand in when the answer does not say."""
    found, text = opened("machine file", raw)
    id = id_of("machine file", found, text)
    return MachineFile(
        id=id,
        leaf_user_id=whose("machine file", found, text, id, leaf_user_id),
        machine_id=opaque(found, "machineId") or machine_id,
        leaf_file_id=text_of(found, "leafFileId"),
        start_time=text_of(found, "startTime"),
        end_time=text_of(found, "endTime"),
        distance=_quantity(part(found, "distance")),
        fuel=_quantity(part(found, "fuelConsumption")),
        raw=text,
    )


def _quantity(found: Json) -> Quantity | None:
    value = figure(found, "value")
    return None if value is None else Quantity(value, text_of(found, "unit"))


def read_operation_file(raw: bytes, leaf_user_id: str = "", field_id: str = "") -> OperationFile:
    """A machine file of a field, which Leaf's record does not name."""
    found, text = opened("operation file", raw)
    id = id_of("operation file", found, text)
    return OperationFile(
        id=id,
        leaf_user_id=whose("operation file", found, text, id, leaf_user_id),
        field_id=field_id,
        operation_type=text_of(found, "operationType"),
        origin=text_of(found, "origin"),
        start_time=text_of(found, "startTime"),
        end_time=text_of(found, "endTime"),
        crops=texts(found, "crops"),
        varieties=texts(found, "varieties"),
        provider_name=text_of(found, "provider") or None,
        provider_file_id=text_of(found, "providerFileId"),
        raw=text,
    )


def read_operation(raw: bytes, leaf_user_id: str = "") -> FieldOperation:
    """An operation with the ids of its fields and files."""
    found, text = opened("operation", raw)
    id = id_of("operation", found, text)
    fields = (opaque(one, "id") for one in parts(found, "fields"))
    return FieldOperation(
        id=id,
        leaf_user_id=whose("operation", found, text, id, leaf_user_id),
        operation_type=text_of(found, "type", "operationType"),
        start_time=text_of(found, "startTime"),
        end_time=text_of(found, "endTime"),
        updated_time=text_of(found, "updatedTime"),
        field_ids=tuple(one for one in fields if one is not None),
        file_ids=ids(found, "files"),
        providers=texts(found, "providers"),
        raw=text,
    )
