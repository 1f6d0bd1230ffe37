"""Who sees both sides: the invariants I1 to I9 of sync.md §12.3, each named by what it forbids."""

import math
from collections import Counter
from typing import Any

from leafdesk.edits import Change, Create, Delete, Redraw
from leafdesk.geo.shape import from_geojson
from leafdesk.records import Farm, Field
from leafdesk.store.notices import Notices
from leafdesk.store.outbox import Item
from leafdesk.sync.merge import normal, same

from .far import COLLEAGUE, Far, Sender
from .laptop import Laptop
from .people import People

LAG = 6.0
"""Seconds by which a replica's answer may be behind, and an answer takes: the window between our look and our write."""
ATTRIBUTES = {"name": "name", "farm_id": "farmId", "grower_id": "growerId"}


class Oracle:
    """Collects what must never happen as sentences; `counted` is what cannot be ruled out without Leaf's help."""

    def __init__(self, laptop: Laptop, far: Far, people: People) -> None:
        self.laptop, self.far, self.people = laptop, far, people
        self.wrong: list[str] = []
        self.counted: Counter[str] = Counter()
        self.log: list[str] = []
        self._over: dict[str, str] = {}
        self._landed = 0
        self._shown: set[tuple[str, str]] = set()
        self._updated: dict[str, str] = {}
        self._unseen: list[tuple[str, str, Sender]] = []

    def say(self, sentence: str) -> None:
        if sentence not in self.wrong:
            self.wrong.append(sentence)

    # ------------------------------------------------------------------ after every step
    def rule_wrote(self) -> None:
        """After every transaction of sync: nothing leaves the queue but what Leaf has (I1), the tables agree (I6)."""
        rows = self.laptop.disk.connection.execute(
            "SELECT id, state FROM outbox WHERE state IN ('done', 'superseded', 'discarded')"
        ).fetchall()
        for id_, state in rows:
            if self._over.get(id_) == state:
                continue
            self._over[id_] = state
            item = self.laptop.item(id_)
            if state != "done":
                self.say(f"I1 lost: sync made {self._name(item)} {state}")
            elif not self._proved(item):
                self.say(f"I1 lost: {self._name(item)} is done, and Leaf never had it")
        self._tables()
        self._vanished()
        self._twice()
        self._backwards()

    def cycle_ended(self, outcome: str) -> None:
        """After a whole sync: no request of an earlier run is still called under way (I6)."""
        row = self.laptop.disk.connection.execute("SELECT seq FROM attempts WHERE outcome = 'inflight'").fetchone()
        if outcome == "done" and row is not None:
            self.say(f"I6 nobody looks after what a stop left under way: {row}")

    def _vanished(self) -> None:
        """I3: what Leaf has is not taken away here by sync, not even for a while."""
        query = "SELECT s.kind, coalesce(r.leaf_id, r.key) FROM seen s JOIN records r USING (n) WHERE s.kind <> 'users'"
        shown = set(self.laptop.disk.connection.execute(query).fetchall())
        memory = self.far.memory
        for name in self._shown - shown:
            history = memory.values.get(name)
            if history and name not in memory.gone:
                self.say(f"I3 vanished: {name} is at Leaf and no longer here")
        self._shown = shown

    def _twice(self) -> None:
        """I2: while nobody knows whether a create arrived, a pull does not show it as a second record."""
        query = (
            "SELECT id, kind, json_extract(edit, '$.record.name') FROM outbox"
            " WHERE state = 'sent' AND verb IN ('farm.create', 'grower.create')"
        )
        for id_, kind, name in self.laptop.disk.connection.execute(query).fetchall():
            for made in () if id_ in self.people.again else self.far.memory.made.get(id_, ()):
                there = self.far.memory.values[made][-1][2]
                if same(there.get("name"), name) and self.laptop.catalog.key(kind, made[1]) == made[1]:
                    self.say(f"I2 shown twice: {made} is {id_} and stands beside it")

    def _backwards(self) -> None:
        """I6: a copy never gives way to an older one."""
        query = "SELECT r.kind || r.key, c.updated FROM copies c JOIN records r USING (n)"
        now = dict(self.laptop.disk.connection.execute(query).fetchall())
        for name, updated in now.items():
            if updated < self._updated.get(name, ""):
                self.say(f"I6 an older copy of {name} was taken for a newer one: {updated} for {self._updated[name]}")
        self._updated = now

    def people_acted(self) -> None:
        """After every act of the user: what left the queue by it is theirs to decide."""
        for id_, state in self.laptop.disk.connection.execute(
            "SELECT id, state FROM outbox WHERE state IN ('done', 'superseded', 'discarded')"
        ):
            self._over[id_] = state
        query = "SELECT s.kind, coalesce(r.leaf_id, r.key) FROM seen s JOIN records r USING (n) WHERE s.kind <> 'users'"
        self._shown = set(self.laptop.disk.connection.execute(query).fetchall())
        self._tables()

    def _tables(self) -> None:
        """I6 and I8: what the database must never say, whoever wrote."""
        for sentence, query in _NEVER:
            row = self.laptop.disk.connection.execute(query).fetchone()
            if row is not None:
                self.say(f"{sentence}: {row}")

    def requests_landed(self) -> None:
        """What Leaf accepted since the last time, in the order of the edits (I5)."""
        landed = self.far.memory.landed
        for n in range(self._landed, len(landed)):
            earlier = [one for one in landed[:n] if (one.kind, one.key) == (landed[n].kind, landed[n].key)]
            if any(one.seq > landed[n].seq for one in earlier):
                self.say(f"I5 order: {landed[n].item} landed after a later edit of {landed[n].key}")
        self._landed = len(landed)
        for sentence in self.laptop.unannounced:
            self.say(f"I1 {sentence}")

    # ------------------------------------------------------------------ when a write of ours lands
    def before_landing(self, operation: str, path: str, sender: Sender | None) -> None:
        """I4: nobody's work is replaced that the user did not see or is not told of."""
        if sender is None or operation not in _TARGETS:
            return
        leaf_id = path.split("/fields/")[-1].split("/")[0] if "/fields/" in path else path.rpartition("/")[2]
        target = (_TARGETS[operation], leaf_id)
        history = self.far.memory.values.get(target, [])
        if target in self.far.memory.gone or not history:
            return
        looked = self.laptop.looked.get(target, math.inf) - LAG
        if operation == "replaceActiveBoundary":
            self._before_redraw(leaf_id, sender)
        if operation in ("replaceActiveBoundary", "deleteField"):
            names: tuple[str, ...] = ("name", "farm_id") if operation == "deleteField" else ()
        else:
            names = tuple(sender.base)
        for name in names:
            at, who, value = _last(history, ATTRIBUTES[name])
            if who != COLLEAGUE or same(_text(value), _text(sender.base.get(name))):
                continue
            if at >= looked:
                self.counted["replaced inside the window"] += 1
            elif not (operation != "deleteField" and same(_text(value), _text(self._mine(sender, name)))):
                self.say(f"I4 overwritten: {operation} by {sender.item} replaced {name} {value!r}, which nobody saw")

    def _mine(self, sender: Sender, name: str) -> Any:
        edit = self.laptop.item(sender.item).edit
        value = dict(edit.values).get(name) if isinstance(edit, Change) else None
        kind: Any = {"farm_id": "farms", "grower_id": "growers"}.get(name)
        return self.laptop.catalog.leaf_id(kind, value) if kind and value else value

    def _before_redraw(self, field: str, sender: Sender) -> None:
        active = self.far.active(field)
        if active is None or self.far.memory.drawn[active][0] != COLLEAGUE:
            return
        shape = sender.base.get("shape")
        seen = active == sender.base.get("boundary_id") or (
            shape is not None and normal(from_geojson(shape)) == self.far.memory.drawn[active][1]
        )
        if not seen:
            self._unseen.append((field, active, sender))

    # ------------------------------------------------------------------ proofs
    def _proved(self, item: Item) -> bool:
        """Whether what a done item says has ever stood at Leaf."""
        memory, edit = self.far.memory, item.edit
        key = self.laptop.catalog.leaf_id(item.kind, item.record_id) or item.record_id
        target = (str(item.kind), key)
        if isinstance(edit, Create):
            who = next((who for who, made in memory.made.items() if target in made), None)
            if who == COLLEAGUE and item.kind != "fields" and item.attempts:
                self.counted["took a colleague's that is the same for its own"] += 1
                return self._same_as_ours(edit.record, memory.values[target][0][2])  # nothing tells the two apart
            return who is not None and who != COLLEAGUE
        if isinstance(edit, Delete):
            history = memory.values.get(target, [])
            return target in memory.gone or not history
        if isinstance(edit, Redraw):
            field = self.far.memory.values.get(target, [])
            ids = {id_ for _, _, record in field for id_ in record.get("boundaries", ()) if id_ in memory.drawn}
            drawn = [memory.drawn[id_] for id_ in ids if memory.drawn[id_][1] == normal(edit.shape)]
            return any(one[0] == item.id for one in drawn) or bool(drawn and not item.attempts)
        return all(
            any(same(_text(record.get(ATTRIBUTES[name])), _text(self._number(name, value))) for _, _, record in history)
            for name, value in edit.values
            for history in [memory.values.get(target, [])]
        )

    def _same_as_ours(self, record: Any, made: dict[str, Any]) -> bool:
        """Whether a colleague made just what the user made here: the same name in the same grower."""
        grower = self._number("grower_id", getattr(record, "grower_id", None))
        return same(made.get("name"), record.name) and same(_text(made.get("growerId")), _text(grower))

    def _number(self, name: str, value: Any) -> Any:
        kind: Any = {"farm_id": "farms", "grower_id": "growers"}.get(name)
        return self.laptop.catalog.leaf_id(kind, value) if kind and value else value

    def _name(self, item: Item) -> str:
        return f"{item.id} ({item.sentence}; {item.record_id})"

    # ------------------------------------------------------------------ in the end
    def end(self) -> None:
        """When everything is quiet: drained (I1, I7), nothing twice (I2), the same on both sides (I3), told (I4)."""
        for item in self.laptop.outbox.items():
            self.say(f"I7 stuck: {self._name(item)} is {item.state}: {item.reason}")
        for id_ in self.people.queued:
            if self.laptop.outbox.item(id_) is None:
                self.say(f"I1 lost: {id_} is in no queue")
        self._doubles()
        self._told()
        if not self.wrong:
            self._agree()
        if self.laptop.disk.connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            self.say("I6 the database is damaged")
        if b"canary" in self.laptop.disk.connection.serialize():
            self.say("I9 the token is in the database")

    def _reasons(self) -> str:
        rows = self.laptop.disk.connection.execute("SELECT reason FROM outbox WHERE reason IS NOT NULL")
        facts = self.laptop.disk.connection.execute("SELECT value FROM facts UNION SELECT sentence FROM notices")
        return " ".join(text for (text,) in (*rows.fetchall(), *facts.fetchall())) + " ".join(self.log)

    def _doubles(self) -> None:
        """I2: one record a create, one boundary a redraw."""
        told = self._reasons()
        for who, made in self.far.memory.made.items():
            if who == COLLEAGUE:
                continue
            item = self.laptop.item(who)
            for name in made[1:]:
                if made[0] in self.far.memory.gone or made[0] == name:
                    self.counted["made again after somebody deleted it"] += 1
                elif self._claimed_by_another(item, made):
                    self.counted["two of one name, swapped"] += 1
                elif who in self.people.again:
                    self.counted["made again because a person said so"] += 1
                elif f"{name[1]}" in told:
                    self.counted["told of a double"] += 1
                else:
                    self.say(f"I2 doubled: {self._name(item)} made {made}")
        drawn = Counter(who for who, _, _, _ in self.far.memory.drawn.values() if who != COLLEAGUE)
        for who, often in drawn.items():
            item = self.laptop.item(who)
            if often > 1 and isinstance(item.edit, Redraw):
                self.say(f"I2 doubled: {self._name(item)} drew {often} boundaries")

    def _claimed_by_another(self, item: Item, made: list[tuple[str, str]]) -> bool:
        """Whether a twin (another create of ours by the same name) took one of these for its own."""
        keys = [self.laptop.catalog.key(item.kind, leaf_id) for _, leaf_id in made]
        return len({key for key in keys if key is not None and key.startswith("made-")}) == len(made)

    def _told(self) -> None:
        notices = [one.details for one in Notices(self.laptop.disk.connection).open() if one.sort == "replaced"]
        for field, boundary, sender in self._unseen:
            if ("fields", field) in self.far.memory.gone or self.laptop.item(sender.item).state != "done":
                continue
            if not any(boundary == kept["boundary_id"] for kept in notices):
                self.say(f"I4 overwritten: {sender.item} replaced boundary {boundary} of {field}, and nobody was told")

    def _agree(self) -> None:
        """I3: the laptop shows what Leaf has, record by record."""
        catalog = self.laptop.catalog
        for kind, here in (("fields", catalog.fields()), ("farms", catalog.farms()), ("growers", catalog.growers())):
            there = self.far.all(kind)
            known = {catalog.leaf_id(kind, one.id): one.id for one in here}  # type: ignore[arg-type]
            if set(known) != set(there):
                self.say(f"I3 {kind} differ: only here {set(known) - set(there)}, only there {set(there) - set(known)}")
                continue
            for leaf_id, key in known.items():
                self._agree_on(kind, key, there[leaf_id or ""])

    def _agree_on(self, kind: str, key: str, there: dict[str, Any]) -> None:
        record: Any = self.laptop.catalog.get(kind, key)  # type: ignore[arg-type]
        if not same(record.name, there.get("name")):
            self.say(f"I3 {kind} {key} is called {record.name!r} here and {there.get('name')!r} there")
        for name in ("farm_id", "grower_id"):
            if not isinstance(record, Field if name == "farm_id" else Farm):
                continue
            if not same(_text(self._number(name, getattr(record, name))), _text(there.get(ATTRIBUTES[name]))):
                self.say(f"I3 {kind} {key} has another {name} here ({getattr(record, name)}) than there")
        if isinstance(record, Field):
            active = self.far.active(str(there["id"]))
            drawn = self.far.memory.drawn[active][1] if active else None
            if (normal(record.shape) if record.shape else None) != drawn:
                self.say(f"I3 {kind} {key} has another shape here than there")


def _last(history: list[tuple[float, str, dict[str, Any]]], name: str) -> tuple[float, str, Any]:
    """When and by whom a value came to be what it is."""
    value = history[-1][2].get(name)
    at, who = history[-1][0], history[-1][1]
    for then, by, record in reversed(history):
        if record.get(name) != value:
            break
        at, who = then, by
    return at, who, value


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


_TARGETS = {
    "updateField": "fields",
    "replaceActiveBoundary": "fields",
    "deleteField": "fields",
    "updateFarm": "farms",
    "updateGrower": "growers",
}
_NEVER = (
    (
        "I6 two live creates of one record",
        "SELECT kind, key FROM outbox WHERE verb LIKE '%.create' AND state IN ('waiting', 'sent', 'parked', 'conflict')"
        " GROUP BY kind, key HAVING count(*) > 1",
    ),
    (
        "I6 a request is under way of an item that is not sent",
        "SELECT o.id, o.state FROM attempts a JOIN outbox o USING (seq)"
        " WHERE a.outcome = 'inflight' AND o.state <> 'sent'",
    ),
    (
        "I6 two requests of one item are under way",
        "SELECT seq FROM attempts WHERE outcome = 'inflight' GROUP BY seq HAVING count(*) > 1",
    ),
    (
        "I8 called synced with an edit on its way",
        "SELECT o.id, o.state, s.mark FROM outbox o JOIN seen s ON s.kind = o.kind AND s.key = o.key"
        " WHERE o.state IN ('waiting', 'sent', 'parked', 'conflict')"
        " AND s.mark NOT IN ('pending', 'parked', 'conflict')",
    ),
    (
        "I8 called pending with nothing on its way",
        "SELECT s.key, s.mark FROM seen s WHERE s.mark IN ('pending', 'parked', 'conflict') AND NOT EXISTS (SELECT 1"
        " FROM outbox o WHERE s.kind = o.kind AND s.key = o.key"
        " AND o.state IN ('waiting', 'sent', 'parked', 'conflict'))",
    ),
)
