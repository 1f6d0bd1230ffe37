"""Fetches an area's tiles for offline use: told first, with progress, a pause, and going on after a restart."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from leafdesk.tiles.area import Area
from leafdesk.tiles.cache import Cache
from leafdesk.tiles.network import CONNECTIONS, Network, Outcome, Place
from leafdesk.tiles.source import Source
from leafdesk.tiles.tile import DEEPEST, Tile, UnreadableError

MOST_TILES = 100_000
"""More than so many are refused: politeness to the server, and hours of waiting."""
_AT_ONCE = 8 * CONNECTIONS
"""Tiles between two notes of how far it has come."""
_USUAL_BYTES, _USUAL_S, _ENOUGH = 25_000, 0.15, 12
"""A tile's size and the time one takes, until so many of the source are known."""

State = Literal["running", "paused", "waiting", "done", "stopped"]
"""`waiting`: for the server or a connection. `stopped`: it cannot be done, `why` says why."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a download will take. `here`: how many of the tiles are here already."""

    tiles: int
    here: int
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Download:
    """An area of a source that is to be here, and how far that is."""

    id: str
    source: str
    """The source's id."""
    name: str
    area: Area
    tiles: int
    done: int = 0
    state: State = "paused"
    why: str = ""


def why_not(source: Source, area: Area, agreed: bool = False) -> str:
    """Why an area may not be downloaded; "" when it may. `agreed`: the user says that the terms allow it."""
    if source.why_no_download:
        return source.why_no_download
    if source.bulk == "ask" and not agreed:
        return "Read the terms of this map first, and say that they allow it."
    many = area.count()
    if many > MOST_TILES:
        return (
            f"These are {many:,} tiles; at most {MOST_TILES:,} at once. Take a smaller area, or stop at a farther zoom."
        )
    return ""


def estimate(cache: Cache, source_id: str, area: Area) -> Estimate:
    """What a download of the area would take: the number is exact, size and time are what tiles of it took so far."""
    tiles = area.count()
    here = area.holding(cache.kept_tiles(source_id)) if tiles <= MOST_TILES else 0
    many, size = cache.holds(source_id)
    each = size / many if many >= _ENOUGH else _USUAL_BYTES
    return Estimate(tiles, here, round((tiles - here) * each), (tiles - here) * _USUAL_S)


def kept(cache: Cache) -> list[Download]:
    """The downloads that were begun and are not done, as they stood; one that cannot be read is forgotten."""
    found = list[Download]()
    for id_, text, done in cache.noted():
        try:
            found.append(_read(id_, text, done))
        except (ValueError, KeyError, TypeError):
            cache.strike(id_)
    return found


class Downloading:
    """One download under way, on a thread of its own. `tell` hears of every step, on that thread."""

    def __init__(self, download: Download, place: Place, network: Network, tell: Callable[[Download], None]) -> None:
        """Raises UnreadableError when the terms forbid it, whoever asks."""
        if place.source.why_no_download:
            raise UnreadableError(place.source.why_no_download)
        self.download = replace(download, state="running", why="")
        self._place, self._network, self._tell = place, network, tell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leafdesk-download", daemon=True)
        self._note()

    def start(self) -> None:
        """Begin, or go on."""
        self._thread.start()

    def pause(self) -> None:
        """Stop after the tiles that are on their way; what was fetched stays."""
        self._stop.set()

    def join(self, seconds: float) -> None:
        """Wait until it stands still."""
        self._thread.join(seconds)

    # ------------------------------------------------------------------ on its thread
    def _run(self) -> None:
        tiles = islice(self.download.area.tiles(), self.download.done, None)
        with ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="leafdesk-bulk") as pool:
            while batch := list(islice(tiles, _AT_ONCE)):
                while not self._fetch(pool, batch):
                    if self._stop.wait(1.0):
                        break
                if self._stop.is_set() or self.download.state == "stopped":
                    break
                self._stands(done=self.download.done + len(batch), state="running", why="")
                self._note()
        if self.download.state != "stopped":
            over = self.download.done >= self.download.tiles
            self._stands(state="done" if over else "paused", why="")
        if self.download.state == "done":
            self._network.cache.strike(self.download.id)

    def _fetch(self, pool: ThreadPoolExecutor, batch: list[Tile]) -> bool:
        """Whether all of a batch is here, or the server has none; or it makes no sense to go on."""
        outcomes = list(pool.map(self._one, batch))
        if any((self._place.id, tile) in self._network.unkept for tile in batch):
            self._stands(state="stopped", why="The server forbids to keep its tiles, or the disk is full.")
            return True
        if "later" in outcomes and not self._stop.is_set():
            self._stands(state="waiting", why=self._network.trouble.get(self._place.id, ""))
        return "later" not in outcomes

    def _one(self, tile: Tile) -> Outcome:
        if self._stop.is_set():
            return "later"
        now = self._network.now()
        here = self._network.cache.get(self._place.id, tile, now)
        if here is not None and here.kept and now < here.fresh:
            return "same"
        return self._network.fetch(self._place, tile, keep=True)

    def _stands(self, **change: object) -> None:
        stands = replace(self.download, **change)  # type: ignore[arg-type]
        if stands != self.download:
            self.download = stands
            self._tell(stands)

    def _note(self) -> None:
        self._network.cache.note(self.download.id, _text(self.download), self.download.done)


def _text(download: Download) -> str:
    area = download.area
    said = {"source": download.source, "name": download.name, "tiles": download.tiles, "boxes": area.boxes}
    return json.dumps({**said, "lowest": area.lowest, "highest": area.highest})


def _read(id_: str, text: str, done: int) -> Download:
    said = json.loads(text)
    boxes = tuple((float(west), float(south), float(east), float(north)) for west, south, east, north in said["boxes"])
    area = Area(boxes, int(said["lowest"]), int(said["highest"]))
    if not 0 <= area.lowest <= area.highest <= DEEPEST:
        raise ValueError("no such zooms")
    return Download(id_, str(said["source"]), str(said["name"]), area, int(said["tiles"]), int(done))
