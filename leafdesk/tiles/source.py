"""Maps that a server gives tile by tile: where they lie, and what may be done with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from leafdesk.geo.shape import Box
from leafdesk.tiles.tile import DEEPEST, SIDES, WHOLE_WORLD, About, Tile, UnreadableError

Bulk = Literal["allowed", "ask", "never"]
"""Whether whole areas may be downloaded: the terms say yes; whoever uses it has to know the terms; the terms say no."""

LONGEST = 2000
_MARK = re.compile(r"\{([^{}]*)\}")
_KNOWN = {"z", "x", "y", "-y"}
NEVER = {
    "openstreetmap.org": "The servers of OpenStreetMap live on donations, and their tile usage policy forbids to "
    "download areas for later.",
    "google.com": "Google's terms forbid to keep its maps.",
    "googleapis.com": "Google's terms forbid to keep its maps.",
    "virtualearth.net": "Microsoft's terms forbid to keep its maps.",
    "mapbox.com": "Mapbox's terms forbid to download areas from its servers.",
    "arcgisonline.com": "Esri's terms allow this only from its servers for export.",
}
"""Hosts (with all below them) whose terms forbid to download areas, whatever a user says; and what to say then."""


@dataclass(frozen=True, slots=True)
class Source:
    """A tile server. `template` may hold a key of the user's, so it is in no message and no repr.

    `{z}`, `{x}` and `{y}` stand for zoom, column and row from the north; `{-y}` for the row from the south (TMS).
    """

    name: str
    template: str = field(repr=False)
    attribution: str
    licence: str = ""
    terms: str = ""
    """The page on which the terms can be read."""
    bulk: Bulk = "ask"
    lowest: int = 0
    highest: int = 19
    side: int = 256
    box: Box = WHOLE_WORLD

    @property
    def host(self) -> str:
        """The server's name, for the user to read."""
        return urlsplit(self.template).hostname or ""

    @property
    def about(self) -> About:
        """What is known of the map."""
        zooms, said = (self.lowest, self.highest), (self.attribution, self.licence)
        return About(self.name, "Web", "", self.side, *zooms, self.box, *said)

    def url(self, tile: Tile) -> str:
        """Where a tile lies."""
        south = (1 << tile.zoom) - 1 - tile.row
        numbers = {"z": tile.zoom, "x": tile.column, "y": tile.row, "-y": south}
        return _MARK.sub(lambda mark: str(numbers[mark[1]]), self.template)

    @property
    def why_no_download(self) -> str:
        """Why areas of it must not be downloaded; "" when the terms allow it, or the user has to know."""
        why = next((why for host, why in NEVER.items() if f".{self.host}".endswith(f".{host}")), "")
        return why or ("The terms of this map do not allow to download areas." if self.bulk == "never" else "")


def checked(source: Source) -> Source:
    """The source, if it can be asked. Raises UnreadableError, which does not repeat the address."""
    wrong = _wrong_address(source.template)
    if not wrong and not source.name.strip():
        wrong = "Give the map a name."
    if not wrong and not source.attribution.strip():
        wrong = "Say whose map it is: makers of maps ask for their name on it."
    if not wrong and not 0 <= source.lowest <= source.highest <= DEEPEST:
        wrong = f"Zooms go from 0 to {DEEPEST}, the farthest first."
    if not wrong and source.side not in SIDES:
        wrong = "Tiles are 256 or 512 pixels wide."
    if wrong:
        raise UnreadableError(wrong)
    return source


def _wrong_address(template: str) -> str:
    if len(template) > LONGEST or not re.fullmatch(r"[!-~]+", template):
        return "The address is empty, too long, or holds letters that no address has."
    marks = set(_MARK.findall(template))
    if not ({"z", "x"} <= marks and marks & {"y", "-y"}) or not marks <= _KNOWN:
        return "The address needs {z}, {x} and {y} (or {-y}) where zoom, column and row belong, and no other braces."
    try:
        parts = urlsplit(template)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "The address is not one that a server can have."
    if not host or "{" in parts.netloc:
        return "The address has no server's name in it."
    if parts.username is not None or parts.password is not None:
        return "The address holds a user name or password; servers of maps take a key as a part of the path instead."
    if parts.scheme == "https" or (parts.scheme == "http" and loopback(host)):
        return ""
    return "The address must begin with https://; plain http is for this computer only."


def loopback(host: str) -> bool:
    """Whether the host is this computer."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


SUGGESTED = (
    Source(
        "OpenStreetMap",
        "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        "© OpenStreetMap contributors",
        "ODbL 1.0",
        "https://operations.osmfoundation.org/policies/tiles/",
        "never",
    ),
    Source(
        "USGS imagery (United States)",
        "https://basemap.nationalmap.gov/arcgis/rest/services/USGSImageryOnly/MapServer/tile/{z}/{y}/{x}",
        "USGS The National Map",
        "Public domain",
        "https://www.usgs.gov/information-policies-and-instructions/copyrights-and-credits",
        highest=16,
        box=(-179.9, 17.5, -64.0, 71.6),
    ),
    Source(
        "PDOK aerial photos (Netherlands)",
        "https://service.pdok.nl/hwh/luchtfotorgb/wmts/v1_0/Actueel_orthoHR/EPSG:3857/{z}/{x}/{y}.jpeg",
        "© Beeldmateriaal.nl",
        "CC BY 4.0",
        "https://www.pdok.nl/introductie/-/article/pdok-luchtfoto-rgb-open-",
        box=(3.2, 50.7, 7.3, 53.6),
    ),
)
"""Maps to begin with. Nothing is asked of any of them before somebody chose it."""
