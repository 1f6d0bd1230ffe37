"""What Leafdesk keeps of Leaf: frozen records in the farmer's words.

Ids. `id` is the record's key on this laptop: opaque text, never changed, never compared without case. For fields it is
Leaf's own (client-chosen) UUID. Farms and growers get an integer from Leaf: what was pulled uses that integer as text
for its key; what was made here keeps its local key for ever and learns Leaf's number in `leaf_id` when it arrives.
References (`farm_id`, `grower_id`) hold keys.

Times are Leaf's text, fraction digits and all; they are never parsed and re-written. `raw` is the server's own JSON of
the record, byte for byte as text ("" for what Leaf does not have yet), so unknown keys survive.

Only a field's `manual` and a machine's decide what may be changed. Leaf adds values to its sets of words as it likes:
all such values are plain text here, and unknown ones survive.
"""

from leafdesk.records.assets import USER_CREATED, Implement, Machine, Operator
from leafdesk.records.inputs import (
    VALIDATED,
    ActiveIngredient,
    Label,
    MatchHistory,
    MixPart,
    Product,
    ProductMatch,
    Source,
    TankMix,
    Variety,
)
from leafdesk.records.kinds import KINDS, LAND, TABLES, Kind, Listed, word
from leafdesk.records.land import Boundary, Farm, Field, Grower, LeafUser
from leafdesk.records.providers import (
    LEVELS,
    UPLOADS,
    Configuration,
    Organization,
    ProviderSummary,
    SyncSummary,
    Uploaded,
    levels_of,
    provider_in_words,
    provider_of,
)
from leafdesk.records.work import FieldOperation, MachineFile, OperationFile, Quantity

__all__ = [
    "KINDS",
    "LAND",
    "LEVELS",
    "TABLES",
    "UPLOADS",
    "USER_CREATED",
    "VALIDATED",
    "ActiveIngredient",
    "Asset",
    "Boundary",
    "Configuration",
    "Farm",
    "Field",
    "FieldOperation",
    "Grower",
    "Implement",
    "Kind",
    "Label",
    "Land",
    "LeafUser",
    "Listed",
    "Machine",
    "MachineFile",
    "MatchHistory",
    "MixPart",
    "OperationFile",
    "Operator",
    "Organization",
    "Product",
    "ProductMatch",
    "ProviderSummary",
    "Quantity",
    "Record",
    "Source",
    "SyncSummary",
    "TankMix",
    "Uploaded",
    "Variety",
    "levels_of",
    "provider_in_words",
    "provider_of",
    "word",
]

Asset = (
    Machine
    | Implement
    | Operator
    | Product
    | Variety
    | TankMix
    | FieldOperation
    | OperationFile
    | MachineFile
    | ProductMatch
    | MatchHistory
    | ProviderSummary
    | Configuration
    | Organization
)
"""Every record that is not land: kept with its attributes as JSON."""
Land = LeafUser | Grower | Farm | Field
Record = Land | Asset
