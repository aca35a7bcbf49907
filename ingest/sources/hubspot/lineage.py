"""What every HubSpot object says about its records: changed when, archived, merged."""

from __future__ import annotations

from typing import TypedDict

import polars as pl

from ingest.sources.objects import ObjectMap
from ingest.sources.objects.expressions import is_true
from ingest.sources.objects.native_object import Setting


class Lineage(TypedDict):
    """Arguments of ``ObjectMap``."""

    recorded_at: pl.Expr
    is_deleted: str


CREATED = pl.coalesce("createdate", "hs_createdate", "createdAt")

_ARCHIVED_AT = pl.when(is_true("archived")).then(pl.col("archivedAt"))

CHANGED = pl.coalesce(_ARCHIVED_AT, "hs_lastmodifieddate", "lastmodifieddate", "updatedAt")

STATE = Lineage(recorded_at=CHANGED, is_deleted="archived")

# a call is known since it was logged, also if HubSpot touches its record years later; that it
# was archived is known only since then
EVENT = Lineage(
    recorded_at=pl.when(is_true("archived")).then(CHANGED).otherwise(CREATED),
    is_deleted="archived",
)

MERGED_ID = "$merged_id"


def merged_records(entity: str, key: str, required: dict[str, Setting], *fields: str) -> ObjectMap:
    """Return the map of the records that were merged into a record.

    HubSpot answers a request for a merged record with the survivor; so what the contract
    requires of a row is said by the survivor's.

    Parameters
    ----------
    required
        Columns the contract requires beside the key, and ``fields`` they are made of.
    """
    reads = ("hs_object_id", "hs_merged_object_ids", "hs_lastmodifieddate", "lastmodifieddate")

    def explode(frame: pl.DataFrame) -> pl.DataFrame:
        ids = pl.col("hs_merged_object_ids").str.split(";")
        return (
            frame.filter(pl.col("hs_merged_object_ids").is_not_null())
            .select("$position", *reads, *fields, ids.alias(MERGED_ID))
            .explode(MERGED_ID)
            .with_columns(pl.col(MERGED_ID).str.strip_chars(), pl.lit("true").alias("$merged"))
            .filter(pl.col(MERGED_ID) != "", pl.col(MERGED_ID) != pl.col("hs_object_id"))
        )

    return ObjectMap(
        entity,
        {key: MERGED_ID, **required},
        recorded_at=pl.coalesce("hs_lastmodifieddate", "lastmodifieddate"),
        is_deleted="$merged",
        merged_into="hs_object_id",
        rows=explode,
        fields=(*reads, *fields),
        keep_rest=False,
    )
