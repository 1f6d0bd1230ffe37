"""Maps that are closed when a test is over."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from leafdesk.tiles.cache import Cache
from leafdesk.tiles.mbtiles import MBTiles
from leafdesk.tiles.network import Network
from leafdesk.tiles.opening import open_map
from leafdesk.tiles.pmtiles import PMTiles
from tests.tiles.server import TileServer, tile_server

Opened = Callable[[Path], MBTiles | PMTiles]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens a map until the test is over."""
    maps = list[MBTiles | PMTiles]()

    def open_(path: Path) -> MBTiles | PMTiles:
        maps.append(open_map(path))
        return maps[-1]

    yield open_
    for map_ in maps:
        map_.close()


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Iterator[TileServer]:
    """A tile server on this machine."""
    with tile_server() as running:
        yield running


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    kept = Cache(tmp_path)
    yield kept
    kept.close()


@pytest.fixture
def network(cache: Cache, clock: Clock) -> Iterator[Network]:
    """The network as it is in the window, with a clock of its own."""
    asking = Network(cache, clock)
    yield asking
    asking.close()
