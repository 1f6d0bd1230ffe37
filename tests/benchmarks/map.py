"""The map beside a naive QGraphicsView on the same fields, in one run, at 1,000, 10,000 and 50,000 fields.

    uv run python -m tests.benchmarks.map [--fields 1000 10000 50000] [--rounds 5] [--only map|rival]

Each number of fields runs twice in processes of its own: our canvas, and the rival, one QGraphicsPathItem a field with
antialiased cosmetic pens. Both paint the same made-up farmland (82 corners a field in the median, 9 % with holes) onto
1,400 × 900 pixels; times are medians in milliseconds. The floor is one copy of the picture's bytes.
Where the system's Python has QGIS, it paints the crisp views in the same run (`beside_qgis`).

crisp      every field in a view painted anew, as sharp as it gets: the whole land, a county, some fields
pan        a frame while the map is pushed over what is painted already
zoom       the first frame after a step of the wheel: what there was, scaled
restyle    one field stands differently, all of them on the screen
theme      every colour changes, a county on the screen
hit        which field lies under the cursor
drag       a corner of a 20,000-corner ring moves
memory     what the fields add to the process, in megabytes, the three views above painted; ours lie on the disk
"""

import argparse
import gc
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from leafdesk.geo.shape import Shape, box, pack, unpack
from leafdesk.geo.view import View
from leafdesk.workspace import FieldRow
from tests.benchmarks import beside_qgis

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QImage

WIDE, HIGH = 1400, 900
_APART_M, _DEGREE_M = 700.0, 111_320.0
_SOUTH, _WEST = 41.6, -93.9
Field = tuple[FieldRow, bytes]


# ---------------------------------------------------------------------- the land
def farmland(count: int, seed: int = 7) -> list[Field]:
    """So many fields side by side in a square, one in fifty lying over its neighbour."""
    rng = np.random.default_rng(seed)
    across = int(np.ceil(np.sqrt(count)))
    land = []
    for n in range(count):
        radius = rng.uniform(180, 330) if n % 50 else 420.0
        corners = int(np.clip(rng.lognormal(np.log(82), 0.6), 4, 3000))
        x, y = (n % across) * _APART_M, (n // across) * _APART_M
        rings = [_ring(rng, x, y, radius, corners)]
        if rng.random() < 0.09:
            rings.append(_ring(rng, x, y, radius * 0.25, 16))
        land.append(_field(f"field-{n}", f"Field {n}", (tuple(rings),), provider="John Deere" if n % 3 else None))
    return land


def _ring(rng: np.random.Generator, x: float, y: float, radius: float, corners: int) -> Any:
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    wave = 1 + 0.12 * np.sin(3 * turn + rng.uniform(0, 6)) + 0.02 * rng.standard_normal(corners)
    metres = np.column_stack((x + radius * wave * np.cos(turn), y + radius * wave * np.sin(turn)))
    degrees = metres / [_DEGREE_M * np.cos(np.radians(_SOUTH)), _DEGREE_M] + [_WEST, _SOUTH]
    ring = [tuple(position) for position in degrees.tolist()]
    return (*ring, ring[0])


def _field(id_: str, name: str, shape: Shape, provider: str | None) -> Field:
    row = FieldRow(
        id=id_,
        leaf_user_id="user",
        farm_id=None,
        name=name,
        status="PROCESSED",
        provider_name=provider,
        area_ha=23.4,
        mark="",
        box=box(shape),
    )
    return row, pack(shape)


def ring_of(corners: int) -> Shape:
    """One field with so many corners."""
    return ((_ring(np.random.default_rng(1), 0.0, 0.0, 900.0, corners),),)


def views(land: list[Field]) -> dict[str, View]:
    """The whole land; about 2,000 fields of it; about 40."""
    boxes = np.array([row.box for row, _ in land])
    whole = (boxes[:, 0].min(), boxes[:, 1].min(), boxes[:, 2].max(), boxes[:, 3].max())
    blank = View((0.0, 0.0), 3.0, WIDE, HIGH)
    centre = ((whole[0] + whole[2]) / 2, (whole[1] + whole[3]) / 2)
    named = {"whole": blank.fit(whole)}
    for name, shown in (("county", 2050), ("field", 40)):
        metres = np.sqrt(shown / (WIDE * HIGH)) * _APART_M
        zoom = np.log2(2 * np.pi * 6378137.0 * np.cos(np.radians(centre[1])) / metres / 256)
        named[name] = replace(blank, center=centre, zoom=float(np.round(zoom * 64) / 64))
    return named


# ---------------------------------------------------------------------- measuring
def median_ms(job: Callable[[], object], rounds: int, before: Callable[[], object] = lambda: None) -> float:
    """The median time of a job; what comes `before` each is not counted."""
    taken = []
    for _ in range(rounds):
        before()
        start = time.perf_counter()
        job()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def memory_mb() -> float:
    """What this process holds in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def blank_image() -> "QImage":
    from PySide6.QtGui import QImage

    return QImage(WIDE, HIGH, QImage.Format.Format_RGB32)


def floor_ms(rounds: int) -> float:
    """One copy of the picture's bytes."""
    here, there = np.zeros(WIDE * HIGH, np.uint32), np.zeros(WIDE * HIGH, np.uint32)
    return median_ms(lambda: np.copyto(there, here), rounds * 20)


def measure_map(land: list[Field], rounds: int) -> dict[str, float]:
    """Our canvas."""
    from PySide6.QtWidgets import QApplication

    from leafdesk.geo import flat, measure  # noqa: F401  (their memory is not the fields')
    from leafdesk.ui.map import colours
    from leafdesk.ui.map.canvas import MapCanvas

    QApplication.instance() or QApplication([])
    canvas = MapCanvas()
    canvas.resize(WIDE, HIGH)
    canvas.show()
    canvas.settle()
    named = views(land)
    rows = [row for row, _ in land]
    canvas.read_from(_shelved(land))
    land.clear()  # from here on the outlines are on the disk, as the window has them
    gc.collect()
    bare = memory_mb()
    canvas.show_fields(rows)
    canvas.settle()
    image, found = blank_image(), {}

    def frame() -> None:
        canvas.render(image)

    def show(view: View) -> None:
        canvas.view = view
        canvas.settle()
        frame()

    def sharpen(view: View) -> None:
        canvas.view = view
        canvas.picture.sharpen()
        frame()

    for name, view in named.items():
        show(view)
        found[f"crisp {name}"] = median_ms(lambda view=view: sharpen(view), rounds, canvas.picture.tiles.forget)
    found["memory"] = memory_mb() - bare
    for name, view in named.items():
        show(view)
        found[f"pan {name}"] = median_ms(frame, rounds * 10, before=lambda: canvas.pan(3, 2))
        show(view)
        found[f"zoom {name}"] = median_ms(frame, rounds, before=lambda view=view: _zoomed(canvas, view))
    show(named["field"])
    canvas.fields_at((WIDE / 2, HIGH / 2))  # the first question has it looked up whose the pixels are
    canvas.settle()
    found["hit"] = median_ms(lambda: canvas.fields_at((WIDE / 2, HIGH / 2)), rounds * 50)
    show(named["whole"])
    others = iter(rows)

    def restyle() -> None:
        canvas.update_fields([replace(next(others), mark="pending")], [], set())
        canvas.picture.sharpen()
        frame()

    found["restyle"] = median_ms(restyle, rounds)
    show(named["county"])
    looks = iter([colours.DARK, colours.LIGHT] * rounds)

    def theme() -> None:
        canvas.set_theme(next(looks))
        canvas.picture.sharpen()
        frame()

    found["theme"] = median_ms(theme, rounds)
    found["drag"] = _drag_ours(canvas, rounds)
    return found


def _shelved(land: list[Field]) -> Any:
    """The outlines on the disk, and what reads them from there."""
    shelf = sqlite3.connect("")  # a file of its own that goes with it
    shelf.execute("CREATE TABLE outlines (key TEXT PRIMARY KEY, packed BLOB) WITHOUT ROWID")
    shelf.executemany("INSERT INTO outlines VALUES (?, ?)", ((row.id, packed) for row, packed in land))
    read = "SELECT key, packed FROM outlines WHERE key IN (SELECT value FROM json_each(?))"
    return lambda ids, then: then(shelf.execute(read, (json.dumps(ids),)).fetchall())


def _zoomed(canvas: Any, view: View) -> None:
    """Back to a painted view, then one step of the wheel nearer, with nothing rendered for it."""
    canvas.view = view
    canvas.settle()
    canvas.view = view.zoomed_at((WIDE / 2, HIGH / 2), view.zoom + 0.25)


def _drag_ours(canvas: Any, rounds: int) -> float:
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    shape = ring_of(20_000)
    row, packed = _field("big", "Big", shape, None)
    canvas.update_fields([row], [(row.id, packed)], set())
    canvas.fit_box(row.box)
    canvas.settle()
    canvas.start_edit("big", unpack(packed))
    canvas.settle()
    x, y = canvas.view.to_screen(shape[0][0][0])
    corner = QPoint(round(x), round(y))
    steps = iter(range(10**6))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=corner)

    def drag() -> None:
        n = next(steps)
        QTest.mouseMove(canvas, corner + QPoint(8 + n % 5, 8 + n % 7))
        QApplication.processEvents()  # paints what has to be painted

    found = median_ms(drag, rounds * 4)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=corner)
    return found


# ---------------------------------------------------------------------- the rival
def measure_rival(land: list[Field], rounds: int) -> dict[str, float]:
    """A QGraphicsView with one path item a field."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor, QPainter, QPen
    from PySide6.QtWidgets import QApplication, QGraphicsPathItem, QGraphicsScene, QGraphicsView

    QApplication.instance() or QApplication([])
    bare = memory_mb()
    scene = QGraphicsScene()
    pen = QPen(QColor("#7CA368"), 1)
    pen.setCosmetic(True)
    items = []
    for _, packed in land:
        item = QGraphicsPathItem(_path(unpack(packed)))
        item.setPen(pen)
        item.setBrush(QColor("#D0E2C4"))
        scene.addItem(item)
        items.append(item)
    widget = QGraphicsView(scene)
    widget.setRenderHint(QPainter.RenderHint.Antialiasing)
    widget.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
    for bar in (widget.setHorizontalScrollBarPolicy, widget.setVerticalScrollBarPolicy):
        bar(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    widget.setSceneRect(0, 0, _SCENE, _SCENE)
    widget.resize(WIDE, HIGH)
    widget.show()
    image, found = blank_image(), {}

    def frame() -> None:
        widget.viewport().render(image)

    def show(view: View) -> None:
        widget.resetTransform()
        widget.scale(view.world_px / _SCENE, view.world_px / _SCENE)
        widget.centerOn(_scene_point(view.center))

    for name, view in views(land).items():
        show(view)
        frame()
        found[f"crisp {name}"] = median_ms(frame, rounds)
        found[f"pan {name}"] = found[f"zoom {name}"] = found[f"crisp {name}"]  # every frame is painted whole
    found["memory"] = memory_mb() - bare
    show(views(land)["field"])
    found["hit"] = median_ms(lambda: widget.items(WIDE // 2, HIGH // 2), rounds * 50)
    show(views(land)["whole"])
    found["restyle"] = median_ms(frame, rounds, before=lambda: items[0].setBrush(QColor("#F6C26C")))
    show(views(land)["county"])

    def theme() -> None:
        for item in items:
            item.setBrush(QColor("#2C412E"))
        frame()

    found["theme"] = median_ms(theme, rounds)
    scene.clear()
    found["drag"] = _drag_rival(scene, widget, show, rounds)
    return found


_SCENE = 2.0**30
"""The side of the rival's scene: the world at a pixel of 4 cm."""


def _scene_point(position: tuple[float, float]) -> "QPointF":
    from PySide6.QtCore import QPointF

    from leafdesk.geo.view import world

    x, y = world(position)
    return QPointF(x * _SCENE, y * _SCENE)


def _path(shape: Shape) -> Any:
    from PySide6.QtGui import QPainterPath, QPolygonF

    path = QPainterPath()
    for polygon in shape:
        for ring in polygon:
            path.addPolygon(QPolygonF([_scene_point(position) for position in ring]))
    return path


def _drag_rival(scene: Any, widget: Any, show: Callable[[View], None], rounds: int) -> float:
    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QApplication, QGraphicsPathItem, QGraphicsRectItem

    shape = ring_of(20_000)
    view = View((0.0, 0.0), 3.0, WIDE, HIGH).fit(box(shape))
    item = QGraphicsPathItem(_path(shape))
    item.setBrush(QColor("#D0E2C4"))
    scene.addItem(item)
    side = 6 * _SCENE / view.world_px
    for position in shape[0][0]:
        point = _scene_point(position)
        scene.addItem(QGraphicsRectItem(point.x() - side / 2, point.y() - side / 2, side, side))
    show(view)
    QApplication.processEvents()
    path, steps = item.path(), iter(range(10**6))

    def drag() -> None:
        at = path.elementAt(0)
        path.setElementPositionAt(0, at.x + next(steps) % 3, at.y)
        item.setPath(path)
        QApplication.processEvents()

    return median_ms(drag, max(2, rounds // 2))


# ---------------------------------------------------------------------- the table
def _child(which: str, count: int, rounds: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.map", "--child", which, "--fields", str(count)]
    ran = subprocess.run([*command, "--rounds", str(rounds)], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def _print(count: int, ours: dict[str, float], rival: dict[str, float], floor: float) -> None:
    print(f"\n{count:,} fields; floor (one copy of the picture) {floor:.2f} ms")
    print(f"  {'':14} {'Leafdesk':>10} {'rival':>10}  {'ratio':>8}  {'× floor':>8}")
    for name in ours or rival:
        mine, other = ours.get(name, float("nan")), rival.get(name, float("nan"))
        unit = "MB" if name == "memory" else "ms"
        floors = f"{mine / floor:8.1f}" if unit == "ms" else ""
        print(f"  {name:14} {mine:8.2f} {unit} {other:8.2f} {unit}  {mine / other:8.4f}  {floors}", flush=True)


def main() -> None:
    """Print the table."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--fields", type=int, nargs="+", default=[1_000, 10_000, 50_000])
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--only", choices=("map", "rival", "qgis"))
    reader.add_argument("--child", choices=("map", "rival"), help=argparse.SUPPRESS)
    chosen = reader.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    measures = {"map": measure_map, "rival": measure_rival}
    if chosen.child:
        print(json.dumps(measures[chosen.child](farmland(chosen.fields[0]), chosen.rounds)))
        return
    floor = floor_ms(chosen.rounds)
    for count in chosen.fields:
        wanted = [which for which in measures if chosen.only in (None, which)]
        found = {which: _child(which, count, chosen.rounds) if which in wanted else {} for which in measures}
        _print(count, found["map"], found["rival"], floor)
        if chosen.only in (None, "qgis"):
            beside_qgis.compare(land := farmland(count), views(land), chosen.rounds, found["map"])


if __name__ == "__main__":
    main()
