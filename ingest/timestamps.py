"""Times in the many ways that sources write them in; naive UTC timestamps out."""

from __future__ import annotations

import polars as pl

from ingest.abbreviated_zones import localized_as_named
from ingest.excel_days import EXCEL_FORMATS, excel_times
from ingest.float_text import as_text
from ingest.iso_text import usual_iso
from ingest.local_times import localized
from ingest.plain_times import plain_times

EPOCH_FORMATS: dict[str, int] = {"epoch": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
"""Formats beyond strptime's: seconds, milliseconds and microseconds since 1970, and what one
unit is in microseconds."""


_ISO_ZONED = "%Y-%m-%dT%H:%M:%S%.f%#z"
_ISO_LOCAL = "%Y-%m-%dT%H:%M:%S%.f"
_MOST_UNITS = 1 << 63
_FIRST_TIME, _LAST_TIME = -62_135_596_800_000_000, 253_402_300_799_999_999
"""Beginning and end of the years 1 to 9999 in microseconds: beyond is a unit that was mistaken, and
nothing in Python holds it."""
_ISO_UTC = "%Y-%m-%dT%H:%M:%SZ"
_NEARLY_ISO = (
    _ISO_UTC, "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%#z", "%Y-%m-%d",
    "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p",
)  # fmt: skip
"""As ``strptime`` reads them, without leading zeros too: 2024-6-1."""
_NO_DAY = pl.datetime(1, 1, 1)
"""What .NET and its like write where there is no time."""
_BEFORE_EPOCH = 2069
_FOUR_DIGITS = 1000


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
    return _formatted(text, format_, time_zone)


def _parse_any(texts: pl.Series, time_zone: str) -> pl.Series:
    """Parse a column as programs write times, and in every other way what that leaves."""
    found = plain_times(texts, time_zone).alias(texts.name)
    is_left = found.is_null() & texts.is_not_null()
    if not is_left.any():
        return found
    # one odd time in 50,000 does not make the others dear: 0.03 µs for each instead of 8
    usual = texts.filter(is_left).to_frame("text").select(usual_iso(pl.col("text"))).to_series()
    left = plain_times(usual, time_zone)
    if left.has_nulls():
        odd = usual.filter(left.is_null()).to_frame("text").select(_in_any_way(time_zone))
        left = left.scatter(left.is_null().arg_true(), odd.to_series())
    return found.scatter(is_left.arg_true(), left)


def _in_any_way(time_zone: str) -> pl.Expr:
    """Return what ``text`` says."""
    text = pl.col("text")
    # a year of two digits is no year of the Roman empire, nor is it known to be a year at all
    text = pl.when(text.str.contains(r"^(?:\d{4}-|\d{10})")).then(text)
    nearly_iso = [
        _formatted(text, format_, "UTC" if format_ == _ISO_UTC else time_zone)
        for format_ in _NEARLY_ISO
    ]
    return pl.coalesce([*nearly_iso, _any_iso(text, time_zone)])


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


def _formatted(text: pl.Expr, format_: str, time_zone: str) -> pl.Expr:
    if ",%f" in format_:
        text = text.str.replace(r"(:\d{2}),(\d)", "${1}.${2}")
    format_ = _engine_format(format_)
    if "%:z" in format_ or "%#z" in format_:
        moment = text.str.to_datetime(format_, time_unit="us", time_zone="UTC", strict=False)
        return _in_its_century(moment.dt.replace_time_zone(None), format_)
    if any(code in format_ for code in ("%H", "%I", "%T", "%R", "%X", "%c", "%k", "%l")):
        moment = text.str.to_datetime(format_, time_unit="us", strict=False)
    else:
        moment = text.str.to_date(format_, strict=False).cast(pl.Datetime("us"))
    local = _in_its_century(moment, format_)
    if "%Z" in format_:
        return localized_as_named(local, text, time_zone)
    return localized(local, time_zone)


def _engine_format(format_: str) -> str:
    """Return a strptime format in Polars' codes, where one reads otherwise.

    Its ``%f`` counts nanoseconds, so that ``.5`` of a second would be five of them, and its ``%z``
    knows no ``Z``.
    """
    return format_.replace(".%f", "%.f").replace(",%f", "%.f").replace("%z", "%#z")


def _in_its_century(moment: pl.Expr, format_: str) -> pl.Expr:
    """Leave out what ``%Y`` makes of ``24``, the year 24, and have ``%y`` begin with 1969.

    So POSIX says; the engine begins with 1970.
    """
    if "%y" in format_:
        is_late = moment.dt.year() == _BEFORE_EPOCH
        return pl.when(is_late).then(moment.dt.offset_by("-100y")).otherwise(moment)
    return pl.when((moment.dt.year() >= _FOUR_DIGITS) | (moment == _NO_DAY)).then(moment)


def _epoch(text: pl.Expr, microseconds: int) -> pl.Expr:
    # decimal, because seconds with six places do not fit a float exactly
    number = text.cast(pl.Decimal(38, 6), strict=False)
    # what is beyond is no time, and multiplied it would not fit the decimal either
    number = pl.when(number.is_between(-_MOST_UNITS, _MOST_UNITS)).then(number)
    moment = (number * microseconds).cast(pl.Int64, strict=False)
    is_time = moment.is_between(_FIRST_TIME, _LAST_TIME)
    return pl.when(is_time).then(moment).cast(pl.Datetime("us"))
