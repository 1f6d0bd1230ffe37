"""What goes on between Leaf and the providers: what came from each, syncs asked for, fields sent there."""

import uuid
from functools import cached_property
from typing import Any

from leafdesk.sandbox import refusals
from leafdesk.sandbox.books import Books, one_at_a_time
from leafdesk.sandbox.ledger import Kind

Json = dict[str, Any]
_LEVELS = {"ClimateFieldView": ("farms",), "Stara": (), "Sentera": ()}
"""Providers that lack a level (Leaf's table); all others have growers and farms."""
_COUNTED: tuple[Kind, ...] = ("fields", "farms", "growers")
_CREDENTIALS = {"JohnDeere": "johnDeereCredentials", "ClimateFieldView": "climateFieldViewCredentials"}


class Providers(Books):
    """The operations between Leaf and the providers."""

    @one_at_a_time
    def summary(self, provider: str | None = None, user_id: str | None = None) -> Json:
        """Growers, farms and fields by provider and Leaf user. A level that a provider lacks is an absent key."""
        counted: dict[tuple[str, str], Json] = {}
        for kind in _COUNTED:
            for record in self._ledger.table(kind).values():
                source = record.get("providerName")
                if source in (None, "Leaf") or provider not in (None, source):
                    continue
                if user_id in (None, record["leafUserId"]):
                    row = counted.setdefault((record["leafUserId"], source), {"last": ""})
                    row[kind] = row.get(kind, 0) + 1
                    row["last"] = max(row["last"], record["updatedTime"])
        return {"message": "SUCCESS", "summaries": [self._row(*key, row) for key, row in sorted(counted.items())]}

    @one_at_a_time
    def organizations(self, user_id: str, provider: str) -> bytes:
        """A Leaf user's organizations at John Deere or Trimble as JSON."""
        self._user(user_id)
        if provider not in ("JohnDeere", "Trimble"):
            raise refusals.bad_request(f"{provider} has no organizations")
        return self._encoded("organizations", f"{user_id}/{provider}")

    @one_at_a_time
    def sync_fields(self, user_id: str) -> None:
        """A look at the providers is scheduled; it comes `processed_after_s` later."""
        self._user(user_id)
        asked = self._now()
        self._ledger.put("users", user_id, self._any("users", user_id) | {"_askedForSync": asked})
        self._asked_for_sync[user_id] = asked

    @one_at_a_time
    def upload(self, user_id: str, field_id: str, provider: str, organization: str | None = None) -> Json | list[Json]:
        """A field is sent to a provider, and once more at each call: the provider has one field more every time.

        Never to the provider it came from; John Deere needs one of the user's connected organizations.
        """
        field = self._of("fields", user_id, field_id)
        self._refuse_upload(field, provider, organization)
        at, key = self._stamp(3), str(uuid.uuid4())
        if provider == "JohnDeere":
            sent: Json = {name: str(uuid.uuid4()) for name in ("field_id", "farm_id", "grower_id", "boundary_id")}
            sent["grower_id"] = f"g{sent['grower_id'][1:]}"  # as published: no UUID
        else:
            sent = {"id": key, "status": "PENDING", "updatedAt": at}
        kept: Json = {"id": key, "leafUserId": user_id, "fieldId": field_id, "provider": provider, "at": at}
        self._ledger.put("uploads", key, kept | {"organizationId": organization, "answer": sent})
        answer: Json = {field_id: {provider: sent}}
        return [answer] if self.choices.upload_answers_list else answer

    # within ----------------------------------------------------------------------------------------------------------

    @cached_property
    def _asked_for_sync(self) -> dict[str, float]:
        """When each Leaf user with a sync to come asked for it."""
        users = self._ledger.table("users")
        return {str(key): user["_askedForSync"] for key, user in users.items() if user.get("_askedForSync")}

    def _note_sync(self, user_id: str) -> None:
        """A Leaf user's providers have just been looked at."""
        user = self._any("users", user_id)
        self._ledger.put("users", user_id, user | {"_askedForSync": None, "_synced": self._stamp()})
        self._asked_for_sync.pop(user_id, None)

    def _row(self, user_id: str, provider: str, row: Json) -> Json:
        levels = _LEVELS.get(provider, ("growers", "farms"))
        counts = {kind: row.get(kind, 0) for kind in (*levels, "fields")}
        synced = self._any("users", user_id).get("_synced")
        return {"provider": provider, "leafUserId": user_id, **counts, "syncReferenceTime": synced or row["last"]}

    def _refuse_upload(self, field: Json, provider: str, organization: str | None) -> None:
        if provider not in _CREDENTIALS:
            raise refusals.bad_request(f"Fields cannot be sent to {provider}")
        if field.get("providerName") == provider:
            raise refusals.bad_request(f"The field came from {provider} and cannot be sent back there")
        user = field["leafUserId"]
        if not self._any("users", user).get(_CREDENTIALS[provider]):
            raise refusals.bad_request(f"The Leaf user is not connected to {provider}")
        self._active(field)
        if provider != "JohnDeere":
            return
        if not organization:
            raise refusals.bad_request("organizationId is required for John Deere")
        connected = self._any("organizations", f"{user}/JohnDeere")["connectedOrganizations"]
        if organization not in [one["id"] for one in connected]:
            raise refusals.bad_request(f"The organization {organization} is not connected")
