"""The user of the laptop: whatever they may do, at any moment."""

import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from leafdesk.edits import (
    Create,
    Delete,
    Edit,
    Enable,
    Match,
    Redraw,
    SyncProvider,
    Upload,
    change,
)
from leafdesk.geo.shape import Shape
from leafdesk.records import USER_CREATED, Farm, Field, Grower, Kind, Machine
from leafdesk.store.catalog import Catalog
from leafdesk.store.items import REBUILD
from leafdesk.store.outbox import Item, Outbox, RefusedError
from leafdesk.store.steps import Stack
from leafdesk.sync.claims import none_of
from leafdesk.sync.merge import same
from leafdesk.sync.removals import confirm
from leafdesk.workspace.undoing import Keep, answer_step, move_step

from .far import USER, Far
from .laptop import Laptop

Makeable = Field | Farm | Grower | Machine
COMMON = ("North", "South", "Home", "Creek")


class Sayings:
    """Names and shapes: some that everybody uses, some that nobody used before."""

    def __init__(self, dice: random.Random) -> None:
        self.dice, self.shapes = dice, 0

    def shape(self) -> Shape:
        """A shape nobody drew before, so that every boundary at Leaf can be told apart."""
        self.shapes += 1
        west, south = 0.5 + self.shapes / 50, 40.00000001
        east, north = west + 0.01, south + 0.01
        return ((((west, south), (east, south), (east, north), (west, north), (west, south)),),)

    def name(self) -> str:
        """`?` in it makes Leaf refuse it, `!` makes Leaf's server stumble over it for ever."""
        roll = self.dice.random()
        if roll < 0.3:
            return self.dice.choice(COMMON)
        return f"{'bad?' if roll < 0.32 else 'ill!' if roll < 0.33 else ''}{self.dice.getrandbits(32):x}"


class User:
    """Draws from the seed's dice and counts what was done."""

    def __init__(
        self, laptop: Laptop, far: Far, sayings: Sayings, dice: random.Random, second_thoughts: random.Random
    ) -> None:
        self.laptop, self.far, self.sayings, self.dice = laptop, far, sayings, dice
        self.second_thoughts = second_thoughts
        """What is undone, done again, or answered in a third way: dice of their own, so that a story stays the same
        until one of these happens."""
        self.undone = False
        """Whether the last that the user did was to undo something."""
        self.said: Counter[str] = Counter()
        self.queued: set[str] = set()
        """Items that answered an edit of the user."""
        self.deleted: list[Field] = []
        self.last: Makeable | None = None
        """What the user made last."""
        self.again: Counter[str] = Counter()
        """How often the user said to send again what may be at Leaf already: creates and uploads."""
        self.window: dict[Kind, list[str]] = {}
        """Of each kind the records by the names they had when the user last looked."""
        self.refused: list[str] = []
        """Edits of records that are at Leaf and were not taken."""
        self.touched: dict[str, str] = {}
        """Of each kind the record that the user worked on last: colleagues like to work on the same."""

    # ------------------------------------------------------------------ edits
    def edit(self) -> None:
        """The user does something with what there is, or takes back what waits or was done."""
        roll, regret = self.second_thoughts.random(), 0.3 if self.undone else 0.0
        if roll < regret + 0.04:
            self._move("redo" if roll < regret else "undo")
            return
        if self.dice.random() < 0.05:
            self._take_back()
            return
        self.undone = False
        now = self._look()
        edit = self._old_name(now)
        self.window = now
        edit = edit or self._edit()
        if edit is None:
            return
        if isinstance(edit, Delete) and (seen := self.laptop.catalog.field(edit.id)):
            self.deleted.append(seen)
        try:
            self.queued.add(self.laptop.do(edit))
        except RefusedError as error:
            anew = self.laptop.catalog.fact(REBUILD) is not None or self._held_back(edit)
            if str(error) == "This is no longer here." and not anew and edit.id in self.far.there[edit.kind]:
                self.refused.append(f"{edit}: {error}")
            return
        self.touched[edit.kind] = edit.id
        self.said[type(edit).__name__] += 1

    def _move(self, stack: Stack) -> None:
        """Undo, or do again: whatever that means for what is sent already."""
        self.undone = stack == "undo"
        with suppress(RefusedError):
            queued = self.laptop.steps(partial(move_step, stack=stack))
            self.said[stack] += 1
            self.queued.update(queued)
            self.touched |= {item.kind: item.record_id for item in map(self.laptop.item, queued)}

    def _held_back(self, edit: Edit) -> bool:
        """Whether the database was lost, and the record, made after a create by the same name had left, waits for that
        to be proved: the new database cannot know that it was there before (nothing is lost: it is shown with the next
        sync). Or whether a list may have left it out, because something in it could not be read."""
        happened = self.laptop.weather.happened
        if "lost all" not in happened:
            return False
        if "odd" in happened or "shape" in happened:
            return True
        there, outbox = self.far.there[edit.kind].get(edit.id, {}), self.laptop.outbox
        tried = [*outbox.tried_creates(edit.kind), *outbox.items(states=("done",))]  # done after the list was read
        creates = [(item, item.edit) for item in tried if item.kind == edit.kind and isinstance(item.edit, Create)]
        alike = [item for item, create in creates if same(create.record.name, there.get("name"))]
        return any(edit.id not in (none_of(outbox, item) or ()) for item in alike)

    def _take_back(self) -> None:
        """The user thinks better of something in the queue."""
        items = self.laptop.outbox.items()
        deletes = [item for item in items if isinstance(item.edit, Delete)]
        if deletes and self.dice.random() < 0.6:  # what people regret most
            items = deletes
        if items:
            self.said["take back"] += 1
            item = self.dice.choice(items)
            self._outbox(lambda o: o.discard(item.id, now=self.laptop.now()))

    def _edit(self) -> Edit | None:
        roll = self.dice.random()
        if roll < 0.27:
            return self._new(roll)
        if roll < 0.70:
            return self._land(roll)
        if roll < 0.82:
            return self._farms_and_growers(roll)
        if roll < 0.88:
            return self._machines(roll)
        if roll < 0.955:
            return self._triggers(roll)
        if roll < 0.965 and self.deleted:
            return Create(replace(self.dice.choice(self.deleted)))
        return self._of("fields", lambda field: Delete("fields", field))

    def _new(self, roll: float) -> Edit:
        name, id_ = self.sayings.name(), f"made-{self.dice.getrandbits(64):x}"
        if self.last is not None and self.dice.random() < 0.15:  # clicked twice
            return Create(replace(self.last, id=id_))
        made = self._record(roll, name, id_)
        self.last = made
        return Create(made)

    def _record(self, roll: float, name: str, id_: str) -> Makeable:
        if roll < 0.12:
            return Field(id=id_, leaf_user_id=USER, name=name, shape=self.sayings.shape())
        if roll < 0.19:
            grower = self._pick("growers") if self.dice.random() < 0.5 else None
            return Farm(id=id_, leaf_user_id=USER, name=name, grower_id=grower)
        if roll < 0.22:
            return Grower(id=id_, leaf_user_id=USER, name=name)
        serial = self.dice.choice(["", "007", "0815"])
        return Machine(id=id_, leaf_user_id=USER, name=name, serial_number=serial, origin_type=USER_CREATED)

    def _land(self, roll: float) -> Edit | None:
        field = self._pick("fields")
        if field is None:
            return None
        if roll < 0.38 and (farm := self._pick("farms")):
            return change("fields", field, farm_id=farm)
        if roll < 0.49:
            return change("fields", field, name=self.sayings.name())
        known = self.laptop.catalog.boundaries(field) if self.dice.random() < 0.1 else ()
        if known:  # sometimes a shape that the field had before
            return Redraw(field, self.dice.choice(known).shape)
        return Redraw(field, self.sayings.shape())

    def _farms_and_growers(self, roll: float) -> Edit | None:
        if roll < 0.76:
            return self._of("farms", lambda farm: change("farms", farm, name=self.sayings.name()))
        if roll < 0.79:
            return self._of("growers", lambda grower: change("growers", grower, name=self.sayings.name()))
        grower = self._pick("growers")
        return self._of("farms", lambda farm: change("farms", farm, grower_id=grower)) if grower else None

    def _machines(self, roll: float) -> Edit | None:
        if roll < 0.86:
            word = self.dice.choice(["name", "serial_number", "model"])
            return self._of("machines", lambda one: change("machines", one, **{word: self.sayings.name()}))
        return self._of("machines", lambda one: Delete("machines", one))

    def _triggers(self, roll: float) -> Edit | None:
        if roll < 0.90:
            return self._of("fields", Enable, where="AND status = 'PREVIEW'")
        if roll < 0.93:
            return self._of("fields", lambda field: Upload(field, "ClimateFieldView"))
        if roll < 0.94:
            return SyncProvider(USER)
        product = self.dice.choice([None, "product-1", "product-2"])
        return self._of("matches", lambda match: Match(match, product))

    def _of(self, kind: str, edit: Any, *, where: str = "") -> Edit | None:
        picked = self._pick(kind, where=where)
        return None if picked is None else edit(picked)

    def _pick(self, kind: str, *, where: str = "") -> str | None:
        """One of the records that are seen; half the time one that has edits waiting, for people come back to those."""
        connection, marked = self.laptop.disk.connection, ""
        if self.dice.random() < 0.5:
            marked = "AND mark IN ('pending', 'parked', 'conflict')"
        for more in dict.fromkeys((marked, "")):
            query = f"SELECT key FROM seen WHERE kind = ? {where} {more} ORDER BY sort, key LIMIT 8"
            keys = [key for (key,) in connection.execute(query, (kind,))]
            if keys:
                return str(self.dice.choice(keys))
        return None

    def come_back(self) -> None:
        """The user goes on in a window that was open all the time."""
        if self._old_name(self._look()) is not None:
            self.edit()

    def _old_name(self, seen: dict[Kind, list[str]]) -> Edit | None:
        """A change of a record by the name that it had when the user last looked, and has no longer here: a pull had
        shown what a create of ours was then found to be."""
        for kind, keys in self.window.items():
            for key in keys:
                if key not in seen[kind] and key in self.far.there[kind] and not self._taken_away(kind, key):
                    self.said["by an old name"] += 1
                    return change(kind, key, name=f"{key} later")
        return None

    def _look(self) -> dict[Kind, list[str]]:
        """What is seen of the kinds that Leaf names, by the names it has here."""
        found: dict[Kind, list[str]] = {"farms": [], "growers": [], "machines": []}
        query = "SELECT kind, key FROM seen WHERE kind IN ('farms', 'growers', 'machines') ORDER BY kind, key"
        for kind, key in self.laptop.disk.connection.execute(query):
            found[kind].append(key)
        return found

    def _taken_away(self, kind: str, key: str) -> bool:
        now = self.laptop.catalog.key(kind, key)  # type: ignore[arg-type]
        query = "SELECT 1 FROM outbox WHERE kind = ? AND key = ? AND verb LIKE '%.delete'"
        return self.laptop.disk.connection.execute(query, (kind, now or key)).fetchone() is not None

    # ------------------------------------------------------------------ answers
    def decide(self, *, everything: bool = False) -> None:
        """A person looks at what waits for one: keeps mine or theirs, goes on, gives up."""
        if everything:
            self.laptop.disk.write(lambda c: confirm(Catalog(c)))
        for item in self.laptop.outbox.items(states=("conflict", "parked")):
            if everything or self.dice.random() < 0.5:
                now = self.laptop.outbox.item(item.id)
                if now is not None and now.state in ("conflict", "parked"):
                    self._answer(now, patient=not everything)

    def _answer(self, item: Item, *, patient: bool) -> None:
        outbox = self._outbox
        if item.state == "conflict":
            if self._away_with_it(item) or self._knows_its_own(item):
                return
            if self._in_a_third_way(item):
                return
            keep: Keep = self.dice.choice(["mine", "theirs"])
            self.said[f"keep {keep}"] += 1
            if keep == "mine" and isinstance(item.edit, Create | Upload):
                self.again[item.id] += 1
            if not self._choose(item, keep):
                self._choose(item, "theirs")
            return
        words = [*dict(getattr(item.edit, "values", ())).values(), _name(item.edit)]
        wrong = any("?" in str(word) or self.laptop.poison in str(word) for word in words) or item.attempts >= 8
        if wrong and self.dice.random() < 0.7:
            with suppress(RefusedError):
                self.laptop.do(change(item.kind, item.record_id, name=f"mended {self.dice.getrandbits(32):x}"))
        if self.dice.random() < (0.2 if patient or not wrong else 0.7):
            outbox(lambda o: o.discard(item.id, now=self.laptop.now()))
        else:
            outbox(lambda o: o.retry(item.id))

    def _choose(self, item: Item, keep: Keep, *edits: Edit) -> bool:
        """Answer a conflict as the window does, so that undo puts the question again; whether it was possible."""
        try:
            step = partial(answer_step, item_id=item.id, keep=keep, edits=edits, seen=None)
            self.queued.update(self.laptop.steps(step))
        except RefusedError:
            return False
        return True

    def _in_a_third_way(self, item: Item) -> bool:
        """Mine as a new field beside theirs, or a boundary drawn anew over both."""
        roll = self.second_thoughts.random()
        if not isinstance(item.edit, Redraw) or roll >= 0.3:
            return False
        self.said["both" if roll < 0.15 else "merged"] += 1
        if roll < 0.15:
            return self._choose(item, "both")
        return self._choose(item, "theirs", Redraw(item.record_id, self.sayings.shape()))

    def _away_with_it(self, item: Item) -> bool:
        """Sometimes a question is answered by deleting what it is about; half of those deletes are taken back."""
        often = 0.6 if isinstance(item.edit, Upload) else 0.2
        if item.kind != "fields" or isinstance(item.edit, Create | Delete) or self.dice.random() >= often:
            return False
        self.said["away with it"] += 1
        try:
            delete = self.laptop.do(Delete("fields", item.record_id))
        except RefusedError:
            return False
        self.queued.add(delete)
        if self.dice.random() < 0.5:
            self._outbox(lambda o: o.discard(delete, now=self.laptop.now()))
        return True

    def _knows_its_own(self, item: Item) -> bool:
        """Of those that a create may have made, the user may know the right one."""
        candidates = {one["id"] for one in (item.theirs or {}).get("candidates", ())}
        mine = [id_ for _, id_ in self.far.memory.made.get(item.id, ()) if id_ in candidates]
        if not mine or self.dice.random() < 0.3:
            return False
        self.said["that one is mine"] += 1
        return self._outbox(lambda o: o.adopt(item.id, mine[0], now=self.laptop.now()))

    def _outbox(self, act) -> bool:  # type: ignore[no-untyped-def]
        try:
            self.laptop.disk.write(lambda c: act(Outbox(c)))
        except RefusedError:
            return False
        return True


def _name(edit: Edit) -> str:
    return edit.record.name if isinstance(edit, Create) else ""
