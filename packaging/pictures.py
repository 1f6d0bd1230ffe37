"""The icon in every size and format that systems ask for, from the one SVG."""

import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
_ICO = (16, 24, 32, 48, 64, 128, 256)
_ICNS = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09"}


def png(svg: Path, size: int) -> bytes:
    """A square PNG of `size` pixels."""
    drawing = QSvgRenderer(str(svg))
    if not drawing.isValid():
        raise ValueError(f"{svg} is no SVG")
    picture = QImage(size, size, QImage.Format.Format_ARGB32)
    picture.fill(0)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    drawing.render(painter, QRectF(0, 0, size, size))
    painter.end()
    kept = QByteArray()
    target = QBuffer(kept)
    target.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(target, "PNG")  # type: ignore[call-overload]  # PySide6's stub knows bytes only
    return bytes(kept.data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """A Windows icon of PNGs by size; 256 is written as 0 (the field has one byte)."""
    chosen = [(size, pictures[size]) for size in _ICO]
    head, at = struct.pack("<HHH", 0, 1, len(chosen)), 6 + 16 * len(chosen)
    for size, picture in chosen:
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), at)
        at += len(picture)
    return head + b"".join(picture for _, picture in chosen)


def icns(pictures: dict[int, bytes]) -> bytes:
    """A macOS icon of PNGs by size."""
    body = b"".join(name + struct.pack(">I", 8 + len(pictures[size])) + pictures[size] for size, name in _ICNS.items())
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def draw(svg: Path, folder: Path) -> None:
    """Write `leafdesk-<size>.png`, `leafdesk.ico` and `leafdesk.icns` into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {size: png(svg, size) for size in SIZES}
    for size, picture in pictures.items():
        (folder / f"leafdesk-{size}.png").write_bytes(picture)
    (folder / "leafdesk.ico").write_bytes(ico(pictures))
    (folder / "leafdesk.icns").write_bytes(icns(pictures))
