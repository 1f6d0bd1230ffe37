"""Three laptops, one hand-over, a bad line: whoever syncs, in whatever order, Leaf gets everything once."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx
import pytest

from leafdesk.edits import Create, Redraw, change
from leafdesk.geo.shape import from_geojson
from leafdesk.records import USER_CREATED, Farm, Field, Grower, Machine
from leafdesk.store.catalog import Catalog
from leafdesk.store.outbox import Outbox, RefusedError
from leafdesk.sync.cycle import Cycle, sync
from leafdesk.sync.terms import Terms
from leafdesk.sync.wish import Wish
from leafdesk.workspace.accounts import Account
from leafdesk.workspace.handing import HandOvers

from .laptop import USER, Laptop, square

HOME = "7b1b7a3e-6d1c-4b0a-9a53-2f4d5e6a7b8c"
Act = Callable[[], httpx.Response]


class Desk(Laptop):
    """A laptop of a team: all at one Leaf, each with hand-overs of its own."""

    @property
    def handing(self) -> HandOvers:
        def write(job: Callable[..., Any], learn: Callable[[Any], tuple[Any, Any]]) -> "Future[Any]":
            answer: Future[Any] = Future()
            try:
                done = self.database.write(lambda c: job(Catalog(c), Outbox(c)), urgent=True).result()
                answer.set_result(learn(done)[0])
            except RefusedError as error:
                answer.set_exception(error)
            return answer

        ids = (f"00000000-0000-4000-8000-{n:012}" for n in range(1, 9))
        terms = Terms(new_id=lambda: next(ids), clock=lambda: self.time)
        account = Account("a", "anna@example.com", "http://127.0.0.1:1")
        return HandOvers(account, lambda: self.catalog, write, terms, lambda: None)


@pytest.fixture
def team(tmp_path: Path) -> Iterator[list[Desk]]:
    desks = [Desk(tmp_path / name / "leafdesk.db") for name in ("anna", "ben", "cleo")]
    for desk in desks[1:]:
        desk.far, desk.leaf = desks[0].far, desks[0].leaf
    yield desks
    for desk in desks:
        desk.database.close()


def morning(anna: Desk) -> tuple[str, str]:
    """Two fields that Leaf has, and one edit of each sort that can be handed over; the ids of the two."""
    renamed, redrawn = anna.make_field("Old", square(7.0)), anna.make_field("Pond", square(8.0))
    anna.drive(sync(anna.trip(), Cycle(), Wish(stock=True)))
    anna.do(
        Create(Grower(id="g-here", leaf_user_id=USER, name="Anna's Land")),
        Create(Farm(id="f-here", leaf_user_id=USER, name="Anna's Farm", grower_id="g-here")),
        Create(Field(id=HOME, leaf_user_id=USER, name="Home", shape=square(), farm_id="f-here")),
        change("fields", renamed, name="New"),
        Redraw(redrawn, square(9.0)),
        Create(Machine(id="m-here", leaf_user_id=USER, name="Old Red", origin_type=USER_CREATED, model_year=1998)),
    )
    return renamed, redrawn


def bad_line(chance: random.Random) -> Callable[[str, Act], httpx.Response]:
    """A line on which requests and answers are lost, and a server that stumbles before and after it has done it."""

    def fault(asked: str, act: Act) -> httpx.Response:
        luck = chance.random()
        if luck < 0.08:
            raise httpx.ConnectError("no signal")
        if luck < 0.13:
            raise httpx.ReadTimeout("lost on its way")
        answer = act()
        if luck < 0.25:
            raise httpx.ReadTimeout("the answer was lost")
        return httpx.Response(500, json={}) if luck < 0.30 else answer

    return fault


def is_at_leaf_once(anna: Desk, renamed: str, redrawn: str) -> None:
    leaf = anna.leaf
    (grower,) = leaf.all("growers")
    (farm,) = leaf.all("farms")
    assert (grower["name"], farm["name"]) == ("Anna's Land", "Anna's Farm")
    assert sum(one["name"] == "Old Red" for one in leaf.all("machines")) == 1
    assert farm["growerId"] == grower["id"] and leaf.counts()["fields"] == 3
    assert leaf.field(HOME)["farmId"] == farm["id"] and len(leaf.history(HOME)) == 1
    assert leaf.field(renamed)["name"] == "New"
    shapes = [from_geojson(one["geometry"]) for one in leaf.history(redrawn)]
    assert sorted(shapes) == [square(8.0), square(9.0)]


@pytest.mark.parametrize("seed", [0, 1, 106, 114, 119])  # the last three once made a second farm
def test_a_bad_line_and_three_who_send_make_nothing_twice(team: list[Desk], tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    anna, *others = team
    renamed, redrawn = morning(anna)
    for desk in others:
        desk.sync()
    file = tmp_path / "x.leafdesk-handover"
    anna.handing.give(file)
    anna.far.fault = bad_line(chance)
    takers, wrong = chance.sample(others, chance.choice((1, 2))), chance.random() < 0.5
    for step in range(12):
        if takers and chance.random() < 0.5:
            takers.pop().handing.take(file)
        if wrong and step == 5:
            mine = [item.id for item in anna.outbox.items() if item.handed]
            anna.handing.take_back(*mine).result()
        chance.choice(team).sync()
        for desk in team:
            desk.time += 40
        if not wrong:
            assert all(item.handed and item.state == "sent" for item in anna.outbox.items())
    anna.far.fault = None
    for desk in takers:
        desk.handing.take(file)
    for _ in range(5):
        for desk in team:
            desk.time += 200
            desk.sync()
    assert [[(one.sentence, one.state, one.reason) for one in desk.outbox.items()] for desk in team] == [[], [], []]
    is_at_leaf_once(anna, renamed, redrawn)
    for desk in team:
        desk.sync()
        fields = {row.name: row.farm_id is not None for row in desk.catalog.fields()}
        assert fields == {"Home": True, "New": False, "Pond": False}


def test_a_machine_is_not_handed_over_before_leafs_were_read(team: list[Desk], tmp_path: Path) -> None:
    anna = team[0]
    anna.sync()
    anna.do(Create(Machine(id="m-here", leaf_user_id=USER, name="Old Red", origin_type=USER_CREATED)))
    with pytest.raises(RefusedError, match="never read here"):
        anna.handing.give(tmp_path / "x.leafdesk-handover")
    assert anna.states() == ["Create waiting"]


def test_nothing_but_a_proof_moves_what_a_colleague_has(team: list[Desk], tmp_path: Path) -> None:
    anna = team[0]
    renamed, redrawn = morning(anna)
    anna.handing.give(tmp_path / "x.leafdesk-handover")
    before = [(item.id, item.rev) for item in anna.outbox.items()]
    writes = {"createGrower", "createFarm", "createField", "createMachine", "updateField", "replaceBoundary"}
    anna.leaf.update_field(USER, renamed, {"name": "Somebody's"})  # a conflict, for whoever sends
    anna.leaf.remove(redrawn)
    for answer in (None, 500, 403, 404, 429):
        anna.far.fault = (
            None
            if answer is None
            else lambda asked, act, code=answer: httpx.Response(code, json={}) if asked.startswith("get") else act()  # type: ignore[misc]
        )
        anna.sync()
        anna.time += 3600
    assert [(item.id, item.rev) for item in anna.outbox.items()] == before
    assert not writes & set(anna.far.asked)
