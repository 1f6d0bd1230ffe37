"""Esri Shapefiles in and out: a .shp with what stands beside it (.shx, .dbf, .prj, .cpg)."""

import struct
from collections.abc import Iterator
from itertools import pairwise

from leafdesk.files import dbf
from leafdesk.files.found import EXPORT_AGAIN, Drawn, Layer, Refusal, UnreadableError, text_of
from leafdesk.files.limits import MOST_FEATURES
from leafdesk.files.winding import assembled, wound
from leafdesk.geo.shape import Ring, Shape, rings

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
"""What belongs to one Shapefile; only the first is needed."""
_POLYGONS = {5: 0, 15: 1, 25: 0}
"""Record types with areas; 1 for those whose corners have a height."""
_OTHERS = {1: "point", 3: "line", 8: "point", 31: "3D model"}
_HEAD = 100
_WGS84_PRJ = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)


def read(parts: dict[str, bytes], name: str = "") -> Layer:
    """The records of a Shapefile, its parts by ending. Raises UnreadableError when the .shp itself is none.

    `name` goes in front of each record's place where there are several Shapefiles.
    """
    shp = parts[".shp"]
    if len(shp) < _HEAD or struct.unpack_from(">i", shp)[0] != 9994:
        raise UnreadableError(f"The .shp file is no Shapefile. {EXPORT_AGAIN}")
    table, notes = _table(parts)
    items = list[Drawn | Refusal]()
    heights, number = False, 0
    for number, record in enumerate(_records(shp, parts.get(".shx")), 1):
        where = f"{name}, record {number}" if name else f"record {number}"
        if number > MOST_FEATURES:
            raise UnreadableError(f"It holds more than {MOST_FEATURES:,} shapes. Divide it into several files.")
        said = table[number - 1] if number <= len(table) else {}
        if said is None:
            notes.append("Rows that are marked as deleted are left out.")
            continue
        heights |= len(record) >= 4 and struct.unpack_from("<i", record)[0] == 15
        items.append(_item(record, where, said))
    if table and len(table) != number:
        notes.append(f"There are {number:,} shapes and {len(table):,} rows that tell about them.")
    if heights:
        notes.append("Heights are left out; Leaf keeps none.")
    return Layer(items, _prj(parts, notes), list(dict.fromkeys(notes)))


def _table(parts: dict[str, bytes]) -> tuple[list[dict[str, str] | None], list[str]]:
    if ".dbf" not in parts:
        return [], ["There is no .dbf file beside it, so nothing is told about the shapes."]
    try:
        table = dbf.read(parts[".dbf"], parts.get(".cpg"))
    except ValueError as error:
        return [], [f"The .dbf file cannot be read ({error}), so nothing is told about the shapes."]
    return table.rows, list(table.notes)


def _prj(parts: dict[str, bytes], notes: list[str]) -> str | None:
    said = parts.get(".prj", b"").decode("utf-8-sig", "replace").strip()
    if said and "[" not in said:
        notes.append("The .prj file does not name a reference system.")
        return None
    if said.startswith(("LOCAL_CS", "ENGCRS")):
        notes.append(f"The .prj file says “{text_of(said)[:60]}”, which is no place on Earth.")
        return None
    return said or None


def _records(shp: bytes, shx: bytes | None) -> Iterator[bytes]:
    """The content of each record: where the index says, else one after the other; b"" for one that is cut off."""
    if shx and len(shx) >= _HEAD and (len(shx) - _HEAD) % 8 == 0 and len(shx) > _HEAD:
        places = struct.iter_unpack(">ii", shx[_HEAD:])
        spans = [(2 * at, 2 * length) for at, length in places]
        if all(at >= _HEAD and length >= 0 and at + 8 + length <= len(shp) for at, length in spans):
            yield from (shp[at + 8 : at + 8 + length] for at, length in spans)
            return
    at = _HEAD
    while at + 12 <= len(shp):
        length = 2 * struct.unpack_from(">i", shp, at + 4)[0]
        if length < 4 or at + 8 + length > len(shp):
            yield b""
            return
        yield shp[at + 8 : at + 8 + length]
        at += 8 + length


def _item(record: bytes, where: str, said: dict[str, str]) -> Drawn | Refusal:
    if len(record) < 4:
        return Refusal(where, "The file is cut off or damaged here.", EXPORT_AGAIN)
    kind = struct.unpack_from("<i", record)[0]
    if kind == 0:
        return Refusal(where, "It has no shape.", "Draw it here, or leave it out.")
    if kind not in _POLYGONS:
        other = _OTHERS.get(kind % 10 if kind < 30 else kind)
        what = f"It is a {other}, no area." if other else "It is of a kind that Shapefiles do not have."
        return Refusal(where, what, "Draw it as an area (polygon) in the program it comes from.")
    found = _rings(record)
    if not found:
        return Refusal(where, "Its corners are damaged.", EXPORT_AGAIN)
    polygons, homeless = assembled(found)
    remarks = ("A hole that lies in none of its parts is taken as a part.",) if homeless else ()
    return Drawn(where, polygons, said, remarks)


def _rings(record: bytes) -> list[Ring]:
    """The rings of a polygon record; [] when its counts do not fit its size."""
    if len(record) < 44:
        return []
    parts, points = struct.unpack_from("<ii", record, 36)
    if parts < 1 or points < 1 or 44 + 4 * parts + 16 * points > len(record):
        return []
    starts = [*struct.unpack_from(f"<{parts}i", record, 44), points]
    if starts[0] != 0 or any(a > b for a, b in pairwise(starts)):
        return []
    numbers = struct.unpack_from(f"<{2 * points}d", record, 44 + 4 * parts)
    spots = list(zip(numbers[::2], numbers[1::2], strict=True))
    return [tuple(spots[a:b]) for a, b in pairwise(starts) if b > a]


def write(fields: list[tuple[dict[str, str], Shape]], day: tuple[int, int, int]) -> dict[str, bytes]:
    """The parts of a Shapefile in WGS 84, by ending; `day` is year, month and day for the table's head."""
    records = [_record(wound(shape, shells_clockwise=True)) for _, shape in fields]
    boxes = [_box(shape) for _, shape in fields]
    whole = (
        (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
        if boxes
        else (0.0, 0.0, 0.0, 0.0)
    )
    body, index, at = list[bytes](), list[bytes](), _HEAD
    for number, record in enumerate(records, 1):
        body.append(struct.pack(">ii", number, len(record) // 2) + record)
        index.append(struct.pack(">ii", at // 2, len(record) // 2))
        at += 8 + len(record)
    columns = list(dict.fromkeys(key for attributes, _ in fields for key in attributes)) or ["id"]
    rows = [[attributes.get(key, "") for key in columns] for attributes, _ in fields]
    return {
        ".shp": _head(at, whole) + b"".join(body),
        ".shx": _head(_HEAD + 8 * len(records), whole) + b"".join(index),
        ".dbf": dbf.write(columns, rows, day),
        ".prj": _WGS84_PRJ.encode(),
        ".cpg": b"UTF-8",
    }


def _head(size: int, box: tuple[float, float, float, float]) -> bytes:
    return struct.pack(">i20xi", 9994, size // 2) + struct.pack("<ii4d32x", 1000, 5, *box)


def _record(shape: Shape) -> bytes:
    all_rings = list(rings(shape))
    starts, total = list[int](), 0
    for ring in all_rings:
        starts.append(total)
        total += len(ring)
    numbers = [value for ring in all_rings for spot in ring for value in spot]
    head = struct.pack("<i4dii", 5, *_box(shape), len(all_rings), total)
    return head + struct.pack(f"<{len(starts)}i", *starts) + struct.pack(f"<{len(numbers)}d", *numbers)


def _box(shape: Shape) -> tuple[float, float, float, float]:
    from leafdesk.geo.shape import box

    return box(shape)
