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
),

shop_users as (
    select
        position,
        entities,
        try(json_extract_string(
            list_filter(
                entities,
                lambda e: starts_with(json_extract_string(e, '$.schema'), '{SHOP}/user/')
            )[1],
            ['$.data.email', '$.data.id', '$.data.is_guest']
        )) as shop_user
    from listed
)

select
    position,
    shop_user[1] as entity_email,
    -- a guest's id is made for the one visit
    case when shop_user[3] is distinct from 'true' then shop_user[2] end as entity_user_id,
    try(json_extract_string(
        list_filter(
            entities,
            lambda e: contains(json_extract_string(e, '$.schema'), 'snowplow/client_session/')
        )[1],
        '$.data.userId'
    )) as session_user_id
from shop_users
"""  # noqa: S608


def with_named_entities(con: duckdb.DuckDBPyConnection, lines: pl.DataFrame) -> pl.DataFrame:
    """Add ``entity_email``, ``entity_user_id`` of a shop's user, ``session_user_id`` of a device.

    Mobile trackers call the id that they give a device the user's.
    """
    naming = lines.filter(pl.col("contexts").str.contains(_NAMING).fill_null(False))
    if naming.is_empty():
        nobody = pl.lit(None, pl.String)
        return lines.with_columns(
            entity_email=nobody, entity_user_id=nobody, session_user_id=nobody
        )
    con.register("naming", naming.select("position", "contexts"))
    found = frame_of(con, _QUERY, len(naming))
    con.unregister("naming")
    return lines.join(found, on="position", how="left", maintain_order="left")
