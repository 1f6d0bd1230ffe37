"""Where the land's records come from: what each provider gave, an account's settings and organizations.

Source: Leaf's pages on the sync summary, configurations and provider organizations.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from leafdesk.records.kinds import Kind

LEVELS: dict[str, tuple[Kind, ...]] = {
    "JohnDeere": ("growers", "farms", "fields"),
    "ClimateFieldView": ("farms", "fields"),
    "CNHI": ("growers", "farms", "fields"),
    "CNHIFieldOps": ("growers", "farms", "fields"),
    "Trimble": ("growers", "farms", "fields"),
    "Stara": ("fields",),
    "Raven": ("growers", "farms", "fields"),
    "AgVance": ("growers", "farms", "fields"),
    "Sentera": ("fields",),
    "Panorama": ("growers", "farms", "fields"),
}
"""The levels that each provider has (Leaf: sync summary, FMIS structure by provider)."""

UPLOADS: tuple[str, ...] = ("JohnDeere", "ClimateFieldView")
"""The providers that take a field (Leaf: upload a field to provider)."""
_SPELLINGS = {name.casefold(): name for name in LEVELS}


def provider_of(name: str | None) -> str:
    """One spelling per provider: Leaf's pages write CNHI and CNHi, AgVance and Agvance. Unknown names stay."""
    return _SPELLINGS.get((name or "").casefold(), name or "")


_IN_WORDS = {"JohnDeere": "John Deere", "ClimateFieldView": "Climate FieldView", "AgLeader": "Ag Leader"}


def provider_in_words(name: str) -> str:
    """A provider as people write it: `John Deere` for Leaf's `JohnDeere`; one that is not known stays as it is."""
    return _IN_WORDS.get(name, name)


def levels_of(provider: str) -> tuple[Kind, ...] | None:
    """The levels that a provider has, from the top; None for a provider nobody has described."""
    return LEVELS.get(provider_of(provider))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSummary:
    """What Leaf holds of a provider for a Leaf user; None where the provider has no such level."""

    kind: ClassVar[Kind] = "summaries"
    id: str
    leaf_user_id: str
    provider_name: str
    growers: int | None = None
    farms: int | None = None
    fields: int | None = None
    sync_time: str = ""
    raw: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        return self.provider_name


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncSummary:
    """Leaf's answer as a whole."""

    message: str = ""
    summaries: tuple[ProviderSummary, ...] = ()
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The settings of a Leaf user that decide how data arrives; None: Leaf's answer does not say, its default holds."""

    kind: ClassVar[Kind] = "configurations"
    id: str
    leaf_user_id: str
    fields_auto_sync: bool | None = None
    custom_data_sync: bool | None = None
    organization_data_sync: str = ""
    automatic_fix_boundary: bool | None = None
    fields_auto_merge: bool | None = None
    fields_merge_intersection: float | None = None
    fields_attach_intersection: float | None = None
    machines_auto_sync: bool | None = None
    implements_auto_sync: bool | None = None
    operators_auto_sync: bool | None = None
    products_auto_sync: bool | None = None
    raw: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        return "Configuration"

    def why_missing(self, kind: Kind) -> str | None:
        """The setting that explains why Leaf shows nothing, or only previews, of a kind; None when none does."""
        if kind == "fields":
            if self.fields_auto_sync is False:
                return "Leaf does not fetch fields by itself here (fieldsAutoSync is off); ask for a provider sync."
            if self.custom_data_sync is not False:
                return "Fields from providers arrive as previews until they are enabled (customDataSync is on)."
            if self.organization_data_sync == "SELECTED_ONLY":
                return "Only selected organizations are fetched (organizationDataSync is SELECTED_ONLY)."
            return None
        switch = "products" if kind in ("varieties", "tankMixes") else kind
        if switch in ("machines", "implements", "operators", "products") and not getattr(self, f"{switch}_auto_sync"):
            return f"Leaf does not fetch {switch} from providers here ({switch}AutoSync is off)."
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """An organization at a provider; its `organization_id` is what an upload to John Deere needs.

    `connected` is None where Leaf does not tell the two groups apart (Trimble).
    """

    kind: ClassVar[Kind] = "organizations"
    id: str
    leaf_user_id: str
    provider_name: str
    organization_id: str
    name: str = ""
    connected: bool | None = None
    management_url: str = ""
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """What a provider answered to an upload: its ids, or only a status (PENDING) that nobody can ask for again."""

    field_id: str
    provider_name: str
    provider_field_id: str = ""
    status: str = ""
    raw: str = field(default="", repr=False)
