"""Downloading an area: told first, paused, gone on with after a restart, and never where the terms forbid it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from leafdesk.tiles.area import Area
from leafdesk.tiles.cache import Cache
from leafdesk.tiles.download import Download, Downloading, estimate, kept, why_not
from leafdesk.tiles.network import Network, Place, WebMap
from leafdesk.tiles.source import SUGGESTED
from leafdesk.tiles.tile import WHOLE_WORLD, Answer, Tile, UnreadableError
from tests.tiles.conftest import Clock
from tests.tiles.made import png
from tests.tiles.server import Reply, TileServer

AREA = Area(((-93.7, 41.9, -93.5, 42.1),), 8, 13)
FARM = Download("d", "a", "Farm", AREA, AREA.count())


def run(download: Download, server: TileServer, network: Network, until: Callable[[Download], bool]) -> Downloading:
    """Run until a step of it is the one; it goes on then, unless it is over."""
    reached = threading.Event()
    going = Downloading(
        download, Place("a", server.source()), network, lambda now: reached.set() if until(now) else None
    )
    going.start()
    assert reached.wait(30)
    return going


def test_every_tile_of_the_area_is_here_afterwards_and_none_was_asked_for_twice(
    server: TileServer, network: Network, cache: Cache, clock: Clock
) -> None:
    told = estimate(cache, "a", AREA)
    assert (told.tiles, told.here) == (AREA.count(), 0) and told.bytes > 0 and told.seconds > 0
    going = run(FARM, server, network, lambda now: now.state == "done")
    going.join(10)
    assert sorted(server.tiles) == sorted(AREA.tiles()) and server.most_at_once <= 2
    assert going.download.done == FARM.tiles and kept(cache) == []
    assert estimate(cache, "a", AREA).here == told.tiles and estimate(cache, "a", AREA).bytes == 0
    clock.time += 1e9  # a year later, without a connection
    network._rests[server.source().host] = clock() + 1000
    assert WebMap(Place("a", server.source()), network, lambda _: None).read(next(AREA.tiles())) == Answer(png())


def test_it_goes_on_where_it_was_after_a_restart(server: TileServer, tmp_path: Path, clock: Clock) -> None:
    cache = Cache(tmp_path)
    network = Network(cache, clock)
    going = run(FARM, server, network, lambda now: now.done > 20)
    going.pause()
    going.join(10)
    assert going.download.state == "paused" and 20 < going.download.done < FARM.tiles
    network.close()
    cache.close()

    cache = Cache(tmp_path)
    (again,) = kept(cache)
    assert (again.name, again.area, again.done, again.tiles) == ("Farm", AREA, going.download.done, FARM.tiles)
    network = Network(cache, clock)
    run(again, server, network, lambda now: now.state == "done").join(10)
    assert sorted(server.tiles) == sorted(AREA.tiles())  # and none twice
    network.close()
    cache.close()


def test_it_waits_for_a_server_that_asks_to_wait(server: TileServer, network: Network, clock: Clock) -> None:
    refused = threading.Event()

    def give(tile: Tile) -> Reply:
        if len(server.asked) == 30 and not refused.is_set():
            refused.set()
            return Reply(status=429, headers={"Retry-After": "60"})
        return Reply(png())

    server.give = give
    going = run(FARM, server, network, lambda now: now.state == "waiting")
    assert "asks to wait" in going.download.why
    clock.time += 61
    going.join(30)
    assert going.download.state == "done" and set(server.tiles) == set(AREA.tiles())


def test_a_server_that_forbids_to_keep_its_tiles_is_heard(server: TileServer, network: Network) -> None:
    server.give = lambda _: Reply(png(), headers={"Cache-Control": "no-store"})
    going = run(FARM, server, network, lambda now: now.state == "stopped")
    going.join(10)
    assert "forbids to keep" in going.download.why and len(server.asked) <= 16


def test_the_terms_are_kept_to(server: TileServer, network: Network) -> None:
    osm = next(source for source in SUGGESTED if source.name == "OpenStreetMap")
    assert "policy forbids" in why_not(osm, AREA, agreed=True)
    for host in ("tile.openstreetmap.org", "a.tile.openstreetmap.org", "mt1.google.com"):
        mine = server.source(template=f"https://{host}/{{z}}/{{x}}/{{y}}.png", bulk="allowed")
        assert "forbid" in why_not(mine, AREA, agreed=True)
        with pytest.raises(UnreadableError, match="forbid"):
            Downloading(FARM, Place("a", mine), network, lambda _: None)
    assert why_not(server.source(template="https://notopenstreetmap.org/{z}/{x}/{y}"), AREA) == ""
    asked = server.source(bulk="ask")
    assert "Read the terms" in why_not(asked, AREA) and why_not(asked, AREA, agreed=True) == ""
    assert "at most 100,000" in why_not(server.source(), Area((WHOLE_WORLD,), 0, 12))
    assert not server.asked
