"""Leaf's times made comparable: texts that sort as the times do."""

import re

_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z)?", re.ASCII)


def instant(text: str) -> str | None:
    """A UTC time as Leaf writes it, or a day, with nine fraction digits and without its Z; None for anything else."""
    read = _INSTANT.fullmatch(text)
    return None if read is None else f"{read[1]}T{read[2] or '00:00:00'}.{(read[3] or '').ljust(9, '0')}"
