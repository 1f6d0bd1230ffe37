"""Many schedules, on as many processes as are given; what they add up to."""

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

from .mutants import Mutant, named
from .story import Ended, run
from .weather import LAPTOP, LINE

S = TypeVar("S")
T = TypeVar("T")
AT_ONCE = 25
"""Schedules that a process is given at a time."""


@dataclass(slots=True)
class Total:
    """What many schedules came to."""

    schedules: int = 0
    bad: list[Ended] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    digest: str = ""
    """Of all that happened in them: the same seeds give the same one, on however many processes."""

    def __str__(self) -> str:
        sums = {word: sum(self.figures[name] for name in names) for word, names in _SUMS.items()}
        each = 1000 * self.seconds / max(1, self.schedules)
        told = ", ".join(f"{number:,} {word}" for word, number in sums.items())
        return f"{self.schedules:,} schedules, {len(self.bad)} broken: {told}; {self.seconds:.0f} s, {each:.0f} ms each"


STOPS = ("killed", "reboot", "migrated", "lost all")
"""Faults that stop the program."""
_SUMS = {
    "edits": ("Create", "Change", "Redraw", "Delete", "Enable", "Upload", "Match", "SyncProvider"),
    "writes that landed": ("landed",),
    "requests": ("requests",),
    "statements": ("statements",),
    "acts of colleagues": ("a colleague",),
    "faults": tuple(kind for kind in (*LINE, *LAPTOP) if kind not in STOPS),
    "stops": STOPS,
}


@contextmanager
def processes(jobs: int) -> Iterator[Callable[[Callable[[S], T], Iterable[S]], Iterator[T]]]:
    """A `map` that keeps the order: here when `jobs` is 1, else on so many processes."""
    if jobs == 1:
        yield lambda act, seeds: map(act, seeds)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_settle_down) as pool:

        def ordered(act: Callable[[S], T], things: Iterable[S]) -> Iterator[T]:
            left = iter(things)
            while some := list(islice(left, 40 * jobs * AT_ONCE)):  # not all at once: there may be a million
                yield from pool.map(act, some, chunksize=AT_ONCE)

        yield ordered


def _settle_down() -> None:
    """What was imported stays: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def one(seed: int, mutant: str = "") -> Ended:
    """One schedule by names that can travel between processes; of what happened only a digest comes back."""
    ended = run(seed, mutant=named(mutant) if mutant else None)
    ended.digest = sha256(repr((ended.seed, ended.happened, sorted(ended.figures.items()))).encode()).hexdigest()
    if not ended.wrong:
        ended.happened = []
    return ended


def many(seeds: Sequence[int], *, mutant: Mutant | None = None, jobs: int = 1, say: Callable[[str], None]) -> Total:
    """Run them all; `say` hears of every broken seed, and now and then how far it is."""
    total, digest, begun = Total(), sha256(), time.perf_counter()
    act = partial(one, mutant=mutant.name if mutant else "")
    with processes(jobs) as over:
        for ended in over(act, seeds):
            total.schedules += 1
            total.figures += ended.figures
            digest.update(ended.digest.encode())
            if ended.wrong:
                total.bad.append(ended)
                if mutant is None:
                    say(f"seed {ended.seed}: {ended.wrong[0]}")
            total.seconds = time.perf_counter() - begun
            if total.schedules % 1000 == 0:
                say(f"... {total}")
    total.digest = digest.hexdigest()[:16]
    return total


def first_broken(seeds: Sequence[int], mutant: Mutant, *, jobs: int) -> Ended | None:
    """The first of the seeds that notices a rule taken out; the rest is not run."""
    with processes(jobs) as over:
        return next((ended for ended in over(partial(one, mutant=mutant.name), seeds) if ended.wrong), None)
