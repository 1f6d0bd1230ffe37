"""Every boundary a field has or had: Leaf's, active and past, and those drawn here; and how two of them differ."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.overlap import beyond
from leafdesk.geo.shape import Shape
from leafdesk.records import Field
from leafdesk.store.catalog import Catalog
from leafdesk.store.drafts import drafts_of, unread_boundaries, waiting_shapes
from leafdesk.store.tables import Tables

Cut = Callable[[Shape, Shape], Shape]
"""The part of one shape that lies outside another."""


@dataclass(frozen=True, slots=True)
class Version:
    """One boundary. `drawn`: somebody drew it here and Leaf's copies known here have none like it.

    `status` is Leaf's ("" for one drawn here), `at` when Leaf has it from or when it was drawn, `shown` whether the
    field has it now, `waits` whether it is on its way to Leaf.
    """

    id: str
    shape: Shape
    area_ha: float
    at: str
    status: str = ""
    drawn: bool = False
    waits: bool = False
    shown: bool = False


@dataclass(frozen=True, slots=True)
class BoundaryHistory:
    """Of one field, oldest first. `unread`: how many Leaf names that are not here; `read`: when all were asked for."""

    field: Field
    versions: tuple[Version, ...]
    unread: int
    read: str | None


def history_of(catalog: Catalog, field_id: str) -> BoundaryHistory | None:
    """The history as it is known here; None for a field that is gone. Measures, so never on the GUI thread."""
    from leafdesk.geo.measure import area_ha

    field = catalog.field(field_id)
    if field is None:
        return None
    versions = [
        Version(one.id, one.shape, one.area_ha or area_ha(one.shape), one.created_time, one.status)
        for one in reversed(catalog.boundaries(field.id))
    ]
    known = {one.shape for one in versions}
    drafts = drafts_of(catalog.connection, field.id)
    latest = {one.shape: one for one in drafts if one.shape not in known}
    versions += [Version(one.id, shape, area_ha(shape), one.at, drawn=True) for shape, one in latest.items()]
    waiting = waiting_shapes(catalog.connection, field.id)
    versions = [_stands(one, field, one.shape in waiting) for one in versions]
    versions.sort(key=lambda one: (one.shown, one.at))
    return BoundaryHistory(
        field,
        tuple(versions),
        len(unread_boundaries(catalog.connection, field.id)),
        Tables(catalog.connection).fetched("boundaries", about=field.id),
    )


def unread(catalog: Catalog, field_id: str) -> int:
    """How many of a field's boundaries Leaf names that nobody fetched yet."""
    return len(unread_boundaries(catalog.connection, catalog.key("fields", field_id) or field_id))


def _stands(one: Version, field: Field, waits: bool) -> Version:
    """Leaf may have had one shape twice: of those, the boundary in force is the one that the field names."""
    drawn_now = field.area_ha is None
    shown = one.shape == field.shape and (one.drawn or drawn_now or one.id == field.boundary_id)
    return replace(one, shown=shown, waits=waits and shown)


@dataclass(frozen=True, slots=True)
class Difference:
    """What another boundary would give a field and take from it; `problem` says why that cannot be told."""

    gained: Shape = ()
    lost: Shape = ()
    gained_ha: float = 0.0
    lost_ha: float = 0.0
    problem: str = ""


def difference(now: Shape, then: Shape, cut: Cut = beyond) -> Difference:
    """From the boundary as it is to another one; `cut` does what `geo.overlap.beyond` does, perhaps elsewhere.

    Never on the GUI thread.
    """
    from leafdesk.geo.measure import area_ha

    try:
        gained, lost = cut(then, now), cut(now, then)
    except NotPossibleError as error:
        return Difference(problem=str(error))
    return Difference(gained, lost, area_ha(gained), area_ha(lost))
