"""One seed: a laptop, its user, colleagues, a bad line, then a quiet time in which everything must come right."""

import random
import traceback
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from leafdesk.sandbox.choices import Choices
from leafdesk.store.database import StoreError

from .disk import KilledError
from .far import USER, Far
from .laptop import Laptop
from .mutants import Mutant
from .oracle import Oracle
from .people import People
from .weather import Weather, weather

ROUNDS = 6
QUIET = 14
"""Syncs in which a calm line must bring everything home."""


@dataclass(slots=True)
class Ended:
    """How a seed ended: what must never happen (`wrong`), and figures."""

    seed: int
    wrong: list[str]
    happened: list[str]
    figures: Counter[str] = field(default_factory=Counter)


class Story:
    """All that acts in one seed."""

    def __init__(self, seed: int, sky: Weather, mutant: Mutant | None) -> None:
        self.seed, self.weather, self.dice = seed, sky, sky.dice
        settle = mutant.settle_seconds if mutant else 90.0
        self.laptop = Laptop(sky, settle_seconds=settle, deaf=mutant.deaf if mutant else ())
        choices = Choices(
            boundary_touches_field=self.dice.random() < 0.7,
            history_is_paged=self.dice.random() < 0.2,
            processed_after_s=None,
        )
        self.far = self.laptop.far = Far(
            lambda: self.laptop.time, choices, rounds_shapes=self.dice.random() < 0.3, own_ids=True
        )
        self.people = People(self.laptop, self.far, self.dice)
        self.oracle = Oracle(self.laptop, self.far, self.people)
        self.requests = 0
        if "stale" in sky.kinds:
            self.far.snapshots = []
        self.laptop.between = self.between
        self.laptop.written = self.oracle.rule_wrote
        answer = self.far.answer

        def watched(call: Any, sender: Any = None) -> Any:
            self.oracle.before_landing(call.operation, call.path, sender)
            return answer(call, sender)

        self.far.answer = watched  # type: ignore[method-assign]

    def between(self) -> None:
        """Between any two events everybody may act."""
        while self.weather.event("the user", self.weather.haste):
            self.people.edit()
            self.oracle.people_acted()
        while self.weather.event("a colleague", self.weather.rush):
            self.people.colleague()
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
        figures = self.people.said + self.oracle.counted + Counter(self.weather.happened)
        figures["requests"], figures["landed"] = self.laptop.line.requests, len(self.far.memory.landed)
        self.laptop.disk.close()
        return Ended(self.seed, self.oracle.wrong, self.weather.happened, figures)

    def _begin(self) -> None:
        self.weather.calm = True
        for _ in range(4):
            self.people.colleague()
        self.far.leaf.create_farm(USER, "Main")
        self.laptop.sync()
        self.weather.calm = False

    def _round(self) -> None:
        for _ in range(self.dice.randint(0, 3)):
            if self.weather.event("the user", 1.0):
                self.people.edit()
                self.oracle.people_acted()
        if self.weather.event("a colleague", 0.4):
            self.people.colleague()
        self._sync()
        self.laptop.pass_time(self.dice.choice([1.0, 10.0, 60.0, 300.0]))
        if self.dice.random() < 0.4:
            self.people.decide()
            self.oracle.people_acted()

    def _sync(self) -> None:
        try:
            cycle = self.laptop.sync()
        except (KilledError, StoreError):
            self.laptop.restart()
            return
        except Exception as error:
            self.laptop.disk.restart()
            place = traceback.extract_tb(error.__traceback__)[-1]
            self.oracle.say(f"A bug: {type(error).__name__}: {error} ({place.filename}:{place.lineno} {place.name})")
            return
        self.laptop.disk.restart()
        self.oracle.log.extend(cycle.notices)

    def _quiet(self) -> None:
        """No faults and no new edits from now on."""
        self.weather.calm = True
        self.laptop.disk.restart()
        self.laptop.pass_time(4000)
        for n in range(QUIET):
            before, waiting = self.laptop.line.requests, len(self.laptop.outbox.items())
            self._sync()
            spent = self.laptop.line.requests - before
            if spent > 40 + 14 * waiting + 3 * len(self.far.all("fields")):
                self.oracle.say(f"I7 a calm sync of {waiting} items sent {spent} requests")
            asked = self.laptop.disk.connection.execute("SELECT 1 FROM facts WHERE name LIKE 'removals_%'").fetchone()
            if n and asked is None and not self.laptop.outbox.items():
                break
            self.people.decide(everything=True)
            self.oracle.people_acted()
            self.laptop.pass_time(200)
        self.oracle.requests_landed()
        self.oracle.end()


def run(
    seed: int,
    *,
    mutant: Mutant | None = None,
    rounds: int = ROUNDS,
    kinds: tuple[str, ...] | None = None,
    without: frozenset[int] = frozenset(),
) -> Ended:
    """One schedule; the same for the same arguments, to the last request."""
    ids = random.Random(f"ids {seed}")

    def uuid4() -> uuid.UUID:
        return uuid.UUID(int=ids.getrandbits(128), version=4)

    with mock.patch("uuid.uuid4", uuid4), mock.patch("leafdesk.sync.pull.PAGE", 3):
        story = Story(seed, weather(seed, kinds=kinds, without=without), mutant)
        if mutant is None:
            return story.run(rounds)
        with mutant.applied():
            return story.run(rounds)
