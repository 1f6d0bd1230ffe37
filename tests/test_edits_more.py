"""Edits of machines, and of what is set going at Leaf: as values, before any database or network."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.edits import (
    EDITABLE,
    Change,
    Create,
    Delete,
    Edit,
    Enable,
    Match,
    Redraw,
    SyncProvider,
    Upload,
    apply,
    as_new,
    base_of,
    before_of,
    change,
    coalesce,
    decode,
    encode,
    inverse,
    name_of,
    point_at,
    sentence,
    verb,
    why_not,
)
from leafdesk.geo.shape import Shape
from leafdesk.records import Field, LeafUser, Machine, Operator, ProductMatch

SQUARE: Shape = ((((0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.0)),),)
TRACTOR = Machine(
    id="m",
    leaf_user_id="u",
    name="Tractor",
    origin_type="USER_CREATED",
    serial_number="00012",
    model_year=2020,
    provider_name="Leaf",
    raw="{}",
)
FIELD = Field(id="f", leaf_user_id="u", name="Mill Field", shape=SQUARE, status="PROCESSED")
PREVIEW = Field(id="p", leaf_user_id="u", name="Far Field", provider_name="JohnDeere", status="PREVIEW")
USER = LeafUser(id="u", name="Hill & Sons")
GUESS = ProductMatch(id="x", operation_id="o", name="ams", product_id="p1", status="PREDICTED", score=14.3)
EVERY: list[tuple[Edit, Any, str]] = [
    (Create(TRACTOR), None, "machine.create"),
    (change("machines", "m", vin="V", model_year=2021), TRACTOR, "machine.update"),
    (Delete("machines", "m"), TRACTOR, "machine.delete"),
    (Enable("p"), PREVIEW, "field.enable"),
    (Upload("f", "JohnDeere", "428214"), FIELD, "field.upload"),
    (Upload("f", "ClimateFieldView"), FIELD, "field.upload"),
    (SyncProvider("u"), USER, "user.sync"),
    (Match("x"), GUESS, "match.match"),
    (Match("x", "p2"), GUESS, "match.match"),
]


@pytest.mark.parametrize(("edit", "record", "called"), EVERY)
def test_every_edit_is_possible_has_a_name_and_survives_the_queue(edit: Edit, record: Any, called: str) -> None:
    assert why_not(edit, record) is None
    assert verb(edit) == called
    assert decode(json.loads(json.dumps(encode(edit)))) == (
        Create(replace(TRACTOR, raw="")) if isinstance(edit, Create) else edit
    )
    assert sentence(edit, record).isprintable()
    assert name_of(edit, record).isprintable()
    assert point_at(edit, lambda _, id: id) == edit


def test_what_they_do_to_a_record() -> None:
    enabled = apply(Enable("p"), PREVIEW)
    assert isinstance(enabled, Field) and enabled.status == "WAITING"
    assert apply(Enable("f"), FIELD) == FIELD
    assert apply(Upload("f", "JohnDeere", "1"), FIELD) == FIELD
    assert apply(SyncProvider("u"), USER) == USER
    approved, other = apply(Match("x"), GUESS), apply(Match("x", "p2"), GUESS)
    assert isinstance(approved, ProductMatch) and isinstance(other, ProductMatch)
    assert (approved.product_id, approved.status, approved.score) == ("p1", "VALIDATED", None)
    assert (other.product_id, other.status) == ("p2", "VALIDATED")
    assert apply(Delete("machines", "m"), TRACTOR) is None


@pytest.mark.parametrize("edit", [Enable("p"), Upload("f", "JohnDeere", "1"), SyncProvider("u")])
def test_what_was_set_going_cannot_be_undone(edit: Edit) -> None:
    assert inverse(edit, FIELD) is None


@pytest.mark.parametrize("before", [GUESS, replace(GUESS, product_id="p3", status="VALIDATED", score=None)])
def test_a_matchs_inverse_brings_back_what_it_was(before: ProductMatch) -> None:
    edit = Match("x", "p2")
    back = inverse(edit, before)
    assert isinstance(back, Match) and apply(back, apply(edit, before)) == before
    assert decode(json.loads(json.dumps(encode(back)))) == back
    assert coalesce(edit, base_of(edit, before), back, {}) == (None, {})
    assert why_not(back, apply(edit, before)) is None
    assert why_not(Match("x", "p1", status="PREDICTED"), GUESS) == "This match is not approved."


@given(st.sampled_from(EDITABLE["machines"]), st.integers(1900, 2100), st.text("abc 0", min_size=1, max_size=5))
def test_a_machines_change_and_its_inverse_are_nothing(name: str, year: int, text: str) -> None:
    edit = change("machines", "m", **{name: year if name == "model_year" else f"x{text}"})
    assert why_not(edit, TRACTOR) is None
    back = inverse(edit, TRACTOR)
    assert back is not None
    assert apply(back, apply(edit, TRACTOR)) == TRACTOR
    assert before_of(apply(edit, TRACTOR) or TRACTOR, base_of(edit, TRACTOR)) == TRACTOR


def test_bases_hold_what_the_conflict_check_compares() -> None:
    assert base_of(Delete("machines", "m"), TRACTOR) == {name: getattr(TRACTOR, name) for name in EDITABLE["machines"]}
    assert base_of(Enable("p"), PREVIEW) == {"status": "PREVIEW"}
    assert base_of(Match("x", "p2"), GUESS) == {"product_id": "p1", "status": "PREDICTED"}
    assert base_of(Upload("f", "JohnDeere", "1"), FIELD) == base_of(SyncProvider("u"), USER) == {}


@pytest.mark.parametrize(
    ("edit", "record", "why"),
    [
        (Create(Machine(id="m", leaf_user_id="u")), None, "A machine needs a name."),
        (Create(Machine(id="m", leaf_user_id="u", name="A", model_year=20)), None, "four digits"),
        (Create(Machine(id="m", leaf_user_id="u", name="A", vin="a\x00")), None, "The vin|VIN"),
        (change("machines", "m", name=" "), TRACTOR, "A name is needed."),
        (change("machines", "m", model_year="2020"), TRACTOR, "four digits"),
        (change("machines", "m", vin=None), TRACTOR, "how to empty the VIN"),
        (change("machines", "m", origin_type="X"), TRACTOR, "cannot be changed"),
        (Redraw("m", SQUARE, "machines"), TRACTOR, "Only fields"),
        (change("operators", "o", name="A"), Operator(id="o", leaf_user_id="u"), "Operators cannot be changed at Leaf"),
        (Delete("machines", "m"), Machine(id="m", leaf_user_id="u", origin_type="FILE_POOLED"), "from machine files"),
        (Enable("f"), FIELD, "Only preview fields"),
        (Upload("p", "JohnDeere", "1"), PREVIEW, "comes from John Deere; Leaf does not send it back"),
        (Upload("p", "ClimateFieldView"), PREVIEW, "no boundary"),
        (Upload("f", "JohnDeere"), FIELD, "needs an organization"),
        (Upload("f", "JohnDeere", " "), FIELD, "needs an organization"),
        (Upload("f", "Trimble", "1"), FIELD, "John Deere and Climate FieldView only"),
        (Match("x", ""), GUESS, "Choose a product"),
        (Match("x"), ProductMatch(id="x", status="PREDICTED"), "predicts no product"),
        (Match("x", "p1"), apply(Match("x"), GUESS), "approved already"),
        (SyncProvider("f"), FIELD, "Only a Leaf user's"),
        (Match("f"), FIELD, "Only a product match"),
        (Enable("u"), USER, "Only fields can be enabled"),
    ],
)
def test_what_is_not_possible_says_why(edit: Edit, record: Any, why: str) -> None:
    reason = why_not(edit, record) or ""
    assert any(part in reason for part in why.split("|")), reason


@pytest.mark.parametrize("provider", ["Leaf", None, "", "JohnDeere", "Stara"])
@pytest.mark.parametrize("origin", ["FILE_POOLED", "PROVIDER_POOLED", "", "SOMETHING_NEW"])
def test_the_origin_alone_decides_about_a_machine(provider: str | None, origin: str) -> None:
    pooled = Machine(id="m", leaf_user_id="u", name="A", provider_name=provider, origin_type=origin)
    for edit in (change("machines", "m", name="B"), Delete("machines", "m")):
        reason = why_not(edit, pooled)
        assert reason is not None and "Leaf" not in reason.split()
    mine = Machine(id="m", leaf_user_id="u", name="A", provider_name=provider, origin_type="USER_CREATED")
    assert why_not(Delete("machines", "m"), mine) is None


def test_a_new_machine_is_made_by_hand_and_keeps_what_was_said() -> None:
    new = as_new(Machine(id="m", leaf_user_id="u", name="A", vin="V", created_time="x", raw="{}", provider_name="Leaf"))
    assert new == Machine(id="m", leaf_user_id="u", name="A", vin="V", origin_type="USER_CREATED")


@pytest.mark.parametrize(
    ("queued", "new", "left"),
    [
        (Create(as_new(TRACTOR)), change("machines", "m", vin="V"), "V"),
        (Upload("f", "JohnDeere", "1"), Upload("f", "JohnDeere", "2"), Upload("f", "JohnDeere", "2")),
        (Upload("f", "JohnDeere", "1"), Upload("f", "ClimateFieldView"), None),
        (Enable("p"), Enable("p"), Enable("p")),
        (SyncProvider("u"), SyncProvider("u"), SyncProvider("u")),
        (Match("x"), Match("x", "p2"), Match("x", "p2")),
        (Enable("p"), Upload("p", "ClimateFieldView"), None),
    ],
)
def test_one_line_where_one_is_enough(queued: Edit, new: Edit, left: Any) -> None:
    merged = coalesce(queued, {}, new, {})
    if left is None:
        assert merged is None
    elif left == "V":
        assert merged is not None and isinstance(merged[0], Create) and isinstance(merged[0].record, Machine)
        assert merged[0].record.vin == "V"
    else:
        assert merged == (left, {})


def test_sentences() -> None:
    said = [
        sentence(change("machines", "m", name="Blue", model_year=2021, vin=""), TRACTOR),
        sentence(Enable("p"), PREVIEW),
        sentence(Upload("f", "JohnDeere", "428214"), FIELD),
        sentence(SyncProvider("u"), USER),
        sentence(Match("x"), GUESS),
        sentence(Match("x", "p2"), GUESS, {"p2": "Roundup"}),
        name_of(Change("machines", "m", (("serial_number", "1"), ("vin", "2"))), TRACTOR),
    ]
    assert said == [
        "Rename Tractor to Blue and change it: model year 2020 → 2021, VIN nothing",
        "Enable Far Field for full sync, which Leaf bills and nobody can undo",
        "Upload Mill Field to John Deere, organization 428214",
        "Let Leaf fetch the fields of Hill & Sons from the providers",
        "Approve the product of ams",
        "Match ams to Roundup",
        "Serial number and VIN of Tractor",
    ]
