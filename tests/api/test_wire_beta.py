"""Machines, inputs and providers from Leaf's JSON: the published examples value by value, and what may go wrong."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.api import wire
from leafdesk.api.strict import NotJsonError
from leafdesk.api.wire import UnusableError
from leafdesk.records import (
    ActiveIngredient,
    Implement,
    Label,
    Machine,
    MatchHistory,
    MixPart,
    Operator,
    Product,
    ProductMatch,
    ProviderSummary,
    Quantity,
    TankMix,
    Variety,
    levels_of,
    provider_of,
)

from . import contract
from .test_wire import ANY, packed


def first(operation: str, n: int = 0) -> bytes:
    return packed(contract.answered(operation)[n])


def kept(record: Any) -> dict[str, Any]:
    """The record's values without its own JSON."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__ if name != "raw"}


def test_published_machine() -> None:
    machine = wire.read_machine(packed(contract.answered("updateMachine")))
    assert kept(machine) == kept(
        Machine(
            id="d5efe8a1-98be-40db-b2b2-2da332e8f69c",
            leaf_user_id="9e081c9d-6185-49e1-8df7-7788d6aa1211",
            name="updatedName",
            provider_name="Leaf",
            provider_machine_id="24de86ff-e6f0-4f8f-b429-0571c30a7ddf",
            organization_id="654321",
            origin_type="USER_CREATED",
            serial_number="000123",
            vin="1234567890EFR",
            model="ModelNameUpdated",
            make="MakerOfMachineUpdated",
            category="Planted",
            model_year=2021,
            created_time="2023-06-12T17:38:09.148Z",
        )
    )
    assert machine.manual


def test_the_origin_decides_and_not_the_provider() -> None:
    for raw in contract.answered("listMachines"):
        assert raw["provider"] == "Leaf"
        assert not wire.read_machine(packed(raw)).manual


def test_published_implement_and_operator_keep_their_odd_ids_and_zeros() -> None:
    implement = wire.read_implement(first("listImplements"))
    assert isinstance(implement, Implement)
    assert (implement.serial_number, implement.leaf_user_id[:8]) == ("00000", "mbba54fb")
    assert (implement.organization_id, implement.category) == ("296264", "Cotton Harvester Implement")
    operator = wire.read_operator(first("listOperators"), "u")
    assert isinstance(operator, Operator)
    assert (operator.id[:9], operator.leaf_user_id, operator.name) == ("aa8c917bc", "u", "Brian O.")
    assert (operator.license, operator.organization_id, operator.status) == ("", "9999", "ACTIVE")


def test_published_machine_file_keeps_its_units() -> None:
    file = wire.read_machine_file(first("listMachineFiles"), "u")
    assert (file.distance, file.fuel) == (Quantity(4152.255, "ft"), Quantity(28.89, "US gal"))
    assert file.machine_id == "98b244fc-7b2d-4acf-a51a-58d20ae27355"


def test_published_operation_and_its_files() -> None:
    file = wire.read_operation_file(first("listFieldOperationFiles"), field_id="f")
    assert (file.field_id, file.operation_type, file.origin, file.crops) == ("f", "harvested", "automerged", ("corn",))
    assert (file.start_time, file.name) == ("2017-10-27T08:59:58Z", "harvested 2017-10-27T08:59:58Z")
    (example, *_) = contract.answered("listFieldOperations")
    operation = wire.read_operation(packed(example))
    assert operation.operation_type == example["type"]
    assert operation.field_ids == tuple(one["id"] for one in example["fields"])


def test_published_products() -> None:
    agrian = wire.read_product(first("searchProducts", 1), source="search")
    assert kept(agrian) == kept(
        Product(
            id="21f4cb76-07fa-46ca-a8cf-cfbc2f161bdf",
            name="Product AB",
            registration="0434785-2911",
            registrant="Loveland Products, Inc.",
            product_type="Insecticide Miticide",
            formulation_type="Emulsifiable Concentrate",
            label_provider="AGRIAN",
            product_page_url="https://www.agrian.com/labelcenter/results.cfm?d=0000",
            labels=(Label("Label", "https://www.agrian.com/pdfs/new/00000.pdf"),),
            active_ingredients=(ActiveIngredient("Lambda-cyhalothrin", "13.1", "%"),),
            physical_state="liquid",
            density="7.17",
            density_unit="lb/ga",
            source="search",
        )
    )
    cdms = wire.read_product(first("searchProducts"))
    assert cdms.active_ingredients == (ActiveIngredient("Urea"), ActiveIngredient("Calcium"))
    listed = wire.read_product(first("listProducts"))
    assert (listed.carrier, listed.leaf_user_id, listed.source) == (
        True,
        "fb6fcda4-8af7-11ee-b9d1-0242ac120002",
        "list",
    )


def test_published_variety_and_tank_mix() -> None:
    variety = wire.read_variety(first("listVarieties"))
    assert isinstance(variety, Variety)
    assert (variety.name, variety.crops, variety.company, variety.organization_id) == (
        *("Master Piece", ("ALFALFA",), "Simplot", "9999"),
    )
    mix = wire.read_tank_mix(first("listTankMixes"))
    assert isinstance(mix, TankMix)
    assert (mix.rate, mix.rate_unit, mix.target_crops, mix.notes) == (5.0, "gal1ac-1", ("PINEAPPLE",), "")
    assert mix.carrier == MixPart("Water", "c0cb84d0-937c-11ee-b9d1-0242ac120002", "GENERIC", "ADDITIVE", "LIQUID")
    assert [one.name for one in mix.components] == ["Brandt Big Foot SS"]


def test_published_matches_and_their_history() -> None:
    predicted, validated = (wire.read_match(first("listProductMatches", n), "op") for n in (0, 1))
    assert isinstance(predicted, ProductMatch)
    assert (predicted.status, predicted.score, predicted.operation_id) == ("PREDICTED", 14.354036, "op")
    assert (validated.status, validated.score, validated.name) == ("VALIDATED", None, "counter")
    earlier = wire.read_match_history(first("listProductMatchHistory"))
    assert isinstance(earlier, MatchHistory)
    assert (earlier.match_id, earlier.id) == ("uidd-match-0002", "uidd-match-0002 2023-12-19T13:18:44.709Z")


def test_published_summary() -> None:
    summary = wire.read_summary(packed(contract.answered("getSyncSummary")))
    (one,) = summary.summaries
    assert isinstance(one, ProviderSummary)
    assert (summary.message, one.provider_name, one.growers, one.farms, one.fields) == (
        *("SUCCESS", "JohnDeere", 12, 12, 100),
    )
    assert one.sync_time == "2023-08-30T18:39:33.230612Z"


def test_a_level_that_a_provider_does_not_have_is_not_zero() -> None:
    raw = {"summaries": [{"provider": "Stara", "leafUserId": "u", "fields": 3}, {"fields": 1}, 7]}
    (one,) = wire.read_summary(packed(raw)).summaries
    assert (one.growers, one.farms, one.fields) == (None, None, 3)
    assert levels_of("Stara") == ("fields",)
    assert levels_of("CNHi") == levels_of("CNHI") == ("growers", "farms", "fields")
    assert levels_of("Somebody New") is None
    assert provider_of("Agvance") == "AgVance"


def test_published_configuration_and_what_it_explains() -> None:
    found = wire.read_configuration(packed(contract.answered("getLeafUserConfiguration")), "u")
    assert (found.id, found.fields_auto_sync, found.custom_data_sync) == ("u", True, None)
    assert (found.fields_merge_intersection, found.fields_auto_merge) == (0.01, True)
    assert "customDataSync" in (found.why_missing("fields") or "")
    assert "machinesAutoSync is off" in (found.why_missing("machines") or "")
    off = wire.read_configuration(b'{"customDataSync": false, "productsAutoSync": true}', "u")
    assert (off.why_missing("fields"), off.why_missing("tankMixes")) == (None, None)


def test_published_organizations() -> None:
    one, other = wire.read_organizations(packed(contract.answered("listProviderOrganizations")), "u", "JohnDeere")
    assert (one.organization_id, one.connected, other.connected) == ("organization_id_1", True, False)
    assert one.management_url.startswith("https://connections.deere.com/")
    told = wire.read_organizations(b'{"connectedOrganizations": [{"id": "007"}, {"id": 7}, {}]}', "u", "Trimble")
    assert [(organization.organization_id, organization.connected) for organization in told] == [
        ("007", None),
        ("7", None),
    ]


@pytest.mark.parametrize(
    ("example", "field", "provider", "id", "status"),
    [
        ("reference", "ba518264-7f2a-11ee-b962-0242ac120002", "JohnDeere", "a1b2c3d4-e5f6-7890-abcd-ef1234567890", ""),
        ("olderPage", "ba518264-7f2a-11ee-b962-0242ac120002", "ClimateFieldView", "uuid", "PENDING"),
    ],
)
def test_both_published_upload_answers(example: str, field: str, provider: str, id: str, status: str) -> None:
    content = contract.operations()["uploadFieldToProvider"][2]["responses"]["2XX"]["content"]["application/json"]
    (told,) = wire.read_upload(packed(content["examples"][example]["value"]))
    assert (told.field_id, told.provider_name, told.provider_field_id, told.status) == (field, provider, id, status)


def test_an_upload_answer_that_says_nothing_is_no_answer() -> None:
    for body in (b"{}", b"[]", b'{"f": 5}'):
        with pytest.raises(NotJsonError):
            wire.read_upload(body)


def test_published_common_shape() -> None:
    example = contract.answered("intersectFields")
    shape = wire.read_geometry(packed(example))
    assert [list(position) for position in shape[0][0]] == example["coordinates"][0][0]


@pytest.mark.parametrize("body", [b"", b"null", b'{"type":"MultiPolygon","coordinates":[]}', b'{"type":"Polygon"}'])
def test_nothing_in_common_is_an_empty_shape(body: bytes) -> None:
    assert wire.read_geometry(body) == ()


# ---------------------------------------------------------------------- other people's addresses
@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/label.pdf",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "\\\\example.com\\share",
        "https://user:secret@example.com/a.pdf",
        "https:///label.pdf",
        "https://example.com:8080/a.pdf",
        "https://exa mple.com/",
        "https://[",
        "https://example.com/" + "x" * 2000,
        "data:text/html,x",
        "",
    ],
)
def test_only_https_labels_are_let_in_and_the_rest_is_remarked(url: str) -> None:
    raw = {"id": "p", "labels": [{"name": "Label", "url": url}, {"url": "https://example.com/b.pdf"}]}
    product = wire.read_product(packed(raw | {"productPageUrl": url}))
    assert product.labels == (Label("Label", "https://example.com/b.pdf"),)
    assert product.product_page_url == ""
    assert len(product.remarks) == (2 if url else 1)
    assert all(remark.isprintable() and "https" in remark for remark in product.remarks)
    assert "secret" not in product.labels[0].url


@given(st.dictionaries(st.sampled_from(["labels", "activeIngredients", "density", "solutionRate", "components"]), ANY))
def test_parts_of_any_shape_lose_themselves_only(parts: dict[str, Any]) -> None:
    assert wire.read_product(packed({"id": "p", "name": "Roundup"} | parts)).name == "Roundup"
    assert wire.read_tank_mix(packed({"id": "p", "name": "Tank"} | parts)).name == "Tank"


@given(ANY, ANY)
def test_a_summary_of_any_shape_is_a_summary(message: Any, summaries: Any) -> None:
    assert wire.read_summary(packed({"message": message, "summaries": summaries})).summaries == ()


def test_values_that_nobody_knows_yet_survive() -> None:
    machine = wire.read_machine(b'{"id":"m","leafUserId":"u","originType":"DREAMT_UP","new":{"a":[1.50]}}')
    assert (machine.origin_type, machine.manual) == ("DREAMT_UP", False)
    assert json.loads(machine.raw)["new"] == {"a": [1.5]}
    assert "1.50" in machine.raw


def test_who_cannot_be_asked_for_again_is_a_problem() -> None:
    for read, raw in (
        (wire.read_machine, b'{"id": "m"}'),
        (wire.read_operator, b'{"id": "o"}'),
        (wire.read_match_history, b'{"name": "x"}'),
        (wire.read_configuration, b"{}"),
    ):
        with pytest.raises(UnusableError):
            read(raw)
