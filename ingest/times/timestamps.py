"""Times in the many ways that sources write them in; naive UTC timestamps out."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ingest.expressions.float_text import as_text
from ingest.times.abbreviated_zones import localized_as_named
from ingest.times.excel_days import EXCEL_FORMATS, excel_times
from ingest.times.iso_text import usual_iso
from ingest.times.local_times import localized
from ingest.times.plain_times import plain_times

EPOCH_FORMATS: dict[str, int] = {"epoch": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
"""Formats beyond strptime's: seconds, milliseconds and microseconds since 1970, and what one
unit is in microseconds."""


_ISO_ZONED = "%Y-%m-%dT%H:%M:%S%.f%#z"
_ISO_LOCAL = "%Y-%m-%dT%H:%M:%S%.f"
_FIRST_TIME, _END_OF_TIME = -62_135_596_800_000_000, 253_402_300_800_000_000
"""Beginning and end of the years 1 to 9999 in microseconds: beyond is a unit that was mistaken, and
nothing in Python holds it."""
_ISO_UTC = "%Y-%m-%dT%H:%M:%SZ"
_NEARLY_ISO = (
    _ISO_UTC, "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%#z", "%Y-%m-%d",
    "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p",
)  # fmt: skip
"""As ``strptime`` reads them, without leading zeros too: 2024-6-1."""
_NO_DAY = datetime(1, 1, 1)  # noqa: DTZ001 - local, or in UTC without zone
"""What .NET and its like write where there is no time."""
_BEFORE_EPOCH = 2069
_FOUR_DIGITS = datetime(1000, 1, 1)  # noqa: DTZ001 - local, or in UTC without zone


def parse_timestamps(text: pl.Expr, time_zone: str, format_: str | None = None) -> pl.Expr:
    """Parse texts; null where one is no time.

    Parameters
    ----------
    time_zone
        IANA zone of times without offset.
    format_
        strptime format, or a name of ``EPOCH_FORMATS`` or ``EXCEL_FORMATS``. Without it ISO 8601 in
        its variants is read (date alone, blank or T, with or without signs, seconds, fraction and
        offset), slashes for its dashes, and numbers of 10, 13 or 16 digits as seconds,
        milliseconds or microseconds since 1970.
    """
    if format_ is None:
        return text.map_batches(
            lambda texts: _parse_any(texts, time_zone), return_dtype=pl.Datetime("us")
        )
    text = text.str.strip_chars()
    if format_ in EPOCH_FORMATS:
        return _epoch(text, EPOCH_FORMATS[format_])
    if format_ in EXCEL_FORMATS:
        return localized(excel_times(text, format_), time_zone)
    return text.map_batches(
        lambda texts: _formatted(texts, format_, time_zone), return_dtype=pl.Datetime("us")
    )


def _parse_any(texts: pl.Series, time_zone: str) -> pl.Series:
    """Parse a column as programs write times, and in every other way what that leaves."""
    found = plain_times(texts, time_zone).alias(texts.name)
    is_left = found.is_null() & texts.is_not_null()
    if not is_left.any():
        return found
    # one odd time in 50,000 does not make the others dear: 0.03 µs for each instead of 8
    usual = texts.filter(is_left).to_frame("text").select(usual_iso(pl.col("text"))).to_series()
    return found.scatter(is_left.arg_true(), _parse_odd(usual, time_zone))


def _parse_odd(texts: pl.Series, time_zone: str) -> pl.Series:
    """Try one way after the other on what the ways before have left."""
    found = plain_times(texts, time_zone)
    # a year of two digits is no year of the Roman empire, nor is it known to be a year at all
    has_year = texts.str.contains(r"^(?:\d{4}-|\d{10})")
    for format_ in (*_NEARLY_ISO, None):
        is_left = found.is_null() & has_year
        if not is_left.any():
            break
        left = texts.filter(is_left)
        if format_ is None:
            times = left.to_frame("text").select(_any_iso(pl.col("text"), time_zone)).to_series()
        else:
            times = _formatted(left, format_, "UTC" if format_ == _ISO_UTC else time_zone)
        found = found.scatter(is_left.arg_true(), times)
    return found


def _any_iso(text: pl.Expr, time_zone: str) -> pl.Expr:
    iso = (
        text.str.replace(r"^(\d{4}-\d{2}-\d{2})[ Tt]+", "${1}T")
        .str.replace(r"^(\d{4}-\d{2}-\d{2})$", "${1}T00:00:00")
        .str.replace(r"(?i)\s*(?:z|utc|gmt)$", "+00:00")
        .str.replace(r"([T:.]\d+)\s*([+-]\d{2})$", "${1}${2}:00")
        .str.replace(r"T(\d{2})(\s*[+-]\d{2}:?\d{2})?$", "T${1}:00${2}")
        .str.replace(r"T(\d{1,2}:\d{2})(\s*[+-]\d{2}:?\d{2})?$", "T${1}:00${2}")
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
    return parse_timestamps(as_text(value, dtype), time_zone, format_)


def _formatted(texts: pl.Series, format_: str, time_zone: str) -> pl.Series:
    texts = texts.rename("text")
    if ",%f" in format_:
        texts = texts.str.replace(r"(:\d{2}),(\d)", "${1}.${2}")
    format_ = _engine_format(format_)
    if "%:z" in format_ or "%#z" in format_:
        moments = texts.str.to_datetime(format_, time_unit="us", time_zone="UTC", strict=False)
        return _in_its_century(moments.dt.replace_time_zone(None), format_)
    if any(code in format_ for code in ("%H", "%I", "%T", "%R", "%X", "%c", "%k", "%l")):
        moments = texts.str.to_datetime(format_, time_unit="us", strict=False)
    else:
        moments = texts.str.to_date(format_, strict=False).cast(pl.Datetime("us"))
    read = pl.DataFrame({"text": texts, "local": _in_its_century(moments, format_)})
    if "%Z" in format_:
        return read.select(
            localized_as_named(pl.col("local"), pl.col("text"), time_zone)
        ).to_series()
    return read.select(localized(pl.col("local"), time_zone)).to_series()


def _engine_format(format_: str) -> str:
    """Return a strptime format in Polars' codes, where one reads otherwise.

    Its ``%f`` counts nanoseconds, so that ``.5`` of a second would be five of them, and its ``%z``
    knows no ``Z``.
    """
    return format_.replace(".%f", "%.f").replace(",%f", "%.f").replace("%z", "%#z")


def _in_its_century(moments: pl.Series, format_: str) -> pl.Series:
    """Leave out what ``%Y`` makes of ``24``, the year 24, and have ``%y`` begin with 1969.

    So POSIX says; the engine begins with 1970.
    """
    if "%y" in format_:
        is_late = moments.dt.year() == _BEFORE_EPOCH
        return moments.zip_with(~is_late, moments.dt.offset_by("-100y"))
    is_roman = (moments < _FOUR_DIGITS) & (moments != _NO_DAY)
    return moments.set(is_roman, None) if is_roman.any() else moments


def _epoch(text: pl.Expr, microseconds: int) -> pl.Expr:
    # decimal, because seconds with six places do not fit a float exactly
    number = text.cast(pl.Decimal(38, 6), strict=False)
    # what is beyond is no time, and multiplied it would not fit the decimal either
    first, end = _FIRST_TIME // microseconds, _END_OF_TIME // microseconds
    number = pl.when(number.is_between(first, end, closed="left")).then(number)
    return (number * microseconds).cast(pl.Int64, strict=False).cast(pl.Datetime("us"))
