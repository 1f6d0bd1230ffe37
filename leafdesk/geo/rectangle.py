"""Rectangles on the ground, by a corner, two lengths and a bearing."""

from __future__ import annotations

import math

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.measure import bearing_deg, length_m, reached
from leafdesk.geo.shape import Position, Shape

LONGEST_M = 20_000.0


def rectangle(corner: Position, length: float, width: float, bearing: float) -> Shape:
    """A rectangle whose first side leaves the corner along the bearing (degrees) and is so many metres long.

    It lies to the right of that side, with a negative width to the left. Raises NotPossibleError for sides that no
    field has.
    """
    if not (0.1 <= length <= LONGEST_M and 0.1 <= abs(width) <= LONGEST_M):
        raise NotPossibleError(f"A side is between 0.1 and {LONGEST_M:,.0f} metres long.")
    across = 90.0 if width > 0 else -90.0
    turn, far = math.degrees(math.atan2(width, length)), math.hypot(length, width)
    ring = (
        corner,
        reached(corner, bearing, length),
        reached(corner, bearing + turn, far),
        reached(corner, bearing + across, abs(width)),
    )
    return (((*ring, corner),),)


def width_towards(a: Position, b: Position, spot: Position) -> float:
    """How many metres a spot lies to the right of the line from a to b; negative to the left."""
    turn = math.radians(bearing_deg(a, spot) - bearing_deg(a, b))
    return length_m(a, spot) * math.sin(turn)
