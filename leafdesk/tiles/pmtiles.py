"""Maps in PMTiles files: an archive whose directories tell where each tile lies. Source: PMTiles specification 3.

Read here and not by the package `pmtiles`: that one unpacks without limit, follows any offset, and reads directories
anew for each tile. The tests hold this reader against archives which that package wrote.
"""

from __future__ import annotations

import json
import struct
from bisect import bisect_right
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from leafdesk.tiles.picture import NOT_PICTURES, form_of, plain_text, side_of, unpacked
from leafdesk.tiles.tile import DEEPEST, LARGEST, About, Answer, Tile, UnreadableError, sane_box

HEADER = struct.Struct("<7sB11Q6B4i9x")
DAMAGED = "It is damaged: a part of it lies outside the file. Fetch it anew."
ROOT_LARGEST, DIRECTORY_LARGEST, UNPACKED_LARGEST, METADATA_LARGEST = 16_384, 1 << 20, 2 << 20, 4 << 20
"""Bytes: of the first directory, as the specification says; of others, which honest writers keep to some kilobytes."""
MOST_ENTRIES, DEPTH, KEPT = 200_000, 4, 16
PLAIN, GZIP = 1, 2
FORMS = {2: "png", 3: "jpg", 4: "webp"}
OTHERS = {5: "Its tiles are AVIF pictures; PNG, JPEG or WebP would do."}


class Part(NamedTuple):
    """A stretch of the file."""

    offset: int
    length: int


class Directory(NamedTuple):
    """Entries in the order of their first tile; where `runs` is 0 the part is a directory of its own."""

    ids: list[int]
    runs: list[int]
    parts: list[Part]


class Header(NamedTuple):
    """What the first 127 bytes say, checked against the file's size."""

    root: Part
    metadata: Part
    leaves: Part
    tiles: Part
    packing: int
    tile_packing: int
    form: str
    lowest: int
    highest: int
    corners: tuple[float, float, float, float]


def tile_id(tile: Tile) -> int:
    """The place of a tile in the archive's order: zooms one after the other, each along a Hilbert curve."""
    zoom, x, y = tile
    place = ((1 << 2 * zoom) - 1) // 3
    for level in range(zoom - 1, -1, -1):
        side = 1 << level
        right, down = bool(x & side), bool(y & side)
        place += ((3 * right) ^ down) * side * side
        if not down:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
    return place


class PMTiles:
    """One file, opened for reading only; nothing in it is believed. Raises UnreadableError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._leaves: OrderedDict[Part, Directory] = OrderedDict()
        try:
            self._size = path.stat().st_size
            self._file = path.open("rb")
        except OSError as error:
            raise UnreadableError(f"It cannot be read: {error.strerror or error}.") from error
        try:
            self._header = self._read_header()
            self._root = self._directory(self._header.root, ROOT_LARGEST)
            self.about = self._look()
        except BaseException:
            self._file.close()
            raise

    # ------------------------------------------------------------------ what it says of itself
    def _read_header(self) -> Header:
        if not self._size:
            raise UnreadableError("The file is empty. Fetch it anew.")
        start = self._bytes(Part(0, min(HEADER.size, self._size)))
        if start[:7] != b"PMTiles":
            raise UnreadableError("It is no PMTiles file.")
        if len(start) < HEADER.size or start[7] != 3:
            raise UnreadableError(f"It is a PMTiles file of version {start[7]}; Leafdesk reads version 3.")
        said = HEADER.unpack(start)
        packing, tile_packing, kind, lowest, highest = said[14:19]
        if packing not in (PLAIN, GZIP) or tile_packing not in (0, PLAIN, GZIP):
            raise UnreadableError("It is packed in a way that Leafdesk does not know; gzip would do.")
        if kind not in FORMS:
            named = OTHERS.get(kind)
            raise UnreadableError(
                f"Its tiles are {named} pictures; PNG, JPEG or WebP would do." if named else NOT_PICTURES
            )
        if not 0 <= lowest <= highest <= DEEPEST:
            raise UnreadableError(f"Its zooms, {lowest} to {highest}, are none that a map can have.")
        parts = [Part(*said[2 + 2 * n : 4 + 2 * n]) for n in range(4)]
        if any(part.offset + part.length > self._size for part in parts):
            raise UnreadableError("It is cut off: the file is shorter than it says. Fetch it anew.")
        west, south, east, north = (n / 1e7 for n in said[19:23])
        root, metadata, leaves, tiles = parts
        corners = (west, south, east, north)
        return Header(root, metadata, leaves, tiles, packing, tile_packing, FORMS[kind], lowest, highest, corners)

    def _look(self) -> About:
        said = self._metadata()
        first = self._first_tile()
        return About(
            name=plain_text(said.get("name"), 120) or self.path.stem,
            kind="PMTiles",
            form=form_of(first),
            side=side_of(first),
            lowest=self._header.lowest,
            highest=self._header.highest,
            box=sane_box(*self._header.corners),
            attribution=plain_text(said.get("attribution")),
            licence=plain_text(said.get("license")),
            bytes=self._size,
        )

    def _metadata(self) -> dict[str, object]:
        try:
            plain = self._plain(self._header.metadata, METADATA_LARGEST)
            said = json.loads(plain) if plain else {}
        except (UnreadableError, ValueError, RecursionError):
            return {}  # the tiles tell enough
        return said if isinstance(said, dict) else {}

    def _first_tile(self) -> bytes:
        directory = self._root
        for _ in range(DEPTH):
            if not directory.ids:
                break
            if directory.runs[0]:
                return self._tile(directory.parts[0])
            directory = self._leaf(directory.parts[0])
        raise UnreadableError("It is empty: there is no tile in it.")

    # ------------------------------------------------------------------ directories
    @property
    def has_leaves(self) -> bool:
        """Whether its directory is in parts."""
        return self._header.leaves.length > 0

    def _directory(self, part: Part, largest: int) -> Directory:
        if part.length > largest:
            raise UnreadableError("A directory in it is larger than any honest one. It is not opened.")
        numbers = _numbers(self._plain(part, UNPACKED_LARGEST))
        many = numbers[0] if numbers else 0
        if many > MOST_ENTRIES or len(numbers) != 1 + 4 * many:
            raise UnreadableError(DAMAGED)
        steps, runs, lengths, offsets = (numbers[1 + n * many : 1 + (n + 1) * many] for n in range(4))
        ids, parts, place = [], list[Part](), 0
        for n in range(many):
            place += steps[n]
            ids.append(place)
            if offsets[n] == 0 and not n:
                raise UnreadableError(DAMAGED)
            follows = parts[-1].offset + parts[-1].length if parts and offsets[n] == 0 else offsets[n] - 1
            parts.append(Part(follows, lengths[n]))
        return Directory(ids, runs, parts)

    def _leaf(self, part: Part) -> Directory:
        if part not in self._leaves:
            whole = self._header.leaves
            if part.offset + part.length > whole.length:
                raise UnreadableError(DAMAGED)
            self._leaves[part] = self._directory(Part(whole.offset + part.offset, part.length), DIRECTORY_LARGEST)
            while len(self._leaves) > KEPT:
                self._leaves.popitem(last=False)
        self._leaves.move_to_end(part)
        return self._leaves[part]

    # ------------------------------------------------------------------ tiles
    def read(self, tile: Tile) -> Answer:
        """The tile's picture. Raises UnreadableError."""
        if not tile.in_the_world:
            return Answer(absent=True)
        wanted, directory = tile_id(tile), self._root
        for _ in range(DEPTH):
            at = bisect_right(directory.ids, wanted) - 1
            if at < 0:
                return Answer(absent=True)
            if directory.runs[at]:
                if wanted >= directory.ids[at] + directory.runs[at]:
                    return Answer(absent=True)
                picture = self._tile(directory.parts[at])
                return Answer(picture) if form_of(picture) else Answer(absent=True)
            directory = self._leaf(directory.parts[at])
        raise UnreadableError("Its directories lie too deep in each other. It is damaged.")

    def _tile(self, part: Part) -> bytes:
        whole = self._header.tiles
        if part.length > LARGEST:
            raise UnreadableError("A tile in it is larger than any honest one. It is not opened.")
        if part.offset + part.length > whole.length:
            raise UnreadableError(DAMAGED)
        stored = self._bytes(Part(whole.offset + part.offset, part.length))
        return unpacked(stored) if self._header.tile_packing == GZIP else stored

    # ------------------------------------------------------------------ bytes
    def _plain(self, part: Part, largest: int) -> bytes:
        stored = self._bytes(part)
        return unpacked(stored, largest) if self._header.packing == GZIP and stored else stored

    def _bytes(self, part: Part) -> bytes:
        if part.offset + part.length > self._size or part.length > LARGEST:
            raise UnreadableError(DAMAGED)
        try:
            self._file.seek(part.offset)
            found = self._file.read(part.length)
        except OSError as error:
            raise UnreadableError(f"It cannot be read any more: {error.strerror or error}.") from error
        if len(found) != part.length:
            raise UnreadableError(DAMAGED)
        return found

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _numbers(packed: bytes) -> list[int]:
    """Numbers of seven bits a byte, the lowest first, until the bytes end."""
    numbers, number, shift = list[int](), 0, 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
            if shift > 63:
                raise UnreadableError(DAMAGED)
        else:
            numbers.append(number)
            number = shift = 0
    if shift:
        raise UnreadableError(DAMAGED)
    return numbers
