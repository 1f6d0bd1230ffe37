"""KML placemarks in and out, without ever following what a document points to."""

import re
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from leafdesk.files.found import EXPORT_AGAIN, Drawn, Layer, Refusal, UnreadableError, text_of
from leafdesk.files.limits import DEEPEST, MOST_COLUMNS, MOST_FEATURES
from leafdesk.geo.shape import Polygon, Ring, Shape

_LINES = ("LineString", "Track", "MultiTrack")
_OTHERS = {"Point": "point", "Model": "model", **dict.fromkeys(_LINES, "line")}
_TEXTS = ("name", "coordinates", "value", "SimpleData", "description")
_DO_LINE = "Draw it as an area (polygon) in the program it comes from."


def read(raw: bytes) -> Layer:
    """The placemarks of a document. Raises UnreadableError when it is no KML, or one that tries to trick its reader."""
    return _Reader().read(raw)


class _Reader:
    """Walks through a document once, an element at a time."""

    def __init__(self) -> None:
        self.items: list[Drawn | Refusal] = []
        self.notes: list[str] = []
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._folders: list[str] = []
        self._placemark: _Placemark | None = None
        self._links = self._pictures = self._count = 0

    def read(self, raw: bytes) -> Layer:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse  # no document of a map needs one, and bombs are made of them
        parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(raw.lstrip(b" \t\r\n\x00"), True)
        except expat.ExpatError as error:
            what = expat.ErrorString(error.code)
            raise UnreadableError(
                f"It is no XML: {what} in line {error.lineno}, column {error.offset + 1}. {EXPORT_AGAIN}"
            ) from error
        except (LookupError, ValueError) as error:
            if isinstance(error, UnreadableError):
                raise
            raise UnreadableError(f"It is written in an encoding that is not known here. {EXPORT_AGAIN}") from error
        if self._links:
            self.notes.append(f"It points to {self._links} more documents elsewhere, which are not fetched.")
        if self._pictures:
            self.notes.append(f"{self._pictures} pictures laid over the ground are left out; they are no boundaries.")
        return Layer(self.items, None, self.notes, degrees=True)

    def _refuse(self, *_: object) -> int:
        raise UnreadableError(f"It defines entities of its own (DTD), which can be a trap. {EXPORT_AGAIN}")

    def _start(self, name: str, said: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if not self._path and name not in ("kml", "Document", "Folder", "Placemark"):
            raise UnreadableError(f"It is XML, but no KML: it begins with <{text_of(name)[:40]}>. {EXPORT_AGAIN}")
        if len(self._path) >= DEEPEST:
            raise UnreadableError(f"Its elements are nested more than {DEEPEST} deep. {EXPORT_AGAIN}")
        self._path.append(name)
        if name == "Placemark":
            self._count += 1
            if self._count > MOST_FEATURES:
                raise UnreadableError(f"It holds more than {MOST_FEATURES:,} placemarks. Divide it into several files.")
            folder = " / ".join(name for name in self._folders if name)
            self._placemark = _Placemark(self._count, folder)
        elif name in ("Folder", "Document"):
            self._folders.append("")
        elif self._placemark is not None:
            self._placemark.start(name, said)
        elif name in ("NetworkLink", "GroundOverlay"):
            self._links += name == "NetworkLink"
            self._pictures += name == "GroundOverlay"
        if name in _TEXTS:
            self._text = []

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        name = self._path.pop()
        text = "".join(self._text) if self._text is not None and name in _TEXTS else ""
        if name in _TEXTS:
            self._text = None
        above = self._path[-1] if self._path else ""
        if name in ("Folder", "Document"):
            self._folders.pop()
        elif name == "name" and above in ("Folder", "Document"):
            self._folders[-1] = text_of(text) if above == "Folder" else ""
        elif name == "Placemark" and self._placemark is not None:
            self.items.append(self._placemark.made())
            self._placemark = None
        elif self._placemark is not None:
            self._placemark.end(name, text, above)


class _Placemark:
    """One placemark while it is read."""

    def __init__(self, number: int, folder: str) -> None:
        self._number = number
        self._attributes: dict[str, str] = {"folder": folder} if folder else {}
        self._name, self._key = "", ""
        self._polygons: list[list[Ring]] = []
        self._others: list[str] = []
        self._open: list[Ring] | None = None
        self._outer = self._has_outer = False
        self._loose = 0
        self._wrong = ""

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "Polygon":
            self._open, self._has_outer = [], False
        elif name in ("outerBoundaryIs", "innerBoundaryIs"):
            self._outer = name == "outerBoundaryIs"
        elif name in ("Data", "SimpleData"):
            self._key = text_of(said.get("name", ""))
        elif name in _OTHERS:
            self._others.append(_OTHERS[name])

    def end(self, name: str, text: str, above: str) -> None:
        if name == "name" and above == "Placemark":
            self._name = text_of(text)
        elif (name, above) in (("value", "Data"), ("SimpleData", "SchemaData")):
            self._put(self._key, text_of(text))
        elif name == "description" and above == "Placemark" and "<" not in text:
            self._put("description", text_of(text))
        elif name == "coordinates" and above == "LinearRing":
            self._take_ring(text)
        elif name == "Polygon" and self._open is not None:
            if self._open and not self._has_outer:
                self._wrong = "It has holes, but no outline around them."
            self._polygons.append(self._open)
            self._open = None

    def _put(self, key: str, text: str) -> None:
        if key and len(self._attributes) < MOST_COLUMNS:
            self._attributes[key] = text

    def _take_ring(self, text: str) -> None:
        try:
            ring = ring_of(text)
        except ValueError as error:
            self._wrong = str(error)
            return
        if self._open is not None and self._outer:
            self._open.insert(0, ring)
            self._has_outer = True
        elif self._open is not None:
            self._open.append(ring)
        else:  # an outline that no polygon claims
            self._polygons.append([ring])
            self._loose += 1

    def made(self) -> Drawn | Refusal:
        where = f"placemark {self._number}" + (f" ({self._name})" if self._name else "")
        attributes = {"name": self._name, **self._attributes} if self._name else self._attributes
        if self._wrong:
            return Refusal(where, self._wrong, EXPORT_AGAIN)
        polygons: tuple[Polygon, ...] = tuple(tuple(rings) for rings in self._polygons if rings)
        if not polygons:
            what = f"It is a {self._others[0]}, no area." if self._others else "It has no shape."
            return Refusal(where, what, _DO_LINE if self._others else "Draw it here, or leave it out.")
        remarks = list[str]()
        if self._others:
            remarks.append(f"Its {' and '.join(sorted(set(self._others)))} is left out; only areas are kept.")
        if self._loose:
            remarks.append("It is an outline only; the ground within is taken.")
        return Drawn(where, polygons, attributes, tuple(remarks))


def ring_of(text: str) -> Ring:
    """The corners of `coordinates`: `lon,lat[,height]`, divided by space. Raises ValueError in plain words."""
    corners = list[tuple[float, float]]()
    for corner in re.sub(r"\s*,\s*", ",", text.strip()).split():
        numbers = corner.split(",")
        if len(numbers) < 2:
            raise ValueError("A corner of it is not longitude,latitude.")
        try:
            corners.append((float(numbers[0]), float(numbers[1])))
        except ValueError:
            raise ValueError("A corner of it is not a number.") from None
    return tuple(corners)


def write(fields: list[tuple[dict[str, str], Shape]]) -> bytes:
    """A KML 2.2 document, one placemark a field; what is said of a field is its ExtendedData."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<kml xmlns="http://www.opengis.net/kml/2.2">', "<Document>"]
    for attributes, shape in fields:
        lines.append(f"<Placemark><name>{escape(attributes.get('name', ''))}</name><ExtendedData>")
        lines += [
            f"<Data name={quoteattr(key)}><value>{escape(text)}</value></Data>"
            for key, text in attributes.items()
            if key != "name" and text
        ]
        lines.append("</ExtendedData><MultiGeometry>")
        lines += [_written(polygon) for polygon in shape]
        lines.append("</MultiGeometry></Placemark>")
    return "\n".join([*lines, "</Document>", "</kml>", ""]).encode()


def _written(polygon: Polygon) -> str:
    def ring(ring: Ring, side: str) -> str:
        corners = " ".join(f"{x!r},{y!r}" for x, y in ring)
        return f"<{side}><LinearRing><coordinates>{corners}</coordinates></LinearRing></{side}>"

    shell, *holes = polygon
    inside = "".join(ring(hole, "innerBoundaryIs") for hole in holes)
    return f"<Polygon>{ring(shell, 'outerBoundaryIs')}{inside}</Polygon>"
