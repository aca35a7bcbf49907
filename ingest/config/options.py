"""The ``options`` of a source in; checked values out."""

from __future__ import annotations

import codecs
from typing import Any

from ingest.config.setting import Setting
from ingest.sources import TABULAR_FORMATS, known_options

_TEXT_OPTIONS = ("delimiter", "encoding", "decimal", "quote")
TABULAR_OPTIONS: dict[str, tuple[str, ...]] = {
    "csv": (*_TEXT_OPTIONS, "header", "skip_lines", "null_values"),
    "tsv": (*_TEXT_OPTIONS, "header", "skip_lines", "null_values"),
    "json": ("encoding", "decimal", "records", "null_values"),
    "jsonl": ("encoding", "decimal", "null_values"),
    "parquet": ("decimal", "null_values"),
    "xlsx": ("sheet", "decimal", "header", "skip_lines", "null_values"),
}
LIMITS = ("max_bytes", "max_line_bytes")


def read_options(setting: Setting, format_: str) -> dict[str, Any]:
    """Check the options of a format; a native format may declare the names of its own."""
    if format_ not in TABULAR_FORMATS:
        names = known_options(format_)
        items = setting.items() if names is None else setting.known_items((*names, *LIMITS))
        return {key: item.typed() for key, item in items.items()}
    items = setting.known_items((*TABULAR_OPTIONS[format_], *LIMITS))
    return {key: _option(key, item) for key, item in items.items()}


def _option(key: str, setting: Setting) -> Any:
    if key == "null_values":
        return setting.texts()
    if key == "header":
        return setting.texts() if not setting.is_scalar else _flag(setting)
    if key in {"skip_lines", *LIMITS}:
        return _count(setting)
    value = setting.scalar()
    if key == "decimal" and value not in {".", ","}:
        raise setting.error(f"{value!r} is no decimal sign; use . or ,")
    if key == "delimiter" and value != "whitespace" and (len(value) != 1 or not value.isascii()):
        raise setting.error(f"{value!r} is no delimiter; use one character, or whitespace")
    if key == "quote" and (len(value) > 1 or not value.isascii()):
        raise setting.error(f"{value!r} is no quote; use one character, or '' for none")
    if key == "encoding":
        try:
            codecs.lookup(value)
        except LookupError:
            message = f"{value!r} is no encoding; use utf-8, cp1252, latin-1 or utf-16"
            raise setting.error(message) from None
    return value


def _flag(setting: Setting) -> bool:
    value = setting.text().lower()
    if value not in {"true", "false"}:
        raise setting.error(f"{value!r} must be true, false or a list of column names")
    return value == "true"


def _count(setting: Setting) -> int:
    number = setting.number()
    if number < 0 or number != int(number):
        raise setting.error(f"{setting.text()!r} must be a whole number, zero or more")
    return int(number)
