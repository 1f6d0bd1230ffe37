"""The terms on which a workspace syncs: what is passed in, then the environment, then what is usual."""

import uuid
from collections.abc import Mapping
from typing import Any

from leafdesk.sync.terms import Terms

SETTLE_SECONDS = 90.0
"""How long a request with an unknown outcome may still land at Leaf (`LEAFDESK_SETTLE_SECONDS` changes it)."""


def terms_of(parts: Mapping[str, Any], environ: Mapping[str, str]) -> Terms:
    """The terms. A given `clock` is the steady one too, unless that is given as well."""
    chosen = {name: parts[name] for name in ("clock", "steady", "chance", "transport") if name in parts}
    if "clock" in parts:
        chosen.setdefault("steady", parts["clock"])
    new_id = parts.get("new_id", lambda: str(uuid.uuid4()))
    ceiling = _number(environ.get("LEAFDESK_REQUESTS_PER_MINUTE", ""))
    return Terms(new_id=new_id, settle_seconds=_settle(parts, environ), ceiling=ceiling, **chosen)


def _number(text: str) -> float | None:
    try:
        return float(text) if float(text) > 0 else None
    except ValueError:
        return None


def _settle(parts: Mapping[str, Any], environ: Mapping[str, str]) -> float:
    given = parts.get("settle_seconds", environ.get("LEAFDESK_SETTLE_SECONDS", "").strip())
    try:
        return max(0.0, float(given)) if given != "" else SETTLE_SECONDS
    except ValueError:
        return SETTLE_SECONDS
