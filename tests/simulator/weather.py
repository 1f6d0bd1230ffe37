"""What can go wrong on the way to Leaf and in the laptop: which of it a seed meets, and how often."""

import random
from dataclasses import dataclass, field

LINE = (
    *("refused", "lost", "late", "500 before", "500 after", "503 before", "504 after", "408 before", "408 after"),
    *("429", "429 wait", "401", "403", "html before", "html after", "cut", "shape", "redirect", "twice"),
    *("stale", "sleep", "other id", "odd"),
)
"""Faults of the line and the server (sync.md §12.2). `other id`: Leaf takes a field under an id of its own; `odd`: one
record of a list cannot be read."""
OPEN = ("lost", "late", "500 before", "504 after", "html after", "cut", "sleep")
"""Those after which nobody knows whether a write arrived."""
LAPTOP = ("killed", "full", "busy", "ioerr", "clock", "reboot", "migrated", "lost all")
"""Faults of the laptop. `migrated`: it is stopped, and a newer Leafdesk starts that migrates one step further.
`lost all`: it is stopped, and the database is gone."""
LATEST = 60.0
"""Seconds after which a lost request no longer lands: shorter than the settle time, or nobody can prove anything."""


@dataclass(slots=True)
class Weather:
    """One seed's faults: a swarm of them, each with one chance."""

    dice: random.Random
    kinds: tuple[str, ...] = ()
    line: float = 0.0
    laptop: float = 0.0
    haste: float = 0.15
    """How likely the user does something between two events."""
    rush: float = 0.12
    """How likely a colleague does."""
    without: frozenset[int] = frozenset()
    """Numbers of events that do not happen after all (the shrinker takes them out)."""
    happened: list[str] = field(default_factory=list)
    calm: bool = False
    _line: tuple[str, ...] = ()
    _open: tuple[str, ...] = ()
    _laptop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._line = tuple(kind for kind in self.kinds if kind in LINE)
        self._open = tuple(kind for kind in self._line if kind in OPEN) or self._line
        self._laptop = tuple(kind for kind in self.kinds if kind in LAPTOP)

    def event(self, name: str, chance: float) -> bool:
        """Whether something happens now. Everything that happens has a number."""
        if self.calm or self.dice.random() >= chance:
            return False
        self.happened.append(name)
        return len(self.happened) - 1 not in self.without

    def fault(self, *, writes: bool) -> str | None:
        """What the line does to the next request; half of what meets a write leaves its outcome open."""
        if self.calm or not self._line:
            return None
        kinds = self._open if writes and self.dice.random() < 0.5 else self._line
        kind = self.dice.choice(kinds)
        return kind if self.event(kind, self.line) else None

    def impatient(self) -> bool:
        """Whether somebody ends the program because nothing comes back."""
        return "killed" in self._laptop and self.event("killed", 0.3)

    def accident(self) -> str | None:
        """What happens to the laptop now."""
        if self.calm or not self._laptop:
            return None
        kind = self.dice.choice(self._laptop)
        return kind if self.event(kind, self.laptop) else None


def weather(seed: int, *, kinds: tuple[str, ...] | None = None, without: frozenset[int] = frozenset()) -> Weather:
    """The weather of a seed: most faults or only a few (a swarm), from now and then to very often.

    Where all of them meet, two that only together do harm seldom meet each other.
    """
    dice = random.Random(f"weather {seed}")
    share = dice.choice([0.25, 0.6, 0.6])
    swarm = tuple(kind for kind in (*LINE, *LAPTOP) if dice.random() < share)
    return Weather(
        dice=dice,
        kinds=swarm if kinds is None else tuple(kind for kind in swarm if kind in kinds),
        line=dice.choice([0.1, 0.2, 0.3, 0.45]),
        laptop=dice.choice([0.0, 0.005, 0.02, 0.05]),
        haste=dice.choice([0.03, 0.06, 0.1]),
        rush=dice.choice([0.04, 0.07, 0.12]),
        without=without,
    )
