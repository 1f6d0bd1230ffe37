"""One seed: a laptop, its user, colleagues, a bad line, then a quiet time in which everything must come right."""

import random
import traceback
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from leafdesk.sandbox.choices import Choices
from leafdesk.store.database import StoreError
from leafdesk.sync.asks import Rule, Trip
from leafdesk.sync.pull import read_list
from leafdesk.sync.stock import _lists_of, read_matches
from leafdesk.sync.tally import Pulled

from .colleagues import Colleagues
from .disk import KilledError
from .ending import look_back
from .far import OPERATION, USER, Far
from .laptop import Laptop
from .mutants import Mutant
from .oracle import Oracle
from .people import Sayings, User
from .speed import remembered
from .weather import Weather, weather

ROUNDS = 10
"""Syncs with all that may happen: some dozens of edits a story."""
HURRY = 25
"""Edits that the user makes during one sync at most."""
QUIET = 40
"""Syncs in which a calm line must bring everything home: what Leaf cannot process takes ten to be given up, and may
rest on another such."""


@dataclass(slots=True)
class Ended:
    """How a seed ended: what must never happen (`wrong`), and figures."""

    seed: int
    wrong: list[str]
    happened: list[str]
    figures: Counter[str] = field(default_factory=Counter)
    digest: str = ""


class Story:
    """All that acts in one seed."""

    def __init__(self, seed: int, sky: Weather, mutant: Mutant | None) -> None:
        self.seed, self.weather, self.dice = seed, sky, sky.dice
        self.edits_left = HURRY
        settle = mutant.settle_seconds if mutant else 90.0
        self.laptop = Laptop(sky, settle_seconds=settle, deaf=mutant.deaf if mutant else ())
        choices = Choices(
            boundary_touches_field=self.dice.random() < 0.7,
            history_is_paged=self.dice.random() < 0.2,
            processed_after_s=None,
        )
        self.far = self.laptop.far = Far(lambda: self.laptop.time, choices, rounds_shapes=self.dice.random() < 0.3)
        sayings = Sayings(self.dice)
        self.user = User(self.laptop, self.far, sayings, self.dice, random.Random(f"second thoughts {seed}"))
        self.colleagues = Colleagues(self.far, self.user, sayings, self.dice)
        self.oracle = Oracle(self.laptop, self.far, self.user)
        self.oracle.looks_for = mutant.looks_for if mutant else ""
        self.laptop.between = self.between
        self.laptop.written = self.oracle.rule_wrote
        answer = self.far.answer

        def watched(call: Any, sender: Any = None, *, other_id: bool = False) -> Any:
            self.oracle.before_landing(call.operation, call.path, sender)
            return answer(call, sender, other_id=other_id)

        self.far.answer = watched  # type: ignore[method-assign]

    def between(self) -> None:
        """Between any two events everybody may act. (A sync has an end: nobody edits faster than it sends.)"""
        while self.edits_left and self.weather.event("the user", self.weather.haste):
            self.edits_left -= 1
            self.user.edit()
            self.oracle.user_acted()
        while self.weather.event("a colleague", self.weather.rush):
            self.colleagues.act()
        self.oracle.requests_landed()

    # ------------------------------------------------------------------ the story
    def run(self, rounds: int) -> Ended:
        self._begin()
        for _ in range(rounds):
            self._round()
            if self.oracle.wrong:
                break
        if not self.oracle.wrong:
            self._quiet()
        figures = self.user.said + self.oracle.counted + Counter(self.weather.happened)
        figures["requests"], figures["landed"] = self.laptop.line.requests, len(self.far.memory.landed)
        figures["statements"] = self.laptop.disk.connection.count
        self.laptop.disk.close()
        return Ended(self.seed, self.oracle.wrong, self.weather.happened, figures)

    def _begin(self) -> None:
        self.weather.calm = True
        for _ in range(4):
            self.colleagues.act()
        self.far.leaf.create_farm(USER, "Main")
        self.laptop.sync(stock=True)
        self.oracle.user_acted()
        self.weather.calm = False

    def _round(self) -> None:
        for _ in range(self.dice.randint(0, 3)):
            if self.weather.event("the user", 1.0):
                self.user.edit()
                self.oracle.user_acted()
        if self.weather.event("a colleague", 0.4):
            self.colleagues.act()
        self._sync(stock=self.dice.random() < 0.5)
        self.laptop.pass_time(self.dice.choice([1.0, 10.0, 60.0, 300.0]))
        if self.dice.random() < 0.4:
            self.user.decide()
            self.oracle.user_acted()

    def _sync(self, *, stock: bool) -> None:
        self.edits_left = HURRY
        try:
            cycle = self.laptop.sync(stock=stock)
        except (KilledError, StoreError):
            self.laptop.restart()
            if self.laptop.lost:
                self.laptop.lost = False
                self.oracle.began_anew()
            return
        except Exception as error:
            self.laptop.disk.restart()
            place = traceback.extract_tb(error.__traceback__)[-1]
            self.oracle.say(f"A bug: {type(error).__name__}: {error} ({place.filename}:{place.lineno} {place.name})")
            return
        self.laptop.disk.restart()
        self.oracle.log.extend(cycle.notices)
        self.oracle.cycle_ended(cycle.outcome)

    def _quiet(self) -> None:
        """No faults and no new edits from now on. (Nothing moves between pages any more, so they may be long.)"""
        self.weather.calm = True
        with pages_of(100):
            self._come_to_rest()
        self.oracle.requests_landed()
        look_back(self.oracle)

    def _come_to_rest(self) -> None:
        self.laptop.disk.restart()
        self.laptop.pass_time(4000)
        for n in range(QUIET):
            before, waiting = self.laptop.line.requests, len(self.laptop.outbox.items())
            self._sync(stock=True)
            spent = self.laptop.line.requests - before
            if spent > 40 + 14 * waiting + 3 * len(self.far.there["fields"]) + 2 * len(self.far.there["machines"]):
                self.oracle.say(f"I7 a calm sync of {waiting} items sent {spent} requests")
            asked = self.laptop.disk.connection.execute("SELECT 1 FROM facts WHERE name LIKE 'removals_%'").fetchone()
            if n and asked is None and not self.laptop.outbox.items():
                break
            self.user.decide(everything=True)
            if n < 4:
                self.user.come_back()
            self.oracle.user_acted()
            self.laptop.pass_time(400)


def _pull_machines(trip: Trip, pulled: Pulled) -> Rule[None]:
    """Of what is no land only that which can be changed: machines and matches."""
    yield from read_list(next(_lists_of(USER)), trip, pulled)
    yield from read_matches(OPERATION, USER, trip)


@contextmanager
def pages_of(rows: int) -> Iterator[None]:
    """A while in which lists are read so many rows at a time."""
    with ExitStack() as stack:
        for room in ("pull", "stock"):
            stack.enter_context(mock.patch(f"leafdesk.sync.{room}.PAGE", rows))
        yield


@contextmanager
def small_world(seed: int, *, page: int = 3) -> Iterator[None]:
    """A while in which ids come from the seed, pages are small, and only what can be changed is pulled."""
    ids = random.Random(f"ids {seed}")

    def uuid4() -> uuid.UUID:
        return uuid.UUID(int=ids.getrandbits(128), version=4)

    with ExitStack() as stack:
        stack.enter_context(mock.patch("uuid.uuid4", uuid4))
        stack.enter_context(pages_of(page))
        stack.enter_context(mock.patch("leafdesk.sync.cycle.pull_stock", _pull_machines))
        stack.enter_context(remembered())
        yield


def run(
    seed: int,
    *,
    mutant: Mutant | None = None,
    rounds: int = ROUNDS,
    kinds: tuple[str, ...] | None = None,
    without: frozenset[int] = frozenset(),
) -> Ended:
    """One schedule; the same for the same arguments, to the last request."""
    with ExitStack() as stack:
        stack.enter_context(small_world(seed))
        if mutant is not None:
            stack.enter_context(mutant.applied())
        return Story(seed, weather(seed, kinds=kinds, without=without), mutant).run(rounds)
