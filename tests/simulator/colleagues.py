"""The colleagues: somebody else who works at Leaf, at any moment and often on the same records."""

import random
from contextlib import suppress
from typing import Any

from leafdesk.geo.shape import to_geojson
from leafdesk.sandbox.refusals import Refused

from .far import USER, Far
from .people import Sayings, User


class Colleagues:
    """They draw from the seed's dice."""

    def __init__(self, far: Far, user: User, sayings: Sayings, dice: random.Random) -> None:
        self.far, self.user, self.sayings, self.dice = far, user, sayings, dice

    def act(self) -> None:
        """One thing that somebody does at Leaf."""
        roll = self.dice.random()
        with suppress(Refused):
            if roll < 0.82:
                self._land(roll / 0.82)
            elif roll < 0.95:
                self._machines(self.dice.random())
            elif roll < 0.975:
                self.far.leaf.run_provider_sync()
            else:
                match = self._one_of("matches") or ""
                self.far.leaf.change("matches", match, productId=self.dice.choice(["product-1", "product-2"]))

    def _land(self, roll: float) -> None:
        leaf, sayings = self.far.leaf, self.sayings
        field, farm = self._one_of("fields"), self._one_of("farms")
        if roll < 0.12 or field is None:
            leaf.create_field(USER, to_geojson(sayings.shape()), sayings.name())
        elif roll < 0.2:
            leaf.create_farm(USER, sayings.name())
        elif roll < 0.24:
            leaf.create_grower(USER, sayings.name())
        elif roll < 0.45:
            leaf.change("fields", field, name=sayings.name())
        elif roll < 0.75:
            leaf.redraw(field, to_geojson(sayings.shape()))
        elif roll < 0.85 and farm is not None:
            leaf.change("farms", int(farm), name=sayings.name())
        elif roll < 0.94 and farm is not None:
            leaf.update_field(USER, field, {"farmId": int(farm)})
        else:
            leaf.remove(field)

    def _machines(self, roll: float) -> None:
        leaf, machine = self.far.leaf, self._one_of("machines")
        if roll < 0.4 or machine is None:
            leaf.create_machine(USER, {"name": self.sayings.name()})
        elif roll < 0.8:
            leaf.change("machines", machine, **{self.dice.choice(["name", "serialNumber"]): self.sayings.name()})
        else:
            leaf.take_away("machines", machine)

    def _one_of(self, kind: Any) -> str | None:
        """A record at Leaf: often the one that the user works on, or the newest."""
        there, roll = self.far.there[kind], self.dice.random()
        mine = self.user.laptop.catalog.leaf_id(kind, self.user.touched.get(kind, ""))
        if mine in there and roll < 0.55:
            return mine
        if there and roll > 0.8:
            return next(reversed(there))
        return self.dice.choice(list(there)) if there else None
