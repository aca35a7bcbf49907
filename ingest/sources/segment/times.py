"""Time texts of Segment calls in, ``event_at`` without clock skew and ``recorded_at`` out."""

from __future__ import annotations

import polars as pl

from ingest.times.timestamps import parse_timestamps


def with_times(calls: pl.DataFrame) -> pl.DataFrame:
    """Add ``event_at`` and ``recorded_at`` (naive UTC), null where no time can be read.

    A visitor's clock may be wrong by years. Where the call has its original time, the distance
    between event and dispatch (both by that clock) is subtracted from the time of receipt (by
    the server's), as Segment does.
    """
    received = _time(calls["received_at_text"])
    stated = _time(calls["timestamp_text"])
    original = _time(calls["original_timestamp_text"])
    if original.null_count() < len(original):
        corrected = received - (_time(calls["sent_at_text"]) - original)
        stated = corrected.fill_null(stated).fill_null(original)
    return calls.with_columns(event_at=stated, recorded_at=received)


def _time(text: pl.Series) -> pl.Series:
    """Read ISO 8601 times; without an offset they are UTC, as the spec demands."""
    return text.to_frame("text").select(parse_timestamps(pl.col("text"), "UTC")).to_series()
