"""Small made-up maps: pictures of one colour, or with one dot, and the containers around them."""

import sqlite3
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

Place = tuple[int, int, int]
"""Zoom, column, row from the north."""
Colour = tuple[int, int, int]
GREEN: Colour = (60, 140, 70)
RED: Colour = (200, 30, 30)


def png(colour: Colour = GREEN, side: int = 256, dots: Mapping[tuple[int, int], Colour] | None = None) -> bytes:
    """A picture of one colour; `dots` are pixels (across, down) of other colours."""
    pixels = [bytearray(b"\0" + bytes(colour) * side) for _ in range(side)]
    for (across, down), other in (dots or {}).items():
        pixels[down][1 + 3 * across : 4 + 3 * across] = bytes(other)
    rows = b"".join(pixels)
    header = struct.pack(">2I5B", side, side, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


def jpg(side: int = 256) -> bytes:
    """The beginning of a JPEG, as far as its size."""
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 9 + b"\xff\xc0\0\x11\x08" + struct.pack(">2H", side, side) + b"\3"


def webp(side: int = 256) -> bytes:
    """The beginning of a lossless WebP, as far as its size."""
    return b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", (side - 1) | (side - 1) << 14) + b"\0" * 8


def mbtiles(path: Path, tiles: Mapping[Place, bytes | None], **metadata: str) -> Path:
    """An MBTiles file; its rows are counted from the south unless `scheme="xyz"`."""
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
    database.execute("CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)")
    database.execute("CREATE UNIQUE INDEX place ON tiles (zoom_level, tile_column, tile_row)")
    database.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
    flip = metadata.get("scheme") != "xyz"
    rows = [(z, x, (1 << z) - 1 - y if flip else y, picture) for (z, x, y), picture in tiles.items()]
    database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    database.commit()
    database.close()
    return path


def pmtiles(
    path: Path,
    tiles: Mapping[Place, bytes],
    kind: TileType = TileType.PNG,
    compression: Compression = Compression.NONE,
    **metadata: str,
) -> Path:
    """A PMTiles file, by the package of those who made the format; thousands of tiles make it use leaf directories."""
    with path.open("wb") as file:
        writer = Writer(file)
        for place in sorted(tiles, key=lambda place: zxy_to_tileid(*place)):
            writer.write_tile(zxy_to_tileid(*place), tiles[place])
        zooms = [zoom for zoom, *_ in tiles]
        header = {"tile_type": kind, "tile_compression": compression, "min_zoom": min(zooms), "max_zoom": max(zooms)}
        around = {
            "min_lon_e7": -1800000000,
            "min_lat_e7": -850000000,
            "max_lon_e7": 1800000000,
            "max_lat_e7": 850000000,
        }
        center = {"center_zoom": 0, "center_lon_e7": 0, "center_lat_e7": 0}
        writer.finalize({**header, **around, **center}, metadata)
    return path
