"""What every Salesforce object says about its records: changed when, deleted, merged."""

from __future__ import annotations

from typing import TypedDict

import polars as pl

from ingest.sources.objects.expressions import is_true


class StateLineage(TypedDict):
    """Arguments of ``ObjectMap`` for records that change."""

    recorded_at: pl.Expr
    is_deleted: str


class EventLineage(TypedDict):
    """Arguments of ``ObjectMap`` for records of what happened."""

    recorded_at: pl.Expr
    is_deleted: str


CHANGED = pl.coalesce("SystemModstamp", "LastModifiedDate")

CURRENCY = pl.coalesce("CurrencyIsoCode", "$currency")
"""Only organisations with several currencies have the field."""

STATE = StateLineage(recorded_at=CHANGED, is_deleted="IsDeleted")

# a call is known since it was logged, also if somebody touches its record years later; that it
# was deleted is known only since then
EVENT = EventLineage(
    recorded_at=pl.when(is_true("IsDeleted")).then(CHANGED).otherwise(pl.col("CreatedDate")),
    is_deleted="IsDeleted",
)
