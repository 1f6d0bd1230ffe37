"""Shapefiles: rings into parts and holes, tables in any encoding, reference systems, damage."""

import struct
from pathlib import Path

import pytest

from leafdesk.files import dbf, shapefile
from leafdesk.files.found import UnplacedError, UnreadableError
from leafdesk.geo.measure import area_ha
from tests.files.made import FIELD, HOLE, SQUARE, put, read_text, shp, table, zipped

CW = tuple(reversed(SQUARE))
FAR = tuple((x + 1, y) for x, y in CW)
CCW_HOLE = tuple(reversed(HOLE))
RD = 'PROJCS["RD_New",GEOGCS["GCS_Amersfoort",DATUM["D_Amersfoort",SPHEROID["Bessel_1841",6377397.155,299.1528128]],\
PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Double_Stereographic"],\
PARAMETER["False_Easting",155000.0],PARAMETER["False_Northing",463000.0],PARAMETER["Central_Meridian",5.38763888888889],\
PARAMETER["Scale_Factor",0.9999079],PARAMETER["Latitude_Of_Origin",52.1561605555556],UNIT["Meter",1.0]]'


def test_holes_go_into_the_part_around_them(tmp_path: Path) -> None:
    found = read_text(tmp_path, "f.shp", shp([[FAR, CW, CCW_HOLE]]))
    assert found.plots[0].shape == ((FAR,), (CW, CCW_HOLE))
    assert found.plots[0].area_ha == pytest.approx(2 * area_ha(((CW,),)) - area_ha(((HOLE,),)), rel=1e-9)


def test_rings_wound_the_wrong_way_are_sorted_by_nesting(tmp_path: Path) -> None:
    found = read_text(tmp_path, "f.shp", shp([[SQUARE, CCW_HOLE]]))
    assert found.plots[0].shape == ((SQUARE, CCW_HOLE),)


def test_a_hole_in_no_part_is_taken_as_a_part_and_told(tmp_path: Path) -> None:
    astray = tuple((x + 3, y) for x, y in CCW_HOLE)
    found = read_text(tmp_path, "f.shp", shp([[CW, FAR, astray]]))
    assert len(found.plots[0].shape) == 3
    assert "taken as a part" in found.plots[0].remarks[0]


def test_siblings_tell_names_encoding_and_ground(tmp_path: Path) -> None:
    metres = tuple((120000.0 + dx, 490000.0 + dy) for dx, dy in ((0, 0), (0, 500), (500, 500), (500, 0), (0, 0)))
    put(tmp_path, "Farm.DBF", table(["NAAM", "GEWAS"], [["Häßlich", "Mais"]]))
    put(tmp_path, "Farm.prj", RD)
    put(tmp_path, "Farm.cpg", "UTF-8")
    found = read_text(tmp_path, "Farm.shp", shp([[metres]]))
    assert found.plots[0].attributes == {"NAAM": "Häßlich", "GEWAS": "Mais"}
    assert found.name_column == "NAAM"
    assert found.ground == "Amersfoort / RD New (EPSG:28992)"
    assert found.plots[0].shape[0][0][0] == (pytest.approx(4.872975407, abs=1e-6), pytest.approx(52.39672514, abs=1e-6))


def test_without_prj_degrees_are_told_and_metres_asked_about(tmp_path: Path) -> None:
    found = read_text(tmp_path, "f.shp", shp([[CW]]))
    assert any("names no reference system" in note for note in found.notes)
    assert any("no .dbf" in note for note in found.notes)
    metres = tuple((x * 1e5, y * 1e5) for x, y in CW)
    with pytest.raises(UnplacedError):
        read_text(tmp_path, "m.shp", shp([[metres]]))


def test_records_without_shape_and_of_other_kinds_are_refused(tmp_path: Path) -> None:
    found = read_text(tmp_path, "f.shp", shp([[CW], [], [CW]]))
    assert [plot.where for plot in found.plots] == ["record 1", "record 3"]
    assert [(r.where, r.what) for r in found.refusals] == [("record 2", "It has no shape.")]
    lines = read_text(tmp_path, "l.shp", shp([[CW]], kind=3))
    assert lines.refusals[0].what == "It is a line, no area."


def test_a_cut_off_file_keeps_what_is_whole(tmp_path: Path) -> None:
    whole = shp([[CW], [FAR]])
    found = read_text(tmp_path, "f.shp", whole[:-20])
    assert len(found.plots) == 1
    assert "cut off" in found.refusals[0].what


def test_counts_that_lie_are_refused(tmp_path: Path) -> None:
    raw = bytearray(shp([[CW]]))
    struct.pack_into("<i", raw, 108 + 40, 1 << 30)
    assert "damaged" in read_text(tmp_path, "f.shp", bytes(raw)).refusals[0].what
    with pytest.raises(UnreadableError, match="no Shapefile"):
        read_text(tmp_path, "g.shp", b"\0\0\x27\x0a short")


def test_an_index_that_lies_is_not_believed(tmp_path: Path) -> None:
    put(tmp_path, "f.shx", bytes(100) + struct.pack(">ii", 1 << 28, 8))
    assert len(read_text(tmp_path, "f.shp", shp([[CW], [FAR]])).plots) == 2


def test_several_shapefiles_in_a_zip_are_all_read_and_a_bad_one_told(tmp_path: Path) -> None:
    files = {"a/One.shp": shp([[CW]]), "a/One.dbf": table(["NAME"], [["Eins"]]), "b.SHP": shp([[FAR]]), "c.shp": b"?"}
    found = read_text(tmp_path, "both.zip", zipped(files))
    assert [plot.where for plot in found.plots] == ["a/One.shp, record 1", "b.SHP, record 1"]
    assert found.plots[0].attributes == {"NAME": "Eins"}
    assert [r.where for r in found.refusals] == ["c.shp"]


def test_a_part_alone_names_the_part_to_open(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"Open the \.shp"):
        read_text(tmp_path, "f.dbf", table(["A"], [["b"]]))


def encoded(text: str, encoding: str, mark: int = 0) -> bytes:
    raw = bytearray(table(["NAME"], [["?" * len(text.encode(encoding))]]))
    raw[29] = mark
    return bytes(raw).replace(b"?" * len(text.encode(encoding)), text.encode(encoding))


@pytest.mark.parametrize(
    ("text", "encoding", "mark", "code_page"),
    [
        ("Müller", "cp1252", 0x57, None),
        ("田地", "gbk", 0x4D, None),
        ("Поле", "cp1251", 0, b"1251\r\n"),
        ("Łąka", "iso-8859-2", 0, b"88592"),
        ("밭", "cp949", 0, b"949"),
        ("Größe", "utf-8", 0x57, b"UTF-8"),
        ("Größe", "utf-8", 0, None),
    ],
)
def test_tables_are_read_as_they_were_written(text: str, encoding: str, mark: int, code_page: bytes | None) -> None:
    read = dbf.read(encoded(text, encoding, mark), code_page)
    assert read.rows == [{"NAME": text}]
    assert read.notes == []


def test_a_table_that_does_not_say_how_it_is_written_is_told() -> None:
    read = dbf.read(encoded("Müller", "cp1252"), b"<html>no such page</html>")
    assert read.rows == [{"NAME": "Müller"}]
    assert "cp1252" in read.notes[0]


def test_what_is_written_is_read_back_to_the_last_digit(tmp_path: Path) -> None:
    parts = shapefile.write([({"name": "Größe", "farm": ""}, FIELD), ({"name": "B" * 300}, ((FAR,),))], (2026, 1, 31))
    for ending, content in parts.items():
        put(tmp_path, f"out{ending}", content)
    found = read_text(tmp_path, "out.shp", parts[".shp"])
    assert found.plots[0].shape == ((tuple(reversed(SQUARE)), tuple(reversed(HOLE))),)
    assert found.plots[1].shape == ((FAR,),)
    assert [plot.attributes["name"] for plot in found.plots] == ["Größe", "B" * 254]
    assert (found.ground, found.notes) == ("WGS 84 (EPSG:4326)", [])
