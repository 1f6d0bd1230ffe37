"""What goes onto the land: products, varieties, tank mixes, and which product a machine's text meant (beta at Leaf).

Figures that Leaf writes as text ("7.17") stay text. `source` says where an entry came from: `list` (the provider's),
`summary` (names in machine files) or `search`; what was found by searching keeps in `found` when that was (UTC), and
`detailed` is when Leaf was last asked for all it has of this one.
`leaf_user_id` is "" for what belongs to everybody (the label databases Agrian and CDMS).
Source: Leaf's page on the input validator.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from leafdesk.records.kinds import Kind

Source = Literal["list", "summary", "search"]
VALIDATED = "VALIDATED"


@dataclass(frozen=True, slots=True)
class Label:
    """A product's label: a document at an https address of somebody else's, opened only on a click."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ActiveIngredient:
    """What works in a product; `value` and `unit` as Leaf writes them ("13.1", "%"), "" where it does not say."""

    name: str
    value: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product, of a provider or of a label database (`label_provider`).

    `carrier` None: not said. `remarks` says what of Leaf's answer was left out and why.
    """

    kind: ClassVar[Kind] = "products"
    id: str
    leaf_user_id: str = ""
    name: str = ""
    registration: str = ""
    registrant: str = ""
    distributor: str = ""
    product_type: str = ""
    physical_state: str = ""
    formulation_type: str = ""
    label_provider: str = ""
    product_page_url: str = ""
    labels: tuple[Label, ...] = ()
    active_ingredients: tuple[ActiveIngredient, ...] = ()
    density: str = ""
    density_unit: str = ""
    provider_id: str = ""
    carrier: bool | None = None
    status: str = ""
    source: Source = "list"
    found: str = ""
    detailed: str = ""
    remarks: tuple[str, ...] = ()
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variety:
    """A variety of some crops (upper case from John Deere, lower case from machine files)."""

    kind: ClassVar[Kind] = "varieties"
    id: str
    leaf_user_id: str = ""
    name: str = ""
    crops: tuple[str, ...] = ()
    company: str = ""
    status: str = ""
    provider_name: str | None = None
    provider_id: str = ""
    organization_id: str = ""
    source: Source = "list"
    found: str = ""
    detailed: str = ""
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class MixPart:
    """A product inside a tank mix, as the mix tells it; `id` "" where it does not."""

    name: str
    id: str = ""
    registrant: str = ""
    product_type: str = ""
    formulation_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TankMix:
    """A tank mix. `rate` in `rate_unit` (Leaf's code, such as gal1ac-1), None where there is none."""

    kind: ClassVar[Kind] = "tankMixes"
    id: str
    leaf_user_id: str = ""
    name: str = ""
    notes: str = ""
    rate: float | None = None
    rate_unit: str = ""
    formulation_type: str = ""
    target_crops: tuple[str, ...] = ()
    carrier: MixPart | None = None
    components: tuple[MixPart, ...] = ()
    status: str = ""
    provider_name: str | None = None
    provider_id: str = ""
    source: Source = "list"
    found: str = ""
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductMatch:
    """Which product a name in an operation's files meant.

    `status` PREDICTED (with a `score` whose scale nobody publishes) or VALIDATED by a person. `name` is the text in the
    machine's file.
    """

    kind: ClassVar[Kind] = "matches"
    id: str
    leaf_user_id: str = ""
    operation_id: str = ""
    name: str = ""
    product_id: str = ""
    status: str = ""
    score: float | None = None
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchHistory:
    """What a product match was until `historical_time`. Leaf gives no id; the match and the time make one."""

    kind: ClassVar[Kind] = "matchHistory"
    id: str
    match_id: str
    leaf_user_id: str = ""
    name: str = ""
    product_id: str = ""
    status: str = ""
    score: float | None = None
    historical_time: str = ""
    raw: str = field(default="", repr=False)
