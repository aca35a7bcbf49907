"""ISO 8601 times as programs write them in; naive UTC timestamps out, null for all other texts.

Arrow reads one in 0.03 µs; Polars needs 0.4 where there are fractions of a second, and 8 to look
for every way in which a time can be written.
"""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from ingest.times.local_times import localized

_SAMPLE = 16
"""Texts of a column that say how all of it is written."""
_FEW = 32
"""So few texts, of which one is a day that there is not, are left to be read in another way."""

_LOOSE = r"(?i)\s(?:UTC|GMT|[+-]\d{2}(?::?\d{2})?)$|\.\d{7,}"
_ZONED = r"[T ]\d{2}.*(?:Z|[+-]\d{2}(?::?\d{2})?)$"
_DAY = r"^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_TIME = r"[T ](?:[01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?)?"
_OFFSET = r"(?:Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)"
_FORM = {"UTC": f"{_DAY}{_TIME}{_OFFSET}$", None: f"{_DAY}(?:{_TIME})?$"}
"""What Arrow reads with a zone and without, but for days like 2025-02-30."""


def plain_times(texts: pl.Series, time_zone: str) -> pl.Series:
    """Read what Arrow reads, the texts of a column all with an offset or all without.

    Which of the two, the first texts say; those of the other kind are null, as are texts that are
    no time.

    Parameters
    ----------
    time_zone
        IANA zone of times without offset.
    """
    nothing = pl.repeat(None, len(texts), dtype=pl.Datetime("us"), eager=True)
    first = texts.drop_nulls().head(_SAMPLE)
    if first.is_empty():
        return nothing
    if _most(first.str.contains(_LOOSE)):
        texts, first = _tightened(texts), _tightened(first)
    zone = "UTC" if _most(first.str.contains(_ZONED)) else None
    if not _most(_cast(first, zone).is_not_null()):
        return nothing
    times = _cast(texts, zone)
    if zone is not None:
        return times.dt.replace_time_zone(None)
    return times.to_frame("time").select(localized(pl.col("time"), time_zone)).to_series()


def _most(are: pl.Series) -> bool:
    return int(are.sum()) * 2 > len(are)


def _tightened(texts: pl.Series) -> pl.Series:
    """Bring zones after a blank, and more digits than microseconds have, into Arrow's form."""
    return (
        texts.str.replace(r"(?i)\s+(?:UTC|GMT)$", "Z")
        .str.replace(r"\s+([+-]\d{2}(?::?\d{2})?)$", "${1}")
        .str.replace(r"(\.\d{6})\d+", "${1}")
    )


def _cast(texts: pl.Series, zone: str | None) -> pl.Series:
    """Read texts; null for what Arrow does not read.

    Arrow stops at the first of those: a few odd times of 50,000 cost one look at all texts.
    """
    try:
        return _arrow_cast(texts, zone)
    except pa.ArrowInvalid:
        return _cast_halves(texts.set(~texts.str.contains(_FORM[zone]), None), zone)


def _arrow_cast(texts: pl.Series, zone: str | None) -> pl.Series:
    return pl.Series(texts.to_arrow().cast(pa.timestamp("us", zone)))


def _cast_halves(texts: pl.Series, zone: str | None) -> pl.Series:
    """Read texts; null for days that there are not, and for a few texts beside each."""
    try:
        return _arrow_cast(texts, zone)
    except pa.ArrowInvalid:
        if len(texts) <= _FEW:
            return pl.repeat(None, len(texts), dtype=pl.Datetime("us", zone), eager=True)
        half = len(texts) // 2
        return pl.concat([_cast_halves(part, zone) for part in (texts[:half], texts[half:])])
