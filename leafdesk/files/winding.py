"""Which way round rings run, and which hole belongs into which shell."""

from collections.abc import Sequence
from itertools import pairwise

from leafdesk.geo.parts import holds
from leafdesk.geo.shape import Box, Polygon, Ring, Shape


def clockwise(ring: Ring) -> bool:
    """Whether a closed ring runs clockwise, north up."""
    if not ring:
        return False
    x0, y0 = ring[0]  # near the origin, so that large coordinates do not eat a small ring's digits
    return sum((ax - x0) * (by - y0) - (bx - x0) * (ay - y0) for (ax, ay), (bx, by) in pairwise(ring)) < 0


def wound(shape: Shape, *, shells_clockwise: bool) -> Shape:
    """The shape with its shells running one way and its holes the other; start corners stay."""

    def turned(ring: Ring, way: bool) -> Ring:
        return ring if clockwise(ring) == way else tuple(reversed(ring))

    return tuple(
        tuple(turned(ring, shells_clockwise if place == 0 else not shells_clockwise) for place, ring in enumerate(one))
        for one in shape
    )


def assembled(rings: Sequence[Ring]) -> tuple[tuple[Polygon, ...], int]:
    """Polygons of rings in any order, shells clockwise and holes not (Esri's rule), and how many holes had no shell.

    A hole goes into the smallest shell around it; one without becomes a shell. When nothing runs clockwise the rings
    are taken as wound the other way, and nesting alone decides.
    """
    shells = [ring for ring in rings if clockwise(ring)]
    holes = [ring for ring in rings if not clockwise(ring)]
    if not shells:
        return _nested(holes), 0
    if len(shells) == 1:
        return ((shells[0], *holes),), 0  # if one lies outside, the check of the shape says so
    boxes = [_box(shell) for shell in shells]
    sizes = [(box[2] - box[0]) * (box[3] - box[1]) for box in boxes]
    inside: list[list[Ring]] = [[] for _ in shells]
    homeless = list[Ring]()
    for hole in holes:
        around = [n for n, shell in enumerate(shells) if _within(boxes[n], _box(hole)) and _holds(shell, hole)]
        if around:
            inside[min(around, key=sizes.__getitem__)].append(hole)
        else:
            homeless.append(hole)
    made = [(shell, *holes) for shell, holes in zip(shells, inside, strict=True)]
    return (*made, *((ring,) for ring in homeless)), len(homeless)


def _nested(rings: list[Ring]) -> tuple[Polygon, ...]:
    """Polygons by depth: what lies within an odd number of others is a hole in the one next around it."""
    boxes = [_box(ring) for ring in rings]
    around = [
        [m for m in range(len(rings)) if m != n and _within(boxes[m], boxes[n]) and _holds(rings[m], rings[n])]
        for n in range(len(rings))
    ]
    shells = {n: [rings[n]] for n in range(len(rings)) if len(around[n]) % 2 == 0}
    for n in range(len(rings)):
        if len(around[n]) % 2:
            shell = max((m for m in around[n] if m in shells), key=lambda m: len(around[m]), default=None)
            if shell is not None:
                shells[shell].append(rings[n])
    return tuple(tuple(polygon) for polygon in shells.values())


def _holds(shell: Ring, hole: Ring) -> bool:
    """Whether most of a hole's corners lie inside; single ones may lie on the line."""
    corners = hole[:-1][:3] or hole
    return sum(holds(shell, spot) for spot in corners) * 2 > len(corners)


def _within(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _box(ring: Ring) -> Box:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return (min(xs), min(ys), max(xs), max(ys))
