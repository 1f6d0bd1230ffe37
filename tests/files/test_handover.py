"""Hand-over files: what is written is read again, and everything else is refused with a reason, quickly."""

import hashlib
import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leafdesk.edits import Create, Delete, Redraw, change
from leafdesk.files.handover import LARGEST, Handed, HandOver, UnfitError, is_hand_over, pack, read, unpack
from leafdesk.records import USER_CREATED, Farm, Field, Machine

ID = "11a60151-bf37-4733-9169-5d7ea41745ec"
HOME = "7b1b7a3e-6d1c-4b0a-9a53-2f4d5e6a7b8c"
SHAPE = ((((5.0, 52.0), (5.01, 52.0), (5.01, 52.01), (5.0, 52.0)),),)
GEOJSON = {"type": "MultiPolygon", "coordinates": [[[[5.0, 52.0], [5.01, 52.0], [5.01, 52.01], [5.0, 52.0]]]]}
Json = dict[str, Any]


def change_of(edit: Any, base: Json | None = None, *, id: str = "item", known: tuple[str, ...] | None = None) -> Handed:
    return Handed(id=id, edit=edit, base=base or {}, created="2026-01-01", sentence="What it is", known=known)


WHOLE = HandOver(
    id=ID,
    made="2026-01-02T03:04:05.000Z",
    by="anna@example.com",
    leaf="https://leaf.example.com",
    app="1.0",
    changes=(
        change_of(Create(Farm(id="farm", leaf_user_id="u", name="Hof Süd", grower_id="7")), id="a", known=("1", "2")),
        change_of(Create(Field(id=HOME, leaf_user_id="u", name="Mühlenacker", shape=SHAPE)), id="b"),
        change_of(
            change("fields", HOME, farm_id="farm", name="Mill"), {"farm_id": None, "name": "Mühlenacker"}, id="c"
        ),
        change_of(Redraw("f2", SHAPE), {"boundary_id": "b1", "shape": GEOJSON}, id="d"),
        change_of(Delete("fields", "f3"), {"name": "Old", "farm_id": "7", "boundary_id": None}, id="e"),
        change_of(
            Create(Machine(id="m", leaf_user_id="u", name="Red", origin_type=USER_CREATED, model_year=1998)),
            id="f",
            known=(),
        ),
    ),
)


def sealed(inside: Json, **head: Any) -> bytes:
    """A file around any content, with a checksum that fits."""
    raw = json.dumps(inside).encode()
    envelope = {"leafdesk": "hand-over", "version": 1, "sha256": hashlib.sha256(raw).hexdigest()} | head
    return json.dumps(envelope).encode()[:-1] + b', "hand_over": ' + raw + b"}"


def content() -> Json:
    found: Json = json.loads(pack(WHOLE))["hand_over"]
    return found


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "x.leafdesk-handover"
    file.write_bytes(pack(WHOLE))
    assert read(file) == WHOLE and is_hand_over(file)
    assert pack(read(file)) == file.read_bytes()
    assert unpack(sealed(content())) == WHOLE, "another program's blanks do not matter"


def test_any_byte_that_changes_is_noticed() -> None:
    raw = pack(WHOLE)
    chance = random.Random(5)
    for _ in range(300):
        at = chance.randrange(raw.index(b'"hand_over"'), len(raw) - 2)
        broken = raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]
        with pytest.raises(UnfitError):
            unpack(broken)
        with pytest.raises(UnfitError):
            unpack(raw[:at])


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b"[]", b"null", b"\0" * 99, b"[" * 200_000, b'{"leafdesk":' * 50_000, b"\xff\xfe{}", b"{" * 9],
    ids=range(9),
)
def test_what_is_no_hand_over_is_refused_at_once(raw: bytes) -> None:
    began = time.process_time()
    with pytest.raises(UnfitError):
        unpack(raw)
    assert time.process_time() - began < 2


def test_a_newer_one_says_so_and_a_larger_one_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(UnfitError, match="newer Leafdesk"):
        unpack(sealed({}, version=2))
    with pytest.raises(UnfitError, match="larger than 64 MB"):
        unpack(b" " * (LARGEST + 1))
    with pytest.raises(UnfitError, match="cannot be read"):
        read(tmp_path)
    with pytest.raises(UnfitError, match="Hand over fewer"):
        many = tuple(change_of(Delete("fields", f"f{n}"), id=f"{n}") for n in range(10_001))
        pack(HandOver(id=ID, made="", by="", leaf="", app="", changes=many))


def at(*path: Any, value: Any) -> Callable[[Json], None]:
    """Put a value somewhere in the content."""

    def put(inside: Any) -> None:
        for step in path[:-1]:
            inside = inside[step]
        inside[path[-1]] = value

    return put


FIELD = ("changes", 1, "edit")
HOSTILE = {
    "an id that is none": at("id", value="../../x"),
    "no changes": at("changes", value=[]),
    "a key nobody knows": at("token", value="x"),
    "a change with a key nobody knows": at("changes", 0, "password", value="x"),
    "one id twice": at("changes", 1, "id", value="a"),
    "a control character in who": at("by", value="Anna\x1b[2J"),
    "a name of two lines": at(*FIELD, "record", "name", value="A\nB"),
    "a name with NUL": at(*FIELD, "record", "name", value="A\0B"),
    "a name without end": at(*FIELD, "record", "name", value="A" * 100_000),
    "a name that is a number": at(*FIELD, "record", "name", value=7),
    "a field id that is no UUID": at(*FIELD, "record", "id", value="f1"),
    "a field id in capitals": at(*FIELD, "record", "id", value=HOME.upper()),
    "a Leaf user that is a list": at(*FIELD, "record", "leaf_user_id", value=["u"]),
    "an attribute that no field has": at(*FIELD, "record", "password", value="x"),
    "no shape": at(*FIELD, "shape", value=None),
    "a shape of two corners": at(*FIELD, "shape", "coordinates", value=[[[[5.0, 52.0], [5.0, 52.0]]]]),
    "a shape in metres": at(*FIELD, "shape", "coordinates", 0, 0, 0, 0, value=4_500_000),
    "a shape of text": at(*FIELD, "shape", "coordinates", 0, 0, 0, 0, value="5"),
    "a shape of a thousand levels": at(*FIELD, "shape", "coordinates", value=json.loads("[" * 900 + "]" * 900)),
    "a field too large": at(*FIELD, "shape", "coordinates", value=[[[[5.0, 52.0]] * 200_001]]),
    "an upload": at("changes", 0, "edit", value={"verb": "field.upload", "kind": "fields", "id": "f", "provider": "X"}),
    "a verb nobody knows": at("changes", 0, "edit", "verb", value="farm.burn"),
    "a verb that is a number": at("changes", 0, "edit", "verb", value=7),
    "a kind nobody makes": at("changes", 0, "edit", "kind", value="operators"),
    "a kind that is changed at Leaf only": at("changes", 2, "edit", "kind", value="users"),
    "known ids for a field": at("changes", 1, "known", value=["1"]),
    "no known ids for a farm": at("changes", 0, "known", value=None),
    "known ids that are numbers": at("changes", 0, "known", value=[1]),
    "a base of another edit": at("changes", 3, "base", value={"name": "x"}),
    "a base without a value": at("changes", 2, "base", value={"name": "x"}),
    "a base that is a list": at("changes", 2, "base", value={"name": ["x"], "farm_id": None}),
    "a base that is no shape": at("changes", 3, "base", "shape", value={"type": "Point", "coordinates": [1, 2]}),
    "a value that is a table": at("changes", 2, "edit", "values", "name", value={"a": 1}),
    "a lone surrogate": at("changes", 0, "sentence", value="\ud800"),
}


@pytest.mark.parametrize("spoil", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_content_with_a_right_checksum_is_refused(spoil: Callable[[Json], None]) -> None:
    inside = content()
    spoil(inside)
    with pytest.raises(UnfitError):
        unpack(sealed(inside))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1e999"])
def test_a_number_beyond_all_bounds_is_refused(number: str) -> None:
    raw = json.dumps(content()).replace("5.01", number, 1).encode()
    head = {"leafdesk": "hand-over", "version": 1, "sha256": hashlib.sha256(raw).hexdigest()}
    with pytest.raises(UnfitError):
        unpack(json.dumps(head).encode()[:-1] + b', "hand_over": ' + raw + b"}")
