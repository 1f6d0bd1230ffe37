"""Archives that lie, burst or point elsewhere."""

import io
import zipfile
from pathlib import Path

import pytest

from leafdesk.files import limits
from leafdesk.files.found import UnreadableError
from leafdesk.files.zipped import Archive
from tests.files.made import kml, placemark, read_text, shp, zipped

GOOD = kml(placemark("A")).encode()


def test_names_that_point_outside_links_and_locked_files_are_refused_and_the_rest_read(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("good.kml", GOOD)
        for name in ("../../evil.kml", "/etc/evil.kml", "C:/evil.kml"):
            archive.writestr(name, GOOD)
        link = zipfile.ZipInfo("link.kml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("inner.zip", b"PK")
    found = read_text(tmp_path, "a.kmz", packed.getvalue())
    assert len(found.plots) == 1
    told = {refusal.where: refusal.what for refusal in found.refusals}
    assert (
        told["../../evil.kml"]
        == told["/etc/evil.kml"]
        == told["C:/evil.kml"]
        == ("Its name points outside of the archive.")
    )
    assert told["link.kml"] == "It is only a link to another file."
    assert told["inner.zip"] == "It is an archive within the archive."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.kmz"]


def test_a_locked_file_says_so(tmp_path: Path) -> None:
    raw = bytearray(zipped({"farm.kml": GOOD}))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableError, match="protected by a password"):
        read_text(tmp_path, "a.zip", bytes(raw))


def test_a_bomb_is_noticed_while_it_unpacks() -> None:
    archive = Archive(zipped({"bomb.kml": bytes(limits.STEEP_FROM + 2 * limits.MB)}))
    with pytest.raises(UnreadableError, match="trap"):
        archive.read("bomb.kml")


def test_what_packs_well_because_it_is_empty_is_no_bomb(tmp_path: Path) -> None:
    blank = zipped({"f.shp": shp([[]] * 4000)})
    assert len(read_text(tmp_path, "f.zip", blank).refusals) == 4000


def test_limits_on_how_much_and_how_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = zipped({f"{n}.kml": b"" for n in range(limits.MOST_ENTRIES + 1)})
    with pytest.raises(UnreadableError, match="more than 10,000 files"):
        read_text(tmp_path, "many.zip", many)
    monkeypatch.setattr("leafdesk.files.zipped.LARGEST_ARCHIVE", 100)
    with pytest.raises(UnreadableError, match="unpacks to more than"):
        read_text(tmp_path, "large.zip", zipped({"a.kml": GOOD}))


def test_an_entry_without_a_name_is_passed_over(tmp_path: Path) -> None:
    raw = zipped({"a.kml": GOOD, "x": b""})
    central = raw.rindex(b"PK\x01\x02")
    nameless = raw[: central + 28] + b"\0\0" + raw[central + 30 : central + 46] + raw[central + 47 :]
    end = nameless.rindex(b"PK\x05\x06")
    size = int.from_bytes(nameless[end + 12 : end + 16], "little") - 1
    nameless = nameless[: end + 12] + size.to_bytes(4, "little") + nameless[end + 16 :]
    assert len(read_text(tmp_path, "a.kmz", nameless).plots) == 1


def test_a_damaged_archive_says_so(tmp_path: Path) -> None:
    whole = zipped({"a.kml": GOOD * 50})
    for raw in (whole[: len(whole) // 2], b"PK\x03\x04" + bytes(40), whole[:60] + b"\xff" * 30 + whole[90:]):
        with pytest.raises(UnreadableError, match="damaged"):
            read_text(tmp_path, "bad.kmz", raw)


def test_an_archive_without_fields_says_what_is_opened(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="holds no Shapefile, KML or GeoJSON"):
        read_text(tmp_path, "photos.zip", zipped({"photo.jpg": b"x"}))
