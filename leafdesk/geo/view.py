"""Which part of the world a window shows: longitude and latitude to pixels and back, in Web Mercator."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from leafdesk.geo.check import MERCATOR_LIMIT
from leafdesk.geo.shape import Box, Position

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Pixel = tuple[float, float]
"""Right and down from the window's upper left corner, in logical pixels."""

_TILE = 256.0
"""At zoom 0 the whole world is so many pixels wide, as on every web map."""
_EQUATOR_M = 2 * math.pi * 6378137.0
_STEPS = 64
"""Zoom moves in 64ths of an octave: finer than the eye, coarse enough that what was drawn can be found again."""
MIN_ZOOM, MAX_ZOOM = 1.0, 22.0
_INCH_M, _DPI = 0.0254, 96.0


def world(position: Position) -> tuple[float, float]:
    """Web Mercator with the world as the unit square: x from 180° W eastward, y from the north downward."""
    lon, lat = position
    lat = max(-MERCATOR_LIMIT, min(MERCATOR_LIMIT, lat))
    return (lon / 360 + 0.5, 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi))


def unworld(point: tuple[float, float]) -> Position:
    """The inverse of `world`."""
    x, y = point
    return ((x - 0.5) * 360, math.degrees(math.atan(math.sinh((0.5 - y) * 2 * math.pi))))


def world_array(lonlat: NDArray[np.float64]) -> NDArray[Any]:
    """`world` of an (n, 2) array of longitudes and latitudes, as a new (n, 2) array."""
    import numpy as np

    out = np.empty_like(lonlat)
    out[:, 0] = lonlat[:, 0] / 360 + 0.5
    lat = np.radians(np.clip(lonlat[:, 1], -MERCATOR_LIMIT, MERCATOR_LIMIT))
    out[:, 1] = 0.5 - np.arcsinh(np.tan(lat)) / (2 * np.pi)
    return out


def unworld_array(points: NDArray[np.float64]) -> NDArray[Any]:
    """`unworld` of an (n, 2) array, as a new one."""
    import numpy as np

    out = np.empty_like(points)
    out[:, 0] = (points[:, 0] - 0.5) * 360
    out[:, 1] = np.degrees(np.arctan(np.sinh((0.5 - points[:, 1]) * 2 * np.pi)))
    return out


def stepped(zoom: float) -> float:
    """The nearest zoom this map stops at, within its limits."""
    return round(max(MIN_ZOOM, min(MAX_ZOOM, zoom)) * _STEPS) / _STEPS


@dataclass(frozen=True, slots=True)
class View:
    """A window of `width` by `height` logical pixels looking at `center`; each whole `zoom` doubles the scale."""

    center: Position
    zoom: float
    width: int
    height: int

    @property
    def world_px(self) -> float:
        """How many pixels wide the whole world is."""
        return _TILE * math.exp2(self.zoom)

    @property
    def origin(self) -> Pixel:
        """The window's upper left corner, in pixels from the world's."""
        x, y = world(self.center)
        return (x * self.world_px - self.width / 2, y * self.world_px - self.height / 2)

    def corner(self, ratio: float) -> tuple[int, int]:
        """The upper left corner as `origin`, in whole device pixels, of which a logical one is `ratio` wide."""
        left, top = self.origin
        return round(left * ratio), round(top * ratio)

    @property
    def metres_per_pixel(self) -> float:
        """At the centre; Mercator stretches with latitude."""
        return _EQUATOR_M * math.cos(math.radians(self.center[1])) / self.world_px

    @property
    def scale_denominator(self) -> float:
        """The n of 1 : n on a screen of 96 pixels an inch."""
        return self.metres_per_pixel * _DPI / _INCH_M

    @property
    def box(self) -> Box:
        """What can be seen: west, south, east, north, cut at the world's edges."""
        west, north = self.to_lonlat((0, 0))
        east, south = self.to_lonlat((self.width, self.height))
        return (max(west, -180.0), south, min(east, 180.0), north)

    def to_screen(self, position: Position) -> Pixel:
        """Where a longitude and latitude lie in the window."""
        (x, y), (left, top) = world(position), self.origin
        return (x * self.world_px - left, y * self.world_px - top)

    def to_lonlat(self, pixel: Pixel) -> Position:
        """The longitude and latitude under a pixel."""
        left, top = self.origin
        return unworld(((pixel[0] + left) / self.world_px, (pixel[1] + top) / self.world_px))

    def resized(self, width: int, height: int) -> View:
        """The same centre and scale in a window of another size."""
        return replace(self, width=width, height=height)

    def panned(self, dx: float, dy: float) -> View:
        """What shows after the map was pushed by so many pixels to the right and down."""
        return self._centered((self.width / 2 - dx, self.height / 2 - dy))

    def zoomed_at(self, pixel: Pixel, zoom: float) -> View:
        """Another zoom with the same place under the pixel (unless the world's edge comes in)."""
        held, changed = self.to_lonlat(pixel), replace(self, zoom=stepped(zoom))
        x, y = changed.to_screen(held)
        return changed.panned(pixel[0] - x, pixel[1] - y)

    def fit(self, box: Box, margin: float = 48, max_zoom: float = 17.0) -> View:
        """The nearest view that shows the whole box with a margin of pixels around it."""
        west, south, east, north = box
        (x0, y0), (x1, y1) = world((west, north)), world((east, south))
        room_x, room_y = max(self.width - 2 * margin, 32), max(self.height - 2 * margin, 32)
        across = min(room_x / max(x1 - x0, 1e-12), room_y / max(y1 - y0, 1e-12))
        zoom = math.floor(math.log2(across / _TILE) * _STEPS) / _STEPS
        return replace(self, center=unworld(((x0 + x1) / 2, (y0 + y1) / 2)), zoom=stepped(min(zoom, max_zoom)))

    def aligned(self, ratio: float) -> View:
        """This view moved by less than a pixel so that its corner falls on a whole device pixel, for sharp lines."""
        left, top = self.origin
        return self.panned(left - round(left * ratio) / ratio, top - round(top * ratio) / ratio)

    def _centered(self, pixel: Pixel) -> View:
        left, top = self.origin
        x, y = (pixel[0] + left) / self.world_px, (pixel[1] + top) / self.world_px
        return replace(self, center=unworld((min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))))
