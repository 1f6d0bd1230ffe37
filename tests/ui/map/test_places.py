"""Names of towns on the bare ground: where they lie, and that they keep apart."""

import pytest
from PySide6.QtGui import QImage

from leafdesk.geo.view import View, world
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.places import FARTHEST, NEAREST, places


@pytest.mark.parametrize(
    ("name", "lonlat"),
    [
        ("Chicago", (-87.65, 41.85)),
        ("Kyiv", (30.52, 50.43)),
        ("Sao Paulo", (-46.62, -23.53)),
        ("Port-au-Prince", (-72.33, 18.53)),
        ("New Salem", (-101.41, 46.84)),
    ],
)
def test_a_town_lies_where_it_is(name: str, lonlat: tuple[float, float]) -> None:
    (place,) = [one for one in places() if one.name == name]
    assert (place.x, place.y) == pytest.approx(world(lonlat), abs=1e-4)


def test_names_keep_apart_at_every_zoom() -> None:
    assert len(places()) > 400 and {one.zoom for one in places()} <= set(range(FARTHEST, NEAREST + 1))
    for zoom in range(FARTHEST, NEAREST):
        shown = [(one.x * 256 * 2**zoom, one.y * 256 * 2**zoom) for one in places() if one.zoom <= zoom]
        pairs = ((a, b) for n, a in enumerate(shown) for b in shown[:n])
        assert len(shown) > 20 and not [1 for a, b in pairs if abs(a[0] - b[0]) < 119 and abs(a[1] - b[1]) < 35]


def test_the_bare_map_shows_them_and_a_farm_is_not_in_their_way(canvas: MapCanvas) -> None:
    def looks(zoom: float) -> QImage:
        canvas.view = View((-104.98, 39.74), zoom, 800, 600)
        canvas.settle()
        return canvas.grab().toImage()

    def inks(image: QImage) -> int:
        dark = canvas.colours.ground.lightness() - 60
        return sum(image.pixelColor(x, y).lightness() < dark for x in range(380, 480) for y in range(285, 315))

    assert inks(looks(5.0)) > 40  # Denver
    assert inks(looks(14.0)) == 0
