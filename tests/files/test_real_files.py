"""Real farms' files and the formats' own test files, held against what another reader (GDAL) counted in them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from leafdesk.files.formats import OPENED, read
from leafdesk.files.found import Reading, UnreadableError
from leafdesk.geo.shape import box, rings

SETS = (
    *("conformance-geojson", "conformance-kml-gpx", "conformance-shapefile", "parcels-africa", "parcels-brp-nl"),
    *("parcels-fiboa", "vendor-agrirouter", "vendor-farmvibes", "vendor-rx-shapefile"),
)
LINE_OR_BROKEN = "GDAL reads nothing of it; here each feature is told, or closed and kept"
PARTS = "a bare collection is one field a shape here, one feature there; other shapes' corners are counted there"
UNKNOWN = "elements of no schema, and network links, are features there"
RING_ONLY = "an outline without a polygon is a field here"
EXPLAINED = {
    "geojsonhint/bad/different-first-last.geojson": LINE_OR_BROKEN,
    "geojsonhint/bad/featurecollection-obj.geojson": LINE_OR_BROKEN,
    "geojsonhint/bad/featurecollection.geojson": LINE_OR_BROKEN,
    "geojsonhint/bad/geometrycollection_single.geojson": PARTS,
    "geojsonhint/bad/multipoint-multidimension.geojson": LINE_OR_BROKEN,
    "geojsonhint/bad/nofeaturetype.geojson": LINE_OR_BROKEN,
    "geojsonhint/bad/point-toofew.geojson": LINE_OR_BROKEN,
    "geojsonhint/bad/point.geojson": LINE_OR_BROKEN,
    "geojsonhint/bad/short-linearring.geojson": LINE_OR_BROKEN,
    "geojsonhint/good/issue82.geojson": "it lies beyond the poles: refused here, with the reason",
    "mapshaper_clean/ex10_bowtie.json": PARTS,
    "mapshaper_clean/ex3.json": PARTS,
    "libkml/gx/all-gx-altitudemodes.kml": RING_ONLY,
    "libkml/gx/all-gx.kml": UNKNOWN,
    "libkml/kml/101_nested_elements.kml": LINE_OR_BROKEN,
    "libkml/kml/all-altitudemodes-golden.kml": RING_ONLY,
    "libkml/kml/all-arrays-golden.kml": "GDAL dies of it",
    "libkml/kml/all-unknown-attrs-golden.kml": UNKNOWN,
    "libkml/kml/all-unknown-golden.kml": UNKNOWN,
    "libkml/kml/outline_space.kml": PARTS,
    "libkml/kmz/doc.kml": UNKNOWN,
    "libkml/kmz/multikml-nodoc.kmz": LINE_OR_BROKEN,
    "libkml/polygons2d.kml": PARTS,
    "togeojson/ground_overlay.kml": "a picture laid over the ground is no boundary",
    "togeojson/linear_ring.kml": RING_ONLY,
    "togeojson/multigeometry_discrete.kml": PARTS,
    "togeojson/twopoints.kml": LINE_OR_BROKEN,
    "mapshaper_issues/125/openring.json": LINE_OR_BROKEN,
    "mapshaper_issues/193/gauss_kruger.shp": "GDAL wants an index beside it",
    "mapshaper_issues/bbox2_error/usa.json": "GDAL's area has no figure",
    "pyshp/latin1.shp": "GDAL wants an index beside it",
    "shapefilejs/htmlcpg.shp": "GDAL wants an index beside it",
}
"""Where the two readers differ, and why."""


@dataclass
class Tally:
    same: int = 0
    explained: int = 0
    refused: int = 0


def _expected(about: dict[str, Any]) -> list[dict[str, Any]]:
    layers = list((about.get("layers") or {}).values())
    members = (about.get("members") or {}).values()
    return layers + [layer for member in members for layer in (member or {}).values() if isinstance(layer, dict)]


def _sum(layers: list[dict[str, Any]], key: str) -> float:
    return sum(layer.get(key) or 0 for layer in layers)


def _differences(found: Reading, layers: list[dict[str, Any]]) -> list[str]:
    """In what the reading is not what the other reader counted."""
    refused = [refusal.shape for refusal in found.refusals if refusal.shape]
    shapes = [plot.shape for plot in found.plots] + refused
    counted = {
        "n_features": len(found.plots) + len(found.refusals),
        "n_polygons": sum(len(shape) for shape in shapes),
        "n_holes": sum(len(polygon) - 1 for shape in shapes for polygon in shape),
        "n_vertices": sum(len(ring) for shape in shapes for ring in rings(shape)),
        "n_invalid": len(refused),
    }
    differ = [key for key, count in counted.items() if count != _sum(layers, key)]
    area = sum(plot.area_ha for plot in found.plots)
    if not refused and area != pytest.approx(_sum(layers, "total_ha"), rel=1e-6, abs=1e-4):
        differ.append("total_ha")
    boxes = [layer["bbox_wgs84"] for layer in layers if layer.get("bbox_wgs84")]
    if boxes and shapes:
        ours = list(zip(*map(box, shapes), strict=True))
        theirs = list(zip(*boxes, strict=True))
        ends = (min, min, max, max)
        near = [abs(end(a) - end(b)) < 2e-6 for end, a, b in zip(ends, ours, theirs, strict=True)]
        differ += [] if all(near) else ["bbox"]
    return differ


@pytest.mark.parametrize("name", SETS)
def test_every_file_is_read_as_another_reader_reads_it_or_refused_for_a_reason(
    real_data: Path, name: str, record_property: Any
) -> None:
    expected = json.loads((real_data / "expected.json").read_text("utf-8"))["files"]
    tally, wrong = Tally(), list[str]()
    for path in sorted(path for path in expected if path.startswith(f"{name}/") and path.endswith(OPENED)):
        layers = _expected(expected[path])
        short = path.removeprefix(f"{name}/")
        try:
            found = read(real_data / path)
        except UnreadableError as error:
            tally.refused += 1
            polygons = [layer for layer in layers if layer.get("n_polygons") and layer.get("total_ha")]
            if polygons and "holds no Shapefile" not in str(error):  # metres of nowhere have no total there either
                wrong.append(f"{short}: {error}")
            continue
        differ = _differences(found, layers)
        if differ and short not in EXPLAINED:
            wrong.append(f"{short}: {differ}")
        tally.explained += bool(differ)
        tally.same += not differ
    record_property("tally", str(tally))
    assert not wrong
    assert tally.same > 0


def test_thousands_of_real_parcels_come_in_whole(real_parcels: Path) -> None:
    found = read(real_parcels)
    assert len(found.plots) + len(found.refusals) == 4791
    assert len(found.refusals) < 20
    assert all(refusal.shape for refusal in found.refusals)
