"""A field laid flat: metres east and north of its middle, true to a millimetre on a field of five kilometres.

The plane is the azimuthal equidistant one of the WGS 84 ellipsoid. What has been worked out on it comes back as
longitude and latitude; corners that stay where they are should keep the numbers that they had.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.measure import geod
from leafdesk.geo.shape import Position, Ring, Shape, box, rings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Flat = NDArray[np.float64]

_WIDEST_DEG = 3.0
"""A shape wider or taller than this is no field, and no plane is true to it."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Metres around a middle."""

    middle: Position

    @classmethod
    def of(cls, *shapes: Shape) -> Plane:
        """The plane around the middle of shapes. Raises NotPossibleError for what is no field: empty or too wide."""
        if not any(ring for shape in shapes for ring in rings(shape)):
            raise NotPossibleError("There is no boundary to work on.")
        west, south, east, north = box(tuple(polygon for shape in shapes for polygon in shape))
        if max(east - west, north - south) > _WIDEST_DEG:
            raise NotPossibleError("This boundary is too wide for a field, or it crosses the 180° meridian.")
        return cls(((west + east) / 2, (south + north) / 2))

    def flat(self, positions: Iterable[Position]) -> Flat:
        """Metres east and north of the middle, (n, 2)."""
        import numpy as np

        lonlat = np.array(list(positions), float).reshape(-1, 2)
        start = np.full(len(lonlat), self.middle[0]), np.full(len(lonlat), self.middle[1])
        azimuth, _, far = geod().inv(*start, lonlat[:, 0].copy(), lonlat[:, 1].copy())
        turn = np.radians(azimuth)
        return np.stack([far * np.sin(turn), far * np.cos(turn)], axis=1)

    def back(self, points: Any) -> Ring:
        """Longitudes and latitudes of points of the plane."""
        import numpy as np

        flat = np.asarray(points, float).reshape(-1, 2)
        far, turn = np.hypot(flat[:, 0], flat[:, 1]), np.degrees(np.arctan2(flat[:, 0], flat[:, 1]))
        start = np.full(len(flat), self.middle[0]), np.full(len(flat), self.middle[1])
        lon, lat, _ = geod().fwd(*start, turn, far)
        return tuple(zip(lon.tolist(), lat.tolist(), strict=True))
