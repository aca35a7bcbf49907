"""Rejected records in; rows of ``meta.quarantine`` out."""

from __future__ import annotations

from datetime import datetime

import duckdb
import polars as pl

from ingest.hashing import md5_hex

PAYLOAD_CHARACTERS = 65_536
"""How much of a rejected record is kept; a 25 MB message must not fill the warehouse."""


def write_quarantine(
    con: duckdb.DuckDBPyConnection,
    rejected: pl.DataFrame,
    source: str,
    batch_id: str,
    quarantined_at: datetime,
) -> None:
    """Insert rejected records; run within a transaction.

    Parameters
    ----------
    rejected
        ``$file``, ``position``, ``entity``, ``reason_code``, ``reason``, ``payload``.
    """
    if rejected.is_empty():
        return
    identity = ("$file", "position", "entity", "reason_code", "reason", "payload")
    repeated = pl.int_range(pl.len()).over("$file", "position", "entity").cast(pl.String)
    texts = [pl.col(name).cast(pl.String).fill_null("") for name in identity]
    ids = rejected.select(
        pl.concat_str([pl.lit(source), *texts, repeated], separator="\x1f").alias("id")
    ).to_series()
    characters = pl.col("payload").str.len_chars()
    cut = pl.concat_str(
        pl.col("payload").str.slice(0, PAYLOAD_CHARACTERS),
        pl.lit(" … (cut off; "),
        characters,
        pl.lit(" characters)"),
    )
    rows = rejected.select(
        quarantine_id=md5_hex(ids),
        batch_id=pl.lit(batch_id),
        source=pl.lit(source),
        entity="entity",
        file="$file",
        position="position",
        reason_code="reason_code",
        reason="reason",
        payload=pl.when(characters > PAYLOAD_CHARACTERS).then(cut).otherwise("payload"),
        quarantined_at=pl.lit(quarantined_at, dtype=pl.Datetime("us")),
    )
    _insert(con, rows)


def _insert(con: duckdb.DuckDBPyConnection, quarantine_rows: pl.DataFrame) -> None:
    con.execute("insert into meta.quarantine by name select * from quarantine_rows")
