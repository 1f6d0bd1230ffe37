"""Many records gone at once: ask a person before anything is taken away here (sync.md §8.4).

A wrong token, another account or a fault at Leaf looks like that too. What was asked is kept by name, so that a person
confirms just this and not whatever the next sync misses.
"""

import json
from collections.abc import Iterable

from leafdesk.records import KINDS
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.sync.asks import Rule, look, put

HANDFUL = 5
MOST_GONE = 50
MOST_GONE_SHARE = 0.2
_ASKED, _CONFIRMED = "removals_asked:", "removals_confirmed:"


def may_remove(kind: str, missing: Iterable[str], known: int) -> Rule[bool]:
    """Whether these ids, of `known` of their kind, may be removed once Leaf answers 404 for each.

    When they are many and nobody has confirmed them, they are kept to be asked about.
    """
    gone = sorted(missing)
    many = len(gone) > HANDFUL and (len(gone) > MOST_GONE or len(gone) > MOST_GONE_SHARE * known)
    asked = yield from look(lambda catalog, _: (catalog.fact(_ASKED + kind), catalog.fact(_CONFIRMED + kind)))
    confirmed = set(json.loads(asked[1] or "[]"))
    if many and not confirmed.issuperset(gone):
        yield from put(lambda catalog, _: _keep(catalog, kind, json.dumps(gone)))
        return False
    if asked != (None, None):
        yield from put(lambda catalog, _: _keep(catalog, kind, None))
    return True


def _keep(catalog: Catalog, kind: str, asked: str | None) -> Changes:
    catalog.put_fact(_ASKED + kind, asked)
    catalog.put_fact(_CONFIRMED + kind, None)
    return Changes()


def confirm(catalog: Catalog) -> int:
    """A person says that what was asked about may go; how many records that are. The next sync removes them."""
    many = 0
    for kind in KINDS:
        asked = catalog.fact(_ASKED + kind)
        if asked is not None:
            many += len(json.loads(asked))
            catalog.put_fact(_CONFIRMED + kind, asked)
            catalog.put_fact(_ASKED + kind, None)
    return many
