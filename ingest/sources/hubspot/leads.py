"""HubSpot leads, the object: what becomes of their properties.

A lead is work on a contact that exists: it tells of that contact's name and address, and is the
same person. It is converted once it is qualified and has a deal.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.analytics import ANALYTICS_SOURCES
from ingest.sources.hubspot.lineage import CREATED, STATE
from ingest.sources.hubspot.people import NAMED_OWNERS, OWNER, OWNER_NAME
from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import first_of, lower, typed

STAGES = {
    "new-stage-id": "New",
    "attempting-stage-id": "Attempting",
    "connected-stage-id": "Connected",
    "qualified-stage-id": "Qualified",
    "unqualified-stage-id": "Disqualified",
}
"""Stages of the pipeline that every account begins with, as HubSpot calls them."""

CATEGORIES = {
    "NOT_STARTED": "New",
    "IN_PROGRESS": "In progress",
    "QUALIFIED": "Qualified",
    "UNQUALIFIED": "Disqualified",
}
"""What each stage of an account's own is for, which its id does not tell."""

_STAGE = pl.col("hs_pipeline_stage").replace(STAGES)
_CATEGORY = pl.col("hs_pipeline_stage_category").str.to_uppercase().str.replace_all(" ", "_")
_OF_CATEGORY = _CATEGORY.replace_strict(CATEGORIES, default=None, return_dtype=pl.String)
_STATUS = pl.when(_STAGE.str.contains(r"^\d+$")).then(_OF_CATEGORY).otherwise(_STAGE)
_STATUS = pl.coalesce(_STATUS, _OF_CATEGORY, _STAGE)
_IS_QUALIFIED = pl.any_horizontal(_STATUS == "Qualified", _OF_CATEGORY == "Qualified").fill_null(
    value=False
)
_PERSON = pl.coalesce("hs_primary_contact_id", first_of("associations.contacts"))
_CREATED = tuple(sorted(set(CREATED.meta.root_names())))


def _contacts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a line per lead that names its contact."""
    return frame.select("$position", "hs_object_id", *_CREATED, _PERSON.alias("person")).filter(
        pl.col("person").is_not_null(), pl.col("hs_object_id").is_not_null()
    )


LEADS = NativeObject(
    # no file is called so: lists of contacts are often called leads
    name="lead_objects",
    maps=(
        ObjectMap(
            "lead",
            {
                "lead_id": "hs_object_id",
                "first_name": "hs_associated_contact_firstname",
                "last_name": "hs_associated_contact_lastname",
                "email": "hs_associated_contact_email",
                "company": "hs_associated_company_name",
                "status": _STATUS,
                "rating": lower("hs_lead_label"),
                "lead_source": {
                    "from": pl.coalesce(lower("hs_lead_source"), lower("hs_analytics_source")),
                    "values": ANALYTICS_SOURCES,
                },
                "owner_ref": OWNER,
                "created_at": CREATED,
                "converted_opportunity_ref": pl.when(_IS_QUALIFIED).then(
                    first_of("associations.deals")
                ),
            },
            **STATE,
            absorbed=("hubspot_owner_id", OWNER_NAME, "createdate", "createdAt", "hs_createdate"),
        ),
        ObjectMap(
            "identifier",
            {
                "person_ref": typed("lead", pl.col("hs_object_id")),
                "id_type": {"value": "contact"},
                "id_value": "person",
                "first_seen_at": CREATED,
            },
            rows=_contacts,
            fields=("hs_object_id", "hs_primary_contact_id", "associations.contacts", *_CREATED),
            keep_rest=False,
        ),
        NAMED_OWNERS,
    ),
    evidence=(
        ("hs_lead_name",), ("hs_lead_label",), ("hs_lead_type",), ("hs_primary_contact_id",),
        ("hs_associated_contact_email",),
    ),
)  # fmt: skip
