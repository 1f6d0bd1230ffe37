"""The clock is set at any wait of a sync: no settle time is over before it is over."""

import itertools

import pytest

from .crashes import FLOWS, Bench, lose_answers
from .story import small_world


@pytest.mark.parametrize("seconds", [300.0, 86400.0, -86400.0])
def test_a_clock_that_is_set_between_two_steps_ends_no_settle_time(seconds: float) -> None:
    again = [n for n in range(1, _waits() + 1) if _sent_again(n, seconds)]
    assert again == []


def _waits() -> int:
    with small_world(0):
        bench, _ = _lost()
        waits = itertools.count()

        def accident() -> None:
            next(waits)

        bench.laptop.accident = accident  # type: ignore[method-assign]
        bench.laptop.sync()
        bench.laptop.disk.close()
        return next(waits)


def _sent_again(wait: int, seconds: float) -> bool:
    """Whether a redraw whose answer was lost leaves again in the sync right after it, in which the clock is set."""
    with small_world(0):
        bench, item = _lost()
        waits = itertools.count(1)

        def accident() -> None:
            if next(waits) == wait:
                bench.laptop.astray += seconds

        bench.laptop.accident = accident  # type: ignore[method-assign]
        bench.laptop.sync()
        attempts = bench.laptop.item(item).attempts
        bench.laptop.disk.close()
        return attempts > 1


def _lost() -> tuple[Bench, str]:
    bench = Bench()
    item = bench.laptop.do(FLOWS["redraw field"](bench))
    answer = bench.far.answer
    lose_answers(bench, landed=False)
    bench.laptop.sync()
    bench.far.answer = answer  # type: ignore[method-assign]
    assert bench.laptop.item(item).state == "sent"
    return bench, item
