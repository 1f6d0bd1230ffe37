"""Whether what a finished edit says has ever stood at Leaf: the oracle's own evidence, taken from Leaf's memory."""

from collections import Counter
from typing import Any

from leafdesk.edits import Change, Create, Delete, Enable, Match, Redraw, SyncProvider, Upload
from leafdesk.geo.shape import Shape
from leafdesk.records import Field
from leafdesk.store.outbox import Item
from leafdesk.sync.fields import STILL_THERE
from leafdesk.sync.merge import normal, same
from leafdesk.sync.triggers import OFTEN_ENOUGH

from .far import COLLEAGUE, Far, Memory
from .laptop import Laptop

LAG = 6.0
"""Seconds by which a replica's answer may be behind, and an answer takes: the window between our look and our write."""
ATTRIBUTES = {
    "name": "name",
    "farm_id": "farmId",
    "grower_id": "growerId",
    "serial_number": "serialNumber",
    "model": "model",
}


class Proofs:
    """Asks Leaf's memory. `counted` is what cannot be told apart by anybody."""

    def __init__(self, laptop: Laptop, far: Far, counted: Counter[str]) -> None:
        self.laptop, self.far, self.counted = laptop, far, counted

    @property
    def memory(self) -> Memory:
        return self.far.memory

    def stood(self, item: Item) -> bool:
        """Whether what a done item says has ever stood at Leaf."""
        key = self.laptop.catalog.leaf_id(item.kind, item.record_id) or item.record_id
        target, edit = (str(item.kind), key), item.edit
        history = self.memory.values.get(target, [])
        if isinstance(edit, Create):
            return self._made(item, edit, target)
        if isinstance(edit, Delete):
            return target in self.memory.gone or not history
        if isinstance(edit, Redraw):
            return self._drawn(item, edit, target)
        if isinstance(edit, Enable):
            return any(record["status"] != "PREVIEW" for _, _, record in history)
        if isinstance(edit, Upload):
            return self.memory.uploads[item.id] > 0
        if isinstance(edit, SyncProvider):
            asked = [(at, sender.item) for at, sender in self.memory.landed if sender.kind == "users"]
            lately = bool(asked) and (not item.attempts or self.laptop.time - asked[-1][0] < OFTEN_ENOUGH)
            return lately or any(who == item.id for _, who in asked)
        if isinstance(edit, Match):
            wanted = edit.product_id or item.base.get("product_id")
            said = [(record["productId"], record["matchDetails"]["status"]) for _, _, record in history]
            return (wanted, "VALIDATED") in said
        assert isinstance(edit, Change)
        return all(
            any(same(text(record.get(ATTRIBUTES[name])), text(self.number(name, value))) for _, _, record in history)
            for name, value in edit.values
        )

    def _made(self, item: Item, edit: Create, target: tuple[str, str]) -> bool:
        makers = {who for who, made in self.memory.made.items() if target in made}
        if makers == {COLLEAGUE} and item.kind == "fields":
            # A field that was brought back here had never left Leaf (the delete went with the database): under its own
            # id stands, or stood, just what the user wanted to be there, or they are told which name it has.
            self.counted["brought back what was still there"] += 1
            assert isinstance(edit.record, Field)
            named = self._named(edit.record, target) or (item.reason or "").startswith(STILL_THERE.partition("{")[0])
            return named and self._shaped(edit.record.shape or (), target)
        if makers == {COLLEAGUE} and item.attempts:
            # Nothing tells the two apart once both are called the same, whether it was made so or renamed so: the rule
            # is "exactly one new record that says what was sent" (sync.md §6, row 5).
            self.counted["took a colleague's that is the same for its own"] += 1
            return any(self._alike(edit.record, record) for _, _, record in self.memory.values[target])
        return bool(makers - {COLLEAGUE})

    def _named(self, record: Any, target: tuple[str, str]) -> bool:
        return any(same(there.get("name"), record.name) for _, _, there in self.memory.values[target])

    def _shaped(self, shape: Shape, target: tuple[str, str]) -> bool:
        return any(drawn == normal(shape) for _, drawn, _, _ in self._boundaries(target))

    def _boundaries(self, target: tuple[str, str]) -> list[tuple[str, Any, float, str]]:
        """Every boundary that a field ever had."""
        history = self.memory.values.get(target, [])
        ids = {id_ for _, _, record in history for id_ in record.get("boundaries", ()) if id_ in self.memory.drawn}
        return [self.memory.drawn[id_] for id_ in ids]

    def _alike(self, record: Any, made: dict[str, Any]) -> bool:
        """Whether a colleague made just what the user made here: the same name in the same grower, the same machine."""
        names = [name for name in ("name", "grower_id", "serial_number", "model") if hasattr(record, name)]
        return all(
            same(text(made.get(ATTRIBUTES[name])), text(self.number(name, getattr(record, name)))) for name in names
        )

    def _drawn(self, item: Item, edit: Redraw, target: tuple[str, str]) -> bool:
        shape = normal(edit.shape)
        drawn = [one for one in self._boundaries(target) if one[1] == shape]
        return any(one[0] == item.id for one in drawn) or bool(drawn and not item.attempts)

    def number(self, name: str, value: Any) -> Any:
        """A reference as Leaf writes it; any other value as it is."""
        kind: Any = {"farm_id": "farms", "grower_id": "growers"}.get(name)
        return self.laptop.catalog.leaf_id(kind, value) if kind and value else value


def text(value: Any) -> str | None:
    """The value as text, so that Leaf's numbers and our keys compare."""
    return None if value is None else str(value)


def last(history: list[tuple[float, str, dict[str, Any]]], name: str) -> tuple[float, str, Any]:
    """When and by whom a value came to be what it is."""
    value = history[-1][2].get(name)
    at, who = history[-1][0], history[-1][1]
    for then, by, record in reversed(history):
        if record.get(name) != value:
            break
        at, who = then, by
    return at, who, value
