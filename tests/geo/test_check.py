"""Each of Leaf's validity codes on a shape that has exactly that fault, and real data's verdicts."""

import gzip
import json
from pathlib import Path

import pytest

from leafdesk.geo.check import TITLES, Code, check_geojson, problems, remarks, validity
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Position, Ring, Shape, from_geojson


def square(x: float, y: float, size: float) -> Ring:
    return ((x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y))


BOWTIE: Ring = ((0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0), (0.0, 0.0))
TOUCHING: Ring = ((0.0, 0.0), (2.0, 0.0), (4.0, 0.0), (4.0, 2.0), (2.0, 0.0), (0.0, 2.0), (0.0, 0.0))
DIAMOND: Ring = ((1.0, 0.0), (0.0, 1.0), (1.0, 2.0), (2.0, 1.0), (1.0, 0.0))

CASES: list[tuple[Code, Shape, Position | None]] = [
    ("SELF_INTERSECTION", ((BOWTIE,),), (1.0, 1.0)),
    ("SELF_INTERSECTION", ((square(0, 0, 2),), (square(1, 1, 2),)), None),
    ("HOLE_OUTSIDE_SHELL", ((square(0, 0, 1), square(5, 5, 1)),), (5.0, 5.0)),
    ("NESTED_HOLES", ((square(0, 0, 9), square(1, 1, 5), square(2, 2, 1)),), (2.0, 2.0)),
    ("NESTED_SHELLS", ((square(0, 0, 9),), (square(2, 2, 1),)), (2.0, 2.0)),
    ("DISCONNECTED_INTERIOR", ((square(0, 0, 2), DIAMOND),), None),
    ("DUPLICATE_RINGS", ((square(0, 0, 2),), (square(0, 0, 2)[::-1],)), (0.0, 0.0)),
    ("TOO_FEW_POINTS", (((((0.0, 0.0), (1.0, 1.0), (0.0, 0.0))),),), (0.0, 0.0)),
    ("TOO_FEW_POINTS", (), None),
    ("RING_NOT_CLOSED", ((square(0, 0, 2)[:-1],),), (0.0, 2.0)),
    ("INVALID_COORDINATE", ((((0.0, 0.0), (float("nan"), 1.0), (1.0, 0.0), (0.0, 0.0)),),), None),
    ("ANTIMERIDIAN", ((((179.0, 0.0), (-179.0, 0.0), (-179.0, 1.0), (179.0, 1.0), (179.0, 0.0)),),), (179.0, 0.0)),
    ("POLE", ((square(0, 84, 3),),), (3.0, 87.0)),
]


@pytest.mark.parametrize(("code", "shape", "where"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_each_fault_has_its_code_its_place_and_words(code: Code, shape: Shape, where: Position | None) -> None:
    found = problems(shape)
    assert [p.code for p in found] == [code]
    if where is not None:
        assert found[0].where == pytest.approx(where)
    assert found[0].message.endswith(".")
    assert found[0].title == TITLES[code]
    assert validity(shape) == code


def test_a_ring_that_touches_itself() -> None:
    found = problems(((TOUCHING,),))
    assert found[0].code in ("RING_SELF_INTERSECTION", "SELF_INTERSECTION")
    assert found[0].where == pytest.approx((2.0, 0.0))
    outer: Ring = (
        (0.0, 0.0),
        (4.0, 0.0),
        (4.0, 4.0),
        (2.0, 4.0),
        (1.0, 2.0),
        (3.0, 2.0),
        (2.0, 4.0),
        (0.0, 4.0),
        (0.0, 0.0),
    )
    assert [p.code for p in problems(((outer,),))] == ["RING_SELF_INTERSECTION"]


@pytest.mark.parametrize(
    "shape",
    [
        ((square(0, 0, 2),),),
        ((square(0, 0, 2)[::-1],),),
        ((square(0, 0, 9), square(1, 1, 2)), (square(20, 0, 2),)),
    ],
)
def test_good_shapes_have_no_problem(shape: Shape) -> None:
    assert problems(shape) == []
    assert validity(shape) == "VALID"


def test_a_repeated_corner_is_valid_and_remarked() -> None:
    ring: Ring = ((0.0, 0.0), (2.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 0.0))
    assert problems(((ring,),)) == []
    assert [(r.code, r.where) for r in remarks(((ring,),))] == [("REPEATED_POINT", (2.0, 0.0))]


def test_two_faulty_rings_are_both_told() -> None:
    shape: Shape = ((square(0, 0, 2)[:-1],), (((5.0, 5.0), (6.0, 6.0), (5.0, 5.0)),))
    assert [p.code for p in problems(shape)] == ["RING_NOT_CLOSED", "TOO_FEW_POINTS"]


def test_geojson_that_is_no_area() -> None:
    assert [p.code for p in check_geojson({"type": "Point", "coordinates": [1, 2]})] == ["NOT_ALLOWED_GEOMETRY_TYPE"]
    assert [p.code for p in check_geojson(None)] == ["NOT_ALLOWED_GEOMETRY_TYPE"]
    far = {"type": "Polygon", "coordinates": [[[500, 0], [501, 0], [501, 1], [500, 0]]]}
    assert [p.code for p in check_geojson(far)] == ["INVALID_COORDINATE"]
    good = {"type": "Polygon", "coordinates": [[[5, 0], [6, 0], [6, 1], [5, 0]]]}
    assert check_geojson(good) == []


def test_real_parcels_get_the_verdicts_recorded_for_them(real_data: Path) -> None:
    name = "parcels-combined-wgs84/parcels_shared.geojsonl.gz"
    expected = json.loads((real_data / "expected.json").read_text())["files"][name]
    with gzip.open(real_data / name, "rt", encoding="utf-8") as lines:
        shapes = [from_geojson(json.loads(line)["geometry"]) for line in lines]
    assert len(shapes) == expected["n_features"]
    assert sum(validity(shape) != "VALID" for shape in shapes) == expected["n_invalid_after_8_decimals"]
    assert sum(area_ha(shape) for shape in shapes) == pytest.approx(expected["total_ha"], abs=0.01)


@pytest.mark.parametrize(
    ("name", "valid"), [("ex14_ogc.json", False), ("ex16_ogc.json", True), ("ex18_ogc.json", False)]
)
def test_conformance_documents(real_data: Path, name: str, valid: bool) -> None:
    text = (real_data / "conformance-geojson/mapshaper_clean" / name).read_text()
    assert (check_geojson(json.loads(text)) == []) is valid
