"""Server copies and what is seen of them: by id, text and box, with boundaries, numbers and aliases."""

import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leafdesk.edits import Create, Redraw, change
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Shape, box, pack
from leafdesk.records import TABLES, Boundary, Farm, Field, Grower, LeafUser
from leafdesk.store.catalog import Catalog, Changes, Count
from leafdesk.store.copies import _KNOWN, older
from leafdesk.store.database import Database
from leafdesk.store.seen import sort_text

Square = Callable[..., Shape]


def field(id: str, **values: object) -> Field:
    return replace(Field(id=id, leaf_user_id="hill", name=id, raw=f'{{"id":"{id}"}}'), **values)  # type: ignore[arg-type]


# ---------------------------------------------------------------------- put and get
def test_records_come_back_as_they_were_put(land, shape: Square) -> None:
    assert land.catalog.users() == [
        LeafUser(id="hill", name="Hill & Sons", email="hill@example.com", raw='{"id":"hill"}')
    ]
    time = "2026-01-01T00:00:00.000000Z"
    grower = Grower(id="7", leaf_user_id="hill", name="Hill", leaf_id=7, raw='{"id":7}', updated_time=time)
    assert land.catalog.growers() == [grower]
    assert [(farm.id, farm.name, farm.grower_id) for farm in land.catalog.farms()] == [
        ("41", "Home Farm", "7"),
        ("42", "River Farm", None),
    ]
    mill = land.catalog.field("mill")
    assert mill == land.catalog.server_copy("fields", "mill")
    assert (mill.name, mill.farm_id, mill.boundary_id, mill.area_ha, mill.shape) == (
        "Mill Field",
        "41",
        "b1",
        3.2,
        shape(),
    )
    assert land.catalog.field("quarter").shape is None
    assert land.catalog.get("fields", "nowhere") is None
    assert land.catalog.key("farms", "41") == "41"
    assert land.catalog.leaf_id("farms", "41") == "41"


def test_leafs_json_is_kept_byte_for_byte(land) -> None:
    raw = '{ "id":"odd",\t"soilColour": "Löss \\u00e9",  "rev": 1.50, "boundaries": [ ] ,"x":{"y":[null,1e3]}}'
    land.put(field("odd", raw=raw, created_time="2024-01-15T19:48:51.017280123Z", updated_time="2024-01-15T19:48:51Z"))
    seen = land.catalog.field("odd")
    assert seen.raw == raw
    assert (seen.created_time, seen.updated_time) == ("2024-01-15T19:48:51.017280123Z", "2024-01-15T19:48:51Z")


def test_an_unchanged_copy_writes_nothing(land) -> None:
    mill, before = land.catalog.server_copy("fields", "mill"), land.write(lambda c: c.total_changes)
    assert not land.put(replace(mill, shape=None, boundary_id=None, area_ha=None))
    assert land.write(lambda c: c.total_changes) == before


def test_a_changed_copy_tells_which_record_changed(land) -> None:
    mill = land.catalog.server_copy("fields", "mill")
    new = replace(mill, name="Mill Piece", raw='{"id":"mill","name":"Mill Piece"}', updated_time="2026-02-01T00:00:00Z")
    assert land.put(new) == Changes(frozenset({("fields", "mill")}), queue=False)
    assert land.catalog.field("mill").name == "Mill Piece"
    assert land.catalog.field("mill").shape is not None


def test_a_stale_copy_is_not_taken(land) -> None:
    stale = field("mill", name="Stale", updated_time="2025-12-31T23:59:59.999999Z", raw='{"stale":1}')
    assert not land.put(stale)
    assert land.catalog.field("mill").name == "Mill Field"
    assert land.put(replace(stale, updated_time="2026-01-01T00:00:00.0000001Z"))
    assert land.catalog.field("mill").name == "Stale"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.001Z", True),
        ("2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.09Z", False),
        ("2026-01-01T00:00:00.120Z", "2026-01-01T00:00:00.12Z", False),
        ("2026-01-01T00:00:00.123456Z", "2026-01-01T00:00:00.123456789Z", True),
        ("", "2026-01-01T00:00:00Z", False),
        ("2026-01-01T00:00:00+02:00", "2026-01-02T00:00:00Z", False),
    ],
)
def test_times_are_compared_whatever_their_fraction(one: str, other: str, expected: bool) -> None:
    assert older(one, other) is expected


def test_references_to_numbers_become_keys_whichever_comes_first(empty) -> None:
    empty.put(field("f", farm_id="41"))
    assert empty.catalog.field("f").farm_id == "41"
    empty.do(Create(Farm(id="local", leaf_user_id="hill", name="New Farm")), "new")
    empty.write(lambda c: Catalog(c).number("farms", "local", "41"))
    assert empty.catalog.field("f").farm_id == "local"
    empty.put(field("g", farm_id="41"))
    assert [row.id for row in empty.catalog.fields(farm_id="41")] == ["f", "g"]
    assert empty.names("new farm") == ["f", "g"]


def test_a_farm_that_a_pull_had_stored_already_becomes_one_with_ours(land) -> None:
    land.do(Create(Farm(id="local", leaf_user_id="hill", name="Lower Farm")), "new")
    land.do(change("fields", "mill", farm_id="local"), "move")
    land.put(Farm(id="99", leaf_user_id="hill", name="Lower Farm", leaf_id=99, raw='{"id":99}'))
    land.put(field("other", farm_id="99"))
    land.do(change("fields", "quarter", farm_id="99"), "move too")
    changes = land.write(lambda c: Catalog(c).number("farms", "local", "99"))
    assert {("farms", "99"), ("farms", "local"), ("fields", "other"), ("fields", "quarter")} <= changes.records
    assert [farm.id for farm in land.catalog.farms()] == ["41", "local", "42"]
    assert land.catalog.key("farms", "99") == "local"
    assert land.catalog.leaf_id("farms", "99") == "99"
    assert {land.catalog.field(one).farm_id for one in ("mill", "quarter", "other")} == {"local"}
    assert land.item("move too").edit == change("fields", "quarter", farm_id="local")
    assert land.outbox.blocker(land.item("move too")).id == "new"
    later = Farm(id="99", leaf_user_id="hill", name="Lower Farm", leaf_id=99, raw='{"id":99,"x":1}')
    land.put(later)
    assert land.catalog.server_copy("farms", "local") == replace(later, id="local")


def test_numbering_what_is_not_here_is_a_mistake(land) -> None:
    with pytest.raises(KeyError):
        land.write(lambda c: Catalog(c).number("farms", "nowhere", "5"))


def test_drop_takes_a_record_out_everywhere(land) -> None:
    assert land.write(lambda c: Catalog(c).drop("fields", "mill")) == Changes(frozenset({("fields", "mill")}))
    assert land.catalog.field("mill") is None
    assert land.catalog.fields(search="mill") == []
    assert land.catalog.outlines() == []
    assert land.catalog.server_ids("fields") == {"quarter"}
    assert land.catalog.known_boundaries() == set()


def test_drop_leaves_what_the_user_edited_in_sight(land) -> None:
    land.do(change("fields", "mill", name="Mine"), "rename")
    land.write(lambda c: Catalog(c).drop("fields", "mill"))
    assert land.catalog.field("mill").name == "Mine"
    assert land.catalog.gone("fields", "mill")
    assert "mill" not in land.catalog.server_ids("fields")
    assert land.catalog.missing_boundaries() == []
    land.discard("rename")
    assert land.catalog.field("mill") is None
    assert not land.catalog.gone("fields", "mill")


def test_a_stale_copy_does_not_bring_back_what_is_gone(land) -> None:
    land.do(change("fields", "mill", name="Mine"), "rename")
    land.write(lambda c: Catalog(c).drop("fields", "mill"))
    stale = field("mill", name="Stale", updated_time="2025-12-31T23:59:59Z", raw='{"stale":1}')
    assert not land.put(stale)
    assert land.catalog.gone("fields", "mill")
    assert land.put(replace(stale, updated_time="2026-01-01T00:00:00Z"))
    assert not land.catalog.gone("fields", "mill")


def test_facts(land) -> None:
    assert land.catalog.fact("watermark") is None
    land.write(lambda c: Catalog(c).put_fact("watermark", "2026"))
    assert land.catalog.fact("watermark") == "2026"
    land.write(lambda c: Catalog(c).put_fact("watermark", None))
    assert land.catalog.fact("watermark") is None


# ---------------------------------------------------------------------- boundaries
def boundary(id: str, shape: Shape, status: str = "ACTIVE", **values: object) -> Boundary:
    values = {"area_ha": 1.5, "validity": "VALID", "raw": f'{{"id":"{id}","status":"{status}"}}'} | values
    return Boundary(id=id, status=status, shape=shape, **values)  # type: ignore[arg-type]


def test_a_boundary_comes_back_with_the_very_numbers(land) -> None:
    odd = ((((-93.48821000000001, 41.7), (-93.4, 41.123456789012345), (-93.4, 41.8), (-93.48821000000001, 41.7)),),)
    land.put_boundary("quarter", boundary("q1", odd, raw='{ "id":"q1", "extra": 1.0}'))
    assert land.catalog.boundaries("quarter") == [boundary("q1", odd, raw='{ "id":"q1", "extra": 1.0}')]
    assert land.catalog.field("quarter").shape == odd


def test_a_new_active_boundary_turns_the_old_one_to_history(land, shape: Square) -> None:
    new = boundary("b2", shape(11), created_time="2026-03-01T00:00:00Z")
    assert land.put_boundary("mill", new) == Changes(frozenset({("fields", "mill")}))
    assert not land.put_boundary("mill", new)
    assert [(one.id, one.status) for one in land.catalog.boundaries("mill")] == [("b2", "ACTIVE"), ("b1", "INACTIVE")]
    assert (land.catalog.field("mill").boundary_id, land.catalog.field("mill").shape) == ("b2", shape(11))
    assert land.catalog.known_boundaries() == {"b1", "b2"}


def test_the_old_shape_stays_in_sight_until_the_newer_one_is_fetched(land, shape: Square) -> None:
    mill = land.catalog.server_copy("fields", "mill")
    land.put(replace(mill, raw='{"boundaries":["b1","b2"]}', updated_time="2026-02-01T00:00:00Z"))
    land.put_boundary("mill", boundary("b1", shape(), "INACTIVE"))
    assert land.catalog.field("mill").shape == shape()
    assert land.catalog.missing_boundaries() == [("hill", "mill", "b2")]
    land.put_boundary("mill", boundary("b2", shape(11)))
    assert land.catalog.field("mill").shape == shape(11)
    assert land.catalog.missing_boundaries() == []


def test_a_field_whose_boundaries_are_all_history_has_no_shape(land, shape: Square) -> None:
    land.put_boundary("mill", boundary("b1", shape(), "DELETED_ON_PROVIDER"))
    assert land.catalog.field("mill").shape is None
    assert land.catalog.outlines() == []
    assert land.catalog.fields(box=(-180, -90, 180, 90)) == []


def test_only_boundaries_that_can_be_active_are_missing(land, shape: Square) -> None:
    land.put(
        field("many", raw='{"boundaries":["m1","m2","m3"]}'),
        field("objects", raw='{"boundaries":[{"id":"x"}]}'),
        field("strange", raw='{"boundaries": "b"}'),
        field("broken", raw='{"boundaries": ['),
    )
    assert land.catalog.missing_boundaries() == [("hill", "many", "m3")]
    land.put_boundary("many", boundary("m3", shape(), "INACTIVE"))
    assert sorted(one for _, _, one in land.catalog.missing_boundaries()) == ["m1", "m2"]
    land.put_boundary("many", boundary("m1", shape(11)))
    assert land.catalog.missing_boundaries() == []


def test_an_invalid_boundary_is_marked(land, shape: Square) -> None:
    land.put_boundary("mill", boundary("b1", shape(), validity="SELF_INTERSECTION", raw='"other"'))
    assert {row.id: row.mark for row in land.catalog.fields()} == {"mill": "invalid", "quarter": "preview"}
    assert [row.id for row in land.catalog.fields(marks=("invalid",))] == ["mill"]


# ---------------------------------------------------------------------- lists
def test_a_row_says_what_a_list_needs(land, shape: Square) -> None:
    mill, quarter = land.catalog.fields()
    assert (mill.id, mill.name, mill.farm_id, mill.area_ha, mill.mark) == ("mill", "Mill Field", "41", 3.2, "")
    assert mill.box == box(shape())
    assert (quarter.area_ha, quarter.box, quarter.status) == (None, None, "PREVIEW")
    land.do(Redraw("mill", shape(side=0.003)))
    (mill,) = land.catalog.fields(ids=["mill"])
    assert mill.area_ha == pytest.approx(area_ha(shape(side=0.003)), rel=1e-12)
    assert mill.pending
    assert land.catalog.farm_areas() == {"41": mill.area_ha}
    assert land.catalog.outlines(["mill", "nowhere"]) == [("mill", pack(shape(side=0.003)))]
    tables = dict.fromkeys(TABLES, Count(0, 0))
    assert land.catalog.counts() == {
        "users": Count(1, 0),
        "growers": Count(1, 0),
        "farms": Count(2, 0),
        "fields": Count(2, 1),
        **tables,
    }


def test_fields_are_filtered_by_all_that_is_given(land, shape: Square) -> None:
    land.put(LeafUser(id="dale", name="Dale"), field("dales", leaf_user_id="dale", name="Mill Meadow"))
    land.put_boundary("dales", boundary("d1", shape(20)))
    ids = [(row.id) for row in land.catalog.fields(search="mill")]
    assert sorted(ids) == ["dales", "mill"]
    assert [row.id for row in land.catalog.fields(search="mill", leaf_user_id="dale")] == ["dales"]
    assert [row.id for row in land.catalog.fields(box=(9, 49, 11, 51))] == ["mill"]
    assert [row.id for row in land.catalog.fields(box=(9, 49, 11, 51), search="meadow")] == []
    assert [row.id for row in land.catalog.fields(farm_id="41")] == ["mill"]
    assert land.catalog.fields(pending=True) == []
    assert len(land.catalog.fields(limit=2)) == 2
    assert land.catalog.fields(limit=0) == []
    assert [key for key, _ in land.catalog.outlines(box=(19, 49, 21, 51))] == ["dales"]


def test_a_box_is_exact_though_the_tree_rounds(land, shape: Square) -> None:
    _, south, east, north = box(shape())
    tiny = 1e-9
    assert land.catalog.fields(box=(east + tiny, south, east + 1, north)) == []
    assert [row.id for row in land.catalog.fields(box=(east, north, east + 1, north + 1))] == ["mill"]


def test_names_sort_as_people_expect(land) -> None:
    land.put(*(field(f"s{n}", name=name) for n, name in enumerate(["Plot 10", "plot 2", "Äcker", "Zaun", "Plot 02 b"])))
    names = [row.name for row in land.catalog.fields(ids=[f"s{n}" for n in range(5)])]
    assert names == ["Äcker", "plot 2", "Plot 02 b", "Plot 10", "Zaun"]
    assert sort_text("Field 007") == sort_text("field 7")


# ---------------------------------------------------------------------- search
def test_search_finds_the_beginnings_of_words_in_three_names(land) -> None:
    assert land.names("mil") == ["Mill Field"]
    assert land.names("field mil") == ["Mill Field"]
    assert land.names("home hill") == ["Mill Field"]
    assert land.names("ill") == []
    assert land.names("north") == ["North Quarter"]
    assert sorted(land.names("")) == ["Mill Field", "North Quarter"]


def test_the_fields_own_name_comes_before_its_farms(land) -> None:
    land.put(field("r1", name="East Piece", farm_id="42"), field("r2", name="River Piece"))
    assert land.names("river") == ["River Piece", "East Piece"]


def test_search_follows_the_names_of_farms_and_growers(land) -> None:
    land.do(change("farms", "41", name="Sonnenhof"))
    assert (land.names("home"), land.names("sonnen")) == ([], ["Mill Field"])
    land.do(change("growers", "7", name="Brühl"))
    assert (land.names("hill"), land.names("bruhl"), land.names("BRÜ")) == ([], ["Mill Field"], ["Mill Field"])
    land.do(change("fields", "mill", farm_id="42"))
    assert (land.names("sonnen"), land.names("river"), land.names("bruhl")) == ([], ["Mill Field"], [])


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "'",
        "*",
        "mill*",
        '"mill',
        "mill OR north",
        "NEAR(mill north)",
        "field:mill",
        "mill AND",
        "-mill",
        "^mill",
        "(((",
        "mill\x00field",
        "\ud800",
        "%_",
        "; DROP TABLE seen;--",
        "mill + field",
        "{field}: mill",
        "🌾",
        "é" * 5000,
    ],
)
def test_any_text_can_be_searched_for(land, text: str) -> None:
    assert set(land.names(text)) <= {"Mill Field", "North Quarter"}
    assert land.catalog.counts()["fields"] == Count(2, 0)


def test_words_of_the_query_language_are_words(land) -> None:
    land.put(field("or", name="Or Near Not And"))
    assert land.names("OR") == ["Or Near Not And"]
    assert land.names("NOT near") == ["Or Near Not And"]
    assert land.names("mill OR north") == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30), cut=st.integers(1, 30))
def test_a_name_is_found_by_its_beginning(land, name: str, cut: int) -> None:
    land.write(lambda c: Catalog(c).put([field("x", name=name, raw=json.dumps(name))]))
    found = {row.id for row in land.catalog.fields(search=name[:cut])}
    if name[:cut].isalpha() and name[:cut].isascii():
        assert "x" in found


# ---------------------------------------------------------------------- ten thousand
@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory):
    """Ten thousand fields with boundaries."""
    database = Database(tmp_path_factory.mktemp("wide") / "leafdesk.db")
    filler = "y" * 300
    farms = [Farm(id=str(n), leaf_user_id="u", name=f"Farm {n}", leaf_id=n, raw="{}") for n in range(50)]
    database.write(lambda c: Catalog(c).put(farms)).result()

    def page(first: int) -> Changes:
        fields = [
            Field(
                id=f"f{n}",
                leaf_user_id="u",
                name=f"Field {n}",
                farm_id=str(n % 50),
                raw=f'{{"boundaries":["b{n}"],"x":"{filler}"}}',
            )
            for n in range(first, first + 100)
        ]
        return database.write(lambda c: Catalog(c).put(fields)).result()

    def boundaries(first: int) -> None:
        def job(c) -> None:
            for n in range(first, first + 100):
                x, y = (n % 100) * 0.02, (n // 100) * 0.02
                ring = tuple((x + 0.01 * dx, y + 0.01 * dy) for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0)))
                one = Boundary(id=f"b{n}", status="ACTIVE", shape=((ring,),), area_ha=1.5, raw="{}")
                Catalog(c).put_boundaries(f"f{n}", [one])

        database.write(job).result()

    started = time.perf_counter()
    changed = sum(len(page(first).records) for first in range(0, 10_000, 100))
    missing = len(Catalog(database.reader()).missing_boundaries())
    for first in range(0, 10_000, 100):
        boundaries(first)
    seconds = time.perf_counter() - started
    assert (changed, missing) == (10_000, 10_000)
    yield database, seconds
    database.close()


def test_ten_thousand_fields_are_taken_and_listed_quickly(wide) -> None:
    """Bounds are ten times what a slow two-core machine needs: they catch a scan per record, not a busy machine."""
    database, seconds = wide
    catalog = Catalog(database.reader())
    assert seconds < 30
    timings = {}
    for name, look, size in (
        ("fields", catalog.fields, 10_000),
        ("outlines", catalog.outlines, 10_000),
        ("search", lambda: catalog.fields(search="fie 99"), 111),
        ("box", lambda: catalog.fields(box=(0.5, 0.5, 0.6, 0.6)), 36),
        ("missing", catalog.missing_boundaries, 0),
        ("counts", catalog.counts, 10),
    ):
        started = time.perf_counter()
        found = look()
        timings[name] = time.perf_counter() - started
        assert len(found) == size, name
    assert max(timings.values()) < 0.6, timings


def test_reads_use_their_indexes(wide) -> None:
    database, _ = wide
    plans = {
        "SELECT 1 FROM boundaries WHERE field = 'f' AND shown": "boundaries_shown",
        "SELECT 1 FROM outbox WHERE kind = 'fields' AND key = 'f' AND "
        "state IN ('waiting', 'sent', 'parked', 'conflict') ORDER BY seq": "outbox_record",
        "SELECT 1 FROM outbox WHERE state IN ('waiting', 'sent', 'parked', 'conflict')": "outbox_live",
        "SELECT mark, count(*) FROM seen GROUP BY kind, mark": "COVERING INDEX seen_mark",
        "SELECT n FROM seen WHERE kind = 'fields' ORDER BY sort, key": "seen_order",
        "SELECT key FROM records WHERE kind = 'farms' AND leaf_id = '4'": "records_leaf_id",
    }
    for sql, index in plans.items():
        plan = " ".join(row[3] for row in database.reader().execute(f"EXPLAIN QUERY PLAN {sql}"))
        assert index in plan, (sql, plan)


def test_a_page_of_ids_is_looked_up_id_by_id(land) -> None:
    """In 20,000 records it was six seconds for a page when SQLite went through all records for each id."""
    plan = land.database.reader().execute(f"EXPLAIN QUERY PLAN {_KNOWN}", {"kind": "fields", "ids": "[]"})
    steps = [detail for *_, detail in plan.fetchall()]
    assert steps[0].startswith("SCAN i") and "(kind=? AND key=?)" in steps[1]
