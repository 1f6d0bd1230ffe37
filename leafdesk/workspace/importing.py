"""What a file's plots of ground would mean here: a new field, another boundary for a field that is here, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from leafdesk.edits import Create, Edit, Redraw, change, why_not
from leafdesk.files.found import Plot, Reading
from leafdesk.geo.shape import Box, box
from leafdesk.records import Field
from leafdesk.workspace.overlaps import meeting

if TYPE_CHECKING:
    from leafdesk.store.catalog import Catalog

Action = Literal["new", "update", "skip"]
SAME_FIELD = 50.0
"""A plot and a field are the same ground when each covers so many percent of the other."""
SAME_BOUNDARY = 99.95
_TOLD = 1.0
"""From so many percent of the plot on, an overlap with a field is told."""
_LONGEST_NAME = 200
_SLACK = 0.05
"""Boxes of the same ground differ by less than this share of their size."""
_TOO_MANY = 200
"""No single field has so many others around it."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Where the plots of a file shall go. `name_columns` names each file's attribute that holds the fields' names."""

    leaf_user_id: str
    farm_id: str | None = None
    name_columns: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Twin:
    """A field that is here on the same ground; `why_not` says why its boundary cannot be changed ("" when it can)."""

    field_id: str
    name: str
    area_ha: float | None
    percent: float
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One plot and what becomes of it: `action`, and `why` in plain words ("" where nothing is worth telling)."""

    file: str
    plot: Plot
    name: str
    action: Action
    why: str = ""
    twin: Twin | None = None

    def why_not(self, action: Action) -> str:
        """Why another action cannot be chosen; "" when it can."""
        if action != "update":
            return ""
        return self.twin.why_not if self.twin else "No field here lies on this ground."


def plan(
    catalog: Catalog, readings: Sequence[Reading], wishes: Wishes, tell: Callable[[int, int], None] = lambda *_: None
) -> list[Line]:
    """What each plot would become. Takes its time: every plot is compared with the fields around it."""
    lines = list[Line]()
    total = sum(len(reading.plots) for reading in readings)
    for reading in readings:
        column = (wishes.name_columns or {}).get(reading.file, reading.name_column)
        for number, plot in enumerate(reading.plots, 1):
            said = plot.attributes.get(column or "", "").strip()[:_LONGEST_NAME].strip()
            name = said or f"{PurePath(reading.file).stem} {number}"
            lines.append(_line(catalog, reading.file, plot, name, wishes))
            if len(lines) % 16 == 0:
                tell(len(lines), total)
    tell(total, total)
    return _once(_without_doubles(lines))


def _line(catalog: Catalog, file: str, plot: Plot, name: str, wishes: Wishes) -> Line:
    around = catalog.fields(leaf_user_id=wishes.leaf_user_id, box=box(plot.shape))
    if len(around) > _TOO_MANY:  # a county among the fields would be compared with each of them, for minutes
        return Line(file, plot, name, "skip", f"It reaches over {len(around):,} fields here; it is no single field.")
    met = [one for one in meeting(catalog, plot.shape, leaf_user_id=wishes.leaf_user_id) if not one.problem]
    rows = {row.id: row for row in catalog.fields(ids=[one.field_id for one in met])}
    met = [one for one in met if one.field_id in rows]
    best = max(met, key=lambda one: min(one.of_field, one.of_shape), default=None)
    if best is None or min(best.of_field, best.of_shape) < SAME_FIELD:
        over = [one for one in met if one.of_shape >= _TOLD]
        why = "; ".join(f"overlaps {rows[one.field_id].name} by {one.area_ha:.2f} ha" for one in over[:3])
        return Line(file, plot, name, "new", _sentence(why))
    row = rows[best.field_id]
    shares = min(best.of_field, best.of_shape)
    record = catalog.field(row.id)
    barred = why_not(Redraw(row.id, plot.shape), record) or ""
    twin = Twin(row.id, row.name, row.area_ha, shares, barred)
    if shares >= SAME_BOUNDARY:
        return Line(file, plot, name, "skip", f"{row.name} has this boundary already.", twin)
    if barred:
        return Line(file, plot, name, "skip", f"This is {row.name}. {barred}", twin)
    keeps = ", which keeps its name" if name != row.name else ""
    return Line(file, plot, name, "update", f"{shares:.0f} % the same ground as {row.name}{keeps}.", twin)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _without_doubles(lines: list[Line]) -> list[Line]:
    """Ground that stands in the files twice is taken once."""
    double = _doubles(lines)
    return [
        replace(line, action="skip", why=f"The same ground as {_place(lines[double[n]], line.file)}.")
        if n in double and line.action != "skip"
        else line
        for n, line in enumerate(lines)
    ]


def _doubles(lines: list[Line]) -> dict[int, int]:
    """The number of each line that shows the same ground as an earlier one, and that one's number.

    Lines are compared whose boxes are nearly the same; what is known to be a double is not looked at again.
    """
    boxes = [box(line.plot.shape) for line in lines]
    order = sorted(range(len(boxes)), key=lambda n: boxes[n][0])
    double = dict[int, int]()
    for place, n in enumerate(order):
        furthest = boxes[n][0] + (boxes[n][2] - boxes[n][0]) * _SLACK
        for next_place in range(place + 1, len(order)):
            m = order[next_place]
            if n in double or boxes[m][0] > furthest:
                break
            if m not in double and _alike(boxes[n], boxes[m]) and _same_ground(lines[n].plot, lines[m].plot):
                double[max(n, m)] = min(n, m)
    return double


def _alike(one: Box, other: Box) -> bool:
    """Whether two boxes are nearly the same."""
    wide, high = (one[2] - one[0]) * _SLACK, (one[3] - one[1]) * _SLACK
    slack = (wide, high, wide, high)
    return all(abs(a - b) <= most for a, b, most in zip(one, other, slack, strict=True))


def _same_ground(one: Plot, other: Plot) -> bool:
    from leafdesk.geo.overlap import overlap

    if one.shape == other.shape:
        return True
    shared = overlap(one.shape, other.shape)
    return min(shared.of_field, shared.of_shape) >= 95.0


def _place(line: Line, file: str) -> str:
    return line.plot.where if line.file == file else f"{line.plot.where} of {line.file}"


def _once(lines: list[Line]) -> list[Line]:
    """No field gets two boundaries at once: the plot that fits it best keeps it, the others are left out."""
    best = dict[str, Line]()
    for line in lines:
        if line.action == "update" and line.twin is not None:
            held = best.get(line.twin.field_id)
            if held is None or held.twin is None or line.twin.percent > held.twin.percent:
                best[line.twin.field_id] = line
    return [
        replace(line, action="skip", why=f"{line.twin.name} already gets the boundary of {best_of.plot.where}.")
        if line.action == "update" and line.twin and (best_of := best[line.twin.field_id]) is not line
        else line
        for line in lines
    ]


def edits_of(lines: Sequence[Line], wishes: Wishes, new_id: Callable[[], str]) -> list[Edit]:
    """The edits that do what the lines say, for one `workspace.do`: one step that can be undone."""
    edits = list[Edit]()
    for line in lines:
        if line.action == "update" and line.twin is not None:
            edits.append(Redraw(line.twin.field_id, line.plot.shape))
        elif line.action == "new":
            id = new_id()
            edits.append(Create(Field(id=id, leaf_user_id=wishes.leaf_user_id, name=line.name, shape=line.plot.shape)))
            if wishes.farm_id is not None:
                edits.append(change("fields", id, farm_id=wishes.farm_id))
    return edits


def looks_swapped(catalog: Catalog, reading: Reading, leaf_user_id: str) -> bool:
    """Whether the plots lie far from every field here, but near them with latitude and longitude exchanged."""
    if not reading.plots:
        return False
    x, y = reading.plots[0].shape[0][0][0]
    return abs(x) <= 90 and not _near_fields(catalog, x, y, leaf_user_id) and _near_fields(catalog, y, x, leaf_user_id)


def _near_fields(catalog: Catalog, x: float, y: float, leaf_user_id: str) -> bool:
    return bool(catalog.fields(leaf_user_id=leaf_user_id, box=(x - 2, y - 2, x + 2, y + 2)))
