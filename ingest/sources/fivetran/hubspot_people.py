"""HubSpot's contacts and companies in; contacts and accounts out."""

from __future__ import annotations

import polars as pl

from ingest.codes.countries import country
from ingest.sources.fivetran.hubspot_lists import (
    COMPANY_LIST_MEMBER,
    FORM_SUBMISSION,
    LIST,
    LIST_MEMBER,
)  # fmt: skip
from ingest.sources.fivetran.hubspot_merges import MERGED, merged_join, merged_target
from ingest.sources.fivetran.hubspot_refusals import HASHED, STANDING_REFUSAL
from ingest.sources.fivetran.table import (
    Join,
    Part,
    Table,
    Target,
    changed_at,
    first_of,
    is_deleted,
)  # fmt: skip
from ingest.sources.hubspot.analytics import FIVETRAN_ORIGIN
from ingest.sources.hubspot.people import LIFECYCLE_STAGES

CONTACT = Table(
    joins=(
        merged_join("contact"),
        Join(
            tables=("contact_merge_audit",),
            on="id",
            key="vid_to_merge",
            take={"$canonical": "canonical_vid"},
        ),
    ),
    derive={
        "$recorded_at": changed_at("property_lastmodifieddate"),
        "$is_deleted": is_deleted("_fivetran_deleted", "is_deleted"),
        "$merged_into": first_of("$canonical", "$survivor"),
        "$created_at": first_of("property_createdate", "property_created_at"),
        "$country": country("property_hs_country_region_code", "property_country"),
        "$account": first_of("property_associatedcompanyid", "associated_company"),
        "$emails": pl.col("property_hs_additional_emails").str.extract_all(
            r"[^\s;,<>]+@[^\s;,<>]+"
        ),
        **MERGED,
    },
    targets=(
        Target(
            entity="contact",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            merged_into="$merged_into",
            columns={
                "contact_id": "id",
                "first_name": "property_firstname",
                "last_name": "property_lastname",
                "email": "property_email",
                "phone": "property_phone",
                "mobile": "property_mobilephone",
                "title": "property_jobtitle",
                "account_ref": "$account",
                "owner_ref": "property_hubspot_owner_id",
                "street": "property_address",
                "city": "property_city",
                "state": "property_state",
                "postal_code": "property_zip",
                "country_code": "$country",
                "gender": "property_gender",
                "locale": "property_hs_language",
                "time_zone": "property_hs_timezone",
                "lead_source": FIVETRAN_ORIGIN,
                "lifecycle_stage": {
                    "from": "property_lifecyclestage",
                    "values": LIFECYCLE_STAGES,
                },
                "created_at": "$created_at",
                "last_activity_at": "property_notes_last_updated",
                "has_opted_out_of_email": "property_hs_email_optout",
            },
        ),
        merged_target("contact", {"contact_id": "$merged_ids"}),
        STANDING_REFUSAL,
        Target(
            entity="identifier",
            where=pl.col("$emails").list.len() > 0,
            explode="$emails",
            columns={
                "person_ref": {"from": "id", "as": "contact"},
                "id_type": {"value": "email"},
                "id_value": "$emails",
                "first_seen_at": "$created_at",
            },
            attributes=(),
        ),
        Target(
            entity="identifier",
            where=pl.col("property_email").str.contains(HASHED),
            columns={
                "person_ref": {"from": "id", "as": "contact"},
                "id_type": {"value": "anonymous_id"},
                "id_value": "property_email",
                "first_seen_at": "$created_at",
            },
            attributes=(),
        ),
    ),
)

MERGE_AUDIT = Table(
    part=Part(on="vid_to_merge", tables={"contact": "id"}),
    derive={"$is_merged": pl.lit("true")},
    targets=(
        Target(
            entity="contact",
            where=pl.col("vid_to_merge").is_not_null() & pl.col("canonical_vid").is_not_null(),
            recorded_at="timestamp",
            is_deleted="$is_merged",
            merged_into="canonical_vid",
            columns={"contact_id": "vid_to_merge"},
        ),
    ),
    reason_code="missing_id",
    reason="vid_to_merge or canonical_vid is missing",
)

COMPANY = Table(
    joins=(merged_join("company"),),
    derive={
        "$recorded_at": changed_at("property_hs_lastmodifieddate"),
        "$is_deleted": is_deleted("_fivetran_deleted", "is_deleted"),
        # HubSpot makes a company of a domain alone; its name is filled in later, or never
        "$name": first_of("property_name", "property_domain"),
        "$currency": pl.coalesce("property_hs_annual_revenue_currency_code", "$company_currency"),
        **MERGED,
    },
    targets=(
        Target(
            entity="account",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            merged_into="$survivor",
            columns={
                "account_id": "id",
                "name": "$name",
                "domain": "property_domain",
                "website": "property_website",
                "industry": "property_industry",
                "type": "property_type",
                "annual_revenue": "property_annualrevenue",
                "number_of_employees": "property_numberofemployees",
                "parent_ref": "property_hs_parent_company_id",
                "owner_ref": "property_hubspot_owner_id",
                "billing_street": "property_address",
                "billing_city": "property_city",
                "billing_state": "property_state",
                "billing_postal_code": "property_zip",
                "billing_country": "property_country",
                "account_source": FIVETRAN_ORIGIN,
                "created_at": "property_createdate",
                "currency": "$currency",
            },
        ),
        merged_target("account", {"account_id": "$merged_ids", "name": "$name"}),
    ),
)

PEOPLE = {
    "contact": CONTACT,
    "contact_merge_audit": MERGE_AUDIT,
    "company": COMPANY,
    **dict.fromkeys(("contact_list", "company_list"), LIST),
    "contact_list_member": LIST_MEMBER,
    "company_list_member": COMPANY_LIST_MEMBER,
    "contact_form_submission": FORM_SUBMISSION,
    "form": Table(reason="a form has no entity; its name is kept with what was sent by it"),
    "company_property_history": Table(
        reason="the history of a company's properties has no entity; their present values come "
        "with the company"
    ),
}
