"""Reading in a process of its own: the answer, how far it is, and the end of what takes too long."""

import json
import os
from pathlib import Path

import pytest

from leafdesk.files.apart import CancelledError, Reader
from leafdesk.files.formats import read
from leafdesk.files.found import UnplacedError, UnreadableError
from tests.files.made import SQUARE, put


def grid(count: int) -> str:
    """So many squares side by side."""
    areas = [
        {
            "type": "Feature",
            "properties": {"name": f"F{n}"},
            "geometry": {"type": "Polygon", "coordinates": [[[x + n / 50, y] for x, y in SQUARE]]},
        }
        for n in range(count)
    ]
    return json.dumps({"type": "FeatureCollection", "features": areas})


def test_it_reads_what_is_read_here_and_tells_how_far_it_is(tmp_path: Path) -> None:
    path = put(tmp_path, "farm.geojson", grid(200))
    steps = list[tuple[int, int]]()
    assert Reader(path).read(lambda done, total: steps.append((done, total))) == read(path)
    assert steps == [(64, 200), (128, 200), (192, 200), (200, 200)]


def test_errors_come_over_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="empty"):
        Reader(put(tmp_path, "a.kml", "")).read()
    metres = '{"type": "Polygon", "coordinates": [[[5e5, 5e6], [6e5, 5e6], [6e5, 6e6], [5e5, 5e6]]]}'
    path = put(tmp_path, "m.json", metres)
    with pytest.raises(UnplacedError):
        Reader(path).read()
    assert len(Reader(path, crs="EPSG:32632").read().plots) == 1


@pytest.mark.skipif("sys.platform != 'linux'", reason="other systems have no file names that are no text")
def test_a_file_name_that_is_no_text_is_read_and_shown(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"hof-\xff\n.geojson")
    path.write_text(grid(1))
    assert Reader(path).read().file == "hof-??.geojson"


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="too long"):
        Reader(put(tmp_path, "a.geojson", grid(5000)), seconds=0.01).read()


def test_it_can_be_cancelled_before_and_while_it_reads(tmp_path: Path) -> None:
    reader = Reader(put(tmp_path, "a.geojson", grid(3000)))
    with pytest.raises(CancelledError):
        reader.read(lambda *_: reader.cancel())
    with pytest.raises(CancelledError):
        reader.read()


@pytest.mark.skipif("sys.platform != 'linux'", reason="the system cannot be told how much memory is enough")
def test_what_wants_too_much_memory_is_refused(tmp_path: Path) -> None:
    lists = put(tmp_path, "a.json", b"[" + b"[]," * 6_000_000 + b"[]]")  # 18 MB of text, 400 MB of lists
    with pytest.raises(UnreadableError, match="too much memory"):
        Reader(lists, memory=256 << 20).read()
