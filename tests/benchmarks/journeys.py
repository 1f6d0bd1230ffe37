"""Who holds up the window on a farm of 50,000 fields: whole journeys over the map, the list and the pages.

    uv run python -m tests.benchmarks.journeys [--fields 50000]

Goal: no turn of the main thread above 16 ms. Of each step the longest turn is told twice: by the clock, which counts
what else the machine did, and by the processor time of the main thread alone. Then where the window stood whenever the
clock went past that.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import farm
from tests.benchmarks.map import farmland
from tests.benchmarks.stalls import LIMIT_MS, Watchdog
from tests.benchmarks.tables import Turns, rest, until

MANUAL = "field-1233"
"""A field of nobody's provider, which may be edited."""

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow
    from leafdesk.workspace import Workspace


def fill(workspace: "Workspace", count: int) -> None:
    """Put the made-up farmland into the open account's database, as if Leaf had sent it."""
    from leafdesk.geo.shape import unpack
    from leafdesk.records import Boundary, Farm, Field
    from leafdesk.store.catalog import Catalog

    user = workspace.catalog.users()[0].id
    farms = [Farm(id=f"farm{n}", leaf_user_id=user, name=f"Farm {n}", raw="{}") for n in range(200)]

    def put(some: list[tuple[Field, Boundary]], catalog: Catalog) -> None:
        catalog.put(field for field, _ in some)
        for field, boundary in some:
            catalog.put_boundaries(field.id, [boundary])

    database = workspace._database
    database.write(lambda connection: Catalog(connection).put(farms)).result()
    land = [
        (
            Field(
                id=row.id,
                leaf_user_id=user,
                name=row.name,
                farm_id=farms[n % len(farms)].id,
                status="PROCESSED",
                provider_name=row.provider_name and "JohnDeere",
                boundary_id=f"b{n}",
                raw="{}",
            ),
            Boundary(
                id=f"b{n}", status="ACTIVE", shape=unpack(packed), area_ha=row.area_ha, validity="VALID", raw="{}"
            ),
        )
        for n, (row, packed) in enumerate(farmland(count))
    ]
    for start in range(0, len(land), 500):
        some = land[start : start + 500]
        database.write(lambda connection, some=some: put(some, Catalog(connection))).result()  # type: ignore[misc]


def main() -> None:
    """Fill a workspace, open the window on it twice and live in it."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--fields", type=int, default=50_000)
    chosen = reader.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from leafdesk.app import make_application
    from leafdesk.workspace import Workspace

    make_application()
    with tempfile.TemporaryDirectory(prefix="leafdesk-benchmark-") as place:
        with farm.sandbox(20) as leaf:
            farm.pulled(Path(place) / "data", leaf)
        workspace = Workspace(Path(place) / "data")
        fill(workspace, chosen.fields)
        workspace.close()
        print(f"{chosen.fields:,} fields")
        for start in ("first", "second"):
            workspace = Workspace(Path(place) / "data")
            dog = Watchdog()
            try:
                live(workspace, Path(place) / "window", start)
            finally:
                dog.end()
                workspace.close()
            dog.tell(f"Turns above {LIMIT_MS} ms, by where the window stood:")


def live(workspace: "Workspace", folder: Path, start: str) -> None:
    """From the start of the window to its end."""
    from leafdesk.ui.main_window import MainWindow

    turns = Turns()
    began = time.perf_counter()
    window = MainWindow(workspace, folder)
    window.resize(1400, 860)
    window.show()
    until(lambda: window.lists.ready and window._dressed)
    rest(3)
    turns.say(f"{start} start", time.perf_counter() - began)
    try:
        Journey(window, turns).go()
    finally:
        window.close()


class Journey:
    """A person's way through the window, a step at a time."""

    def __init__(self, window: "MainWindow", turns: Turns) -> None:
        self.window, self.canvas, self.turns = window, window.canvas, turns

    def step(self, what: str, do: Callable[[], object], calm: float = 1.0) -> None:
        """Do it, let the window live for as long as it takes to calm down, and tell the longest turns."""
        rest(0.3)
        self.turns.begin()
        began = time.perf_counter()
        do()
        taken = time.perf_counter() - began
        rest(calm)
        self.turns.say(what, taken)

    def go(self) -> None:
        """All of it."""
        window, canvas = self.window, self.canvas
        self.step("see everything", canvas.fit_all, 2)
        self.step("wheel in, 24 notches", partial(self.wheel, 1, 24), 2)
        self.step("push the map about", self.push, 2)
        self.step("wheel out, 24 notches", partial(self.wheel, -1, 24), 2)
        self.step("look at one field", partial(self.look_at, "field-1234"), 2)
        self.step("hover", self.hover)
        self.step("select five by clicks", self.select, 2)
        self.step("search 'field 123'", partial(self.search, "field 123"), 2)
        self.step("search ended", partial(self.search, ""), 2)
        for page in ("fields", "queue", "map"):
            self.step(f"page {page}", partial(window.show_page, page), 2)
        self.step("look at another field", partial(self.look_at, MANUAL), 2)
        self.step("edit: take the tool", window.commands["edit"].trigger)
        self.step("edit: drag a corner", self.drag_a_corner)
        self.step("edit: keep", partial(self.key, "Return"), 2)
        self.step("undo", window.commands["undo"].trigger, 2)
        self.step("redo", window.commands["redo"].trigger, 2)
        self.step("dark", partial(window.choose_look, "dark"), 2)
        self.step("light", partial(window.choose_look, "light"), 2)

    def wheel(self, way: int, notches: int) -> None:
        from PySide6.QtCore import QPoint, QPointF, Qt
        from PySide6.QtGui import QWheelEvent
        from PySide6.QtWidgets import QApplication

        middle = QPointF(self.canvas.width() / 2 + 31, self.canvas.height() / 2 - 17)
        for _ in range(notches):
            turn = QWheelEvent(
                middle,
                self.canvas.mapToGlobal(middle),
                QPoint(),
                QPoint(0, 120 * way),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(self.canvas, turn)
            rest(0.05)

    def push(self) -> None:
        wide, high = self.canvas.width(), self.canvas.height()
        for n in range(12):
            ends = ((wide * 0.7, high * 0.6), (wide * 0.3, high * 0.4))
            self.drag(*(ends if n % 4 < 2 else ends[::-1]))
            rest(0.1)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press, move by steps, let go; the window lives between two steps, as it does under a real hand."""
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        def at(part: float) -> QPoint:
            return QPoint(*(round(a + (b - a) * part) for a, b in zip(start, end, strict=True)))

        QTest.mouseMove(self.canvas, at(0))
        QTest.mousePress(self.canvas, Qt.MouseButton.LeftButton, pos=at(0))
        for step in range(1, 17):
            QTest.mouseMove(self.canvas, at(step / 16))
            rest(0.016)
        QTest.mouseRelease(self.canvas, Qt.MouseButton.LeftButton, pos=at(1))

    def look_at(self, id_: str) -> None:
        self.window.select(id_)
        self.canvas.fit_field(id_)

    def hover(self) -> None:
        from PySide6.QtCore import QPoint
        from PySide6.QtTest import QTest

        for n in range(100):
            QTest.mouseMove(self.canvas, QPoint(200 + 5 * n, 200 + 3 * n))
            rest(0.01)

    def select(self) -> None:
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        for n in range(5):
            spot = QPoint(self.canvas.width() // 2 + 60 * n, self.canvas.height() // 2)
            QTest.mouseClick(self.canvas, Qt.MouseButton.LeftButton, pos=spot)
            rest(0.3)

    def search(self, text: str) -> None:
        line = self.window.navigator.search
        for n in range(len(text)):
            line.setText(text[: n + 1])
            rest(0.08)
        line.setText(text)

    def drag_a_corner(self) -> None:
        """A little way towards the middle, so that the boundary stays valid."""
        field = self.window.workspace.catalog.field(MANUAL)
        assert field is not None and field.shape is not None
        x, y = self.canvas.view.to_screen(field.shape[0][0][0])
        self.drag((x, y), (x + (self.canvas.width() / 2 - x) / 40, y + (self.canvas.height() / 2 - y) / 40))

    def key(self, name: str) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        QTest.keyClick(self.canvas, Qt.Key[f"Key_{name}"])


if __name__ == "__main__":
    main()
