"""The table of formats: which files Leafdesk opens, which it writes, and how."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from leafdesk.files import geojson, kml, plots, shapefile
from leafdesk.files.found import EXPORT_AGAIN, Layer, Reading, Refusal, Tell, UnreadableError
from leafdesk.files.limits import LARGEST_FILE, MB
from leafdesk.files.whole import write_beside
from leafdesk.files.zipped import Archive, shown
from leafdesk.geo.shape import Shape

Fields = list[tuple[dict[str, str], Shape]]
"""What is written: attributes and shape of each field."""


@dataclass(frozen=True, slots=True)
class Format:
    """One line of the table: its name, the endings it is opened by, and the writer by ending for those written."""

    name: str
    endings: tuple[str, ...]
    writes: dict[str, Callable[[Fields, str, tuple[int, int, int]], bytes]]


def _geojson(fields: Fields, _stem: str, _day: tuple[int, int, int]) -> bytes:
    return geojson.write(fields)


def _kml(fields: Fields, _stem: str, _day: tuple[int, int, int]) -> bytes:
    return kml.write(fields)


def _kmz(fields: Fields, _stem: str, day: tuple[int, int, int]) -> bytes:
    return _zip({"doc.kml": kml.write(fields)}, day)


def _shapefile(fields: Fields, stem: str, day: tuple[int, int, int]) -> bytes:
    return _zip({stem + ending: part for ending, part in shapefile.write(fields, day).items()}, day)


TABLE = (
    Format("GeoJSON", (".geojson", ".json", ".geojsonl", ".ndjson", ".geojsons", ".gz"), {".geojson": _geojson}),
    Format("KML", (".kml", ".kmz"), {".kml": _kml, ".kmz": _kmz}),
    Format("Shapefile", (".zip", ".shp"), {".zip": _shapefile}),
)
_OTHERS = {
    ".gpkg": "a GeoPackage",
    ".gpx": "a GPX track",
    ".gml": "GML",
    ".gdb": "a geodatabase",
    ".parquet": "GeoParquet",
    ".dxf": "a drawing of a CAD program",
    ".pdf": "a PDF",
}
"""What people may take for one of the formats."""
_DO = "Export it as GeoJSON, KML or Shapefile."
OPENED = tuple(ending for one in TABLE for ending in one.endings)
WRITTEN = {ending: write for one in TABLE for ending, write in one.writes.items()}


def known(path: Path) -> bool:
    """Whether the file's ending is one that is opened here."""
    return path.suffix.casefold() in OPENED


def read(path: Path, *, crs: str | None = None, swap: bool | None = None, tell: Tell = lambda *_: None) -> Reading:
    """Everything in a file, by what it holds and not by its ending.

    `crs` is the reference system to use instead of the file's own, `swap` whether latitude stands first (None: look).
    Raises UnreadableError, which an UnplacedError is too. Hostile files may take long: see `apart`.
    """
    raw = _bytes(path)
    refusals = list[Refusal]()
    kind, layers = _layers(path, raw, refusals)
    made = list(layers)
    reading = plots.plots(shown(path.name), kind, made, crs=crs, swap=swap, tell=tell)
    return Reading(
        *(reading.file, reading.format, reading.plots, [*refusals, *reading.refusals], reading.notes, reading.ground),
        *(reading.columns, reading.name_column, reading.swapped),
    )


def save(path: Path, fields: Fields, day: tuple[int, int, int]) -> None:
    """Write fields in the format of the file's ending; what stood there is replaced only by a whole file.

    `day` is year, month and day for what carries a date. Raises UnreadableError for an ending that is not written here,
    OSError when the disk does not take it.
    """
    write = WRITTEN.get(path.suffix.casefold())
    if write is None:
        raise UnreadableError(f"{path.name} cannot be written: its ending has to be one of {', '.join(WRITTEN)}.")
    content = write(fields, path.stem, day)
    beside = write_beside(path, content)
    try:
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UnreadableError(f"It cannot be read: {error.strerror or error}.") from error
    if len(raw) > LARGEST_FILE:
        raise UnreadableError(f"It is larger than {LARGEST_FILE // MB} MB. Divide it into several files.")
    if not raw.strip(b"\0 \t\r\n"):
        raise UnreadableError(f"It is empty. {EXPORT_AGAIN}")
    return raw


def _layers(path: Path, raw: bytes, refusals: list[Refusal]) -> tuple[str, Iterator[Layer]]:
    if raw[:2] == b"\x1f\x8b":
        raw = _unzipped(raw)
    if raw[:2] == b"PK":
        return _archive(raw, refusals)
    if raw[:4] == b"\0\0\x27\x0a":
        return "Shapefile", iter([shapefile.read({".shp": raw, **_siblings(path)})])
    if _is_xml(raw):
        return "KML", iter([kml.read(raw)])
    if _is_json(raw):
        return "GeoJSON", iter([geojson.read(raw)])
    if path.suffix.casefold() == ".shp":
        raise UnreadableError(f"The .shp file is no Shapefile. {EXPORT_AGAIN}")
    if path.suffix.casefold() in shapefile.PARTS:
        raise UnreadableError("It is one part of a Shapefile. Open the .shp file beside it.")
    raise UnreadableError(
        f"It is {_OTHERS.get(path.suffix.casefold(), 'no file of fields')}; Leafdesk reads none. {_DO}"
    )


def _is_xml(raw: bytes) -> bool:
    head = raw[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    return head[:1] == b"<"


def _is_json(raw: bytes) -> bool:
    head = raw[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\0\x1e \t\r\n")
    return head[:1] in (b"{", b"[", b'"') or raw[:200].strip() in (b"null", b"true", b"false")


def _unzipped(raw: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as opened:
            inside = opened.read(LARGEST_FILE + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableError(f"The gzip file is damaged. {EXPORT_AGAIN}") from error
    if len(inside) > LARGEST_FILE:
        raise UnreadableError(f"It unpacks to more than {LARGEST_FILE // MB} MB. Divide it into several files.")
    return inside


def _siblings(path: Path) -> dict[str, bytes]:
    """The other parts of a Shapefile, whatever the case of their endings."""
    try:
        beside = sorted(path.parent.iterdir())
    except OSError:
        return {}
    stem = path.name[: -len(path.suffix)] if path.suffix else path.name
    parts = dict[str, bytes]()
    for file in beside:
        ending = file.suffix.casefold()
        if ending in shapefile.PARTS[1:] and file.name[: -len(file.suffix)].casefold() == stem.casefold():
            parts[ending] = _bytes_or_none(file)
    return {ending: part for ending, part in parts.items() if part}


def _bytes_or_none(path: Path) -> bytes:
    try:
        return _bytes(path)
    except UnreadableError:
        return b""


def _archive(raw: bytes, refusals: list[Refusal]) -> tuple[str, Iterator[Layer]]:
    """The layers in a zip or KMZ: every Shapefile, KML and GeoJSON in it."""
    archive = Archive(raw)
    refusals += archive.refusals
    by_ending: dict[str, list[str]] = {}
    for name in archive.names:
        by_ending.setdefault(PurePosixPath(name).suffix.casefold(), []).append(name)
    refusals += [
        Refusal(shown(name), "It is an archive within the archive.", "Unpack it and open it by itself.")
        for ending in (".zip", ".kmz")
        for name in by_ending.get(ending, [])
    ]
    shapes, drawings = by_ending.get(".shp", []), by_ending.get(".kml", [])
    others = [*by_ending.get(".geojson", []), *by_ending.get(".json", [])]
    if not (shapes or drawings or others):
        told = f"{refusals[0].where}: {refusals[0].what} {refusals[0].do}" if refusals else _DO
        raise UnreadableError(f"The archive holds no Shapefile, KML or GeoJSON. {told}")
    kind = "Shapefile" if shapes else "KML" if drawings else "GeoJSON"
    many = len(shapes) + len(drawings) + len(others) > 1
    return kind, _of_archive(archive, shapes, drawings, others, many, refusals)


def _of_archive(
    archive: Archive, shapes: list[str], drawings: list[str], others: list[str], many: bool, refusals: list[Refusal]
) -> Iterator[Layer]:
    """Each layer; one that cannot be read is refused by itself, unless it is the only one."""
    jobs: list[tuple[str, Callable[[str], Layer]]] = [
        *((name, lambda name: shapefile.read(_parts(archive, name), shown(name) if many else "")) for name in shapes),
        *((name, lambda name: _named(kml.read(archive.read(name)), name, many)) for name in drawings),
        *((name, lambda name: _named(geojson.read(archive.read(name)), name, many)) for name in others),
    ]
    for name, make in jobs:
        try:
            yield make(name)
        except UnreadableError as error:
            if not many:
                raise
            refusals.append(Refusal(shown(name), str(error), EXPORT_AGAIN))


def _named(layer: Layer, name: str, many: bool) -> Layer:
    """The layer whose places tell which of several files they are in."""
    if not many:
        return layer
    from dataclasses import replace

    items = [replace(item, where=f"{shown(name)}, {item.where}") for item in layer.items]
    return replace(layer, items=items)


def _parts(archive: Archive, shp: str) -> dict[str, bytes]:
    stem = shp[:-4].casefold()
    return {
        name[len(stem) :].casefold(): archive.read(name)
        for name in archive.names
        if name[: len(stem)].casefold() == stem and name[len(stem) :].casefold() in shapefile.PARTS
    }


def _zip(files: dict[str, bytes], day: tuple[int, int, int]) -> bytes:
    """A zip of files, all of that day."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (*day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()
