"""Whatever stands in a file, reading it ends in an answer or in a sentence, never in a surprise."""

import json
import math
import struct
import tempfile
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leafdesk.files import dbf, geojson, kml, shapefile
from leafdesk.files.formats import WRITTEN, read
from leafdesk.files.found import Reading, UnreadableError
from leafdesk.files.winding import wound
from leafdesk.geo.check import problems
from leafdesk.geo.shape import Shape, rings
from tests.files.made import SQUARE, placemark, shp, table, zipped
from tests.files.made import kml as kml_of

DOCUMENTS = {
    "a.geojson": json.dumps({"type": "Polygon", "coordinates": [[list(spot) for spot in SQUARE]]}).encode(),
    "a.kml": kml_of(placemark("A")).encode(),
    "a.shp": shp([[SQUARE, SQUARE], [SQUARE]]),
    "a.zip": zipped({"a.shp": shp([[SQUARE]]), "a.dbf": table(["NAME"], [["x"]]), "a.prj": b"GEOGCS["}),
}


def looked_at(name: str, raw: bytes) -> None:
    """Read it; what came of it must be sound."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(raw)
        try:
            found = read(path)
        except UnreadableError as error:
            assert str(error).endswith(".")
            return
    _sound(found)


def _sound(found: Reading) -> None:
    for plot in found.plots:
        assert not problems(plot.shape)
        assert math.isfinite(plot.area_ha)
        assert all(isinstance(value, str) for pair in plot.attributes.items() for value in pair)
    assert all(refusal.what and refusal.do and refusal.where for refusal in found.refusals)


@settings(max_examples=150)
@given(data=st.data(), name=st.sampled_from(sorted(DOCUMENTS)))
def test_damaged_files_end_in_an_answer_or_a_sentence(data: st.DataObject, name: str) -> None:
    raw = bytearray(DOCUMENTS[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        how = data.draw(st.sampled_from(["set", "cut", "drop", "double"]))
        if how == "set":
            raw[at] = data.draw(st.integers(0, 255))
        elif how == "cut" and at > 4:
            del raw[at:]
        elif how == "drop":
            del raw[at : at + 3]
        elif how == "double":
            raw[at:at] = raw[at : at + 20]
        if not raw:
            break
    looked_at(name, bytes(raw))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from(
    ["FeatureCollection", "Feature", "Polygon", "MultiPolygon", "GeometryCollection", "Point", "Topology", "x"]
)


@st.composite
def documents(draw: st.DrawFn, depth: int = 3) -> Any:
    """Nearly GeoJSON: the right words, anything where something else belongs."""
    if depth == 0:
        return draw(JSON)
    inner = documents(depth - 1)
    number = st.floats(-200, 200) | st.floats() | JSON
    ring = st.lists(st.lists(number, max_size=3), max_size=5)
    members = {
        "type": KINDS | JSON,
        "features": st.lists(inner, max_size=3) | JSON,
        "geometry": inner,
        "geometries": st.lists(inner, max_size=3) | JSON,
        "properties": st.dictionaries(st.text(max_size=4), JSON, max_size=3) | JSON,
        "coordinates": st.lists(ring, max_size=3) | ring | st.lists(st.lists(ring, max_size=2), max_size=2) | JSON,
        "crs": JSON,
        "id": JSON,
    }
    chosen = draw(st.lists(st.sampled_from(sorted(members)), max_size=5, unique=True))
    return {name: draw(members[name]) for name in ["type", *chosen]}


@settings(max_examples=150)
@given(documents())
@example({"type": "Polygon", "coordinates": [[[1e400, 1]]]})
@example({"type": "Polygon", "coordinates": [[]]})
@example({"type": "MultiPolygon", "coordinates": [[], [[]]]})
@example({"type": "Polygon", "coordinates": [[[True, False], [1, 2], [2, 1]]]})
@example({"type": "FeatureCollection", "features": [], "crs": {"properties": {"name": "EPSG:0"}}})
def test_nearly_geojson_ends_in_an_answer_or_a_sentence(document: Any) -> None:
    looked_at("a.geojson", json.dumps(document).encode())


@settings(max_examples=100)
@given(st.lists(st.sampled_from([
    "<Placemark>", "</Placemark>", "<Polygon>", "</Polygon>", "<outerBoundaryIs>", "</outerBoundaryIs>", "<LinearRing>",
    "</LinearRing>", "<coordinates>", "</coordinates>", "<name>", "</name>", "<Folder>", "</Folder>", "1,2 3,4 5,6",
    "1,2,3,", "<Data>", "<value>", "<!DOCTYPE a>", "<![CDATA[x]]>", "&lt;", "<gx:Track/>", "nan,inf -0,1e999",
]), max_size=25))  # fmt: skip
def test_nearly_kml_ends_in_an_answer_or_a_sentence(pieces: list[str]) -> None:
    inside = "".join(pieces)
    for text in (f"<kml>{inside}</kml>", f"<kml><Placemark><Polygon>{inside}</Polygon></Placemark></kml>"):
        try:
            kml.read(text.encode())
        except UnreadableError:
            continue


@settings(max_examples=100)
@given(st.binary(max_size=300), st.binary(max_size=20))
def test_any_bytes_after_a_head_are_a_shapefile_or_a_sentence(body: bytes, index: bytes) -> None:
    head = struct.pack(">i20xi", 9994, 50) + struct.pack("<ii64x", 1000, 5)
    shapefile.read({".shp": head + body, ".shx": bytes(100) + index, ".dbf": body, ".cpg": index, ".prj": index})


@settings(max_examples=100)
@given(st.binary(min_size=0, max_size=200), st.none() | st.binary(max_size=20))
def test_any_bytes_are_a_table_or_none(raw: bytes, code_page: bytes | None) -> None:
    try:
        dbf.read(raw, code_page)
    except ValueError as error:
        assert "table" in str(error)


SPOTS = st.tuples(st.floats(-179, 179), st.floats(-80, 80))


@st.composite
def fields(draw: st.DrawFn) -> Shape:
    """A field of one or two parts, one with a hole, at any coordinates that doubles have."""
    x, y = draw(SPOTS)
    size = draw(st.floats(1e-4, 0.5))
    outer = tuple((x + dx * size, y + dy * size) for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0)))
    inner = tuple((x + dx * size, y + dy * size) for dx, dy in ((0.2, 0.2), (0.2, 0.7), (0.7, 0.7), (0.2, 0.2)))
    beside = tuple((x - dx * size, y + dy * size) for dx, dy in ((0.1, 0), (0.9, 0), (0.5, 1), (0.1, 0)))
    return ((outer, inner), (beside,)) if draw(st.booleans()) else ((outer, inner),)


@settings(max_examples=40)
@given(st.lists(st.tuples(fields(), st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40)), max_size=3))
@pytest.mark.parametrize("ending", sorted(WRITTEN))
def test_what_is_written_comes_back_to_the_last_digit(ending: str, given_: list[tuple[Shape, str]]) -> None:
    shapes = [(shape, name) for shape, name in given_ if not problems(shape)]
    raw = WRITTEN[ending]([({"name": name}, shape) for shape, name in shapes], "farm", (2026, 3, 1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"farm{ending}"
        path.write_bytes(raw)
        found = read(path)
    assert [_same(plot.shape) for plot in found.plots] == [_same(shape) for shape, _ in shapes]
    names = [unicodedata.normalize("NFC", name) for _, name in shapes]
    assert [plot.attributes.get("name", "") for plot in found.plots] == names
    assert found.refusals == []


def _same(shape: Shape) -> Shape:
    """The shape with its rings wound one way; nothing else may differ."""
    return wound(shape, shells_clockwise=True)


def test_written_shells_run_as_each_format_wants() -> None:
    written = json.loads(geojson.write([({}, ((tuple(reversed(SQUARE)),),))]))
    assert written["features"][0]["geometry"]["coordinates"][0][0] == [list(spot) for spot in SQUARE]
    assert list(rings(((SQUARE,),))) == [SQUARE]
