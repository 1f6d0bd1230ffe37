"""From what a file has drawn to plots of ground: placed, closed, checked, measured; or to the reason why not."""

import math
from collections.abc import Iterable, Iterator

from leafdesk.files.found import EXPORT_AGAIN, Drawn, Layer, Plot, Reading, Refusal, Tell, UnplacedError
from leafdesk.files.ground import WGS84, Ground, ground
from leafdesk.files.limits import MOST_CORNERS
from leafdesk.geo.check import problems
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Polygon, Position, Ring, Shape, rings

_NAMES = (
    "name", "field_name", "fieldname", "field", "fld_name", "fieldlabel", "label", "title", "plot", "parcel", "block",
    "schlag", "schlagname", "schlagbez", "feld", "feldname", "bezeichnung", "parcelle", "nom", "nombre", "parcela",
    "talhao", "talhão", "gleba", "perceel", "naam", "marknr", "lauks", "pole", "поле",
)  # fmt: skip
_NUMBERS = ("field_id", "fieldid", "parcel_id", "id", "fid")
"""What other programs call a field's name, the likeliest first."""
_DO_PLACE = "Name the reference system by its code, such as EPSG:25832, or export in WGS 84."


def plots(file: str, kind: str, layers: Iterable[Layer], *, crs: str | None, swap: bool | None, tell: Tell) -> Reading:
    """One Reading of all layers. `crs` stands in for what the file says, `swap` for what is seen of the axes.

    Raises UnplacedError when no number of the file can be degrees and nothing says what else they are.
    """
    layers = list(layers)
    total = sum(len(layer.items) for layer in layers)
    kept, refused, notes, words = list[Plot](), list[Refusal](), list[str](), list[str]()
    swapped = False
    done = 0
    for layer in layers:
        on = ground(crs) if crs else ground(layer.ground) if layer.ground else Ground(WGS84)
        turned = _latitude_first(layer, on, bool(crs or layer.ground)) if swap is None else swap
        swapped |= turned
        notes += [*layer.notes, *on.notes]
        if not crs and not layer.ground and not layer.degrees:
            notes.append("The file names no reference system; its numbers fit WGS 84 longitude and latitude.")
        if turned:
            notes.append("Latitude stands before longitude in this file; the two were exchanged.")
        words.append(on.words)
        for item in layer.items:
            found = _looked_at(item, on, turned) if isinstance(item, Drawn) else item
            kept += [found] if isinstance(found, Plot) else []
            refused += [found] if isinstance(found, Refusal) else []
            done += 1
            if done % 64 == 0:
                tell(done, total)
    tell(total, total)
    columns = list(dict.fromkeys(name for plot in kept for name in plot.attributes))
    where = "; ".join(dict.fromkeys(words)) or WGS84
    notes = list(dict.fromkeys(notes))
    return Reading(file, kind, kept, refused, notes, where, columns, _name_column(columns, kept), swapped)


def _latitude_first(layer: Layer, on: Ground, named: bool) -> bool:
    """Whether the numbers only make sense with latitude first. Raises UnplacedError when they never do."""
    drawn = (item for item in layer.items if isinstance(item, Drawn))
    spots = [spot for item in drawn if (spot := _extremes(item.polygons)) is not None]
    if on.way is not None or not spots:
        return False
    straight = sum(x <= 180 and y <= 90 for x, y in spots)
    turned = sum(y <= 180 and x <= 90 for x, y in spots)
    if max(straight, turned) * 2 < len(spots) and sum(max(spot) > 360 for spot in spots) * 2 > len(spots):
        x, y = next(spot for spot in spots if max(spot) > 360)
        said = "though it is said to be in degrees" if named or layer.degrees else "and names no reference system"
        raise UnplacedError(f"The file holds numbers like {x:.0f} and {y:.0f}, no degrees, {said}. {_DO_PLACE}")
    return turned > straight


def _extremes(polygons: tuple[Polygon, ...]) -> Position | None:
    """The largest |x| and |y|; None for a feature without usable numbers."""
    spots = [spot for polygon in polygons for ring in polygon for spot in ring]
    if not spots or not all(math.isfinite(x) and math.isfinite(y) for x, y in spots):
        return None
    return max(abs(x) for x, _ in spots), max(abs(y) for _, y in spots)


def _looked_at(drawn: Drawn, on: Ground, turned: bool) -> Plot | Refusal:
    corners = sum(len(ring) for polygon in drawn.polygons for ring in polygon)
    if corners > MOST_CORNERS:
        what = f"It has {corners:,} corners; a field here has at most {MOST_CORNERS:,}."
        return Refusal(drawn.where, what, "Simplify it in the program it comes from.")
    if not all(math.isfinite(value) for ring in rings(drawn.polygons) for spot in ring for value in spot):
        return Refusal(drawn.where, "A corner of it is not a number.", EXPORT_AGAIN)
    polygons = _exchanged(drawn.polygons) if turned else drawn.polygons
    shape, closed = _closed(on.polygons(polygons))
    if not all(abs(x) <= 180 and abs(y) <= 90 for ring in rings(shape) for x, y in ring):
        return Refusal(drawn.where, "A corner of it lies nowhere on Earth.", _DO_PLACE)
    wrong = problems(shape)
    if wrong:
        spot = wrong[0].where
        at = f" At {spot[1]:.6f}, {spot[0]:.6f}." if spot else ""
        shown = shape if shape and all(len(ring) > 2 for ring in rings(shape)) else None
        return Refusal(drawn.where, f"{wrong[0].message}{at}", "Mend it in the program it comes from.", shown)
    remarks = (*drawn.remarks, *(["Its outline was left open; it is closed here."] if closed else []))
    return Plot(drawn.where, shape, area_ha(shape), drawn.attributes, remarks)


def _exchanged(polygons: tuple[Polygon, ...]) -> tuple[Polygon, ...]:
    return tuple(tuple(tuple((y, x) for x, y in ring) for ring in polygon) for polygon in polygons)


def _closed(shape: Shape) -> tuple[Shape, bool]:
    """The shape with every ring closed, and whether one had to be."""
    open_ = any(len(ring) > 2 and ring[0] != ring[-1] for ring in rings(shape))
    return (tuple(tuple(_ring(ring) for ring in polygon) for polygon in shape), True) if open_ else (shape, False)


def _ring(ring: Ring) -> Ring:
    return (*ring, ring[0]) if len(ring) > 2 and ring[0] != ring[-1] else ring


def _name_column(columns: list[str], kept: list[Plot]) -> str | None:
    """The attribute that looks most like the fields' names: called so, else words that differ from field to field."""

    def said(column: str) -> list[str]:
        return [text for plot in kept if (text := plot.attributes.get(column, ""))]

    by_name = {column.casefold(): column for column in reversed(columns)}
    for likely in _NAMES:
        if likely in by_name and len(said(by_name[likely])) * 2 > len(kept):
            return by_name[likely]
    for column in columns:
        texts = said(column)
        if len(texts) * 2 > len(kept) and len(set(texts)) * 2 > len(texts) and any(map(_worded, texts)):
            return column
    return next((by_name[likely] for likely in _NUMBERS if likely in by_name), None)


def _worded(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def grouped(refusals: Iterable[Refusal]) -> Iterator[tuple[str, str, list[str]]]:
    """Refusals for the same reason together: (what, what to do, where everywhere)."""
    groups: dict[tuple[str, str], list[str]] = {}
    for refusal in refusals:
        groups.setdefault((refusal.what, refusal.do), []).append(refusal.where)
    return ((what, do, where) for (what, do), where in groups.items())
