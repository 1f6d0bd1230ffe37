"""Leaf's endpoints for the sync summary, and a Leaf user's settings and organizations."""

from functools import partial

from leafdesk.api import wire
from leafdesk.api.calls.call import CONFIG, INTEGRATIONS, USERS, Answer, Call, path_to, query_of
from leafdesk.records import Configuration, Organization, SyncSummary


def get_summary(*, leaf_user_id: str | None = None, provider: str | None = None) -> Call[SyncSummary]:
    """How many growers, farms and fields Leaf holds per provider and Leaf user."""
    query = query_of(provider=provider, leafUserId=leaf_user_id)
    return Call("getSyncSummary", "GET", path_to(INTEGRATIONS, "resources"), _summary, query)


def get_configuration(leaf_user_id: str) -> Call[Configuration]:
    """The settings that decide how this Leaf user's data arrives."""
    read = partial(_configuration, leaf_user_id=leaf_user_id)
    return Call("getLeafUserConfiguration", "GET", path_to(CONFIG, "configs", leaf_user_id), read)


def list_organizations(leaf_user_id: str, provider: str) -> Call[tuple[Organization, ...]]:
    """A Leaf user's organizations at JohnDeere or Trimble."""
    read = partial(_organizations, leaf_user_id=leaf_user_id, provider=provider)
    path = path_to(USERS, "users", leaf_user_id, "organizations", provider)
    return Call("listProviderOrganizations", "GET", path, read)


def _summary(answer: Answer) -> SyncSummary:
    return wire.read_summary(answer.body.strip())


def _configuration(answer: Answer, leaf_user_id: str) -> Configuration:
    return wire.read_configuration(answer.body.strip(), leaf_user_id)


def _organizations(answer: Answer, leaf_user_id: str, provider: str) -> tuple[Organization, ...]:
    return wire.read_organizations(answer.body.strip(), leaf_user_id, provider)
