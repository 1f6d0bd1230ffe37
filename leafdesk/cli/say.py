"""How the command line speaks: one JSON document, or calm aligned text, with nothing in it that moves a terminal."""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click

from leafdesk.records import kinds

Row = Sequence[str]
counted = kinds.counted

_UNPRINTED = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_MARK = "leafdesk:verbatim:"


class Verbatim:
    """JSON text that goes into a document as it is, so that numbers and unknown keys keep their own spelling."""

    def __init__(self, text: str) -> None:
        self.text = text


def plain(text: str) -> str:
    """The text with everything invisible or steering written out, so that a name cannot command the terminal."""
    return "".join(_escaped(c) if unicodedata.category(c) in _UNPRINTED else c for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def line(text: str = "") -> None:
    """A line for the person on stdout."""
    click.echo(plain(text))


def aside(text: str) -> None:
    """A line of progress or trouble on stderr."""
    click.echo(plain(text), err=True)


def document(value: Any) -> None:
    """One JSON document on stdout, in ASCII, so that no terminal or pipe can garble it."""
    texts: list[str] = []

    def keep(thing: Any) -> str:
        if not isinstance(thing, Verbatim):
            raise TypeError(f"not for JSON: {type(thing).__name__}")
        texts.append(thing.text)
        return f"{_MARK}{len(texts) - 1}"

    text = json.dumps(value, indent=2, default=keep, allow_nan=False)
    for number, verbatim in enumerate(texts):
        text = text.replace(f'"{_MARK}{number}"', _ascii(verbatim), 1)
    click.echo(text)


def _ascii(text: str) -> str:
    """JSON text with every other character as \\u escapes: outside of strings JSON knows ASCII only."""
    return re.sub(r"[^\x00-\x7e]", lambda found: json.dumps(found.group())[1:-1], text)


def table(head: Row, rows: Iterable[Row], *, numbers: Sequence[int] = ()) -> None:
    """Aligned columns; those named by `numbers` are set to the right."""
    lines = [tuple(plain(cell) for cell in row) for row in (head, *rows)]
    widths = [max(_width(row[n]) for row in lines) for n in range(len(head))]
    for row in lines:
        cells = [_padded(cell, widths[n], right=n in numbers) for n, cell in enumerate(row)]
        click.echo("  ".join(cells).rstrip())


def facts(pairs: Iterable[tuple[str, str]]) -> None:
    """Names and values, one pair a line, values aligned."""
    known = [(name, value) for name, value in pairs if value]
    width = max((_width(name) for name, _ in known), default=0)
    for name, value in known:
        line(f"{_padded(name, width)}  {value}")


def _width(text: str) -> int:
    """Columns on a terminal: East Asian wide characters take two, combining marks none."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(bool(unicodedata.combining(c)) for c in text)


def _padded(text: str, width: int, *, right: bool = False) -> str:
    gap = " " * max(0, width - _width(text))
    return gap + text if right else text + gap


def hectares(area: float | None) -> str:
    """An area for a person: "23.66 ha"."""
    return "" if area is None else f"{area:,.2f} ha"


def age(time: str | None) -> str:
    """A time with how long ago that was."""
    from datetime import UTC, datetime

    if time is None:
        return "never"
    minutes = int((datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds() // 60)
    hours, days = minutes // 60, minutes // 1440
    ago = counted(days, "day") if days else counted(hours, "hour") if hours else counted(minutes, "minute")
    return f"{time} ({ago} ago)"
