"""Leaf's JSON to records: with bodies.py, its other direction, the only place that knows Leaf's key names.

Every record keeps its own bytes as Leaf wrote them (`raw`): unknown keys, odd ids, fraction digits and the spelling of
numbers survive. What is missing or mistyped loses that value, never the record. Only a record without a usable id or
owner, a boundary without a usable shape, or JSON that strict.py refuses becomes a RecordProblem, and stops only itself.
Source: leaf-openapi.yaml and leaf-facts.md.
"""

from leafdesk.api.wire.assets import (
    read_implement,
    read_machine,
    read_machine_file,
    read_operation,
    read_operation_file,
    read_operator,
)
from leafdesk.api.wire.inputs import (
    is_https,
    read_match,
    read_match_history,
    read_product,
    read_tank_mix,
    read_variety,
)
from leafdesk.api.wire.land import (
    boundary_ids,
    read_boundary,
    read_farm,
    read_field,
    read_grower,
    read_token,
    read_user,
)
from leafdesk.api.wire.providers import (
    read_configuration,
    read_organizations,
    read_provider_summary,
    read_summary,
    read_upload,
)
from leafdesk.api.wire.values import LONGEST_ID, RecordProblem, UnusableError, clean, read_geometry, read_list

__all__ = [
    "LONGEST_ID",
    "RecordProblem",
    "UnusableError",
    "boundary_ids",
    "clean",
    "is_https",
    "read_boundary",
    "read_configuration",
    "read_farm",
    "read_field",
    "read_geometry",
    "read_grower",
    "read_implement",
    "read_list",
    "read_machine",
    "read_machine_file",
    "read_match",
    "read_match_history",
    "read_operation",
    "read_operation_file",
    "read_operator",
    "read_organizations",
    "read_product",
    "read_provider_summary",
    "read_summary",
    "read_tank_mix",
    "read_token",
    "read_upload",
    "read_user",
    "read_variety",
]
