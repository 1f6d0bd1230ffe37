"""Leaf's JSON to records: nothing lost, nothing changed, nothing hostile let in."""

import contextlib
import copy
import functools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.api import wire
from leafdesk.api.strict import NotJsonError, slices
from leafdesk.api.wire import UnusableError
from leafdesk.records import Boundary, Farm, Field, Grower, LeafUser

from . import contract

read_field = functools.partial(wire.read_field, leaf_user_id="u")
read_farm = functools.partial(wire.read_farm, leaf_user_id="u")
READERS = {
    "getLeafUser": wire.read_user,
    "getField": wire.read_field,
    "createField": wire.read_field,
    "updateField": wire.read_field,
    "getGrower": wire.read_grower,
    "replaceActiveBoundary": wire.read_boundary,
    "getMachine": wire.read_machine,
    "createMachine": wire.read_machine,
    "updateMachine": wire.read_machine,
    "getImplement": wire.read_implement,
    "getOperator": functools.partial(wire.read_operator, leaf_user_id="u"),
    "getFieldOperationFile": wire.read_operation_file,
    "getProduct": wire.read_product,
    "getVariety": wire.read_variety,
    "getLeafUserConfiguration": functools.partial(wire.read_configuration, leaf_user_id="u"),
}
LIST_READERS = {
    "listLeafUsers": wire.read_user,
    "listFields": wire.read_field,
    "listFarms": wire.read_farm,
    "listGrowers": wire.read_grower,
    "listBoundaries": wire.read_boundary,
}
BETA_READERS = {
    "listMachines": wire.read_machine,
    "listMachineFiles": functools.partial(wire.read_machine_file, leaf_user_id="u"),
    "listImplements": wire.read_implement,
    "listOperators": functools.partial(wire.read_operator, leaf_user_id="u"),
    "listFieldOperationFiles": wire.read_operation_file,
    "listFieldOperations": wire.read_operation,
    "listProducts": wire.read_product,
    "listSummarizedProducts": wire.read_product,
    "searchProducts": wire.read_product,
    "listProductMatches": wire.read_match,
    "updateProductMatch": wire.read_match,
    "listProductMatchHistory": wire.read_match_history,
    "listVarieties": wire.read_variety,
    "listSummarizedVarieties": wire.read_variety,
    "searchVarieties": wire.read_variety,
    "listTankMixes": wire.read_tank_mix,
    "searchTankMixes": wire.read_tank_mix,
}


def published() -> list[tuple[str, Any, dict[str, Any]]]:
    singles = [(name, read, contract.answered(name)) for name, read in READERS.items()]
    lists = LIST_READERS | BETA_READERS
    return singles + [(name, read, item) for name, read in lists.items() for item in contract.answered(name)]


def packed(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_published_field_of_a_provider() -> None:
    (field,), problems = wire.read_list(packed(contract.answered("listFields")), read_field)
    assert problems == ()
    assert (field.id, field.leaf_user_id) == (
        "1a952614-3673-4d1e-b677-1f7224339ec6",
        "58800d61-91ac-4922-8e2a-f0216b9f052a",
    )
    assert (field.name, field.farm_id, field.status, field.type) == (
        "North Quarter",
        "3746117",
        "PROCESSED",
        "ORIGINAL",
    )
    assert (field.provider_name, field.manual, field.shape, field.boundary_id) == ("JohnDeere", False, None, None)
    assert field.updated_time == "2021-11-03T01:34:15.154051Z"
    assert wire.boundary_ids(field) == ("279b52d5-ec6d-4459-a06a-4f47ffab0659",)


def test_published_created_field_has_its_shape() -> None:
    field = read_field(packed(contract.answered("createField")))
    ring = ((-93.48821, 41.77137), (-93.48817, 41.77143), (-93.48821, 41.76068), (-93.48821, 41.77137))
    assert field.shape == ((ring,),)
    assert (field.boundary_id, field.area_ha, field.manual) == ("d0245010-157d-4988-96a2-5f3637098475", 12.45, True)


def test_published_farm_grower_and_boundary() -> None:
    (farm,), _ = wire.read_list(packed(contract.answered("listFarms")), read_farm)
    assert (farm.id, farm.leaf_id, farm.name, farm.grower_id) == ("1538766", 1538766, "Main Farm", "12345")
    grower = wire.read_grower(packed(contract.answered("getGrower")))
    assert (grower.id, grower.leaf_id, grower.name) == ("873300016", 873300016, "1Grower")
    boundary = wire.read_boundary(packed(contract.answered("replaceActiveBoundary")))
    assert (boundary.id, boundary.status) == ("g7941ef8-iddf-42c1-b43c-d36b0df369e8", "ACTIVE")
    assert (boundary.area_ha, boundary.validity) == (0.197, "VALID")


@pytest.mark.parametrize(("name", "read", "example"), published())
def test_every_published_answer_decodes_and_keeps_its_text(name: str, read: Any, example: dict[str, Any]) -> None:
    record = read(packed(example))
    kept = {key: value for key, value in example.items() if not key.endswith("Credentials")}
    assert json.loads(record.raw) == kept


def test_a_records_own_bytes_survive() -> None:
    odd = '{ "id" : "ODD-Id 7","n":1.50,"big":12345678901234567890, "e":1E+2,"t":"2020-01-01T00:00:00.123456789Z",'
    odd += '"ü":"\\u00fc" }'
    (field,), _ = wire.read_list(f" [\n{odd} , 5]".encode(), read_field)
    assert field.raw == odd
    assert field.id == "ODD-Id 7"


@pytest.mark.parametrize("time", ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00.5Z", "2020-01-01T00:00:00.123456789Z"])
def test_times_stay_text(time: str) -> None:
    assert read_field(packed({"id": "a", "updatedTime": time})).updated_time == time


def test_names_fall_back_to_the_providers() -> None:
    assert read_field(packed({"id": "a", "name": None, "providerFieldName": "Süd 4"})).name == "Süd 4"
    assert read_farm(packed({"id": 1, "name": "", "providerFarmName": "Hof"})).name == "Hof"


def test_a_record_of_nobody_is_a_problem() -> None:
    for read, raw in (
        (wire.read_field, b'{"id": "a"}'),
        (wire.read_farm, b'{"id": 1}'),
        (wire.read_grower, b'{"id": 1}'),
    ):
        with pytest.raises(UnusableError, match="does not say whose it is"):
            read(raw)


def test_the_callers_leaf_user_stands_in() -> None:
    assert wire.read_field(b'{"id": "a"}', leaf_user_id="u1").leaf_user_id == "u1"
    assert wire.read_field(b'{"id": "a", "leafUserId": "u2"}', leaf_user_id="u1").leaf_user_id == "u2"


# ---------------------------------------------------------------------- anything may be missing, mistyped or new
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(data=st.data())
def test_a_damaged_record_loses_values_not_itself(data: st.DataObject) -> None:
    _, read, example = data.draw(st.sampled_from(published()))
    damaged = copy.deepcopy(example)
    needed = {"id", "matchId", "historicalTime", "geometry" if read is wire.read_boundary else "leafUserId"}
    for key in data.draw(st.sets(st.sampled_from(sorted(example)))) - needed:
        if data.draw(st.booleans()):
            del damaged[key]
        else:
            damaged[key] = data.draw(ANY)
    extra = data.draw(st.dictionaries(st.text().map(lambda key: "x-" + key), ANY, max_size=3))
    damaged |= {key: value for key, value in extra.items() if "credential" not in key.lower()}
    record = read(packed(damaged))
    assert record.id.startswith(str(example.get("id") or example.get("matchId") or "u"))
    kept = json.loads(record.raw)
    assert {key: kept[key] for key in extra if key in damaged} == {key: damaged[key] for key in extra if key in damaged}
    for name in set(record.__dataclass_fields__) - {"raw", "shape"}:
        for value in flat(getattr(record, name)):
            assert value is None or isinstance(value, int | float) or value == wire.clean(value)


def flat(value: Any) -> list[Any]:
    """The plain values in a record's attribute."""
    if isinstance(value, tuple):
        return [inner for one in value for inner in flat(one)]
    if hasattr(value, "__dataclass_fields__"):
        return [inner for name in value.__dataclass_fields__ for inner in flat(getattr(value, name))]
    return [value]


@given(st.lists(st.binary(max_size=40)))
def test_no_bytes_crash_a_list(pieces: list[bytes]) -> None:
    for body in (b"[" + b",".join(pieces) + b"]", b"".join(pieces)):
        with contextlib.suppress(NotJsonError):
            wire.read_list(body, read_field)


@given(st.lists(ANY.map(packed)))
def test_slices_are_the_items_of_the_list(items: list[bytes]) -> None:
    assert slices(b"[ " + b" , ".join(items) + b"]") == items


def test_the_cutter_agrees_with_the_decoder() -> None:
    items = [b'{"a": [1, {"b": "]"}], "n": 1.50}', b"NaN", b'"\\ud800"', b"[]"]
    assert slices(b" [" + b" ,\n ".join(items) + b" ] ") == items
    for broken in (b"[NaN", b"[NaN,]x", b"[NaN] 1", b"", b"NaN", b"[NaN 1]"):
        with pytest.raises(NotJsonError):
            slices(broken)


# ---------------------------------------------------------------------- hostile
@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b'{"id": "b", "x": NaN}', "NaN"),
        (b'{"id": "b", "x": -Infinity}', "Infinity"),
        (b'{"id": "b", "x": 1e999}', "1e999"),
        (b'{"id": "b", "id": "c"}', "the key id"),
        (b'{"id": "b", "area": {"unit": "ha", "unit": "m2"}}', "the key unit"),
        (b'{"id": "b", "x": ' + b"[" * 100 + b"]" * 100 + b"}", "nesting"),
        (b'{"id": "b", "x": ' + b"1" * 5000 + b"}", "not JSON"),
        (b'{"id": "b", "x": "\xff"}', "UTF-8"),
        (b'{"x": 1}', "no usable id"),
        (b'{"id": 5}', "no usable id"),
        (b'{"id": "a\\u0000b"}', "no usable id"),
        (b'{"id": ".."}', "no usable id"),
        (b'{"id": "' + b"x" * 300 + b'"}', "no usable id"),
        (b"7", "an object"),
    ],
)
def test_one_bad_record_stops_only_itself(bad: bytes, why: str) -> None:
    records, problems = wire.read_list(b'[{"id": "a"},' + bad + b',{"id": "z"}]', read_field)
    assert [record.id for record in records] == ["a", "z"]
    (problem,) = problems
    assert why in str(problem)


def test_the_problem_names_the_record() -> None:
    _, (problem,) = wire.read_list(b'[{"id": "b", "x": NaN}]', read_field)
    assert (problem.kind, problem.id) == ("field", "b")


@pytest.mark.parametrize("depth", [100, 100_000])
def test_deep_nesting_is_no_crash(depth: int) -> None:
    body = b"[" * depth + b"]" * depth
    try:
        records, problems = wire.read_list(body, read_field)
    except NotJsonError:
        return
    assert (records, len(problems)) == ((), 1)


def test_control_characters_and_lone_surrogates_in_names_are_cleaned() -> None:
    raw = b'{"id": "a", "name": "Mill\\u0000\\u001b[31m\\ud800 End"}'
    field = read_field(raw)
    assert field.name == "Mill  [31m� End"
    assert field.raw.encode() == raw


def test_text_that_looks_like_a_second_key_is_no_second_key() -> None:
    assert read_field(b'{"id": "a", "name": "say \\"id\\": 7 \\" : "}').name == 'say "id": 7 " : '


@pytest.mark.parametrize("number", ["true", "1.0", "null", '"x"', "9223372036854775808", '"007"', "[]"])
def test_a_farm_needs_a_whole_number(number: str) -> None:
    with pytest.raises(UnusableError):
        read_farm(f'{{"id": {number}}}'.encode())
    assert read_field(f'{{"id": "a", "farmId": {number}}}'.encode()).farm_id is None


def test_a_farms_number_may_have_64_bits() -> None:
    farm = read_farm(b'{"id": 9223372036854775807, "growerId": 0}')
    assert (farm.id, farm.leaf_id, farm.grower_id) == ("9223372036854775807", 2**63 - 1, "0")


# ---------------------------------------------------------------------- geometry
def boundary(geometry: Any) -> bytes:
    return packed({"id": "b1", "status": "ACTIVE", "geometry": geometry, "area": {"value": 1, "unit": "ha"}})


def test_coordinates_are_neither_rounded_nor_turned() -> None:
    clockwise = [
        [-89.84392123456789, 39.72439],
        [-89.84388, 39.71943],
        [-89.83928, 39.71951],
        [-89.84392123456789, 39.72439],
    ]
    counter = clockwise[::-1]
    for ring in (clockwise, counter):
        read = wire.read_boundary(boundary({"type": "MultiPolygon", "coordinates": [[ring]]}))
        assert read.shape == ((tuple((x, y) for x, y in ring),),)


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": [[[["a", 1]]]]},
        {"type": "MultiPolygon", "coordinates": [[[[1e9, 4e6], [1, 2]]]]},
        {"type": "MultiPolygon", "coordinates": [[[[10**400, 1]]]]},
        {"type": "x\u001b" * 1000, "coordinates": 5},
    ],
)
def test_an_unusable_geometry_is_a_problem_of_that_boundary(geometry: Any) -> None:
    good = boundary({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]})
    records, problems = wire.read_list(b"[" + boundary(geometry) + b"," + good + b"]", wire.read_boundary)
    assert len(records) == 1
    assert [problem.id for problem in problems] == ["b1"]
    assert str(problems[0]).isprintable()
    assert len(str(problems[0])) < 300


def test_a_field_with_an_unusable_geometry_is_still_a_field() -> None:
    field = read_field(packed({"id": "a", "boundaries": ["b", 5, ""], "geometry": {"type": "Point"}}))
    assert (field.shape, field.boundary_id, wire.boundary_ids(field)) == (None, None, ("b",))


def test_area_counts_in_hectares_only() -> None:
    shape = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    for area in ({"value": 5, "unit": "ac"}, {"value": "5", "unit": "ha"}, {"value": -1, "unit": "ha"}, 5, None):
        assert wire.read_boundary(packed({"id": "b", "geometry": shape, "area": area})).area_ha is None


# ---------------------------------------------------------------------- secrets
def test_provider_credentials_never_get_in() -> None:
    raw = b"""{"id":"u","name":"Jane","johnDeereCredentials":{"token":"canary"},"n": 1.50,
      "list":[{"deep": {"RavenCredentials": "canary", "b" : 1E2}}], "trimblecredentials": "canary"}"""
    user = wire.read_user(raw)
    assert "canary" not in repr(user) + user.raw
    assert user.raw == '{"id":"u","name":"Jane","n":1.50,"list":[{"deep":{"b":1E2}}]}'


@pytest.mark.parametrize("bad", [b'{"johnDeereCredentials": "canary"}', b'{"id":"u","xCredentials":"canary","x":NaN}'])
def test_a_users_problem_holds_no_credentials(bad: bytes) -> None:
    _, (problem,) = wire.read_list(b"[" + bad + b"]", wire.read_user)
    assert "canary" not in f"{problem!r}{problem}{problem.raw}"


@pytest.mark.parametrize(
    "body", [b"{}", b'{"id_token": ""}', b'{"id_token": "a b"}', b'{"id_token": "a\\nb"}', b"[]", b"<"]
)
def test_what_is_no_token(body: bytes) -> None:
    with pytest.raises(NotJsonError):
        wire.read_token(body)


def test_kinds() -> None:
    kinds = [LeafUser, Field, Farm, Grower, Boundary]
    assert [type(read(packed(contract.answered(name)[0]))) for name, read in LIST_READERS.items()] == kinds[:4] + kinds[
        4:
    ]
