"""The first sync of a database that was made anew: what is not here yet is not what somebody deleted."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx

from leafdesk.edits import Match, change
from leafdesk.geo.shape import to_geojson
from leafdesk.records import ProductMatch
from leafdesk.store.database import Database
from leafdesk.store.salvage import re_attach
from leafdesk.store.second_copy import Rescued, all_that_waits
from leafdesk.sync import stock
from leafdesk.sync.attempt import GONE
from leafdesk.sync.push import UNASKED, UNREAD

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


def test_an_edit_of_what_could_not_be_read_waits_for_a_list_that_can(laptop: Laptop, tmp_path: Path) -> None:
    first, second = (
        str(laptop.leaf.create_field(USER, to_geojson(square(west)), f"At {west}")["id"]) for west in (5.0, 6.0)
    )
    laptop.sync()
    one, two = laptop.do(change("fields", first, name="Home"), change("fields", second, name="Away"))
    lose(laptop, tmp_path / "anew.db")

    def odd(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        answer = act()
        if asked == "listFields":
            rows = [row | {"id": {}} if row["id"] == first else row for row in answer.json()]
            return httpx.Response(200, headers=answer.headers, content=json.dumps(rows).encode())
        return answer

    laptop.far.fault = odd
    laptop.sync()
    assert (laptop.item(one).state, laptop.item(one).reason) == ("waiting", UNREAD)
    assert laptop.item(two).state == "done"
    laptop.far.fault = None
    laptop.sync()
    assert laptop.states() == [] and {field["name"] for field in laptop.leaf.all("fields")} == {"Home", "Away"}


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
