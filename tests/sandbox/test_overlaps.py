"""Finding fields by geometry: both ratios, the threshold itself, and the ground fields have in common."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import from_geojson
from leafdesk.sandbox import Sandbox

Json = dict[str, Any]
FAR = -80.0


def _box(west: float, south: float, east: float, north: float) -> Json:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "MultiPolygon", "coordinates": [[ring]]}


@pytest.fixture
def user(sandbox: Sandbox) -> str:
    return str(sandbox.leaf.all("users")[0]["id"])


@pytest.fixture
def field(sandbox: Sandbox, user: str) -> Json:
    """A field far from all others: 0.01 degrees wide and high."""
    return sandbox.leaf.create_field(user, _box(FAR, 40.0, FAR + 0.01, 40.01), "Alone")


@pytest.fixture
def found(client: Any, user: str) -> Callable[..., list[str]]:
    def ask(geometry: Json, threshold: float | None = None) -> list[str]:
        body = {"geometry": geometry} | ({} if threshold is None else {"intersectionThreshold": threshold})
        answer = client.write("POST", f"/users/{user}/fields/intersects", body)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()]

    return ask


@pytest.mark.parametrize(("wide", "percent"), [(0.005, 50), (0.0025, 25), (0.001, 10), (0.01, 100)])
def test_a_ratio_equal_to_the_threshold_is_a_match(field: Json, found: Any, wide: float, percent: float) -> None:
    """The query covers a part of the field and as much beside it, so that both ratios are the same."""
    query = _box(FAR + 0.01 - wide, 40.0, FAR + 0.02 - wide, 40.01)
    assert found(query, percent) == [field["id"]]
    assert found(query, percent - 0.001) == [field["id"]]
    if percent < 100:
        assert found(query, percent + 0.001) == []


def test_either_ratio_is_enough(field: Json, found: Any) -> None:
    within = _box(FAR + 0.004, 40.004, FAR + 0.005, 40.005)  # 1 % of the field, but all of the query
    assert found(within, 100) == [field["id"]]
    around = _box(FAR - 1, 39.5, FAR + 1, 41.0)  # all of the field, hardly anything of the query
    assert found(around, 100) == [field["id"]]
    corner = _box(FAR + 0.009, 40.009, FAR + 0.019, 40.019)  # 1 % of both
    assert found(corner, 1) == [field["id"]]
    assert found(corner, 1.01) == []
    assert found(corner) == [field["id"]]


def test_touching_is_no_overlap(field: Json, found: Any) -> None:
    assert found(_box(FAR + 0.01, 40.0, FAR + 0.02, 40.01), 0.01) == []


@pytest.mark.parametrize("threshold", [0, 0.009, 100.001, "3", True, None])
def test_thresholds_out_of_range(raw: Any, user: str, field: Json, threshold: Any) -> None:
    body = {"geometry": _box(FAR, 40.0, FAR + 0.01, 40.01), "intersectionThreshold": threshold}
    assert raw.post(f"/services/fields/api/users/{user}/fields/intersects", json=body).status_code == 400


def test_fields_are_found_with_geometry_and_area_as_published(
    client: Any, sandbox: Sandbox, user: str, field: Json
) -> None:
    path, body = f"/users/{user}/fields/intersects", {"geometry": _box(FAR - 1, 39, FAR + 1, 41)}
    (one,) = client.write("POST", path, body).json()
    assert one["geometry"] == field["geometry"]
    assert one["area"]["value"] == pytest.approx(area_ha(from_geojson(field["geometry"])))
    sandbox.leaf.choices = replace(sandbox.leaf.choices, intersects_carry_geometry=False)
    (bare,) = client.write("POST", path, body).json()
    assert not {"geometry", "area"} & bare.keys()


def test_everything_of_one_user_and_no_previews(client: Any, sandbox: Sandbox, user: str, found: Any) -> None:
    fields = [one for one in sandbox.leaf.all("fields") if one["leafUserId"] == user]
    assert set(found(_box(-100, 30, -85, 50))) == {one["id"] for one in fields if one["status"] == "PROCESSED"}
    assert (
        client.write("POST", f"/users/{'0' * 8}/fields/intersects", {"geometry": _box(0, 0, 1, 1)}).status_code == 404
    )


def test_broken_boundaries_of_providers_do_not_stop_the_search(
    sandbox: Sandbox, user: str, found: Any, field: Json
) -> None:
    ring = [[FAR, 40.0], [FAR + 0.01, 40.01], [FAR + 0.01, 40.0], [FAR, 40.01], [FAR, 40.0]]
    sandbox.leaf.redraw(field["id"], {"type": "MultiPolygon", "coordinates": [[ring]]})
    assert found(_box(FAR, 40.0, FAR + 0.01, 40.01), 49.9) == [field["id"]]


def test_invalid_queries_are_refused(client: Any, user: str) -> None:
    crossed = {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]]}
    answer = client.write("POST", f"/users/{user}/fields/intersects", {"geometry": crossed})
    assert (answer.status_code, answer.json()["errorKey"]) == (400, "invalidGeometry")


def test_common_ground(client: Any, sandbox: Sandbox, user: str, field: Json) -> None:
    path = f"/users/{user}/fields/intersect"
    other = sandbox.leaf.create_field(user, _box(FAR + 0.004, 40.0, FAR + 0.02, 40.005))
    apart = sandbox.leaf.create_field(user, _box(FAR + 0.01, 40.01, FAR + 0.02, 40.02))
    shared = client.ask("POST", path, json=[field["id"], other["id"]]).json()
    assert shared["type"] == "MultiPolygon"
    (polygon,) = shared["coordinates"]
    assert {(x, y) for x, y in polygon[0]} == {(FAR + a, 40.0 + b) for a in (0.004, 0.01) for b in (0, 0.005)}
    alone = client.ask("POST", path, json=[field["id"]]).json()
    assert area_ha(from_geojson(alone)) == pytest.approx(area_ha(from_geojson(field["geometry"])))
    assert client.ask("POST", path, json=[field["id"], apart["id"]]).json()["coordinates"] == []  # they only touch
    assert client.ask("POST", path, json=[field["id"], "nobody"]).status_code == 404


@pytest.mark.parametrize("body", [[], {}, ["x", 1], "x", None])
def test_lists_of_ids_that_are_none(raw: Any, user: str, body: Any) -> None:
    assert raw.post(f"/services/fields/api/users/{user}/fields/intersect", json=body).status_code == 400
