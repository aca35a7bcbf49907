"""The header of a HubSpot CSV export in; internal names of properties out.

An export has labels (``Deal Stage``) or, if asked for, internal names (``dealstage``). Labels
that an account changed stay as they are and go to ``attributes``. Those of contacts, companies,
deals and tickets are as an account's properties API names them, where some were named after the
object later: ``Merged Contact IDs``, ``Object last modified date/time``. Of a label that changed
both are known: ``Unsubscribed from all email`` was ``Opted out of all email``.
"""

from __future__ import annotations

import re

from ingest.sources.hubspot.people import OWNER_NAME
from ingest.sources.objects import NativeObject

COMMON = {
    "record id": "hs_object_id", "create date": "createdate", "created at": "createdate",
    "last modified date": "hs_lastmodifieddate", "lifecycle stage": "lifecyclestage",
    "object last modified date/time": "hs_lastmodifieddate",
    "object create date/time": "hs_createdate", "hubspot create date": "hs_createdate",
    "phone number": "phone", "website url": "website", "street address": "address",
    "state/region": "state", "postal code": "zip", "country/region": "country",
    "country/region code": "hs_country_region_code", "original source": "hs_analytics_source",
    "original traffic source": "hs_analytics_source", "annual revenue": "annualrevenue",
    "number of employees": "numberofemployees", "last activity date": "notes_last_updated",
    "merged record ids": "hs_merged_object_ids", "hubspot owner": OWNER_NAME, "owner": OWNER_NAME,
    "activity assigned to": OWNER_NAME, "assigned to": OWNER_NAME, "activity date": "hs_timestamp",
    "hubspot team": "hubspot_team_id", "sku": "hs_sku",
}  # fmt: skip

LABELS: dict[str, dict[str, str]] = {
    "contacts": {
        "contact id": "hs_object_id", "record id - contact": "hs_object_id",
        "first name": "firstname", "last name": "lastname",
        "last modified date": "lastmodifieddate", "merged contact ids": "hs_merged_object_ids",
        "additional email addresses": "hs_additional_emails",
        "whatsapp phone number": "hs_whatsapp_phone_number", "number of employees": "numemployees",
        "mobile phone number": "mobilephone", "job title": "jobtitle",
        "company name": "company", "preferred language": "hs_language", "time zone": "hs_timezone",
        "date of birth": "date_of_birth", "unsubscribed from all email": "hs_email_optout",
        "opted out of all email": "hs_email_optout",
        "primary associated company id": "associatedcompanyid",
        "associated company id": "associatedcompanyid",
    },
    "companies": {
        "company id": "hs_object_id", "record id - company": "hs_object_id",
        "company name": "name", "company domain name": "domain",
        "domain": "domain", "parent company": "hs_parent_company_id",
        "parent company id": "hs_parent_company_id",
        "merged company ids": "hs_merged_object_ids",
        "additional domains": "hs_additional_domains",
    },
    "deals": {
        "deal id": "hs_object_id", "record id - deal": "hs_object_id",
        "deal name": "dealname", "deal stage": "dealstage",
        "close date": "closedate", "deal type": "dealtype", "currency": "deal_currency_code",
        "closed lost reason": "closed_lost_reason", "next step": "hs_next_step",
        "deal probability": "hs_deal_stage_probability", "is deal closed?": "hs_is_closed",
        "is closed won": "hs_is_closed_won", "is closed lost": "hs_is_closed_lost",
        "forecast category": "hs_manual_forecast_category",
        "weighted amount": "hs_projected_amount", "merged deal ids": "hs_merged_object_ids",
        "hubspot campaign": "hs_campaign",
    },
    "tickets": {
        "ticket id": "hs_object_id", "record id - ticket": "hs_object_id",
        "ticket name": "subject", "ticket description": "content",
        "ticket status": "hs_pipeline_stage", "pipeline": "hs_pipeline",
        "priority": "hs_ticket_priority", "source": "source_type", "close date": "closed_date",
        "category": "hs_ticket_category", "merged ticket ids": "hs_merged_object_ids",
        "first agent email response date": "first_agent_reply_date",
        "first agent response date": "hs_first_agent_message_sent_at",
        "last activity date": "hs_lastactivitydate",
        "last activity date (ticket note)": "notes_last_updated",
    },
    "orders": {
        "order name": "hs_order_name", "total price": "hs_total_price",
        "currency code": "hs_currency_code", "order status": "hs_external_order_status",
    },
    "lead_objects": {
        "lead name": "hs_lead_name", "lead label": "hs_lead_label", "lead type": "hs_lead_type",
        "lead source": "hs_lead_source", "lead stage": "hs_pipeline_stage",
        "lead pipeline stage": "hs_pipeline_stage",
    },
    "calls": {
        "call title": "hs_call_title", "call notes": "hs_call_body",
        "call duration": "hs_call_duration", "call direction": "hs_call_direction",
        "call outcome": "hs_call_disposition", "call status": "hs_call_status",
        "from number": "hs_call_from_number", "to number": "hs_call_to_number",
        "recording url": "hs_call_recording_url",
    },
    "emails": {
        "email subject": "hs_email_subject", "subject": "hs_email_subject",
        "email body": "hs_email_text", "email direction": "hs_email_direction",
        "email from address": "hs_email_from_email", "email to address": "hs_email_to_email",
        "email cc address": "hs_email_cc_email", "email send status": "hs_email_status",
    },
    "meetings": {
        "meeting name": "hs_meeting_title", "meeting title": "hs_meeting_title",
        "meeting description": "hs_meeting_body", "meeting outcome": "hs_meeting_outcome",
        "meeting start time": "hs_meeting_start_time", "meeting end time": "hs_meeting_end_time",
        "start time": "hs_meeting_start_time", "end time": "hs_meeting_end_time",
    },
    "notes": {"note body": "hs_note_body"},
    "tasks": {
        "task title": "hs_task_subject", "task notes": "hs_task_body",
        "task status": "hs_task_status", "due date": "hs_timestamp",
        "completed at": "hs_task_completion_date",
    },
    "communications": {
        "communication body": "hs_communication_body",
        "channel type": "hs_communication_channel_type",
    },
    "products": {
        "product id": "hs_object_id", "unit price": "price", "unit cost": "hs_cost_of_goods_sold",
        "product type": "hs_product_type",
    },
    "line_items": {
        "line item id": "hs_object_id", "product id": "hs_product_id", "unit price": "price",
        "total discount": "hs_total_discount", "currency": "hs_line_item_currency_code",
        "net price": "amount", "unit discount": "discount",
        "discount percentage": "hs_discount_percentage",
    },
}  # fmt: skip
"""Labels in lower case by object, as a new account has them."""

_ASSOCIATED = re.compile(
    r"associated (contact|company|deal|ticket|order) ids?( \(primary\))?$", re.IGNORECASE
)
_RECORD = re.compile(r"record id - (contact|company|deal|ticket|order)$")
"""Of the object itself, or of another in an export with associated records."""
_PRIMARY_COMPANY = "hs_primary_associated_company"
_PLURALS = {
    "contact": "contacts", "company": "companies", "deal": "deals", "ticket": "tickets",
    "order": "orders",
}  # fmt: skip
_OWNER = re.compile(
    r"(?:contact|company|deal|ticket|lead|order|call|email|meeting|task|note) owner$", re.I
)


def field_names(header: list[str], native: NativeObject | None) -> list[str]:
    """Return internal names; what is no label of ``native`` (None: of any object) stays."""
    own = LABELS.get(native.name, {}) if native is not None else _ALL
    return [_name_of(label, own) for label in header]


def _name_of(label: str, own: dict[str, str]) -> str:
    lowered = " ".join(label.lower().split())
    associated = _ASSOCIATED.match(lowered)
    if associated is not None and lowered not in own:
        if associated[1] == "company" and associated[2]:
            # of all companies, which stand in another column, the one that counts
            return _PRIMARY_COMPANY
        return f"associations.{_PLURALS[associated[1]]}"
    other = _RECORD.match(lowered)
    if other is not None and lowered not in own:
        return f"associations.{_PLURALS[other[1]]}"
    if _OWNER.match(lowered):
        return OWNER_NAME
    if re.fullmatch(r"[a-z0-9_]+", lowered) and lowered not in own and lowered not in COMMON:
        return lowered
    return own.get(lowered) or COMMON.get(lowered, label)


_ALL = {
    label: name
    for labels in LABELS.values()
    for label, name in labels.items()
    if sum(label in each for each in LABELS.values()) == 1
}
"""Labels that only one kind of object has."""
