"""The law of the store: what is seen == fold(server copy, pending edits), after every step, for every record."""

import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from leafdesk.edits import Change, Create, Delete, Edit, Redraw, apply, change, fold
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Shape, box, pack
from leafdesk.records import KINDS, Boundary, Farm, Field, Grower, Kind, LeafUser, Record
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.database import Database
from leafdesk.store.outbox import Item, Outbox, RefusedError, State

NOW = "2026-05-01T08:00:00Z"
NAMES = st.sampled_from(["Mill", "North Quarter", "Long Acre", "Österfeld 2", "10 Acre", 'O"Brien -- *', "Weide"])
NUMBERS = st.integers(1, 4)
WHICH = st.integers(0, 1_000)


def square(corner: int) -> Shape:
    """A square of about 1.2 ha, somewhere else for every corner."""
    x, y, side = 10 + corner * 0.01, 50 + corner * 0.003, 0.001 + corner * 0.0001
    return ((((x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)),),)


SHAPES = st.integers(0, 6).map(square)


class NothingToDoError(Exception):
    """There is nothing to do this step with; unlike `assume`, it does not end the whole run."""


def need(condition: object) -> None:
    if not condition:
        raise NothingToDoError


def step(**strategies: Any) -> Callable[[Callable[..., None]], Any]:
    """A rule that is skipped when it finds nothing to work on."""

    def wrap(function: Callable[..., None]) -> Any:
        @wraps(function)
        def skipping(*arguments: Any, **values: Any) -> None:
            with suppress(NothingToDoError):
                function(*arguments, **values)

        return rule(**strategies)(skipping)

    return wrap


class Farmland(RuleBasedStateMachine):
    """A database under everything that sync and a person can do to it, over one Leaf user."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.database = Database(self.folder / "leafdesk.db")
        self.count = 0
        self.before: dict[tuple[Kind, str], tuple[Any, ...]] = {}
        self.journal = 0
        first: list[Record] = [
            LeafUser(id="u", name="Hill & Sons"),
            Grower(id="1", leaf_user_id="u", name="Hill", leaf_id=1),
            Farm(id="1", leaf_user_id="u", name="Home Farm", leaf_id=1, grower_id="1"),
            Farm(id="2", leaf_user_id="u", name="River Farm", leaf_id=2),
            Field(id="f1", leaf_user_id="u", name="Mill Field", farm_id="1", status="PROCESSED"),
        ]
        self.write(lambda c: Catalog(c).put(first))
        outline = Boundary(id="b0", status="ACTIVE", shape=square(0), area_ha=area_ha(square(0)))
        self.write(lambda c: Catalog(c).put_boundaries("f1", [outline]))

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            shutil.rmtree(self.folder)

    # ------------------------------------------------------------------ helpers
    @property
    def catalog(self) -> Catalog:
        return Catalog(self.database.reader())

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.database.reader())

    def next(self) -> int:
        self.count += 1
        return self.count

    def write(self, job: Callable[[Any], Changes]) -> None:
        """One write; every record whose seen copy is another one afterwards is named in its Changes."""
        changes = self.database.write(job).result()
        after = self.seen()
        differs = {key for key in after.keys() | self.before.keys() if after.get(key) != self.before.get(key)}
        assert differs <= changes.records, differs - changes.records
        self.before = after

    def seen(self) -> dict[tuple[Kind, str], tuple[Any, ...]]:
        rows = self.database.reader().execute("SELECT kind, key, mark FROM seen").fetchall()
        return {(kind, key): (self.catalog.get(kind, key), mark) for kind, key, mark in rows}

    def pick(self, kind: Kind, which: int) -> Record:
        keys = sorted(key for one, key in self.before if one == kind)
        need(keys)
        record = self.catalog.get(kind, keys[which % len(keys)])
        assert record is not None
        return record

    def pick_item(self, which: int, *states: State) -> Item:
        items = [item for item in self.outbox.items() if item.state in states]
        need(items)
        return items[which % len(items)]

    def do(self, edit: Edit) -> None:
        """An edit of the user: what is seen afterwards is the edit applied to what was seen before."""
        before, was_gone = self.catalog.get(edit.kind, edit.id), self.catalog.gone(edit.kind, edit.id)
        try:
            self.write(lambda c: Outbox(c).add(edit, item_id=f"i{self.next()}", now=NOW)[1])
        except RefusedError as error:
            assert str(error)
            assert self.seen() == self.before
            return
        if was_gone and not self.catalog.pending(edit.kind, edit.id):
            assert self.catalog.get(edit.kind, edit.id) is None  # nothing of ours is left of what Leaf no longer has
        elif before is not None or not isinstance(edit, Create):
            assert essence(self.catalog.get(edit.kind, edit.id)) == essence(apply(edit, before))
        else:
            assert self.catalog.get(edit.kind, edit.id) is not None
        self.journal += 1

    def news(self, record: Record) -> Record:
        """Leaf's next writing of a record: newer, with other JSON."""
        n = self.next()
        named = [one.id for one in self.catalog.boundaries(record.id)] if isinstance(record, Field) else []
        raw = json.dumps({"id": record.id, "boundaries": named, "rev": n})
        if isinstance(record, LeafUser):
            return replace(record, raw=raw)
        return replace(record, raw=raw, updated_time=f"2026-01-01T00:00:00.{n:06d}Z")

    # ------------------------------------------------------------------ what sync does
    @step(n=NUMBERS, name=NAMES)
    def put_grower(self, n: int, name: str) -> None:
        record = self.news(Grower(id=str(n), leaf_user_id="u", name=name, leaf_id=n))
        self.write(lambda c: Catalog(c).put([record]))

    @step(n=NUMBERS, name=NAMES, grower=st.none() | NUMBERS)
    def put_farm(self, n: int, name: str, grower: int | None) -> None:
        parent = None if grower is None else str(grower)
        record = self.news(Farm(id=str(n), leaf_user_id="u", name=name, leaf_id=n, grower_id=parent))
        self.write(lambda c: Catalog(c).put([record]))

    @step(n=NUMBERS, name=NAMES, farm=st.none() | NUMBERS, status=st.sampled_from(["PROCESSED", "PREVIEW"]))
    def put_field(self, n: int, name: str, farm: int | None, status: str) -> None:
        parent = None if farm is None else str(farm)
        record = self.news(Field(id=f"f{n}", leaf_user_id="u", name=name, farm_id=parent, status=status))
        self.write(lambda c: Catalog(c).put([record]))
        assert not self.database.write(lambda c: Catalog(c).put([record])).result()

    @step(which=WHICH, shape=SHAPES, status=st.sampled_from(["ACTIVE", "ACTIVE", "INACTIVE"]), valid=st.booleans())
    def put_boundary(self, which: int, shape: Shape, status: str, valid: bool) -> None:
        ids = sorted(self.catalog.server_ids("fields"))
        need(ids)
        n, field = self.next(), ids[which % len(ids)]
        boundary = Boundary(
            id=f"b{n}",
            status=status,
            shape=shape,
            area_ha=area_ha(shape),
            validity="VALID" if valid else "SELF_INTERSECTION",
            created_time=f"2026-01-01T00:00:00.{n:06d}Z",
            raw=f'{{"id":"b{n}"}}',
        )
        self.write(lambda c: Catalog(c).put_boundaries(field, [boundary]))

    @step(kind=st.sampled_from(KINDS[1:]), which=WHICH)
    def drop(self, kind: Kind, which: int) -> None:
        record = self.pick(kind, which)
        self.write(lambda c: Catalog(c).drop(kind, record.id))

    @step(kind=st.sampled_from(("farms", "growers")), which=WHICH, name=NAMES, pulled=st.booleans(), sent=st.booleans())
    def number(self, kind: Kind, which: int, name: str, pulled: bool, sent: bool) -> None:
        """A record made here gets its number, whether or not a pull has stored something under it already."""
        key, n = f"local{self.next()}", 100 + self.next()
        made: Farm | Grower = Farm(id=key, leaf_user_id="u", name=name)
        if kind == "growers":
            made = Grower(id=key, leaf_user_id="u", name=name)
        self.do(Create(made))
        if sent:
            item = self.outbox.items()[-1]
            self.database.write(lambda c: Outbox(c).mark_sent(item, body={}, pre={}, now=NOW, run_id="run")).result()
        if pulled:
            self.pull_under_number(kind, n, which)
        self.write(lambda c: Catalog(c).number(kind, key, str(n)))
        assert self.catalog.key(kind, str(n)) == key
        assert self.catalog.leaf_id(kind, key) == str(n)

    def pull_under_number(self, kind: Kind, n: int, which: int) -> None:
        """A pull stores a record under its number, and a person goes on to work with that."""
        if kind == "farms":
            twin: Record = self.news(Farm(id=str(n), leaf_user_id="u", name="Twin Farm", leaf_id=n))
            child: Record = self.news(Field(id=f"f{n}", leaf_user_id="u", name="Child", farm_id=str(n)))
            moving, attribute = "fields", "farm_id"
        else:
            twin = self.news(Grower(id=str(n), leaf_user_id="u", name="Twin Grower", leaf_id=n))
            child = self.news(Farm(id=str(n + 1_000), leaf_user_id="u", name="Child", grower_id=str(n)))
            moving, attribute = "farms", "grower_id"
        self.write(lambda c: Catalog(c).put([child, twin] if which % 2 else [twin, child]))
        self.do(change(twin.kind, twin.id, name="Twin renamed"))
        self.do(change(moving, self.pick(moving, which).id, **{attribute: twin.id}))  # type: ignore[arg-type]

    # ------------------------------------------------------------------ what a person does
    @step(name=NAMES, shape=SHAPES, farm=st.none() | WHICH)
    def new_field(self, name: str, shape: Shape, farm: int | None) -> None:
        parent = None if farm is None else self.pick("farms", farm).id
        self.do(Create(Field(id=f"local{self.next()}", leaf_user_id="u", name=name, shape=shape, farm_id=parent)))

    @step(name=NAMES, shape=SHAPES, farm=WHICH, again=st.booleans(), sent=st.booleans())
    def fleeting_field(self, name: str, shape: Shape, farm: int, again: bool, sent: bool) -> None:
        """A field drawn, moved and deleted again, perhaps brought back, perhaps after its create was sent."""
        field = Field(id=f"local{self.next()}", leaf_user_id="u", name=name, shape=shape)
        self.do(Create(field))
        if sent:
            item = self.outbox.items()[-1]
            self.database.write(lambda c: Outbox(c).mark_sent(item, body={}, pre={}, now=NOW, run_id="run")).result()
        self.do(change("fields", field.id, farm_id=self.pick("farms", farm).id))
        was = self.catalog.get("fields", field.id)
        self.do(Delete("fields", field.id))
        assert bool(self.outbox.edits_of("fields", field.id)) == sent
        if again:
            self.do(Create(field))
            assert self.catalog.get("fields", field.id) == was

    @step(name=NAMES, grower=st.none() | WHICH)
    def new_farm(self, name: str, grower: int | None) -> None:
        parent = None if grower is None else self.pick("growers", grower).id
        self.do(Create(Farm(id=f"local{self.next()}", leaf_user_id="u", name=name, grower_id=parent)))

    @step(name=NAMES)
    def new_grower(self, name: str) -> None:
        self.do(Create(Grower(id=f"local{self.next()}", leaf_user_id="u", name=name)))

    @step(kind=st.sampled_from(KINDS[1:]), which=WHICH, name=NAMES)
    def rename(self, kind: Kind, which: int, name: str) -> None:
        self.do(change(kind, self.pick(kind, which).id, name=name))

    @step(which=WHICH, farm=st.none() | WHICH, name=st.none() | NAMES)
    def move_field(self, which: int, farm: int | None, name: str | None) -> None:
        values: dict[str, str | None] = {"farm_id": None if farm is None else self.pick("farms", farm).id}
        self.do(change("fields", self.pick("fields", which).id, **values | ({"name": name} if name else {})))

    @step(which=WHICH, grower=WHICH)
    def move_farm(self, which: int, grower: int) -> None:
        self.do(change("farms", self.pick("farms", which).id, grower_id=self.pick("growers", grower).id))

    @step(which=WHICH, shape=SHAPES)
    def redraw(self, which: int, shape: Shape) -> None:
        self.do(Redraw(self.pick("fields", which).id, shape))

    @step(which=WHICH, again=st.booleans())
    def delete(self, which: int, again: bool) -> None:
        field = self.pick("fields", which)
        self.do(Delete("fields", field.id))
        if again:
            assert isinstance(field, Field)
            self.do(Create(field))

    @step(kind=st.sampled_from(("farms", "growers")), which=WHICH)
    def take_back_new(self, kind: Kind, which: int) -> None:
        self.do(Delete(kind, self.pick(kind, which).id))

    @step(which=WHICH)
    def discard(self, which: int) -> None:
        item = self.pick_item(which, "waiting", "sent", "parked", "conflict")
        try:
            self.write(lambda c: Outbox(c).discard(item.id, now=NOW))
        except RefusedError:
            assert self.seen() == self.before
        else:
            found = self.outbox.item(item.id)
            assert found is not None and found.state == "discarded"

    @step(which=WHICH, keep=st.sampled_from(("mine", "theirs")))
    def resolve(self, which: int, keep: Any) -> None:
        item = self.pick_item(which, "conflict")
        try:
            self.write(lambda c: Outbox(c).resolve(item.id, keep, now=NOW))
        except RefusedError:
            assert self.seen() == self.before

    @step(which=WHICH)
    def retry(self, which: int) -> None:
        item = self.pick_item(which, "waiting", "parked")
        self.write(lambda c: Outbox(c).retry(item.id))

    # ------------------------------------------------------------------ what the engine does
    @step(which=WHICH)
    def send(self, which: int) -> None:
        item = self.pick_item(which, "waiting")
        need(self.outbox.blocker(item) is None)
        sent, attempt = self.database.write(
            lambda c: Outbox(c).mark_sent(item, body={"n": 1}, pre={}, now=NOW, run_id="run")
        ).result()
        assert (sent.state, sent.attempts, attempt.number) == ("sent", item.attempts + 1, item.attempts + 1)

    @step(which=WHICH, outcome=st.sampled_from(["absent", "notsent", "rejected", "unknown", "conflict"]))
    def settle(self, which: int, outcome: str) -> None:
        item = self.pick_item(which, "sent")
        states: dict[str, State] = {"rejected": "parked", "unknown": "sent", "conflict": "conflict"}
        state, word = states.get(outcome, "waiting"), "rejected" if outcome == "conflict" else outcome
        self.write(lambda c: Outbox(c).settle(item, state, outcome=word, reason="because", now=NOW))

    @step(which=WHICH)
    def find_conflict(self, which: int) -> None:
        """The look before sending found that Leaf's copy changed."""
        item = self.pick_item(which, "waiting")
        self.write(lambda c: Outbox(c).settle(item, "conflict", outcome="absent", theirs={"name": "x"}, now=NOW))

    @step(which=WHICH)
    def succeed(self, which: int) -> None:
        """Leaf took an edit: its new copy is put and the item is done in one job; nothing that is seen changes."""
        item = self.pick_item(which, "sent")
        copy = self.catalog.server_copy(item.kind, item.record_id)
        need(isinstance(item.edit, Create) or (copy is not None and not self.catalog.gone(item.kind, item.record_id)))
        was = self.catalog.get(item.kind, item.record_id)
        self.write(lambda c: self.done(c, item, apply(item.edit, copy)))
        assert essence(self.catalog.get(item.kind, item.record_id)) == essence(was)

    def done(self, c: Any, item: Item, record: Record | None) -> Changes:
        catalog, changes = Catalog(c), Changes()
        if record is not None:
            if not isinstance(record, Field | LeafUser) and catalog.leaf_id(record.kind, record.id) is None:
                number = 1_000 + self.next()
                changes |= catalog.number(record.kind, record.id, str(number))
                record = replace(record, id=str(number), leaf_id=number)
            changes |= catalog.put([self.news(record)])
            if isinstance(record, Field) and record.shape and isinstance(item.edit, Create | Redraw):
                n = self.next()
                created = f"2026-01-01T00:00:00.{n:06d}Z"
                new = Boundary(id=f"b{n}", status="ACTIVE", shape=record.shape, raw=f'"{n}"', created_time=created)
                changes |= catalog.put_boundaries(record.id, [new])
        return changes | Outbox(c).settle(item, "done", outcome="ok", now=NOW)

    @step()
    def restart(self) -> None:
        assert self.database.check() == []
        assert self.database.reader().execute("PRAGMA quick_check").fetchall() == [("ok",)]
        self.database.close()
        self.database = Database(self.folder / "leafdesk.db")
        assert self.seen() == self.before

    # ------------------------------------------------------------------ the law
    @invariant()
    def seen_is_folded(self) -> None:
        if not hasattr(self, "database"):
            return
        c, catalog = self.database.reader(), self.catalog
        known = set(c.execute("SELECT kind, key FROM records UNION SELECT kind, key FROM outbox").fetchall())
        expected = {}
        for kind, key in known:
            record = fold(catalog.server_copy(kind, key), self.outbox.edits_of(kind, key))
            assert catalog.get(kind, key) == record
            if record is not None:
                expected[kind, key] = record
        assert set(c.execute("SELECT kind, key FROM seen").fetchall()) == set(expected)
        for kind, listed in (("users", catalog.users()), ("growers", catalog.growers()), ("farms", catalog.farms())):
            assert {one.id: one for one in listed} == {key: r for (k, key), r in expected.items() if k == kind}
        fields = {key: record for (_, key), record in expected.items() if isinstance(record, Field)}
        self.rows_are_right(fields)
        self.index_is_right(fields, expected)
        for kind, count in catalog.counts().items():
            keys = [key for k, key in expected if k == kind]
            assert (count.all, count.pending) == (len(keys), sum(catalog.pending(kind, key) for key in keys))

    def rows_are_right(self, fields: dict[str, Field]) -> None:
        rows = {row.id: row for row in self.catalog.fields()}
        assert rows.keys() == fields.keys()
        for key, field in fields.items():
            row = rows[key]
            told = (row.name, row.farm_id, row.status, row.provider_name, row.leaf_user_id)
            assert told == (field.name, field.farm_id, field.status, field.provider_name, field.leaf_user_id)
            assert row.box == (box(field.shape) if field.shape else None)
            assert row.area_ha == (pytest.approx(area_ha(field.shape), rel=1e-9) if field.shape else None)
            assert row.mark == self.mark_of(field)
        assert dict(self.catalog.outlines()) == {key: pack(f.shape) for key, f in fields.items() if f.shape}

    def mark_of(self, field: Field) -> str:
        states = {item.state for item in self.outbox.items() if (item.kind, item.record_id) == ("fields", field.id)}
        for state in ("conflict", "parked"):
            if state in states:
                return state
        if states:
            return "pending"
        if field.status == "PREVIEW":
            return "preview"
        invalid = [one for one in self.catalog.boundaries(field.id) if one.id == field.boundary_id]
        return "invalid" if invalid and invalid[0].validity != "VALID" and invalid[0].validity else ""

    def index_is_right(self, fields: dict[str, Field], seen: dict[tuple[Kind, str], Record]) -> None:
        c = self.database.reader()
        texts = dict[str, tuple[str, str, str]]()
        for key, field in fields.items():
            farm = seen.get(("farms", field.farm_id or ""))
            grower = seen.get(("growers", farm.grower_id or "")) if isinstance(farm, Farm) else None
            texts[key] = (field.name, farm.name if farm else "", grower.name if grower else "")
        indexed = c.execute("SELECT s.key, field, farm, grower FROM names n JOIN seen s ON s.n = n.rowid").fetchall()
        assert {key: (a, b, d) for key, a, b, d in indexed} == texts
        assert c.execute("SELECT count(*) FROM names").fetchone()[0] == len(fields)
        boxed = c.execute("SELECT s.key FROM boxes b JOIN seen s ON s.n = b.n").fetchall()
        assert sorted(key for (key,) in boxed) == sorted(key for key, f in fields.items() if f.shape)
        assert c.execute("SELECT count(*) FROM boxes").fetchone()[0] == len(boxed)

    @invariant()
    def queue_is_sound(self) -> None:
        if not hasattr(self, "database"):
            return
        c, items = self.database.reader(), self.outbox.items()
        creates = [(item.kind, item.record_id) for item in items if isinstance(item.edit, Create)]
        assert len(creates) == len(set(creates))
        for item in items:
            assert item.sentence
            assert (item.state == "sent") == (item.attempts > 0 and item.state == "sent")
            if isinstance(item.edit, Change):
                assert item.base.keys() == dict(item.edit.values).keys()
                for name in ("farm_id", "grower_id"):
                    key = dict(item.edit.values).get(name)
                    kind: Kind = "farms" if name == "farm_id" else "growers"
                    assert key is None or self.catalog.key(kind, key) in (key, None)
        dangling = "SELECT 1 FROM attempts a JOIN outbox o USING (seq) WHERE outcome = 'inflight' AND state <> 'sent'"
        assert c.execute(dangling).fetchall() == []
        assert c.execute("SELECT count(*) FROM journal").fetchone()[0] >= self.journal
        assert sum(self.outbox.counts().values()) == len(items)


def essence(record: Record | None) -> tuple[Any, ...] | None:
    """What a person edits of a record."""
    if record is None or isinstance(record, LeafUser):
        return None
    if isinstance(record, Field):
        return (record.name, record.farm_id, record.shape)
    return (record.name, record.grower_id if isinstance(record, Farm) else None)


Farmland.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
TestFarmland = Farmland.TestCase
