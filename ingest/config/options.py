"""The ``options`` of a source in; checked values out."""

from __future__ import annotations

import codecs
import re
from typing import Any

import polars as pl

from ingest.config.company import read_time_zone
from ingest.config.setting import Setting
from ingest.options import OptionKind, Options
from ingest.sources import TABULAR_FORMATS, known_options

_TEXT_OPTIONS: Options = {
    "delimiter": "delimiter",
    "encoding": "encoding",
    "decimal": "decimal",
    "quote": "quote",
    "header": "header",
    "skip_lines": "count",
    "null_values": "texts",
    "no_records": "pattern",
}
_JSON_OPTIONS: Options = {"encoding": "encoding", "decimal": "decimal", "null_values": "texts"}
TABULAR_OPTIONS: dict[str, Options] = {
    "csv": _TEXT_OPTIONS,
    "tsv": _TEXT_OPTIONS,
    "json": {**_JSON_OPTIONS, "records": "text"},
    "jsonl": _JSON_OPTIONS,
    "parquet": {"decimal": "decimal", "null_values": "texts"},
    "xlsx": {
        "sheet": "text",
        "decimal": "decimal",
        "header": "header",
        "skip_lines": "count",
        "null_values": "texts",
    },
}
_LIMITS: Options = {"max_bytes": "count", "max_line_bytes": "count"}


def read_options(setting: Setting, format_: str) -> dict[str, Any]:
    """Check the options of a format.

    Those of tabular formats stay as they are written, for NO is a text there; of native formats
    true, false and whole numbers are such, also in lists.
    """
    if format_ in TABULAR_FORMATS:
        kinds = {**TABULAR_OPTIONS[format_], **_LIMITS}
        return {key: _checked(kinds[key], each) for key, each in setting.known_items(kinds).items()}
    kinds = {**known_options(format_), **_LIMITS}
    items = setting.known_items(kinds)
    for key, each in items.items():
        _checked(kinds[key], each)
    return {key: each.typed() for key, each in items.items()}


def _checked(kind: OptionKind, setting: Setting) -> Any:
    """Return the value of an option, as it is written."""
    if isinstance(kind, tuple):
        return setting.choice(kind, setting.path[-1])
    if kind == "count":
        return _count(setting)
    if kind == "flag":
        return _flag(setting, "true or false")
    if kind == "header":
        is_list = not setting.is_scalar
        return setting.texts() if is_list else _flag(setting, "true, false or a list of columns")
    if kind == "texts":
        return setting.texts()
    if kind == "mapping":
        return {key: each.scalar() for key, each in setting.items().items()}
    if kind == "time zone":
        return read_time_zone(setting)
    value = setting.scalar()
    _check_text(kind, value, setting)
    return value


def _check_text(kind: OptionKind, value: str, setting: Setting) -> None:
    if kind == "decimal" and value not in {".", ","}:
        raise setting.error(f"{value!r} is no decimal sign; use . or ,")
    if kind == "delimiter" and value != "whitespace" and (len(value) != 1 or not value.isascii()):
        raise setting.error(f"{value!r} is no delimiter; use one character, or whitespace")
    if kind == "quote" and (len(value) > 1 or not value.isascii()):
        raise setting.error(f"{value!r} is no quote; use one character, or '' for none")
    if kind == "currency" and not re.fullmatch("[A-Z]{3}", value):
        raise setting.error(f"{value!r} is no currency code; use three capitals such as EUR")
    if kind == "encoding":
        try:
            codecs.lookup(value)
        except LookupError:
            message = f"{value!r} is no encoding; use utf-8, cp1252, latin-1 or utf-16"
            raise setting.error(message) from None
    if kind in ("pattern", "plain pattern"):
        try:
            re.compile(value)
            if kind == "plain pattern":
                pl.select(pl.lit("").str.contains(value))
        except (re.error, pl.exceptions.ComputeError) as error:
            reason = str(error).splitlines()[0]
            raise setting.error(f"{value!r} is no regular expression: {reason}") from None


def _flag(setting: Setting, what: str) -> bool:
    value = setting.text().lower()
    if value not in {"true", "false"}:
        raise setting.error(f"{value!r} must be {what}")
    return value == "true"


def _count(setting: Setting) -> int:
    number = setting.number()
    if number < 0 or number != int(number):
        raise setting.error(f"{setting.text()!r} must be a whole number, zero or more")
    return int(number)
