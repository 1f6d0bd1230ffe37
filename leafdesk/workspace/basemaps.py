"""The maps that lie under the fields: which there are, in which order, and what of them is being downloaded."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from leafdesk.tiles.area import Area, widened
from leafdesk.tiles.cache import Cache
from leafdesk.tiles.download import MOST_TILES, Download, Downloading, Estimate, estimate, kept, why_not
from leafdesk.tiles.network import Network, Place, WebMap
from leafdesk.tiles.opening import ENDINGS, is_map, open_map
from leafdesk.tiles.source import SUGGESTED, Source, checked
from leafdesk.tiles.tile import DEEPEST, About, Map, Tile, UnreadableError, sane_box

__all__ = ["ENDINGS", "MOST_TILES", "SUGGESTED", "About", "Area", "Basemap", "Basemaps", "Download", "Estimate"]
__all__ += ["Source", "UnreadableError", "is_map", "why_not", "widened"]

FILE = "basemaps.json"
MOST = 50
GONE = "The file is not where it was. Put it back, or remove this map and open the file where it is now."


@dataclass(frozen=True, slots=True)
class Basemap:
    """A map of a file (`path`) or of a server (`source`). `wrong`: why it cannot be shown. `opacity`: 0 to 1."""

    id: str
    about: About
    path: str = ""
    source: Source | None = None
    shown: bool = True
    opacity: float = 1.0
    wrong: str = ""


class Basemaps:
    """Of one folder, the lowest map first. Every method reads or writes the disk: none is for the GUI thread.

    One thread at a time changes something. Raises UnreadableError for what cannot be a map, OSError for a full disk.
    """

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._folder, self._now = folder, now
        self._maps: list[Basemap] | None = None
        self._under_way: dict[str, Downloading] = {}
        self.tell: Callable[[Download], None] = lambda _: None
        """Hears how downloads go, on their threads."""

    # ------------------------------------------------------------------ the maps
    def all(self) -> tuple[Basemap, ...]:
        """Every map, the lowest first, with what is wrong with it now and what it takes on the disk."""
        return tuple(self._as_it_stands(one) for one in self._list())

    def _as_it_stands(self, one: Basemap) -> Basemap:
        if one.source is None:
            return replace(one, wrong="" if Path(one.path).is_file() else GONE)
        if not self._has_cache:
            return one
        wrong = self.network.trouble.get(one.id, "") if "network" in self.__dict__ else ""
        return replace(one, about=replace(one.about, bytes=self.cache.holds(one.id)[1]), wrong=wrong)

    def add_file(self, path: Path) -> Basemap:
        """Put a map file on top; one that is here already is shown again, with what it says of itself now."""
        path = path.absolute()
        map_ = open_map(path)
        map_.close()
        known = next((one for one in self._list() if one.path == str(path)), None)
        made = known or Basemap(uuid.uuid4().hex, map_.about, str(path))
        return self._put(replace(made, about=map_.about, shown=True))

    def add_source(self, source: Source) -> Basemap:
        """Put a server's map on top. Nothing is asked of it before it is painted."""
        checked(source)
        known = next((one for one in self._list() if one.source and one.source.template == source.template), None)
        made = known or Basemap(uuid.uuid4().hex, source.about)
        return self._put(replace(made, source=source, about=source.about, shown=True))

    def _put(self, made: Basemap) -> Basemap:
        others = [one for one in self._list() if one.id != made.id]
        if len(others) >= MOST:
            raise UnreadableError(f"There are {MOST} maps already. Remove one first.")
        self._keep([*others, made])
        return made

    def change(self, id_: str, *, shown: bool | None = None, opacity: float | None = None) -> None:
        """Show or hide a map, or let more of what is below it through."""

        def changed(one: Basemap) -> Basemap:
            seen = one.opacity if opacity is None else min(max(opacity, 0.1), 1.0)
            return replace(one, shown=one.shown if shown is None else shown, opacity=seen)

        self._keep([changed(one) if one.id == id_ else one for one in self._list()])

    def move(self, id_: str, up: int) -> None:
        """Lay a map so many places higher; lower when negative."""
        maps = self._list()
        at = next(n for n, one in enumerate(maps) if one.id == id_)
        one = maps.pop(at)
        maps.insert(min(max(at + up, 0), len(maps)), one)
        self._keep(maps)

    def remove(self, id_: str) -> None:
        """Take a map away: a file stays where it is, a server's tiles and downloads are thrown away."""
        one = self.one(id_)
        for download in self.downloads() if one.source is not None else ():
            if download.source == id_:
                self.forget(download.id)
        self._keep([other for other in self._list() if other.id != id_])
        if one.source is not None:
            self.cache.forget(id_)

    def one(self, id_: str) -> Basemap:
        """The map with this id."""
        return next(one for one in self._list() if one.id == id_)

    def opener(self, one: Basemap) -> Callable[[Callable[[Tile], None]], Map]:
        """What opens a map on the thread that reads it; what it is given hears of tiles that came later."""
        if one.source is None:
            return lambda _: open_map(Path(one.path))
        place, network = Place(one.id, one.source), self.network
        return lambda tell: WebMap(place, network, tell)

    # ------------------------------------------------------------------ downloads
    def estimate(self, id_: str, area: Area) -> Estimate:
        """What downloading an area would take: the number of tiles exactly."""
        return estimate(self.cache, id_, area)

    def downloads(self) -> list[Download]:
        """The downloads that are not done."""
        running = {id_: going.download for id_, going in self._under_way.items()}
        return [running.get(one.id, one) for one in kept(self.cache)] if self._has_cache else []

    def begin(self, id_: str, name: str, area: Area, *, agreed: bool) -> Download:
        """Download an area; `agreed`: the user says that the terms allow it. UnreadableError when they do not."""
        source = self.one(id_).source
        why = why_not(source, area, agreed) if source is not None else "A file is here already."
        if why:
            raise UnreadableError(why)
        return self._start(Download(uuid.uuid4().hex, id_, name, area, area.count()))

    def resume(self, download_id: str) -> None:
        """Go on with a download."""
        one = next((one for one in self.downloads() if one.id == download_id), None)
        if one is not None and one.state not in ("running", "waiting"):
            self._start(one)

    def _start(self, download: Download) -> Download:
        source = self.one(download.source).source
        assert source is not None
        going = Downloading(download, Place(download.source, source), self.network, self._heard)
        self._under_way[download.id] = going
        going.start()
        return going.download

    def pause(self, download_id: str) -> None:
        """Stop a download for now; what was fetched stays."""
        if download_id in self._under_way:
            self._under_way[download_id].pause()

    def forget(self, download_id: str) -> None:
        """End a download for good; the tiles that came stay."""
        going = self._under_way.pop(download_id, None)
        if going is not None:
            going.pause()
            going.join(30.0)
        self.cache.strike(download_id)

    def _heard(self, download: Download) -> None:
        if download.state == "done":
            self._under_way.pop(download.id, None)
        self.tell(download)

    @cached_property
    def cache(self) -> Cache:
        """Where servers' tiles are kept."""
        return Cache(self._folder)

    @cached_property
    def network(self) -> Network:
        """What asks servers; made when the first map of one is shown."""
        return Network(self.cache, self._now)

    @property
    def _has_cache(self) -> bool:
        return "cache" in self.__dict__ or (self._folder / "tiles.db").exists()

    def close(self) -> None:
        """Ask and download no more; downloads go on when somebody wishes it again."""
        going = list(self._under_way.values())
        for one in going:
            one.pause()
        for one in going:
            one.join(30.0)
        if "network" in self.__dict__:
            self.network.close()
        if "cache" in self.__dict__:
            self.cache.close()

    # ------------------------------------------------------------------ the file
    def _list(self) -> list[Basemap]:
        if self._maps is None:
            try:
                said = json.loads((self._folder / FILE).read_text("utf-8"))["maps"]
            except (OSError, ValueError, KeyError, TypeError, RecursionError):
                said = []
            self._maps = list(_read_all(said if isinstance(said, list) else []))
        return list(self._maps)

    def _keep(self, maps: Sequence[Basemap]) -> None:
        """Write beside and rename: what was kept before stays until this is whole. Only the user may read it: keys."""
        self._folder.mkdir(parents=True, exist_ok=True)
        beside = self._folder / f"{FILE}.new"
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            json.dump({"maps": [asdict(replace(one, wrong="")) for one in maps]}, out)
        beside.replace(self._folder / FILE)
        self._maps = list(maps)


def _read_all(said: Iterable[Any]) -> Iterable[Basemap]:
    """The maps of the file; one that cannot be is left out."""
    for one in list(said)[:MOST]:
        try:
            yield _read(one)
        except (ValueError, KeyError, TypeError, AttributeError, UnreadableError):
            continue


def _read(said: dict[str, Any]) -> Basemap:
    about, source = said["about"], said["source"]
    box = sane_box(*(float(n) for n in about["box"]))
    found = About(**{**about, "box": box})
    texts = (found.name, found.kind, found.form, found.attribution, found.licence, said["id"], said["path"])
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("no such map")
    if not (0 <= int(found.lowest) <= int(found.highest) <= DEEPEST and found.side in (256, 512)):
        raise ValueError("no such map")
    made = checked(Source(**{**source, "box": box})) if source is not None else None
    return Basemap(
        said["id"], found, said["path"], made, said["shown"] is True, min(max(float(said["opacity"]), 0.1), 1)
    )
