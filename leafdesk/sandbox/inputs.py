"""Products, varieties and tank mixes as Leaf's beta service finds them and matches them with what was applied."""

import json
from typing import Any, Literal

from leafdesk.sandbox import refusals
from leafdesk.sandbox.books import Books, one_at_a_time
from leafdesk.sandbox.ledger import encode_json

Json = dict[str, Any]
Searched = Literal["products", "varieties", "tankMixes"]
_MOST: dict[Searched, int] = {"products": 100, "varieties": 20, "tankMixes": 20}


class Inputs(Books):
    """The operations on inputs beside lists and single records."""

    @one_at_a_time
    def search(self, kind: Searched, name: str, most: int, crop: str | None = None) -> bytes:
        """The best records with `name` in their name as JSON: those that begin with it first. Never the rest."""
        if most < 1 or (most > _MOST[kind] and self.choices.refuse_oversize):
            raise refusals.bad_request(f"maxResults must be between 1 and {_MOST[kind]}")
        wanted, found = name.casefold(), []
        for key, record in self._ledger.table(kind).items():
            said = record["name"].casefold()
            if wanted in said and (crop is None or crop.casefold() in map(str.casefold, record["crops"])):
                found.append((not said.startswith(wanted), said, key))
        keys = [key for _, _, key in sorted(found)[: min(most, _MOST[kind])]]
        if kind == "varieties":  # search results lack the organization
            shown = [self._answer(kind, key) for key in keys]
            return encode_json([{k: v for k, v in one.items() if k != "organizationId"} for one in shown]).encode()
        return self._array(kind, keys)

    @one_at_a_time
    def matches_of(self, operation_id: str) -> bytes:
        """What the products of an operation are taken for, as JSON."""
        return self._array("matches", self._matches(operation_id))

    @one_at_a_time
    def match_history(self, operation_id: str, match_id: str) -> bytes:
        """What a match was before, oldest first, as JSON."""
        return encode_json(self._match(operation_id, match_id).get("_history", [])).encode()

    @one_at_a_time
    def update_match(self, operation_id: str, match_id: str, product_id: str | None = None) -> bytes:
        """Confirm a match, or take its product for another one; the answer lists every match of the operation."""
        match = self._match(operation_id, match_id)
        if product_id is not None and product_id not in self._ledger.table("products"):
            raise refusals.bad_request(f"There is no product with id {product_id}")
        same = match["matchDetails"]["status"] == "VALIDATED" and product_id in (None, match["productId"])
        if not same or self.choices.repeat_adds_history:
            before = {key: json.loads(encode_json(match[key])) for key in ("name", "productId", "matchDetails")}
            before = {"matchId": match_id, **before, "historicalTime": self._stamp(3)}
            changed = {"productId": product_id or match["productId"], "matchDetails": {"status": "VALIDATED"}}
            self._change("matches", match_id, changed | {"_history": [*match.get("_history", []), before]})
        return self._array("matches", self._matches(operation_id))

    def _matches(self, operation_id: str) -> list[str]:
        self._any("operations", operation_id)
        matches = self._ledger.table("matches")
        return [str(key) for key, match in matches.items() if match.get("_operationId") == operation_id]

    def _match(self, operation_id: str, match_id: str) -> Json:
        self._any("operations", operation_id)
        match = self._any("matches", match_id)
        if match.get("_operationId") != operation_id:
            raise refusals.not_found()
        return match
