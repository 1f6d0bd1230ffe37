"""A sync that nobody asked for reads only what changed; every hour all of it, and what is listed must be here."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx
import pytest

from leafdesk.edits import Create, Redraw, change
from leafdesk.records import Farm, Field
from leafdesk.sync.again import SWEEP
from leafdesk.sync.watermark import newest

from .laptop import USER, Laptop, square

Act = Callable[[], httpx.Response]


def dated(laptop: Laptop) -> None:
    """Leaf's answers carry its Date, as every server's do."""

    def fault(_: str, act: Act) -> httpx.Response:
        answer = act()
        answer.headers["date"] = format_datetime(datetime.fromtimestamp(laptop.time, UTC), usegmt=True)
        return answer

    laptop.far.fault = fault


@pytest.fixture
def many(laptop: Laptop) -> Laptop:
    """Three pages of fields, all read."""
    dated(laptop)
    for n in range(210):
        laptop.make_field(f"Field {n}", square(n / 100))
    laptop.time += 3600
    laptop.make_field("Last", square(7.7))
    laptop.sync()
    return laptop


def test_only_what_changed_is_read(many: Laptop) -> None:
    field = many.make_field("New", square(9))
    renamed = many.leaf.all("fields")[0]["id"]
    many.leaf.change("fields", renamed, name="Renamed")
    many.far.asked.clear()
    many.sync(by_itself=True)
    assert many.far.counts["listFields"] == 1
    assert many.catalog.field(field) is not None
    assert (seen := many.catalog.field(renamed)) is not None and seen.name == "Renamed"
    assert many.catalog.counts()["fields"].all == 212  # what it does not list is still there


def test_the_overlap_catches_what_leaf_wrote_down_late(many: Laptop) -> None:
    many.make_field("Now", square(9))
    many.sync(by_itself=True)
    many.time -= 300  # committed now, dated five minutes ago
    many.make_field("Late", square(8))
    many.time += 300
    many.sync(by_itself=True)
    assert [row.name for row in many.catalog.fields(search="Late")] == ["Late"]


def test_deletions_show_within_the_hour_and_whenever_somebody_asks(many: Laptop) -> None:
    one, two = (field["id"] for field in many.leaf.all("fields")[:2])
    many.leaf.remove(one)
    many.sync(by_itself=True)
    assert many.catalog.field(one) is not None
    many.sync()
    assert many.catalog.field(one) is None
    many.leaf.remove(two)
    many.time += SWEEP
    many.sync(by_itself=True)
    assert many.catalog.field(two) is None


def test_a_clock_that_was_set_back_makes_the_next_one_whole(many: Laptop) -> None:
    many.time -= 86_400
    many.far.asked.clear()
    many.sync(by_itself=True)
    assert many.far.counts["listFields"] == 3


def test_a_time_far_ahead_of_leafs_own_clock_is_no_mark() -> None:
    now = "Sun, 01 Mar 2026 12:00:00 GMT"
    times = ["2026-03-01T11:59:00Z", "2026-03-02T11:59:00.123456Z", "2031-01-01T00:00:00Z", "soon", ""]
    assert newest(times, now) == datetime(2026, 3, 2, 11, 59, 0, 123456, tzinfo=UTC)
    assert newest(times, "") is None and newest([], now) is None


def test_what_leaf_lists_and_is_not_here_is_read_again_and_told(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leafdesk.sync import pull

    laptop.make_field("Home")
    news = pull._news
    monkeypatch.setattr(
        pull, "_news", lambda c, o, kind, records: [] if kind == "fields" else news(c, o, kind, records)
    )
    cycle = laptop.sync()
    assert laptop.far.counts["listFields"] == 2
    assert cycle.notices == ("1 of Leaf's fields could not be kept here.",)
    monkeypatch.undo()
    assert laptop.sync().notices == ()


# ---------------------------------------------------------------------- send only these
def test_only_the_chosen_ones_go_with_what_they_rest_on(laptop: Laptop) -> None:
    one, two = laptop.make_field("One"), laptop.make_field("Two", square(6))
    laptop.sync()
    laptop.do(
        Create(Farm(id="f-1", leaf_user_id=USER, name="South")), Create(Farm(id="f-2", leaf_user_id=USER, name="North"))
    )
    first, drawn, moved, other = laptop.do(
        change("fields", one, name="First"), Redraw(one, square(7)), change("fields", two, farm_id="f-1"),
        Create(Field(id="made", leaf_user_id=USER, name="Made", shape=square(8))),
    )  # fmt: skip
    laptop.sync(pull=False, only=frozenset({drawn, moved}))
    assert [laptop.item(item).state for item in (first, drawn, moved, other)] == ["done", "done", "done", "waiting"]
    assert [farm["name"] for farm in laptop.leaf.all("farms")] == ["South"]
    laptop.sync(pull=False)
    assert laptop.states() == []
