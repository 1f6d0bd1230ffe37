"""Who holds up the window while somebody opens, sorts, filters and scrolls a table of 100,000 rows.

    uv run python -m tests.benchmarks.tables [--rows 100000]

Goal: no turn of the main thread above 16 ms. Of each step the longest turn is told twice: by the clock, which counts
what else the machine did, and by the processor time of the main thread alone.
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

WORDS = [
    "Old",
    "North",
    "South",
    "Red",
    "Blue",
    "Big",
    "Long",
    "Wet",
    "Dry",
    "Home",
    "Hill",
    "Creek",
    "Stone",
    "Mill",
    "Church",
    "Oak",
    "Elm",
    "Ash",
]
MAKES = ("Vallis", "Northfield", "Greyhorse", "Ostermann", "Prairie King", "Old Barn Works", "Lindqvist", "Taurus")


class Turns:
    """Times each turn of the event loop, from one beat of a quick timer to the next."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self.begin()
        self._timer.start(1)

    def begin(self) -> None:
        """Forget what was."""
        self.wall, self.work = list[float](), list[float]()
        self._at, self._busy = time.perf_counter(), time.thread_time()

    def _beat(self) -> None:
        at, busy = time.perf_counter(), time.thread_time()
        self.wall.append(1000 * (at - self._at))
        self.work.append(1000 * (busy - self._busy))
        self._at, self._busy = at, busy

    def say(self, what: str, seconds: float) -> None:
        """Print how long it took and the longest turns."""
        over = sum(turn > 16 for turn in self.wall)
        print(
            f"  {what:<46}{1000 * seconds:7.0f} ms in all; longest turn {max(self.wall):5.1f} ms,"
            f" of work {max(self.work):5.1f} ms; {over} of {len(self.wall)} turns above 16 ms"
        )


def fill(workspace: object, rows: int) -> None:
    """Put machines and fields into the open account's database."""
    from leafdesk.records import Farm, Field, Machine
    from leafdesk.store.catalog import Catalog
    from leafdesk.workspace import Workspace

    assert isinstance(workspace, Workspace)
    dice = random.Random(1)
    user = workspace.catalog.users()[0].id
    farms = [
        Farm(id=f"farm{n}", leaf_user_id=user, name=f"{dice.choice(WORDS)} Farm {n}", raw="{}") for n in range(400)
    ]

    def called() -> str:
        return f"{dice.choice(WORDS)} {dice.choice(WORDS)} {dice.randint(1, 900)}"

    def machine(n: int) -> Machine:
        return Machine(
            id=f"m{n}",
            leaf_user_id=user,
            name=called(),
            make=dice.choice(MAKES),
            model=called(),
            category=dice.choice(("Tractor", "Sprayer", "Planter", "Harvester")),
            model_year=dice.randint(1990, 2026),
            origin_type=dice.choice(("USER_CREATED", "FILE_POOLED")),
            serial_number=f"{dice.randint(0, 10**9):09}",
            raw="{}",
        )

    def field(n: int) -> Field:
        return Field(
            id=f"f{n}",
            leaf_user_id=user,
            name=called(),
            farm_id=dice.choice(farms).id,
            status="PREVIEW",
            provider_name=dice.choice(("Leaf", "JohnDeere", "Trimble")),
            raw="{}",
        )

    database = workspace._database
    database.write(lambda connection: Catalog(connection).put(farms)).result()
    for make in (machine, field):
        for start in range(0, rows, 1000):
            some = [make(n) for n in range(start, start + 1000)]
            database.write(lambda connection, some=some: Catalog(connection).put(some)).result()  # type: ignore[misc]


def main() -> None:
    """Fill a workspace, open the window on it and use its tables."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rows", type=int, default=100_000)
    chosen = reader.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    from leafdesk.app import make_application
    from leafdesk.sandbox import Sandbox
    from leafdesk.ui.main_window import MainWindow
    from leafdesk.workspace import Workspace

    make_application()
    with tempfile.TemporaryDirectory(prefix="leafdesk-benchmark-") as place, Sandbox(fields=20) as leaf:
        workspace = Workspace(Path(place) / "data")
        workspace.login(leaf.username, leaf.password, leaf.url).result(60)
        workspace.sync().result(600)
        fill(workspace, chosen.rows)
        window = MainWindow(workspace, Path(place) / "window")
        window.resize(1400, 860)
        window.show()
        until(lambda: window.lists.ready and window._dressed)
        rest(3)
        print(f"{chosen.rows:,} machines and {chosen.rows:,} fields")
        try:
            walk(window)
        finally:
            window.close()
            workspace.close()


def walk(window: "MainWindow") -> None:  # type: ignore[name-defined]  # noqa: F821
    """What a person does with a long table, step by step."""
    from leafdesk.ui.tables.panel import TablePanel

    turns = Turns()

    def step(what: str, do: Callable[[], object], panel: TablePanel | None = None) -> None:
        rest(0.5)
        standings: list[object] = []
        if panel is not None:
            panel.rows.stood.connect(standings.append)
        turns.begin()
        begun = time.perf_counter()
        do()
        until(lambda: bool(standings) or panel is None)
        taken = time.perf_counter() - begun
        rest(0.3)
        turns.say(what, taken)

    step("first visit of the machines", lambda: window.show_page("machines"))
    panel = window.pages.page("machines").panel("Machines")
    until(lambda: panel.rows.standing is not None)
    rest(2)
    step("back to the map", lambda: window.show_page("map"))
    step("second visit", lambda: window.show_page("machines"))
    for attribute in ("make", "model", "serial_number", "name"):
        step(f"sort by {attribute}", lambda attribute=attribute: panel.grid.sorted_by.emit(((attribute, True),)), panel)
    for text in ("o", "ol", "old", "old m", ""):
        step(f"type {text!r}", lambda text=text: panel.filters.line.setText(text), panel)
    step("only those made by hand", panel.filters.chips["mine"].click, panel)
    step("all again", panel.filters.reset, panel)
    bar = panel.grid.verticalScrollBar()

    def scroll(many: int, by: int) -> None:
        for _ in range(many):
            bar.setValue(bar.value() + by)
            rest(0.016)

    step("scroll 120 pages", lambda: scroll(120, bar.pageStep()))
    step("drag through all of it", lambda: scroll(120, bar.maximum() // 120))
    panel.enter()
    step("select all", panel.grid.selectAll)


def rest(seconds: float) -> None:
    """Let the window live for a while (QTest.qWait would keep Python's lock, and with it the reading thread)."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def until(true: Callable[[], bool]) -> None:
    """Let the window live until something holds; five minutes at most."""
    last = time.monotonic() + 300
    while not true():
        if time.monotonic() > last:
            raise SystemExit("The window did not get there.")
        rest(0.002)


if __name__ == "__main__":
    main()
