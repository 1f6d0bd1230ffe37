"""Two laptops at one Leaf: what one hands over the other sends, once, in whatever order things happen."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from leafdesk.credentials import Credentials
from leafdesk.files.handover import UnfitError
from leafdesk.geo.shape import Shape, from_geojson, to_geojson
from leafdesk.records import USER_CREATED, Farm, Field, Grower, Machine
from leafdesk.sandbox import Sandbox
from leafdesk.workspace import Create, Delete, Redraw, RefusedError, Upload, Workspace, change

WAIT = 30
HOME = "7b1b7a3e-6d1c-4b0a-9a53-2f4d5e6a7b8c"


@pytest.fixture(autouse=True)
def no_key_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens of tests never reach the key store of whoever runs them."""
    monkeypatch.setattr("leafdesk.credentials._key_store", lambda: None)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(fields=16, seed=3) as sandbox:
        yield sandbox


class Team:
    """Anna is out without a signal; Ben has one. Each has a laptop of their own and the same account at Leaf."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder, self.sandbox = folder, sandbox
        self._open = dict[str, Workspace]()
        self.anna, self.ben = self.laptop("anna"), self.laptop("ben")
        self.file = folder / "monday.leafdesk-handover"
        self.user = self.anna.catalog.users()[0].id

    def laptop(self, name: str) -> Workspace:
        """Open (again) the laptop of this name, signed in and with all that Leaf has."""
        if name in self._open:
            self._open[name].close()
        environ = {"LEAFDESK_API_URL": self.sandbox.url, "LEAFDESK_SETTLE_SECONDS": "0.2"}
        parts: dict[str, Any] = {"credentials": Credentials(environ), "chance": lambda: 0.0, "clock": quick}
        opened = Workspace(self.folder / name, environ=environ, **parts)
        self._open[name] = opened
        opened.login(self.sandbox.username, self.sandbox.password).result(WAIT)
        assert sync(opened) == "done"
        return opened

    def work(self) -> dict[str, Any]:
        """A morning's work at Anna's: everything that can be handed over; the land and the ids that it is about."""
        fields = [field for field in (self.anna.catalog.field(row.id) for row in self.anna.catalog.fields()) if field]
        renamed, redrawn, deleted, *_ = [field for field in fields if field.manual and field.shape]
        user = renamed.leaf_user_id
        grower, farm, tractor = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
        tractors = Machine(id=tractor, leaf_user_id=user, name="Old Red", origin_type=USER_CREATED, model_year=1998)
        edits = [
            Create(Grower(id=grower, leaf_user_id=user, name="Anna's Land")),
            Create(Farm(id=farm, leaf_user_id=user, name="Anna's Farm", grower_id=grower)),
            Create(Field(id=HOME, leaf_user_id=user, name="Home Field", shape=square(), farm_id=farm)),
            change("fields", renamed.id, name="Named by Anna"),
            Redraw(redrawn.id, square(6.0)),
            Delete("fields", deleted.id),
            Create(tractors),
        ]
        self.anna.do(*edits).result(WAIT)
        return {"user": user, "renamed": renamed, "redrawn": redrawn, "deleted": deleted}

    def is_at_leaf_once(self, made: dict[str, Any], before: dict[str, int]) -> None:
        """Everything of the morning is at Leaf, and nothing of it twice."""
        leaf = self.sandbox.leaf
        after = leaf.counts()
        assert after["growers"] == before["growers"] + 1 and after["farms"] == before["farms"] + 1
        assert after["fields"] == before["fields"], "one came, one went"
        assert sum(one["name"] == "Old Red" for one in leaf.all("machines")) == 1
        (farm,) = [one for one in leaf.all("farms") if one["name"] == "Anna's Farm"]
        (grower,) = [one for one in leaf.all("growers") if one["name"] == "Anna's Land"]
        assert farm["growerId"] == grower["id"]
        field = leaf.field(HOME)
        assert (field["name"], field["farmId"]) == ("Home Field", farm["id"]) and len(leaf.history(HOME)) == 1
        assert leaf.field(made["renamed"].id)["name"] == "Named by Anna"
        assert from_geojson(leaf.active_boundary(made["redrawn"].id)["geometry"]) == square(6.0)
        assert sum(from_geojson(one["geometry"]) == square(6.0) for one in leaf.history(made["redrawn"].id)) == 1
        assert all(one["id"] != made["deleted"].id for one in leaf.all("fields"))

    def close(self) -> None:
        for opened in self._open.values():
            opened.close()


def quick() -> float:
    """A clock on which the seconds pass soon that Leaf's machines may take to hear of each other's news."""
    return _BEGAN + (time.monotonic() - _START) * 2000


_BEGAN, _START = time.time(), time.monotonic()


def square(west: float = 5.0, south: float = 52.0, size: float = 0.01) -> Shape:
    east, north = west + size, south + size
    return ((((west, south), (east, south), (east, north), (west, north), (west, south)),),)


def sync(workspace: Workspace) -> str:
    return workspace.sync().result(WAIT).outcome


def waits(workspace: Workspace) -> list[tuple[str, bool]]:
    return [(item.state, item.handed is not None) for item in workspace.outbox.items()]


@pytest.fixture
def team(tmp_path: Path, sandbox: Sandbox) -> Iterator[Team]:
    team = Team(tmp_path, sandbox)
    yield team
    team.close()


# ---------------------------------------------------------------------- the way it is meant
def test_a_colleague_sends_the_queue_and_both_end_with_what_leaf_has(team: Team, sandbox: Sandbox) -> None:
    before = sandbox.leaf.counts()
    made = team.work()
    given = team.anna.handing.give(team.file)
    assert len(given.gone) == 8 and given.left == (), "the field's farm is a change of its own"
    assert waits(team.anna) == [("sent", True)] * 8
    assert sync(team.anna) == "done" and sandbox.leaf.counts() == before, "whoever hands over sends nothing"
    assert waits(team.anna) == [("sent", True)] * 8

    looked = team.ben.handing.look(team.file)
    assert (looked.by, looked.refused, len(looked.takes)) == (sandbox.username, "", 8)
    told = [line.sentence.split(",")[0] for line in looked.lines]
    assert told[:3] == [
        "New grower Anna's Land",
        "New farm Anna's Farm",
        "New field Home Field",
    ]
    assert waits(team.ben) == [], "a look takes nothing"
    team.ben.handing.take(team.file)
    assert waits(team.ben) == [("waiting", False)] * 8
    field = team.ben.catalog.field(HOME)
    assert field is not None and field.shape == square(), "Ben sees what will be"
    assert sync(team.ben) == "done" and waits(team.ben) == []
    team.is_at_leaf_once(made, before)

    assert sync(team.anna) == "done" and waits(team.anna) == [], "what Leaf has closes what was handed over"
    for laptop in (team.anna, team.ben):
        assert sync(laptop) == "done" and laptop.check() == []
        assert laptop.queue.notices == []
    team.is_at_leaf_once(made, before)
    mine = {one.name: one.area_ha for one in team.anna.catalog.fields()}
    assert mine == {one.name: one.area_ha for one in team.ben.catalog.fields()}


ORDERS = (("anna", "ben", "cleo"), ("ben", "cleo", "anna"), ("cleo", "anna", "ben"))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_who_sends_although_another_did_finds_it_there(team: Team, sandbox: Sandbox, order: tuple[str, ...]) -> None:
    """Anna says wrongly that nobody took it, and a third laptop takes the same file: in any order it is sent once."""
    before = sandbox.leaf.counts()
    made = team.work()
    team.anna.handing.give(team.file)
    cleo = team.laptop("cleo")
    for laptop in (team.ben, cleo):
        took = laptop.handing.take(team.file)
        assert len(took.takes) == 8
    team.anna.handing.take_back(*(item.id for item in team.anna.outbox.items())).result(WAIT)
    assert waits(team.anna) == [("waiting", False)] * 8
    for name in order:
        assert sync({"anna": team.anna, "ben": team.ben, "cleo": cleo}[name]) == "done"
        team.is_at_leaf_once(made, before)
    assert [waits(laptop) for laptop in (team.anna, team.ben, cleo)] == [[], [], []]


# ---------------------------------------------------------------------- never a second time
def test_a_hand_over_is_taken_once_even_after_the_database_was_lost(team: Team, sandbox: Sandbox) -> None:
    team.work()
    team.anna.handing.give(team.file)
    team.ben.handing.take(team.file)
    with pytest.raises(RefusedError, match="taken here already"):
        team.ben.handing.take(team.file)
    assert sync(team.ben) == "done" and waits(team.ben) == []
    for lose in (False, True):
        team.ben.close()
        (database,) = (team.folder / "ben").glob("accounts/*/leafdesk.db")
        if lose:
            for file in database.parent.glob("leafdesk.db*"):
                file.unlink()
        team.ben = team.laptop("ben")
        assert "taken here already" in team.ben.handing.look(team.file).refused
        with pytest.raises(RefusedError, match="nothing is taken twice"):
            team.ben.handing.take(team.file)
        assert waits(team.ben) == []


def test_the_sender_keeps_its_hands_off_after_losing_the_database(team: Team, sandbox: Sandbox) -> None:
    before = sandbox.leaf.counts()
    made = team.work()
    team.anna.handing.give(team.file)
    team.anna.close()
    (database,) = (team.folder / "anna").glob("accounts/*/leafdesk.db")
    for file in database.parent.glob("leafdesk.db*"):
        file.unlink()
    team.anna = team.laptop("anna")
    assert waits(team.anna) == [("sent", True)] * 8 and sandbox.leaf.counts() == before
    assert "wrote this hand-over yourself" in team.anna.handing.look(team.file).refused
    team.ben.handing.take(team.file)
    assert sync(team.ben) == "done"
    assert sync(team.anna) == "done" and waits(team.anna) == []
    team.is_at_leaf_once(made, before)


def test_the_writer_of_a_file_cannot_take_it(team: Team) -> None:
    team.work()
    team.anna.handing.give(team.file)
    with pytest.raises(RefusedError, match="wrote this hand-over yourself"):
        team.anna.handing.take(team.file)


# ---------------------------------------------------------------------- what is handed over, what stays
def test_chosen_changes_go_with_what_they_rest_on(team: Team) -> None:
    team.work()
    items = {item.sentence.split(",")[0]: item for item in team.anna.outbox.items()}
    move = next(item for item in items.values() if item.sentence == "Move Home Field to Anna's Farm")
    given = team.anna.handing.give(team.file, only=[move.id])
    assert {item.sentence.split(",")[0] for item in given.gone} == {
        *("New grower Anna's Land", "New farm Anna's Farm", "New field Home Field", "Move Home Field to Anna's Farm")
    }
    assert sum(item.handed is not None for item in team.anna.outbox.items()) == 4


def test_a_later_edit_here_waits_for_what_the_colleague_has(team: Team, sandbox: Sandbox) -> None:
    team.anna.do(Create(Field(id=HOME, leaf_user_id=team.user, name="Home Field", shape=square()))).result(WAIT)
    team.anna.handing.give(team.file)
    team.anna.do(change("fields", HOME, name="Better Name")).result(WAIT)
    assert sync(team.anna) == "done"
    first, second = team.anna.outbox.items()
    assert first.handed is not None and second.state == "waiting", "it melts into nothing that left"
    assert second.reason == f"Waits for: {first.sentence}"
    with pytest.raises(RefusedError, match="handed over already"):
        team.anna.handing.give(team.folder / "again.leafdesk-handover", only=[second.id])
    assert [one.why_not for one in team.anna.handing.offer()][1].startswith("It rests on what stays here: New field")
    team.ben.handing.take(team.file)
    sync(team.ben)
    assert sandbox.leaf.field(HOME)["name"] == "Home Field"
    assert sync(team.anna) == "done" and team.anna.outbox.items() == []
    assert sandbox.leaf.field(HOME)["name"] == "Better Name"


def test_what_was_handed_over_is_not_discarded_retried_or_handed_over_again(team: Team) -> None:
    team.anna.do(Create(Farm(id="farm", leaf_user_id=team.user, name="New Farm"))).result(WAIT)
    (item,) = team.anna.outbox.items()
    team.anna.handing.give(team.file)
    for act in (team.anna.queue.discard, team.anna.queue.retry):
        with pytest.raises(RefusedError, match="handed over"):
            act(item.id).result(WAIT)
    with pytest.raises(RefusedError, match="handed over already"):
        team.anna.handing.give(team.folder / "again.leafdesk-handover")
    team.anna.handing.take_back(item.id).result(WAIT)
    with pytest.raises(RefusedError, match="not in anybody else's hands"):
        team.anna.handing.take_back(item.id).result(WAIT)
    team.anna.queue.discard(item.id).result(WAIT)
    assert team.anna.outbox.items() == []


def test_an_upload_stays_with_whoever_asked_for_it(team: Team, sandbox: Sandbox) -> None:
    field = next(row for row in team.anna.catalog.fields() if row.provider_name in (None, "Leaf"))
    team.anna.do(change("fields", field.id, name="Renamed"), Upload(field.id, "ClimateFieldView")).result(WAIT)
    given = team.anna.handing.give(team.file)
    (left,) = given.left
    assert "nobody can take back" in left.why_not and len(given.gone) == 1
    assert [item.handed is not None for item in team.anna.outbox.items()] == [True, False]


def test_a_second_hand_on_keeps_what_was_known_at_first(team: Team, sandbox: Sandbox) -> None:
    """Ben hands on to Cleo what Anna handed to him, after somebody else's farm of that name came."""
    team.anna.do(Create(Farm(id="farm", leaf_user_id=team.user, name="New Farm"))).result(WAIT)
    team.anna.handing.give(team.file)
    team.ben.handing.take(team.file)
    sandbox.leaf.create_farm(team.user, "New Farm")  # Anna's, sent in a way that nobody here knows of
    second = team.folder / "second.leafdesk-handover"
    team.ben.handing.give(second)
    cleo = team.laptop("cleo")
    cleo.handing.take(second)
    assert sync(cleo) == "done" and cleo.outbox.items() == []
    assert sum(one["name"] == "New Farm" for one in sandbox.leaf.all("farms")) == 1


def test_changes_that_make_no_sense_here_stay_with_the_sender(team: Team, sandbox: Sandbox) -> None:
    made = team.work()
    team.anna.do(change("fields", made["redrawn"].id, name="Twice touched")).result(WAIT)
    team.anna.handing.give(team.file)
    sandbox.leaf.remove(made["redrawn"].id)
    sync(team.ben)
    looked = team.ben.handing.take(team.file)
    refused = {line.sentence.split(",")[0]: line.why_not for line in looked.lines if line.why_not}
    assert len(looked.takes) == 7 and len(refused) == 2
    assert all("is not here: deleted, or not read yet" in why for why in refused.values())
    assert "7 of its 9 changes were taken" in team.ben.handing.look(team.file).refused


def test_a_conflict_is_the_takers_to_answer_and_nothing_is_overwritten(team: Team, sandbox: Sandbox) -> None:
    made = team.work()
    team.anna.handing.give(team.file)
    team.ben.handing.take(team.file)
    sandbox.leaf.redraw(made["redrawn"].id, to_geojson(square(8.0)))
    sync(team.ben)
    (item,) = team.ben.outbox.items()
    assert item.state == "conflict"
    assert from_geojson(sandbox.leaf.active_boundary(made["redrawn"].id)["geometry"]) == square(8.0)
    sync(team.anna)
    (mine,) = team.anna.outbox.items()
    assert (mine.state, mine.handed is not None) == ("sent", True)
    team.ben.queue.resolve(item.id, "mine").result(WAIT)
    sync(team.ben)
    sync(team.anna)
    assert team.ben.outbox.items() == [] and team.anna.outbox.items() == []
    assert from_geojson(sandbox.leaf.active_boundary(made["redrawn"].id)["geometry"]) == square(6.0)


# ---------------------------------------------------------------------- when it cannot be done
def test_nothing_is_handed_over_when_the_file_cannot_be_written(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.work()
    team.file.write_text("another hand-over")
    with pytest.raises(RefusedError, match="is there already"):
        team.anna.handing.give(team.file)
    with pytest.raises(OSError):
        team.anna.handing.give(team.folder / "nowhere" / "monday.leafdesk-handover")
    assert waits(team.anna) == [("waiting", False)] * 8

    def refuse(self: Path, target: Path) -> Path:
        assert waits(team.anna) == [("sent", True)] * 8, "let go of before the file is there"
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refuse)
        with pytest.raises(PermissionError):
            team.anna.handing.give(team.folder / "tuesday.leafdesk-handover")
    assert waits(team.anna) == [("waiting", False)] * 8
    assert [one.name for one in team.folder.iterdir() if "tuesday" in one.name] == []


def test_a_change_that_is_sent_at_that_moment_is_not_handed_over(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.work()

    def meanwhile(path: Path, content: bytes) -> Path:
        sync(team.anna)
        return write(path, content)

    import leafdesk.files.whole as files

    write: Callable[[Path, bytes], Path] = files.write_beside
    monkeypatch.setattr(files, "write_beside", meanwhile)
    with pytest.raises(RefusedError, match="changed at this moment"):
        team.anna.handing.give(team.file)
    assert list(team.folder.glob("*handover*")) == [] and team.anna.outbox.items() == []


def test_a_file_for_another_leaf_is_refused(team: Team, tmp_path: Path) -> None:
    team.work()
    team.anna.handing.give(team.file)
    with Sandbox(fields=4, seed=5) as other:
        stranger = Team(tmp_path / "elsewhere", other)
        try:
            assert "for another Leaf" in stranger.ben.handing.look(team.file).refused
            with pytest.raises(RefusedError, match="for another Leaf"):
                stranger.ben.handing.take(team.file)
        finally:
            stranger.close()


def test_a_file_that_is_no_hand_over_is_refused(team: Team) -> None:
    team.file.write_bytes(b'{"leafdesk": "hand-over", "version": 9, "sha256": "", "hand_over": {}}')
    with pytest.raises(UnfitError, match="newer Leafdesk"):
        team.ben.handing.look(team.file)


def test_no_token_stands_in_the_file(team: Team, sandbox: Sandbox) -> None:
    team.work()
    team.anna.handing.give(team.file)
    text = team.file.read_text("utf-8")
    assert sandbox.password not in text and "eyJ" not in text and "redential" not in text
