"""Run schedules and say what was found: `python -m tests.simulator --schedules 2000`."""

import argparse
import sys
import time
from collections import Counter

from .corpus import keep, kept
from .mutants import MUTANTS, NAIVE, Mutant
from .shrink import shrink
from .story import Ended, run


def main(words: list[str] | None = None) -> int:
    """0 when all is well: no violation; with --naive at least 90 % of the seeds broken; with --mutants all noticed."""
    ask = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    ask.add_argument("--schedules", type=int, default=200, help="how many seeds (default 200)")
    ask.add_argument("--seed", type=int, help="the first seed, or with --schedules 1 the only one")
    ask.add_argument("--naive", action="store_true", help="the control arm: must fail at least 90 % of the seeds")
    ask.add_argument("--mutants", action="store_true", help="take out one rule at a time: each must be noticed")
    ask.add_argument("--shrink", action="store_true", help="make the story of a failing seed as short as it gets")
    ask.add_argument("--keep", action="store_true", help="write failing seeds into the corpus")
    asked = ask.parse_args(words)
    if asked.mutants:
        return _mutants(asked.schedules, asked.seed or 0)
    seeds = [*(kept() if asked.seed is None else ()), *range(asked.seed or 0, (asked.seed or 0) + asked.schedules)]
    bad = _schedules(seeds, NAIVE if asked.naive else None)
    if asked.naive:
        print(f"The control arm broke {len(bad)} of {len(seeds)} seeds ({len(bad) / len(seeds):.0%}).")
        return 0 if len(bad) >= 0.9 * len(seeds) else 1
    for ended in bad if asked.keep else ():
        keep(ended.seed, ended.wrong[0])
    if asked.shrink:
        for ended in bad[:3]:
            print(shrink(ended))
    return 1 if bad else 0


def _schedules(seeds: list[int], mutant: Mutant | None) -> list[Ended]:
    figures, kinds, bad, begun = Counter[str](), Counter[str](), list[Ended](), time.perf_counter()
    for n, seed in enumerate(seeds, 1):
        ended = run(seed, mutant=mutant)
        figures += ended.figures
        if ended.wrong:
            bad.append(ended)
            kinds[" ".join(ended.wrong[0].split()[:2])] += 1
            if mutant is None:
                print(f"seed {seed}: {ended.wrong[0]}", flush=True)
        if n % 500 == 0:
            print(f"... {n} schedules, {len(bad)} broken", flush=True)
    took = time.perf_counter() - begun
    print(", ".join(f"{name} {often}" for name, often in sorted(figures.items())))
    print(dict(kinds), f"{len(seeds)} schedules, {len(bad)} broken, {1000 * took / len(seeds):.0f} ms each")
    return bad


def _mutants(schedules: int, first: int) -> int:
    alive = []
    for mutant in MUTANTS:
        seeds = range(first, first + schedules)
        found = next((ended for seed in seeds if (ended := run(seed, mutant=mutant)).wrong), None)
        what = f"noticed at seed {found.seed}: {found.wrong[0]}" if found else "SURVIVED"
        print(f"{mutant.name}: {what}", flush=True)
        if found is None:
            alive.append(mutant.name)
    print(f"{len(MUTANTS) - len(alive)} of {len(MUTANTS)} mutants noticed.")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
