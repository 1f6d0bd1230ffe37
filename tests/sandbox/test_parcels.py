"""Real parcels as the sandbox's land."""

import gzip
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from leafdesk.sandbox import Sandbox
from leafdesk.sandbox.leaf import Leaf
from leafdesk.sandbox.parcels import ParcelFileError, read_parcels

Json = dict[str, Any]
REAL_DATA = os.environ.get("LEAFDESK_REAL_DATA", "")  # read before a test's own environment hides it


def _feature(x: float, src: str | None = None, crossed: bool = False, **properties: str) -> bytes:
    ring = [[x, 10.0], [x + 0.01, 10.0], [x + 0.01, 10.01], [x, 10.01], [x, 10.0]]
    if crossed:
        ring[1], ring[2] = ring[2], ring[1]
    if src:
        properties["src"] = src
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return json.dumps({"type": "Feature", "properties": properties, "geometry": geometry}).encode() + b"\n"


def test_sources_become_users_growers_and_farms(tmp_path: Path) -> None:
    file = tmp_path / "land.geojsonl"
    lines = [_feature(n / 50, "north/a.gpkg") for n in range(40)] + [_feature(n / 50, "south/b.shp") for n in range(5)]
    file.write_bytes(b"".join(lines) + b"\n" + _feature(20, "north/c.gpkg", name="Named"))
    leaf = Leaf(read_parcels(file))
    assert [user["name"] for user in leaf.all("users")] == ["north", "south"]
    assert [grower["name"] for grower in leaf.all("growers")] == ["a", "c", "b"]
    assert [len(farm["fieldIds"]) for farm in leaf.all("farms")] == [20, 20, 1, 5]
    assert "Named" in {field.get("name", field.get("providerFieldName")) for field in leaf.all("fields")}
    assert len(leaf.all("boundaries")[0]["geometry"]["coordinates"]) == 1


def test_gzipped_without_a_source_and_broken(tmp_path: Path) -> None:
    file = tmp_path / "my-land.geojsonl.gz"
    file.write_bytes(gzip.compress(_feature(1) + b"\x1e" + _feature(2, crossed=True)))
    leaf = Leaf(read_parcels(file))
    assert leaf.all("users")[0]["name"] == "my-land"
    assert Counter(boundary["validity"] for boundary in leaf.all("boundaries")) == {"VALID": 1, "SELF_INTERSECTION": 1}
    (broken,) = [f for f in leaf.all("fields") if leaf.active_boundary(f["id"])["validity"] != "VALID"]
    assert broken["providerName"] == "JohnDeere"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_feature(1) + b"{}\n", "line 2"),
        (b'{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}\n', "line 1"),
        (b'{"type": "Feature", "geometry": null}\n', "line 1"),
        (b"not json\n", "line 1"),
        (gzip.compress(_feature(1) * 100)[:-20], "damaged"),
        (gzip.compress(_feature(1))[:10] + b"\xff" * 40, "damaged"),
    ],
)
def test_files_that_are_no_parcels(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "x.geojsonl"
    file.write_bytes(content)
    with pytest.raises(ParcelFileError, match=words):
        read_parcels(file)


def test_parcels_of_many_countries(contract: Any) -> None:
    if not REAL_DATA:
        pytest.skip("set LEAFDESK_REAL_DATA to the folder that holds parcels-combined-wgs84")
    file = Path(REAL_DATA) / "parcels-combined-wgs84" / "parcels_shared.geojsonl.gz"
    with Sandbox(parcels=file) as sandbox:
        assert sandbox.leaf.counts()["fields"] == 4791
        boundaries = sandbox.leaf.all("boundaries")
    given: dict[str, bool] = {}
    with gzip.open(file) as lines:
        for line in lines:
            feature = json.loads(line)
            shape = feature["geometry"]["coordinates"]
            whole = shape if feature["geometry"]["type"] == "MultiPolygon" else [shape]
            given[json.dumps(whole)] = feature["properties"]["valid"]
    assert sum(boundary["validity"] != "VALID" for boundary in boundaries) == 9
    for boundary in boundaries:  # not one coordinate was touched
        assert given[json.dumps(boundary["geometry"]["coordinates"])] == (boundary["validity"] == "VALID")
