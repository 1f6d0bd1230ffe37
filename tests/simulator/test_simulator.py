"""Every run of the tests tells the same hundred stories; `--schedules 2000` tells more."""

import pytest

from .corpus import kept
from .crashes import every_stop, stopped
from .flapping import drain
from .mutants import LATE, MUTANTS, NAIVE
from .runs import many
from .story import run

SCHEDULES = 100
FIRST = 1_000_000
"""Away from the seeds that are run by hand."""


@pytest.mark.timeout(3600)
def test_nothing_is_lost_doubled_or_silently_overwritten() -> None:
    ended = [run(seed) for seed in range(FIRST, FIRST + SCHEDULES)]
    assert {story.seed: story.wrong for story in ended if story.wrong} == {}


@pytest.mark.parametrize("seed", kept())
def test_what_a_seed_once_found_is_not_there_any_more(seed: int) -> None:
    assert run(seed).wrong == []


def test_a_seed_is_always_the_same_story() -> None:
    here = many([11, 12], say=str)
    assert here.digest == many([11, 12], say=str).digest == many([11, 12], jobs=2, say=str).digest
    assert here.digest != many([12, 13], say=str).digest


def test_an_outbox_that_sends_until_leaf_says_yes_fails() -> None:
    broken = [seed for seed in range(30) if run(seed, mutant=NAIVE).wrong]
    assert len(broken) >= 24


@pytest.mark.parametrize("name", ["no base of a boundary", "no compare-and-set", "no three-way comparison"])
def test_a_rule_taken_out_is_noticed(name: str) -> None:
    (mutant,) = [mutant for mutant in MUTANTS if mutant.name == name]
    assert any(run(seed, mutant=mutant).wrong for seed in range(60))


def test_a_stop_at_any_point_of_any_write_loses_and_doubles_nothing() -> None:
    broken = [(str(stop), wrong) for stop, wrong in map(stopped, every_stop(step=37)) if wrong]
    assert broken == []


def test_a_link_that_comes_and_goes_carries_the_queue_all_the_same() -> None:
    minutes, wrong = drain(100)
    assert wrong == [] and minutes < 15


def test_a_double_that_lands_after_the_settle_time_is_told() -> None:
    ended = [run(seed, mutant=LATE) for seed in range(FIRST, FIRST + 20)]
    assert {story.seed: story.wrong for story in ended if story.wrong} == {}
