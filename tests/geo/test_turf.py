"""The actions beside the in and out of Turf's own tests, when those files are there.

What Turf answers in the plane is compared as areas in the plane. Its moving, turning and simplifying are not the same
functions as ours (a sphere and rhumb lines, another tolerance), so their files are not read.
"""

import json
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import shapely

from leafdesk.geo.check import check_geojson, problems
from leafdesk.geo.join import join
from leafdesk.geo.overlap import NotComparableError, beyond, common
from leafdesk.geo.repair import repair
from leafdesk.geo.shape import NotAShapeError, Shape, from_geojson, to_geojson


@pytest.fixture
def turf(real_data: Path) -> Path:
    folder = real_data / "conformance-turf"
    if not folder.is_dir():
        pytest.skip("Turf's files are not among the real data")
    return folder


def geometries(file: Path) -> list[Any]:
    document = json.loads(file.read_text("utf-8"))
    return [one["geometry"] for one in document.get("features", [document])]


def plane(shape: Shape) -> Any:
    return shapely.from_geojson(json.dumps(to_geojson(shape))) if shape else shapely.MultiPolygon()


def test_what_turf_calls_valid_is_valid_here(turf: Path) -> None:
    tried = 0
    for said in ("true", "false"):
        for file in (turf / "boolean-valid" / said).glob("*Polygon/*.geojson"):
            for geometry in geometries(file):
                assert (check_geojson(geometry) == []) == (said == "true"), file.name
                tried += 1
    assert tried >= 7


@pytest.mark.parametrize("name", ["hourglass", "triple"])
def test_a_crossing_is_shown_where_turf_finds_a_kink(turf: Path, name: str) -> None:
    (drawn,) = geometries(turf / "kinks" / "in" / f"{name}.geojson")
    kinks = [
        tuple(one["coordinates"])
        for one in geometries(turf / "kinks" / "out" / f"{name}.geojson")
        if one["type"] == "Point"
    ]
    (found,) = check_geojson(drawn)
    assert found.code == "SELF_INTERSECTION" and found.where in kinks


@pytest.mark.parametrize("name", ["hourglassFeatureCollection", "hourglassMultiPolygon"])
def test_a_repair_keeps_what_turf_unkinks(turf: Path, name: str) -> None:
    mended = [repair(from_geojson(one)) for one in geometries(turf / "unkink-polygon" / "in" / f"{name}.geojson")]
    pieces = [from_geojson(one) for one in geometries(turf / "unkink-polygon" / "out" / f"{name}.geojson")]
    assert all(problems(one) == [] for one in mended)
    ours, theirs = shapely.union_all([plane(one) for one in mended]), shapely.union_all([plane(one) for one in pieces])
    assert ours.symmetric_difference(theirs).area < 1e-12


ALIKE: list[tuple[str, Callable[[list[Shape]], Shape], list[str]]] = [
    ("union", lambda shapes: reduce(join, shapes), ["union1", "union3"]),
    ("intersect", common, ["Intersect1", "armenia", "issue-412"]),
    (
        "difference",
        lambda shapes: beyond(shapes[0], shapes[1]),
        ["clip-polygons", "create-hole", "issue-#721", "multi-polygon-target", "split-polygon"],
    ),
]


@pytest.mark.parametrize(("job", "act", "name"), [(job, act, name) for job, act, names in ALIKE for name in names])
def test_two_shapes_make_what_turf_makes(turf: Path, job: str, act: Callable[[list[Shape]], Shape], name: str) -> None:
    given = [from_geojson(one) for one in geometries(turf / job / "in" / f"{name}.geojson")]
    *_, theirs = map(from_geojson, geometries(turf / job / "out" / f"{name}.geojson"))
    ours = act(given)
    assert problems(ours) == []
    assert plane(ours).symmetric_difference(plane(theirs)).area <= 1e-9 * plane(theirs).area


@pytest.mark.parametrize("name", ["unable-to-complete-output-ring-1983-1", "unable-to-find-segment-2258-1"])
def test_what_once_broke_turfs_union_is_joined(turf: Path, name: str) -> None:
    one, other = map(from_geojson, geometries(turf / "union" / "in" / f"{name}.geojson"))
    whole = join(one, other)
    assert plane(whole).area == pytest.approx(shapely.union(plane(one), plane(other)).area, rel=1e-12)
    assert plane(one).difference(plane(whole)).area < 1e-15 and problems(whole) == []


@pytest.mark.parametrize("name", ["no-overlap", "multipoint", "point"])
def test_shapes_that_turf_finds_apart_have_nothing_in_common(turf: Path, name: str) -> None:
    assert common(map(from_geojson, geometries(turf / "intersect" / "in" / f"{name}.geojson"))) == ()


@pytest.mark.parametrize("name", ["issue-1004", "issue-820"])
def test_what_crosses_itself_is_not_compared_but_refused_with_the_spot(turf: Path, name: str) -> None:
    with pytest.raises(NotComparableError, match=r"not valid: Self-intersection\[[-\d. ]+\]"):
        common(map(from_geojson, geometries(turf / "intersect" / "in" / f"{name}.geojson")))


def test_projected_metres_are_refused_with_the_place(turf: Path) -> None:
    first, _ = geometries(turf / "intersect" / "in" / "unable-to-complete-output-ring-2048-2.geojson")
    with pytest.raises(NotAShapeError, match="polygon 1, ring 1, position 1"):
        from_geojson(first)
