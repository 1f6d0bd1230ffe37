"""`leafdesk import` and `leafdesk export`, from the shell to the sandbox and back."""

import json
from pathlib import Path
from typing import Any

import pytest

from leafdesk.geo.shape import from_geojson
from leafdesk.workspace import Workspace
from tests.files.made import BOW, SQUARE, kml, placemark
from tests.shell import Shell


def square(x: float, y: float, size: float = 0.004) -> list[list[float]]:
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]


def area(ring: Any, **said: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": said, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def write(path: Path, *features: dict[str, Any]) -> str:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return str(path)


@pytest.fixture
def user(signed_in: Shell) -> str:
    return str(signed_in.json("users", "list")[0]["id"])


def drawn_by_hand(shell: Shell, user: str) -> dict[str, Any]:
    """A field of this user with a boundary that may be changed."""
    fields = shell.json("fields", "list", "--leaf-user", user)
    found = next(one for one in fields if one["providerName"] in (None, "Leaf") and one["area_ha"])
    return dict(shell.json("fields", "show", found["id"]))


def test_a_dry_run_shows_the_plan_and_does_nothing(signed_in: Shell, user: str, tmp_path: Path) -> None:
    bow = [list(spot) for spot in BOW]
    file = write(tmp_path / "farm.geojson", area(square(30, 40), NAME="North 40"), area(bow, NAME="Bow"))
    shown = signed_in.json("import", file, "--leaf-user", user, "--dry-run")
    assert shown["dry_run"] is True
    assert [(one["name"], one["action"]) for one in shown["fields"]] == [("North 40", "new")]
    assert shown["counts"] == {"new": 1, "update": 0, "skip": 0, "refused": 1}
    assert shown["files"][0]["refused"][0]["where"] == "feature 2"
    assert shown["files"][0]["name_column"] == "NAME"
    assert signed_in.json("queue", "list") == []

    farm = signed_in.json("farms", "list", "--leaf-user", user)[0]["id"]
    done = signed_in.json("import", file, "--leaf-user", user, "--farm", str(farm))
    assert [item["kind"] for item in signed_in.json("queue", "list")] == ["field.create", "field.update"]
    assert len(done["queued"]) == 2
    signed_in("sync")
    field = next(one for one in signed_in.json("fields", "list") if one["name"] == "North 40")
    assert (field["farmId"], field["pending"]) == (farm, False)


def test_the_same_ground_gets_a_new_boundary_and_the_same_boundary_nothing(
    signed_in: Shell, user: str, tmp_path: Path
) -> None:
    known = drawn_by_hand(signed_in, user)
    ring, *holes = known["geometry"]["coordinates"][0]
    wide = (max(x for x, _ in ring) - min(x for x, _ in ring)) / 20
    moved = [[[x + wide, y] for x, y in one] for one in (ring, *holes)]
    same = {"type": "Feature", "properties": {}, "geometry": known["geometry"]}
    changed = {"type": "MultiPolygon", "coordinates": [moved]}
    first = signed_in.json("import", write(tmp_path / "same.geojson", same), "--leaf-user", user, "--dry-run")["fields"]
    assert [(one["action"], one["field"]) for one in first] == [("skip", known["id"])]
    assert first[0]["why"] == f"{known['name']} has this boundary already."
    file = write(tmp_path / "moved.geojson", {"type": "Feature", "properties": {}, "geometry": changed}, same)
    shown = signed_in.json("import", file, "--leaf-user", user)["fields"]
    assert [one["action"] for one in shown] == ["update", "skip"]
    seen = signed_in.json("fields", "show", known["id"])
    assert from_geojson(seen["geometry"]) == from_geojson(changed)


def test_fields_of_a_provider_are_left_to_it(signed_in: Shell, tmp_path: Path) -> None:
    fields = [one for one in signed_in.json("fields", "list") if one["providerName"] not in (None, "Leaf")]
    theirs = next(one for one in fields if one["area_ha"])
    ring = signed_in.json("fields", "show", theirs["id"])["geometry"]["coordinates"][0][0]
    wide = (max(x for x, _ in ring) - min(x for x, _ in ring)) / 20
    shifted = [[x + wide, y] for x, y in ring]
    file = write(tmp_path / "p.geojson", area(shifted, name="Mine"))
    line = signed_in.json("import", file, "--leaf-user", str(theirs["leafUserId"]))["fields"][0]
    assert line["action"] == "skip"
    assert "are changed in" in line["why"]


def test_ground_that_stands_there_twice_is_taken_once(signed_in: Shell, user: str, tmp_path: Path) -> None:
    twice = area(square(30, 40), name="A")
    near = area(square(30.00001, 40), name="B")
    lines = signed_in.json("import", write(tmp_path / "d.json", twice, near, area(square(31, 40))), "--leaf-user", user)
    assert [one["action"] for one in lines["fields"]] == ["new", "skip", "new"]
    assert lines["fields"][1]["why"] == "The same ground as feature 1."
    assert lines["fields"][2]["name"] == "d 3"


def test_what_cannot_be_read_changes_nothing_and_says_why(signed_in: Shell, user: str, tmp_path: Path) -> None:
    good = write(tmp_path / "good.geojson", area(square(30, 40)))
    bad = tmp_path / "bad.kml"
    bad.write_text("<kml><Document>")
    told = signed_in("import", good, str(bad), "--leaf-user", user, ends=2).err
    assert "bad.kml: It is no XML" in told
    assert "Nothing was changed" in told
    assert signed_in.json("queue", "list") == []
    assert "no attribute 'crop'" in signed_in("import", good, "--leaf-user", user, "--name-column", "crop", ends=2).err
    assert "cannot be read" in signed_in("import", str(tmp_path / "none.kml"), "--leaf-user", user, ends=2).err
    assert "--leaf-user" in signed_in("import", good, ends=2).err


def test_a_person_reads_the_plan_in_plain_words(signed_in: Shell, user: str, tmp_path: Path) -> None:
    file = tmp_path / "farm.kml"
    point = "<Placemark><name>Gate</name><Point><coordinates>1,2</coordinates></Point></Placemark>"
    file.write_text(kml(placemark("North 40") + point * 5))
    said = signed_in("import", str(file), "--leaf-user", user, "--dry-run")
    assert "North 40" in said.out
    assert "new field" in said.out
    assert "(Gate) and 2 more: It is a point, no area." in said.err
    assert "1 new field, 0 new boundaries, 0 left out, 5 refused. Nothing was changed." in said.err


def test_what_is_exported_is_known_again_when_it_comes_back(signed_in: Shell, user: str, tmp_path: Path) -> None:
    fields = {one["id"]: one["name"] for one in signed_in.json("fields", "list", "--leaf-user", user)}
    files = [str(tmp_path / f"farm{ending}") for ending in (".geojson", ".kml", ".kmz", ".zip")]
    told = [signed_in.json("export", file, "--leaf-user", user)["fields"] for file in files]
    lines = signed_in.json("import", *files, "--leaf-user", user)["fields"]
    assert len(lines) == sum(told) >= 12
    assert {one["action"] for one in lines} == {"skip"}
    assert all(fields[one["field"]] == one["name"] for one in lines)


def test_export_takes_single_fields_and_replaces_no_file_unasked(signed_in: Shell, user: str, tmp_path: Path) -> None:
    known = drawn_by_hand(signed_in, user)
    file = tmp_path / "one.geojson"
    signed_in("export", str(file), "--field", known["id"])
    feature = json.loads(file.read_text())["features"][0]
    assert (feature["properties"]["name"], feature["properties"]["id"]) == (known["name"], known["id"])
    assert {tuple(spot) for spot in feature["geometry"]["coordinates"][0][0]} == {
        tuple(spot) for spot in known["geometry"]["coordinates"][0][0]
    }
    assert "--overwrite" in signed_in("export", str(file), "--field", known["id"], ends=2).err
    signed_in("export", str(file), "--field", known["id"], "--overwrite")
    assert "has to be one of" in signed_in("export", str(tmp_path / "a.dwg"), ends=2).err
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_thousands_come_in_as_one_step(workspace: Workspace, tmp_path: Path) -> None:
    from leafdesk.files.formats import read
    from leafdesk.workspace.importing import Wishes, edits_of, plan

    workspace.sync().result(30)
    user = workspace.catalog.users()[0].id
    grid = [area([[x + n % 40 / 50, y + n // 40 / 50] for x, y in SQUARE], name=f"F{n}") for n in range(200)]
    reading = read(Path(write(tmp_path / "grid.geojson", *grid)))
    ids = iter(f"00000000-0000-4000-2000-{n:012}" for n in range(200))
    wishes = Wishes(user)
    lines = plan(workspace.catalog, [reading], wishes)
    workspace.do(*edits_of(lines, wishes, lambda: next(ids))).result(60)
    assert len(workspace.outbox.items()) == 200
    assert workspace.undo_name == "New field F0 and 199 more"
    workspace.undo().result(60)
    assert workspace.outbox.items() == []
