"""The table beside a Shapefile (dBASE III and its heirs): what is said of each shape."""

import codecs
import struct
from dataclasses import dataclass

from leafdesk.files.found import text_of
from leafdesk.files.limits import MOST_COLUMNS

_BY_MARK = {
    mark: name
    for name, marks in {
        "cp437": (0x01,),
        "cp850": (0x02,),
        "cp1252": (0x03, 0x57, 0x58, 0x59),
        "cp852": (0x64, 0x87),
        "cp866": (0x26, 0x65),
        "cp865": (0x66,),
        "cp861": (0x67,),
        "cp737": (0x6A, 0x86),
        "cp857": (0x6B, 0x88),
        "cp932": (0x13, 0x7B),
        "gbk": (0x4D, 0x7A),
        "cp949": (0x4E, 0x79),
        "cp950": (0x4F, 0x78),
        "cp874": (0x50, 0x7C),
        "cp1255": (0x7D,),
        "cp1256": (0x7E,),
        "cp1250": (0xC8,),
        "cp1251": (0xC9,),
        "cp1254": (0xCA,),
        "cp1253": (0xCB,),
    }.items()
    for mark in marks
}
"""Encodings by the language mark in byte 29 of the header."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table, None for one that is marked as deleted, and what to tell about how it was read."""

    rows: list[dict[str, str] | None]
    notes: list[str]


def read(raw: bytes, code_page: bytes | None) -> Table:
    """The rows of a .dbf; `code_page` is what a .cpg file beside it holds. Raises ValueError when it is no table."""
    if len(raw) < 33:
        raise ValueError("the table is cut off")
    count, head, size = struct.unpack_from("<IHH", raw, 4)
    columns = _columns(raw, head)
    if not size or sum(width for _, _, width in columns) >= size + 1:
        raise ValueError("the table's columns do not fit its rows")
    there = max(0, (len(raw) - head) // size)
    notes = [f"The table says it has {count:,} rows and has {there:,}."] if there < count else []
    body = raw[head : head + min(count, there) * size]
    encoding, sure = _encoding(code_page, raw[29], body)
    if not sure:
        notes.append(f"The table does not say how its letters are written; they were read as {encoding}.")
    rows = [_row(body[at : at + size], columns, encoding) for at in range(0, len(body), size)]
    return Table(rows, notes)


def _columns(raw: bytes, head: int) -> list[tuple[bytes, int, int]]:
    """(name, offset in the row, width) of each column."""
    columns = list[tuple[bytes, int, int]]()
    place, offset = 32, 1  # a row begins with the mark of deletion
    while place + 32 <= min(head, len(raw)) and raw[place] != 0x0D:
        name = raw[place : place + 11].partition(b"\0")[0]
        kind, width = raw[place + 11 : place + 12], raw[place + 16]
        if kind == b"C":
            width += raw[place + 17] << 8  # long texts keep the upper byte where numbers keep their decimals
        columns.append((name, offset, width))
        offset += width
        place += 32
    return columns[:MOST_COLUMNS]


def _encoding(code_page: bytes | None, mark: int, body: bytes) -> tuple[str, bool]:
    """The encoding, and whether that is sure: by its .cpg, by its mark; else UTF-8 if it is that, else Latin."""
    if code_page is not None and (named := _named(code_page)):
        return named, True
    if mark in _BY_MARK:
        return _BY_MARK[mark], True
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252", False
    return "utf-8", True


def _named(code_page: bytes) -> str | None:
    """The Python name of what a .cpg file says ("UTF-8", "1252", "ANSI 1250", "88592"); None for anything else."""
    said = code_page[:40].decode("ascii", "ignore").strip().casefold().replace("ansi", "").replace("oem", "").strip()
    said = {"65001": "utf-8", "utf8": "utf-8", "big5": "big5", "sjis": "shift_jis"}.get(said, said)
    tries = [said, f"cp{said}"]
    if said.startswith("8859"):
        tries.insert(0, f"iso-8859-{said.removeprefix('8859').lstrip('-_')}")
    for name in tries:
        try:
            found = codecs.lookup(name)
        except (LookupError, ValueError):
            continue
        if found._is_text_encoding:
            return found.name
    return None


def _row(row: bytes, columns: list[tuple[bytes, int, int]], encoding: str) -> dict[str, str] | None:
    if row[:1] == b"*":
        return None
    return {
        text_of(name.decode(encoding, "replace")): _value(row[at : at + width].decode(encoding, "replace"))
        for name, at, width in columns
    }


def _value(text: str) -> str:
    """A cell without its padding; what is only asterisks is a number that did not fit."""
    found = text_of(text.replace("\0", " "))
    return "" if found and not found.strip("*") else found


def write(columns: list[str], rows: list[list[str]], day: tuple[int, int, int]) -> bytes:
    """A table of texts in UTF-8 (a .cpg beside it has to say so); names are cut to 10 bytes, texts to 254."""
    cells = [[_cut(text, 254) for text in row] for row in rows]
    widths = [max([1, *(len(row[n]) for row in cells)]) for n in range(len(columns))]
    head = 32 + 32 * len(columns) + 1
    year, month, date = day
    out = [struct.pack("<BBBBIHH20x", 3, year - 1900, month, date, len(rows), head, 1 + sum(widths))]
    out += [
        struct.pack("<11sc4xB15x", _cut(name, 10), b"C", width) for name, width in zip(columns, widths, strict=True)
    ]
    out.append(b"\r")
    for row in cells:
        out.append(b" " + b"".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
    return b"".join([*out, b"\x1a"])


def _cut(text: str, most: int) -> bytes:
    """As much of the text as fits, whole characters only."""
    return text.encode()[:most].decode(errors="ignore").encode()
