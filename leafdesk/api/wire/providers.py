"""Leaf's JSON to the sync summary, a Leaf user's settings and organizations, and an upload's answer."""

import json

import msgspec

from leafdesk.api.strict import Json, NotJsonError, slices, values
from leafdesk.api.wire.inputs import is_https
from leafdesk.api.wire.values import (
    RecordProblem,
    UnusableError,
    figure,
    flag,
    opaque,
    opened,
    part,
    parts,
    read_list,
    text_of,
    whole,
    written,
)
from leafdesk.records import Configuration, Organization, ProviderSummary, SyncSummary, Uploaded


def read_summary(raw: bytes) -> SyncSummary:
    """The sync summary; a provider's part that cannot be used is left out. Raises NotJsonError."""
    found = values(raw)
    try:
        listed = bytes(msgspec.json.decode(raw, type=dict[str, msgspec.Raw])["summaries"])
    except (KeyError, msgspec.MsgspecError, ValueError):  # missing, or text that only Python reads
        listed = json.dumps(found.get("summaries")).encode()
    summaries, _ = read_list(listed, read_provider_summary) if listed.lstrip()[:1] == b"[" else ((), ())
    return SyncSummary(message=text_of(found, "message"), summaries=summaries, raw=raw.decode())


def read_provider_summary(raw: bytes) -> ProviderSummary:
    """What Leaf holds of one provider for one Leaf user. Raises UnusableError when it does not say which."""
    found, text = opened("summary", raw)
    provider, user = text_of(found, "provider"), opaque(found, "leafUserId")
    if not provider or user is None:
        raise UnusableError(RecordProblem("summary", None, "it does not say of which provider and Leaf user", text))
    return ProviderSummary(
        id=f"{user} {provider}",
        leaf_user_id=user,
        provider_name=provider,
        growers=_count(found, "growers"),
        farms=_count(found, "farms"),
        fields=_count(found, "fields"),
        sync_time=text_of(found, "syncReferenceTime"),
        raw=text,
    )


def _count(found: Json, key: str) -> int | None:
    number = whole(found, key)
    return number if number is not None and number >= 0 else None


def read_configuration(raw: bytes, leaf_user_id: str = "") -> Configuration:
    """The settings of a Leaf user. Raises NotJsonError."""
    found = values(raw)
    user = leaf_user_id or opaque(found, "leafUserId") or ""
    if not user:
        raise UnusableError(RecordProblem("configuration", None, "it does not say of which Leaf user"))
    return Configuration(
        id=user,
        leaf_user_id=user,
        fields_auto_sync=flag(found, "fieldsAutoSync"),
        custom_data_sync=flag(found, "customDataSync"),
        organization_data_sync=text_of(found, "organizationDataSync"),
        automatic_fix_boundary=flag(found, "automaticFixBoundary"),
        fields_auto_merge=flag(found, "fieldsAutoMerge"),
        fields_merge_intersection=figure(found, "fieldsMergeIntersection"),
        fields_attach_intersection=figure(found, "fieldsAttachIntersection"),
        machines_auto_sync=flag(found, "machinesAutoSync"),
        implements_auto_sync=flag(found, "implementsAutoSync"),
        operators_auto_sync=flag(found, "operatorsAutoSync"),
        products_auto_sync=flag(found, "productsAutoSync"),
        raw=raw.decode(),
    )


def read_organizations(raw: bytes, leaf_user_id: str, provider: str) -> tuple[Organization, ...]:
    """The organizations of a Leaf user at a provider, connected ones first. Raises NotJsonError.

    Trimble does not tell the groups apart (Leaf: provider organizations), so there `connected` stays None.
    """
    found = values(raw)
    groups = (("connectedOrganizations", True), ("notConnectedOrganizations", False))
    organizations = dict[str, Organization]()
    for key, connected in groups:
        for one in parts(found, key):
            organization = text_of(one, "id") or written(one, "id")
            url = text_of(one, "managementUri")
            if organization and organization not in organizations:
                organizations[organization] = Organization(
                    id=f"{leaf_user_id} {provider} {organization}",
                    leaf_user_id=leaf_user_id,
                    provider_name=provider,
                    organization_id=organization,
                    name=text_of(one, "name"),
                    connected=None if provider == "Trimble" else connected,
                    management_url=url if is_https(url) else "",
                    raw=json.dumps(one),
                )
    return tuple(organizations.values())


def read_upload(raw: bytes) -> tuple[Uploaded, ...]:
    """A provider's answers to an upload: one object by field and provider, or a list of such. Raises NotJsonError."""
    maps = [values(one) for one in slices(raw)] if raw[:1] == b"[" else [values(raw)]
    answers = list[Uploaded]()
    for found in maps:
        for field_id in found:
            providers = part(found, field_id)
            for provider in providers:
                told = part(providers, provider)
                answers.append(
                    Uploaded(
                        field_id=field_id,
                        provider_name=provider,
                        provider_field_id=text_of(told, "field_id", "id"),
                        status=text_of(told, "status"),
                        raw=json.dumps(told),
                    )
                )
    if not answers:
        raise NotJsonError("the answer names no provider")
    return tuple(answers)
