"""From a file's reference system to longitude and latitude on WGS 84."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leafdesk.files.found import UnreadableError

if TYPE_CHECKING:
    from pyproj import CRS, Transformer

    from leafdesk.geo.shape import Polygon, Ring

WGS84 = "WGS 84 (EPSG:4326)"
_CODE = re.compile(r"(?:urn:(?:x-)?ogc:def:crs:)?(EPSG|ESRI|OGC|IGNF)(?:::|:[\d.]*:|:)(\w+)", re.IGNORECASE)
_LONGEST_WKT = 20_000
_COARSE_M = 1.0
"""A transformation that is worse than this is told."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A reference system: in words, how to leave it (None: it is WGS 84 already), and what to tell about that."""

    words: str
    way: Transformer | None = None
    notes: tuple[str, ...] = ()

    def polygons(self, polygons: tuple[Polygon, ...]) -> tuple[Polygon, ...]:
        """The polygons in longitude and latitude; the very same when they are already. Where there is no way: inf."""
        if self.way is None:
            return polygons
        return tuple(tuple(self._ring(ring) for ring in polygon) for polygon in polygons)

    def _ring(self, ring: Ring) -> Ring:
        assert self.way is not None
        if not ring:
            return ring
        lons, lats = self.way.transform([x for x, _ in ring], [y for _, y in ring])
        return tuple(zip(map(float, lons), map(float, lats), strict=True))


def ground(named: str) -> Ground:
    """The reference system of a code ("EPSG:28992", also as URN) or of WKT (what a .prj file holds).

    Raises UnreadableError when there is no such system, or none on this Earth's surface.
    """
    from pyproj import CRS
    from pyproj.exceptions import ProjError
    from pyproj.network import set_network_enabled  # type: ignore[attr-defined]

    set_network_enabled(False)
    code = _CODE.fullmatch(named.strip())
    try:
        if code:
            return _on(_coded(CRS, code[1].upper(), code[2]))
        if len(named) > _LONGEST_WKT or "[" not in named:
            raise _unknown(named)
        return _on(CRS.from_wkt(named))
    except (ProjError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise _unknown(named) from error


def _coded(crs: type[CRS], authority: str, code: str) -> CRS:
    lon_lat = authority == "OGC" and code.upper() == "CRS84"
    return crs.from_epsg(4326) if lon_lat else crs.from_authority(authority, code)


def _unknown(named: str) -> UnreadableError:
    short = " ".join(named.split())[:60]
    return UnreadableError(
        f"The reference system “{short}” is not known. Name it by its code, such as EPSG:25832, or export in WGS 84."
    )


def _on(crs: CRS) -> Ground:
    named = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    known = named.to_authority(min_confidence=70)
    if known is not None:  # its official twin knows datum shifts that a .prj does not tell
        named = type(crs).from_authority(*known)
    words = f"{named.name} ({':'.join(known)})" if known else named.name
    if not (named.is_geographic or named.is_projected or named.is_compound):
        raise UnreadableError(f"The reference system “{words}” has no place on the ground. Export in WGS 84.")
    if known in (("EPSG", "4326"), ("OGC", "CRS84"), ("EPSG", "4979")):
        return Ground(WGS84)
    return _to_wgs84(named, words)


def _to_wgs84(crs: CRS, words: str) -> Ground:
    from pyproj.transformer import TransformerGroup

    try:
        ways = TransformerGroup(crs, "EPSG:4326", always_xy=True)
        way = ways.transformers[0]
    except IndexError:  # also out of pyproj itself, for a projection that PROJ does not know
        raise UnreadableError(f"There is no way from “{words}” to WGS 84 here. Export in WGS 84.") from None
    metres = way.accuracy
    notes = [f"The positions were turned from {words} into WGS 84."]
    if not ways.best_available and (metres < 0 or metres > _COARSE_M):
        how = f"about {metres:g} m" if metres > 0 else "an unknown distance"
        notes.append(f"The finest way to do that needs a grid that is not here; positions may be off by {how}.")
    return Ground(words, way, tuple(notes))
