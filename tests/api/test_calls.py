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
    assert call.writes == (method != "GET")


@pytest.mark.parametrize(
    "operation",
    ["updateField", "replaceActiveBoundary", "createFarm", "updateFarm", "createGrower", "updateGrower"],
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
