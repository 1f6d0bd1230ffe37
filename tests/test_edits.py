"""Edits as values: apply and take back, coalesce, encode, refuse with a reason, say in plain words."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leafdesk.edits import (
    EDITABLE,
    Change,
    Create,
    Delete,
    Edit,
    Redraw,
    apply,
    as_new,
    base_of,
    before_of,
    change,
    coalesce,
    decode,
    encode,
    fold,
    inverse,
    point_at,
    references,
    sentence,
    verb,
    why_not,
)
from leafdesk.geo.shape import Shape, to_geojson
from leafdesk.records import Farm, Field, Grower, LeafUser, Record

# ---------------------------------------------------------------------- made-up records and edits
texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12)
names = texts.filter(lambda text: text.strip() != "")
keys = st.sampled_from(["41", "42", "local-1"])
numbers = st.floats(-90, 90, allow_nan=False, allow_subnormal=False)


@st.composite
def rings(draw: Callable[..., Any]) -> tuple[tuple[float, float], ...]:
    points = draw(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=6))
    return (*points, points[0])


shapes = st.lists(st.lists(rings(), min_size=1, max_size=2).map(tuple), min_size=1, max_size=2).map(tuple)
growers = st.builds(Grower, id=st.just("g"), leaf_user_id=st.just("u"), name=names, leaf_id=st.none() | st.integers())
farms = st.builds(Farm, id=st.just("f"), leaf_user_id=st.just("u"), name=names, grower_id=st.none() | keys)
drawn = st.builds(
    Field,
    id=st.just("x"),
    leaf_user_id=st.just("u"),
    name=names,
    farm_id=st.none() | keys,
    status=st.sampled_from(["PROCESSED", "WAITING", ""]),
    boundary_id=st.none() | st.just("b"),
    shape=st.none() | shapes,
    area_ha=st.none() | st.floats(0.1, 100),
    raw=texts,
)
records: st.SearchStrategy[Farm | Field | Grower] = growers | farms | drawn


def edits_of(record: Farm | Field | Grower, *, delete: bool = True) -> st.SearchStrategy[Edit]:
    """Edits of one record that a person could make."""
    values: dict[str, Any] = {"name": names, "farm_id": keys, "grower_id": keys}
    allowed = EDITABLE[record.kind]
    some = st.fixed_dictionaries({}, optional={name: values[name] for name in allowed}).filter(bool)
    made: list[st.SearchStrategy[Any]] = [some.map(lambda values: change(record.kind, record.id, **values))]
    if isinstance(record, Field):
        made.append(st.builds(Redraw, id=st.just(record.id), shape=shapes))
        if delete:
            made.append(st.just(Delete(record.kind, record.id)))
    return st.one_of(made)


def without_area(record: Record | None) -> Record | None:
    """A drawn shape has no area by Leaf; taking it back does not bring Leaf's figure back by itself."""
    return replace(record, area_ha=None) if isinstance(record, Field) else record


def square(side: float = 0.002) -> Shape:
    return ((((10.0, 50.0), (10 + side, 50.0), (10 + side, 50 + side), (10.0, 50 + side), (10.0, 50.0)),),)


# ---------------------------------------------------------------------- laws
@given(data=st.data(), record=records)
def test_the_inverse_takes_an_edit_back(data: st.DataObject, record: Farm | Field | Grower) -> None:
    edit = data.draw(edits_of(record))
    back = inverse(edit, record)
    assume(back is not None)
    assert without_area(fold(record, [edit, back] if back else [])) == without_area(record)
    again = inverse(back, apply(edit, record)) if back else None
    assert again is not None
    assert without_area(fold(record, [edit, back, again] if back else [])) == without_area(apply(edit, record))


@given(record=records)
def test_a_create_is_taken_back_by_a_delete_and_a_delete_by_a_create(record: Farm | Field | Grower) -> None:
    create = Create(record)
    back = inverse(create, None)
    assert back == Delete(record.kind, record.id)
    assert fold(None, [create, back]) is None
    assert inverse(back, record) == create


@given(data=st.data(), record=records)
def test_coalesced_edits_do_what_the_two_did(data: st.DataObject, record: Farm | Field | Grower) -> None:
    first = data.draw(edits_of(record, delete=False))
    between = apply(first, record)
    second = data.draw(edits_of(record))
    merged = coalesce(first, base_of(first, record), second, base_of(second, between))
    both = fold(record, [first, second])
    if merged is None:
        assert type(first) is not type(second)
        return
    edit, base = merged
    assert without_area(fold(record, [edit] if edit else [])) == without_area(both)
    if isinstance(edit, Delete):
        assert base == base_of(edit, record)
    elif edit is not None:
        assert base == base_of(edit, record), "the base is what was seen when each attribute was first touched"
    if isinstance(edit, Change):
        assert all(base[name] != value for name, value in edit.values), "nothing is sent that changes nothing"


@given(data=st.data(), record=records)
def test_a_create_takes_later_edits_in(data: st.DataObject, record: Farm | Field | Grower) -> None:
    first, second = Create(record), data.draw(edits_of(record))
    merged = coalesce(first, {}, second, base_of(second, record))
    if merged is None:
        assert isinstance(second, Change)
        assert second.kind == "fields"
        assert "farm_id" in dict(second.values)
        return
    assert merged[1] == {}
    assert fold(None, [merged[0]] if merged[0] else []) == fold(None, [first, second])


@given(data=st.data(), record=records)
def test_edits_survive_json(data: st.DataObject, record: Farm | Field | Grower) -> None:
    for edit in (data.draw(edits_of(record)), Create(as_new(record)), Delete(record.kind, record.id)):
        text = json.dumps(encode(edit), allow_nan=False)
        assert decode(json.loads(text)) == edit


@given(data=st.data(), record=records)
def test_a_base_put_back_is_what_was_there(data: st.DataObject, record: Farm | Field | Grower) -> None:
    edit = data.draw(edits_of(record, delete=False))
    base = json.loads(json.dumps(base_of(edit, record)))
    after = apply(edit, record)
    assert after is not None
    assert without_area(before_of(after, base)) == without_area(record)


@given(data=st.data(), record=records)
def test_edits_change_nothing_they_are_given(data: st.DataObject, record: Farm | Field | Grower) -> None:
    copy, edit = replace(record), data.draw(edits_of(record))
    apply(edit, record), base_of(edit, record), inverse(edit, record), why_not(edit, record), encode(edit)
    assert record == copy


@given(data=st.data(), record=records)
def test_what_is_refused_has_a_reason_and_what_is_not_can_be_applied(data: st.DataObject, record: Any) -> None:
    edit = data.draw(edits_of(record))
    assert why_not(edit, record) is None
    assert why_not(edit, None) == "This is no longer here."
    if isinstance(record, Field):
        foreign = replace(record, provider_name="JohnDeere")
        assert "John Deere" in (why_not(edit, foreign) or "")
    assert sentence(edit, record, {"41": "Home Farm"})


# ---------------------------------------------------------------------- reasons
FIELD = Field(
    id="x", leaf_user_id="u", name="Mill", farm_id="41", shape=square(), boundary_id="b", area_ha=3.0, raw="{}"
)
FARM = Farm(id="f", leaf_user_id="u", name="Home")


@pytest.mark.parametrize(
    ("edit", "record", "reason"),
    [
        (Create(FIELD), None, None),
        (Create(FIELD), FIELD, "This is already here."),
        (Create(replace(FIELD, name=" \t")), None, "A field needs a name."),
        (Create(replace(FIELD, name="a\x00b")), None, "ordinary text"),
        (Create(replace(FIELD, shape=None)), None, "A field needs a boundary."),
        (Create(replace(FIELD, shape=())), None, "A field needs a boundary."),
        (Create(replace(FARM, name="")), None, "A farm needs a name."),
        (change("fields", "x", name=""), FIELD, "A name is needed."),
        (change("fields", "x", name=None), FIELD, "A name is needed."),
        (change("fields", "x", name="two\nlines"), FIELD, "ordinary text"),
        (change("fields", "x", name="half \ud800"), FIELD, "ordinary text"),
        (change("fields", "x", name="Æcker 🌾 ½"), FIELD, None),
        (change("fields", "x", status="PROCESSED"), FIELD, "status cannot be changed."),
        (change("fields", "x", farm_id=None), FIELD, "take a field out of its farm"),
        (change("farms", "f", grower_id=None), FARM, "take a farm out of its grower"),
        (change("growers", "f", farm_id="1"), Grower(id="f", leaf_user_id="u"), "farm_id cannot be changed."),
        (change("users", "u", name="x"), LeafUser(id="u"), "Leaf users are changed at Leaf, not here."),
        (Redraw("f", square()), FARM, "Only fields have a boundary."),
        (Redraw("x", ()), FIELD, "A field needs a boundary."),
        (Delete("farms", "f"), FARM, "Leaf has no way to delete a farm."),
        (Delete("fields", "x"), replace(FIELD, provider_name="Leaf"), None),
        (Delete("fields", "x"), replace(FIELD, provider_name="CNHI"), "Fields from CNHI are deleted in CNHI."),
    ],
)
def test_why_not(edit: Edit, record: Record | None, reason: str | None) -> None:
    found = why_not(edit, record)
    assert found is None if reason is None else reason in (found or "")


# ---------------------------------------------------------------------- words
@pytest.mark.parametrize(
    ("edit", "before", "words"),
    [
        (Create(replace(FIELD, name="Mill Field")), None, "New field Mill Field, 3.19 ha"),
        (Create(FARM), None, "New farm Home"),
        (Create(Grower(id="g", leaf_user_id="u", name="Hill")), None, "New grower Hill"),
        (change("fields", "x", name="Long Acre"), FIELD, "Rename Mill to Long Acre"),
        (change("fields", "x", farm_id="42"), FIELD, "Move Mill to River Farm"),
        (change("fields", "x", farm_id="43"), FIELD, "Move Mill to another farm"),
        (change("farms", "f", grower_id="7"), FARM, "Move Home to another grower"),
        (change("fields", "x", name="Acre", farm_id="42"), FIELD, "Rename Mill to Acre and move it to River Farm"),
        (change("fields", "x", farm_id=None), FIELD, "Take Mill out of its farm"),
        (Redraw("x", square(0.004)), FIELD, "Boundary of Mill, 3.19 → 12.76 ha"),
        (Redraw("x", square(0.004)), replace(FIELD, shape=None), "Boundary of Mill, 12.76 ha"),
        (Redraw("x", square(0.004)), None, "Boundary of a field, 12.76 ha"),
        (Delete("fields", "x"), FIELD, "Delete Mill"),
    ],
)
def test_sentence(edit: Edit, before: Record | None, words: str) -> None:
    assert sentence(edit, before, {"42": "River Farm"}) == words


def test_verbs_are_the_queues_names() -> None:
    assert verb(Create(FIELD)) == "field.create"
    assert verb(change("farms", "f", name="x")) == "farm.update"
    assert verb(Redraw("x", square())) == "field.boundary"
    assert verb(Delete("fields", "x")) == "field.delete"


# ---------------------------------------------------------------------- coalescing, case by case
def test_the_farm_of_a_new_field_stays_its_own_edit() -> None:
    create = Create(as_new(FIELD))
    assert coalesce(create, {}, change("fields", "x", farm_id="42"), {"farm_id": None}) is None
    assert coalesce(create, {}, change("fields", "x", name="a", farm_id="42"), {}) is None
    assert coalesce(Create(FARM), {}, change("farms", "f", grower_id="7"), {}) == (
        Create(replace(FARM, grower_id="7")),
        {},
    )


def test_a_delete_and_what_it_swallows() -> None:
    delete = Delete("fields", "x")
    renamed = change("fields", "x", name="B")
    assert coalesce(Create(FIELD), {}, delete, {}) == (None, {})
    base = base_of(delete, replace(FIELD, name="B"))
    assert coalesce(renamed, {"name": "Mill"}, delete, base) == (delete, {**base, "name": "Mill"})
    assert coalesce(delete, base, Create(FIELD), {}) == (None, {})
    assert coalesce(delete, base, renamed, {}) is None


def test_a_boundary_drawn_back_is_nothing_to_send() -> None:
    base = base_of(Redraw("x", square(0.004)), FIELD)
    assert coalesce(Redraw("x", square(0.004)), base, Redraw("x", square()), {}) == (None, {})
    assert base == {"boundary_id": "b", "shape": to_geojson(square())}


def test_other_records_and_other_sorts_stay_apart() -> None:
    assert coalesce(change("fields", "x", name="a"), {}, change("fields", "y", name="b"), {}) is None
    assert coalesce(change("fields", "x", name="a"), {"name": "m"}, Redraw("x", square()), {}) is None


# ---------------------------------------------------------------------- shape of things
@pytest.mark.parametrize(
    "value",
    [
        {},
        {"verb": "field.create", "kind": "fields", "id": "x"},
        {"verb": "field.create", "kind": "users", "id": "x", "record": {}, "shape": None},
        {"verb": "field.create", "kind": "fields", "id": "x", "record": {"colour": "red"}, "shape": None},
        {"verb": "field.update", "kind": "fields", "id": "x", "values": {"kind": "y"}},
        {"verb": "field.boundary", "kind": "fields", "id": "x", "shape": {"type": "Point", "coordinates": [1, 2]}},
        {"verb": "field.burn", "kind": "fields", "id": "x"},
        {"verb": 7, "kind": "fields", "id": "x"},
    ],
)
def test_what_is_not_an_edit_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="not an edit"):
        decode(value)


def test_as_new_keeps_only_what_a_person_gives() -> None:
    assert as_new(FIELD) == Field(id="x", leaf_user_id="u", name="Mill", shape=square())
    assert as_new(replace(FARM, leaf_id=4, raw="{}", grower_id="7")) == replace(FARM, grower_id="7")
    for record in (as_new(FIELD), as_new(FARM)):
        given_by_leaf = {"status", "boundary_id", "area_ha", "raw", "created_time", "updated_time", "leaf_id"}
        assert not any(getattr(record, one.name) for one in fields(record) if one.name in given_by_leaf)


def test_references_and_where_they_point() -> None:
    def key(kind: str, name: str) -> str:
        return f"{kind}:{name}"

    assert references(change("fields", "x", farm_id="42", name="a")) == [("farms", "42")]
    assert references(Create(replace(FARM, grower_id="7"))) == [("growers", "7")]
    assert references(Create(FIELD)) == [], "Leaf's create takes no farm"
    assert references(Redraw("x", square())) == []
    moved = point_at(change("fields", "x", farm_id="42", name="42"), key)
    assert moved == change("fields", "fields:x", farm_id="farms:42", name="42")
    assert point_at(Create(replace(FARM, grower_id="7")), key) == Create(
        replace(FARM, id="farms:f", grower_id="growers:7")
    )
    assert point_at(Delete("fields", "x"), key) == Delete("fields", "fields:x")
