"""The packaged program's first paint against the same from source and a bare window, alternated within one run.

    uv run --group build python packaging/build.py --only bundle
    uv run python -m tests.benchmarks.frozen [--bundle build/bundle/leafdesk/leafdesk] [--rounds 11]

Goals (ratios): from source ≤ 1.5 of a bare window, packaged ≤ 1.15 of from source. Each program starts as a double
click starts it; Qt itself says when it hands the first painted picture to the screen, so nothing is built in for this.
On a machine that is busy the processor's time (the least of all rounds) says more than the clock's median.
Signed in is a folder with fields, as on every day but the first; nobody signed in is the very first start.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import farm

BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1400, 860)
window.show()
application.exec()
"""
PAINTED = b"qt.widgets.painting: Flushing"


def seconds(command: Sequence[str], folder: Path) -> tuple[float, float]:
    """From the start of a fresh process to its first picture: by the clock, and of the processor.

    Raises RuntimeError when none comes.
    """
    told = {
        "QT_QPA_PLATFORM": "offscreen",
        "QT_LOGGING_RULES": "qt.widgets.painting.debug=true",
        "LEAFDESK_DATA": str(folder),
    }
    began = time.perf_counter()
    with subprocess.Popen(command, env={**os.environ, **told}, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = b""
        for line in process.stderr:
            if line.startswith(PAINTED):
                taken = time.perf_counter() - began
                process.kill()
                _, process.returncode, used = os.wait4(process.pid, 0)
                return taken, used.ru_utime + used.ru_stime
            said += line
    raise RuntimeError(f"{command[0]} painted nothing: {said.decode(errors='replace')[-500:]}")


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--bundle", type=Path, default=Path("build/bundle/leafdesk/leafdesk"))
    reader.add_argument("--rounds", type=int, default=11)
    reader.add_argument("--fields", type=int, default=200)
    chosen = reader.parse_args()
    if not chosen.bundle.exists():
        raise SystemExit(f"There is no {chosen.bundle}; packaging/build.py --only bundle makes it.")
    source, packaged = [sys.executable, "-m", "leafdesk"], [str(chosen.bundle)]
    with tempfile.TemporaryDirectory(prefix="leafdesk-benchmark-") as place:
        nobody, somebody = Path(place) / "nobody", Path(place) / "somebody"
        with farm.sandbox(chosen.fields) as leaf:
            farm.pulled(somebody, leaf)
        cases = {
            "bare QMainWindow": ([sys.executable, "-c", BARE], nobody),
            "from source, signed in": (source, somebody),
            "packaged, signed in": (packaged, somebody),
            "from source, nobody signed in": (source, nobody),
            "packaged, nobody signed in": (packaged, nobody),
        }
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
        for command, folder in cases.values():
            seconds(command, folder)  # so that every file was read once
        for _ in range(chosen.rounds):
            for name, (command, folder) in cases.items():
                times[name].append(seconds(command, folder))
    bare, *medians = (statistics.median(clock for clock, _ in taken) for taken in times.values())
    least = min(used for _, used in times["bare QMainWindow"])
    for (name, taken), middle in zip(times.items(), (bare, *medians), strict=True):
        used = min(used for _, used in taken)
        clock = f"{middle * 1000:6.0f} ms  × {middle / bare:.2f} of bare"
        print(f"{name:<30} {clock}   processor {used * 1000:6.0f} ms  × {used / least:.2f}")
    print(f"packaged / from source: × {medians[1] / medians[0]:.2f} and × {medians[3] / medians[2]:.2f}")


if __name__ == "__main__":
    main()
