"""HubSpot contacts, companies, owners: what becomes of their properties."""

from __future__ import annotations

import polars as pl

from ingest.codes.countries import country
from ingest.sources.hubspot.analytics import ORIGIN
from ingest.sources.hubspot.lineage import CREATED, STATE, merged_records
from ingest.sources.hubspot.records import HISTORY, HISTORY_TYPE, OPT_OUTS, OPT_OUTS_TYPE
from ingest.sources.hubspot.refusals import REFUSALS, STANDING_REFUSALS
from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import day_of, first_of, full_name, is_true, lower
from ingest.sources.objects.other_identifiers import other_identifiers

LIFECYCLE_STAGES = {
    "marketingqualifiedlead": "mql", "marketing qualified lead": "mql",
    "salesqualifiedlead": "sql", "sales qualified lead": "sql",
}  # fmt: skip

OWNER_NAME = "hubspot_owner_name"
"""The owner as CSV exports have it; the API has ``hubspot_owner_id``."""

OWNER = pl.coalesce("hubspot_owner_id", OWNER_NAME)

_COUNTRY = country("hs_country_region_code", "country")


def _named_owners(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a line per owner who has a name only."""
    is_named = pl.col(OWNER_NAME).is_not_null() & pl.col("hubspot_owner_id").is_null()
    return frame.filter(is_named).unique(OWNER_NAME, keep="first", maintain_order=True)


NAMED_OWNERS = ObjectMap(
    "agent",
    {"agent_id": OWNER_NAME, "name": OWNER_NAME},
    rows=_named_owners,
    fields=(OWNER_NAME, "hubspot_owner_id"),
    keep_rest=False,
)
"""A CSV export says who owns a record by name only: the name is the colleague's id then."""

CONTACTS = NativeObject(
    name="contacts",
    also_called=("contact",),
    maps=(
        ObjectMap(
            "contact",
            {
                "contact_id": "hs_object_id",
                "first_name": "firstname",
                "last_name": "lastname",
                "email": "email",
                "phone": "phone",
                "mobile": "mobilephone",
                "title": "jobtitle",
                "department": "department",
                "account_ref": pl.coalesce(
                    "associatedcompanyid", "hs_primary_associated_company",
                    first_of("associations.companies"),
                ),
                "owner_ref": OWNER,
                "street": "address",
                "city": "city",
                "state": "state",
                "postal_code": "zip",
                "country_code": _COUNTRY,
                "birth_date": day_of("date_of_birth"),
                "gender": "gender",
                "locale": "hs_language",
                "time_zone": "hs_timezone",
                "lead_source": ORIGIN,
                "lifecycle_stage": {
                    "from": pl.col("lifecyclestage").str.to_lowercase(),
                    "values": LIFECYCLE_STAGES,
                },
                "created_at": CREATED,
                "last_activity_at": pl.coalesce("notes_last_updated", "hs_last_activity_date"),
                "has_opted_out_of_email": "hs_email_optout",
            },
            **STATE,
            absorbed=(
                "createdate", "createdAt", "lifecyclestage", "hubspot_owner_id", OWNER_NAME,
                "associatedcompanyid", "hs_primary_associated_company", "notes_last_updated",
            ),
        ),
        other_identifiers(
            "contact", "hs_object_id", CREATED,
            emails=("hs_additional_emails", "work_email"), phones=("hs_whatsapp_phone_number",),
            country=_COUNTRY,
        ),
        merged_records("contact", "contact_id", {}),
        REFUSALS,
        STANDING_REFUSALS,
        NAMED_OWNERS,
    ),
    evidence=(
        ("firstname",), ("lastname",), ("hs_email_optout",), ("email", "lifecyclestage"),
    ),
    nested={HISTORY: HISTORY_TYPE, OPT_OUTS: OPT_OUTS_TYPE},
)  # fmt: skip

COMPANIES = NativeObject(
    name="companies",
    also_called=("company",),
    maps=(
        ObjectMap(
            "account",
            {
                "account_id": "hs_object_id",
                "name": pl.coalesce("name", "domain"),
                "domain": "domain",
                "website": "website",
                "industry": "industry",
                "type": lower("type"),
                "annual_revenue": "annualrevenue",
                "number_of_employees": "numberofemployees",
                "parent_ref": "hs_parent_company_id",
                "owner_ref": OWNER,
                "billing_street": "address",
                "billing_city": "city",
                "billing_state": "state",
                "billing_postal_code": "zip",
                "billing_country": "country",
                "account_source": ORIGIN,
                "created_at": CREATED,
                "currency": pl.col("$currency"),
            },
            **STATE,
            absorbed=("name", "type", "createdate", "createdAt", "hubspot_owner_id", OWNER_NAME),
        ),
        merged_records(
            "account", "account_id", {"name": pl.coalesce("name", "domain")}, "name", "domain"
        ),
        NAMED_OWNERS,
    ),
    evidence=(("numberofemployees",), ("domain",), ("Company name",), ("Company Name",)),
)

OWNERS = NativeObject(
    name="owners",
    also_called=("owner",),
    maps=(
        ObjectMap(
            "agent",
            {
                "agent_id": "id",
                "name": full_name("firstName", "lastName"),
                "email": "email",
                "team": "team",
                "active_from": "createdAt",
                # who left stays the owner of what was theirs
                "active_to": pl.when(is_true("archived")).then("updatedAt"),
            },
            recorded_at="updatedAt",
            absorbed=("firstName", "lastName"),
        ),
    ),
    evidence=(("userId", "firstName"), ("userId", "email"), ("firstName", "lastName")),
)
