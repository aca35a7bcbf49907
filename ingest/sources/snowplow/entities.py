"""Contexts of Snowplow events in; ids of persons from the entities that name them out."""

from __future__ import annotations

import duckdb
import polars as pl

from ingest.engine import frame_of

SHOP = "iglu:com.snowplowanalytics.snowplow.ecommerce"

_NAMING = r"snowplow\.ecommerce/user/|snowplow/client_session/"

_QUERY = f"""
with listed as (
    select
        position,
        try(json_extract(try_cast(contexts as json), '$.data[*]')) as entities
    from naming
)

select
    position,
    try(json_extract_string(
        list_filter(
            entities,
            lambda e: starts_with(json_extract_string(e, '$.schema'), '{SHOP}/user/')
        )[1],
        '$.data.email'
    )) as entity_email,
    try(json_extract_string(
        list_filter(
            entities,
            lambda e: contains(json_extract_string(e, '$.schema'), 'snowplow/client_session/')
        )[1],
        '$.data.userId'
    )) as session_user_id
from listed
"""  # noqa: S608


def with_named_entities(con: duckdb.DuckDBPyConnection, lines: pl.DataFrame) -> pl.DataFrame:
    """Add ``entity_email`` of a shop's user and ``session_user_id`` of a mobile session."""
    naming = lines.filter(pl.col("contexts").str.contains(_NAMING).fill_null(False))
    if naming.is_empty():
        nobody = pl.lit(None, pl.String)
        return lines.with_columns(entity_email=nobody, session_user_id=nobody)
    con.register("naming", naming.select("position", "contexts"))
    found = frame_of(con, _QUERY, len(naming))
    con.unregister("naming")
    return lines.join(found, on="position", how="left", maintain_order="left")
