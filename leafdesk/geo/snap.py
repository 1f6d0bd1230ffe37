"""Snaps a spot to the corners and edges of the shapes around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from leafdesk.geo.shape import Position, ring_sizes
from leafdesk.geo.view import unworld, world_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Snap:
    """Where the hand was drawn to: a corner's very coordinates, or the nearest spot on an edge."""

    at: Position
    to: Literal["corner", "edge"]


@dataclass(frozen=True, slots=True)
class Rails:
    """One shape's edges, from `starts` to `ends`: degrees as they are kept, and in `geo.view.world` units, (n, 2)."""

    lonlat: NDArray[np.float64]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]

    @classmethod
    def of(cls, packed: bytes) -> Rails:
        """The edges of a packed shape (`geo.shape.pack`)."""
        import numpy as np

        polygons, offset = ring_sizes(packed)
        lonlat = np.frombuffer(packed, "<f8", offset=offset).reshape(-1, 2)
        sizes = np.array([size for polygon in polygons for size in polygon if size], int)
        points = world_array(lonlat)
        following = np.arange(1, len(points) + 1)
        lasts = np.cumsum(sizes) - 1
        following[lasts] = lasts - sizes + 1  # a ring that is not closed is shown closed, too
        return cls(lonlat, points, points[following])


def snap(rails: Sequence[Rails], spot: tuple[float, float], reach: float) -> Snap | None:
    """The nearest corner within reach of a world spot, else the nearest spot on an edge within reach, else None.

    Corners come first since two fields that meet should share them. `reach` is in world units.
    """
    import numpy as np

    if not rails or not sum(len(one.starts) for one in rails):
        return None
    starts = np.concatenate([one.starts for one in rails])
    here = np.array(spot)
    far = np.hypot(*(starts - here).T)
    corner = int(far.argmin())
    if far[corner] <= reach:
        x, y = np.concatenate([one.lonlat for one in rails])[corner].tolist()
        return Snap((x, y), "corner")
    along = np.concatenate([one.ends for one in rails]) - starts
    share = ((here - starts) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-30)
    feet = starts + along * np.clip(share, 0, 1)[:, None]
    far = np.hypot(*(feet - here).T)
    edge = int(far.argmin())
    if far[edge] > reach:
        return None
    x, y = feet[edge].tolist()
    return Snap(unworld((x, y)), "edge")
