"""The calls ask what Leaf's contract describes, and nothing else."""

import math
import re
from typing import Any

import msgspec
import pytest

from leafdesk.api import calls
from leafdesk.api.calls import Answer, Call, to_milliseconds
from leafdesk.api.errors import UnsendableError
from leafdesk.geo.shape import from_geojson

from . import contract

SHAPE = from_geojson(contract.asked("createField")["geometry"])
U, F, B = "95eb7d79-b93d-4fc2-877a-3f2b366f8beb", "a1b2c3d4-e5f6-7890-abcd-ef1234567890", "d0245010"

T = "2021-11-03T01:34:15.154951Z"
EVERY_FIELD_FILTER: Any = {
    "leaf_user_id": U,
    "id": F,
    "name": "A",
    "type": "MERGED",
    "farm_id": "7",
    "provider": "Leaf",
    "legacy": True,
    "organization_id": "007",
    "merged_field_id": F,
    "provider_field_id": "x",
    "provider_field_name": "A",
    "status": "PREVIEW",
    "provider_status": "ACTIVE",
    "before_created": T,
    "after_created": T,
    "before_updated": T,
    "after_updated": T,
    "operation_type": "applied",
    "operation_provider": "Leaf",
    "operation_start_time": T,
    "operation_end_time": T,
    "operation_crop": "corn",
    "operation_variety": "x",
}
EVERY_MACHINE_FILTER: Any = {
    "name": "A",
    "provider": "Stara",
    "provider_organization_id": "007",
    "provider_machine_id": "x",
    "serial_number": "00000",
    "origin_type": "USER_CREATED",
    "created": T,
    "before_created": T,
    "after_created": T,
    "updated": T,
    "before_updated": T,
    "after_updated": T,
    "vin": "x",
}
MACHINE: Any = {
    "name": "nameTest",
    "serial_number": "123456",
    "vin": "1234567890ABC",
    "model": "ModelName",
    "make": "MakerOfMachine",
    "category": "Harvester",
    "model_year": 2020,
}

EVERY_CALL: list[Call[Any]] = [
    calls.authenticate("ann@example.com", "s3cret"),
    calls.list_users(page=2),
    calls.get_user(U),
    calls.list_growers(leaf_user_id=U, sort="id,asc"),
    calls.get_grower(U, "873300016"),
    calls.create_grower(U, name="Smith Farms"),
    calls.update_grower(U, "873300016", name="Updated Grower Name"),
    calls.list_farms(leaf_user_id=U, grower_id="12345", page=1, size=20),
    calls.get_farm(U, "1538766"),
    calls.create_farm(U, name="South Farm", grower_id="873300016"),
    calls.update_farm(U, "1538766", name="Updated Farm Name", grower_id="873300016"),
    calls.list_fields(leaf_user_id=U, after_updated="2021-11-03T01:34:15.154951Z", status="PREVIEW", provider="Leaf"),
    calls.get_field(U, F),
    calls.create_field(U, F, name="North Quarter", shape=SHAPE),
    calls.update_field(U, F, name="Updated Field Name", farm_id="1538766"),
    calls.delete_field(U, F),
    calls.enable_preview_field(U, F),
    calls.list_boundaries(U, F),
    calls.get_boundary(U, F, B),
    calls.get_active_boundary(U, F),
    calls.replace_boundary(U, F, shape=SHAPE),
    calls.list_users(email="a@example.com", name="A", external_id="7", sort="name,asc"),
    calls.list_growers(provider="CNHI", name="A", provider_organization_id="007", provider_company_id="1"),
    calls.list_farms(provider="Leaf", name="A", provider_farm_id="1"),
    calls.list_fields(**EVERY_FIELD_FILTER),
    calls.enable_preview_fields_of(["99999", "88888"]),
    calls.sync_fields(U),
    calls.find_fields(U, shape=SHAPE, threshold=3),
    calls.intersect_fields(U, ["field-id-1", "field-id-2"]),
    calls.upload_field(U, F, "JohnDeere", organization_id="428214"),
    calls.get_summary(leaf_user_id=U, provider="JohnDeere"),
    calls.get_configuration(U),
    calls.list_organizations(U, "Trimble"),
    calls.list_operations(leaf_user_id=U, field_id=F, operation_type="applied", start_time=T, updated_time=T),
    calls.list_field_files(U, F, operation_type="harvested", origin="merged", start_time=T, end_time=T, crop="corn"),
    calls.get_field_file(U, F, B),
    calls.list_machines(U, **EVERY_MACHINE_FILTER, sort="name,asc"),
    calls.get_machine(U, B),
    calls.create_machine(U, MACHINE),
    calls.update_machine(
        U,
        B,
        MACHINE
        | {"name": "updatedName", "serial_number": "000123", "vin": "1234567890EFR", "model_year": 2021}
        | {"model": "ModelNameUpdated", "make": "MakerOfMachineUpdated", "category": "Planted"},
    ),
    calls.delete_machine(U, B),
    calls.list_machine_files(U, B, created=T, after_start_time=T, less_than_distance_value=2.5, distance_unit="ft"),
    calls.list_implements(U, name="A", created=T, before_updated=T, after_updated=T, provider_implement_id="0"),
    calls.get_implement(U, B),
    calls.list_operators(U),
    calls.get_operator(U, B),
    calls.list_products(leaf_user_id=U, provider="JohnDeere"),
    calls.list_products_in_files(U, name="round"),
    calls.search_products("Roundup", most=500),
    calls.get_product(B),
    calls.list_matches(B),
    calls.update_match(B, F),
    calls.list_match_history(B, F),
    calls.list_varieties(leaf_user_id=U),
    calls.get_variety(B),
    calls.list_varieties_in_files(U, crops="corn"),
    calls.search_varieties("Master", crop="ALFALFA"),
    calls.list_tank_mixes(leaf_user_id=U),
    calls.search_tank_mixes("Tank"),
]


@pytest.mark.parametrize("call", EVERY_CALL, ids=lambda call: call.operation)
def test_every_call_is_in_the_contract(call: Call[Any]) -> None:
    method, template, operation = contract.operations()[call.operation]
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
    assert (call.method, re.fullmatch(pattern, call.path) is not None) == (method, True)
    parameters = contract.contract()["components"]["parameters"]
    listed = [p if "name" in p else parameters[p["$ref"].rpartition("/")[2]] for p in operation.get("parameters", [])]
    assert {key for key, _ in call.query} <= {p["name"] for p in listed if p["in"] == "query"}
    assert ("requestBody" in operation) == (call.body is not None)
    assert call.writes == (operation["x-leaf"]["effect"] != "read")


def test_every_operation_of_the_contract_has_its_call() -> None:
    assert {call.operation for call in EVERY_CALL} == set(contract.operations())
    assert len(contract.operations()) == 55


@pytest.mark.parametrize(
    ("call", "filters"),
    [("listFields", EVERY_FIELD_FILTER), ("listMachines", EVERY_MACHINE_FILTER)],
)
def test_every_documented_filter_can_be_asked_for(call: str, filters: dict[str, Any]) -> None:
    (asked,) = (one for one in EVERY_CALL if one.operation == call and len(one.query) >= len(filters))
    assert len(asked.query) == len({key for key, _ in asked.query})
    documented = contract.query_names(call) - {"page", "size", "sort"}
    assert {key for key, _ in asked.query} - {"page", "size", "sort"} == documented


@pytest.mark.parametrize(
    ("operation", "filters"),
    [
        ("listLeafUsers", calls.UserFilters),
        ("listGrowers", calls.GrowerFilters),
        ("listFarms", calls.FarmFilters),
        ("listFields", calls.FieldFilters),
        ("listFieldOperationFiles", calls.FileFilters),
        ("listFieldOperations", calls.OperationFilters),
        ("listMachines", calls.MachineFilters),
        ("listMachineFiles", calls.MachineFileFilters),
        ("listImplements", calls.ImplementFilters),
        ("listProducts", calls.InputFilters),
        ("listVarieties", calls.InputFilters),
        ("listTankMixes", calls.InputFilters),
    ],
)
def test_the_filters_are_all_that_leaf_documents(operation: str, filters: Any) -> None:
    documented = contract.query_names(operation) - {"page", "size", "sort", "leafUserId"}
    assert len(set(filters.__annotations__) - {"leaf_user_id"}) == len(documented)


def test_a_flag_is_sent_as_json_writes_it() -> None:
    assert dict(calls.list_fields(legacy=True).query)["legacy"] == "true"


def test_a_search_asks_for_at_most_what_leaf_gives() -> None:
    assert dict(calls.search_products("Roundup", most=500).query) == {"name": "Roundup", "maxResults": "100"}
    assert dict(calls.search_tank_mixes("Tank", most=500).query)["maxResults"] == "20"
    with pytest.raises(UnsendableError):
        calls.search_varieties("  ")


@pytest.mark.parametrize("threshold", [0, 0.001, 100.1, math.nan])
def test_an_overlap_beyond_the_documented_range_is_not_asked_for(threshold: float) -> None:
    with pytest.raises(UnsendableError):
        calls.find_fields(U, shape=SHAPE, threshold=threshold)


@pytest.mark.parametrize(("product_id", "name"), [(None, "approve"), ("expectedProductID", "change")])
def test_both_ways_of_answering_a_match_are_the_published_ones(product_id: str | None, name: str) -> None:
    content = contract.operations()["updateProductMatch"][2]["requestBody"]["content"]["application/json"]
    published = [one["value"] for one in content["examples"].values()]
    assert calls.update_match(B, F, product_id=product_id).body in published


@pytest.mark.parametrize(
    "operation",
    [
        *("updateField", "replaceActiveBoundary", "createFarm", "updateFarm", "createGrower", "updateGrower"),
        *("createMachine", "updateMachine", "findFieldsByGeometry", "intersectFields", "enablePreviewFieldsByGrower"),
    ],
)
def test_published_request_bodies_are_what_we_send(operation: str) -> None:
    (call,) = (call for call in EVERY_CALL if call.operation == operation)
    assert msgspec.json.decode(msgspec.json.encode(call.body)) == contract.asked(operation)


def test_a_new_field_is_the_published_body_with_our_id() -> None:
    body = calls.create_field(U, F, name="North Quarter", shape=SHAPE).body
    assert body == contract.asked("createField") | {"id": F}


def test_sign_in_asks_for_a_long_lived_token() -> None:
    body = {"username": "ann@example.com", "password": "s3cret", "rememberMe": "true"}
    assert calls.authenticate("ann@example.com", "s3cret").body == body
    assert "s3cret" not in repr(calls.authenticate("ann@example.com", "s3cret"))


def test_queries() -> None:
    assert dict(EVERY_CALL[11].query) == {
        "leafUserId": U,
        "afterUpdatedTime": "2021-11-03T01:34:15.154Z",
        "status": "PREVIEW",
        "provider": "Leaf",
        "page": "0",
        "size": "100",
    }
    assert calls.list_boundaries(U, F).query == ()
    assert dict(calls.list_boundaries(U, F, page=0, size=100).query) == {"page": "0", "size": "100"}


@pytest.mark.parametrize(
    ("instant", "sent"),
    [
        ("2021-11-03T01:34:15Z", "2021-11-03T01:34:15.000Z"),
        ("2021-11-03T01:34:15.1Z", "2021-11-03T01:34:15.100Z"),
        ("2021-11-03T01:34:15.9999Z", "2021-11-03T01:34:15.999Z"),
        ("2021-11-03T01:34:15.123456789Z", "2021-11-03T01:34:15.123Z"),
    ],
)
def test_times_in_requests_have_milliseconds_rounded_down(instant: str, sent: str) -> None:
    assert to_milliseconds(instant) == sent


@pytest.mark.parametrize(
    ("instant", "sent"),
    [
        ("2021-11-03T01:34:15Z", "2021-11-03T01:34:15.000Z"),
        ("2021-11-03T01:34:15.123000Z", "2021-11-03T01:34:15.123Z"),
        ("2021-11-03T01:34:15.123000001Z", "2021-11-03T01:34:15.124Z"),
        ("2021-12-31T23:59:59.9991Z", "2022-01-01T00:00:00.000Z"),
    ],
)
def test_a_time_that_something_lies_before_is_rounded_up(instant: str, sent: str) -> None:
    assert to_milliseconds(instant, up=True) == sent
    assert dict(calls.list_machines(U, before_created=instant).query)["beforeCreatedTime"] == sent


@pytest.mark.parametrize("instant", ["", "yesterday", "2021-11-03T01:34:15+01:00", "2021-11-03T01:34:15Z\n"])
def test_what_is_no_time_of_leafs(instant: str) -> None:
    with pytest.raises(ValueError, match="not a UTC time"):
        to_milliseconds(instant)


def test_calls_are_equal_when_they_ask_the_same() -> None:
    assert calls.get_field(U, F) == calls.get_field(U, F)
    assert calls.get_field(U, F) != calls.get_field(U, B)


def test_ids_are_opaque_and_percent_encoded() -> None:
    assert calls.get_field("u/1", "ä %2F?#").path == "/services/fields/api/users/u%2F1/fields/%C3%A4%20%252F%3F%23"


@pytest.mark.parametrize("bad", ["", ".", "..", "\ud800"])
def test_ids_that_would_be_another_address_are_refused(bad: str) -> None:
    with pytest.raises(UnsendableError):
        calls.delete_field(U, bad)


@pytest.mark.parametrize("name", ["a\u0000b", "a\nb", "\u001b[2J", "a\u0085", "\ud800"])
def test_names_with_control_characters_are_refused_with_a_reason(name: str) -> None:
    with pytest.raises(UnsendableError, match=r"name of this farm holds a character that cannot be sent \(U\+"):
        calls.create_farm(U, name=name, grower_id=None)


def test_a_farm_that_leaf_has_not_numbered_cannot_be_sent() -> None:
    with pytest.raises(UnsendableError, match="has not given this farm a number"):
        calls.update_field(U, F, farm_id="5b2f0c66-0000-4000-8000-000000000000")


def test_a_coordinate_that_is_no_number_is_not_sent() -> None:
    with pytest.raises(UnsendableError, match="not a number"):
        calls.replace_boundary(U, F, shape=(((((0.0, 0.0), (math.nan, 1.0))),),))


def test_an_update_needs_something_to_update() -> None:
    with pytest.raises(UnsendableError):
        calls.update_field(U, F)


def test_coordinates_leave_as_they_are() -> None:
    ring = ((-0.1, 1e-7), (0.30000000000000004, 89.99999999999999), (5e-324, 2.0), (-0.1, 1e-7))
    body = msgspec.json.encode(calls.replace_boundary(U, F, shape=((ring,),)).body)
    assert from_geojson(msgspec.json.decode(body)["geometry"]) == ((ring,),)


def test_a_pages_count_includes_what_could_not_be_used() -> None:
    page = calls.list_farms(leaf_user_id=U).read(
        Answer(b'[{"id": 1}, {"id": "x y"}]', 7, "Sat, 21 Nov 2026 10:00:00 GMT")
    )
    assert ([farm.id for farm in page.items], page.count, page.total) == (["1"], 2, 7)
    assert page.date == "Sat, 21 Nov 2026 10:00:00 GMT"
