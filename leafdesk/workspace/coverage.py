"""For which fields a map lies whole on this disk, and which map could be fetched for the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from leafdesk.geo.shape import Box
from leafdesk.tiles.opening import open_map
from leafdesk.tiles.tile import Tile, UnreadableError, spanned

if TYPE_CHECKING:
    from leafdesk.workspace.basemaps import Basemap, Basemaps

FARTHEST, NEAREST = 13, 16
"""The zooms that a day on a field takes: from some kilometres down to about two metres a pixel."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of so many fields: for how many a map is here that needs no signal.

    `map_id` is the map of a server from which the rest may be fetched, "" when there is none; then `why` says why not.
    `fetching` names a download that is under way or was paused.
    """

    fields: int
    here: int
    map_id: str = ""
    map_name: str = ""
    why: str = ""
    fetching: str = ""


def coverage(shelf: Basemaps, boxes: Sequence[Box]) -> Coverage:
    """Look at every map that is shown: files are opened and read, of servers what was downloaded for good counts."""
    shown = [one for one in reversed(shelf.all()) if one.shown]
    left = list(boxes)
    for one in shown:
        if left:
            left = _without(shelf, one, left)
    here = len(boxes) - len(left)
    if not left:
        return Coverage(len(boxes), here)
    fetching = next((one.name for one in shelf.downloads()), "")
    servers = [one for one in shown if one.source is not None and any(_inside(box, one.source.box) for box in left)]
    free = next((one for one in servers if one.source is not None and not one.source.why_no_download), None)
    if free is not None:
        return Coverage(len(boxes), here, free.id, free.about.name, fetching=fetching)
    whys = [one.source.why_no_download for one in servers if one.source is not None]
    return Coverage(len(boxes), here, why=whys[0] if whys else "", fetching=fetching)


def _without(shelf: Basemaps, one: Basemap, boxes: list[Box]) -> list[Box]:
    """The fields that this map does not cover."""
    if one.source is None:
        return _not_in_file(Path(one.path), boxes)
    kept = frozenset(shelf.cache.kept_tiles(one.id))
    zooms = range(max(FARTHEST, one.source.lowest), min(NEAREST, one.source.highest) + 1)
    return [box for box in boxes if not (zooms and _inside(box, one.source.box) and _all_kept(box, zooms, kept))]


def _all_kept(box: Box, zooms: range, kept: Collection[Tile]) -> bool:
    for zoom in zooms:
        left, right, top, bottom = spanned(box, zoom)
        if not all(Tile(zoom, x, y) in kept for x in range(left, right + 1) for y in range(top, bottom + 1)):
            return False
    return True


def _not_in_file(path: Path, boxes: list[Box]) -> list[Box]:
    """The fields in whose middle the file has no picture, or only one from far away."""
    try:
        map_ = open_map(path)
    except (UnreadableError, OSError):
        return boxes
    try:
        zoom = min(NEAREST, map_.about.highest)
        if zoom < FARTHEST:
            return boxes
        inside = [(box, _inside(box, map_.about.box) and bool(map_.read(_middle(box, zoom)).picture)) for box in boxes]
        return [box for box, here in inside if not here]
    except (UnreadableError, OSError):
        return boxes
    finally:
        map_.close()


def _middle(box: Box, zoom: int) -> Tile:
    west, south, east, north = box
    x, y = (west + east) / 2, (south + north) / 2
    column, _, row, _ = spanned((x, y, x, y), zoom)
    return Tile(zoom, column, row)


def _inside(box: Box, around: Box) -> bool:
    return box[0] >= around[0] and box[1] >= around[1] and box[2] <= around[2] and box[3] <= around[3]
