"""GeoJSON (RFC 7946, its predecessor of 2008, and one feature a line) in and out."""

import json
import math
from collections.abc import Iterator
from typing import Any

from leafdesk.files.found import EXPORT_AGAIN, Drawn, Layer, Refusal, UnreadableError, text_of
from leafdesk.files.limits import MOST_COLUMNS, MOST_FEATURES
from leafdesk.geo.shape import Polygon, Ring, Shape, to_geojson

_DRAW_AS_AREA = "Draw it as an area (polygon) in the program it comes from."
_GEOMETRIES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")


class _NotDrawnError(ValueError):
    """A geometry that is no area; the message says why."""


def read(raw: bytes) -> Layer:
    """The features of a document. Raises UnreadableError when it is no GeoJSON at all."""
    text = _text(raw).replace("\x1e", "")  # text sequences begin each feature with it (RFC 8142)
    notes = list[str]()
    try:
        documents: list[tuple[int | None, Any]] = [(None, _json(text))]
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise UnreadableError(
                f"It is no JSON: {error.msg} in line {error.lineno}, column {error.colno}. {EXPORT_AGAIN}"
            ) from error
        documents = list(_lines(text))
        notes.append("One feature stands on each line of this file.")
    named = next((name for _, document in documents if (name := _crs(document))), None)
    items = list[Drawn | Refusal]()
    for line, document in documents:
        for item in _document(document, line):
            if len(items) >= MOST_FEATURES:
                raise UnreadableError(f"It holds more than {MOST_FEATURES:,} features. Divide it into several files.")
            items.append(item)
    if any(isinstance(item, Drawn) for item in items) and _heights(documents[0][1]):
        notes.append("Heights are left out; Leaf keeps none.")
    return Layer(items, named, notes, degrees=named is None)


def _text(raw: bytes) -> str:
    try:
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return raw.decode("utf-16")
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"It is no text in UTF-8 (byte {error.start}). {EXPORT_AGAIN}") from error


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=lambda _: math.nan)  # the feature that holds it is refused, not the file
    except json.JSONDecodeError:
        raise
    except RecursionError as error:
        raise UnreadableError(f"It is nested too deeply for GeoJSON. {EXPORT_AGAIN}") from error
    except ValueError as error:  # a number of thousands of digits
        raise UnreadableError(f"It holds a number that is none ({error}). {EXPORT_AGAIN}") from error


def _lines(text: str) -> Iterator[tuple[int, Any]]:
    """One document a line."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, _json(line)
            except json.JSONDecodeError as error:
                yield number, f"It is no JSON: {error.msg} in column {error.colno}."


def _crs(document: Any) -> str | None:
    """The `crs` member of GeoJSON 2008; None without one, and for longitude and latitude in WGS 84."""
    crs = document.get("crs") if isinstance(document, dict) else None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name", properties.get("code")) if isinstance(properties, dict) else None
    if isinstance(name, int):
        name = f"EPSG:{name}"
    return name if isinstance(name, str) and name.strip() else None


def _document(document: Any, line: int | None) -> Iterator[Drawn | Refusal]:
    """The features of a document, or of the one on a line."""
    at = f"line {line}" if line else ""
    if isinstance(document, str) and line:
        yield Refusal(at, document, EXPORT_AGAIN)
        return
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list):
            yield Refusal(at or "the file", "Its collection lists no features.", EXPORT_AGAIN)
            return
        for number, feature in enumerate(features, 1):
            yield _feature(feature, f"{at}, feature {number}" if at else f"feature {number}")
    elif kind == "Feature":
        yield _feature(document, at or "feature 1")
    elif kind == "GeometryCollection" and isinstance(document.get("geometries"), list):
        for number, geometry in enumerate(document["geometries"], 1):
            yield _geometry(geometry, f"{at}, shape {number}" if at else f"shape {number}", {})
    elif kind in _GEOMETRIES:
        yield _geometry(document, at or "shape 1", {})
    elif line:
        yield Refusal(at, "It is no GeoJSON.", EXPORT_AGAIN)
    else:
        raise UnreadableError(_no_geojson(document, kind))


def _no_geojson(document: Any, kind: Any) -> str:
    if kind == "Topology":
        return "It is TopoJSON, which shares edges between shapes. Export it as GeoJSON."
    if isinstance(document, dict) and ("rings" in document or "geometryType" in document):
        return "It is Esri's own JSON. Export it as GeoJSON."
    return f"It is JSON, but no GeoJSON. {EXPORT_AGAIN}"


def _feature(feature: Any, where: str) -> Drawn | Refusal:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return Refusal(where, "It is no GeoJSON feature.", EXPORT_AGAIN)
    said = feature.get("properties")
    attributes = _attributes(said) if isinstance(said, dict) else {}
    if "id" in feature and "id" not in attributes and isinstance(feature["id"], str | int):
        attributes["id"] = text_of(feature["id"])
    return _geometry(feature.get("geometry"), where, attributes)


def _attributes(said: dict[str, Any]) -> dict[str, str]:
    plain = {text_of(name): value for name, value in said.items() if not isinstance(value, dict | list)}
    return {name: text_of(value) for name, value in list(plain.items())[:MOST_COLUMNS]}


def _geometry(geometry: Any, where: str, attributes: dict[str, str]) -> Drawn | Refusal:
    if geometry is None:
        return Refusal(where, "It has no shape.", "Draw it here, or leave it out.")
    try:
        polygons, others = _polygons(geometry)
    except _NotDrawnError as error:
        return Refusal(where, str(error), EXPORT_AGAIN)
    if not polygons:
        what = f"It is a {others[0]}, no area." if others else "It has no shape."
        return Refusal(where, what, _DRAW_AS_AREA)
    left_out = f"Its {' and '.join(sorted(set(others)))} is left out; only areas are kept." if others else ""
    return Drawn(where, polygons, attributes, (left_out,) if left_out else ())


def _polygons(geometry: Any) -> tuple[tuple[Polygon, ...], list[str]]:
    """The areas of a geometry and the kinds of what else it holds. Raises _NotDrawnError."""
    if not isinstance(geometry, dict) or geometry.get("type") not in _GEOMETRIES:
        raise _NotDrawnError("Its shape is none that GeoJSON knows.")
    kind, coordinates = geometry["type"], geometry.get("coordinates")
    if kind == "GeometryCollection":
        inside = geometry.get("geometries")
        if not isinstance(inside, list):
            raise _NotDrawnError("Its collection lists no shapes.")
        found = [_polygons(one) for one in inside]
        return tuple(p for polygons, _ in found for p in polygons), [o for _, others in found for o in others]
    if kind not in ("Polygon", "MultiPolygon"):
        return (), [{"Point": "point", "LineString": "line"}.get(kind.removeprefix("Multi"), "shape")]
    if not isinstance(coordinates, list):
        raise _NotDrawnError("It lists no corners.")
    made = [_polygon(rings) for rings in ([coordinates] if kind == "Polygon" else coordinates)]
    return tuple(polygon for polygon in made if polygon), []


def _polygon(rings: Any) -> Polygon:
    if not isinstance(rings, list):
        raise _NotDrawnError("A part of it is no list of rings.")
    return tuple(_ring(ring) for ring in rings)


def _ring(ring: Any) -> Ring:
    if not isinstance(ring, list):
        raise _NotDrawnError("A ring of it is no list of corners.")
    try:
        spots = tuple((spot[0], spot[1]) for spot in ring)
    except (TypeError, IndexError, KeyError):
        raise _NotDrawnError("A corner of it is not [longitude, latitude].") from None
    if not all(type(value) in (int, float) for spot in spots for value in spot):
        raise _NotDrawnError("A corner of it is not a number.")
    try:
        return tuple((float(x), float(y)) for x, y in spots)
    except OverflowError:
        raise _NotDrawnError("A corner of it is not a number.") from None


def _heights(document: Any) -> bool:
    """Whether the first corner that is found has more than two numbers."""
    while isinstance(document, dict):
        inside = [document.get(name) for name in ("coordinates", "geometry", "features", "geometries")]
        document = next((one for one in inside if one), None)
        if isinstance(document, list) and document and isinstance(document[0], dict):
            document = document[0]
    while isinstance(document, list) and document and isinstance(document[0], list):
        document = document[0]
    return isinstance(document, list) and len(document) > 2


def write(fields: list[tuple[dict[str, str], Shape]]) -> bytes:
    """A FeatureCollection (RFC 7946): shells counterclockwise, the very numbers of each shape."""
    features = [
        {"type": "Feature", "properties": attributes, "geometry": to_geojson(_right_hand(shape))}
        for attributes, shape in fields
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _right_hand(shape: Shape) -> Shape:
    from leafdesk.files.winding import wound

    return wound(shape, shells_clockwise=False)
