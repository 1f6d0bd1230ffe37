"""How long a request without an answer may still land at Leaf: what was passed in, said, or usual."""

from collections.abc import Mapping
from typing import Any

SETTLE_SECONDS = 90.0
"""The usual time (`LEAFDESK_SETTLE_SECONDS` changes it)."""


def settle_seconds(parts: Mapping[str, Any], environ: Mapping[str, str]) -> float:
    """Seconds; what is no number counts as not said."""
    given = parts.get("settle_seconds", environ.get("LEAFDESK_SETTLE_SECONDS", "").strip())
    try:
        return max(0.0, float(given)) if given != "" else SETTLE_SECONDS
    except ValueError:
        return SETTLE_SECONDS
