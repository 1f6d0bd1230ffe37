"""The user of the laptop and the colleagues at Leaf: whatever they may do, at any moment."""

import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import Any

from leafdesk.edits import Create, Delete, Edit, Redraw, change
from leafdesk.geo.shape import Shape, to_geojson
from leafdesk.records import Farm, Field, Grower
from leafdesk.sandbox.refusals import Refused
from leafdesk.store.catalog import Catalog
from leafdesk.store.outbox import Item, Outbox, RefusedError
from leafdesk.sync.removals import confirm

from .far import USER, Far
from .laptop import Laptop

COMMON = ("North", "South", "Home", "Creek")


class People:
    """They draw from the seed's dice and count what they did."""

    def __init__(self, laptop: Laptop, far: Far, dice: random.Random) -> None:
        self.laptop, self.far, self.dice = laptop, far, dice
        self.shapes = 0
        self.said: Counter[str] = Counter()
        self.queued: set[str] = set()
        """Items that answered an edit of the user."""
        self.deleted: list[Field] = []
        self.again: set[str] = set()
        """Creates that may be at Leaf already, and that the user said to send again all the same."""
        self.touched: dict[str, str] = {}
        """Of each kind the record that the user worked on last: colleagues like to work on the same."""

    # ------------------------------------------------------------------ what they say
    def shape(self) -> Shape:
        """A shape nobody drew before, so that every boundary at Leaf can be told apart."""
        self.shapes += 1
        west, south = 0.5 + self.shapes / 50, 40.00000001
        east, north = west + 0.01, south + 0.01
        return ((((west, south), (east, south), (east, north), (west, north), (west, south)),),)

    def name(self) -> str:
        roll = self.dice.random()
        if roll < 0.3:
            return self.dice.choice(COMMON)
        return f"{'bad?' if roll < 0.32 else 'ill!' if roll < 0.33 else ''}{self.dice.getrandbits(32):x}"

    # ------------------------------------------------------------------ the user
    def edit(self) -> None:
        """The user does something with what there is."""
        edit = self._edit()
        if edit is None:
            return
        if isinstance(edit, Delete) and (seen := self.laptop.catalog.field(edit.id)):
            self.deleted.append(seen)
        with suppress(RefusedError):
            self.queued.add(self.laptop.do(edit))
            self.touched[edit.kind] = edit.id
            self.said[type(edit).__name__] += 1

    def _edit(self) -> Edit | None:
        catalog, dice = self.laptop.catalog, self.dice
        fields, farms = [row.id for row in catalog.fields()][:6], [farm.id for farm in catalog.farms()]
        growers = [grower.id for grower in catalog.growers()]
        waiting = [item.record_id for item in self.laptop.outbox.items() if item.record_id in fields]
        if waiting and dice.random() < 0.5:  # people come back to what they have just done
            fields = waiting
        roll = dice.random()
        if roll < 0.14 or not fields:
            return Create(Field(id=self._id(), leaf_user_id=USER, name=self.name(), shape=self.shape()))
        if roll < 0.24:
            whose = dice.choice(growers) if growers and dice.random() < 0.5 else None
            return Create(Farm(id=self._id(), leaf_user_id=USER, name=self.name(), grower_id=whose))
        if roll < 0.28:
            return Create(Grower(id=self._id(), leaf_user_id=USER, name=self.name()))
        if roll < 0.42 and farms:
            return change("fields", dice.choice(fields), farm_id=dice.choice(farms))
        if roll < 0.55:
            return change("fields", dice.choice(fields), name=self.name())
        if roll < 0.80:
            return self._redraw(dice.choice(fields))
        if roll < 0.86 and farms:
            return change("farms", dice.choice(farms), name=self.name())
        if roll < 0.89 and growers:
            return change("growers", dice.choice(growers), name=self.name())
        if roll < 0.92 and farms and growers:
            return change("farms", dice.choice(farms), grower_id=dice.choice(growers))
        if roll < 0.94 and self.deleted:
            return Create(replace(dice.choice(self.deleted)))
        return Delete("fields", dice.choice(fields))

    def _redraw(self, field: str) -> Edit:
        """Usually a new shape; sometimes one that the field had before."""
        known = [boundary.shape for boundary in self.laptop.catalog.boundaries(field)]
        if known and self.dice.random() < 0.1:
            return Redraw(field, self.dice.choice(known))
        return Redraw(field, self.shape())

    def _id(self) -> str:
        return f"made-{self.dice.getrandbits(64):x}"

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
            if self._knows_its_own(item):
                return
            keep = self.dice.choice(["mine", "theirs"])
            self.said[f"keep {keep}"] += 1
            if keep == "mine" and isinstance(item.edit, Create):
                self.again.add(item.id)
            if not outbox(lambda o: o.resolve(item.id, keep, now=self.laptop.now())):  # type: ignore[arg-type]
                outbox(lambda o: o.resolve(item.id, "theirs", now=self.laptop.now()))
            return
        name = dict(getattr(item.edit, "values", ())).get("name") or getattr(
            getattr(item.edit, "record", None), "name", ""
        )
        wrong = "?" in name or self.laptop.poison in name or item.attempts >= 8
        if wrong and self.dice.random() < 0.7:
            with suppress(RefusedError):
                self.laptop.do(change(item.kind, item.record_id, name=f"mended {self.dice.getrandbits(32):x}"))
        if self.dice.random() < (0.2 if patient or not wrong else 0.7):
            outbox(lambda o: o.discard(item.id, now=self.laptop.now()))
        else:
            outbox(lambda o: o.retry(item.id))

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

    # ------------------------------------------------------------------ the colleagues
    def colleague(self) -> None:
        """Somebody else works at Leaf."""
        leaf, dice = self.far.leaf, self.dice
        with suppress(Refused):
            field, farm = self._one_of("fields"), self._one_of("farms")
            roll = dice.random()
            if roll < 0.12 or field is None:
                leaf.create_field(USER, to_geojson(self.shape()), self.name())
            elif roll < 0.2:
                leaf.create_farm(USER, self.name())
            elif roll < 0.24:
                leaf.create_grower(USER, self.name())
            elif roll < 0.45:
                leaf.change("fields", field, name=self.name())
            elif roll < 0.75:
                leaf.redraw(field, to_geojson(self.shape()))
            elif roll < 0.85 and farm is not None:
                leaf.change("farms", int(farm), name=self.name())
            elif roll < 0.94 and farm is not None:
                leaf.update_field(USER, field, {"farmId": int(farm)})
            else:
                leaf.remove(field)

    def _one_of(self, kind: Any) -> str | None:
        """A record at Leaf: often the one that the user works on."""
        there = list(self.far.all(kind))
        mine = self.laptop.catalog.leaf_id(kind, self.touched.get(kind, ""))
        if mine in there and self.dice.random() < 0.6:
            return mine
        return self.dice.choice(there) if there else None
