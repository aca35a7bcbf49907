"""Records of HubSpot that were merged in; what points from them to the survivor out."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from ingest.sources.fivetran.table import Join, Target


def merged_join(table: str) -> Join:
    """Return the join that finds the record which names an id among those merged into it."""
    return Join(
        tables=(table,),
        on="id",
        key="property_hs_merged_object_ids",
        take={"$survivor": "id"},
        splits_key=True,
    )


MERGED: dict[str, pl.Expr] = {
    "$merged_ids": pl.col("property_hs_merged_object_ids").str.extract_all(r"[^\s;,]+"),
    "$is_merged": pl.lit("true"),
}


def merged_target(entity: str, columns: Mapping[str, str]) -> Target:
    """Return the target of the records that were merged into a row.

    HubSpot drops them; what the contract requires of one is said by the survivor.
    """
    return Target(
        entity=entity,
        where=pl.col("$merged_ids").list.len() > 0,
        explode="$merged_ids",
        recorded_at="$recorded_at",
        is_deleted="$is_merged",
        merged_into="id",
        columns=columns,
        attributes=(),
    )
