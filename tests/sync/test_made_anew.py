"""The first sync of a database that was made anew: what is not here yet is not what somebody deleted."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from leafdesk.edits import Create, Match, change
from leafdesk.geo.shape import to_geojson
from leafdesk.records import Field, ProductMatch
from leafdesk.store.database import Database
from leafdesk.store.outbox import RefusedError
from leafdesk.store.salvage import re_attach
from leafdesk.store.second_copy import Rescued, all_that_waits
from leafdesk.sync import stock
from leafdesk.sync.attempt import GONE
from leafdesk.sync.unseen import NOBODY, UNASKED

from .laptop import USER, Laptop, square
from .test_push_more import predicted
from .test_stock import farm, whole

__all__ = ["farm"]


def lose(laptop: Laptop, path: Path) -> None:
    """The database is lost; what waited in it comes back from the second copy."""
    found = Rescued()
    for line in all_that_waits(laptop.database.reader()):
        found.take(line)
    laptop.database.close()
    laptop.database = Database(path)
    laptop.database.write(lambda connection: re_attach(connection, found)).result()


def renamed_and_lost(laptop: Laptop, folder: Path) -> tuple[str, str]:
    """A field that was renamed Home here before the database was lost, and the item of that."""
    field = str(laptop.leaf.create_field(USER, to_geojson(square()), "North")["id"])
    laptop.sync()
    (item,) = laptop.do(change("fields", field, name="Home"))
    lose(laptop, folder / "anew.db")
    return field, item


def test_an_edit_of_what_no_list_tells_is_asked_for_by_itself(laptop: Laptop, tmp_path: Path) -> None:
    """Lists drop rows while others come and go, and leave out what cannot be read."""
    first, second, third = (
        str(laptop.leaf.create_field(USER, to_geojson(square(west)), f"At {west}")["id"]) for west in (5.0, 6.0, 7.0)
    )
    laptop.sync()
    items = laptop.do(*(change("fields", id_, name=name) for id_, name in ((first, "Home"), (second, "Away"))))
    lose(laptop, tmp_path / "anew.db")

    def drop(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        answer = act()
        if asked == "listFields":
            kept = [row | ({"id": {}} if row["id"] == second else {}) for row in answer.json() if row["id"] != first]
            headers = {**answer.headers, "x-total-count": str(len(kept))}
            return httpx.Response(200, headers=headers, content=json.dumps(kept).encode())
        return answer

    laptop.far.fault = drop
    laptop.sync()
    assert [laptop.item(item).state for item in items] == ["done", "done"]
    assert {field["name"] for field in laptop.leaf.all("fields")} == {"Home", "Away", "At 7.0"}
    laptop.far.fault = None
    laptop.sync()
    assert {row.id for row in laptop.catalog.fields()} == {first, second, third}


def test_it_waits_while_leafs_answer_cannot_be_read(laptop: Laptop, tmp_path: Path) -> None:
    _, item = renamed_and_lost(laptop, tmp_path)

    def odd(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked == "listFields":
            return httpx.Response(200, headers={"x-total-count": "0"}, content=b"[]")
        return httpx.Response(200, content=b'{"id":7}') if asked == "getField" else act()

    laptop.far.fault = odd
    laptop.sync()
    assert laptop.item(item).state == "waiting" and laptop.item(item).reason
    laptop.far.fault = None
    laptop.sync()
    assert laptop.states() == [] and [one["name"] for one in laptop.leaf.all("fields")] == ["Home"]


def test_a_record_whose_changes_wait_is_not_made_a_second_time(laptop: Laptop, tmp_path: Path) -> None:
    field, item = renamed_and_lost(laptop, tmp_path)
    with pytest.raises(RefusedError, match="after the next sync"):
        laptop.do(Create(Field(id=field, leaf_user_id=USER, name="North", shape=square())))
    laptop.sync()
    assert laptop.item(item).state == "done" and [row.name for row in laptop.catalog.fields()] == ["Home"]


def test_it_waits_while_no_leaf_user_is_known(laptop: Laptop, tmp_path: Path) -> None:
    _, item = renamed_and_lost(laptop, tmp_path)

    def nobody(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        empty = asked in ("listLeafUsers", "listFields")
        return httpx.Response(200, headers={"x-total-count": "0"}, content=b"[]") if empty else act()

    laptop.far.fault = nobody
    laptop.sync()
    assert (laptop.item(item).state, laptop.item(item).reason) == ("waiting", NOBODY)
    laptop.far.fault = None
    laptop.sync()
    assert laptop.states() == []


def test_an_edit_of_what_was_deleted_meanwhile_is_for_a_person(laptop: Laptop, tmp_path: Path) -> None:
    field = str(laptop.leaf.create_field(USER, to_geojson(square()), "North")["id"])
    laptop.sync()
    (item,) = laptop.do(change("fields", field, name="Home"))
    laptop.leaf.remove(field)
    lose(laptop, tmp_path / "anew.db")
    laptop.sync()
    assert (laptop.item(item).state, laptop.item(item).reason) == ("conflict", GONE)


def test_an_approved_product_waits_until_its_operation_is_looked_at_again(farm: Laptop, tmp_path: Path) -> None:
    match = predicted(farm)
    (item,) = farm.do(Match(match.id))
    lose(farm, tmp_path / "anew.db")
    whole(farm)
    assert (farm.item(item).state, farm.item(item).reason) == ("waiting", UNASKED)
    farm.drive(stock.read_matches(match.operation_id, match.leaf_user_id, farm.trip()))
    whole(farm)
    there = farm.catalog.server_copy("matches", match.id)
    assert isinstance(there, ProductMatch) and there.status == "VALIDATED" and farm.item(item).state == "done"
