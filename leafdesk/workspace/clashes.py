"""What became of one record here and at Leaf, side by side: for the question which of the two stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from leafdesk.edits import EDITABLE, REFERENCES, Change, Delete, Redraw
from leafdesk.edits.words import spoken
from leafdesk.geo.overlap import beyond
from leafdesk.geo.shape import Shape, from_geojson
from leafdesk.records import Field, Machine, Record, word
from leafdesk.store.catalog import Catalog
from leafdesk.store.outbox import Item, Outbox
from leafdesk.workspace.history import Cut, Difference, difference
from leafdesk.workspace.undoing import as_at_leaf

Sort = Literal["boundary", "attributes", "deletion", "gone"]
"""`deletion`: deleted here, changed at Leaf; `gone`: changed here, deleted at Leaf."""
Choice = Literal["mine", "theirs", "edit", "both"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A boundary, and when it was drawn or came into force (ISO 8601, "" when nobody knows)."""

    shape: Shape
    at: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute in words, as it was, as I want it and as Leaf has it; `clash`: both changed it, and not alike."""

    name: str
    before: str
    mine: str
    theirs: str
    clash: bool


@dataclass(frozen=True, slots=True)
class Clash:
    """One conflict. `present`: what Leaf has now of that which the edit touches; hand it back with the answer.

    `why_not` says of each choice that does not fit why it does not.
    """

    item: Item
    sort: Sort
    name: str
    present: dict[str, Any]
    before: Drawn | None
    mine: Drawn | None
    theirs: Drawn | None
    attributes: tuple[Attribute, ...]
    why_not: Mapping[Choice, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """Hectares of the three boundaries (None where there is none), and how each two of them differ."""

    before_ha: float | None
    mine_ha: float | None
    theirs_ha: float | None
    mine: Difference
    """From what was before to mine."""
    theirs: Difference
    """From what was before to Leaf's."""
    between: Difference
    """From mine to Leaf's: `gained` is only in Leaf's, `lost` only in mine."""


def comparable(item: Item) -> bool:
    """Whether a conflict has two sides to look at (others only ask whether something arrived)."""
    return item.state == "conflict" and isinstance(item.edit, Redraw | Change | Delete)


def clash_of(catalog: Catalog, outbox: Outbox, item_id: str) -> Clash | None:
    """The two sides of a conflict; None when it is answered already."""
    item = outbox.item(item_id)
    if item is None or not comparable(item):
        return None
    copy, gone = catalog.server_copy(item.kind, item.record_id), catalog.gone(item.kind, item.record_id)
    sort = _sort(item, copy is None or gone)
    seen = catalog.get(item.kind, item.record_id) or copy
    name = str(getattr(seen, "name", "")) or f"Unnamed {word(item.kind)}"
    theirs = _theirs(catalog, item, copy) if sort in ("boundary", "deletion") else None
    return Clash(
        item=item,
        sort=sort,
        name=name,
        present=as_at_leaf(catalog, item),
        before=_before(catalog, item),
        mine=_mine(item, seen, sort),
        theirs=theirs,
        attributes=_attributes(catalog, item, copy, sort),
        why_not=_why_not(item, seen, sort),
    )


def compare(clash: Clash, cut: Cut = beyond) -> Compared:
    """Measure and compare the boundaries; `cut` as for `difference`. Takes its time: never on the GUI thread."""
    from leafdesk.geo.measure import area_ha

    before, mine, theirs = (one.shape if one else None for one in (clash.before, clash.mine, clash.theirs))

    def hectares(shape: Shape | None) -> float | None:
        return area_ha(shape) if shape else None

    def from_to(one: Shape | None, other: Shape | None) -> Difference:
        return difference(one, other, cut) if one and other else Difference()

    return Compared(
        before_ha=hectares(before),
        mine_ha=hectares(mine),
        theirs_ha=hectares(theirs),
        mine=from_to(before, mine),
        theirs=from_to(before, theirs),
        between=from_to(mine, theirs),
    )


def _sort(item: Item, gone: bool) -> Sort:
    if item.theirs is None or gone:
        return "gone"
    return (
        "deletion" if isinstance(item.edit, Delete) else "boundary" if isinstance(item.edit, Redraw) else "attributes"
    )


def _before(catalog: Catalog, item: Item) -> Drawn | None:
    """The boundary that the edit was made on."""
    known = {one.id: one for one in catalog.boundaries(item.record_id)} if item.kind == "fields" else {}
    there = known.get(str(item.base.get("boundary_id")))
    if item.base.get("shape"):
        return Drawn(from_geojson(item.base["shape"]), there.created_time if there else "")
    return Drawn(there.shape, there.created_time) if there else None


def _mine(item: Item, seen: Record | None, sort: Sort) -> Drawn | None:
    if isinstance(item.edit, Redraw):
        return Drawn(item.edit.shape, item.created)
    return Drawn(seen.shape) if sort == "gone" and isinstance(seen, Field) and seen.shape else None


def _theirs(catalog: Catalog, item: Item, copy: Record | None) -> Drawn | None:
    """The boundary that Leaf has now; it may be newer than the one that the conflict was found with."""
    if not isinstance(copy, Field) or copy.shape is None:
        return None
    active = next((one for one in catalog.boundaries(item.record_id) if one.id == copy.boundary_id), None)
    return Drawn(copy.shape, active.created_time if active else "")


def _attributes(catalog: Catalog, item: Item, copy: Record | None, sort: Sort) -> tuple[Attribute, ...]:
    if isinstance(item.edit, Redraw):
        return ()
    names = [name for name in EDITABLE[item.kind] if sort == "attributes" or name in item.base]
    mine = dict(item.edit.values) if isinstance(item.edit, Change) else {}
    lines = list[Attribute]()
    for name in names:
        there = getattr(copy, name, None)
        before = item.base.get(name, there)
        wanted = mine.get(name, before)
        clash = sort == "attributes" and name in mine and there not in (before, wanted)
        lines.append(
            Attribute(
                spoken(name),
                _shown(catalog, name, before),
                "deleted" if isinstance(item.edit, Delete) else _shown(catalog, name, wanted),
                "deleted" if sort == "gone" else _shown(catalog, name, there),
                clash or (sort == "deletion" and there != before),
            )
        )
    return tuple(sorted(lines, key=lambda line: not line.clash))


def _shown(catalog: Catalog, name: str, value: Any) -> str:
    """A value in words; a farm or grower by its name."""
    if value in (None, ""):
        return "none"
    if name in REFERENCES:
        there = catalog.get(REFERENCES[name], str(value))
        return str(getattr(there, "name", "")) or f"{word(REFERENCES[name])} {value}"
    return str(value)


def _why_not(item: Item, seen: Record | None, sort: Sort) -> dict[Choice, str]:
    """Why a choice does not fit."""
    found: dict[Choice, str] = {}
    thing = word(item.kind)
    if sort != "boundary":
        found["edit"] = "Only two boundaries can be edited together."
        found["both"] = "Only a boundary can be kept as a new field."
    if sort == "gone" and isinstance(item.edit, Delete):
        found["mine"] = f"Leaf has deleted this {thing} already."
    elif sort == "gone" and not (isinstance(seen, Machine) or (isinstance(seen, Field) and seen.shape)):
        found["mine"] = f"Leaf no longer has this {thing}; drop the change, then make a new {thing}."
    return found
