"""The generated farmland: whole, valid, varied, and the same for the same seed."""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

import pytest
import shapely

from leafdesk.geo.check import problems
from leafdesk.geo.measure import area_ha
from leafdesk.sandbox.farmland import farmland
from leafdesk.sandbox.leaf import Leaf

Json = dict[str, Any]


def _boundaries(records: list[Any]) -> list[Json]:
    return [record for kind, _, record in records if kind == "boundaries" and record["status"] == "ACTIVE"]


@pytest.fixture(scope="module")
def land() -> list[Any]:
    return farmland(400, 7)


@pytest.mark.parametrize("fields", [0, 1, 2, 7, 8, 30, 99, 100, 257])
def test_exactly_as_many_fields_as_asked_for(fields: int) -> None:
    counts = Leaf(farmland(fields, 1)).counts()
    assert counts["fields"] == fields
    assert counts["users"] >= 1
    assert counts["growers"] >= 1
    assert counts["farms"] >= 1
    assert counts["users"] >= min(3, 1 + fields // 50)


def test_a_seed_makes_the_same_land() -> None:
    assert farmland(50, 4) == farmland(50, 4)
    assert farmland(50, 4) != farmland(50, 5)


def test_shapes_are_valid_but_for_the_providers_slips(land: list[Any]) -> None:
    fields = {record["id"]: record for kind, _, record in land if kind == "fields"}
    owner = {key: field for field in fields.values() for key in field["boundaries"]}
    broken = []
    for boundary in _boundaries(land):
        found = problems(boundary["geometry"]["coordinates"])
        assert (found[0].code if found else "VALID") == boundary["validity"]
        if found:
            broken.append(owner[boundary["id"]])
    assert 2 <= len(broken) <= 10
    assert all(field["providerName"] not in (None, "Leaf") for field in broken)


def test_areas_are_those_of_fields(land: list[Any]) -> None:
    areas = [area_ha(b["geometry"]["coordinates"]) for b in _boundaries(land) if b["validity"] == "VALID"]
    assert 2.8 < min(areas) < max(areas) < 61
    assert 12 < sum(areas) / len(areas) < 35


def test_neighbours_share_their_border_corner_for_corner(land: list[Any]) -> None:
    """Where two fields touch, every stretch of the border is an edge of both."""
    sound = [b["geometry"]["coordinates"] for b in _boundaries(land) if b["validity"] == "VALID"]
    edges = Counter(
        frozenset(edge) for shape in sound for polygon in shape for ring in polygon for edge in pairwise(ring)
    )
    assert max(edges.values()) == 2
    assert sum(1 for times in edges.values() if times == 2) > 300
    shapes = [shapely.MultiPolygon([shapely.Polygon(p[0], p[1:]) for p in shape]) for shape in sound]
    tree = shapely.STRtree(shapes)
    for one, other in zip(*tree.query(shapes, predicate="intersects"), strict=True):
        if one < other:
            assert shapes[one].intersection(shapes[other]).area < 1e-13  # about a square millimetre


def test_there_is_something_of_everything(land: list[Any]) -> None:
    fields = [record for kind, _, record in land if kind == "fields"]
    shapes = [boundary["geometry"]["coordinates"] for boundary in _boundaries(land)]
    providers = Counter(field.get("providerName") for field in fields)
    assert providers[None] > 100
    assert providers.keys() >= {None, "Leaf", "JohnDeere", "ClimateFieldView"}
    assert sum(len(shape) > 1 for shape in shapes) > 3
    assert sum(len(polygon) > 1 for shape in shapes for polygon in shape) > 5
    assert any(field.get("irrigated") for field in fields)
    assert sum(len(shape[0][0]) == 65 for shape in shapes) > 2  # pivots
    assert sum(field["status"] == "PREVIEW" for field in fields) >= 3
    assert all(field["providerFieldName"] for field in fields if field["status"] == "PREVIEW")
    assert {len(field["boundaries"]) for field in fields} >= {0, 1, 2, 3}
    assert any("farmId" not in field for field in fields)
    assert any("growerId" not in record for kind, _, record in land if kind == "farms")
    assert sum(kind == "users" for kind, _, _ in land) == 3


def test_farms_lie_together(land: list[Any]) -> None:
    """A farm's fields lie closer to its middle than to most other farms'."""
    where: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    owner = {key: rec for kind, _, rec in land if kind == "fields" for key in rec["boundaries"]}
    for boundary in _boundaries(land):
        farm = owner[boundary["id"]].get("farmId")
        if farm:
            where[farm].append(boundary["geometry"]["coordinates"][0][0][0])
    spans = [max(x for x, _ in spots) - min(x for x, _ in spots) for spots in where.values()]
    whole = [x for spots in where.values() for x, _ in spots]
    assert max(spans) < 0.5 * (max(whole) - min(whole))


def test_levels_hang_together(land: list[Any]) -> None:
    tables: dict[str, dict[Any, Json]] = defaultdict(dict)
    for kind, key, record in land:
        tables[kind][key] = record
    for farm in tables["farms"].values():
        assert all(tables["fields"][key]["farmId"] == farm["id"] for key in farm["fieldIds"])
        if "growerId" in farm:
            grower = tables["growers"][farm["growerId"]]
            assert farm["id"] in grower["farmIds"]
            assert grower["leafUserId"] == farm["leafUserId"]
    for field in tables["fields"].values():
        names = [tables["boundaries"][key]["status"] for key in field["boundaries"]]
        assert names.count("ACTIVE") == (0 if field["status"] == "PREVIEW" else 1)
        assert names[-1:] in ([], ["ACTIVE"])
