"""What QGIS is given is the same land and the same views, and without QGIS a line says so."""

import sqlite3
import struct
from pathlib import Path

import pytest
import shapely

from leafdesk.geo.shape import unpack
from leafdesk.geo.view import View, world
from tests.benchmarks import beside_qgis
from tests.benchmarks.map import farmland

EARTH_M = 40_075_016.685578488


def metres(position: tuple[float, ...]) -> tuple[float, float]:
    """Web Mercator as the map's own view has it."""
    x, y = world((position[0], position[1]))
    return (x - 0.5) * EARTH_M, (0.5 - y) * EARTH_M


def test_the_land_it_gets_is_ours_corner_for_corner(tmp_path: Path) -> None:
    shapes = [unpack(packed) for _, packed in farmland(12)]
    beside_qgis.write_land(tmp_path / "land.gpkg", shapes)
    database = sqlite3.connect(tmp_path / "land.gpkg")
    stored = database.execute("SELECT geom, minx, miny, maxx, maxy FROM fields JOIN rtree_fields_geom ON id = fid")
    for shape, (blob, *indexed) in zip(shapes, stored.fetchall(), strict=True):
        west, east, south, north = struct.unpack_from("<4d", blob, 8)
        read = shapely.from_wkb(blob[40:])
        assert read.bounds == pytest.approx((west, south, east, north), abs=1e-6)
        assert indexed == pytest.approx(read.bounds, abs=4.0)  # the index keeps 32 bits of each
        rings = [ring for polygon in read.geoms for ring in (polygon.exterior, *polygon.interiors)]
        expected = [metres(position) for polygon in shape for ring in polygon for position in ring]
        found = [spot for ring in rings for spot in ring.coords]
        assert [n for spot in found for n in spot] == pytest.approx([n for spot in expected for n in spot], abs=1e-4)
    database.close()


def test_it_paints_what_our_map_shows() -> None:
    view = View((-93.5, 41.7), 12.25, 1400, 900)
    west, south, east, north = beside_qgis.extent(view)
    corners = [metres(view.to_lonlat(pixel)) for pixel in ((0.0, 900.0), (1400.0, 0.0))]
    assert corners == [pytest.approx((west, south), abs=1e-3), pytest.approx((east, north), abs=1e-3)]


def test_without_qgis_a_line_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(beside_qgis.os, "defpath", "/nowhere")
    beside_qgis.compare([], {}, 1, {})
    assert "QGIS: not here" in capsys.readouterr().out
