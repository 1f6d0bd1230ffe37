"""Machines, catalogs, summaries and settings come once a day, the rest when somebody asks; what is old says how old."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from leafdesk.records import FieldOperation, Machine, MachineFile, Product, ProductMatch, TankMix, Variety
from leafdesk.sandbox.farmland import farmland
from leafdesk.sandbox.leaf import Leaf
from leafdesk.sandbox.sowing import Sowing
from leafdesk.store.catalog import Catalog
from leafdesk.store.tables import Tables, Where
from leafdesk.sync import stock
from leafdesk.sync.cycle import Cycle, sync
from leafdesk.sync.removals import HANDFUL, confirm
from leafdesk.sync.wish import Wish

from .laptop import USER, Laptop

FEW = Sowing(size=12, products=130)


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Laptop]:
    """A laptop whose Leaf has 12 fields and everything that belongs to them."""
    laptop = Laptop(tmp_path / "leafdesk.db")
    laptop.far.leaf = laptop.leaf = Leaf(farmland(12, 1), now=lambda: laptop.time, sowing=FEW)
    yield laptop
    laptop.database.close()


def whole(laptop: Laptop, stock: bool | None = True) -> Cycle:
    cycle = Cycle()
    laptop.drive(sync(laptop.trip(), cycle, Wish(stock=stock)))
    return cycle


def tables(laptop: Laptop) -> Tables:
    return Tables(laptop.database.reader())


def listed(laptop: Laptop, kind: Any) -> list[dict[str, Any]]:
    """What Leaf's lists hold of a kind: label databases are reached by searching only."""
    every = laptop.leaf.all(kind)
    return [one for one in every if one.get("labelProvider") not in ("AGRIAN", "CDMS")]


def test_everything_that_is_no_land_comes(farm: Laptop) -> None:
    cycle = whole(farm)
    assert (cycle.outcome, cycle.notices) == ("done", ())
    seen = tables(farm)
    for kind in ("machines", "implements", "operators"):
        assert seen.count(kind) == len(farm.leaf.all(kind))
    assert seen.count("products", Where(values={"source": "list"})) == len(listed(farm, "products"))
    assert seen.count("tankMixes") == len(farm.leaf.all("tankMixes"))
    assert seen.count("summaries") > 0
    assert seen.count("configurations") == len(farm.leaf.all("users"))
    (first, *_) = farm.leaf.all("machines")
    machine = farm.catalog.get("machines", first["id"])
    assert isinstance(machine, Machine)
    assert (machine.name, machine.serial_number) == (first["name"], first["serialNumber"])
    assert all(age is not None for age in seen.ages().values())


def test_not_fetched_is_not_empty(farm: Laptop) -> None:
    whole(farm, stock=False)
    assert tables(farm).fetched("fields") is not None
    assert tables(farm).fetched("machines") is None
    assert tables(farm).count("machines") == 0
    whole(farm)
    assert tables(farm).fetched("machines") is not None


def test_it_comes_once_a_day(farm: Laptop) -> None:
    whole(farm, stock=None)
    assert farm.far.counts["listMachines"] > 0
    farm.far.asked.clear()
    whole(farm, stock=None)
    assert farm.far.counts["listMachines"] == 0
    farm.time += stock.DAY
    whole(farm, stock=None)
    assert farm.far.counts["listMachines"] > 0


def test_a_second_pull_changes_nothing(farm: Laptop) -> None:
    whole(farm)
    again = whole(farm)
    for tally in again.pulled.as_dict().values():
        assert tally == {"added": 0, "changed": 0, "removed": 0}


def test_what_is_gone_at_leaf_goes_after_it_says_so(farm: Laptop) -> None:
    whole(farm)
    gone = {kind: farm.leaf.all(kind)[0]["id"] for kind in ("machines", "implements", "operators", "tankMixes")}
    for kind, id in gone.items():
        farm.leaf.take_away(kind, id)  # type: ignore[arg-type]
    cycle = whole(farm)
    for kind, id in gone.items():
        assert farm.catalog.get(kind, id) is None  # type: ignore[arg-type]
        assert cycle.pulled.tally(kind).removed == 1


def test_a_leaf_without_the_beta_is_still_leaf(farm: Laptop) -> None:
    def fault(operation: str, act: Any) -> httpx.Response:
        if operation in ("listImplements", "listOperators"):
            return httpx.Response(404 if operation == "listImplements" else 403, json={"title": "No"})
        answer: httpx.Response = act()
        return answer

    farm.far.fault = fault
    cycle = whole(farm)
    assert (cycle.outcome, cycle.reason) == ("done", cycle.notices[0])
    assert tables(farm).fetched("implements") is None
    assert tables(farm).fetched("machines") is not None
    assert any("Operators could not be read" in notice for notice in cycle.notices)


def test_what_a_search_found_stays_with_its_date(farm: Laptop) -> None:
    whole(farm)
    label = next(one for one in farm.leaf.all("products") if one["labelProvider"] == "CDMS")
    assert farm.catalog.get("products", label["id"]) is None
    ticks = iter(range(1000))
    ticking = replace(farm.trip(), now=lambda: f"2026-01-01T00:00:00.{next(ticks):03}Z")
    ids = farm.drive(stock.search_online("products", label["name"], ticking))
    assert label["id"] in ids
    times = {row.values["found"] for row in tables(farm).rows("products", limit=1000) if row.id in ids}
    assert len(ids) > 1 and len(times) == 1, "what one search found has one time"
    found = farm.catalog.get("products", label["id"])
    assert isinstance(found, Product)
    assert (found.source, found.found[:10], found.label_provider) == ("search", "2026-01-01", "CDMS")
    farm.time += 60
    whole(farm)  # no sweep of the provider's list takes it away
    assert farm.catalog.get("products", label["id"]) == found
    hit = tables(farm).search("products", label["name"])[0]
    assert hit.row.values["found"] == found.found


def test_a_tank_mix_that_was_searched_for_stays_too(farm: Laptop) -> None:
    farm.drive(sync(farm.trip(), Cycle()))
    mix = farm.leaf.all("tankMixes")[0]
    assert mix["id"] in farm.drive(stock.search_online("tankMixes", mix["name"], farm.trip()))
    found = farm.catalog.get("tankMixes", mix["id"])
    assert isinstance(found, TankMix) and (found.source, found.found) == ("search", farm.now())
    assert [part.name for part in found.components] == [part["name"] for part in mix["components"]]


def test_a_search_never_makes_a_listed_entry_poorer(farm: Laptop) -> None:
    whole(farm)
    (variety, *_) = farm.leaf.all("varieties")
    before = farm.catalog.get("varieties", variety["id"])
    farm.drive(stock.search_online("varieties", variety["name"], farm.trip()))
    assert isinstance(before, Variety)
    after = farm.catalog.get("varieties", variety["id"])
    assert after == replace(before, found=farm.now())
    assert whole(farm).pulled.tally("varieties").changed == 0
    assert farm.catalog.get("varieties", variety["id"]) == after


def test_what_was_asked_about_an_entry_of_a_list_stays_with_its_date(farm: Laptop) -> None:
    """John Deere's list tells less of a product than asking for that one product does."""
    whole(farm)
    (leafs, *_) = [one for one in farm.leaf.all("products") if one["labelProvider"] == "JohnDeere"]
    listed = farm.catalog.get("products", leafs["id"])
    assert isinstance(listed, Product) and not listed.labels
    label = {"name": "Label", "url": "https://labels.example.com/1.pdf"}
    more = leafs | {"labels": [label], "productPageUrl": "https://labels.example.com/1", "activeIngredient": ["Urea"]}

    def all_of_it(operation: str, act: Any) -> httpx.Response:
        return httpx.Response(200, json=more) if operation == "getProduct" else act()  # type: ignore[no-any-return]

    farm.far.fault = all_of_it
    farm.drive(stock.look_up("products", leafs["id"], farm.trip()))
    asked = farm.catalog.get("products", leafs["id"])
    assert isinstance(asked, Product)
    assert (asked.source, asked.found, asked.detailed) == ("list", "", farm.now())
    assert (asked.leaf_user_id, asked.provider_id) == (listed.leaf_user_id, listed.provider_id)
    assert [one.url for one in asked.labels] == [label["url"]] and asked.active_ingredients
    assert json.loads(asked.raw) == more

    farm.leaf.change("products", leafs["id"], registrant="Other Ltd.")
    farm.time += 60
    assert whole(farm).pulled.tally("products").changed == 1
    again = farm.catalog.get("products", leafs["id"])
    assert again == replace(asked, registrant="Other Ltd.", raw=again.raw if again else "")
    assert again is not None and json.loads(again.raw) == more | {"registrant": "Other Ltd."}
    assert whole(farm).pulled.tally("products").changed == 0


def test_all_of_a_variety_is_asked_for_and_kept(farm: Laptop) -> None:
    whole(farm)
    (leafs, *_) = farm.leaf.all("varieties")
    farm.leaf.change("varieties", leafs["id"], companyName="Other Seeds")
    farm.drive(stock.look_up("varieties", leafs["id"], farm.trip()))
    asked = farm.catalog.get("varieties", leafs["id"])
    assert isinstance(asked, Variety)
    assert (asked.company, asked.source, asked.detailed) == ("Other Seeds", "list", farm.now())


def test_what_john_deere_search_found_is_no_longer_only_found_once_its_list_tells_it(farm: Laptop) -> None:
    (leafs, *_) = [one for one in farm.leaf.all("products") if one["labelProvider"] == "JohnDeere"]
    farm.drive(sync(farm.trip(), Cycle()))
    farm.drive(stock.search_online("products", leafs["name"], farm.trip()))
    found = farm.catalog.get("products", leafs["id"])
    assert isinstance(found, Product) and (found.source, found.found[:10]) == ("search", "2026-01-01")
    whole(farm)
    listed = farm.catalog.get("products", leafs["id"])
    assert isinstance(listed, Product) and (listed.source, listed.found) == ("list", found.found)
    farm.leaf.take_away("products", leafs["id"])
    whole(farm)
    assert farm.catalog.get("products", leafs["id"]) is None, "the list that told it tells its end, too"


def test_files_and_matches_come_when_asked(farm: Laptop) -> None:
    whole(farm)
    file = farm.leaf.all("machineFiles")[0]
    machine = farm.catalog.get("machines", file["machineId"])
    assert isinstance(machine, Machine)
    assert tables(farm).fetched("machineFiles", about=machine.id) is None
    many = farm.drive(stock.read_machine_files(machine.leaf_user_id, machine.id, machine.id, farm.trip()))
    rows = tables(farm).rows("machineFiles", Where(parent=machine.id))
    assert len(rows) == many > 0
    one = farm.catalog.get("machineFiles", file["id"])
    assert isinstance(one, MachineFile)
    assert one.distance is not None and one.distance.value == file["distance"]["value"]
    assert tables(farm).fetched("machineFiles", about=machine.id) is not None

    user = farm.leaf.all("operations")[0]["leafUserId"]
    assert farm.drive(stock.read_operations(user, None, farm.trip())) > 0
    rows = tables(farm).rows("operations", limit=1000)
    operation = next(row for row in rows if farm.drive(stock.read_matches(row.id, user, farm.trip())))
    assert isinstance(farm.catalog.get("operations", operation.id), FieldOperation)
    (row, *_) = tables(farm).rows("matches", Where(parent=operation.id))
    match = farm.catalog.get("matches", row.id)
    assert isinstance(match, ProductMatch)
    assert match.operation_id == operation.id
    farm.drive(stock.read_match_history(match, farm.trip()))
    assert tables(farm).fetched("matchHistory", about=match.id) is not None


def test_operations_of_a_server_that_does_not_page_are_read_once(farm: Laptop) -> None:
    (one, *_) = farm.leaf.all("operations")
    rows = [one | {"id": f"0a1b2c3d-0000-4000-8000-{n:012d}"} for n in range(100)]
    farm.far.fault = lambda asked, act: httpx.Response(200, json=rows) if asked == "listFieldOperations" else act()
    assert farm.drive(stock.read_operations(one["leafUserId"], None, farm.trip())) == 100


def test_organizations_and_files_of_a_field(farm: Laptop) -> None:
    whole(farm)
    user = farm.catalog.users()[0].id
    many = farm.drive(stock.refresh_organizations(user, "JohnDeere", farm.trip()))
    assert tables(farm).count("organizations") == many > 0
    read = {
        row.id: farm.drive(stock.read_field_files(row.leaf_user_id, row.id, row.id, farm.trip()))
        for row in farm.catalog.fields()
    }
    assert sum(read.values()) == len(farm.leaf.all("files")) > 0
    for id, many in read.items():
        assert tables(farm).count("files", Where(parent=id)) == many


def test_the_trips_leaf_user_alone_is_asked(laptop: Laptop) -> None:
    laptop.leaf.create_machine(USER, {"name": "Tractor"})
    cycle = Cycle()
    laptop.drive(sync(laptop.trip(USER), cycle, Wish(stock=True)))
    rows = tables(laptop).rows("machines", limit=1000)
    assert "Tractor" in {row.name for row in rows}
    assert {row.leaf_user_id for row in rows} == {USER}
    assert tables(laptop).fetched("machines", USER) is not None


def test_much_that_is_gone_waits_for_a_person_list_by_list(farm: Laptop) -> None:
    whole(farm)
    (user, *_) = {one["leafUserId"] for one in farm.leaf.all("machines")}
    gone = [one["id"] for one in farm.leaf.all("machines") if one["leafUserId"] == user]
    assert len(gone) > HANDFUL
    for id in gone:
        farm.leaf.take_away("machines", id)
    cycle = whole(farm)
    assert any("That is a lot" in notice for notice in cycle.notices)
    assert tables(farm).count("machines", Where(leaf_user_id=user)) == len(gone)
    many = farm.database.write(lambda c: confirm(Catalog(c))).result()
    assert many == len(gone)
    whole(farm, stock=None)  # confirmed: it need not wait for tomorrow
    assert all(farm.catalog.get("machines", id) is None for id in gone)
