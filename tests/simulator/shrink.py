"""Make the story of a failing seed shorter: fewer rounds, fewer kinds of fault, fewer events."""

from .story import ROUNDS, Ended, run
from .weather import LAPTOP, LINE


def shrink(ended: Ended) -> str:
    """What is left of the story when nothing more can be taken out without losing the violation."""
    sort = ended.wrong[0].split(":")[0]

    def fails(rounds: int, kinds: tuple[str, ...], without: frozenset[int]) -> Ended | None:
        again = run(ended.seed, rounds=rounds, kinds=kinds, without=without)
        return again if any(wrong.startswith(sort) for wrong in again.wrong) else None

    best, kinds, without = ended, (*LINE, *LAPTOP), frozenset[int]()
    rounds = next((n for n in range(1, ROUNDS) if fails(n, kinds, without)), ROUNDS)
    for kind in kinds:
        fewer = tuple(one for one in kinds if one != kind)
        if fails(rounds, fewer, without):
            kinds = fewer
    best = fails(rounds, kinds, without) or ended
    size = max(1, len(best.happened) // 2)
    while size:
        for start in range(0, len(best.happened), size):
            more = without | frozenset(range(start, start + size))
            again = fails(rounds, kinds, more) if more != without else None
            if again:
                best, without = again, more
        size //= 2
    left = [name for n, name in enumerate(best.happened) if n not in without]
    return f"seed {ended.seed}, {rounds} rounds, {', '.join(kinds)}: {left}\n  " + "\n  ".join(best.wrong)
