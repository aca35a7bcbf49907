"""HubSpot deals and their history: what becomes of their properties."""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.analytics import ORIGIN
from ingest.sources.hubspot.deal_people import PEOPLE_OF_DEALS
from ingest.sources.hubspot.history import changes_of
from ingest.sources.hubspot.lineage import CREATED, STATE, merged_records
from ingest.sources.hubspot.people import NAMED_OWNERS, OWNER, OWNER_NAME
from ingest.sources.hubspot.records import HISTORY, HISTORY_TYPE, PEOPLE, PEOPLE_TYPE
from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import first_of, is_true
from ingest.times.timestamps import parse_timestamps

FORECAST_CATEGORIES = {
    "OMIT": "omitted", "PIPELINE": "pipeline", "BEST_CASE": "best_case", "COMMIT": "commit",
    "MOST_LIKELY": "most_likely", "CLOSED": "closed",
}  # fmt: skip

DEAL_TYPES = {
    "newbusiness": "new_business", "New Business": "new_business", "existingbusiness": "upsell",
    "Existing Business": "upsell",
}  # fmt: skip

HISTORY_FIELDS = {
    "dealstage": "stage",
    "amount": "amount",
    "closedate": "close_date",
    "hubspot_owner_id": "owner",
    "hs_manual_forecast_category": "forecast_category",
    "hs_deal_stage_probability": "probability",
}

_IS_CLOSED = is_true("hs_is_closed") | is_true("hs_is_closed_won") | is_true("hs_is_closed_lost")


# an export writes "Closed won (Sales Pipeline)" where several pipelines have the stage
_STAGE = pl.coalesce(
    pl.col("dealstage").str.strip_suffix(
        pl.concat_str(pl.lit(" ("), pl.col("pipeline"), pl.lit(")"))
    ),
    "dealstage",
)


def _changes(frame: pl.DataFrame) -> pl.DataFrame:
    changes = changes_of(frame, HISTORY_FIELDS)
    zone = str(frame["$time_zone"][0]) if frame.height else "UTC"
    return changes.with_columns(_said(name, zone).alias(name) for name in ("old", "new"))


def _said(name: str, zone: str) -> pl.Expr:
    """Return a value in the words that opportunities use, a day of the account's calendar."""
    value = pl.col(name)
    closing = parse_timestamps(value, zone).dt.replace_time_zone("UTC")
    day = closing.dt.convert_time_zone(zone).dt.date().cast(pl.String)
    return (
        pl.when(pl.col("field") == "forecast_category")
        .then(value.replace(FORECAST_CATEGORIES))
        .when(pl.col("field") == "close_date")
        .then(pl.coalesce(day, value))
        .otherwise(value)
    )


DEALS = NativeObject(
    name="deals",
    also_called=("deal",),
    maps=(
        ObjectMap(
            "opportunity",
            {
                "opportunity_id": "hs_object_id",
                "account_ref": pl.coalesce(
                    "hs_primary_associated_company", first_of("associations.companies")
                ),
                "primary_contact_ref": first_of("associations.contacts"),
                "campaign_ref": "hs_campaign",
                "name": "dealname",
                "type": {
                    "from": "dealtype",
                    "values": DEAL_TYPES,
                },
                "lead_source": ORIGIN,
                "pipeline": pl.coalesce("pipeline", pl.lit("default")),
                "stage_name": _STAGE,
                "amount": "amount",
                "currency": pl.coalesce("deal_currency_code", "$currency"),
                "probability": "hs_deal_stage_probability",
                "expected_revenue": "hs_projected_amount",
                "close_date": "closedate",
                "forecast_category": {
                    "from": "hs_manual_forecast_category",
                    "values": FORECAST_CATEGORIES,
                },
                "is_closed": "hs_is_closed",
                "is_won": "hs_is_closed_won",
                "loss_reason": "closed_lost_reason",
                "next_step": "hs_next_step",
                "owner_ref": OWNER,
                "created_at": CREATED,
                "closed_at": pl.when(_IS_CLOSED).then(pl.col("closedate")),
            },
            **STATE,
            absorbed=(
                "pipeline",
                "dealstage",
                "createdate",
                "createdAt",
                "hubspot_owner_id",
                OWNER_NAME,
            ),
        ),
        ObjectMap(
            "opportunity_history",
            {
                "opportunity_ref": "hs_object_id",
                "field": "field",
                "old_value": "old",
                "new_value": "new",
                "changed_at": "at",
            },
            rows=_changes,
            fields=("hs_object_id", HISTORY),
            keep_rest=False,
        ),
        PEOPLE_OF_DEALS,
        merged_records("opportunity", "opportunity_id", {"stage_name": "dealstage"}, "dealstage"),
        NAMED_OWNERS,
    ),
    evidence=(("dealname",), ("dealstage",)),
    nested={HISTORY: HISTORY_TYPE, PEOPLE: PEOPLE_TYPE},
)
