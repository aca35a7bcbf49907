"""A time as a sender states it in; whether the format reads it out."""

from __future__ import annotations

import re
from datetime import date

import polars as pl

from ingest.times.timestamps import parse_timestamps

_AS_USUAL = re.compile(
    r"((?:19[7-9]|20\d)\d-\d\d-\d\d)[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?"
    r"(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?"
)
_PERHAPS = re.compile(r"\s*\d{4}-\d|\s*\d{10}")


def is_readable_time(stated: object) -> bool:
    """Return whether the format finds a time in a value of JSON.

    Its own reading is made for columns and takes milliseconds for one: only what is neither as
    libraries write times, nor plainly none, is given to it.
    """
    if not isinstance(stated, (str, int, float)) or isinstance(stated, bool):
        return False
    text = str(stated)
    if usual := _AS_USUAL.fullmatch(text):
        return _is_day(usual[1])
    if not _PERHAPS.match(text):
        return False
    # not the time itself: Python has none beyond the year 9999
    return bool(pl.select(parse_timestamps(pl.lit(text), "UTC").is_not_null()).item())


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
