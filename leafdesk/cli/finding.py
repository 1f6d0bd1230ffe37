"""What the doctor and the self-test report."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `level`: "ok", "note" (works, but worth knowing) or "bad"."""

    check: str
    level: Literal["ok", "note", "bad"]
    detail: str
