"""Opens a map file, whichever of the two kinds it is."""

from __future__ import annotations

from pathlib import Path

from leafdesk.tiles.mbtiles import MBTiles
from leafdesk.tiles.pmtiles import PMTiles
from leafdesk.tiles.tile import UnreadableError

ENDINGS = (".mbtiles", ".pmtiles")


def is_map(path: Path) -> bool:
    """Whether a file is a map by its name."""
    return path.suffix.casefold() in ENDINGS


def open_map(path: Path) -> MBTiles | PMTiles:
    """The map in a file, by what the file begins with. Raises UnreadableError."""
    if path.exists() and not path.is_file():  # to open a pipe would wait for ever
        raise UnreadableError("It is no file.")
    try:
        with path.open("rb") as file:
            start = file.read(7)
    except OSError as error:
        raise UnreadableError(f"It cannot be read: {error.strerror or error}.") from error
    if start == b"PMTiles" or (path.suffix.casefold() == ".pmtiles" and start != b"SQLite "):
        return PMTiles(path)
    return MBTiles(path)
