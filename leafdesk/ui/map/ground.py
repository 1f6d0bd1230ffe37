"""A boundary that is being edited, with what its neighbours become along the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from leafdesk.geo import shared
from leafdesk.geo.shape import Position, Shape, unpack
from leafdesk.geo.view import world

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

_SAME = 1e-9
"""In world units, some centimetres: where to look for corners with the very same numbers."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The shape and the neighbours that have changed with it, by their ids."""

    shape: Shape
    beside: tuple[tuple[str, Shape], ...] = ()

    def with_beside(self, shape: Shape, changed: Mapping[str, Shape]) -> Ground:
        """The ground with this shape and these neighbours, the others as they were."""
        return replace(self, shape=shape, beside=tuple(sorted({**dict(self.beside), **changed}.items())))


class Neighbours:
    """The fields around the one in the hand, as the drawing has left them; those that may not be changed stay out."""

    def __init__(self, canvas: MapCanvas, field_id: str) -> None:
        self.canvas, self.field_id = canvas, field_id
        self.fixed: dict[str, str] = {}
        """Neighbours that have to stay as they are: why, by their names."""

    def sharing(self, ground: Ground, spots: Iterable[Position]) -> dict[str, Shape]:
        """The neighbours that have a corner at one of these places; none while corners move alone."""
        self.fixed = {}
        wanted = list(spots)
        if not self.canvas.together or not wanted or not self.field_id:
            return {}
        outlines, changed = self.canvas.picture.outlines, dict(ground.beside)
        found: dict[str, Shape] = {}
        for spot in wanted:
            x, y = world(spot)
            slots = outlines.within((x - _SAME, y - _SAME, x + _SAME, y + _SAME))
            for id_ in [] if slots is None else [outlines.ids[slot] for slot in slots.tolist()]:
                packed = outlines.packed.get(id_ or "")
                if id_ and packed and id_ != self.field_id and id_ not in found:
                    found[id_] = changed.get(id_) or unpack(packed)
        return {id_: shape for id_, shape in shared.sharing(found, wanted).items() if self._may(id_)}

    def _may(self, id_: str) -> bool:
        why = self.canvas.why_not_change(id_)
        if why is not None:
            self.fixed[self.canvas.picture.outlines.rows[id_].name] = why
        return why is None
