"""Many records gone at once: ask a person before anything is taken away here (sync.md §8.4).

A wrong token, another account or a fault at Leaf looks like that too. What was asked is kept by name, so that a person
confirms just this and not whatever the next sync misses.
"""

import json
from collections.abc import Iterable

from leafdesk.store.catalog import Catalog, Changes
from leafdesk.sync.asks import Rule, look, put

HANDFUL = 5
MOST_GONE = 50
MOST_GONE_SHARE = 0.2
_ASKED, _CONFIRMED = "removals_asked:", "removals_confirmed:"


def may_remove(list_name: str, missing: Iterable[str], known: int) -> Rule[bool]:
    """Whether these ids, of `known` that one list told (`list_name`), may be removed once Leaf answers 404 for each.

    When they are many and nobody has confirmed them, they are kept to be asked about.
    """
    gone = sorted(missing)
    many = len(gone) > HANDFUL and (len(gone) > MOST_GONE or len(gone) > MOST_GONE_SHARE * known)
    asked = yield from look(lambda catalog, _: (catalog.fact(_ASKED + list_name), catalog.fact(_CONFIRMED + list_name)))
    agreed = set(json.loads(asked[1] or "[]"))
    if many and not agreed.issuperset(gone):
        yield from put(lambda catalog, _: _keep(catalog, list_name, json.dumps(gone)))
        return False
    if asked != (None, None):
        yield from put(lambda catalog, _: _keep(catalog, list_name, None))
    return True


def _keep(catalog: Catalog, kind: str, asked: str | None) -> Changes:
    catalog.put_fact(_ASKED + kind, asked)
    catalog.put_fact(_CONFIRMED + kind, None)
    return Changes()


def asked(catalog: Catalog) -> int:
    """How many records a person is asked about."""
    return sum(len(json.loads(names)) for names in catalog.facts(_ASKED).values())


def confirm(catalog: Catalog) -> int:
    """A person says that what was asked about may go; how many records that are. The next sync removes them."""
    many = 0
    for name, asked in catalog.facts(_ASKED).items():
        many += len(json.loads(asked))
        catalog.put_fact(_CONFIRMED + name.removeprefix(_ASKED), asked)
        catalog.put_fact(name, None)
    return many


def confirmed(catalog: Catalog) -> bool:
    """Whether a person has confirmed removals that no sync has looked at since."""
    return bool(catalog.facts(_CONFIRMED))
