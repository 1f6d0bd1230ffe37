"""First paint against a bare window, with no fields and with many, alternated within one run.

    uv run python -m tests.benchmarks.start_up [--fields 10000] [--rounds 7]

Three moments of a start, each from the start of the process:

first paint   the window's frame; on a folder that was used before, with the picture it had when it was closed
all parts     every part is made, dressed and painted: it answers
settled       the map has read all fields and painted them anew, as sharp as it gets

With many fields the first paint shows them, as they were. Everything runs from byte code, as installed programs do.
Goals (ratios): first paint ≤ 1.5, many fields on the screen ≤ 2.5. Absolute times say little about another machine, and
on one that is busy with other things the processor's time (all threads, least of all rounds) says more than the clock.
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
desk = app.Desk(None, Path(FOLDER), autosync=False, title="Leafdesk")
window = desk.window
window.resize(1400, 860)
report_paint(window, "first")
def parts():
    window.repaint()
    application.processEvents()
    told("parts")
    window.canvas.settled.connect(lambda: window.lists.ready and told("settled"))
window.opened.connect(parts)
window.show()
application.exec()
"""

CLOSE = """
from pathlib import Path
from leafdesk import app
from PySide6.QtCore import QTimer
application = app.make_application()
desk = app.Desk(None, Path(FOLDER), autosync=False, title="Leafdesk")
desk.window.resize(1400, 860)
desk.show()
desk.window.opened.connect(lambda: QTimer.singleShot(4000, desk.window.close))
application.exec()
desk.close()
"""
"""Use the folder once, so that there is a picture of it."""

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


def seconds(code: str, last: str, **names: object) -> tuple[float, float]:
    """From the start of a fresh process to the line `last`, where it ends: by the clock, and of the processor."""
    settings = "".join(f"{name} = {value!r}\n" for name, value in {"LAST": last, **names}.items())
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", settings + TELL + code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == last:
                taken = time.perf_counter() - began
                _, process.returncode, used = os.wait4(process.pid, 0)
                return taken, used.ru_utime + used.ru_stime
    raise RuntimeError(f"{last!r} never came")


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--fields", type=int, default=10_000)
    reader.add_argument("--rounds", type=int, default=7)
    chosen = reader.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    from tests.benchmarks import farm

    with tempfile.TemporaryDirectory(prefix="leafdesk-benchmark-") as place:
        os.environ["PYTHONPYCACHEPREFIX"] = f"{place}/byte-code"
        new, empty, full = (Path(place) / name for name in ("new", "empty", "full"))
        for folder, fields in ((empty, 0), (full, chosen.fields)):
            with farm.sandbox(fields) as leaf:
                report = farm.pulled(folder, leaf)
            print(f"prepared {fields:,} fields: {report.outcome}, {report.requests:,} requests, {report.seconds:.1f} s")
        for folder in (empty, full):
            subprocess.run([sys.executable, "-c", f"FOLDER = {str(folder)!r}\n{CLOSE}"], check=True)
        many = f"{chosen.fields:,} fields"
        cases = {
            "bare QMainWindow": lambda: seconds(BARE, "first"),
            "first start ever, first paint": lambda: seconds(LEAFDESK, "first", FOLDER=str(new)),
            "no fields, first paint": lambda: seconds(LEAFDESK, "first", FOLDER=str(empty)),
            "no fields, all parts": lambda: seconds(LEAFDESK, "parts", FOLDER=str(empty)),
            f"{many}, first paint": lambda: seconds(LEAFDESK, "first", FOLDER=str(full)),
            f"{many}, all parts": lambda: seconds(LEAFDESK, "parts", FOLDER=str(full)),
            f"{many}, settled": lambda: seconds(LEAFDESK, "settled", FOLDER=str(full)),
        }
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
        for turn in range(chosen.rounds + 1):
            for name, case in cases.items():
                taken = case()
                if turn:  # the first one writes the byte code
                    times[name].append(taken)
    bare, bare_used = _middle_and_least(times["bare QMainWindow"])
    for name, measured in times.items():
        middle, used = _middle_and_least(measured)
        clock = f"{middle * 1000:7.0f} ms  × {middle / bare:5.2f}"
        print(f"{name:<32}{clock}   processor {used * 1000:6.0f} ms  × {used / bare_used:5.2f}")


def _middle_and_least(measured: list[tuple[float, float]]) -> tuple[float, float]:
    """The median by the clock, the least of the processor's."""
    return statistics.median(clock for clock, _ in measured), min(used for _, used in measured)


if __name__ == "__main__":
    main()
