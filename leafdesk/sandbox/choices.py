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
    """The status with which a change of a provider's field is refused; 400 is the other guess."""
    processed_after_s: float | None = 30.0
    """Seconds from WAITING to PROCESSED; None waits for `Leaf.run_provider_sync`."""
