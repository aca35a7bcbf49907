"""Versions of records as history mode keeps them in; with the end of those that are gone, out.

History mode has no row for a deletion: the last version of the record is no longer active, and
``_fivetran_end`` says since when.
"""

from __future__ import annotations

import polars as pl

from ingest.contracts import CONTRACTS
from ingest.sources.fivetran.folder import Folder
from ingest.sources.fivetran.joining import with_columns_of
from ingest.sources.fivetran.table import Target, is_true
from ingest.times.timestamps import parse_timestamps

_START = parse_timestamps(pl.col("_fivetran_start"), "UTC")
_COLUMNS = ("_fivetran_active", "_fivetran_start", "_fivetran_end")


def with_ends(frame: pl.DataFrame, name: str, target: Target, folder: Folder) -> pl.DataFrame:
    """Return versions of records, and one more of those of which none is active.

    Parameters
    ----------
    frame
        Complete rows of the table ``name``.
    """
    key = _key(target)
    if key is None or target.is_deleted is None or target.recorded_at is None:
        return frame
    if not {key, *_COLUMNS} <= set(frame.columns):
        return frame
    frame = with_columns_of(frame, [target.is_deleted, target.recorded_at])
    inactive = frame.filter(
        ~is_true("_fivetran_active")
        & pl.col(target.is_deleted).cast(pl.String).str.to_lowercase().ne_missing("true")
    )
    if inactive.is_empty():
        return frame
    ids = inactive[key].drop_nulls().unique()
    versions = folder.rows((name,), key, ids, with_deleted=True)
    if not set(_COLUMNS) <= set(versions.columns):
        return frame
    newest = versions.group_by(key).agg(
        _START.max().alias("$newest"),
        is_true("_fivetran_active").fill_null(value=True).any().alias("$is_there"),
    )
    is_last = ~pl.col("$is_there") & _START.eq(pl.col("$newest"))
    gone = inactive.join(newest, on=key).filter(is_last)
    is_deleted = pl.lit(value=True).cast(frame.schema[target.is_deleted])
    gone = gone.with_columns(
        pl.col("_fivetran_end").alias(target.recorded_at), is_deleted.alias(target.is_deleted)
    )
    return pl.concat([frame, gone.select(frame.columns)])


def _key(target: Target) -> str | None:
    """Return the column of the table that names the record, None where it is made of others."""
    settings = [target.columns.get(column.name) for column in CONTRACTS[target.entity].key]
    names = [setting for setting in settings if isinstance(setting, str)]
    return names[0] if len(names) == 1 and not names[0].startswith("$") else None
