"""Zendesk users and organizations in; ``contact``, ``agent`` and ``account`` rows out.

The identities of users that come with them are ``identifier`` rows; an agent's stay with the agent.
"""

from __future__ import annotations

import re
from typing import Any

from ingest.sources.gathering import Row
from ingest.sources.json_values import as_text
from ingest.sources.person_names import split_name
from ingest.sources.zendesk.context import Context, others
from ingest.sources.zendesk.identities import add_identifier, is_shared
from ingest.sources.zendesk.times import moment

_USED = {
    "id", "name", "email", "phone", "external_id", "organization_id", "locale", "iana_time_zone",
    "created_at", "updated_at", "last_login_at", "result_type", "active",
}  # fmt: skip

_NAMELESS = re.compile(r"Caller (?:\+?[\d() -]+|Unknown)")
"""The name that Zendesk gives who called or left a voicemail and was not known."""


def add_user(context: Context, user: dict[str, Any]) -> None:
    """Add an end user as contact, an agent or administrator as agent."""
    user_id, role = as_text(user.get("id")), as_text(user.get("role"))
    if user_id is None:
        context.refuse(user, "missing_id", "user has no id")
        return
    if role not in ("end-user", "agent", "admin"):
        reason = f"user {user_id} has the role {role}, not end-user, agent or admin"
        context.refuse(user, "unknown_role", reason)
        return
    context.directory.learn_user(user)
    name, email, phone = (as_text(user.get(key)) for key in ("name", "email", "phone"))
    recorded_at = moment(user.get("updated_at")) or moment(user.get("created_at"))
    is_deleted = user.get("active") is False
    if role != "end-user":
        # who left stays the agent of what they did
        attributes = others(user, _USED) | {
            "is_deleted": is_deleted or None,
            "identities": [
                others(one, {"user_id"}) for one in context.directory.identities(user_id)
            ],
        }
        row: Row = {"agent_id": user_id, "name": name, "email": email, "phone": phone}
        context.add("agent", {**row, "recorded_at": recorded_at}, attributes)
        return
    is_nameless = name is not None and _NAMELESS.fullmatch(name) is not None
    first, last = split_name(None if is_nameless else name)
    external_id = as_text(user.get("external_id"))
    attributes = others(user, _USED)
    identities = context.directory.identities(user_id)
    if user.get("shared_phone_number") is True:
        # the number of a switchboard or a household, which Zendesk lets several users have
        attributes["phone"], phone = phone, None
    shared = [one for one in identities if is_shared(one)]
    if email is not None and email.lower() in {str(one.get("value")).lower() for one in shared}:
        attributes["email"], email = email, None
    attributes["shared_identities"] = [others(one, {"user_id"}) for one in shared]
    row = {
        "contact_id": user_id,
        "first_name": first,
        "last_name": last,
        "email": email,
        "phone": phone,
        "user_id": None if external_id is None else f"user_id:{external_id}",
        "account_ref": as_text(user.get("organization_id")),
        "locale": as_text(user.get("locale")),
        "time_zone": as_text(user.get("iana_time_zone")),
        "created_at": moment(user.get("created_at")),
        "last_activity_at": moment(user.get("last_login_at")),
        "recorded_at": recorded_at,
        "is_deleted": is_deleted,
    }
    context.add("contact", row, attributes)
    for identity in identities:
        if not is_shared(identity):
            add_identifier(context, user_id, identity)


def add_organization(context: Context, organization: dict[str, Any]) -> None:
    """Add an organization as account."""
    organization_id = as_text(organization.get("id"))
    if organization_id is None:
        context.refuse(organization, "missing_id", "organization has no id")
        return
    domains = organization.get("domain_names")
    listed = (
        [text for one in domains if (text := as_text(one))] if isinstance(domains, list) else []
    )
    deleted_at = moment(organization.get("deleted_at"))
    changed_at = moment(organization.get("updated_at")) or moment(organization.get("created_at"))
    row: Row = {
        "account_id": organization_id,
        "name": as_text(organization.get("name")),
        "domain": listed[0] if listed else None,
        "created_at": moment(organization.get("created_at")),
        "recorded_at": deleted_at or changed_at,
        "is_deleted": deleted_at is not None,
    }
    used = {"id", "name", "created_at", "updated_at", "deleted_at", "domain_names", "result_type"}
    attributes = others(organization, used) | {"domain_names": listed[1:]}
    context.add("account", row, attributes)
