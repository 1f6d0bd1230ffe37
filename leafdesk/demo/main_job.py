"""The main job through the real window: pull, lose the server, draw and edit, queue, reconnect, push, compare."""

import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from leafdesk import app
from leafdesk.cli import say
from leafdesk.cli.desk import wait
from leafdesk.demo import places
from leafdesk.demo.hand import DidNotHoldError, click, drag, must, press_key, type_text, until
from leafdesk.demo.other_side import OtherSide
from leafdesk.edits import Create, Redraw, verb
from leafdesk.geo.shape import Shape, from_geojson, to_geojson
from leafdesk.records import Field
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import SyncEnded, SyncReport, Workspace

if TYPE_CHECKING:
    from leafdesk.demo import Wishes
    from leafdesk.sandbox import Sandbox

NAME = "Demo Field"


def run_headless(wishes: "Wishes", folder: Path, leaf: "Sandbox") -> int:
    """Do the main job and tell each step; 0 only if every one held."""
    began = time.monotonic()
    application = app.make_application()
    workspace = app.open_workspace(folder)
    wait(workspace.login(leaf.username, leaf.password, leaf.url))
    window = MainWindow(workspace, folder, title="Leafdesk – demo farm")
    window.choose_look("dark" if wishes.dark else "light")
    window.show()
    job = MainJob(window, workspace, leaf)
    picture = wishes.screenshot or Path(tempfile.gettempdir()) / "leafdesk-demo.png"
    try:
        job.do_all(picture)
    except DidNotHoldError as error:
        say.line(f"FAILED  {error}")
        return 1
    finally:
        window.close()
        application.processEvents()
        workspace.close()
        job.let_go()
    say.line(f"All of it held, in {time.monotonic() - began:.1f} s.")
    return 0


class MainJob:
    """One run; every step answers what it did, in words and figures, or raises DidNotHoldError."""

    def __init__(self, window: MainWindow, workspace: Workspace, leaf: "Sandbox") -> None:
        self.window, self.workspace, self.leaf = window, workspace, leaf
        self.canvas = window.canvas
        self._ended: list[SyncEnded] = []
        self._mistakes: list[str] = []
        self._new: Field | None = None
        self._former: Field | None = None
        self._moved: Shape = ()
        self._former_hook = sys.excepthook
        sys.excepthook = self._mistake
        qInstallMessageHandler(self._qt_says)
        window.bridge.sync_ended.connect(self._ended.append)

    def _mistake(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._mistakes.append(f"{kind.__name__}: {error}")
        self._former_hook(kind, error, trace)

    def _qt_says(self, kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        """A warning of Qt is a mistake of ours; only what the offscreen platform says of every window is none."""
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and "propagateSizeHints" not in text:
            self._mistakes.append(f"Qt: {text}")

    def let_go(self) -> None:
        """Give back the hooks."""
        qInstallMessageHandler(None)
        sys.excepthook = self._former_hook

    def do_all(self, picture: Path) -> None:
        """Every step in order."""
        steps: tuple[tuple[str, Callable[[], str]], ...] = (
            ("Pull", self.pull),
            ("Server away", self.lose_the_server),
            ("Draw a field", self.draw_a_field),
            ("Move a corner", self.move_a_corner),
            ("Queue", self.show_the_queue),
            ("Server back, push", self.push),
            ("Compare", self.compare),
            ("Pull again", self.pull_again),
            ("Picture", lambda: self.take_picture(picture)),
        )
        for number, (name, step) in enumerate(steps, 1):
            began = time.monotonic()
            told = step()
            must(not self._mistakes, f"{name}: no mistake of ours on the way", "; ".join(self._mistakes))
            head, *more = told.splitlines()
            say.line(f"{number}. {name + ':':<19} {head} [{time.monotonic() - began:.1f} s]")
            for line in more:
                say.line(f"   {'':<19} {line}")

    # ------------------------------------------------------------------ the steps
    def pull(self) -> str:
        """Everything from the server into the window."""
        until(lambda: self.window.lists.ready, "the window is there")
        report = self._sync("done")
        there = self._other_side().fields()
        until(lambda: len(self.window.lists.rows) == len(there), f"the window lists {len(there)} fields")
        must(set(self.window.lists.rows) == set(there), "the window lists the very fields of the server")
        told = ", ".join(f"{numbers['added']:,} {kind}" for kind, numbers in report.pulled.items() if numbers["added"])
        must(report.pulled["fields"]["added"] == len(there), f"{len(there)} fields are new", report.pulled["fields"])
        return f"{told}; {say.counted(report.requests, 'request')} in {report.seconds:.2f} s"

    def lose_the_server(self) -> str:
        """From now on every connection is refused."""
        self.leaf.go_dark()
        self.leaf.requests.clear()
        report = self._sync("offline")
        return f"a sync says: {report.reason}"

    def draw_a_field(self) -> str:
        """Click four corners on free ground, close, name it."""
        self._former = self._field_to_edit()
        self._look_at(self._former.id, zoom_out=1.5)
        corners = places.free_ground(self.canvas)
        self.window.commands["draw"].trigger()
        until(lambda: self.canvas.tool == "draw", "the drawing tool is in the hand")
        clicked = [click(self.canvas, corner) for corner in corners]
        expected = [self.canvas.view.to_lonlat(pixel) for pixel in clicked]
        press_key(self.canvas, Qt.Key.Key_Return)
        until(lambda: self.window.drawing.sheet is not None, "the window asks for the new field's name")
        sheet = self.window.drawing.sheet
        assert sheet is not None  # until() has seen it
        type_text(sheet.name, NAME)
        QTest.mouseClick(sheet.yes, Qt.MouseButton.LeftButton)
        until(lambda: self._queued(Create), "the new field is in the queue")
        edit = self._queued(Create)[0]
        record = self.workspace.catalog.field(edit.id)
        must(record is not None and record.shape, "the new field is among the records")
        assert record is not None and record.shape is not None  # must() has seen it
        ring = record.shape[0][0]
        must(set(ring) == set(expected), "its corners are where the mouse clicked", ring)
        until(lambda: edit.id in self.window.lists.rows, "the new field is in the list")
        self._new = record
        area = self.window.lists.rows[edit.id].area_ha
        return f"{NAME!r}, {len(ring) - 1} corners, {say.hectares(area)}"

    def move_a_corner(self) -> str:
        """Take a corner of a field that Leaf has, and drag it."""
        assert self._former is not None and self._former.shape is not None  # the step before chose it
        field = self._former
        self._look_at(field.id)
        click(self.canvas, places.pixel_inside(self.canvas, field.id))
        until(lambda: self.window.inspector.field_id == field.id, "a click on the map selects the field")
        self.window.commands["edit"].trigger()
        until(lambda: self.canvas.tool == "edit", "the editing tool is in the hand")
        before = self.window.lists.rows[field.id].area_ha
        start, end, expected = places.a_corner_to_move(self.canvas, field)
        drag(self.canvas, start, end)
        press_key(self.canvas, Qt.Key.Key_Return)
        until(lambda: self._queued(Redraw), "the moved boundary is in the queue")
        seen = self.workspace.catalog.field(field.id)
        must(seen is not None and seen.shape == expected, "one corner moved to where the mouse let go, no other")
        self._moved = expected
        until(lambda: self.window.lists.rows[field.id].area_ha != before, "the list shows the new area")
        return f"{field.name!r}, {say.hectares(before)} → {say.hectares(self.window.lists.rows[field.id].area_ha)}"

    def show_the_queue(self) -> str:
        """The queue page, and what it says."""
        self.window.show_page("queue")
        items = self.workspace.outbox.items()
        until(lambda: len(self.window.queue.items) == len(items), f"the queue page shows {len(items)} edits")
        must(all(item.state == "waiting" for item in items), "every edit waits", [item.state for item in items])
        lines = [f"\n· {item.sentence} ({verb(item.edit)}, {item.state})" for item in items]
        return say.counted(len(items), "edit waits", "edits wait") + "".join(lines)

    def push(self) -> str:
        """The server is back; what waits goes."""
        waiting = len(self.workspace.outbox.items())
        self.leaf.come_back()
        report = self._sync("done")
        must(report.pushed["sent"] == waiting, f"{waiting} edits are sent", report.pushed)
        until(lambda: not self.window.queue.items, "the queue page is empty")
        for operation in ("createField", "replaceActiveBoundary"):
            must(self.leaf.requests.count(operation) == 1, f"one {operation}", self.leaf.requests.counts)
        return f"{waiting} sent; {say.counted(report.requests, 'request')} in {report.seconds:.2f} s"

    def compare(self) -> str:
        """What the server has now, number by number."""
        assert self._new is not None and self._former is not None and self._new.shape is not None
        new, former, there = self._new, self._former, self._other_side()
        fields = there.fields()
        must(set(fields) == set(self.window.lists.rows), "server and window have the same fields")
        must(fields.get(new.id, {}).get("name") == NAME, "the server has the new field", fields.get(new.id))
        farm = self.workspace.catalog.leaf_id("farms", new.farm_id) if new.farm_id else None
        must(str(fields[new.id].get("farmId") or "") == (farm or ""), "the new field is in its farm")
        got = there.boundary(new.leaf_user_id, new.id)["geometry"]
        must(got == to_geojson(new.shape or ()), "the new field's boundary is the drawn one", got)
        active = there.boundary(former.leaf_user_id, former.id)
        must(from_geojson(active["geometry"]) == self._moved, "the moved boundary is the active one", active)
        history = {one["id"]: one["status"] for one in there.history(former.leaf_user_id, former.id)}
        must(history.get(former.boundary_id or "") == "INACTIVE", "the former boundary is history", history)
        corners = sum(len(ring) for shape in (new.shape or (), self._moved) for part in shape for ring in part)
        return f"{len(fields):,} fields alike; {corners} positions of both boundaries equal to the last digit"

    def pull_again(self) -> str:
        """Nothing is new, and no boundary is read twice."""
        self.leaf.requests.clear()
        report = self._sync("done")
        must(not any(numbers["removed"] for numbers in report.pulled.values()), "nothing is removed", report.pulled)
        must(not report.pulled["fields"]["added"], "no field is new", report.pulled)
        return f"nothing new; {say.counted(report.requests, 'request')} in {report.seconds:.2f} s"

    def take_picture(self, picture: Path) -> str:
        """The window as it is now, as PNG."""
        assert self._new is not None
        self.window.show_page("map")
        self._look_at(self._new.id, zoom_out=2.0)
        labels = self.window.inspector.findChildren(QLabel)
        until(lambda: all(label.text() != "…" for label in labels if label.isVisible()), "the inspector tells all")
        image = self.window.grab().toImage()
        colours = {image.pixel(x, y) for x in range(0, image.width(), 9) for y in range(0, image.height(), 9)}
        must(len(colours) > 20, "the window is painted", f"{len(colours)} colours")
        picture.parent.mkdir(parents=True, exist_ok=True)
        must(image.save(str(picture)), f"{picture} can be written")
        return f"{picture} ({image.width()} × {image.height()})"

    # ------------------------------------------------------------------ within
    def _sync(self, outcome: str) -> SyncReport:
        """Press Sync, wait for its end, and see that it ended so."""
        before = len(self._ended)
        self.window.commands["sync"].trigger()
        until(lambda: len(self._ended) > before, "the sync ends", patience=600)
        ended = self._ended[-1]
        must(ended.report is not None, "the sync ends without a mistake of ours", ended.error)
        assert ended.report is not None  # must() has seen it
        must(
            ended.report.outcome == outcome,
            f"the sync ends {outcome!r}",
            f"{ended.report.outcome!r}: {ended.report.reason}",
        )
        until(lambda: not self.workspace.syncing, "the engine rests")
        return ended.report

    def _field_to_edit(self) -> Field:
        """The first field of which the map shows an inside to click on and a corner to take."""
        for field in islice(places.fields_to_edit(self.window, self.workspace), 50):
            self._look_at(field.id)
            try:
                places.pixel_inside(self.canvas, field.id)
                places.a_corner_to_move(self.canvas, field)
            except DidNotHoldError:
                continue
            return field
        raise DidNotHoldError("among the fields is one made by hand that can be edited")

    def _look_at(self, field_id: str, zoom_out: float = 0.0) -> None:
        self.window.show_page("map")
        self.window.select(field_id)
        until(lambda: field_id in self.canvas.picture.outlines.rows, "the field is on the map")
        self.canvas.fit_field(field_id)
        self.canvas.settle()
        if zoom_out:
            middle = (self.canvas.width() / 2, self.canvas.height() / 2)
            self.canvas.view = self.canvas.view.zoomed_at(middle, self.canvas.view.zoom - zoom_out)
            self.canvas.settle()

    def _queued(self, kind: type[Any]) -> list[Any]:
        return [item.edit for item in self.window.queue.items if isinstance(item.edit, kind)]

    def _other_side(self) -> OtherSide:
        return OtherSide(self.leaf.url, self.leaf.username, self.leaf.password)
