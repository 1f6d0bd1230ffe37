"""GeoJSON as it comes: whole, by lines, with old members, swapped, broken."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from leafdesk.files.found import UnplacedError, UnreadableError
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import to_geojson
from tests.files.made import BOW, FIELD, SQUARE, read_text

RING = [list(spot) for spot in SQUARE]
AREA = {"type": "Polygon", "coordinates": [RING]}


def feature(geometry: Any, **said: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": said, "geometry": geometry}


def collection(*features: Any, **more: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features, **more})


def test_a_collection_gives_shapes_names_and_areas(tmp_path: Path) -> None:
    text = collection(feature(to_geojson(FIELD), Name="North 40", crop=None, acres=12.5), feature(AREA, Name="South"))
    found = read_text(tmp_path, "farm.geojson", text)
    assert [plot.shape for plot in found.plots] == [FIELD, ((SQUARE,),)]
    assert [plot.attributes["Name"] for plot in found.plots] == ["North 40", "South"]
    assert found.plots[0].attributes == {"Name": "North 40", "crop": "", "acres": "12.5"}
    assert found.plots[0].area_ha == area_ha(FIELD)
    assert (found.format, found.name_column, found.refusals, found.notes) == ("GeoJSON", "Name", [], [])


@pytest.mark.parametrize(
    "document", [AREA, feature(AREA), {"type": "GeometryCollection", "geometries": [AREA]}], ids=str
)
def test_one_shape_alone_is_enough(tmp_path: Path, document: Any) -> None:
    assert [plot.shape for plot in read_text(tmp_path, "one.json", json.dumps(document)).plots] == [((SQUARE,),)]


@pytest.mark.parametrize("mark", ["", "\x1e"])
def test_one_feature_a_line_and_a_bad_line_costs_only_itself(tmp_path: Path, mark: str) -> None:
    lines = "\n".join(f"{mark}{line}" for line in (json.dumps(feature(AREA)), '{"type": "Fea', json.dumps(AREA)))
    found = read_text(tmp_path, "farm.geojsonl", lines)
    assert [plot.where for plot in found.plots] == ["line 1", "line 3"]
    assert [refusal.where for refusal in found.refusals] == ["line 2"]


def test_a_byte_order_mark_and_utf_16_are_read(tmp_path: Path) -> None:
    text = collection(feature(AREA, name="Müller"))
    for raw in (b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16")):
        assert read_text(tmp_path, "farm.json", raw).plots[0].attributes["name"] == "Müller"


def test_text_that_would_steer_a_terminal_is_made_plain(tmp_path: Path) -> None:
    names = ["a\x1b[31mb", "x\u202ey", "A\ud800", "nul\0l", " two\nlines ", "A\u0308cker", "می\u200cخواهم"]
    text = collection(*(feature(AREA, name=name) for name in names))
    found = [plot.attributes["name"] for plot in read_text(tmp_path, "n.json", text).plots]
    assert found == ["a [31mb", "x y", "A", "nul l", "two lines", "Äcker", "می\u200cخواهم"]


def test_an_old_crs_member_is_obeyed(tmp_path: Path) -> None:
    metres = [[[120000, 490000], [120500, 490000], [120500, 490500], [120000, 490500], [120000, 490000]]]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    found = read_text(tmp_path, "nl.json", collection(feature({"type": "Polygon", "coordinates": metres}), crs=crs))
    lon, lat = found.plots[0].shape[0][0][0]
    assert (lon, lat) == (pytest.approx(4.872975407, abs=1e-6), pytest.approx(52.396725137, abs=1e-6))
    assert found.plots[0].area_ha == pytest.approx(25.0, rel=1e-3)
    assert "Amersfoort / RD New (EPSG:28992)" in found.ground
    assert any("EPSG:28992" in note for note in found.notes)


def test_wgs_84_by_any_name_changes_no_digit(tmp_path: Path) -> None:
    for name in ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"):
        crs = {"type": "name", "properties": {"name": name}}
        assert read_text(tmp_path, "a.json", collection(feature(AREA), crs=crs)).plots[0].shape == ((SQUARE,),)


def test_metres_without_a_system_ask_for_one_and_take_it(tmp_path: Path) -> None:
    metres = [[[5e5, 5.5e6], [5.01e5, 5.5e6], [5.01e5, 5.501e6], [5e5, 5.5e6]]]
    text = collection(feature({"type": "Polygon", "coordinates": metres}))
    with pytest.raises(UnplacedError, match="no degrees"):
        read_text(tmp_path, "m.json", text)
    found = read_text(tmp_path, "m.json", text, crs="EPSG:32632")
    assert found.plots[0].area_ha == pytest.approx(50, rel=2e-3)
    with pytest.raises(UnreadableError, match="not known"):
        read_text(tmp_path, "m.json", text, crs="EPSG:999999")


def test_latitude_first_is_seen_and_told(tmp_path: Path) -> None:
    east = [[35.8, 139.5], [35.8, 139.6], [35.9, 139.6], [35.8, 139.5]]
    found = read_text(tmp_path, "tokyo.json", collection(feature({"type": "Polygon", "coordinates": [east]})))
    assert found.plots[0].shape[0][0][0] == (139.5, 35.8)
    assert found.swapped
    assert any("Latitude stands before longitude" in note for note in found.notes)
    told = read_text(tmp_path, "a.json", collection(feature(AREA)), swap=True)
    assert told.plots[0].shape[0][0][0] == (50.0, 10.0)


def test_what_is_no_area_is_refused_with_a_reason_and_the_rest_kept(tmp_path: Path) -> None:
    bad = {"type": "Polygon", "coordinates": [[list(spot) for spot in BOW]]}
    nan = {"type": "Polygon", "coordinates": [[[math.nan, 1], [2, 2], [3, 3], [1, 1]]]}
    text = collection(
        *(feature(AREA), feature({"type": "Point", "coordinates": [1, 2]}), feature(None), feature(bad)),
        *(feature(nan), feature({"type": "Polygon", "coordinates": [[["a", 1]]]}), 7, feature({"type": "Blob"})),
    )
    found = read_text(tmp_path, "mixed.json", text)
    assert [plot.where for plot in found.plots] == ["feature 1"]
    assert [(refusal.where, refusal.what.split(".")[0]) for refusal in found.refusals] == [
        ("feature 2", "It is a point, no area"),
        ("feature 3", "It has no shape"),
        ("feature 4", "The boundary crosses itself here"),
        ("feature 5", "A corner of it is not a number"),
        ("feature 6", "A corner of it is not a number"),
        ("feature 7", "It is no GeoJSON feature"),
        ("feature 8", "Its shape is none that GeoJSON knows"),
    ]
    assert all(refusal.do for refusal in found.refusals)
    assert found.refusals[2].shape == ((BOW,),)


def test_an_open_outline_is_closed_and_told(tmp_path: Path) -> None:
    found = read_text(tmp_path, "o.json", json.dumps({"type": "Polygon", "coordinates": [RING[:-1]]}))
    assert found.plots[0].shape == ((SQUARE,),)
    assert found.plots[0].remarks == ("Its outline was left open; it is closed here.",)


def test_a_feature_of_area_and_point_keeps_the_area_and_says_so(tmp_path: Path) -> None:
    both = {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]}, AREA]}
    found = read_text(tmp_path, "b.json", collection(feature(both)))
    assert found.plots[0].shape == ((SQUARE,),)
    assert found.plots[0].remarks == ("Its point is left out; only areas are kept.",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"type": "FeatureCollection", "features": [', "no JSON: .* line 1, column"),
        ("[" * 100_000, "nested too deeply"),
        ('{"type": "Polygon", "coordinates": ' + "9" * 5000 + "}", "number that is none"),
        ('{"type": "Topology"}', "TopoJSON"),
        ('{"rings": []}', "Esri"),
        ('"hello"', "no GeoJSON"),
        ("   ", "empty"),
        (b'{"name": "\xff\xfe\xfd"}', "no text in UTF-8"),
    ],
)
def test_what_is_no_geojson_at_all_says_what_and_where(tmp_path: Path, text: str | bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read_text(tmp_path, "bad.geojson", text)
