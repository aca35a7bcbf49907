"""Time texts of Segment calls in, ``event_at`` without clock skew and ``recorded_at`` out."""

from __future__ import annotations

import polars as pl

from ingest.timestamps import parse_timestamps


def with_times(calls: pl.DataFrame) -> pl.DataFrame:
    """Add ``event_at`` and ``recorded_at`` (naive UTC), null where no time can be read.

    A visitor's clock may be wrong by years. Where the call has its original time, the distance
    between event and dispatch (both by that clock) is subtracted from the time of receipt (by
    the server's), as Segment does.
    """
    texts = ("timestamp", "original_timestamp", "sent_at", "received_at")
    times = calls.with_columns(_time(calls[f"{name}_text"]).alias(f"{name}_read") for name in texts)
    corrected = pl.col("received_at_read") - (
        pl.col("sent_at_read") - pl.col("original_timestamp_read")
    )
    return times.with_columns(
        event_at=pl.coalesce(
            corrected, pl.col("timestamp_read"), pl.col("original_timestamp_read")
        ),
        recorded_at=pl.col("received_at_read"),
    )


def _time(text: pl.Series) -> pl.Series:
    """Read ISO 8601 times; without an offset they are UTC, as the spec demands."""
    usual = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us", strict=False)
    if usual.null_count() == text.null_count():
        return usual
    unusual = text.filter(usual.is_null() & text.is_not_null()).unique()
    read = unusual.to_frame("text").select(parse_timestamps(pl.col("text"), "UTC")).to_series()
    return usual.fill_null(text.replace_strict(unusual, read, default=None))
