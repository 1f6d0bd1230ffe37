"""The first sync of a database that was made anew: what is not here yet is not what somebody deleted."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx

from leafdesk.edits import change
from leafdesk.geo.shape import to_geojson
from leafdesk.store.database import Database
from leafdesk.store.salvage import re_attach
from leafdesk.store.second_copy import Rescued, all_that_waits
from leafdesk.sync.attempt import GONE
from leafdesk.sync.push import UNREAD

from .laptop import USER, Laptop, square


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
