"""Who sees both sides, after every step: the invariants I1 to I9 of sync.md §12.3, each named by what it forbids."""

from collections import Counter
from typing import Any

from leafdesk.edits import EDITABLE, Change, Create
from leafdesk.geo.shape import from_geojson
from leafdesk.store.catalog import PENDING_MARKS
from leafdesk.store.outbox import Item
from leafdesk.sync.attempt import GONE
from leafdesk.sync.merge import normal, same

from .far import COLLEAGUE, Far, Sender
from .laptop import Laptop
from .people import User
from .proofs import ATTRIBUTES, LAG, Proofs, last, text

Queued = tuple[str, str, str, str, str]
"""An edit that waits: id, kind, key, verb, state."""
Shown = tuple[str, str, str, str | None]
"""A record as it is shown: kind, key, mark, Leaf's id."""


class Oracle:
    """Collects what must never happen as sentences; `counted` is what cannot be ruled out without Leaf's help."""

    def __init__(self, laptop: Laptop, far: Far, user: User) -> None:
        self.laptop, self.far, self.user = laptop, far, user
        self.wrong: list[str] = []
        self.looks_for = ""
        """Only sentences that begin so count."""
        self.counted: Counter[str] = Counter()
        self.proofs = Proofs(laptop, far, self.counted)
        self.log: list[str] = []
        self.unseen: list[tuple[str, str, Sender]] = []
        """Boundaries of colleagues that a redraw replaced unseen: (field, boundary, whose redraw)."""
        self._over: dict[str, str] = {}
        self._landed = 0
        self._last_seq: dict[tuple[str, str], int] = {}
        self._shown: set[tuple[str, str]] = set()
        self._updated: dict[str, str] = {}
        self._gone: set[str] = set()

    def say(self, sentence: str) -> None:
        if sentence not in self.wrong and sentence.startswith(self.looks_for):
            self.wrong.append(sentence)

    # ------------------------------------------------------------------ after every step
    def rule_wrote(self) -> None:
        """After every transaction of sync: nothing leaves the queue but what Leaf has (I1), the tables agree (I6)."""
        touched = self.laptop.disk.touched()
        queue, shown = self._agree(touched)
        if "outbox" in touched:
            self._left_the_queue()
            self._called_gone()
        if touched & {"seen", "records"}:
            self._vanished(shown)
        if touched & {"outbox", "records", "aliases"}:
            self._twice(queue)
        if touched & {"copies", "records"}:
            self._backwards()

    def _left_the_queue(self) -> None:
        for id_, state in self.laptop.disk.over():
            if self._over.get(id_) == state:
                continue
            self._over[id_] = state
            item = self.laptop.item(id_)
            if state != "done":
                self.say(f"I1 lost: sync made {self.name(item)} {state}")
            elif not self.proofs.stood(item):
                self.say(f"I1 lost: {self.name(item)} is done, and Leaf never had it")

    def _called_gone(self) -> None:
        """I3: nothing that is at Leaf is called deleted by somebody, so that a person would make it anew."""
        for id_, kind, key in self._rows(_CALLED_GONE):
            leaf_id = self.laptop.catalog.leaf_id(kind, key) or key
            if id_ not in self._gone and leaf_id in self.far.there[kind]:
                self.say(f"I3 called deleted: {self.name(self.laptop.item(id_))} is about what is at Leaf")
            self._gone.add(id_)

    def cycle_ended(self, outcome: str) -> None:
        """After a whole sync: no request of an earlier run is still called under way (I6)."""
        row = self._rows("SELECT seq FROM attempts WHERE outcome = 'inflight'")
        if outcome == "done" and row:
            self.say(f"I6 nobody looks after what a stop left under way: {row[0]}")

    def _vanished(self, rows: list[Shown]) -> None:
        """I3: what Leaf has is not taken away here by sync, not even for a while."""
        shown = _names(rows)
        memory = self.far.memory
        for name in self._shown - shown:
            history = memory.values.get(name)
            if history and name not in memory.gone and not self._taken_away(*name):
                self.say(f"I3 vanished: {name} is at Leaf and no longer here")
        self._shown = shown

    def _taken_away(self, kind: str, leaf_id: str) -> bool:
        """Whether the user deleted it here: what a create is found to be may have been deleted since."""
        key = self.laptop.catalog.key(kind, leaf_id)  # type: ignore[arg-type]
        query = f"SELECT 1 FROM outbox WHERE kind = ? AND key = ? AND verb LIKE '%.delete' AND {_LIVE}"
        return self.laptop.disk.connection.execute(query, (kind, key)).fetchone() is not None

    def _twice(self, queue: list[Queued]) -> None:
        """I2: while nobody knows whether a create arrived, a pull does not show it as a second record."""
        for id_, kind, _, verb, state in queue:
            if state != "sent" or verb not in _MADE_BY_LEAF or id_ in self.user.again or id_ not in self._made:
                continue
            item = self.laptop.item(id_)
            assert isinstance(item.edit, Create)
            if "adopt" in (item.theirs or {}):
                continue  # a person was shown both, and said that this is the one: now it is looked at once more
            name = item.edit.record.name
            for made in self._made[id_]:
                # one that a colleague called otherwise for a while may have been read then: by its name nobody knows it
                # (sync.md §8.7), and the probe asks or joins the two
                ours = all(same(there.get("name"), name) for _, _, there in self.far.memory.values[made])
                if ours and self.laptop.catalog.key(kind, made[1]) == made[1]:  # type: ignore[arg-type]
                    self.say(f"I2 shown twice: {made} is {id_} and stands beside it")

    @property
    def _made(self) -> dict[str, list[tuple[str, str]]]:
        return self.far.memory.made

    def _backwards(self) -> None:
        """I6: a copy never gives way to an older one."""
        now = dict(self._rows("SELECT r.kind || r.key, c.updated FROM copies c JOIN records r USING (n)"))
        for name, updated in now.items():
            if updated < self._updated.get(name, ""):
                self.say(f"I6 an older copy of {name} was taken for a newer one: {updated} for {self._updated[name]}")
        self._updated = now

    def began_anew(self) -> None:
        """The database was lost: what Leaf has is not here before it is read again."""
        self._updated = {}
        self.user_acted(anew=True)

    def user_acted(self, *, anew: bool = False) -> None:
        """After every act of the user: what left the queue by it is theirs to decide; nothing is refused wrongly."""
        for sentence in self.user.refused:
            self.say(f"I1 refused: {sentence}")
        touched = self.laptop.disk.touched() | ({"outbox", "seen", "records", "attempts"} if anew else set())
        _, shown = self._agree(touched)
        if "outbox" in touched:
            self._over |= dict(self.laptop.disk.over())
        if touched & {"seen", "records"}:
            self._shown = _names(shown)

    def _agree(self, touched: set[str]) -> tuple[list[Queued], list[Shown]]:
        """I6 and I8: what the tables must never say, whoever wrote. What waits and what is shown, if it may differ."""
        queue: list[Queued] = self._rows(_QUEUED) if touched & {"outbox", "seen", "records", "aliases"} else []
        shown: list[Shown] = self._rows(_SHOWN) if touched & {"outbox", "seen", "records"} else []
        if "outbox" in touched:
            creates = Counter((kind, key) for _, kind, key, verb, _ in queue if verb.endswith(".create"))
            for record in (record for record, often in creates.items() if often > 1):
                self.say(f"I6 two live creates of one record: {record}")
        if touched & {"outbox", "seen"}:
            self._marked(queue, shown)
        if touched & {"outbox", "attempts"}:
            way = self._rows(_UNDER_WAY)
            for _, id_, state in way:
                if state != "sent":
                    self.say(f"I6 a request is under way of an item that is not sent: {id_}, {state}")
            if len({seq for seq, _, _ in way}) < len(way):
                self.say(f"I6 two requests of one item are under way: {way}")
        return queue, shown

    def _marked(self, queue: list[Queued], shown: list[Shown]) -> None:
        """I8: nothing is called synced while an edit is on its way, nor pending when none is."""
        marked = {(kind, key): mark for kind, key, mark, _ in shown}
        for id_, kind, key, _, state in queue:
            if marked.get((kind, key), "pending") not in PENDING_MARKS:
                self.say(f"I8 called synced with an edit on its way: {id_}, {state}, {marked[kind, key]}")
        waiting = {(kind, key) for _, kind, key, _, _ in queue}
        for record, mark in marked.items():
            if mark in PENDING_MARKS and record not in waiting:
                self.say(f"I8 called pending with nothing on its way: {record}, {mark}")

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.laptop.disk.connection.execute(query).fetchall()

    def requests_landed(self) -> None:
        """What Leaf accepted since the last time, in the order of the edits (I5)."""
        for sentence in self.laptop.unannounced:
            self.say(f"I1 {sentence}")
        for _, one in self.far.memory.landed[self._landed :]:
            record = (one.kind, one.key)
            if one.seq < self._last_seq.get(record, 0) and not self._asked_again(one.item):
                self.say(f"I5 order: {one.item} landed after a later edit of {one.key}")
            self._last_seq[record] = max(one.seq, self._last_seq.get(record, 0))
        self._landed = len(self.far.memory.landed)

    def _asked_again(self, id_: str) -> bool:
        """Whether the user took an answer back, so that what was given up went after what came later."""
        return bool(self._rows(f"SELECT 1 FROM journal WHERE item = '{id_}' AND verb = 'ask again'"))

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
        looked = sender.looked - LAG  # not the last look: a late request may land after one more
        if operation == "replaceActiveBoundary":
            self._before_redraw(leaf_id, sender)
        for name in _replaced(operation, sender):
            at, who, value = last(history, ATTRIBUTES[name])
            if who != COLLEAGUE or same(text(value), text(sender.base.get(name))):
                continue
            if at >= looked:
                self.counted["replaced inside the window"] += 1
            elif operation.startswith("delete") or not same(text(value), text(self._mine(sender, name))):
                self.say(f"I4 overwritten: {operation} by {sender.item} replaced {name} {value!r}, which nobody saw")

    def _mine(self, sender: Sender, name: str) -> Any:
        edit = self.laptop.item(sender.item).edit
        return self.proofs.number(name, dict(edit.values).get(name) if isinstance(edit, Change) else None)

    def _before_redraw(self, field: str, sender: Sender) -> None:
        active = self.far.active(field)
        if active is None or self.far.memory.drawn[active][0] != COLLEAGUE:
            return
        shape = sender.base.get("shape")
        seen = active == sender.base.get("boundary_id") or (
            shape is not None and normal(from_geojson(shape)) == self.far.memory.drawn[active][1]
        )
        if not seen:
            self.unseen.append((field, active, sender))

    def name(self, item: Item) -> str:
        return f"{item.id} ({item.sentence}; {item.record_id})"


def _replaced(operation: str, sender: Sender) -> tuple[str, ...]:
    """The attributes that a request replaces or takes away."""
    if operation == "replaceActiveBoundary":
        return ()
    if operation == "deleteField":
        return ("name", "farm_id")
    return tuple(name for name in sender.base if name in ATTRIBUTES and name in EDITABLE[sender.kind])  # type: ignore[index]


_TARGETS = {
    "updateField": "fields",
    "replaceActiveBoundary": "fields",
    "deleteField": "fields",
    "updateFarm": "farms",
    "updateGrower": "growers",
    "updateMachine": "machines",
    "deleteMachine": "machines",
}
_LIVE = "state IN ('waiting', 'sent', 'parked', 'conflict')"
_QUEUED = f"SELECT id, kind, key, verb, state FROM outbox WHERE {_LIVE}"
_SHOWN = "SELECT s.kind, s.key, s.mark, r.leaf_id FROM seen s LEFT JOIN records r USING (n)"
_UNDER_WAY = "SELECT a.seq, o.id, o.state FROM attempts a JOIN outbox o USING (seq) WHERE a.outcome = 'inflight'"
_CALLED_GONE = f"SELECT id, kind, key FROM outbox WHERE state = 'conflict' AND reason = '{GONE}'"
_MADE_BY_LEAF = ("farm.create", "grower.create", "machine.create")
"""Verbs of what Leaf names: a create of it that is under way cannot be known by its id."""


def _names(shown: list[Shown]) -> set[tuple[str, str]]:
    """What is shown, by kind and Leaf's name (or ours, while there is no other)."""
    return {(kind, leaf_id or key) for kind, key, _, leaf_id in shown if kind != "users"}
