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
    keys = _keys(target)
    if not keys or target.is_deleted is None or target.recorded_at is None:
        return frame
    if not {*keys, *_COLUMNS} <= set(frame.columns):
        return frame
    frame = with_columns_of(frame, [target.is_deleted, target.recorded_at])
    inactive = frame.filter(
        ~is_true("_fivetran_active")
        & pl.col(target.is_deleted).cast(pl.String).str.to_lowercase().ne_missing("true")
    )
    if inactive.is_empty():
        return frame
    # the last of several names the record within what the others name
    ids = inactive[keys[-1]].drop_nulls().unique()
    versions = folder.rows((name,), keys[-1], ids, with_deleted=True)
    if not {*keys, *_COLUMNS} <= set(versions.columns):
        return frame
    newest = versions.group_by(keys).agg(
        _START.max().alias("$newest"),
        is_true("_fivetran_active").fill_null(value=True).any().alias("$is_there"),
    )
    is_last = ~pl.col("$is_there") & _START.eq(pl.col("$newest"))
    gone = inactive.join(newest, on=keys).filter(is_last)
    is_deleted = pl.lit(value=True).cast(frame.schema[target.is_deleted])
    gone = gone.with_columns(
        pl.col("_fivetran_end").alias(target.recorded_at), is_deleted.alias(target.is_deleted)
    )
    return pl.concat([frame, gone.select(frame.columns)])


def _keys(target: Target) -> list[str]:
    """Return the columns of the table that name the record, none where it is made of others."""
    settings = [target.columns.get(column.name) for column in CONTRACTS[target.entity].key]
    names = [setting for setting in settings if isinstance(setting, str)]
    is_plain = len(names) in (1, len(settings)) and not any(n.startswith("$") for n in names)
    return names if is_plain else []
