"""When a Salesforce record changed, and whether it is gone, as every table of it says."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import changed_at, is_deleted

CURRENCY: dict[str, pl.Expr] = {
    # only organisations with several currencies have the field
    "$currency": pl.coalesce("currency_iso_code", "$company_currency")
}

OWNER: dict[str, pl.Expr] = {
    # a queue may own a record, too, but it is no colleague
    "$owner": pl.when(~pl.col("owner_id").str.starts_with("00G")).then("owner_id")
}

LINEAGE: dict[str, pl.Expr] = {
    "$recorded_at": changed_at("system_modstamp", "last_modified_date"),
    "$is_deleted": is_deleted("is_deleted", "_fivetran_deleted"),
}
"""Columns for ``recorded_at`` and ``is_deleted``. In history mode every version has its own
``_fivetran_start``."""

LINEAGE_OF_EVENTS: dict[str, pl.Expr] = {
    **LINEAGE,
    # a call is known since it was logged, also if somebody touches its record years later; that
    # it was deleted is known only since then
    "$recorded_at": pl.when(is_deleted("is_deleted", "_fivetran_deleted"))
    .then(changed_at("system_modstamp", "last_modified_date"))
    .otherwise(pl.coalesce("created_date", "_fivetran_synced")),
}
