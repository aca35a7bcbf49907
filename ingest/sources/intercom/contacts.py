"""A contact of Intercom (user or lead) in; ``contact``, and ``consent`` of refusals, out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ingest.sources.gathering import Gathering
from ingest.sources.intercom.messages import CONTACTS
from ingest.sources.intercom.people import typed_user_id
from ingest.sources.json_records import JsonRecord
from ingest.sources.json_values import as_moment, as_object, as_objects, as_text
from ingest.sources.person_names import split_name

PURPOSES = ("marketing", "sales")
"""What ``unsubscribed_from_emails`` forbids, as the flag of any other CRM does."""

REFUSALS = {"unsubscribed_from_emails": "email", "unsubscribed_from_sms": "sms"}
"""Flag of a contact to the channel that it is about. ``sms_consent: false`` is none: Intercom says
so of everybody who was never asked."""

_KEPT = (
    "role", "workspace_id", "has_hard_bounced", "marked_email_as_spam", "signed_up_at",
    "last_contacted_at", "last_replied_at", "last_email_opened_at", "last_email_clicked_at",
    "sms_consent", "unsubscribed_from_sms", "custom_attributes", "referrer", "utm_source",
    "utm_medium", "utm_campaign", "utm_content", "utm_term", "archived",
)  # fmt: skip


def is_contact(record: dict[str, Any]) -> bool:
    """Return whether a record is a person and no conversation."""
    return as_text(record.get("type")) in CONTACTS


def add_contact(gathering: Gathering, record: JsonRecord, contact: dict[str, Any]) -> None:
    """Add a contact, or reject one without id."""
    contact_id = as_text(contact.get("id"))
    if contact_id is None:
        gathering.reject(record.position, "missing_id", "contact has no id", record.payload)
        return
    updated_at = as_moment(contact.get("updated_at"))
    is_gone = contact.get("deleted") is True or contact.get("archived") is True
    first, last = split_name(as_text(contact.get("name")))
    place = as_object(contact.get("location"))
    refuses = contact.get("unsubscribed_from_emails")
    row = {
        "contact_id": contact_id,
        "first_name": first,
        "last_name": last,
        "email": as_text(contact.get("email")),
        "phone": as_text(contact.get("formatted_phone")) or as_text(contact.get("phone")),
        "user_id": typed_user_id(contact),
        "owner_ref": as_text(contact.get("owner_id")),
        "city": as_text(place.get("city")),
        "state": as_text(place.get("region")),
        "country_code": as_text(place.get("country_code")),
        "locale": as_text(contact.get("language_override")),
        "created_at": as_moment(contact.get("created_at")),
        "last_activity_at": as_moment(contact.get("last_seen_at")),
        "has_opted_out_of_email": refuses if isinstance(refuses, bool) else None,
        "recorded_at": updated_at,
        "is_deleted": is_gone,
    }
    attributes = {name: contact.get(name) for name in _KEPT}
    attributes["tags"] = _tags(contact)
    attributes["company_ids"] = [
        company_id
        for company in as_objects(contact.get("companies"), "data")
        if (company_id := as_text(company.get("id"))) is not None
    ]
    attributes["country"] = as_text(place.get("country"))
    gathering.add("contact", record.position, row, attributes)
    if updated_at is not None:
        _add_left_types(gathering, record.position, contact_id, updated_at, contact)
        _add_refusals(gathering, record.position, contact_id, updated_at, contact)


def _add_refusals(
    gathering: Gathering,
    position: int,
    contact_id: str,
    updated_at: datetime,
    contact: dict[str, Any],
) -> None:
    """Add that somebody refuses a channel, or that this is not so, which is no consent either.

    The flag of the contact is not enough: the contact is told of again by each message they
    write, which does not say it.
    """
    for flag, channel in REFUSALS.items():
        refuses = contact.get(flag)
        if not isinstance(refuses, bool):
            continue
        for purpose in PURPOSES:
            row = {
                "consent_id": f"{contact_id}|{flag}|{purpose}",
                "person_ref": f"contact:{contact_id}",
                "purpose": purpose,
                "channel": channel,
                "status": "withdrawn",
                "captured_at": updated_at,
                "consent_source": flag,
                "recorded_at": updated_at,
                "is_deleted": not refuses,
            }
            gathering.add("consent", position, row)


def _add_left_types(
    gathering: Gathering,
    position: int,
    contact_id: str,
    updated_at: datetime,
    contact: dict[str, Any],
) -> None:
    """Add the types of subscriptions that somebody has opted out of.

    Whether a type is of mail or of SMS, and what it is about, the list does not say.
    """
    listed = as_objects(contact.get("opted_out_subscription_types"), "data")
    types = (as_text(one.get("id")) for one in listed)
    for one in dict.fromkeys(one for one in types if one is not None):
        row = {
            "consent_id": f"{contact_id}|opted_out|{one}",
            "person_ref": f"contact:{contact_id}",
            "purpose": f"subscription_type:{one}",
            "status": "withdrawn",
            "captured_at": updated_at,
            "consent_source": "opted_out_subscription_types",
            "recorded_at": updated_at,
        }
        gathering.add("consent", position, row)


def _tags(contact: dict[str, Any]) -> list[str]:
    listed = as_object(contact.get("tags")).get("data")
    tags = listed if isinstance(listed, list) else []
    names = (as_text(as_object(tag).get("name") or as_object(tag).get("id")) for tag in tags)
    return [name for name in names if name is not None]
