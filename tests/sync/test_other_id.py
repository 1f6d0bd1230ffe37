"""A Leaf that gives a new field an id of its own, and whose answer is lost: the field is looked for at its place."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from leafdesk.edits import Create, Redraw, change
from leafdesk.geo.shape import to_geojson
from leafdesk.records import Field

from .laptop import USER, Laptop, square
from .test_audit import notices, sent_twice

Act = Callable[[], httpx.Response]
HOME = "0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d"


def home(id_: str = HOME) -> Create:
    return Create(Field(id=id_, leaf_user_id=USER, name="Home", shape=square()))


def lose_first(laptop: Laptop, *, arrives: bool) -> None:
    """The first create is lost on its way back, under an id of Leaf's (`arrives`), or on its way there."""
    left = [True]

    def fault(asked: str, act: Act) -> httpx.Response:
        if asked == "createField" and left:
            left.clear()
            if arrives:
                laptop.leaf.create_field(USER, to_geojson(square()), "Home")
            raise httpx.ReadTimeout("no answer")
        return act()

    laptop.far.fault = fault


def test_it_is_found_by_its_name_and_boundary_and_not_made_twice(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(home())
    lose_first(laptop, arrives=True)
    laptop.sync()
    laptop.time += 91
    laptop.sync()
    (there,) = laptop.leaf.all("fields")
    assert there["id"] != HOME
    assert laptop.item(item).state == "done" and laptop.item(item).attempts == 1
    assert laptop.catalog.leaf_id("fields", HOME) == there["id"]
    assert [row.name for row in laptop.catalog.fields()] == ["Home"]
    laptop.do(change("fields", HOME, name="Home 2"))
    laptop.sync()
    assert [one["name"] for one in laptop.leaf.all("fields")] == ["Home 2"]


@pytest.mark.parametrize("then", [{"shape": square(6.0)}, {"name": "Home, south"}], ids=["redrawn", "renamed"])
def test_it_is_found_too_where_the_user_took_it_for_a_second_one_and_changed_it(
    laptop: Laptop, then: dict[str, Any]
) -> None:
    laptop.sync()
    (item,) = laptop.do(home())
    lose_first(laptop, arrives=True)
    laptop.sync()
    (second,) = [row.id for row in laptop.catalog.fields() if row.id != HOME]
    laptop.do(Redraw(second, then["shape"]) if "shape" in then else change("fields", second, **then))
    laptop.sync()
    assert laptop.item(item).state == "sent", "its time has not come: what was done to the second one is at Leaf first"
    laptop.time += 91
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.item(item).attempts == 1
    (there,) = laptop.leaf.all("fields")
    assert there["name"] == then.get("name", "Home")
    assert [row.name for row in laptop.catalog.fields()] == [there["name"]]
    assert laptop.item(item).reason == (
        f"Leaf has this field by the name {there['name']}; that was left as it is." if "name" in then else None
    )


def test_one_that_stood_there_before_is_not_taken_for_it(laptop: Laptop) -> None:
    laptop.leaf.create_field(USER, to_geojson(square()), "Home")
    laptop.sync()
    (item,) = laptop.do(home())
    lose_first(laptop, arrives=False)
    laptop.sync()
    laptop.time += 91
    laptop.sync()
    assert laptop.item(item).attempts == 2
    assert len(laptop.leaf.all("fields")) == 2


def test_a_twin_that_was_made_here_is_not_taken_for_it(laptop: Laptop) -> None:
    laptop.sync()
    twin = HOME.replace("0b", "1b")
    items = laptop.do(home(), home(twin))
    lose_first(laptop, arrives=False)
    laptop.sync()
    laptop.time += 91
    laptop.sync()
    assert [laptop.item(item).state for item in items] == ["done", "done"]
    assert {str(one["id"]) for one in laptop.leaf.all("fields")} == {HOME, twin}


@pytest.mark.parametrize("status", [400, 404])
def test_a_leaf_that_does_not_answer_the_question_gets_it_again_under_the_same_id(laptop: Laptop, status: int) -> None:
    laptop.sync()
    (item,) = laptop.do(home())
    lose_first(laptop, arrives=False)
    laptop.sync()
    laptop.time += 91

    def fault(asked: str, act: Act) -> httpx.Response:
        return httpx.Response(status, json={"title": "No"}) if asked == "findFieldsByGeometry" else act()

    laptop.far.fault = fault
    laptop.sync()
    assert laptop.item(item).state == "done"
    assert [str(one["id"]) for one in laptop.leaf.all("fields")] == [HOME]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(401, json={"title": "No"}),
        httpx.Response(403, json={}),
        httpx.Response(200, json=[{"id": {}}]),
    ],
)
def test_an_answer_that_does_not_tell_what_is_there_proves_nothing(laptop: Laptop, answer: httpx.Response) -> None:
    laptop.sync()
    (item,) = laptop.do(home())
    lose_first(laptop, arrives=True)
    laptop.sync(pull=False)
    laptop.time += 91
    laptop.far.fault = lambda asked, act: answer if asked == "findFieldsByGeometry" else act()
    laptop.sync(pull=False)
    assert laptop.item(item).state == "sent" and laptop.item(item).attempts == 1
    laptop.far.fault = None
    laptop.time += 91
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.item(item).attempts == 1
    assert len(laptop.leaf.all("fields")) == 1


def test_a_second_one_that_lands_after_the_settle_time_is_told(laptop: Laptop) -> None:
    sent_twice(laptop, home())
    laptop.sync()
    assert notices(laptop) == []
    late = str(laptop.leaf.create_field(USER, to_geojson(square()), "Home")["id"])
    laptop.leaf.create_field(USER, to_geojson(square(6.0)), "Home")
    laptop.sync()
    (notice,) = notices(laptop)
    assert (notice.sort, notice.kind, notice.record_id, notice.details) == (
        *("duplicate", "fields", HOME),
        {"leaf_id": late},
    )
