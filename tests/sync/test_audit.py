"""What is found at Leaf only afterwards is told until a person answers: late doubles, boundaries nobody saw."""

from collections.abc import Callable

import httpx

from leafdesk.edits import Create, Redraw
from leafdesk.geo.shape import from_geojson, to_geojson
from leafdesk.records import Farm, Grower
from leafdesk.store.notices import Notice, Notices
from leafdesk.sync.audit import WATCHED

from .laptop import USER, Laptop, square

Act = Callable[[], httpx.Response]


def notices(laptop: Laptop) -> list[Notice]:
    return Notices(laptop.database.reader()).open()


def sent_twice(laptop: Laptop, edit: Create) -> str:
    """A create whose first request was lost, so that it was sent once more; the item."""
    laptop.sync()
    (item,) = laptop.do(edit)
    left = [True]

    def fault(asked: str, act: Act) -> httpx.Response:
        if asked.startswith("create") and left:
            left.clear()
            raise httpx.ReadTimeout("no answer")
        return act()

    laptop.far.fault = fault
    laptop.sync()
    laptop.time += 91
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.item(item).attempts == 2
    return item


def test_a_request_that_lands_after_the_settle_time_is_told(laptop: Laptop) -> None:
    sent_twice(laptop, Create(Farm(id="f-1", leaf_user_id=USER, name="South")))
    assert notices(laptop) == []
    late = str(laptop.leaf.create_farm(USER, "South")["id"])
    cycle = laptop.sync()
    (notice,) = notices(laptop)
    assert (notice.sort, notice.kind, notice.record_id, notice.details) == (
        *("duplicate", "farms", "f-1"),
        {"leaf_id": late},
    )
    assert late in notice.sentence and notice.sentence in cycle.notices
    assert laptop.sync().notices == ()  # told once, kept until answered
    assert len(notices(laptop)) == 1


def test_a_farm_of_the_name_in_another_grower_is_no_double(laptop: Laptop) -> None:
    other = laptop.leaf.create_grower(USER, "Other")
    laptop.sync()
    laptop.do(Create(Grower(id="g-1", leaf_user_id=USER, name="Smith")))
    laptop.sync()
    sent_twice(laptop, Create(Farm(id="f-1", leaf_user_id=USER, name="South", grower_id="g-1")))
    laptop.leaf.create_farm(USER, "South", other["id"])
    laptop.sync()
    assert notices(laptop) == []


def test_what_was_sent_once_or_long_ago_is_not_watched(laptop: Laptop) -> None:
    sent_twice(laptop, Create(Farm(id="f-1", leaf_user_id=USER, name="South")))
    laptop.do(Create(Farm(id="f-2", leaf_user_id=USER, name="North")))
    laptop.sync()
    laptop.leaf.create_farm(USER, "North")
    laptop.sync()
    laptop.time += WATCHED + 1
    laptop.leaf.create_farm(USER, "South")
    laptop.sync()
    assert notices(laptop) == []


def test_a_boundary_that_came_between_look_and_write_is_told_and_can_be_put_back(laptop: Laptop) -> None:
    field = laptop.make_field("Home")
    laptop.sync()
    laptop.do(Redraw(field, square(5.1)))

    def fault(asked: str, act: Act) -> httpx.Response:
        if asked == "replaceActiveBoundary":
            laptop.far.fault = None
            laptop.leaf.redraw(field, to_geojson(square(5.2)))
        return act()

    laptop.far.fault = fault
    laptop.sync()
    (notice,) = notices(laptop)
    theirs = laptop.leaf.history(field)[-2]
    assert (notice.sort, notice.record_id) == ("replaced", field)
    assert notice.details["boundary_id"] == theirs["id"] and from_geojson(notice.details["shape"]) == square(5.2)
    assert theirs["createdTime"] in notice.sentence and "Home" in notice.sentence
    laptop.database.write(lambda c: Notices(c).dismiss(notice.id, at="now")).result()
    laptop.sync()
    assert notices(laptop) == []
