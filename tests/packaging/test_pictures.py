"""The icon is the mark that the window paints, in the formats that systems read."""

import struct
from pathlib import Path

import pytest
from pictures import SIZES, draw, png
from PySide6.QtGui import QImage, QPainter

from leafdesk.shipped import shipped
from leafdesk.ui import brand

SVG = shipped("icons/leafdesk.svg")


def test_the_svg_is_the_mark_that_the_window_paints() -> None:
    size = 128
    drawn = QImage.fromData(png(SVG, size)).convertToFormat(QImage.Format.Format_ARGB32)
    painted = QImage(size, size, QImage.Format.Format_ARGB32)
    painted.fill(0)
    painter = QPainter(painted)
    brand.paint(painter, size, "#2a9460", "#ffffff")
    painter.end()
    apart = [
        sum(abs(getattr(a, part)() - getattr(b, part)()) for part in ("red", "green", "blue", "alpha"))
        for x in range(0, size, 3)
        for y in range(0, size, 3)
        for a, b in [(drawn.pixelColor(x, y), painted.pixelColor(x, y))]
    ]
    assert sum(value > 40 for value in apart) <= len(apart) // 200  # the edges may be smoothed differently
    assert drawn.pixelColor(64, 64).alpha() == 255
    assert drawn.pixelColor(2, 2).alpha() == 0


def test_every_size_and_format_is_written(tmp_path: Path) -> None:
    draw(SVG, tmp_path)
    for size in SIZES:
        picture = QImage(str(tmp_path / f"leafdesk-{size}.png"))
        assert (picture.width(), picture.height()) == (size, size)
    ico = (tmp_path / "leafdesk.ico").read_bytes()
    kind, count = struct.unpack("<HH", ico[2:6])
    assert (kind, count) == (1, 7)
    for n in range(count):
        width, length, at = struct.unpack("<B7xII", ico[6 + 16 * n : 22 + 16 * n])
        assert QImage.fromData(ico[at : at + length]).width() == (width or 256)
    icns = (tmp_path / "leafdesk.icns").read_bytes()
    assert icns[:4] == b"icns"
    assert struct.unpack(">I", icns[4:8]) == (len(icns),)


@pytest.mark.qt_log_ignore("Premature end of document")
def test_a_broken_drawing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.svg").write_text("<svg")
    with pytest.raises(ValueError, match="is no SVG"):
        png(tmp_path / "broken.svg", 16)
