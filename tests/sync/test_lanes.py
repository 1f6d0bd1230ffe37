"""Several records go to Leaf side by side: never two requests of one record, never more than a few in all."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from leafdesk.edits import Create, Redraw, change
from leafdesk.geo.shape import from_geojson
from leafdesk.records import Farm, Field, Grower
from leafdesk.sync.push import LANES

from .laptop import USER, Laptop, square

Act = Callable[[], httpx.Response]


class Slow:
    """Leaf takes its time: what is under way at once, by record."""

    def __init__(self, laptop: Laptop) -> None:
        self.now: list[str] = []
        self.most = 0
        self.twice: list[str] = []
        answer = laptop.far.answer

        async def slowly(request: httpx.Request) -> httpx.Response:
            record = request.url.path.removesuffix("/boundary").removesuffix("/boundaries").rpartition("/")[2]
            writes = request.method != "GET"
            if writes:
                self.twice += [record] if record in self.now and record not in ("fields", "farms") else []
                self.now.append(record)
                self.most = max(self.most, len(self.now))
            for _ in range(5):
                await asyncio.sleep(0)
            try:
                return answer(request)
            finally:
                if writes:
                    self.now.remove(record)

        laptop.far.answer = slowly  # type: ignore[assignment,method-assign]


def test_a_few_records_at_once_and_each_in_the_order_of_its_edits(laptop: Laptop) -> None:
    fields = [laptop.make_field(f"Field {n}", square(n / 10)) for n in range(10)]
    laptop.sync()
    for n, field in enumerate(fields):
        laptop.do(change("fields", field, name=f"New {n}"), Redraw(field, square(n / 10 + 3)))
    slow = Slow(laptop)
    assert laptop.sync(pull=False).pushed.sent == 20
    assert slow.most == LANES and slow.twice == []
    assert [laptop.leaf.field(field)["name"] for field in fields] == [f"New {n}" for n in range(10)]


def test_what_rests_on_something_new_waits_for_it_and_for_nothing_else(laptop: Laptop) -> None:
    laptop.sync()
    edits: list[Any] = [Create(Grower(id="g", leaf_user_id=USER, name="Smith"))]
    edits += [Create(Farm(id=f"f{n}", leaf_user_id=USER, name=f"Farm {n}", grower_id="g")) for n in range(5)]
    edits += [
        Create(Field(id=f"made-{n}", leaf_user_id=USER, name=f"{n}", shape=square(n / 10), farm_id=f"f{n % 5}"))
        for n in range(10)
    ]
    laptop.do(*edits)
    Slow(laptop)
    assert laptop.sync(pull=False).pushed.sent == 1 + 5 + 10 + 10
    assert len({one["farmId"] for one in laptop.leaf.all("fields")}) == 5
    assert {one["growerId"] for one in laptop.leaf.all("farms")} == {laptop.leaf.all("growers")[0]["id"]}


def test_one_bad_record_stops_only_itself_and_what_rests_on_it(laptop: Laptop) -> None:
    fields = [laptop.make_field(f"Field {n}", square(n / 10)) for n in range(8)]
    laptop.sync()
    (farm,) = laptop.do(Create(Farm(id="f", leaf_user_id=USER, name="Bad")))
    (bad,) = laptop.do(change("fields", fields[0], name="Bad"))
    (behind,) = laptop.do(Redraw(fields[0], square(5)))
    (resting,) = laptop.do(change("fields", fields[1], farm_id="f"))
    good = laptop.do(*(Redraw(field, square(n / 10 + 3)) for n, field in enumerate(fields[2:])))

    def fault(asked: str, act: Act) -> httpx.Response:
        if asked == "createFarm" or (asked == "updateField" and laptop.item(bad).state == "sent"):
            return httpx.Response(400, json={"title": "No such name"})
        return act()

    laptop.far.fault = fault
    laptop.sync()
    assert {laptop.item(item).state for item in good} == {"done"}
    assert [laptop.item(item).state for item in (farm, bad, behind, resting)] == [
        *("parked", "parked", "waiting", "waiting")
    ]
    assert laptop.item(behind).reason == f"Waits for: {laptop.item(bad).sentence}"
    assert laptop.item(resting).reason == f"Waits for: {laptop.item(farm).sentence}"


def test_a_dead_line_ends_all_lanes_and_leaves_every_item_in_order(laptop: Laptop) -> None:
    fields = [laptop.make_field(f"Field {n}", square(n / 10)) for n in range(10)]
    laptop.sync()
    items = laptop.do(*(Redraw(field, square(n / 10 + 3)) for n, field in enumerate(fields)))
    left = [5]

    def fault(asked: str, act: Act) -> httpx.Response:
        left[0] -= asked == "replaceActiveBoundary"
        if left[0] < 0:
            raise httpx.ConnectError("no route")
        return act()

    laptop.far.fault = fault
    assert laptop.sync().outcome == "offline"
    assert {laptop.item(item).state for item in items} == {"done", "waiting"}
    laptop.far.fault = None
    laptop.sync()
    for n, field in enumerate(fields):
        assert from_geojson(laptop.leaf.active_boundary(field)["geometry"]) == square(n / 10 + 3)
        assert len(laptop.leaf.history(field)) == 2


def test_a_bug_in_one_lane_is_told_and_the_others_finish_what_they_began(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = [laptop.make_field(f"Field {n}", square(n / 10)) for n in range(6)]
    laptop.sync()
    items = laptop.do(*(change("fields", field, name=f"New {n}") for n, field in enumerate(fields)))
    from leafdesk.sync import fields as rules

    rule = rules.change_field

    def broken(item: Any, *more: Any) -> Any:
        if item.id == items[0]:
            raise ZeroDivisionError
        return (yield from rule(item, *more))

    monkeypatch.setattr(rules, "change_field", broken)
    with pytest.raises(ZeroDivisionError):
        laptop.sync()
    assert not [item for item in laptop.outbox.items() if item.state == "sent"]
    monkeypatch.undo()
    laptop.sync()
    assert [laptop.leaf.field(field)["name"] for field in fields] == [f"New {n}" for n in range(6)]
