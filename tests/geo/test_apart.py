"""Geometry in another process: the same answers, the same reasons, and an end to what takes too long."""

import math
import os
import signal
from collections.abc import Iterator

import pytest

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.apart import Apart
from leafdesk.geo.check import problems
from leafdesk.geo.cut import cut
from leafdesk.geo.repair import repair
from leafdesk.geo.shape import Position, Shape
from tests.geo.test_cut import SQUARE
from tests.geo.test_repair import BOW

LINE = ((-93.6, 41.7051), (-93.4, 41.705))


def spot(turn: float, far: float) -> Position:
    return (-93.495 + far * math.cos(turn), 41.705 + far * math.sin(turn))


def tangled(count: int) -> Shape:
    """A ring that crosses itself thousands of times."""
    ring = tuple(spot(n * 2.4, 0.004 + 0.0000005 * n) for n in range(count))
    return (((*ring, ring[0]),),)


@pytest.fixture
def apart() -> Iterator[Apart]:
    made = Apart(20)
    yield made
    made.stop()


def test_the_answers_are_those_of_this_process(apart: Apart) -> None:
    assert apart(cut, SQUARE, LINE) == cut(SQUARE, LINE)
    assert apart(repair, BOW) == repair(BOW)
    assert apart(problems, BOW) == problems(BOW)
    with pytest.raises(NotPossibleError, match="has to cross the field"):
        apart(cut, SQUARE, ((0.0, 0.0), (1.0, 1.0)))


def test_what_takes_too_long_is_ended_and_the_next_job_is_done(apart: Apart) -> None:
    assert apart(repair, BOW)
    first = apart._process
    assert first is not None
    apart.seconds = 0.2
    with pytest.raises(NotPossibleError, match="could not be worked out"):
        apart(repair, tangled(6_000))
    assert first.poll() is not None
    apart.seconds = 20
    assert apart(repair, BOW) == repair(BOW)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is Unix's")
def test_a_far_end_that_was_killed_is_started_again(apart: Apart) -> None:
    apart(repair, BOW)
    assert apart._process is not None
    os.kill(apart._process.pid, signal.SIGKILL)
    apart._process.wait()
    assert apart(repair, BOW) == repair(BOW)


def test_it_runs_geometry_and_nothing_else(apart: Apart) -> None:
    with pytest.raises(RuntimeError, match="is no room of geometry"):
        apart(os.getcwd)


def test_the_far_end_is_given_no_token(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAFDESK_TOKEN", "not-for-others")
    apart(repair, BOW)
    assert apart._process is not None
    environ = f"/proc/{apart._process.pid}/environ"
    if os.path.exists(environ):  # noqa: PTH110
        with open(environ, "rb") as file:  # noqa: PTH123
            assert b"not-for-others" not in file.read()
