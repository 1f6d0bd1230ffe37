"""Fields as other programs get them: what is said of each, and its shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leafdesk.files.found import text_of
from leafdesk.geo.shape import Shape

if TYPE_CHECKING:
    from leafdesk.store.catalog import Catalog

Written = tuple[dict[str, str], Shape]


def outward(catalog: Catalog, field_ids: Sequence[str]) -> tuple[list[Written], list[str]]:
    """(attributes and shape of each field that has a boundary, names of those that have none).

    The attributes' names have at most ten letters, which is what a Shapefile's table holds.
    """
    farms = {farm.id: farm for farm in catalog.farms()}
    growers = {grower.id: grower.name for grower in catalog.growers()}
    written, bare = list[Written](), list[str]()
    for row in catalog.fields(ids=field_ids):
        field = catalog.field(row.id)
        if field is None or not field.shape:
            bare.append(row.name)
            continue
        farm = farms.get(row.farm_id or "")
        said = {
            "name": row.name,
            "farm": farm.name if farm else "",
            "grower": growers.get(farm.grower_id or "", "") if farm else "",
            "area_ha": f"{row.area_ha:.4f}" if row.area_ha is not None else "",
            "provider": row.provider_name or "Leaf",
            "status": row.status,
            "leaf_user": row.leaf_user_id,
            "id": row.id,
        }
        written.append(({key: text_of(text) for key, text in said.items()}, field.shape))
    return written, bare
