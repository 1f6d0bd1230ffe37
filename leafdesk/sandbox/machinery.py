"""Machines as Leaf's beta service keeps them: only those a user made may change."""

import uuid
from typing import Any

from leafdesk.sandbox import refusals
from leafdesk.sandbox.books import Books, one_at_a_time

Json = dict[str, Any]


class Machinery(Books):
    """The operations on machines that change something."""

    @one_at_a_time
    def create_machine(self, user_id: str, values: Json) -> Json:
        """A new machine. Nothing keeps two machines from being the same: a blind repeat makes a twin."""
        self._user(user_id)
        at, key = self._stamp(3), str(uuid.uuid4())
        organizations = self._any("organizations", f"{user_id}/JohnDeere").get("connectedOrganizations") or [{}]
        machine: Json = {"id": key, "leafUserId": user_id, "provider": "Leaf", "providerMachineId": str(uuid.uuid4())}
        machine |= {"providerOrganizationId": organizations[0].get("id"), "originType": "USER_CREATED"}
        self._ledger.put("machines", key, machine | {"createdTime": at, "_updatedAt": at} | values)
        return self._answer("machines", key)

    @one_at_a_time
    def update_machine(self, user_id: str, machine_id: str, values: Json) -> Json:
        """New values of a machine that a user made; what is not named stays."""
        self._its_maker(user_id, machine_id)
        self._change("machines", machine_id, values)
        return self._answer("machines", machine_id)

    @one_at_a_time
    def delete_machine(self, user_id: str, machine_id: str) -> None:
        """The end of a machine that a user made."""
        self._its_maker(user_id, machine_id)
        self._ledger.drop("machines", machine_id)

    def _its_maker(self, user_id: str, machine_id: str) -> None:
        machine = self._of("machines", user_id, machine_id)
        if machine["originType"] != "USER_CREATED":
            why = "Only machines created by the user can be changed"
            raise refusals.Refused(self.choices.provider_refusal, why, message="error.machineNotUserCreated")
