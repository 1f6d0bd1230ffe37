"""Read a field's boundary from a GeoJSON file, or say what is wrong with it and where."""

import json
from pathlib import Path
from typing import Any, NoReturn

from leafdesk.cli.desk import BadInputError
from leafdesk.geo.shape import NotAShapeError, Shape, from_geojson

LARGEST = 32 << 20
"""Bytes. A boundary of a million corners fits in; what is larger is no boundary."""

_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")


def read_boundary(path: Path) -> Shape:
    """The shape in a GeoJSON geometry, a Feature, or a collection of one feature (RFC 7946).

    Raises BadInputError naming the file and the spot when it cannot be read, is too large, is no JSON, holds no single
    (Multi)Polygon in longitude and latitude, or holds a boundary that Leaf would refuse.
    """
    geometry = _geometry(_json(path), path)
    try:
        shape = from_geojson(geometry)
    except NotAShapeError as error:
        raise BadInputError(f"{path}: {error}.") from error
    _check(shape, path)
    return shape


def _check(shape: Shape, path: Path) -> None:
    from leafdesk.geo import check

    found = check.problems(shape)
    if found:
        told = [
            f"{problem.code}: {problem.message}"
            + (f" At longitude {problem.where[0]}, latitude {problem.where[1]}." if problem.where else "")
            for problem in found[:5]
        ]
        raise BadInputError(f"{path}: Leaf would refuse this boundary. " + " ".join(told))


def _json(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror}.") from error
    if len(raw) > LARGEST:
        raise BadInputError(f"{path} is larger than {LARGEST >> 20} MB: too large for one boundary.")
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is no text in UTF-8 (byte {error.start}).") from error
    except json.JSONDecodeError as error:
        raise BadInputError(f"{path} is no JSON: {error.msg} in line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise BadInputError(f"{path} is no GeoJSON: it is nested too deeply.") from error
    except ValueError as error:
        raise BadInputError(f"{path} is no GeoJSON: {error}.") from error


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number")


def _geometry(document: Any, path: Path) -> Any:
    if not isinstance(document, dict):
        raise BadInputError(f"{path} is no GeoJSON: it holds no object.")
    _check_crs(document, path)
    if document.get("type") == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list) or len(features) != 1:
            count = len(features) if isinstance(features, list) else 0
            raise BadInputError(f"{path} holds {count} features; a boundary is exactly one.")
        document = features[0]
    if isinstance(document, dict) and document.get("type") == "Feature":
        document = document.get("geometry")
    return document


def _check_crs(document: dict[str, Any], path: Path) -> None:
    """GeoJSON before RFC 7946 could name another reference system; such numbers are no longitude and latitude."""
    crs = document.get("crs")
    name = str((crs.get("properties") or {}).get("name", "")) if isinstance(crs, dict) else ""
    if name and not name.upper().endswith(_WGS84):
        raise BadInputError(f"{path} is in {name}; a boundary needs longitude and latitude in WGS 84.")
