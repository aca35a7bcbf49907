"""Identities of Zendesk users in; ``identifier`` rows out.

Besides the address and the number of its record a user has identities: further addresses, direct
lines, accounts of other services. Whoever writes from a second address is the same person.
"""

from __future__ import annotations

from typing import Any

from ingest.sources.gathering import Row
from ingest.sources.json_values import as_text
from ingest.sources.zendesk.context import Context, others
from ingest.sources.zendesk.times import moment

IDENTITY_TYPES = {"email": "email", "phone_number": "phone"}
"""Zendesk's types of identities that mean the same everywhere."""

_USED = {"id", "user_id", "type", "value", "created_at"}


def add_identity(context: Context, identity: dict[str, Any]) -> None:
    """Add an identity that comes without its user."""
    user_id = as_text(identity.get("user_id"))
    role = context.directory.role(user_id)
    if user_id is None:
        context.refuse(identity, "missing_id", "identity has no user_id")
    elif role is None:
        reason = f"user {user_id} is in no list of users; put users*.json beside the file"
        context.refuse(identity, "unknown_user", reason)
    elif role != "requester":
        reason = f"user {user_id} is an agent, of whom the users tell; export them with identities"
        context.refuse(identity, "identity_of_agent", reason)
    else:
        add_identifier(context, user_id, identity)


def add_identifier(context: Context, user_id: str, identity: dict[str, Any]) -> None:
    """Add what identifies an end user."""
    kind, value = as_text(identity.get("type")), as_text(identity.get("value"))
    if kind is None or value is None:
        context.refuse(
            identity, "missing_value", f"identity of user {user_id} has no type or value"
        )
        return
    if is_shared(identity):
        reason = f"the {kind} is shared by several users and identifies none of them"
        context.refuse(identity, "shared_identity", reason)
        return
    id_type = IDENTITY_TYPES.get(kind, "social")
    row: Row = {
        "person_ref": f"contact:{user_id}",
        "id_type": id_type,
        # one handle may exist at several services
        "id_value": f"{kind}:{value}" if id_type == "social" else value,
        "first_seen_at": moment(identity.get("created_at")),
    }
    context.add("identifier", row, others(identity, _USED))


def is_shared(identity: dict[str, Any]) -> bool:
    """Return whether Zendesk says that several users have the address."""
    return as_text(identity.get("ownership")) == "shared"
