"""Boundary records as Leaf writes them."""

from typing import Any

Json = dict[str, Any]


def new_boundary(key: str, geometry: Json, at: str, validity: str = "VALID", status: str = "ACTIVE") -> Json:
    """A boundary record; its area is measured when somebody asks."""
    record: Json = {"id": key, "status": status, "geometry": geometry, "area": None, "validity": validity}
    return record | {"createdTime": at, "updatedTime": at}


def area_of(geometry: Json) -> Json:
    """The area Leaf gives with a MultiPolygon: geodesic, in hectares."""
    from leafdesk.geo.measure import area_ha

    return {"value": area_ha(_plain(geometry["coordinates"])), "unit": "ha"}


def _plain(coordinates: Any) -> Any:
    """Coordinates as the tuples that `geo` measures, without heights."""
    if isinstance(coordinates[0], int | float):
        return (coordinates[0], coordinates[1])
    return tuple(_plain(part) for part in coordinates)
