"""What the oracle calls a double, and what only looks like one."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from leafdesk.edits import Create, Delete
from leafdesk.records import USER_CREATED, Machine

from .ending import look_back
from .far import USER
from .story import Story, small_world
from .weather import Weather


@dataclass(slots=True)
class Deaf(Weather):
    """Every answer to a write is lost while `deaf`; nobody else acts."""

    deaf: bool = False

    def event(self, name: str, chance: float) -> bool:
        return False

    def fault(self, *, writes: bool) -> str | None:
        return "lost" if writes and self.deaf else None


@pytest.fixture
def twins() -> Iterator[tuple[Story, list[str]]]:
    """Two machines that are the same to the letter, both made at Leaf, both answers lost; their items."""
    with small_world(1):
        story, items = _twins()
        yield story, items
        story.laptop.disk.close()


def _twins() -> tuple[Story, list[str]]:
    sky = Deaf(random.Random(1))
    story = Story(1, sky, None)
    story._begin()
    records = [
        Machine(id=f"made-{n}", leaf_user_id=USER, name="Creek", serial_number="007", origin_type=USER_CREATED)
        for n in (1, 2)
    ]
    items = [story.laptop.do(Create(record)) for record in records]
    sky.deaf = True
    story.laptop.sync()
    sky.deaf = False
    story.laptop.pass_time(100)
    return story, items


Twins = tuple[Story, list[str]]


def test_a_twin_that_took_the_others_machine_made_none_twice(twins: Twins) -> None:
    story, (first, second) = twins
    memory = story.far.memory
    ((_, lost),) = memory.made[first]
    story.far.leaf.take_away("machines", lost)  # so the first create finds the second's machine
    story.laptop.sync(stock=True)
    assert len(memory.made[second]) == 2 and story.laptop.outbox.items() == []
    story.laptop.do(Delete("machines", "made-2"))
    story._quiet()
    assert story.oracle.wrong == []


def test_one_more_machine_is_a_double_though_it_was_deleted(twins: Twins) -> None:
    story, (first, _) = twins
    story.laptop.sync(stock=True)
    story.far.actor = first
    third = story.far.leaf.create_machine(USER, {"name": "Creek", "serialNumber": "007"})
    story.far.leaf.take_away("machines", third["id"])
    look_back(story.oracle)
    assert any(sentence.startswith("I2 doubled") for sentence in story.oracle.wrong)
