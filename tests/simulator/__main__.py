"""Run schedules and say what was found: `python -m tests.simulator --schedules 2000 --jobs 2`."""

import argparse
import sys
import time
from collections import Counter

from .corpus import keep, kept
from .crashes import FLOWS, every_stop, stopped
from .flapping import DOWN, UP, drain
from .mutants import MUTANTS, NAIVE
from .runs import Total, first_broken, many, processes
from .shrink import shrink


def main(words: list[str] | None = None) -> int:
    """0 when all is well: no violation; with --naive at least 90 % of the seeds broken; with --mutants 95 % noticed."""
    ask = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    ask.add_argument("--schedules", type=int, help="how many seeds (default 200; for each of --mutants at most 2,000)")
    ask.add_argument("--seed", type=int, help="the first seed, or with --schedules 1 the only one")
    ask.add_argument("--jobs", type=int, default=1, help="on how many processes (default 1)")
    ask.add_argument("--naive", action="store_true", help="the control arm: must fail at least 90 %% of the seeds")
    ask.add_argument("--mutants", action="store_true", help="take out one rule at a time: 95 %% must be noticed")
    ask.add_argument("--crashes", action="store_true", help="stop every kind of write before every statement and wait")
    ask.add_argument("--link", action="store_true", help="500 operations over a link that comes and goes: 45 minutes")
    ask.add_argument("--only", default="", help="only the mutants with this in their names")
    ask.add_argument("--shrink", action="store_true", help="make the story of a failing seed as short as it gets")
    ask.add_argument("--keep", action="store_true", help="write failing seeds into the corpus")
    asked = ask.parse_args(words)
    if asked.mutants:
        return _mutants(asked.schedules or 2000, asked.seed or 0, asked.jobs, asked.only)
    if asked.crashes:
        return _crashes(asked.jobs)
    if asked.link:
        return _link(asked.seed or 0)
    first, schedules = asked.seed or 0, asked.schedules or 200
    seeds = [*(kept() if asked.seed is None else ()), *range(first, first + schedules)]
    total = many(seeds, mutant=NAIVE if asked.naive else None, jobs=asked.jobs, say=_say)
    _tell(total)
    if asked.naive:
        print(f"The control arm broke {len(total.bad)} of {len(seeds)} seeds ({len(total.bad) / len(seeds):.1%}).")
        return 0 if len(total.bad) >= 0.9 * len(seeds) else 1
    for ended in total.bad if asked.keep else ():
        keep(ended.seed, ended.wrong[0])
    if asked.shrink:
        for ended in total.bad[:3]:
            print(shrink(ended))
    return 1 if total.bad else 0


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def _tell(total: Total) -> None:
    kinds = Counter(" ".join(ended.wrong[0].split()[:2]) for ended in total.bad)
    print(", ".join(f"{name} {often}" for name, often in sorted(total.figures.items())))
    print(f"{dict(kinds)} {total}, digest {total.digest}")


def _mutants(schedules: int, first: int, jobs: int, only: str) -> int:
    alive, tried = [], [mutant for mutant in MUTANTS if only in mutant.name]
    for mutant in tried:
        found = first_broken(range(first, first + schedules), mutant, jobs=jobs)
        _say(f"{mutant.name}: {f'noticed at seed {found.seed}: {found.wrong[0]}' if found else 'SURVIVED'}")
        if found is None:
            alive.append(mutant.name)
    noticed = len(tried) - len(alive)
    print(f"{noticed} of {len(tried)} mutants noticed ({noticed / len(tried):.0%}).")
    return 0 if noticed >= 0.95 * len(tried) else 1


def _crashes(jobs: int) -> int:
    stops, bad, begun = every_stop(), 0, time.perf_counter()
    _say(f"{len(stops)} stops in {len(FLOWS)} kinds of write, each with its answer and without")
    with processes(jobs) as over:
        for n, (stop, wrong) in enumerate(over(stopped, stops), 1):
            bad += bool(wrong)
            if wrong:
                _say(f"{stop}: {wrong[0]}")
            if n % 1000 == 0:
                _say(f"... {n} stops, {bad} broken")
    _say(f"{len(stops)} stops, {bad} broken, {time.perf_counter() - begun:.0f} s")
    return 1 if bad else 0


def _link(seed: int) -> int:
    minutes, wrong = drain(500, seed)
    _say(f"500 operations over a link up {UP:.0f} s and down {DOWN:.0f} s took {minutes:.1f} minutes; wrong: {wrong}")
    return 1 if wrong or minutes > 45 else 0


if __name__ == "__main__":
    sys.exit(main())
