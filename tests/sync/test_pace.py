"""How fast Leaf is asked, when it is left alone, and what happens when the computer slept."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from leafdesk.api.calls import list_users
from leafdesk.api.errors import BusyError, GoneError, LeafError, NotSentError, UnknownOutcomeError
from leafdesk.store.database import Database
from leafdesk.sync.asks import Rule, StoppedError, Trip, send, send_all
from leafdesk.sync.engine import Engine
from leafdesk.sync.gate import Gate
from leafdesk.sync.pace import AT_ONCE, Pace
from leafdesk.sync.terms import Line, Terms
from leafdesk.sync.waking import TICK, Waking

WAIT = 20


def busy(seconds: float | None = None) -> BusyError:
    return BusyError("busy", status=429, retry_after=seconds)


def test_who_comes_first_goes_first_and_a_question_does_not_wait_for_a_long_pull() -> None:
    gate, order = Gate(Pace(limit=2.0)), list[str]()

    async def ask(name: str, times: int) -> None:
        for _ in range(times):
            assert await gate.enter(lambda: False)
            order.append(name)
            await asyncio.sleep(0)
            gate.leave(None)

    async def everybody() -> None:
        pulls = [asyncio.ensure_future(ask(f"pull {n}", 50)) for n in range(4)]
        await asyncio.sleep(0)
        await ask("a person", 1)
        assert order.index("a person") < 8
        stopped = asyncio.ensure_future(gate.enter(lambda: True))
        assert not await stopped
        await asyncio.gather(*pulls)

    asyncio.run(asyncio.wait_for(everybody(), 5))
    assert len(order) == 201


# ---------------------------------------------------------------------- the rate
def test_full_speed_is_halved_by_a_busy_answer_and_comes_back_slowly() -> None:
    pace = Pace()
    assert pace.wait(0, AT_ONCE - 1) == 0 and pace.wait(0, AT_ONCE) > 0
    pace.came_back(0, busy())
    for _ in range(4):
        pace.came_back(0.1, busy())  # those were under way together: one answer, not five
    assert pace.limit == AT_ONCE / 2
    pace.came_back(2, UnknownOutcomeError("full", status=503))
    pace.came_back(4, busy())
    pace.came_back(6, busy())
    assert pace.limit == 1 and pace.wait(6, 0) == 0  # never less than one
    steps = 0
    while pace.limit < AT_ONCE:
        pace.came_back(7, None)
        steps += 1
    assert 50 < steps < 200
    pace.came_back(8, GoneError("gone", status=404))
    assert pace.limit == AT_ONCE


def test_the_time_that_leaf_names_is_kept_by_everybody() -> None:
    pace = Pace()
    pace.came_back(100, busy(30))
    assert pace.wait(101, 0) == 29 and pace.wait(130, 0) == 0
    pace.came_back(200, busy(3600))
    with pytest.raises(BusyError) as raised:  # longer than anybody waits: the sync ends, and the next one goes on
        pace.wait(201, 0)
    assert raised.value.retry_after == 3599
    assert pace.wait(3600 + 200, 0) == 0


def test_a_person_can_set_a_ceiling() -> None:
    pace, now, left = Pace(ceiling=120), 0.0, 0
    while now < 60:
        wait = pace.wait(now, 0)
        if wait == 0:
            pace.leaves(now)
            left += 1
        now += wait or 0.01
    assert 119 <= left <= 121


def test_a_dead_line_is_left_alone_and_one_request_finds_out() -> None:
    pace = Pace()
    for n in range(4):
        pace.came_back(n, NotSentError("no route"))
    assert pace.wait(5, 0) == 0
    pace.came_back(5, UnknownOutcomeError("no answer"))
    with pytest.raises(NotSentError, match="tried again in 2 s"):
        pace.wait(5, 0)
    assert pace.wait(7, 0) == 0 and pace.wait(7, 1) > 0  # one request, not six
    pace.came_back(8, NotSentError("no route"))
    with pytest.raises(NotSentError):
        pace.wait(11.9, 0)
    pace.try_again()
    assert pace.wait(8, 0) == 0
    pace.came_back(9, None)
    assert pace.wait(9, AT_ONCE - 1) == 0
    pace.came_back(9, StoppedError("a person stopped it"))
    assert pace.failures == 0


def test_a_500_says_nothing_about_the_line_or_the_rate() -> None:
    pace = Pace()
    for n in range(20):
        pace.came_back(n, UnknownOutcomeError("oh", status=500))
    assert pace.limit == AT_ONCE and pace.wait(20, AT_ONCE - 1) == 0


def test_no_more_requests_are_under_way_than_the_pace_allows() -> None:
    gate, most, now = Gate(Pace(limit=2.0)), [0], [0]

    async def exchange() -> None:
        now[0] += 1
        most[0] = max(most[0], now[0])
        await asyncio.sleep(0.01)
        now[0] -= 1

    async def one() -> None:
        assert await gate.enter(lambda: False)
        await exchange()
        gate.leave(None)

    async def all_of_them() -> None:
        assert not await gate.enter(lambda: True)
        await asyncio.gather(*(one() for _ in range(8)))

    asyncio.run(all_of_them())
    assert most == [2]


# ---------------------------------------------------------------------- sleep
def test_a_gap_in_either_clock_is_a_sleep() -> None:
    waking = Waking(1000.0, 50.0)
    assert not waking.slept(1000 + TICK, 50 + TICK)
    assert waking.slept(1000 + TICK + 8 * 3600, 50 + 2 * TICK)  # the steady clock stood still
    assert not waking.slept(1000 + 2 * TICK + 8 * 3600, 50 + 3 * TICK)
    assert waking.slept(2000, 50 + 3 * TICK + 8 * 3600)  # here it did not; the clock was set back besides
    assert not waking.slept(0, 50 + 4 * TICK + 8 * 3600)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Callable[..., tuple[Engine, Line]]]:
    """An engine on a clock of the test's own whose requests hang until they are given up."""
    database, made = Database(tmp_path / "leafdesk.db"), list[Engine]()

    def make(clock: Callable[[], float], answer: Callable[[httpx.Request], Any]) -> tuple[Engine, Line]:
        terms = Terms(clock=clock, steady=clock, new_id=lambda: "run", transport=httpx.MockTransport(answer))
        made.append(Engine(terms, lambda _: None))
        return made[-1], Line(database, "http://127.0.0.1:1", lambda: "token")

    yield make
    for engine in made:
        engine.stop()
    database.close()


def test_what_was_under_way_in_a_sleep_is_given_up(
    engine: Callable[..., tuple[Engine, Line]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leafdesk.sync.engine.TICK", 0.02)
    now, asked = [1000.0], threading.Event()

    async def hang(_: httpx.Request) -> httpx.Response:
        asked.set()
        await asyncio.sleep(WAIT)
        raise AssertionError("nobody gave it up")

    made, line = engine(lambda: now[0], hang)

    def rule(_: Trip) -> Rule[LeafError]:
        try:
            yield from send(list_users())
        except LeafError as error:
            return error
        raise AssertionError

    woken = threading.Event()
    made.keep_awake(woken.set)
    asking = made.ask(line, rule)
    assert asked.wait(WAIT)
    now[0] += 8 * 3600
    error = asking.result(WAIT)
    assert type(error) is UnknownOutcomeError and "slept" in str(error)
    assert woken.wait(WAIT)


def test_several_requests_go_at_once_and_a_busy_leaf_is_asked_less(
    engine: Callable[..., tuple[Engine, Line]],
) -> None:
    under_way, most = [0], [0]

    async def answer(_: httpx.Request) -> httpx.Response:
        under_way[0] += 1
        most[0] = max(most[0], under_way[0])
        await asyncio.sleep(0.02)
        under_way[0] -= 1
        return httpx.Response(200, json=[])

    made, line = engine(lambda: 0.0, answer)

    def rule(_: Trip) -> Rule[int]:
        answers = yield from send_all([list_users(page=n) for n in range(24)])
        return sum(not isinstance(one, LeafError) for one in answers)

    assert made.ask(line, rule).result(WAIT) == 24 and most == [AT_ONCE]
    made.gate.pace.limit, most[0] = 2.0, 0
    assert made.ask(line, rule).result(WAIT) == 24 and most[0] <= 4
