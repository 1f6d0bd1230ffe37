"""Where on the map the demo works: a field to edit, a corner to move, free ground for a new field."""

import math
from collections.abc import Iterator
from itertools import product

from leafdesk.demo.hand import DidNotHoldError
from leafdesk.geo.check import problems
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Shape
from leafdesk.geo.view import Pixel
from leafdesk.records import Field
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.workspace import Workspace

_APART = 24.0
"""Pixels between a corner and its neighbours, so that the mouse takes the one that is meant."""

_SEEN = 0.02
"""So much of its area must a field win or lose for the move to be seen."""


def fields_to_edit(window: MainWindow, workspace: Workspace) -> Iterator[Field]:
    """Fields made by hand, at Leaf, of one part and not too many corners; those in a farm first."""
    for row in sorted(window.lists.rows.values(), key=lambda row: (row.farm_id is None, row.name, row.id)):
        if row.provider_name not in (None, "", "Leaf") or row.mark or not row.area_ha or row.area_ha > 400:
            continue
        field = workspace.catalog.field(row.id)
        if field and field.shape and len(field.shape) == 1 and len(field.shape[0]) == 1:
            corners = len(field.shape[0][0]) - 1
            if 4 <= corners <= 30 and not problems(field.shape):
                yield field


def pixel_inside(canvas: MapCanvas, field_id: str) -> Pixel:
    """A pixel well inside the field as it is drawn."""
    inside = [p for p in _grid(canvas, 7) if all(canvas.field_at(q) == field_id for q in _around(p, 6))]
    if not inside:
        raise DidNotHoldError("the field is drawn where it should be")
    middle = (canvas.width() / 2, canvas.height() / 2)
    return min(inside, key=lambda p: math.dist(p, middle))


def a_corner_to_move(canvas: MapCanvas, field: Field) -> tuple[Pixel, Pixel, Shape]:
    """(pixel of a corner, pixel to drag it to, the shape that this makes), the shape being valid.

    No neighbour is so near to the end that it draws the hand to itself.
    """
    shape = field.shape or ()
    ring = shape[0][0]
    pixels = [canvas.view.to_screen(position) for position in ring[:-1]]
    for at, pixel in enumerate(pixels):
        others = pixels[:at] + pixels[at + 1 :]
        if min(math.dist(pixel, other) for other in others) < _APART or not _well_inside(canvas, pixel, 60):
            continue
        for dx, dy in product((-70, 70, -45, 45), (-50, 50, -30, 30)):
            end = (round(pixel[0]) + dx, round(pixel[1]) + dy)
            moved = _moved(shape, at, canvas.view.to_lonlat(end))
            if (
                not _well_inside(canvas, end, 20)
                or problems(moved)
                or min(math.dist(end, other) for other in others) < _APART / 2
                or canvas.snapping.find(end, field.id)
            ):
                continue
            if abs(area_ha(moved) / area_ha(shape) - 1) >= _SEEN:
                return pixel, end, moved
    raise DidNotHoldError("the field has a corner that can be moved")


def _moved(shape: Shape, at: int, to: tuple[float, float]) -> Shape:
    ring = list(shape[0][0])
    ring[at] = to
    if at == 0:
        ring[-1] = to
    return ((tuple(ring),),)


def free_ground(canvas: MapCanvas) -> list[Pixel]:
    """Four corners of a slightly crooked square where no field lies; in the middle if all ground is taken."""
    for size in (120, 90, 60, 40):
        spots = [p for p in _grid(canvas, 20) if _well_inside(canvas, p, size) and _free(canvas, p, size)]
        if spots:
            middle = (canvas.width() / 2, canvas.height() / 2)
            return _square(min(spots, key=lambda p: math.dist(p, middle)), size)
    return _square((canvas.width() // 2, canvas.height() // 2), 60)


def _square(middle: Pixel, size: int) -> list[Pixel]:
    x, y, half = round(middle[0]), round(middle[1]), size // 2
    return [(x - half, y - half + 4), (x + half, y - half), (x + half - 6, y + half), (x - half + 3, y + half - 2)]


def _free(canvas: MapCanvas, middle: Pixel, size: int) -> bool:
    steps = range(-size // 2 - 6, size // 2 + 7, max(6, size // 8))
    return all(canvas.field_at((middle[0] + dx, middle[1] + dy)) is None for dx, dy in product(steps, steps))


def _grid(canvas: MapCanvas, step: int) -> Iterator[Pixel]:
    for x, y in product(range(step, canvas.width(), step), range(step, canvas.height(), step)):
        yield (float(x), float(y))


def _around(pixel: Pixel, by: int) -> Iterator[Pixel]:
    for dx, dy in ((0, 0), (by, 0), (-by, 0), (0, by), (0, -by)):
        yield (pixel[0] + dx, pixel[1] + dy)


def _well_inside(canvas: MapCanvas, pixel: Pixel, margin: int) -> bool:
    return margin <= pixel[0] <= canvas.width() - margin and margin <= pixel[1] <= canvas.height() - margin
