"""What a pull brings, leaves alone and takes away: driven step by step, with Leaf in this process."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from leafdesk.edits import Create, change
from leafdesk.geo.shape import from_geojson, to_geojson
from leafdesk.records import Farm, LeafUser
from leafdesk.sandbox.choices import Choices
from leafdesk.store.catalog import Catalog
from leafdesk.sync.asks import Write
from leafdesk.sync.removals import confirm
from leafdesk.sync.tally import BATCH

from .laptop import USER, Laptop, square


def nothing() -> dict[str, int]:
    return {"added": 0, "changed": 0, "removed": 0}


def fill(laptop: Laptop, fields: int) -> list[str]:
    grower = laptop.leaf.create_grower(USER, "Smith")["id"]
    farm = laptop.leaf.create_farm(USER, "Main", grower)["id"]
    made = [laptop.make_field(f"Field {n}", square(5 + n / 50)) for n in range(fields)]
    for one in made[:10]:
        laptop.leaf.update_field(USER, one, {"farmId": farm})
    return made


def test_everything_comes_and_a_second_pull_asks_for_pages_only_and_writes_no_record(laptop: Laptop) -> None:
    made = fill(laptop, 230)
    laptop.takes_turns = True
    cycle = laptop.sync()
    assert cycle.outcome == "done"
    assert cycle.pulled.as_dict() == {
        "users": {"added": 1, "changed": 0, "removed": 0},
        "growers": {"added": 1, "changed": 0, "removed": 0},
        "farms": {"added": 1, "changed": 0, "removed": 0},
        "fields": {"added": 230, "changed": 0, "removed": 0},
        "boundaries": {"added": 230, "changed": 0, "removed": 0},
    }
    assert {row.id for row in laptop.catalog.fields()} == set(made)
    for one in (made[0], made[99], made[100], made[229]):
        field = laptop.catalog.field(one)
        assert field is not None
        assert field.shape == from_geojson(laptop.leaf.active_boundary(one)["geometry"])
        assert field.area_ha == laptop.leaf.active_boundary(one)["area"]["value"]
    assert len(laptop.catalog.fields(farm_id=laptop.catalog.farms()[0].id)) == 10

    told = [(one.done, one.total) for one in laptop.told if one.what == "Boundaries"]
    assert told == sorted(told) and told[-1] == (230, 230)

    laptop.far.asked.clear()
    laptop.writes = 0
    again = laptop.sync()
    assert dict(laptop.far.counts) == {"listLeafUsers": 1, "listGrowers": 1, "listFarms": 1, "listFields": 3}
    assert again.pulled.as_dict() == dict.fromkeys(again.pulled.as_dict(), nothing())
    assert laptop.writes == 5  # when each list was read whole and when the last sync was, and nothing else


def test_only_what_changed_is_written_and_only_new_boundaries_are_fetched(laptop: Laptop) -> None:
    made = fill(laptop, 12)
    laptop.sync()
    laptop.leaf.change("fields", made[0], name="Renamed")
    laptop.leaf.redraw(made[1], to_geojson(square(9)))
    laptop.far.asked.clear()
    cycle = laptop.sync()
    assert cycle.pulled.tally("fields").as_dict() == {"added": 0, "changed": 2, "removed": 0}
    assert cycle.pulled.tally("boundaries").added == 1 and laptop.far.counts["getBoundary"] == 1
    field = laptop.catalog.field(made[1])
    assert field is not None and field.shape == square(9)
    assert [one.status for one in laptop.catalog.boundaries(made[1])] == ["ACTIVE", "INACTIVE"]


def test_the_active_boundary_is_asked_for_when_the_last_of_the_list_is_history(laptop: Laptop) -> None:
    one = laptop.make_field("Old")
    laptop.leaf.redraw(one, to_geojson(square(9)))

    def newest_first(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        answer = act()
        if asked != "listFields":
            return answer
        fields = [field | {"boundaries": field["boundaries"][::-1]} for field in answer.json()]
        return httpx.Response(200, json=fields)  # and no X-Total-Count either

    laptop.far.fault = newest_first
    laptop.sync()
    field = laptop.catalog.field(one)
    assert field is not None and field.shape == square(9) and laptop.far.counts["getActiveBoundary"] == 1
    laptop.leaf.redraw(one, to_geojson(square(8)))
    laptop.sync()
    field = laptop.catalog.field(one)
    assert field is not None and field.shape == square(8)


def test_without_a_total_pages_are_read_until_one_is_short(laptop: Laptop) -> None:
    fill(laptop, 200)

    def untold(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        answer = act()
        answer.headers.pop("x-total-count", None)
        return answer

    laptop.far.fault = untold
    laptop.sync()
    assert len(laptop.catalog.fields()) == 200 and laptop.far.counts["listFields"] == 3


@pytest.mark.parametrize("edited", [False, True], ids=["pull", "push"])
def test_a_server_that_does_not_page_is_not_asked_for_ever(laptop: Laptop, edited: bool) -> None:
    for n in range(100):
        laptop.leaf.create_farm(USER, f"Farm {n}")
    if edited:
        laptop.do(Create(Farm(id="f-1", leaf_user_id=USER, name="South")))

    def same_again(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked != "listFarms":
            return act()
        rows = laptop.leaf.all("farms")[:100]
        return httpx.Response(200, json=rows)

    laptop.far.fault = same_again
    laptop.sync(pull=not edited)
    assert laptop.far.counts["listFarms"] == 2


def test_a_preview_never_erases_a_boundary(laptop: Laptop) -> None:
    one = laptop.make_field("Old")
    laptop.sync()
    laptop.leaf.change("fields", one, status="PREVIEW", boundaries=[])
    laptop.sync()
    field = laptop.catalog.field(one)
    assert field is not None and field.status == "PREVIEW" and field.shape == square()


def test_pending_edits_stay_on_top_of_what_comes(laptop: Laptop) -> None:
    one = laptop.make_field("Old")
    laptop.sync()
    laptop.do(change("fields", one, name="Mine"))
    laptop.leaf.change("fields", one, name="Theirs")
    laptop.sync(push=False)
    field, copy = laptop.catalog.field(one), laptop.catalog.server_copy("fields", one)
    assert field is not None and copy is not None
    assert (field.name, getattr(copy, "name", None)) == ("Mine", "Theirs")


# ---------------------------------------------------------------------- deletions
def test_what_leaf_no_longer_has_goes_after_leaf_confirmed_it(laptop: Laptop) -> None:
    made = fill(laptop, 30)
    laptop.sync()
    laptop.leaf.remove(made[3])
    laptop.far.asked.clear()
    cycle = laptop.sync()
    assert cycle.pulled.tally("fields").as_dict() == {"added": 0, "changed": 0, "removed": 1}
    assert laptop.far.counts["getField"] == 1 and laptop.catalog.field(made[3]) is None


def test_growers_and_leaf_users_go_only_after_leaf_confirmed_it(laptop: Laptop) -> None:
    """The sandbox has no end of these, so what it says of one is changed on the way."""
    grower = str(laptop.leaf.create_grower(USER, "Hill")["id"])
    laptop.sync()
    hidden = {"listGrowers": grower, "listLeafUsers": "u-2"}

    def gone(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked in ("getGrower", "getLeafUser"):
            return httpx.Response(404, json={"title": "Not Found", "status": 404})
        answer = act()
        if asked not in hidden:
            return answer
        left = [one for one in answer.json() if str(one["id"]) != hidden[asked]]
        return httpx.Response(200, json=left, headers={"x-total-count": str(len(left))})

    second = LeafUser(id="u-2", name="Second", raw='{"id":"u-2","name":"Second"}')
    laptop.database.write(lambda connection: Catalog(connection).put([second])).result()
    laptop.far.fault = gone
    cycle = laptop.sync()
    assert laptop.far.counts["getGrower"] == laptop.far.counts["getLeafUser"] == 1
    assert laptop.catalog.get("growers", grower) is None and laptop.catalog.get("users", "u-2") is None
    assert cycle.pulled.tally("growers").removed == cycle.pulled.tally("users").removed == 1


def test_a_row_that_paging_lost_is_not_a_deletion(laptop: Laptop) -> None:
    made = fill(laptop, 30)
    laptop.sync()

    def lost_row(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        answer = act()
        if asked != "listFields":
            return answer
        left = [field for field in answer.json() if field["id"] != made[3]]
        return httpx.Response(200, json=left, headers={"x-total-count": str(len(left))})

    laptop.far.fault = lost_row
    assert laptop.sync().pulled.tally("fields").removed == 0
    assert laptop.catalog.field(made[3]) is not None and laptop.far.counts["getField"] == 1


def test_an_incomplete_sweep_deletes_nothing(laptop: Laptop) -> None:
    made = fill(laptop, 30)
    laptop.sync()
    laptop.leaf.remove(made[3])

    def more_than_shown(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        answer = act()
        if asked == "listFields":
            answer.headers["x-total-count"] = "31"
        return answer

    laptop.far.fault = more_than_shown
    laptop.sync()
    assert laptop.catalog.field(made[3]) is not None


def test_when_a_lot_is_missing_nothing_is_removed_and_it_is_said(laptop: Laptop) -> None:
    made = fill(laptop, 30)
    laptop.sync()
    for one in made[:7]:
        laptop.leaf.remove(one)
    laptop.far.asked.clear()
    cycle = laptop.sync()
    assert len(laptop.catalog.fields()) == 30 and laptop.far.counts["getField"] == 0
    assert any("no longer lists 7 of 30 fields" in notice for notice in cycle.notices)


def test_a_handful_goes_even_when_it_is_all_there_was(laptop: Laptop) -> None:
    made = [laptop.make_field(f"Field {n}", square(5 + n)) for n in range(3)]
    laptop.sync()
    for one in made:
        laptop.leaf.remove(one)
    assert laptop.sync().pulled.tally("fields").removed == 3
    assert laptop.catalog.fields() == []


def test_a_pull_of_one_leaf_user_removes_nothing_of_another(laptop: Laptop) -> None:
    laptop.make_field("Old")
    laptop.sync()
    cycle = laptop.sync(leaf_user_id="95eb7d79-b93d-4fc2-877a-3f2b366f8beb")
    assert cycle.outcome == "done" and cycle.pulled.tally("fields").removed == 0
    assert len(laptop.catalog.fields()) == 1 and len(laptop.catalog.users()) == 1


def test_rows_that_move_while_we_read_are_all_met(laptop: Laptop) -> None:
    made = fill(laptop, 250)
    moved = [True]

    def removed_between(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked == "listFields" and laptop.far.counts["listFields"] == 2 and moved:
            moved.clear()
            laptop.leaf.remove(made[0])  # every later row moves up: the first row of page 1 is now the last of page 0
        return act()

    laptop.far.fault = removed_between
    laptop.sync()
    laptop.far.fault = None
    laptop.sync()
    assert {row.id for row in laptop.catalog.fields()} == set(made[1:])


# ---------------------------------------------------------------------- trouble
def test_a_lost_page_is_asked_for_again(laptop: Laptop) -> None:
    fill(laptop, 3)
    left = ["x", "x"]

    def reset(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked == "listFarms" and left:
            left.pop()
            raise httpx.ReadError("reset")
        return act()

    laptop.far.fault = reset
    assert laptop.sync().outcome == "done" and laptop.far.counts["listFarms"] == 3


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (lambda: httpx.Response(200, html="<html>Welcome</html>"), "offline"),
        (lambda: httpx.Response(200, content=b'[{"id": 1, "na'), "partial"),
        (lambda: httpx.Response(503, json={}), "partial"),
        (lambda: httpx.Response(401, json={"title": "Unauthorized"}), "signed-out"),
        (lambda: httpx.Response(403, json={"title": "Forbidden"}), "partial"),
    ],
    ids=["html", "truncated", "503", "401", "403"],
)
def test_trouble_in_the_middle_ends_the_sync_and_keeps_what_was_read(
    laptop: Laptop, answer: Callable[[], httpx.Response], outcome: str
) -> None:
    made = fill(laptop, 5)
    laptop.far.fault = lambda asked, act: answer() if asked == "listFields" else act()
    cycle = laptop.sync()
    assert cycle.outcome == outcome and cycle.reason
    assert len(laptop.catalog.farms()) == 1 and laptop.catalog.fact("last_sync") is None
    laptop.far.fault = None
    laptop.sync()
    assert {row.id for row in laptop.catalog.fields()} == set(made)


def test_html_never_deletes(laptop: Laptop) -> None:
    made = fill(laptop, 30)
    laptop.sync()
    laptop.leaf.remove(made[0])
    laptop.far.fault = lambda asked, act: httpx.Response(404, html="<html>") if asked == "getField" else act()
    laptop.sync()
    assert laptop.catalog.field(made[0]) is not None


def test_one_unreadable_boundary_stops_only_itself_and_is_told(laptop: Laptop) -> None:
    made = fill(laptop, 3)
    bad = laptop.leaf.history(made[1])[0]["id"]

    def point(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        answer = act()
        if asked == "getBoundary" and answer.json()["id"] == bad:
            return httpx.Response(200, json=answer.json() | {"geometry": {"type": "Point", "coordinates": [1, 2]}})
        return answer

    laptop.far.fault = point
    cycle = laptop.sync()
    assert cycle.outcome == "done" and any("Left out" in notice for notice in cycle.notices)
    assert [laptop.catalog.fields(ids=[one])[0].box is not None for one in made] == [True, False, True]


def test_a_killed_pull_fetches_only_what_was_not_kept(laptop: Laptop) -> None:
    fill(laptop, 120)

    class KilledError(BaseException):
        pass

    def killed(ask: Any) -> None:
        if isinstance(ask, Write) and len(laptop.catalog.known_boundaries()) >= BATCH:
            raise KilledError

    laptop.before = killed
    with pytest.raises(KilledError):
        laptop.sync()
    kept = len(laptop.catalog.known_boundaries())
    assert kept == BATCH and len(laptop.catalog.fields()) == 120
    laptop.before = lambda _: None
    laptop.far.asked.clear()
    laptop.sync()
    assert laptop.far.counts["getBoundary"] == 120 - kept
    assert all(row.box is not None for row in laptop.catalog.fields())


def test_unknown_keys_and_digits_survive(laptop: Laptop) -> None:
    one = laptop.make_field("Old")
    sent: list[str] = []

    def newer(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        answer = act()
        if asked != "listFields":
            return answer
        (field,) = answer.json()
        sent.append(json.dumps(field | {"newKey": [2.50], "updatedTime": "2026-01-01T00:00:00.123456789Z"}, indent=1))
        return httpx.Response(200, content=f"[{sent[-1]}]".encode(), headers={"content-type": "application/json"})

    laptop.far.fault = newer
    laptop.sync()
    copy = laptop.catalog.server_copy("fields", one)
    assert copy is not None and copy.raw == sent[0]
    assert getattr(copy, "updated_time", "") == "2026-01-01T00:00:00.123456789Z"


def test_boundaries_that_do_not_touch_the_fields_time_are_met(laptop: Laptop, tmp_path: Any) -> None:
    still = Laptop(tmp_path / "still.db", Choices(boundary_touches_field=False))
    one = still.make_field("Old")
    still.sync()
    still.leaf.redraw(one, to_geojson(square(9)))
    still.sync()
    field = still.catalog.field(one)
    assert field is not None and field.shape == square(9)
    still.database.close()


def test_what_a_person_confirms_is_removed_and_nothing_else(laptop: Laptop) -> None:
    made = fill(laptop, 30)
    laptop.sync()
    for one in made[:7]:
        laptop.leaf.remove(one)
    laptop.sync()
    assert laptop.database.write(lambda connection: confirm(Catalog(connection))).result() == 7
    laptop.leaf.remove(made[7])  # one more than was confirmed: asked again
    assert laptop.sync().pulled.tally("fields").removed == 0
    assert laptop.database.write(lambda connection: confirm(Catalog(connection))).result() == 8
    assert laptop.sync().pulled.tally("fields").removed == 8
    assert {row.id for row in laptop.catalog.fields()} == set(made[8:])
    assert laptop.database.write(lambda connection: confirm(Catalog(connection))).result() == 0
