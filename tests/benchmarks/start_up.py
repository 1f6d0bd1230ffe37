"""First paint against a bare window, with no fields and with many, alternated within one run.

    uv run python -m tests.benchmarks.start_up [--fields 10000] [--rounds 7]

Goals (ratios): first paint ≤ 1.5, many fields painted ≤ 2.5. Absolute times say little about another machine.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1400, 860)
report_paint(window, "first")
window.show()
application.exec()
"""

LEAFDESK = """
from pathlib import Path
import leafdesk.__main__
from leafdesk import app
application = app.make_application()
workspace = app.open_workspace(Path(FOLDER))
from leafdesk.ui.main_window import MainWindow
window = MainWindow(workspace, Path(FOLDER))
report_paint(window, "first")
if WAIT_FOR_FIELDS:
    window.lists.loaded.connect(lambda read: window.canvas.settled.connect(lambda: told("fields")))
window.show()
application.exec()
"""

TELL = """
import os, sys
def told(what):
    print(what, flush=True)
    if what == LAST:
        os._exit(0)
def report_paint(window, what):
    from PySide6.QtCore import QEvent, QObject, QTimer
    class Watch(QObject):
        seen = False
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Paint and not self.seen:
                self.seen = True
                QTimer.singleShot(0, lambda: told(what))
            return False
    window.watch = Watch()
    window.installEventFilter(window.watch)
"""


def seconds(code: str, last: str, **names: object) -> float:
    """From the start of a fresh process to the line `last`."""
    settings = "".join(f"{name} = {value!r}\n" for name, value in {"LAST": last, **names}.items())
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", settings + TELL + code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == last:
                return time.perf_counter() - began
    raise RuntimeError(f"{last!r} never came")


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--fields", type=int, default=10_000)
    reader.add_argument("--rounds", type=int, default=7)
    chosen = reader.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tests.benchmarks import farm

    with tempfile.TemporaryDirectory(prefix="leafdesk-benchmark-") as place:
        empty, full = Path(place) / "empty", Path(place) / "full"
        for folder, fields in ((empty, 0), (full, chosen.fields)):
            with farm.sandbox(fields) as leaf:
                report = farm.pulled(folder, leaf)
            print(f"prepared {fields:,} fields: {report.outcome}, {report.requests:,} requests, {report.seconds:.1f} s")
        cases = {
            "bare QMainWindow": lambda: seconds(BARE, "first"),
            "no fields, first paint": lambda: seconds(LEAFDESK, "first", FOLDER=str(empty), WAIT_FOR_FIELDS=False),
            f"{chosen.fields:,} fields, first paint": lambda: seconds(
                LEAFDESK, "first", FOLDER=str(full), WAIT_FOR_FIELDS=False
            ),
            f"{chosen.fields:,} fields, all painted": lambda: seconds(
                LEAFDESK, "fields", FOLDER=str(full), WAIT_FOR_FIELDS=True
            ),
        }
        times: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(chosen.rounds):
            for name, case in cases.items():
                times[name].append(case())
    bare = statistics.median(times["bare QMainWindow"])
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"{name:<32} {middle * 1000:7.0f} ms  × {middle / bare:.2f}   (best {min(taken) * 1000:.0f} ms)")


if __name__ == "__main__":
    main()
