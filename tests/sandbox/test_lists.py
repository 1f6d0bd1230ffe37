"""Paging, filters and order of the lists."""

from dataclasses import replace
from typing import Any

import pytest

from leafdesk.sandbox import Sandbox

Json = dict[str, Any]


def _ids(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.text
    return [record["id"] for record in answer.json()]


def test_pages_hold_every_field_once(client: Any, sandbox: Sandbox) -> None:
    pages = [client.get("/fields", page=page, size=25) for page in range(3)]
    assert [len(page.json()) for page in pages] == [25, 25, 10]
    assert {page.headers["X-Total-Count"] for page in pages} == {"60"}
    assert {key for page in pages for key in _ids(page)} == {field["id"] for field in sandbox.leaf.all("fields")}


def test_default_page_and_size(client: Any) -> None:
    assert len(client.get("/fields").json()) == 20
    assert client.get("/fields", page=99).json() == []


def test_link_has_the_published_relative_form(client: Any) -> None:
    first = client.get("/fields", page=0, size=20)
    assert first.headers["Link"] == (
        '<api/fields?page=1&size=20>; rel="next",<api/fields?page=2&size=20>; rel="last",'
        '<api/fields?page=0&size=20>; rel="first"'
    )
    last = client.get("/fields", page=2, size=20, status="PROCESSED")
    assert "next" not in last.headers["Link"]
    assert "<api/fields?status=PROCESSED&page=0&size=20>" in last.headers["Link"]


@pytest.mark.parametrize(("page", "size"), [(-1, 20), (0, 0), (0, -5), ("x", 20), (0, "many")])
def test_senseless_pages_are_refused(raw: Any, page: Any, size: Any) -> None:
    answer = raw.get("/services/fields/api/fields", params={"page": page, "size": size})
    assert (answer.status_code, answer.json()["title"] != "") == (400, True)


def test_oversize_is_clamped_or_refused(raw: Any, sandbox: Sandbox) -> None:
    path = "/services/fields/api/fields?size=500"
    assert len(raw.get(path).json()) == 60
    sandbox.leaf.choices = replace(sandbox.leaf.choices, refuse_oversize=True)
    assert raw.get(path).status_code == 400


def test_the_list_has_boundary_ids_but_no_geometry(client: Any, sandbox: Sandbox) -> None:
    for field in client.get("/fields", size=100).json():
        assert not {"geometry", "area"} & field.keys()
        assert not any(key.startswith("_") for key in field)
        assert (field["boundaries"] == []) == (field["status"] == "PREVIEW")


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("leafUserId", "leafUserId"),
        ("id", "id"),
        ("name", "name"),
        ("type", "type"),
        ("farmId", "farmId"),
        ("organizationId", "organizationId"),
        ("providerFieldId", "providerFieldId"),
        ("providerFieldName", "providerFieldName"),
        ("status", "status"),
        ("providerStatus", "providerStatus"),
        ("provider", "providerName"),
    ],
)
def test_field_filters(client: Any, sandbox: Sandbox, provided: Json, manual: Json, query: str, key: str) -> None:
    wanted = {**manual, **provided}[key] if key != "name" else manual["name"]
    expected = {field["id"] for field in sandbox.leaf.all("fields") if field.get(key) == wanted}
    assert expected
    assert set(_ids(client.get("/fields", size=100, **{query: wanted}))) == expected


def test_provider_leaf_means_made_by_hand(client: Any, sandbox: Sandbox) -> None:
    by_hand = {f["id"] for f in sandbox.leaf.all("fields") if f.get("providerName", "Leaf") == "Leaf"}
    assert set(_ids(client.get("/fields", size=100, provider="Leaf"))) == by_hand


def test_merged_and_legacy_filters(client: Any, sandbox: Sandbox, provided: Json, manual: Json) -> None:
    merged = "f97c5bbc-2dbf-4400-8d59-39eba37f8847"
    sandbox.leaf.change("fields", provided["id"], mergedFieldId=merged, legacy=True)
    sandbox.leaf.change("fields", manual["id"], mergedFieldId=[merged])
    assert set(_ids(client.get("/fields", mergedFieldId=merged))) == {provided["id"], manual["id"]}
    assert _ids(client.get("/fields", legacy="true")) == [provided["id"]]
    assert len(_ids(client.get("/fields", legacy="false", size=100))) == 59


@pytest.mark.parametrize("key", ["createdTime", "updatedTime"])
def test_time_filters(client: Any, sandbox: Sandbox, key: str) -> None:
    times = sorted(field[key] for field in sandbox.leaf.all("fields"))
    middle, name = times[30], key[0].upper() + key[1:]
    assert len(_ids(client.get("/fields", size=100, **{f"after{name}": middle}))) == 29
    assert len(_ids(client.get("/fields", size=100, **{f"before{name}": middle}))) == 30
    down = middle[:-4] + "Z"  # three digits, rounded down: the very field is found again
    assert len(_ids(client.get("/fields", size=100, **{f"after{name}": down}))) == 30
    sandbox.leaf.choices = replace(sandbox.leaf.choices, after_is_inclusive=True)
    assert len(_ids(client.get("/fields", size=100, **{f"after{name}": middle}, name=""))) == 0
    assert len(_ids(client.get("/fields", size=100, **{f"after{name}": middle}, sort="id"))) == 30


def test_times_that_are_none_are_refused(raw: Any) -> None:
    answer = raw.get("/services/fields/api/fields", params={"afterUpdatedTime": "yesterday"})
    assert answer.status_code == 400
    assert "yesterday" in answer.json()["title"]


@pytest.mark.parametrize(
    "time",
    ["2026-13-01T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00+01:00", "", "٢٠٢٦"],
)
def test_times_beyond_the_calendar_or_without_z_are_refused(raw: Any, time: str) -> None:
    assert raw.get("/services/fields/api/fields", params={"afterUpdatedTime": time}).status_code == 400


@pytest.mark.parametrize("path", ["fields", "farms", "growers"])
@pytest.mark.parametrize("key", ["", "null", "x"])
def test_ids_that_are_none_are_refused(raw: Any, path: str, key: str) -> None:
    assert raw.get(f"/services/fields/api/{path}", params={"leafUserId": key}).status_code == 400


def test_a_parameter_stands_once_but_for_sort(raw: Any) -> None:
    path = "/services/fields/api/fields"
    assert raw.get(path, params={"status": ["PREVIEW", "WAITING"]}).status_code == 400
    assert raw.get(path, params={"sort": ["name", "id,desc"]}).status_code == 200


def test_operation_filters(client: Any) -> None:
    corn = set(_ids(client.get("/fields", size=100, operationCrop="corn")))
    wheat = set(_ids(client.get("/fields", size=100, operationCrop="wheat", operationType="harvested")))
    assert corn
    assert wheat
    assert not corn & wheat
    tilled = set(_ids(client.get("/fields", size=100, operationType="tillage")))
    assert tilled < set(_ids(client.get("/fields", size=100, operationType="applied")))
    assert not _ids(client.get("/fields", operationCrop="corn", operationVariety="SY Wolverine"))
    assert not _ids(client.get("/fields", operationStartTime="2030-01-01T00:00:00Z"))
    planted = client.get("/fields", size=100, operationEndTime="2030-01-01T00:00:00Z", operationType="planted")
    assert corn <= set(_ids(planted))


@pytest.mark.parametrize(
    "query", [{"status": "NEW"}, {"type": "SPLIT"}, {"operationType": "x"}, {"legacy": "1"}, {"farmId": "x"}]
)
def test_unknown_words_are_refused(raw: Any, query: dict[str, str]) -> None:
    assert raw.get("/services/fields/api/fields", params=query).status_code == 400


def test_sort(client: Any, raw: Any, sandbox: Sandbox) -> None:
    fields = sandbox.leaf.all("fields")
    assert _ids(client.get("/fields", size=100, sort="id")) == sorted(field["id"] for field in fields)
    newest = sorted(fields, key=lambda field: field["updatedTime"], reverse=True)
    assert _ids(client.get("/fields", size=100, sort="updatedTime,desc")) == [field["id"] for field in newest]
    named = [(f.get("name") is None, f.get("name") or "", f["id"]) for f in fields]
    by_both = client.get("/fields", size=100, sort="name,asc,id")
    assert _ids(by_both) == [key for _, _, key in sorted(named)]
    assert raw.get("/services/fields/api/fields?sort=colour").status_code == 400
    sandbox.leaf.choices = replace(sandbox.leaf.choices, refuse_unknown_sort=False)
    assert raw.get("/services/fields/api/fields?sort=colour").status_code == 200


def test_farm_and_grower_filters(client: Any, sandbox: Sandbox) -> None:
    farms, growers = sandbox.leaf.all("farms"), sandbox.leaf.all("growers")
    farm = next(farm for farm in farms if farm.get("growerId") and farm.get("providerFarmId"))
    assert farm["id"] in _ids(client.get("/farms", growerId=farm["growerId"], provider=farm["providerName"]))
    assert _ids(client.get("/farms", providerFarmId=farm["providerFarmId"])) == [farm["id"]]
    named = next(farm for farm in farms if farm.get("name"))
    assert named["id"] in _ids(client.get("/farms", name=named["name"], leafUserId=named["leafUserId"]))
    grower = next(grower for grower in growers if grower.get("providerGrowerId"))
    assert _ids(client.get("/growers", providerGrowerId=grower["providerGrowerId"])) == [grower["id"]]
    assert _ids(client.get("/growers", name=grower["name"], provider="JohnDeere")) == [grower["id"]]
    assert _ids(client.get("/growers", providerOrganizationId="1")) == []
    assert isinstance(farm["id"], int)
    assert isinstance(grower["id"], int)


def test_user_filters(client: Any, sandbox: Sandbox) -> None:
    users = sandbox.leaf.all("users")
    path = "/services/usermanagement/api/users"
    for key in ("email", "name", "externalId"):
        assert _ids(client.get(path, **{key: users[1][key]})) == [users[1]["id"]]
    assert 'api/users?page=1&size=1>; rel="next"' in client.get(path, size=1).headers["Link"]


def test_a_change_shows_in_a_list_that_was_asked_for_before(client: Any, sandbox: Sandbox, manual: Json) -> None:
    assert _ids(client.get("/fields", name="Brand New")) == []
    sandbox.leaf.change("fields", manual["id"], name="Brand New")
    assert _ids(client.get("/fields", name="Brand New")) == [manual["id"]]
