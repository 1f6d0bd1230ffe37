"""Whose ground each pixel of the screen is, so that a hand that moves over thousands of fields is answered at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from leafdesk.geo.spans import Laid, spans
from leafdesk.geo.view import Pixel, View
from leafdesk.ui.map.fieldwork import BATCH_CORNERS, Frame, edges_in
from leafdesk.ui.map.outlines import Outlines

if TYPE_CHECKING:
    from leafdesk.geo.detail import Slots

REACH = 8
"""Device pixels around the screen that are known too: a hand at its edge may be just beside a field."""


class Whose:
    """The fields of a frame as they are painted there; it holds until one of them changes."""

    def __init__(self, frame: Frame, ratio: float, slots: Slots, laid: Laid) -> None:
        self.frame, self.ratio = frame, ratio
        self._slots, self._laid = slots, laid
        self._view: View | None = None
        self._corner = (0, 0)

    def fits(self, view: View) -> bool:
        """Whether all of a view is known."""
        if view is self._view:
            return True
        frame, ratio = self.frame, self.ratio
        left, top = view.corner(ratio)
        x, y = left - frame.left, top - frame.top
        wide, high = math.ceil(view.width * ratio), math.ceil(view.height * ratio)
        fits = view.zoom == frame.zoom and x >= 0 and y >= 0 and x + wide <= frame.wide and y + high <= frame.high
        if fits:
            self._view, self._corner = view, (x, y)
        return fits

    def at(self, pixel: Pixel) -> list[int]:
        """The slots of the fields at a pixel of the view that fitted last, the one painted on top first."""
        x, y = self._place(pixel)
        return [int(self._slots[owner]) for owner in reversed(self._laid.at(x, y))]

    def beside(self, pixel: Pixel, slack: float) -> list[int]:
        """The slot of the field nearest to a pixel, if it is within so many logical pixels."""
        owner = self._laid.nearest(*self._place(pixel), slack * self.ratio)
        return [] if owner is None else [int(self._slots[owner])]

    def _place(self, pixel: Pixel) -> tuple[int, int]:
        return math.floor(pixel[0] * self.ratio) + self._corner[0], math.floor(pixel[1] * self.ratio) + self._corner[1]


def look_up(
    outlines: Outlines, frame: Frame, ratio: float, slots: Slots, done: Callable[[Whose], None]
) -> Generator[None, None, None]:
    """Find whose the pixels of a frame are, a few milliseconds at a time, and hand it over; the detail is there."""
    import numpy as np

    found, before = [], 0
    for batch in outlines.detail(frame.octave).batches(slots, BATCH_CORNERS) if len(slots) else ():
        first, long, owner = spans(*edges_in(outlines, frame, batch), frame.wide, frame.high)
        found.append((first, long, owner + before))
        before += len(batch)
        yield
    empty = np.zeros(0, np.int64)
    first, long, owner = (np.concatenate(some) for some in zip(*found, strict=True)) if found else (empty,) * 3
    done(Whose(frame, ratio, slots, Laid(first, long, owner, frame.wide, frame.high)))
