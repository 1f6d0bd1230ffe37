"""QGIS's own renderer on the fields of the map's benchmark, where the system's Python has QGIS (Debian: python3-qgis).

The land goes into a GeoPackage with an index, in the screen's projection, so that QGIS has nothing to project. Its best
counts: of a layer in memory and the file, painted in one go, in sequence and in parallel, simplified as it does by
itself. A cache of its rendered pictures would answer only for a view that it has painted already, so there is none.
Its usual outline is 0.26 mm wide, about a pixel; the thinnest pen, which Qt draws quickest, is asked for beside it.
What paints runs in a process of the system's Python: of this file it needs nothing but the standard library.
"""

import json
import math
import os
import shutil
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

LAYER = "fields"
EDGES = {"usual": ("0.26", True), "smooth": ("0", True), "pixel": ("0", False)}
"""An outline's width in millimetres, 0 for the thinnest pen there is, and whether it is antialiased."""
MISSING = "QGIS: not here (Debian and Ubuntu: apt-get install --no-install-recommends python3-qgis)"
_EARTH_M = 2 * math.pi * 6378137.0


def python() -> str:
    """The system's Python, if it has QGIS; "" where it has not."""
    found = shutil.which("python3", path=os.defpath)
    asked = found and subprocess.run([found, "-c", "import qgis.core"], capture_output=True, env=_environment())
    return found if found and asked and asked.returncode == 0 else ""


def _environment(own: Path | None = None) -> dict[str, str]:
    """Without what points to another Python or to another Qt's plugins; `own` is a folder nobody else may read."""
    place = {"HOME": str(own), "XDG_RUNTIME_DIR": str(own)} if own else {}
    return {"PATH": os.defpath, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8", **place}


# ---------------------------------------------------------------------- the land
def write_land(path: Path, shapes: Iterable[Any]) -> None:
    """A GeoPackage of shapes (geo.shape.Shape, longitude and latitude), Web Mercator, indexed."""
    with sqlite3.connect(path) as database:
        database.executescript(_SCHEMA)
        database.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'MULTIPOLYGON', 3857, 0, 0)", (LAYER,))
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, 'features', ?, 3857)",
            (LAYER, LAYER),
        )
        database.execute(
            "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index',"
            " 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
            (LAYER,),
        )
        for n, shape in enumerate(shapes, 1):
            packed, (left, low, right, high) = _blob(shape)
            database.execute("INSERT INTO fields VALUES (?, ?)", (n, packed))
            database.execute("INSERT INTO rtree_fields_geom VALUES (?, ?, ?, ?, ?)", (n, left, right, low, high))
    database.close()


_SCHEMA = """
PRAGMA application_id = 0x47504B47;
PRAGMA user_version = 10200;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
    organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES ('Web Mercator', 3857, 'EPSG', 3857, 'undefined', NULL);
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
    description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT '2026-01-01T00:00:00Z',
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT PRIMARY KEY, column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL);
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
    definition TEXT NOT NULL, scope TEXT NOT NULL);
CREATE TABLE fields (fid INTEGER PRIMARY KEY, geom BLOB);
CREATE VIRTUAL TABLE rtree_fields_geom USING rtree (id, minx, maxx, miny, maxy);
"""


def _blob(shape: Any) -> tuple[bytes, tuple[float, float, float, float]]:
    """A shape as GeoPackage keeps it, and its box, in metres of Web Mercator."""
    metres = [[[_metres(position) for position in ring] for ring in polygon] for polygon in shape]
    xs = [x for polygon in metres for ring in polygon for x, _ in ring]
    ys = [y for polygon in metres for ring in polygon for _, y in ring]
    box = (min(xs), min(ys), max(xs), max(ys))
    body = [struct.pack("<BII", 1, 6, len(metres))]
    for polygon in metres:
        body.append(struct.pack("<BII", 1, 3, len(polygon)))
        for ring in polygon:
            body.append(struct.pack(f"<I{2 * len(ring)}d", len(ring), *(v for position in ring for v in position)))
    head = b"GP\x00\x03" + struct.pack("<i4d", 3857, box[0], box[2], box[1], box[3])
    return head + b"".join(body), box


def _metres(position: tuple[float, ...]) -> tuple[float, float]:
    x = position[0] / 360 * _EARTH_M
    y = math.log(math.tan(math.pi / 4 + math.radians(position[1]) / 2)) / (2 * math.pi) * _EARTH_M
    return x, y


def extent(view: Any) -> tuple[float, float, float, float]:
    """What a view (geo.view.View) shows, in metres of Web Mercator: left, low, right, high."""
    (x, y), each = _metres(view.center), _EARTH_M / view.world_px
    across, up = view.width * each / 2, view.height * each / 2
    return x - across, y - up, x + across, y + up


# ---------------------------------------------------------------------- measuring
def compare(land: Iterable[tuple[Any, bytes]], views: dict[str, Any], rounds: int, ours: dict[str, float]) -> None:
    """Print QGIS's times for the same packed shapes and views beside ours, or that there is no QGIS."""
    if not python():
        print(f"  {MISSING}", flush=True)
        return
    from leafdesk.geo.shape import unpack

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "land.gpkg"
        write_land(path, (unpack(packed) for _, packed in land))
        print_beside(ours, measure(path, views, rounds))


def measure(land: Path, views: dict[str, Any], rounds: int) -> dict[str, dict[str, Any]]:
    """By view: `version`, and by edges ("smooth", "pixel") the best median in ms and how that was painted."""
    job = {"land": str(land), "rounds": rounds, "views": {name: extent(view) for name, view in views.items()}}
    size = next(iter(views.values()))
    job |= {"wide": size.width, "high": size.height}
    ran = subprocess.run(
        [python(), __file__],
        input=json.dumps(job),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=_environment(land.parent),
    )
    found: dict[str, dict[str, Any]] = json.loads(ran.stdout.splitlines()[-1])
    return found


def print_beside(ours: dict[str, float], found: dict[str, dict[str, Any]]) -> None:
    """QGIS's times with its usual edges, thin smooth ones and thin pixel ones, and what part of each ours take."""
    print(
        f"\n  {'QGIS ' + found.pop('version')['text']:14} {'Leafdesk':>10} {'usual':>18} {'smooth':>18} {'pixel':>18}"
    )
    for name, by_edges in found.items():
        mine = ours.get(f"crisp {name}", float("nan"))
        cells = (f"{by_edges[edges][0]:8.2f} ms {f'1/{by_edges[edges][0] / mine:.1f}':>6}" for edges in EDGES)
        how = "; ".join(dict.fromkeys(way for _, way in by_edges.values()))
        print(f"  {f'crisp {name}':14} {mine:7.2f} ms {' '.join(f'{cell:>18}' for cell in cells)}  ({how})", flush=True)


# ---------------------------------------------------------------------- in the system's Python
def _paint(job: dict[str, Any]) -> dict[str, dict[str, Any]]:
    from qgis.core import Qgis, QgsApplication, QgsFillSymbol, QgsSingleSymbolRenderer

    QgsApplication.setPrefixPath("/usr", True)
    qgis = QgsApplication([], False)
    qgis.initQgis()
    found: dict[str, dict[str, Any]] = {"version": {"text": Qgis.QGIS_VERSION.split("-")[0]}}
    layers = dict(_layers(job["land"]))
    for edges, (width, smooth) in EDGES.items():
        for layer in layers.values():
            plain = {"color": "#D0E2C4", "outline_color": "#7CA368", "outline_width": width}
            layer.setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol.createSimple(plain)))
        for name, box in job["views"].items():
            every = [
                (_median(paint, job["rounds"]), f"{where}, {how}")
                for where, layer in layers.items()
                for how, paint in _ways(layer, box, smooth, job["wide"], job["high"])
            ]
            found.setdefault(name, {})[edges] = min(every)
    return found


def _layers(path: str) -> Iterator[tuple[str, Any]]:
    """The file, and the same in memory."""
    from qgis.core import QgsFeatureRequest, QgsVectorLayer

    stored = QgsVectorLayer(f"{path}|layername={LAYER}", "file", "ogr")
    assert stored.isValid(), path
    memory = stored.materialize(QgsFeatureRequest())
    memory.dataProvider().createSpatialIndex()
    assert memory.featureCount() == stored.featureCount() > 0
    yield "file", stored
    yield "memory", memory


def _ways(
    layer: Any, box: list[float], smooth: bool, wide: int, high: int
) -> Iterator[tuple[str, Callable[[], object]]]:
    from qgis.core import (
        QgsMapRendererCustomPainterJob,
        QgsMapRendererParallelJob,
        QgsMapRendererSequentialJob,
        QgsMapSettings,
        QgsRectangle,
    )
    from qgis.PyQt.QtCore import QSize
    from qgis.PyQt.QtGui import QImage, QPainter

    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(QSize(wide, high))
    settings.setExtent(QgsRectangle(*box))
    settings.setFlag(QgsMapSettings.Antialiasing, smooth)
    settings.setFlag(QgsMapSettings.UseRenderingOptimization, True)

    def at_once() -> object:
        image = QImage(wide, high, QImage.Format_RGB32)
        painter = QPainter(image)
        QgsMapRendererCustomPainterJob(settings, painter).renderSynchronously()
        painter.end()
        return image

    def started(kind: Any) -> object:
        job = kind(settings)
        job.start()
        job.waitForFinished()
        return job.renderedImage()

    yield "in one go", at_once
    yield "in sequence", lambda: started(QgsMapRendererSequentialJob)
    yield "in parallel", lambda: started(QgsMapRendererParallelJob)


def _median(paint: Callable[[], object], rounds: int) -> float:
    paint()
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        paint()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    print(json.dumps(_paint(json.loads(sys.stdin.read()))))
    sys.stdout.flush()
    os._exit(0)  # its own way out walks through providers that were never loaded whole
