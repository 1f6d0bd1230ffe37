"""What Leaf's pages leave open, as settings of the sandbox, so that a client can be tried against either answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """One answer to every question without a documented one (leaf-facts.md, "Unknowns")."""

    refuse_oversize: bool = False
    """A page size above 100: 400 when True, treated as 100 otherwise."""
    refuse_unknown_sort: bool = True
    """A sort name nobody knows: 400 when True, ignored otherwise."""
    after_is_inclusive: bool = False
    """Whether afterUpdatedTime and its siblings include the very instant."""
    boundary_touches_field: bool = True
    """Whether a new boundary moves the field's updatedTime."""
    history_is_paged: bool = False
    """Whether boundary histories come in pages (default size 20) as the general page says of every list."""
    provider_boundary_writable: bool = False
    """Whether PUT boundary is allowed on a provider's field."""
    provider_refusal: int = 403
    """The status with which a change of a provider's field or machine is refused; 400 is the other guess."""
    processed_after_s: float | None = 30.0
    """Seconds from WAITING to PROCESSED; None waits for `Leaf.run_provider_sync`."""
    beta_counts: bool = True
    """Whether lists of the beta service carry X-Total-Count and Link, which its pages do not show."""
    intersects_carry_geometry: bool = True
    """Whether fields found by geometry carry geometry and area, as published, or only what the field list shows."""
    upload_answers_list: bool = False
    """Whether an upload's answer is the map of the reference page or that map in a list, as an older page has it."""
    repeat_adds_history: bool = True
    """Whether confirming a product match once more, or assigning the same product, adds an entry to its history."""
    any_field_id: bool = True
    """Whether a new field may have any text for an id, as an older page shows ("idTest"), or only a UUID."""
    published_ids: bool = True
    """Whether some operators' ids are no UUIDs, as the published one is none. What has grown stays as it is."""
    strange_words: bool = False
    """Whether some records use words that Leaf's closed lists lack ("other" work, "SHARED" machines). What has grown
    stays as it is."""
