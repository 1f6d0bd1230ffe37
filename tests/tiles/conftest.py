"""Maps that are closed when a test is over."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from leafdesk.tiles.mbtiles import MBTiles
from leafdesk.tiles.opening import open_map
from leafdesk.tiles.pmtiles import PMTiles

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
