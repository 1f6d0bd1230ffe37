"""KML and KMZ: placemarks, folders, what is said of them; and traps."""

from pathlib import Path

import pytest

from leafdesk.files.found import UnreadableError
from tests.files.made import HOLE, SQUARE, kml, placemark, put, read_text, zipped


def test_placemarks_give_shapes_names_folders_and_data(tmp_path: Path) -> None:
    data = '<ExtendedData><Data name="crop"><value>Rye</value></Data></ExtendedData>'
    inside = f"<Folder><name>Mill Farm</name>{placemark('North &amp; 40', more=data)}</Folder>{placemark('B')}"
    found = read_text(tmp_path, "farm.kml", kml(inside))
    assert [plot.shape for plot in found.plots] == [((SQUARE,),), ((SQUARE,),)]
    assert found.plots[0].attributes == {"name": "North & 40", "folder": "Mill Farm", "crop": "Rye"}
    assert found.plots[1].attributes == {"name": "B"}
    assert (found.format, found.name_column) == ("KML", "name")


def test_holes_stay_holes_whatever_stands_first(tmp_path: Path) -> None:
    def side(name: str, ring: tuple[tuple[float, float], ...]) -> str:
        corners = " ".join(f"{x},{y}" for x, y in ring)
        return f"<{name}><LinearRing><coordinates>{corners}</coordinates></LinearRing></{name}>"

    inside = side("innerBoundaryIs", HOLE) + side("outerBoundaryIs", SQUARE)
    found = read_text(tmp_path, "a.kml", kml(f"<Placemark><Polygon>{inside}</Polygon></Placemark>"))
    assert found.plots[0].shape == ((SQUARE, HOLE),)
    alone = kml(f"<Placemark><Polygon>{side('innerBoundaryIs', HOLE)}</Polygon></Placemark>")
    assert "no outline" in read_text(tmp_path, "b.kml", alone).refusals[0].what


def test_several_areas_of_a_placemark_are_one_field(tmp_path: Path) -> None:
    area = placemark("x").split("</name>")[1].removesuffix("</Placemark>")
    far = area.replace("10.", "11.")
    found = read_text(tmp_path, "m.kml", kml(f"<Placemark><MultiGeometry>{area}{far}</MultiGeometry></Placemark>"))
    assert len(found.plots[0].shape) == 2


def test_points_and_lines_are_refused_and_links_only_told(tmp_path: Path) -> None:
    inside = (
        "<Placemark><name>Gate</name><Point><coordinates>1,2</coordinates></Point></Placemark>"
        "<Placemark><LineString><coordinates>1,2 3,4</coordinates></LineString></Placemark>"
        "<NetworkLink><Link><href>http://192.0.2.1/more.kml</href></Link></NetworkLink>" + placemark("A")
    )
    found = read_text(tmp_path, "p.kml", kml(inside))
    assert [(r.where, r.what) for r in found.refusals] == [
        ("placemark 1 (Gate)", "It is a point, no area."),
        ("placemark 2", "It is a line, no area."),
    ]
    assert len(found.plots) == 1
    assert any("points to 1 more" in note for note in found.notes)


def test_damaged_coordinates_cost_one_placemark(tmp_path: Path) -> None:
    bad = placemark("Bad").replace("10.01,50.0,12", "ten,50.0", 1)
    found = read_text(tmp_path, "d.kml", kml(bad + placemark("Good")))
    assert [plot.attributes["name"] for plot in found.plots] == ["Good"]
    assert found.refusals[0].where == "placemark 1 (Bad)"


@pytest.mark.parametrize(
    "trap",
    [
        '<!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><kml>&b;</kml>',
        '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/hostname">]><kml>&x;</kml>',
        '<!DOCTYPE kml SYSTEM "http://192.0.2.1/kml.dtd"><kml/>',
        "<!DOCTYPE kml><kml/>",
    ],
)
def test_entities_are_refused_outright(tmp_path: Path, trap: str) -> None:
    with pytest.raises(UnreadableError, match="DTD"):
        read_text(tmp_path, "trap.kml", trap)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<kml><Document>", "no XML: no element found in line 1"),
        ("<html><body/></html>", "no KML: it begins with <html>"),
        ("<kml>" + "<Folder>" * 200, "nested more than"),
        ('<?xml version="1.0" encoding="klingon"?><kml/>', "encoding|unknown encoding"),
        ("<kml>&nbsp;</kml>", "undefined entity"),
    ],
)
def test_what_is_no_kml_says_why(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read_text(tmp_path, "bad.kml", text)


def test_a_kmz_gives_every_document_in_it(tmp_path: Path) -> None:
    one, two = kml(placemark("A")).encode(), kml(placemark("B")).encode()
    found = read_text(tmp_path, "farm.kmz", zipped({"doc.kml": one, "more/b.kml": two, "icon.png": b"x"}))
    assert [plot.where for plot in found.plots] == ["doc.kml, placemark 1 (A)", "more/b.kml, placemark 1 (B)"]


def test_a_file_is_known_by_what_it_holds(tmp_path: Path) -> None:
    from leafdesk.files.formats import read

    assert read(put(tmp_path, "really.json", kml(placemark("A")))).format == "KML"
