"""Seeds the sandbox with real parcels from a file of GeoJSON lines, gzipped or not."""

import gzip
import json
import random
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leafdesk.geo.shape import Box, NotAShapeError, Shape, box, from_geojson
from leafdesk.sandbox import words
from leafdesk.sandbox.ledger import Change
from leafdesk.sandbox.records import FarmPlan, FieldPlan, GrowerPlan, UserPlan, records
from leafdesk.sandbox.refusals import verdict

_FIELDS_PER_FARM = 30
_SOURCES = (None, None, "JohnDeere", None, "CNHI", None, "Trimble")


class ParcelFileError(ValueError):
    """The file cannot be read as parcels; the message says where and why."""


@dataclass(frozen=True, slots=True)
class _Parcel:
    shape: Shape
    box: Box
    source: str
    name: str | None


def read_parcels(path: Path, *, seed: int = 1) -> list[Change]:
    """Records for every parcel of the file: a Leaf user per folder of sources, a grower per source, farms by nearness.

    `src` of a feature's properties names its source (the file itself where it is missing), `name` the field. Parcels
    that Leaf would refuse come as a provider's, with the validity Leaf would give them.
    Raises ParcelFileError and OSError.
    """
    rng = random.Random(seed)
    sources: defaultdict[str, list[_Parcel]] = defaultdict(list)
    for parcel in _parcels(path):
        sources[parcel.source].append(parcel)
    users: dict[str, UserPlan] = {}
    farm_names = words.farm_names(rng)
    for n, (source, parcels) in enumerate(sources.items()):
        folder, _, rest = source.partition("/")
        user = users.setdefault(folder, UserPlan(folder, f"user-{len(users) + 1}"))
        provider = _SOURCES[n % len(_SOURCES)]
        grower = GrowerPlan(_title(rest or folder), provider)
        user.growers.append(grower)
        for near in _neighbourhoods(parcels):
            names = words.field_names(rng)
            plans = [_field(parcel, next(names), provider, rng) for parcel in near]
            grower.farms.append(FarmPlan(next(farm_names), provider, plans))
    return records(list(users.values()), seed)


def _field(parcel: _Parcel, name: str, provider: str | None, rng: random.Random) -> FieldPlan:
    validity = verdict(parcel.shape)
    own = validity == "VALID" and (provider is None or rng.random() < 0.25)
    plan = FieldPlan(parcel.shape, parcel.name or name, None if own else provider or "JohnDeere", validity=validity)
    plan.preview = not own and validity == "VALID" and rng.random() < 0.05
    return plan


def _parcels(path: Path) -> Iterator[_Parcel]:
    with path.open("rb") as start:
        packed = start.read(2) == b"\x1f\x8b"
    number = 0
    with gzip.open(path, "rb") if packed else path.open("rb") as file:
        try:
            for line in file:
                number += 1
                text = line.strip(b"\x1e \t\r\n")  # RFC 8142 begins each text with a record separator
                if text:
                    yield _parcel(json.loads(text), path.name.partition(".")[0])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ParcelFileError(f"{path}, line {number}: no GeoJSON feature with a polygon ({error})") from error
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ParcelFileError(f"{path} is damaged after line {number} ({error})") from error


def _parcel(feature: dict[str, Any], file: str) -> _Parcel:
    properties = feature.get("properties") or {}
    shape = from_geojson(feature["geometry"])
    if not shape:
        raise NotAShapeError("a MultiPolygon without polygons")
    name = properties.get("name")
    return _Parcel(shape, box(shape), str(properties.get("src") or file), name if isinstance(name, str) else None)


def _neighbourhoods(parcels: list[_Parcel]) -> list[list[_Parcel]]:
    """The parcels in groups of about a farm's size, halved along the longer way until they are."""
    if len(parcels) <= _FIELDS_PER_FARM:
        return [parcels]
    wide, high = (
        max(parcel.box[n + 2] for parcel in parcels) - min(parcel.box[n] for parcel in parcels) for n in (0, 1)
    )
    axis = 0 if wide > high else 1
    ordered = sorted(parcels, key=lambda parcel: parcel.box[axis])
    return _neighbourhoods(ordered[: len(ordered) // 2]) + _neighbourhoods(ordered[len(ordered) // 2 :])


def _title(source: str) -> str:
    """A readable name of a source: the last two parts of its path without file endings."""
    parts = [part.partition(".")[0].replace("_", " ") for part in source.split("/")]
    return " · ".join(parts[-2:])
