"""Tables of what is no land: windows, filters, order, search as somebody types, and how old it is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.edits import Create, Delete, Match, change
from leafdesk.records import (
    ActiveIngredient,
    Boundary,
    Configuration,
    Farm,
    Field,
    FieldOperation,
    Grower,
    Implement,
    Label,
    LeafUser,
    Machine,
    MachineFile,
    MatchHistory,
    MixPart,
    OperationFile,
    Operator,
    Organization,
    Product,
    ProductMatch,
    ProviderSummary,
    Quantity,
    TankMix,
    Variety,
)
from leafdesk.records.instants import instant
from leafdesk.store.attributes import pack_attributes, unpack_asset
from leafdesk.store.catalog import Catalog
from leafdesk.store.narrowing import _PADDED, Span, Work
from leafdesk.store.tables import Tables, Where

EVERY: list[Any] = [
    Machine(id="1", leaf_user_id="hill", name="Tractor 10", make="Example", model_year=2020, raw='{"id":"1"}'),
    Implement(id="2", leaf_user_id="hill", name="Plough", serial_number="00000", raw="{}"),
    Operator(id="3", leaf_user_id="hill", name="Brian O.", updated_time="2023-10-10T10:10:10.000Z", raw="{}"),
    Product(
        id="4",
        name="Glufosan 280",
        labels=(Label("Label", "https://example.com/a.pdf"),),
        active_ingredients=(ActiveIngredient("Glufosinate", "24.5", "%"), ActiveIngredient("Urea")),
        carrier=False,
        source="search",
        found="2026-01-01T00:00:00.000Z",
        remarks=("One label was left out.",),
        raw="{}",
    ),
    Variety(id="5", leaf_user_id="hill", name="Master Piece", crops=("ALFALFA", "corn"), raw="{}"),
    TankMix(
        id="6",
        leaf_user_id="hill",
        name="Tank 1",
        rate=5.0,
        rate_unit="gal1ac-1",
        carrier=MixPart("Water"),
        components=(MixPart("Big Foot", "p"), MixPart("Other")),
        raw="{}",
    ),
    FieldOperation(id="7", leaf_user_id="hill", operation_type="applied", field_ids=("mill", "quarter"), raw="{}"),
    OperationFile(id="8", leaf_user_id="hill", field_id="mill", crops=("corn",), raw="{}"),
    MachineFile(id="9", leaf_user_id="hill", machine_id="1", distance=Quantity(2.5, "ft"), raw="{}"),
    ProductMatch(id="10", operation_id="7", name="ams", product_id="4", status="PREDICTED", score=14.3, raw="{}"),
    MatchHistory(id="10 2023", match_id="10", status="PREDICTED", raw="{}"),
    ProviderSummary(id="hill JohnDeere", leaf_user_id="hill", provider_name="JohnDeere", fields=100, raw="{}"),
    Configuration(id="hill", leaf_user_id="hill", custom_data_sync=False, raw="{}"),
    Organization(
        id="hill JohnDeere 007",
        leaf_user_id="hill",
        provider_name="JohnDeere",
        organization_id="007",
        name="Home",
        connected=True,
        raw="{}",
    ),
]


def tables(land: Any) -> Tables:
    return Tables(land.database.reader())


def machine(n: int, **more: Any) -> Machine:
    values = {"id": f"m{n}", "leaf_user_id": "hill", "name": f"Machine {n}", "raw": "{}"} | more
    return Machine(**values)


@pytest.mark.parametrize("record", EVERY, ids=lambda one: one.kind)
def test_every_kind_comes_back_as_it_was(land: Any, record: Any) -> None:
    changes = land.put(record)
    assert changes.records == {(record.kind, record.id)}
    assert land.catalog.get(record.kind, record.id) == record
    assert land.catalog.server_copy(record.kind, record.id) == record
    assert not land.put(record)  # an unchanged copy writes nothing
    row = tables(land).row(record.kind, record.id)
    assert row is not None and (row.id, row.leaf_user_id, row.mark) == (record.id, record.leaf_user_id, "")
    assert tables(land).count(record.kind) == 1
    land.write(lambda c: Catalog(c).drop(record.kind, record.id))
    assert land.catalog.get(record.kind, record.id) is None
    assert tables(land).count(record.kind) == 0


@given(st.dictionaries(st.sampled_from(["name", "make", "vin", "category"]), st.text(), max_size=3), st.integers())
def test_any_text_survives_the_packing(texts: dict[str, str], year: int) -> None:
    clean = {name: text.encode("utf-8", "replace").decode() for name, text in texts.items()}
    one = Machine(id="m", leaf_user_id="u", model_year=year, **clean)
    assert unpack_asset("machines", "m", "u", one.name, pack_attributes(one) or "", "") == one


def test_attributes_of_a_later_version_are_left_alone() -> None:
    more = json.dumps({"make": "Example", "dreamt_up": {"a": 1}})
    assert unpack_asset("machines", "m", "u", "A", more, "") == Machine(
        id="m", leaf_user_id="u", name="A", make="Example"
    )


def test_windows_of_a_sorted_table(land: Any) -> None:
    land.put(*(machine(n, make=f"Make {n % 7}", model_year=2000 + n % 5) for n in range(250)))
    look = tables(land)
    names = [f"Machine {n}" for n in range(250)]
    assert [row.name for row in look.rows("machines", limit=1000)] == names  # 2 before 10
    assert [row.name for row in look.rows("machines", offset=240, limit=100)] == names[240:]
    numbers = look.numbers("machines", order=[("model_year", True), ("make", False)])
    rows = look.rows_at(numbers[10:20])
    expected = sorted(range(250), key=lambda n: (-(2000 + n % 5), f"Make {n % 7}", n))
    assert [row.id for row in rows] == [f"m{n}" for n in expected[10:20]]
    assert rows[0].values["model_year"] == 2004
    assert look.rows_at([10**9]) == []


def test_a_table_is_narrowed_by_all_that_is_given(land: Any) -> None:
    land.put(LeafUser(id="dale", name="Dale"))
    land.put(*(machine(n, make="A" if n % 2 else "B", origin_type="USER_CREATED", vin=f"V{n}") for n in range(10)))
    land.put(machine(99, leaf_user_id="dale", make="A"))
    look = tables(land)
    assert look.count("machines", Where(values={"make": "A"})) == 6
    assert look.count("machines", Where(leaf_user_id="hill", values={"make": "A"})) == 5
    assert look.count("machines", Where(text="mach 9")) == 2
    assert look.count("machines", Where(text="v3")) == 1
    assert look.count("machines", Where(text='"; DROP TABLE seen --')) == 0
    assert look.choices("machines", "make") == [("A", 6), ("B", 5)]
    assert look.choices("machines", "origin_type") == [("USER_CREATED", 10)]
    land.do(change("machines", "m1", name="Renamed"))
    assert [row.name for row in look.rows("machines", Where(pending=True))] == ["Renamed"]
    for attribute in ("dreamt_up", "make') --", "raw"):
        with pytest.raises(ValueError, match="have no"):
            look.numbers("machines", order=[(attribute, False)])


def test_the_queue_is_folded_on_top(land: Any) -> None:
    land.put(machine(1, origin_type="USER_CREATED"), *EVERY[9:10])
    land.do(Create(Machine(id="new", leaf_user_id="hill", name="A New One")))
    land.do(change("machines", "m1", make="Mine"))
    land.do(Match("10", "p9"))
    look = tables(land)
    assert [(row.name, row.mark) for row in look.rows("machines")] == [
        ("A New One", "pending"),
        ("Machine 1", "pending"),
    ]
    assert look.rows("machines")[1].values["make"] == "Mine"
    (match,) = look.rows("matches", Where(parent="7"))
    assert (match.status, match.values["product_id"]) == ("VALIDATED", "p9")
    land.put(machine(1, origin_type="USER_CREATED", make="Theirs", vin="V", raw='{"a":1}'))
    seen = land.catalog.get("machines", "m1")
    assert isinstance(seen, Machine) and (seen.make, seen.vin) == ("Mine", "V")
    land.do(Delete("machines", "m1"))
    assert look.count("machines") == 1


# ---------------------------------------------------------------------- search
def names(land: Any, text: str, **more: Any) -> list[str]:
    return [hit.row.name for hit in tables(land).search("products", text, **more)]


@pytest.fixture
def shelf(land: Any) -> Any:
    land.put(
        Product(id="a", name="Roundup PowerMAX 3", registrant="Example Agro", raw="{}"),
        Product(id="b", name="Old Roundup", leaf_user_id="hill", raw="{}"),
        Product(id="c", name="Rounder", leaf_user_id="dale", raw="{}"),
        Product(id="d", name="Atrazine 4L", active_ingredients=(ActiveIngredient("Atrazine"),), raw="{}"),
        Product(id="e", name="Glufosan 280", label_provider="CDMS", product_type="Herbicide", raw="{}"),
        Product(id="f", name="Süßgras-Ex", raw="{}"),
        Variety(id="a", name="Roundup Ready 2", crops=("SOYBEANS",), raw="{}"),
    )
    return land


def test_names_that_begin_so_come_first_then_words(shelf: Any) -> None:
    assert names(shelf, "round") == ["Rounder", "Roundup PowerMAX 3", "Old Roundup"]
    assert not any(hit.exact for hit in tables(shelf).search("products", "roundup max"))  # beginnings of words
    assert names(shelf, "ROUNDUP power") == ["Roundup PowerMAX 3"]
    assert names(shelf, "round", leaf_user_id="hill") == ["Roundup PowerMAX 3", "Old Roundup"]
    assert names(shelf, "atra 4") == ["Atrazine 4L"]
    assert names(shelf, "280") == ["Glufosan 280"]
    assert names(shelf, "süß") == ["Süßgras-Ex"]


def test_what_belongs_to_a_product_finds_it(shelf: Any) -> None:
    assert names(shelf, "herbi") == ["Glufosan 280"]
    assert names(shelf, "cdms") == ["Glufosan 280"]
    assert names(shelf, "example agro") == ["Roundup PowerMAX 3"]
    assert [hit.row.name for hit in tables(shelf).search("varieties", "soy")] == ["Roundup Ready 2"]


@pytest.mark.parametrize("typed", ["rondup", "roundupp", "rounduo", "rpundup"])
def test_a_misspelt_word_is_forgiven(shelf: Any, typed: str) -> None:
    hits = tables(shelf).search("products", typed)
    assert {hit.row.id for hit in hits if not hit.exact} >= {"a", "b"}


@pytest.mark.parametrize("typed", ["", "  ", "!?", '"', "*", "a AND", "kind:", "NEAR(", "\x00", "'", "\ud800", "zzzzz"])
def test_no_text_breaks_the_search(shelf: Any, typed: str) -> None:
    for kind in ("products", "varieties", "tankMixes"):
        assert isinstance(tables(shelf).search(kind, typed), list)


def test_search_follows_a_rename_and_an_end(shelf: Any) -> None:
    shelf.put(Product(id="e", name="Basta", raw='{"n":2}'))
    assert (names(shelf, "glufo"), names(shelf, "basta")) == ([], ["Basta"])
    shelf.write(lambda c: Catalog(c).drop("products", "e"))
    assert names(shelf, "basta") == []


def test_a_better_source_is_not_replaced_by_a_poorer_one(land: Any) -> None:
    listed = Variety(id="v", leaf_user_id="hill", name="Master", organization_id="9999", raw='{"a":1}')
    land.put(listed)
    for source in ("search", "summary"):
        land.put(Variety(id="v", leaf_user_id="hill", name="Master", source=source, raw="{}"))  # type: ignore[arg-type]
        assert land.catalog.get("varieties", "v") == listed
    land.put(Variety(id="w", name="Found", source="search", found="2026-01-01", raw="{}"))
    land.put(Variety(id="w", name="Found", source="search", found="2026-02-01", raw="{}"))
    found = land.catalog.get("varieties", "w")
    assert isinstance(found, Variety) and found.found == "2026-02-01"


# ---------------------------------------------------------------------- age
def test_never_fetched_is_not_empty_and_the_oldest_list_counts(land: Any) -> None:
    land.put(LeafUser(id="dale", name="Dale"))
    look = tables(land)
    assert look.fetched("machines") is None
    land.write(lambda c: Catalog(c).put_fetched("machines", "hill", "2026-01-02"))
    assert (look.fetched("machines"), look.fetched("machines", "hill")) == (None, "2026-01-02")
    land.write(lambda c: Catalog(c).put_fetched("machines", "dale", "2026-01-01"))
    assert look.fetched("machines") == "2026-01-01"
    land.write(lambda c: Catalog(c).put_fetched("fields", None, "2026-01-03"))
    assert (look.fetched("fields"), look.fetched("fields", "dale")) == ("2026-01-03", "2026-01-03")
    land.write(lambda c: Catalog(c).put_fetched("files", "hill", "2026-01-04", "mill"))
    assert (look.fetched("files", about="mill"), look.fetched("files", about="quarter")) == ("2026-01-04", None)
    assert look.ages()["machines"] == "2026-01-01"
    assert "files" not in look.ages()


def test_fields_are_a_table_too(land: Any, shape: Any) -> None:
    land.put(
        Grower(id="g2", leaf_user_id="hill", name="Zimmer", raw="{}"),
        Grower(id="g1", leaf_user_id="hill", name="Abel", raw="{}"),
        Farm(id="f1", leaf_user_id="hill", name="West 2", grower_id="g2", raw="{}"),
        Farm(id="f2", leaf_user_id="hill", name="West 10", grower_id="g1", raw="{}"),
    )
    values = {"leaf_user_id": "hill", "status": "PROCESSED", "updated_time": "2026-01-02T00:00:00Z", "raw": "{}"}
    land.put(
        Field(id="a", name="Alder", farm_id="f2", provider_name="JohnDeere", **values),
        Field(id="b", name="Beech", farm_id="f1", **values),
        Field(id="c", name="Cedar", status="PREVIEW", leaf_user_id="hill", type="MERGED", raw="{}"),
    )
    land.put_boundary("b", Boundary(id="bb", status="ACTIVE", shape=shape(), area_ha=3.25, validity="VALID", raw="{}"))
    look = tables(land)

    def by(attribute: str, descending: bool = False) -> str:
        return "".join(row.id for row in look.rows("fields", order=[(attribute, descending)]) if row.id in "abc")

    orders = {name: by(name) for name in ("name", "farm", "grower", "area", "leaf_area", "type", "updated_time")}
    assert orders == {
        "name": "abc", "farm": "cba", "grower": "cab", "area": "acb", "leaf_area": "acb", "type": "cab",
        "updated_time": "cab",
    }  # fmt: skip
    assert by("provider", descending=True) == "bca"
    row = look.row("fields", "b")
    assert row is not None and row.parent == "f1"
    assert row.values == {
        "area": 3.25, "leaf_area": 3.25, "type": "ORIGINAL", "updated_time": "2026-01-02T00:00:00Z", "boundary": True,
    }  # fmt: skip
    assert look.count("fields", Where(values={"boundary": False}, text="ceda")) == 1
    by_hand = look.rows("fields", Where(values={"boundary": True, "provider": "Leaf"}))
    assert [row.id for row in by_hand if row.id in "abc"] == ["b"]
    assert look.count("fields", Where(text="zimm")) == 1  # by the grower's name
    assert dict(look.choices("fields", "provider"))["JohnDeere"] == 1
    assert look.count("fields", Where(values={"parent": "f2"})) == 1


# ---------------------------------------------------------------------- times and work
TIMES = [
    "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.500000001Z", "2026-01-31", "",
    "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00.5", "2026-01-31T12:00:00.5xZ", "2026-01-31T12:00:00.0123456789Z",
    "soon", "2026-01-31T12:00:00ZZ", "2026-1-31T12:00:00Z", "2026-01-31T12:00:00.123ZZ", "2026-01-31T12:00:00+00:00",
]  # fmt: skip


@pytest.mark.parametrize("text", TIMES)
def test_a_time_is_read_in_sql_as_it_is_read_elsewhere(land: Any, text: str) -> None:
    (found,) = land.database.reader().execute(f"SELECT {_PADDED} FROM (SELECT ? AS x)", (text,)).fetchone()
    assert found == instant(text)


def test_a_table_is_narrowed_to_a_stretch_of_time(land: Any) -> None:
    days = {n: f"2026-01-{n:02}T12:00:00.{n}Z" for n in range(1, 6)}
    land.put(*(machine(n, created_time=day) for n, day in days.items()), machine(6), machine(7, created_time="soon"))
    look = tables(land)

    def made(after: str = "", before: str = "") -> str:
        span = Span(after, before)
        return "".join(
            sorted(key.removeprefix("m") for key in look.keys("machines", Where(spans={"created_time": span})))
        )

    assert made(after=days[3]) == "345" and made(before=days[3]) == "123"
    assert made(days[2], days[4]) == "234" and made(days[2], days[2]) == "2"
    assert made("2026-01-02", "2026-01-03") == "2"
    assert made("2026-01-02T12:00:00.2000001Z", "2026-01-03T12:00:00.29Z") == ""
    with pytest.raises(ValueError, match="no time"):
        made("soon")
    with pytest.raises(ValueError, match="have no"):
        look.keys("machines", Where(spans={"dreamt_up": Span("2026-01-01")}))
    assert look.keys("machines", Where(leaf_ids=frozenset({"m2", "m9"}))) == ["m2"]
    assert look.count("machines", Where(leaf_ids=frozenset())) == 0


def test_one_file_of_a_field_answers_all_that_is_asked_of_its_work(land: Any, shape: Any) -> None:
    def file(id: str, field: str, **more: Any) -> OperationFile:
        return OperationFile(id=id, leaf_user_id="hill", field_id=field, raw="{}", **more)

    every = ("mill", "quarter", "bare")
    land.put(*(Field(id=id, leaf_user_id="hill", name=id, raw='{"a":1}') for id in every))
    times = {"start_time": "2026-04-01T06:00:00Z", "end_time": "2026-04-01T09:30:00.5Z"}
    land.put(
        file("1", "mill", operation_type="planted", crops=("corn", "soy"), varieties=("A1",), **times),
        file("2", "mill", operation_type="harvested", crops=("oats",), provider_name="CNHi"),
        file("3", "quarter", operation_type="harvested", crops=("corn",), provider_name="JohnDeere", **times),
        file("5", "bare", operation_type="tillage", provider_name="Leaf", origin="automerged"),
        file("4", "gone by now", operation_type="harvested", crops=("corn",)),
    )
    look = tables(land)

    def with_work(**asked: Any) -> set[str]:
        return set(look.keys("fields", Where(work=Work(**asked))))

    assert with_work() == {"mill", "quarter", "bare"}
    assert with_work(operation_type="tillage") == {"bare"} and with_work(provider="Leaf") == set()
    assert with_work(crop="corn") == {"mill", "quarter"} and with_work(crop="cor") == set()
    assert with_work(operation_type="harvested", crop="corn") == {"quarter"}
    assert with_work(operation_type="planted", crop="soy", variety="A1") == {"mill"}
    assert with_work(provider="CNHI") == {"mill"} and with_work(provider="CNHI", crop="corn") == set()
    assert with_work(span=Span("2026-04-01T06:00:00.000Z", "2026-04-01T09:30:00.5Z")) == {"mill", "quarter"}
    assert with_work(span=Span(before="2026-04-01T09:30:00.4Z")) == set()
    assert with_work(span=Span(after="2026-04-01T06:00:00.1Z")) == set()
    assert dict(look.choices("files", "crops")) == {"corn": 3, "oats": 1, "soy": 1}
    assert look.choices("files", "varieties") == [("A1", 1)]

    land.do(Create(Field(id="new", leaf_user_id="hill", name="New", shape=shape())))
    assert set(every) <= set(look.unread_fields()) and "new" not in look.unread_fields()
    land.write(lambda c: Catalog(c).put_fetched("files", "hill", "2026-01-04", "mill"))
    asked = Where(values={"parent": "nowhere"}, work=Work(crop="corn"))
    assert "mill" not in look.unread_fields(Where(work=Work(crop="corn"))) and look.unread_fields(asked) == []


def test_fields_are_narrowed_by_what_stands_only_in_leafs_own_json(land: Any) -> None:
    values = {"leaf_user_id": "hill", "name": "Field"}
    land.put(
        Field(id="a", raw='{"legacy":true,"providerFieldId":"7","mergedFieldId":"x"}', **values),
        Field(id="b", raw='{"legacy":false,"providerFieldName":"Old","mergedFieldId":["x","y"]}', **values),
        Field(id="c", raw='{"mergedFieldId":null}', **values),
    )
    look = tables(land)

    def ids(**asked: Any) -> str:
        return "".join(sorted(key for key in look.keys("fields", Where(values=asked)) if key in "abc"))

    assert (ids(legacy=True), ids(legacy=False)) == ("a", "bc")
    assert (ids(provider_field_id="7"), ids(provider_field_name="Old")) == ("a", "b")
    assert (ids(merged_field="x"), ids(merged_field="y"), ids(merged_field="z")) == ("ab", "b", "")
