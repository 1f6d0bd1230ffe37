"""How the sandbox says no: JHipster problem bodies as Leaf's transcripts show them."""

from typing import TYPE_CHECKING, Any

from leafdesk.geo.shape import NotAShapeError, Shape, from_geojson

if TYPE_CHECKING:
    from leafdesk.geo.check import Code

Json = dict[str, Any]
_TYPE = "https://www.jhipster.tech/problem/problem-with-message"
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
_OURS = ("ANTIMERIDIAN", "POLE")
"""Findings of `geo.check` that trouble only our map; Leaf takes such shapes."""


class Refused(Exception):  # noqa: N818 (an answer, not a failure of ours)
    """A request that Leaf answers with an error status; `body` is its problem document."""

    def __init__(self, status: int, title: str | None = None, **more: Any) -> None:
        super().__init__(status, title)
        self.status = status
        plain = {"title": title or _TITLES[status], "status": status, "message": f"error.http.{status}"}
        self.body: Json = {"type": _TYPE, **plain, **more}


def not_found() -> Refused:
    """404 for a record that is not there or belongs to another Leaf user."""
    return Refused(404)


def unreadable(why: str) -> Refused:
    """400 for a body that Leaf's parser stops at; such answers carry no errorKey."""
    return Refused(400, detail=f"JSON parse error: {why}")


def bad_request(why: str) -> Refused:
    """400 for values that make no sense together."""
    return Refused(400, why, message=why)


def field_exists(field_id: str) -> Refused:
    """400 for a field id in use (a transcript; not 409, and the vendor's spelling)."""
    title = f"You already have a field with id {field_id}. Please, chose other id"
    return Refused(
        400,
        title,
        entityName="fieldsField",
        errorKey="fieldAlreadyExists",
        message="error.fieldAlreadyExists",
        params="fieldsField",
    )


def invalid_geometry(title: str, where: tuple[float, float] | None) -> Refused:
    """400 in JTS's words, with the two spaces that Leaf's published sample has."""
    place = f"  at POINT ({where[0]} {where[1]})" if where else ""
    text = f"Invalid geometry: {title}{place}"
    return Refused(400, text, message=text, errorKey="invalidGeometry")


def accepted(geometry: Any) -> Shape:
    """The shape of a geometry that Leaf takes. Raises Refused with Leaf's verdict for any other.

    Parser faults (no geometry at all, rings not closed or too short) are told apart from JTS's verdicts, as Leaf does.
    """
    from leafdesk.geo.check import TITLES, problems  # shapely is slow to load

    if not isinstance(geometry, dict) or not isinstance(geometry.get("coordinates"), list):
        raise unreadable("geometry is missing or is no GeoJSON geometry")
    if geometry.get("type") != "MultiPolygon":
        raise invalid_geometry(TITLES["NOT_ALLOWED_GEOMETRY_TYPE"], None)
    try:
        shape = from_geojson(geometry)
    except NotAShapeError as error:
        if "not longitude and latitude" in str(error):
            raise invalid_geometry(TITLES["INVALID_COORDINATE"], None) from error
        raise unreadable(str(error)) from error
    for ring in (ring for polygon in shape for ring in polygon):
        _parse(ring)
    found = next((problem for problem in problems(shape) if problem.code not in _OURS), None)
    if found:
        raise invalid_geometry(found.title, found.where)
    return shape


def _parse(ring: tuple[tuple[float, float], ...]) -> None:
    if ring and ring[0] != ring[-1]:
        raise unreadable("Points of LinearRing do not form a closed linestring")
    if len(ring) < 4:
        raise unreadable(f"Invalid number of points in LinearRing (found {len(ring)} - must be 0 or >= 4)")


def verdict(shape: Shape) -> "Code | str":
    """Leaf's validity word for a boundary that a provider sent, however broken."""
    from leafdesk.geo.check import problems

    return next((problem.code for problem in problems(shape) if problem.code not in _OURS), "VALID")
