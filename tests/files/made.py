"""Small files as other programs write them, made here byte by byte."""

import io
import struct
import zipfile
from pathlib import Path

from leafdesk.files import dbf
from leafdesk.files.formats import read
from leafdesk.files.found import Reading
from leafdesk.geo.shape import Ring, Shape

SQUARE: Ring = ((10.0, 50.0), (10.01, 50.0), (10.01, 50.01), (10.0, 50.01), (10.0, 50.0))
HOLE: Ring = ((10.002, 50.002), (10.002, 50.004), (10.004, 50.004), (10.004, 50.002), (10.002, 50.002))
FIELD: Shape = ((SQUARE, HOLE),)
BOW: Ring = ((10.0, 50.0), (10.01, 50.01), (10.01, 50.0), (10.0, 50.01), (10.0, 50.0))


def put(folder: Path, name: str, content: bytes | str) -> Path:
    """The file, written."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_text(folder: Path, name: str, content: bytes | str, **how: object) -> Reading:
    """What a file of that name and content holds."""
    return read(put(folder, name, content), **how)  # type: ignore[arg-type]


def zipped(files: dict[str, bytes]) -> bytes:
    """An archive of files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def kml(inside: str) -> str:
    return f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'


def placemark(name: str, ring: Ring = SQUARE, more: str = "") -> str:
    corners = " ".join(f"{x},{y},12" for x, y in ring)
    area = f"<outerBoundaryIs><LinearRing><coordinates>{corners}</coordinates></LinearRing></outerBoundaryIs>"
    return f"<Placemark><name>{name}</name>{more}<Polygon>{area}</Polygon></Placemark>"


def shp(records: list[list[Ring]], kind: int = 5) -> bytes:
    """A .shp of polygon records, each a list of rings as they shall stand there."""
    body = b""
    for number, rings in enumerate(records, 1):
        spots = [spot for ring in rings for spot in ring]
        starts = [sum(len(ring) for ring in rings[:n]) for n in range(len(rings))]
        content = struct.pack("<i32xii", kind, len(rings), len(spots)) + struct.pack(f"<{len(starts)}i", *starts)
        content += struct.pack(f"<{2 * len(spots)}d", *(value for spot in spots for value in spot))
        content = content if rings else struct.pack("<i", 0)
        body += struct.pack(">ii", number, len(content) // 2) + content
    return struct.pack(">i20xi", 9994, (100 + len(body)) // 2) + struct.pack("<ii64x", 1000, kind) + body


def table(columns: list[str], rows: list[list[str]]) -> bytes:
    return dbf.write(columns, rows, (2024, 5, 17))
