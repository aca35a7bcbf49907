"""Salesforce OpportunityHistory: the states an opportunity was saved in, made into its changes."""

from __future__ import annotations

import polars as pl

from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import share_of
from ingest.sources.salesforce.sales import FORECAST_CATEGORIES

SNAPSHOT_FIELDS = {
    "StageName": "stage",
    "Amount": "amount",
    "CloseDate": "close_date",
    "Probability": "probability",
    "ForecastCategory": "forecast_category",
}


def changes_between(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a line per field that differs from the opportunity's row before.

    A row that differs in nothing the warehouse keeps states its stage once more.
    """
    ordered = frame.sort("OpportunityId", "CreatedDate", "$position", nulls_last=True)
    ordered = ordered.with_columns(
        share_of("Probability"), pl.col("ForecastCategory").replace(FORECAST_CATEGORIES)
    )
    previous = {name: pl.col(name).shift(1).over("OpportunityId") for name in SNAPSHOT_FIELDS}
    previous["Amount"] = pl.coalesce(previous["Amount"], "PrevAmount")
    previous["CloseDate"] = pl.coalesce(previous["CloseDate"], "PrevCloseDate")
    states = ordered.with_columns(old.alias(f"$old.{name}") for name, old in previous.items())
    differs = {name: pl.col(name).ne_missing(pl.col(f"$old.{name}")) for name in SNAPSHOT_FIELDS}
    is_same = ~pl.any_horizontal(differs.values())
    parts = []
    for name, field in SNAPSHOT_FIELDS.items():
        is_line = (differs[name] | is_same) if field == "stage" else differs[name]
        parts.append(
            states.filter(is_line).select(
                "$position",
                "OpportunityId",
                "CreatedDate",
                "CreatedById",
                "IsDeleted",
                pl.lit(field).alias("field"),
                pl.col(f"$old.{name}").alias("old"),
                pl.col(name).alias("new"),
            )
        )
    return pl.concat(parts)


OPPORTUNITY_HISTORY = NativeObject(
    name="OpportunityHistory",
    also_called=("OpportunityHistories",),
    maps=(
        ObjectMap(
            "opportunity_history",
            {
                "opportunity_ref": "OpportunityId",
                "field": "field",
                "old_value": "old",
                "new_value": "new",
                "changed_at": "CreatedDate",
                "changed_by_ref": "CreatedById",
            },
            is_deleted="IsDeleted",
            rows=changes_between,
            fields=(
                "OpportunityId", "CreatedDate", "CreatedById", "IsDeleted", "PrevAmount",
                "PrevCloseDate", *SNAPSHOT_FIELDS,
            ),
            keep_rest=False,
        ),
    ),
    evidence=(("OpportunityId", "StageName", "CreatedDate"),),
)  # fmt: skip
