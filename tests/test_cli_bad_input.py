"""Boundaries that are none, folders that cannot be used, databases that are not ours: said plainly, nothing changed."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from leafdesk.cli import boundary_file
from leafdesk.cli.boundary_file import read_boundary
from leafdesk.cli.desk import BadInputError
from tests.shell import Shell

if TYPE_CHECKING:
    from leafdesk.sandbox import Sandbox

RING = [[10.0, 50.0], [10.01, 50.0], [10.01, 50.01], [10.0, 50.01], [10.0, 50.0]]
BOW_TIE = [[10.0, 50.0], [10.01, 50.01], [10.01, 50.0], [10.0, 50.01], [10.0, 50.0]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def feature(geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": "x"}, "geometry": geometry}


@pytest.mark.parametrize(
    "document",
    [
        polygon(RING),
        {"type": "MultiPolygon", "coordinates": [[RING]]},
        feature(polygon(RING)),
        {"type": "FeatureCollection", "features": [feature(polygon(RING))]},
        polygon(RING) | {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}},
        polygon([[*position, 312.5] for position in RING]),
    ],
    ids=["polygon", "multipolygon", "feature", "collection of one", "named WGS 84", "with heights"],
)
def test_a_boundary_in_every_good_dress(document: Any, tmp_path: Path) -> None:
    file = tmp_path / "boundary.geojson"
    file.write_text(json.dumps(document), encoding="utf-8-sig")
    assert read_boundary(file) == ((tuple((x, y) for x, y in RING),),)


BAD: dict[str, tuple[str, str]] = {
    "crosses itself": (json.dumps(polygon(BOW_TIE)), "SELF_INTERSECTION.*longitude 10.005"),
    "not closed": (json.dumps(polygon(RING[:-1])), "RING_NOT_CLOSED"),
    "a line": (json.dumps({"type": "LineString", "coordinates": RING}), "LineString"),
    "a collection of two": (
        json.dumps({"type": "FeatureCollection", "features": [feature(polygon(RING))] * 2}),
        "2 features",
    ),
    "a feature without geometry": (json.dumps(feature(None)), "geometry"),
    "metres": (json.dumps(polygon([[x * 1e5, y * 1e5] for x, y in RING])), "polygon 1, ring 1, position 1"),
    "another reference system": (
        json.dumps(polygon(RING) | {"crs": {"type": "name", "properties": {"name": "EPSG:32632"}}}),
        "EPSG:32632",
    ),
    "text": ("once upon a time", "no JSON.*line 1, column 1"),
    "truncated": (json.dumps(polygon(RING))[:-9], "no JSON"),
    "not a number": ('{"type": "Polygon", "coordinates": [[[NaN, 1]]]}', "NaN is not a number"),
    "words for numbers": (json.dumps(polygon([["a", "b"]])), "position 1"),
    "a list": ("[]", "no object"),
    "nothing": ("", "no JSON"),
    "very deep": ("[" * 100_000, "no JSON|nested too deeply"),
    "very large numbers": ('{"type": "Polygon", "coordinates": [[[1' + "0" * 5000 + ", 1]]]}", "boundary.geojson"),
}


@pytest.mark.parametrize(("text", "says"), BAD.values(), ids=BAD)
def test_a_bad_boundary_is_refused_with_what_and_where(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "boundary.geojson"
    file.write_text(text)
    with pytest.raises(BadInputError, match=says) as raised:
        read_boundary(file)
    assert str(file) in raised.value.message


def test_a_file_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInputError, match=r"gone\.json cannot be read: No such file"):
        read_boundary(tmp_path / "gone.json")
    with pytest.raises(BadInputError, match="cannot be read"):
        read_boundary(tmp_path)
    latin = tmp_path / "latin.json"
    latin.write_bytes(b'{"name": "Gr\xfcn"}')
    with pytest.raises(BadInputError, match=r"UTF-8 \(byte 12\)"):
        read_boundary(latin)
    monkeypatch.setattr(boundary_file, "LARGEST", 8)
    with pytest.raises(BadInputError, match="too large"):
        read_boundary(latin)


def test_a_bad_boundary_queues_nothing(signed_in: Shell, tmp_path: Path) -> None:
    user = signed_in.json("fields", "list")[0]["leafUserId"]
    file = tmp_path / "bow-tie.json"
    file.write_text(json.dumps(polygon(BOW_TIE)))
    create = ("fields", "create", "--leaf-user", user, "--name", "Tie", "--boundary", str(file))
    answer = signed_in(*create, "--json", ends=2)
    assert "SELF_INTERSECTION" in answer.err and answer.document["error"] == answer.err.rstrip("\n")
    assert signed_in.json("queue", "list") == []
    assert signed_in("fields", "create", "--leaf-user", user, "--name", " ", "--boundary", str(file), ends=2).err


def test_a_folder_that_cannot_be_used(shell: Shell, tmp_path: Path) -> None:
    shell.folder.write_text("a file stands here")
    assert str(shell.folder) in shell("status", ends=2).err


def test_an_address_that_is_none(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("http://leaf.example.com", "ftp://example.com", "https://", "https://me:secret@example.com"):
        answer = shell("login", "--username", "x", "--api-url", url, stdin="pw\n", ends=2)
        assert "https" in answer.err or "user name" in answer.err
        assert "secret" not in answer.err
        monkeypatch.setenv("LEAFDESK_API_URL", url)
        monkeypatch.setenv("LEAFDESK_TOKEN", "a-token-of-nobody")
        assert "secret" not in shell("sync", ends=2).err
        monkeypatch.delenv("LEAFDESK_API_URL")
        monkeypatch.delenv("LEAFDESK_TOKEN")


def databases(folder: Path) -> list[Path]:
    return sorted(folder.glob("**/leafdesk.db"))


def test_a_database_from_the_future_is_left_alone(signed_in: Shell) -> None:
    import sqlite3
    from contextlib import closing

    (file,) = databases(signed_in.folder)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    before = file.read_bytes()
    answer = signed_in("fields", "list", ends=2)
    assert "newer" in answer.err
    assert file.read_bytes() == before
    assert signed_in.json("doctor", ends=2)["ok"] is False


def test_a_damaged_database_is_put_aside_and_told(signed_in: Shell) -> None:
    (file,) = databases(signed_in.folder)
    file.write_bytes(b"this was a database" * 100)
    assert signed_in.json("fields", "list") == [], "the next sync reads the fields again"
    (notice,) = signed_in.json("queue", "notices")
    assert notice["sort"] == "rescued"
    (aside,) = [one for one in databases(signed_in.folder) if one != file]
    assert aside.read_bytes() == b"this was a database" * 100, "it is moved, never deleted"
    signed_in("sync")
    assert signed_in.json("fields", "list")


def test_answers_that_are_cut_or_no_json_lose_nothing(signed_in: Shell, sandbox: "Sandbox") -> None:
    before = signed_in.json("fields", "list")
    for faults in ("truncated=1", "html=1", "cut=1", "500=1", "drop=1"):
        sandbox.faults.set(faults)
        assert signed_in.json("sync", ends=3)["outcome"] in ("offline", "partial"), faults
        assert signed_in.json("fields", "list") == before, faults
    sandbox.faults.set("401=1")
    assert signed_in.json("sync", ends=4)["outcome"] == "signed-out"
    sandbox.faults.set("")
    assert signed_in.json("sync")["outcome"] == "done"
    assert signed_in.json("fields", "list") == before
