"""Records that cannot become rows in, the frame of rejected records out."""

from __future__ import annotations

import polars as pl

from ingest.parsed import REJECTED_SCHEMA

PAYLOAD_CHARACTERS = 10_000
"""How much of a rejected record is kept: enough to see what it was, and a 25 MB message or a
line without end does not fill the quarantine."""


def one_reject(
    position: int, entity: str, reason_code: str, reason: str, payload: str
) -> pl.DataFrame:
    """Return a frame of one rejected record."""
    row = (position, entity, reason_code, reason, payload[:PAYLOAD_CHARACTERS])
    return pl.DataFrame([row], schema=REJECTED_SCHEMA, orient="row")


def rejected_lines(
    lines: pl.DataFrame, entity: str, reason_code: str, reason: str | pl.Expr
) -> pl.DataFrame:
    """Return ``lines`` (``position``, ``line``) as rejected records.

    Parameters
    ----------
    reason
        One sentence for all, or an expression over the columns of ``lines``.
    """
    return lines.select(
        pl.col("position").cast(pl.Int64),
        entity=pl.lit(entity),
        reason_code=pl.lit(reason_code),
        reason=pl.lit(reason) if isinstance(reason, str) else reason,
        # a copy: a slice would keep the whole block alive that the line was read from
        payload=pl.concat_str(pl.col("line").str.slice(0, PAYLOAD_CHARACTERS), pl.lit("")),
    )
