"""The fields' picture, made beside everything else: a few milliseconds of work in each turn of the event loop."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Generator
from functools import partial
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QFont, QImage, QPainter

from leafdesk.geo.shape import Shape
from leafdesk.geo.view import Pixel, View, world
from leafdesk.ui.map.blocks import Block, Patch
from leafdesk.ui.map.colours import MapColours, over_map
from leafdesk.ui.map.labels import Labels
from leafdesk.ui.map.outlines import Outlines, Packed, WorldBox
from leafdesk.ui.map.tiles import Tiles
from leafdesk.ui.map.underlay import Underlay
from leafdesk.ui.map.whose import Whose, look_up

if TYPE_CHECKING:
    from leafdesk.geo.detail import Slots

SLICE_S = 0.004
"""So long may one turn work; a frame at 60 Hz has 16 ms."""
_BATCH, _CHUNK = 256, 64
"""Outlines taken in, and outlines thinned, between two looks at the clock."""
_ASKED = 512
"""Outlines asked for at once."""
_PLOT: Shape = ((((0.0, 0.0), (1e-3, 0.0), (0.0, 1e-3), (0.0, 0.0)),),)
"""What the libraries are tried on."""
_LIBRARIES = ("numpy", "shapely")
Job = tuple[Block | Patch | str, Generator[None, None, None]]
"""What is being made, and the steps that make it."""


class FieldPicture(QObject):
    """Takes outlines in, renders tiles and labels, the centre first; `changed` when there is more to see."""

    changed = Signal()
    settled = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.outlines = Outlines()
        self.underlay = Underlay(self)
        self.underlay.came.connect(self._more_under)
        self.tiles = Tiles(self.outlines, self.underlay)
        self.labels = Labels(self.outlines)
        self.view = View((0.0, 20.0), 2.0, 1, 1)
        self.hurried = False
        """While the map zooms, tiles of zooms in between are not worth rendering."""
        self.seen = False
        """Whether the widget is on the screen; nothing is worked on while it is not."""
        self.turns = 0
        """How many turns of the event loop were worked in."""
        self._font, self._over_map = QFont(), False
        self._snapshot: tuple[QImage, View] | None = None
        self._job: Job | None = None
        self._whose: Whose | None = None
        self._whose_asked = False
        self._reading = 0
        """How often outlines were asked for that are not there yet."""
        self._turn = 0
        self._warming: Thread | None = None
        self._drawable = Event()
        self._measuring: Thread | None = None
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self.work)

    # ------------------------------------------------------------------ what to show
    def look(self, view: View) -> None:
        """Another part of the world."""
        self.view = view
        self.tiles.fetch_under(view)
        self.wake()

    def _more_under(self, boxes: list[WorldBox]) -> None:
        """More of the map under the fields is there, or it is taken away."""
        if self._over_map != self.tiles.mapped:
            self._dress_labels()
        self.tiles.age(boxes)
        self.tiles.fetch_under(self.view)
        self.wake()

    def dress(self, colours: MapColours, ratio: float, font: QFont) -> None:
        """Other colours, another screen, another font."""
        self._abandon()
        self.tiles.dress(colours, ratio)
        self._font = font
        self._dress_labels()
        self.wake()

    def _dress_labels(self) -> None:
        self._over_map = self.tiles.mapped
        colours = over_map(self.tiles.colours) if self._over_map else self.tiles.colours
        self.labels.dress(colours, self.tiles.ratio, self._font)

    def outlines_changed(self, *, all_new: bool = False) -> None:
        """Outlines are waiting to be taken in; `all_new` when nothing of the old picture counts."""
        if all_new:
            self._abandon()
            self._reading = 0
            self._turn += 1
            self.tiles.age()
        self.labels.outdate()
        self.wake()

    def set_snapshot(self, image: QImage, view: View) -> None:
        """What to show until the first tiles are there."""
        self._snapshot = (image, view)
        self.changed.emit()

    def fields_at(self, pixel: Pixel, slack: float) -> list[str]:
        """The fields at a pixel, the one painted on top first; when there is none, one so many pixels beside it."""
        known = self._whose if self._whose and not self.outlines.waiting and self._whose.fits(self.view) else None
        if known:
            found = known.at(pixel) or known.beside(pixel, slack)
            return [id_ for slot in found if (id_ := self.outlines.ids[slot])]
        if not self._whose_asked:
            self._whose_asked = True  # from now on it is found out whenever there is nothing better to do
            self.wake()
        point = world(self.view.to_lonlat(pixel))
        return self.outlines.all_at(point, math.floor(self.view.zoom), slack / self.view.world_px)

    @property
    def busy(self) -> bool:
        """Whether there is work left for coming turns."""
        return self._timer.isActive()

    @property
    def reading(self) -> bool:
        """Whether outlines that were asked for are still to come."""
        return self._reading > 0

    def pause(self) -> None:
        """Do nothing while nobody can see it; `wake` goes on."""
        self._timer.stop()

    def wake(self) -> None:
        """Go on working with the next turn of the event loop."""
        if not self._timer.isActive() and self.seen:
            self._timer.start()

    # ------------------------------------------------------------------ working
    def work(self) -> None:
        """One turn: as much as fits into a slice."""
        self.turns += 1
        if not self._libraries_ready():
            return
        until = perf_counter() + SLICE_S
        while self._do_some():
            if perf_counter() >= until:
                return
        self._timer.stop()
        if not self.hurried and not self._reading:
            self._snapshot = None
            self._load_measuring()
            self.settled.emit()

    def sharpen(self) -> None:
        """Render what the view lacks, at once; labels and surroundings are left for later turns."""
        self._wait_for_libraries()
        while self._job or self.outlines.waiting or not self.tiles.sharp(self.view):
            if not self._do_some_or_wait():
                break

    def complete(self) -> None:
        """Do all the work there is now, at once; runs the event loop while outlines are being read."""
        self._wait_for_libraries()
        while self._do_some_or_wait():
            pass
        self._snapshot = None
        self._timer.stop()
        self.changed.emit()

    def _wait_for_libraries(self) -> None:
        if self._warming and not self._drawable.is_set():
            _load(self._drawable)  # the same imports: returns when they are done there or here
        while not self._libraries_ready():
            pass

    def _libraries_ready(self) -> bool:
        """Libraries take half a second to load: that happens on a thread that does nothing else and ends."""
        if self._warming is None:
            if all(name in sys.modules for name in _LIBRARIES):
                return True
            self._warming = Thread(target=_load, args=(self._drawable,), name="map libraries")
            self._warming.start()
        if not self._drawable.is_set() and self._warming.is_alive():
            self._timer.setInterval(8)
            return False
        self._timer.setInterval(0)
        return True

    def _load_measuring(self) -> None:
        """The library that measures areas takes as long as painting thousands of fields: it waits for those."""
        if self._measuring is None and "pyproj" not in sys.modules:
            self._measuring = Thread(target=_measure_once, name="map measuring")
            self._measuring.start()

    def _do_some(self) -> bool:
        """About a millisecond's work; False when there is none."""
        if self.outlines.waiting:
            self._take_in()
            return True
        if self._job is None:
            self._job = self._next_job()
        if self._job is None:
            return False
        what, steps = self._job
        if next(steps, "finished") == "finished":
            self._job = None
            if what == "labels" or self.view.zoom == getattr(what, "zoom", None):
                self.changed.emit()
        return True

    def _do_some_or_wait(self) -> bool:
        while self._reading:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        return self._do_some()

    def _take_in(self) -> None:
        self._abandon()
        self.tiles.soil(self.outlines.take_in(_BATCH))
        self._whose = None
        self.labels.outdate()

    def _next_job(self) -> Job | None:
        if self.hurried:
            return None
        what: Job
        slots: Slots | None
        if not self.labels.fit(self.view) and self.tiles.complete(self.view):
            what, slots = ("labels", self.labels.place(self.view)), self.labels.slots(self.view)
        elif block := self.tiles.wanted(self.view):
            what, slots = (block, self.tiles.render(block)), self.tiles.slots(block)
        elif found := self._look_up():
            what, slots = found
        else:
            return None
        octave = math.floor(self.view.zoom)
        self.outlines.tidy(octave)
        if slots is not None and len(lacking := self.outlines.lacking(slots, octave)):
            return self._detail(lacking[:_ASKED], octave)
        return what

    def _look_up(self) -> tuple[Job, Slots] | None:
        """Find out whose the pixels are, if a hand asked and it is not known."""
        frame = self.tiles.screen(self.view)
        slots = self.outlines.within(frame.box()) if self._whose_asked else None
        if slots is None or (self._whose is not None and self._whose.fits(self.view)):
            return None

        def found(whose: Whose) -> None:
            self._whose, self._whose_asked = whose, False

        return ("whose", look_up(self.outlines, frame, self.tiles.ratio, slots, found)), slots

    def _detail(self, slots: Slots, octave: int) -> Job | None:
        """Make the detail of fields; None while their outlines are read."""
        absent = self.outlines.absent(slots)
        if not absent:
            return "detail", self._thin(slots, octave)
        if not self._reading:
            self.fetch(absent)
        return None if self._reading else ("detail", self._thin(slots, octave))

    def fetch(self, ids: list[str], then: Callable[[], None] = lambda: None) -> None:
        """Ask for outlines; `then` when all of them are at hand."""
        if self.outlines.source is not None:
            self._reading += 1
            self.outlines.source(ids, partial(self._given, self._turn, ids, then))

    def _thin(self, slots: Slots, octave: int) -> Generator[None, None, None]:
        for start in range(0, len(slots), _CHUNK):
            self.outlines.thin(slots[start : start + _CHUNK], octave)
            yield

    def _given(self, turn: int, asked: list[str], then: Callable[[], None], found: Packed) -> None:
        """The outlines that were asked for are there, unless other fields are shown by now."""
        if turn == self._turn:
            self._reading -= 1
            self.outlines.give(asked, found)
            self.wake()
            if len(found) == len(asked):
                then()

    def _abandon(self) -> None:
        if self._job:
            self._job[1].close()  # its painter must end before its image does
            self._job = None

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter, view: View) -> None:
        """Paint what there is in a view: tiles, else the snapshot."""
        if self._snapshot and not self.tiles.complete(view):
            self._paint_snapshot(painter, *self._snapshot)
            return
        self.tiles.paint(painter, view)

    def paint_labels(self, painter: QPainter, view: View, hidden: str | None) -> None:
        """Paint the labels over whatever lies on the fields."""
        if not self._snapshot or self.tiles.complete(view):
            self.labels.paint(painter, view, hidden)

    def _paint_snapshot(self, painter: QPainter, image: QImage, taken: View) -> None:
        left, top = self.view.to_screen(taken.to_lonlat((0, 0)))
        right, bottom = self.view.to_screen(taken.to_lonlat((taken.width, taken.height)))
        painter.drawImage(QRectF(QPointF(left, top), QPointF(right, bottom)), image, QRectF(image.rect()))


def _load(drawable: Event) -> None:
    """Load the libraries, and do once what is slow the first time; `drawable` tells when painting may begin."""
    import numpy as np

    from leafdesk.geo.detail import Detail
    from leafdesk.geo.shape import pack

    Detail(1.0).put(np.array([0]), [pack(_PLOT)])
    drawable.set()


def _measure_once() -> None:
    from leafdesk.geo.measure import area_ha

    area_ha(_PLOT)
