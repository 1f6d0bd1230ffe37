"""What Leaf knows of the providers: counts and levels, organizations, settings, syncs, and fields sent there."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from leafdesk.sandbox import Sandbox
from leafdesk.sandbox.farmland import farmland
from leafdesk.sandbox.leaf import Leaf

Json = dict[str, Any]
RESOURCES = "/services/integrations/api/resources"


def test_counts_by_provider_and_user(client: Any, sandbox: Sandbox) -> None:
    answer = client.get(RESOURCES).json()
    assert answer["message"] == "SUCCESS"
    rows = {(row["leafUserId"], row["provider"]): row for row in answer["summaries"]}
    for kind in ("growers", "farms", "fields"):
        counted = Counter(
            (one["leafUserId"], one["providerName"])
            for one in sandbox.leaf.all(kind)  # type: ignore[arg-type]
            if one.get("providerName", "Leaf") != "Leaf"
        )
        assert {key: row[kind] for key, row in rows.items() if kind in row} == counted
    user, provider = next(iter(rows))
    assert client.get(RESOURCES, provider=provider, leafUserId=user).json()["summaries"] == [rows[user, provider]]
    assert client.get(RESOURCES, provider="Sentera").json()["summaries"] == []
    assert client.get(RESOURCES, leafUserId="00000000-0000-4000-8000-000000000000").json()["summaries"] == []


def test_levels_a_provider_lacks_are_absent_keys() -> None:
    rows = Leaf(farmland(900, 2)).summary()["summaries"]
    levels = {row["provider"]: set(row) & {"growers", "farms", "fields"} for row in rows}
    assert levels == {
        "JohnDeere": {"growers", "farms", "fields"},
        "CNHI": {"growers", "farms", "fields"},
        "Trimble": {"growers", "farms", "fields"},
        "ClimateFieldView": {"farms", "fields"},
        "Stara": {"fields"},
    }
    assert all(row["fields"] > 0 for row in rows)


def test_a_sync_asked_for_comes_later(client: Any, sandbox: Sandbox) -> None:
    def times() -> dict[str, set[str]]:
        rows = client.get(RESOURCES).json()["summaries"]
        return {
            user: {r["syncReferenceTime"] for r in rows if r["leafUserId"] == user}
            for user in {r["leafUserId"] for r in rows}
        }

    before = times()
    user = next(iter(before))
    assert client.ask("POST", f"/users/{user}/fields/sync").is_success
    assert times() == before
    sandbox.leaf.choices = replace(sandbox.leaf.choices, processed_after_s=0)
    after = times()
    assert len(after[user]) == 1
    assert max(after[user]) > max(before[user])
    assert {key: value for key, value in after.items() if key != user} == {k: v for k, v in before.items() if k != user}


def test_organizations(client: Any, raw: Any, sandbox: Sandbox, provided: Json) -> None:
    path = f"/services/usermanagement/api/users/{provided['leafUserId']}/organizations"
    deere = client.get(f"{path}/JohnDeere").json()
    connected = [one["id"] for one in deere["connectedOrganizations"]]
    assert provided["organizationId"] in connected
    assert deere["notConnectedOrganizations"][0]["id"] not in connected
    assert "notConnectedOrganizations" not in client.get(f"{path}/Trimble").json()
    assert raw.get(f"{path}/Stara").status_code == 400


@pytest.fixture
def organization(sandbox: Sandbox, sendable: Json) -> str:
    mine = json.loads(sandbox.leaf.organizations(sendable["leafUserId"], "JohnDeere"))
    return str(mine["connectedOrganizations"][0]["id"])


def _upload(field: Json, provider: str = "JohnDeere") -> str:
    return f"/users/{field['leafUserId']}/fields/{field['id']}/integration/{provider}"


def test_each_upload_leaves_one_more_at_the_provider(
    client: Any, sandbox: Sandbox, sendable: Json, organization: str
) -> None:
    params = {"organizationId": organization}
    answers = [client.ask("POST", _upload(sendable), params=params).json() for _ in range(2)]
    sent = [answer[sendable["id"]]["JohnDeere"] for answer in answers]
    assert sent[0].keys() == {"field_id", "farm_id", "grower_id", "boundary_id"}
    assert sent[0]["field_id"] != sent[1]["field_id"]
    uploads = sandbox.leaf.all("uploads")
    assert [(one["fieldId"], one["organizationId"], one["answer"]) for one in uploads] == [
        (sendable["id"], organization, one) for one in sent
    ]


def test_the_older_answer_is_a_list(client: Any, sandbox: Sandbox, sendable: Json, organization: str) -> None:
    sandbox.leaf.choices = replace(sandbox.leaf.choices, upload_answers_list=True)
    (answer,) = client.ask("POST", _upload(sendable), params={"organizationId": organization}).json()
    assert list(answer) == [sendable["id"]]


def test_climate_fieldview_answers_later(client: Any, sandbox: Sandbox, sendable: Json) -> None:
    sandbox.leaf.change("users", sendable["leafUserId"], climateFieldViewCredentials={"id": "x"})
    sent = client.ask("POST", _upload(sendable, "ClimateFieldView")).json()[sendable["id"]]["ClimateFieldView"]
    assert (sent.keys(), sent["status"]) == ({"id", "status", "updatedAt"}, "PENDING")
    assert len(sent["updatedAt"]) == len("2023-11-09T18:02:17.834Z")


def test_uploads_that_are_refused(
    client: Any, raw: Any, sandbox: Sandbox, sendable: Json, preview: Json, organization: str
) -> None:
    base, params = "/services/fields/api", {"organizationId": organization}
    user = sendable["leafUserId"]
    mine = [one for one in sandbox.leaf.all("fields") if one["leafUserId"] == user]
    origin = next(one for one in mine if one.get("providerName") == "JohnDeere" and one["boundaries"])
    assert raw.post(base + _upload(origin), params=params).status_code == 400
    assert raw.post(base + _upload(sendable)).status_code == 400
    assert raw.post(base + _upload(sendable), params={"organizationId": "000000"}).status_code == 400
    assert raw.post(base + _upload(sendable, "CNHI"), params=params).status_code == 400
    sandbox.leaf.change("users", user, johnDeereCredentials={})
    assert raw.post(base + _upload(sendable), params=params).status_code == 400
    sandbox.leaf.change("users", preview["leafUserId"], climateFieldViewCredentials={"id": "x"})
    sandbox.leaf.change("fields", preview["id"], providerName="CNHI")
    assert raw.post(base + _upload(preview, "ClimateFieldView")).status_code == 404
    assert sandbox.leaf.all("uploads") == []


def test_settings(client: Any, sandbox: Sandbox) -> None:
    users = [user["id"] for user in sandbox.leaf.all("users")]
    settings = [client.get(f"/services/config/api/configs/{user}").json() for user in users]
    assert [one["leafUserId"] for one in settings] == users
    assert [one.get("machinesAutoSync", False) for one in settings] == [True, True, False]
    assert all(one["customDataSync"] for one in settings)
    sandbox.leaf.change("configurations", users[0], customDataSync=False)
    assert not client.get(f"/services/config/api/configs/{users[0]}").json()["customDataSync"]
