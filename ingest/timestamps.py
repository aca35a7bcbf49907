"""Times in the many ways that sources write them in; naive UTC timestamps out.

A local time that the clock shows twice is taken as the earlier of the two; one that the clock
leaves out is read as if the clock had not been put forward yet. Neither is ever an error.
"""

from __future__ import annotations

import polars as pl

EPOCH_FORMATS: dict[str, int] = {"epoch": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
"""Formats beyond strptime's: seconds, milliseconds and microseconds since 1970, and what one
unit is in microseconds."""


_ISO_ZONED = "%Y-%m-%dT%H:%M:%S%.f%#z"
_ISO_LOCAL = "%Y-%m-%dT%H:%M:%S%.f"
_MOST_UNITS = 1 << 63
_ISO_UTC = "%Y-%m-%dT%H:%M:%SZ"
"""Read in a quarter of the time that an offset takes which may be any."""
_USUAL = (_ISO_UTC, "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%#z", "%Y-%m-%d")
"""Tried first, for a whole column at a time: many times faster than all that is possible."""


def parse_timestamps(text: pl.Expr, time_zone: str, format_: str | None = None) -> pl.Expr:
    """Parse texts; null where one is no time.

    Parameters
    ----------
    time_zone
        IANA zone of times without offset.
    format_
        strptime format, or a name of ``EPOCH_FORMATS``. Without it ISO 8601 in its variants is
        read (date alone, blank or T, with or without seconds, fraction and offset) and numbers
        of 10, 13 or 16 digits as seconds, milliseconds or microseconds since 1970.
    """
    if format_ is None:
        return text.map_batches(
            lambda texts: _parse_any(texts, time_zone), return_dtype=pl.Datetime("us")
        )
    text = text.str.strip_chars()
    if format_ in EPOCH_FORMATS:
        return _epoch(text, EPOCH_FORMATS[format_])
    return _formatted(text, format_, time_zone)


def _parse_any(texts: pl.Series, time_zone: str) -> pl.Series:
    """Parse a column in its usual format, and in every other only if that leaves something."""
    name = texts.name
    frame = texts.to_frame("text")
    # what does not fit the first does not fit all
    first = frame.drop_nulls().head(1)
    for format_ in _USUAL:
        usual = _formatted(pl.col("text"), format_, "UTC" if format_ == _ISO_UTC else time_zone)
        if first.select(usual).to_series().null_count():
            continue
        moments = frame.select(usual).to_series()
        if moments.null_count() == texts.null_count():
            return moments.alias(name)
    return frame.select(
        _any_iso(pl.col("text").str.strip_chars(), time_zone).alias(name)
    ).to_series()


def _any_iso(text: pl.Expr, time_zone: str) -> pl.Expr:
    iso = (
        text.str.replace(r"^(\d{4}-\d{2}-\d{2})[ Tt]+", "${1}T")
        .str.replace(r"^(\d{4}-\d{2}-\d{2})$", "${1}T00:00:00")
        .str.replace(r"(?i)\s*(?:z|utc|gmt)$", "+00:00")
        .str.replace(r"T(\d{1,2}:\d{2})(\s*[+-]\d{2}:?\d{2})?$", "T${1}:00${2}")
        .str.replace(r"([:.]\d+)\s*([+-]\d{2})$", "${1}${2}:00")
        .str.replace(r"(\d)\s+([+-]\d{2}:?\d{2})$", "${1}${2}")
    )
    zoned = iso.str.to_datetime(_ISO_ZONED, time_unit="us", time_zone="UTC", strict=False)
    local = iso.str.to_datetime(_ISO_LOCAL, time_unit="us", strict=False)
    return (
        pl.when(text.str.contains(r"^\d{10}(?:\.\d+)?$"))
        .then(_epoch(text, 1_000_000))
        .when(text.str.contains(r"^\d{13}$"))
        .then(_epoch(text, 1_000))
        .when(text.str.contains(r"^\d{16}$"))
        .then(_epoch(text, 1))
        .otherwise(pl.coalesce(zoned.dt.replace_time_zone(None), localized(local, time_zone)))
    )


def to_naive_utc(
    value: pl.Expr, dtype: pl.DataType, time_zone: str, format_: str | None = None
) -> pl.Expr:
    """Bring a column of dates, times or numbers (epochs) into naive UTC.

    Parameters
    ----------
    dtype
        Type of the column as it is.
    """
    if dtype == pl.String():
        return parse_timestamps(value, time_zone, format_)
    if isinstance(dtype, pl.Datetime):
        moment = value.cast(pl.Datetime("us", dtype.time_zone))
        if dtype.time_zone:
            return moment.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return localized(moment, time_zone)
    if dtype == pl.Date():
        return localized(value.cast(pl.Datetime("us")), time_zone)
    return parse_timestamps(value.cast(pl.String), time_zone, format_)


def localized(local: pl.Expr, time_zone: str) -> pl.Expr:
    """Turn naive local times of ``time_zone`` into naive UTC."""
    if time_zone == "UTC":
        return local
    # one hour and a bit covers every gap but those of islands that skipped a day
    readings = [local] + [local - pl.duration(hours=hours) for hours in (3, 27)]
    shifts = [pl.duration(hours=hours) for hours in (0, 3, 27)]
    return pl.coalesce(
        [
            reading.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
            .dt.convert_time_zone("UTC")
            .dt.replace_time_zone(None)
            + shift
            for reading, shift in zip(readings, shifts, strict=True)
        ]
    )


def _formatted(text: pl.Expr, format_: str, time_zone: str) -> pl.Expr:
    if "%z" in format_ or "%:z" in format_ or "%#z" in format_:
        moment = text.str.to_datetime(format_, time_unit="us", time_zone="UTC", strict=False)
        return moment.dt.replace_time_zone(None)
    if any(code in format_ for code in ("%H", "%I", "%T", "%R", "%X", "%c", "%k", "%l")):
        return localized(text.str.to_datetime(format_, time_unit="us", strict=False), time_zone)
    day = text.str.to_date(format_, strict=False).cast(pl.Datetime("us"))
    return localized(day, time_zone)


def _epoch(text: pl.Expr, microseconds: int) -> pl.Expr:
    # decimal, because seconds with six places do not fit a float exactly
    number = text.cast(pl.Decimal(38, 6), strict=False)
    # what is beyond is no time, and multiplied it would not fit the decimal either
    number = pl.when(number.is_between(-_MOST_UNITS, _MOST_UNITS)).then(number)
    return (number * microseconds).cast(pl.Int64, strict=False).cast(pl.Datetime("us"))
