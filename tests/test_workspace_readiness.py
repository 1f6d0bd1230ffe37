"""What a day without a signal needs, looked at on a real disk: maps of files and servers, copies, age, questions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from leafdesk.edits import change
from leafdesk.geo.shape import Box
from leafdesk.sandbox import Sandbox
from leafdesk.tiles.tile import spanned
from leafdesk.workspace import Workspace
from leafdesk.workspace.basemaps import SUGGESTED, Area, Basemaps
from leafdesk.workspace.coverage import Coverage, coverage
from leafdesk.workspace.readiness import Need
from tests.shell import Shell
from tests.test_workspace_answers import in_conflict
from tests.tiles.made import mbtiles, png
from tests.tiles.server import TileServer, tile_server

HERE: Box = (10.0, 50.0, 10.002, 50.002)
THERE: Box = (11.0, 50.0, 11.002, 50.002)


@pytest.fixture
def server() -> Iterator[TileServer]:
    with tile_server() as running:
        yield running


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Basemaps]:
    made = Basemaps(tmp_path / "maps")
    yield made
    made.close()


def a_map(path: Path, box: Box, *zooms: int) -> Path:
    """A map file with every tile of a box."""
    tiles = {}
    for zoom in zooms:
        left, right, top, bottom = spanned(box, zoom)
        tiles |= {(zoom, x, y): png() for x in range(left, right + 1) for y in range(top, bottom + 1)}
    return mbtiles(path, tiles, attribution="© A")


def test_a_map_file_covers_the_fields_under_which_it_has_a_picture(shelf: Basemaps, tmp_path: Path) -> None:
    assert coverage(shelf, [HERE, THERE]) == Coverage(2, 0)
    far = shelf.add_file(a_map(tmp_path / "far.mbtiles", HERE, 8, 10))
    assert coverage(shelf, [HERE, THERE]).here == 0, "from far away is not enough for a day on a field"
    near = shelf.add_file(a_map(tmp_path / "near.mbtiles", HERE, 12, 15))
    assert coverage(shelf, [HERE, THERE]).here == 1
    shelf.change(near.id, shown=False)
    assert coverage(shelf, [HERE]).here == 0, "nobody sees a map that is hidden"
    shelf.change(near.id, shown=True)
    (tmp_path / "near.mbtiles").write_bytes(b"broken")
    assert coverage(shelf, [HERE]).here == 0
    shelf.remove(far.id)


def test_of_a_servers_map_only_what_was_downloaded_for_good_counts(shelf: Basemaps, server: TileServer) -> None:
    one = shelf.add_source(server.source(highest=15))
    found = coverage(shelf, [HERE, THERE])
    assert (found.here, found.map_id, found.map_name, found.why) == (0, one.id, "Test", "")
    going = shelf.begin(one.id, "The farm", Area((HERE,), 12, 15), agreed=True)
    shelf._under_way[going.id].join(30)
    found = coverage(shelf, [HERE, THERE])
    assert (found.here, found.map_id, found.fetching) == (1, one.id, "")
    many = len(server.tiles)
    assert coverage(shelf, [HERE]) == Coverage(1, 1)
    assert len(server.tiles) == many, "it looks at the disk alone"


def test_a_map_whose_terms_forbid_it_is_not_offered(shelf: Basemaps) -> None:
    shelf.add_source(SUGGESTED[0])
    found = coverage(shelf, [HERE])
    assert found.map_id == "" and "tile usage policy forbids" in found.why


def needs(workspace: Workspace, shelf: Basemaps, **chosen: frozenset[str]) -> dict[str, Need]:
    return {need.key: need for need in workspace.readiness.look(shelf, **chosen)}


def test_what_is_old_unsent_or_unanswered_is_told(
    sandbox: Sandbox, shelf: Basemaps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_800_000_000.0]
    workspace = Workspace(tmp_path / "own", api_url=sandbox.url, clock=lambda: now[0])
    workspace.login(sandbox.username, sandbox.password).result(30)
    found = needs(workspace, shelf)
    assert found["fetched"].says == "Leaf was never read." and not found["stock"].met
    assert (found["fetched"].remedy, found["boundaries"].says) == ("sync", "There are no fields here.")
    workspace.sync().result(60)
    found = needs(workspace, shelf)
    assert {key for key, need in found.items() if not need.met} <= {"map", "backup"}  # the copy's time is the disk's
    now[0] += 13 * 3600
    assert needs(workspace, shelf)["fetched"].says == "Leaf was read 13 hours ago."
    assert not needs(workspace, shelf)["fetched"].met and needs(workspace, shelf)["stock"].met
    rows = [row for row in workspace.catalog.fields() if row.mark == "" and row.provider_name in (None, "Leaf")]
    workspace.do(change("fields", rows[0].id, name="The Far Acre")).result(30)
    assert needs(workspace, shelf)["sent"].says.startswith("1 change of yours")
    workspace.sync().result(60)
    assert needs(workspace, shelf)["sent"].met
    in_conflict(workspace, sandbox)
    found = needs(workspace, shelf)
    assert found["sent"].met and not found["answered"].met and found["answered"].remedy == "queue"
    workspace.logout()
    assert needs(workspace, shelf)["fetched"].remedy == "sign-in"
    workspace.close()


def test_only_the_chosen_fields_count(workspace: Workspace, shelf: Basemaps, tmp_path: Path) -> None:
    workspace.sync().result(60)
    row = next(row for row in workspace.catalog.fields() if row.box and row.farm_id)
    assert row.box is not None and row.farm_id is not None
    shelf.add_file(a_map(tmp_path / "near.mbtiles", row.box, 16))
    of_one = needs(workspace, shelf, field_ids=frozenset({row.id}))
    assert of_one["map"].met and of_one["boundaries"].says.startswith("1 field with")
    assert not needs(workspace, shelf)["map"].met
    farm = needs(workspace, shelf, farm_ids=frozenset({row.farm_id}))
    many = sum(one.farm_id == row.farm_id for one in workspace.catalog.fields())
    assert farm["boundaries"].says.startswith(f"{many} field")


def test_at_the_shell_it_syncs_lists_and_its_code_says_what_is_missing(signed_in: Shell, sandbox: Sandbox) -> None:
    said = signed_in.json("ready", ends=2)
    assert [need["key"] for need in said["needs"] if not need["met"]] == ["map"] and said["ready"] is False
    sandbox.go_dark()
    row = signed_in.json("fields", "list")[0]
    signed_in("fields", "edit", row["id"], "--name", "The Far Acre")
    answer = signed_in("ready", ends=3)
    assert "missing  Your changes sent" in answer.out and "2 things are missing." in answer.out
    one = signed_in.json("ready", "--no-sync", "--field", row["id"], ends=3)
    assert next(need for need in one["needs"] if need["key"] == "boundaries")["says"].startswith("1 field")
    signed_in("ready", "--farm", "nowhere", ends=2)


def test_at_the_shell_nobody_signed_in_is_told(shell: Shell) -> None:
    assert shell.json("ready", ends=4)["needs"][0]["key"] == "sign-in"
