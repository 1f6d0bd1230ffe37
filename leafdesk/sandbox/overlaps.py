"""Finds fields by geometry, and the ground that fields have in common."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from leafdesk.geo.shape import to_geojson
from leafdesk.sandbox import refusals
from leafdesk.sandbox.books import Books, one_at_a_time
from leafdesk.sandbox.ledger import encode_json

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Json = dict[str, Any]
_SLACK = 1e-9
"""Relative: a ratio that equals the threshold on paper must not miss it by a rounding error."""


class Overlaps(Books):
    """What the two calls that differ by one letter do: `intersects` lists fields, `intersect` answers a geometry."""

    @one_at_a_time
    def find_fields(self, user_id: str, geometry: Any, threshold: float = 0.01) -> bytes:
        """The fields of which, or with which, the geometry shares at least `threshold` per cent of area, as JSON.

        Areas are compared in degrees: both belong to one place, so the ratio is that on the ground.
        """
        self._user(user_id)
        if not 0.01 <= threshold <= 100:
            raise refusals.bad_request("intersectionThreshold must be between 0.01 and 100")
        asked = _ground({"type": "MultiPolygon", "coordinates": refusals.accepted(geometry)})
        found = [
            key for key, field in self._fields_at(user_id, asked) if _share(asked, field) >= threshold * (1 - _SLACK)
        ]
        if not self.choices.intersects_carry_geometry:
            return self._array("fields", found)
        fields = [self._answer("fields", key) for key in found]
        for field in fields:
            boundary = self._answer("boundaries", self._active(field))
            field |= {"area": boundary["area"], "geometry": boundary["geometry"]}
        return encode_json(fields).encode()

    @one_at_a_time
    def common_ground(self, user_id: str, field_ids: list[str]) -> Json:
        """The MultiPolygon that all these fields cover; one without polygons when they share nothing (undocumented)."""
        self._user(user_id)
        fields = [self._of("fields", user_id, field_id) for field_id in field_ids]
        shared, *rest = [_ground(self._any("boundaries", self._active(field))["geometry"]) for field in fields]
        for ground in rest:
            shared = shared.intersection(ground)
        return to_geojson(tuple(_polygons(shared)))

    def _fields_at(self, user_id: str, asked: "BaseGeometry") -> Iterator[tuple[str, "BaseGeometry"]]:
        """The Leaf user's fields that touch a geometry, with their ground. Previews have none."""
        west, south, east, north = asked.bounds
        boundaries = self._ledger.table("boundaries")
        for key, field in self._ledger.table("fields").items():
            if field["leafUserId"] != user_id or field["status"] != "PROCESSED":
                continue
            for boundary in (boundaries[key] for key in reversed(field["boundaries"])):
                if boundary["status"] == "ACTIVE":
                    ring = boundary["geometry"]["coordinates"][0][0]
                    lon, lat = ring[0][:2]
                    if west - 1 <= lon <= east + 1 and south - 1 <= lat <= north + 1:  # no field is a degree wide
                        ground = _ground(boundary["geometry"])
                        if ground.intersects(asked):
                            yield str(key), ground
                    break


def _share(asked: "BaseGeometry", field: "BaseGeometry") -> float:
    """The larger of the two ratios, in per cent: what the field shares of itself, and what the question does."""
    shared = asked.intersection(field).area
    return float(max(shared / ground.area if ground.area else 0.0 for ground in (asked, field)) * 100)


def _ground(geometry: Json) -> "BaseGeometry":
    """A geometry to cut with; what a provider drew crosswise is put right first."""
    import shapely  # slow to load

    polygons = [[[position[:2] for position in ring] for ring in polygon] for polygon in geometry["coordinates"]]
    ground = shapely.MultiPolygon([shapely.Polygon(shell, holes) for shell, *holes in polygons])
    return ground if ground.is_valid else shapely.make_valid(ground)


def _polygons(ground: "BaseGeometry") -> Iterator[Any]:
    """The polygons of a geometry, without the lines and points where fields only touch."""
    for part in getattr(ground, "geoms", [ground]):
        if part.geom_type == "Polygon" and not part.is_empty:
            yield tuple(tuple(ring.coords) for ring in (part.exterior, *part.interiors))
        elif part.geom_type == "MultiPolygon":
            yield from _polygons(part)
