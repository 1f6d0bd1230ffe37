"""Which fields here overlap a shape, and what fields have in common: Leaf's rule, without asking Leaf."""

from collections.abc import Sequence
from dataclasses import dataclass

from leafdesk.geo.shape import Shape, box, unpack
from leafdesk.store.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Meeting:
    """A field that overlaps a shape: hectares in common, percent of the field and of the shape.

    `problem` says why a field whose boxes meet could not be compared (its boundary is not valid); then the rest is 0.
    """

    field_id: str
    area_ha: float
    of_field: float
    of_shape: float
    problem: str = ""


def meeting(
    catalog: Catalog, shape: Shape, *, threshold: float = 0.01, leaf_user_id: str | None = None
) -> list[Meeting]:
    """The fields that overlap the shape by `threshold` percent of the field or of the shape, most first.

    Raises ValueError for a threshold outside 0.01 to 100, NotComparableError (one too) for a shape that is not valid.
    """
    from leafdesk.geo.overlap import NotComparableError, common, overlap

    if not 0.01 <= threshold <= 100:
        raise ValueError("The overlap asked for must be 0.01 to 100 percent.")
    common([shape])  # says what is wrong with the shape itself
    whose = {row.id: row.leaf_user_id for row in catalog.fields(box=box(shape))} if shape else {}
    found = list[Meeting]()
    for id, packed in catalog.outlines([id for id in whose if leaf_user_id in (None, whose[id])]):
        try:
            one = overlap(unpack(packed), shape)
        except NotComparableError as error:
            found.append(Meeting(id, 0.0, 0.0, 0.0, str(error)))
            continue
        if one.reaches(threshold):
            found.append(Meeting(id, one.area_ha, one.of_field, one.of_shape))
    return sorted(found, key=lambda one: (-one.area_ha, one.field_id))


def common_of(catalog: Catalog, field_ids: Sequence[str]) -> Shape:
    """What the fields have in common; () when that is nothing.

    Raises ValueError for no field or one without a boundary, NotComparableError (one too) for an invalid boundary.
    """
    from leafdesk.geo.overlap import common

    shapes = list[Shape]()
    for id in field_ids:
        field = catalog.field(id)
        if field is None or field.shape is None:
            raise ValueError(f"{field.name if field else id} has no boundary here.")
        shapes.append(field.shape)
    if not shapes:
        raise ValueError("Choose the fields first.")
    return common(shapes)
