"""Who holds up the window: the main thread's stack whenever the event loop stalls, over the demo's main job.

    uv run python -m tests.benchmarks.stalls [--fields 2000]

Goal: no stall of the window's own making above 16 ms. On a busy machine some are the machine's.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
import traceback
from collections import defaultdict
from pathlib import Path
from types import FrameType

LIMIT_MS = 16
_BEAT_MS = 4


class Watchdog:
    """A timer beats in the event loop; a thread notes where the main thread stands when the beat fails to come."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self.stalls: dict[str, list[float]] = defaultdict(list)
        self._beat = time.perf_counter()
        self._stop = threading.Event()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beats)
        self._timer.start(_BEAT_MS)
        self._main = threading.main_thread().ident or 0
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def _beats(self) -> None:
        self._beat = time.perf_counter()

    def _watch(self) -> None:
        while not self._stop.wait(_BEAT_MS / 1000):
            beat = self._beat
            if (time.perf_counter() - beat) * 1000 <= LIMIT_MS:
                continue
            # no name for the frame: whoever holds it last destroys its widgets, and that must not be this thread
            stack = _stack(sys._current_frames().get(self._main))
            while self._beat == beat and not self._stop.wait(_BEAT_MS / 1000):
                pass
            if stack:
                self.stalls[stack].append((self._beat - beat) * 1000)

    def end(self) -> None:
        """No more."""
        self._timer.stop()
        self._stop.set()
        self._thread.join()

    def tell(self, heading: str) -> None:
        """Print where the window stood, the longest first."""
        print(f"\n{heading}")
        for stack, taken in sorted(self.stalls.items(), key=lambda pair: -max(pair[1])):
            print(f"  {len(taken)} ×, worst {max(taken):.0f} ms\n{stack}")
        if not self.stalls:
            print("  none")


def _stack(frame: FrameType | None) -> str:
    """The window's own frames; "" when the demo's hand holds the thread itself, not the window."""
    lines = traceback.extract_stack(frame)
    ours = [line for line in lines if f"leafdesk{os.sep}ui" in line.filename]
    return "\n".join(f"    {Path(line.filename).name}:{line.lineno} {line.name}" for line in ours)


def main() -> None:
    """Run the main job under the watchdog and print the stalls, worst first."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--fields", type=int, default=2_000)
    chosen = reader.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    from leafdesk import app
    from leafdesk.demo import Wishes
    from leafdesk.demo.main_job import run_headless
    from leafdesk.sandbox import Sandbox

    app.make_application()
    dog = Watchdog()
    with tempfile.TemporaryDirectory(prefix="leafdesk-benchmark-") as place, Sandbox(fields=chosen.fields) as leaf:
        code = run_headless(Wishes(screenshot=Path(place) / "window.png"), Path(place) / "data", leaf)
    dog.end()
    dog.tell(f"The main job ended with {code}. Stalls above {LIMIT_MS} ms in the window's code:")


if __name__ == "__main__":
    main()
