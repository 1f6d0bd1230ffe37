"""Notice that the computer slept: then every request under way is dead, whatever its socket says (sync.md §9)."""

from dataclasses import dataclass

TICK = 15.0
"""Seconds between two looks at the clocks."""
_GAP = 30.0


@dataclass(slots=True)
class Waking:
    """Two clocks, looked at every TICK: on some systems the steady one stands still in sleep, on others it does not."""

    wall: float
    steady: float

    def slept(self, wall: float, steady: float) -> bool:
        """Whether more time has gone by since the last look than between two looks."""
        gone = max(wall - self.wall, steady - self.steady)
        self.wall, self.steady = wall, steady
        return gone > TICK + _GAP
