"""The map with a basemap under the fields, beside the same without one: frames of a pan, a zoom, and the turns between.

    uv run python -m tests.benchmarks.basemap [--fields 2000] [--rounds 3]

pan      a frame while the map is pushed over what is painted, and one copy of the picture's bytes as the floor
zoom     the first frame after a step of the wheel
longest  the longest turn of the event loop while what came into sight is painted, in processor time: goal 16 ms
sharp    from a new view until all of it is painted sharp; the tiles are read and decoded beside the window
"""

import argparse
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.map import HIGH, WIDE, farmland


def noise(seed: int) -> bytes:
    """A JPEG of 256 pixels that is about as hard to decode as an aerial photo."""
    import numpy as np
    from PySide6.QtCore import QBuffer, QByteArray
    from PySide6.QtGui import QImage

    rng = np.random.default_rng(seed)
    coarse = rng.integers(40, 160, (32, 32, 4), np.uint8)
    pixels = np.ascontiguousarray(coarse.repeat(8, 0).repeat(8, 1) + rng.integers(0, 40, (256, 256, 4), np.uint8))
    image = QImage(pixels.tobytes(), 256, 256, QImage.Format.Format_RGB32)
    bytes_ = QByteArray()
    buffer = QBuffer(bytes_)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG", 80)  # type: ignore[call-overload]
    return bytes_.data()


def basemap(path: Path, around: tuple[float, float, float, float]) -> Path:
    """An MBTiles file of zooms 8 to 16 over a box."""
    from leafdesk.tiles.area import Area

    pictures = [noise(n) for n in range(16)]
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)")
    database.execute("CREATE UNIQUE INDEX place ON tiles (zoom_level, tile_column, tile_row)")
    tiles = Area((around,), 8, 16).tiles()
    rows = ((t.zoom, t.column, (1 << t.zoom) - 1 - t.row, pictures[(t.column + 3 * t.row) % 16]) for t in tiles)
    database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    database.commit()
    database.close()
    return path


def measure(fields: int, rounds: int, path: Path | None) -> dict[str, float]:
    """Medians in milliseconds; `longest` is the worst of all rounds."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication

    from leafdesk.tiles.opening import open_map
    from leafdesk.ui.map.canvas import MapCanvas
    from leafdesk.ui.map.underlay import Layer

    app = QApplication.instance() or QApplication(["map", "-platform", "offscreen"])
    canvas = MapCanvas()
    canvas.resize(WIDE, HIGH)
    canvas.show()
    land = farmland(fields)
    canvas.show_fields([row for row, _ in land], [(row.id, packed) for row, packed in land])
    underlay, target = canvas.picture.underlay, QImage(WIDE, HIGH, QImage.Format.Format_RGB32)
    if path is not None:
        map_ = open_map(path)
        map_.close()
        underlay.show([Layer("a", map_.about, 1.0, lambda _: open_map(path))])

    gaps: list[float] = []
    beat = QTimer(interval=0)
    last = time.thread_time()

    def beats() -> None:
        nonlocal last
        now = time.thread_time()
        gaps.append((now - last) * 1000)
        last = now

    beat.timeout.connect(beats)

    def settle() -> list[float]:
        """Until all is sharp; the processor time of each turn of the event loop on the way, in milliseconds."""
        nonlocal last
        gaps.clear()
        last = time.thread_time()
        beat.start()
        canvas.picture.wake()
        while canvas.picture.busy or not underlay.idle:
            app.processEvents()
        beat.stop()
        return list(gaps)

    def frame() -> float:
        before = time.perf_counter()
        canvas.render(target)
        return (time.perf_counter() - before) * 1000

    found: dict[str, list[float]] = {"pan": [], "zoom": [], "longest": [], "sharp": []}
    canvas.fit_all()
    canvas.view = canvas.view.zoomed_at((WIDE / 2, HIGH / 2), 13.5)
    settle()
    for _ in range(rounds):
        for step in range(12):
            canvas.pan(-3 if step % 2 else 3, 2)
            found["pan"].append(frame())
        canvas.pan(-900, -500)
        before = time.perf_counter()
        found["longest"].append(max(settle()))
        found["sharp"].append((time.perf_counter() - before) * 1000)
        canvas.picture.hurried = True
        canvas.view = canvas.view.zoomed_at((WIDE / 2, HIGH / 2), canvas.view.zoom + 0.25)
        found["zoom"].append(frame())
        canvas.picture.hurried = False
        canvas.view = canvas.view.zoomed_at((WIDE / 2, HIGH / 2), canvas.view.zoom - 0.25)
        settle()
    underlay.close()
    canvas.hide()
    return {name: max(times) if name == "longest" else statistics.median(times) for name, times in found.items()}


def floor() -> float:
    """One copy of the picture's bytes, in milliseconds."""
    import numpy as np

    one, other = np.zeros(WIDE * HIGH, np.uint32), np.ones(WIDE * HIGH, np.uint32)

    def copy() -> float:
        before = time.perf_counter()
        np.copyto(one, other)
        return (time.perf_counter() - before) * 1000

    return statistics.median(copy() for _ in range(50))


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--fields", type=int, default=2000)
    asked.add_argument("--rounds", type=int, default=3)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = basemap(Path(folder) / "aerial.mbtiles", (-94.1, 41.4, -93.3, 42.0))
        runs: dict[str, Callable[[], dict[str, float]]] = {
            "without": lambda: measure(options.fields, options.rounds, None),
            "with": lambda: measure(options.fields, options.rounds, path),
        }
        found = {name: run() for name, run in runs.items()}
    print(f"{options.fields:,} fields, {WIDE} × {HIGH} pixels; floor (one copy) {floor():.2f} ms")
    print(f"{'':10}{'without':>10}{'with':>10}{'ratio':>8}   ms")
    for name in found["with"]:
        one, other = found["without"][name], found["with"][name]
        print(f"{name:10}{one:10.2f}{other:10.2f}{other / one:8.2f}")


if __name__ == "__main__":
    main()
