"""The history of a HubSpot record's properties in; a line per change out."""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.records import HISTORY
from ingest.times.timestamps import parse_timestamps


def changes_of(frame: pl.DataFrame, properties: dict[str, str]) -> pl.DataFrame:
    """Return ``hs_object_id``, ``field``, ``old``, ``new``, ``at`` of the properties named.

    HubSpot gives every value a property had and since when, newest first; the value before is
    the one that was set before.

    Parameters
    ----------
    properties
        Internal names, and what the changes are called.
    """
    entry = pl.col(HISTORY).struct
    changes = (
        frame.select("$position", "hs_object_id", HISTORY)
        .filter(pl.col(HISTORY).list.len() > 0)
        .explode(HISTORY)
        .select(
            "$position",
            "hs_object_id",
            entry.field("property").alias("property"),
            entry.field("value").alias("new"),
            entry.field("timestamp").alias("at"),
        )
        .filter(pl.col("property").is_in(list(properties)), pl.col("at").is_not_null())
        .unique(maintain_order=True)
    )
    # newest first as delivered: reversed, so that of two at the same moment the later stays later;
    # as text, 10:00:00Z would come after 10:00:00.250Z
    moment = parse_timestamps(pl.col("at"), "UTC")
    ordered = changes.reverse().sort(
        "$position", "property", moment, "at", maintain_order=True, nulls_last=True
    )
    value = pl.when(pl.col("new") != "").then("new")
    return ordered.with_columns(
        pl.col("property").replace_strict(properties, return_dtype=pl.String).alias("field"),
        value.alias("new"),
        value.shift(1).over("$position", "property").alias("old"),
    )
