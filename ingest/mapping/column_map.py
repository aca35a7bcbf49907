"""The setting of one column in ``sources.yml`` in; a checked description of it out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from ingest.errors import nearest
from ingest.identifiers import ID_TYPES
from ingest.times.excel_days import EXCEL_FORMATS
from ingest.times.time_zones import time_zone_names
from ingest.times.timestamps import EPOCH_FORMATS, parse_timestamps

KEYS = (
    "from", "value", "format", "time_zone", "values", "patterns", "else", "replace", "as",
    "join", "hash", "scale", "split",
)  # fmt: skip
_SINGLE = ("value", "format", "time_zone", "as", "join", "hash", "scale", "split")
"""Keys under which one text stands, no list and no mapping."""

FILE = "$file"
POSITION = "$position"
"""Names that stand for the file (relative to landing/) and the place in it, as key columns of
data that has no ids of its own."""
PATH = "$path"
"""Column in which a table of several files has what ``$file`` stands for."""


class MappingError(Exception):
    """A column's setting makes no sense; ``keys`` lead from the column to the mistake."""

    def __init__(self, message: str, *keys: str) -> None:
        self.message = message
        self.keys = keys
        super().__init__(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """How one canonical column is made.

    Parameters
    ----------
    columns
        Source columns; none for a constant. Empty with ``is_hash``: all columns of the row.
    values, patterns
        Texts, and regular expressions found in texts, to what becomes of them.
    otherwise
        What becomes of a text that is in neither: ``keep``, ``null``, ``reject`` or ``value``.
    """

    columns: tuple[str, ...] = ()
    constant: str | None = None
    format: str | None = None
    time_zone: str | None = None
    values: dict[str, str | None] = field(default_factory=dict)
    patterns: dict[str, str | None] = field(default_factory=dict)
    otherwise: str = "keep"
    otherwise_value: str | None = None
    replace: dict[str, str] = field(default_factory=dict)
    id_type: str | None = None
    join: str = "|"
    is_hash: bool = False
    scale: Decimal | None = None
    split: str | None = None

    @property
    def gives_tidy_texts(self) -> bool:
        """Of texts without blanks at their ends no other ones are made, nor empty ones."""
        has_own_words = bool(self.values or self.patterns or self.replace)
        own = (self.join, self.constant or "")
        return (
            not has_own_words
            and self.otherwise != "value"
            and FILE not in self.columns
            and all(text == text.strip() for text in own)
            and self.constant != ""
        )

    @classmethod
    def read(cls, setting: Any) -> ColumnMap:
        """Check one setting: the name of a source column, or a mapping of ``KEYS``.

        Raises
        ------
        MappingError
            Naming the key and the remedy.
        """
        if isinstance(setting, str):
            return cls(columns=(setting,))
        if not isinstance(setting, dict):
            raise MappingError(
                "must be the name of a source column or a mapping with from or value"
            )
        for key in setting:
            if key not in KEYS:
                raise MappingError(f"unknown key {key!r}; {nearest(str(key), KEYS)}", str(key))
        for key in _SINGLE:
            if isinstance(setting.get(key), list | dict):
                raise MappingError("must be a single value", key)
        columns = _columns(setting)
        is_hash = flag(setting, "hash")
        if "value" in setting and columns:
            raise MappingError("has both from and value; keep one of them", "value")
        if "value" not in setting and not columns and not is_hash:
            raise MappingError("needs from (a source column) or value (a constant)")
        otherwise, otherwise_value = _otherwise(setting.get("else", "keep"))
        return cls(
            columns=columns,
            constant=None if setting.get("value") is None else text_of(setting["value"]),
            format=_format(setting.get("format")),
            time_zone=_time_zone(setting.get("time_zone")),
            values=_table(setting, "values"),
            patterns=_patterns(setting, "patterns"),
            otherwise=otherwise,
            otherwise_value=otherwise_value,
            replace={k: v or "" for k, v in _patterns(setting, "replace").items()},
            id_type=_id_type(setting.get("as")),
            join=str(setting.get("join", "|")),
            is_hash=is_hash,
            scale=_scale(setting.get("scale")),
            split=setting.get("split"),
        )


def text_of(value: Any) -> str:
    """Return a scalar of a setting as it is written in YAML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _columns(setting: dict[str, Any]) -> tuple[str, ...]:
    given = setting.get("from")
    if given is None:
        return ()
    columns = tuple(given) if isinstance(given, list | tuple) else (given,)
    if not columns or not all(isinstance(column, str) and column for column in columns):
        raise MappingError("must be a source column or a list of source columns", "from")
    return columns


def flag(setting: dict[str, Any], key: str) -> bool:
    """Return the truth value under a key; without the key it is false."""
    value = text_of(setting.get(key, "false")).lower()
    if value not in {"true", "false"}:
        raise MappingError(f"is {value!r}, must be true or false", key)
    return value == "true"


def _otherwise(value: Any) -> tuple[str, str | None]:
    if value is None:
        return "null", None
    if isinstance(value, dict) and set(value) == {"value"}:
        constant = value["value"]
        if isinstance(constant, list | dict):
            raise MappingError("must be a single value", "else", "value")
        return "value", None if constant is None else text_of(constant)
    if isinstance(value, str) and value in {"keep", "null", "reject"}:
        return str(value), None
    raise MappingError(f"is {value!r}, must be keep, null, reject or {{value: …}}", "else")


def _table(setting: dict[str, Any], key: str) -> dict[str, str | None]:
    table = setting.get(key, {})
    if not isinstance(table, dict):
        raise MappingError("must be a mapping of what is there to what it becomes", key)
    for name, value in table.items():
        if isinstance(value, list | dict):
            raise MappingError("must become a single value", key, str(name))
    return {text_of(k): None if v is None else text_of(v) for k, v in table.items()}


def _patterns(setting: dict[str, Any], key: str) -> dict[str, str | None]:
    table = _table(setting, key)
    for pattern in table:
        check_pattern(pattern, key, pattern)
    return table


def check_pattern(pattern: str, *keys: str) -> None:
    """Check that a text is a regular expression, for Python and for Polars.

    Raises
    ------
    MappingError
        With ``keys``.
    """
    try:
        re.compile(pattern)
        pl.Series([""]).str.contains(pattern)
    except (re.error, pl.exceptions.ComputeError) as error:
        message = f"{pattern!r} is no regular expression: {str(error).splitlines()[0]}"
        raise MappingError(message, *keys) from error


def _format(value: Any) -> str | None:
    named = (*EPOCH_FORMATS, *EXCEL_FORMATS)
    if value is not None and value not in named and "%" not in str(value):
        known = ", ".join(named)
        message = f"{value!r} has no codes such as %d/%m/%Y %H:%M, and is none of {known}"
        raise MappingError(message, "format")
    if value is None or value in named:
        return value
    try:
        pl.select(parse_timestamps(pl.lit(""), "UTC", str(value)))
    except pl.exceptions.ComputeError as error:
        message = f"{value!r} cannot be followed: {str(error).splitlines()[0]}"
        raise MappingError(message, "format") from error
    return str(value)


def _time_zone(value: Any) -> str | None:
    if value is not None and value not in time_zone_names():
        remedy = (
            nearest(str(value), time_zone_names())
            if "/" in str(value)
            else ("use an IANA name such as Europe/Berlin")
        )
        raise MappingError(f"{value!r} is no time zone; {remedy}", "time_zone")
    return None if value is None else str(value)


def _id_type(value: Any) -> str | None:
    if value is not None and value not in {*ID_TYPES, "auto"}:
        remedy = nearest(str(value), (*ID_TYPES, "auto"))
        raise MappingError(f"{value!r} is no type of person identifier; {remedy}", "as")
    return None if value is None else str(value)


def _scale(value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        scale = Decimal(str(value))
    except InvalidOperation:
        raise MappingError(f"{value!r} is no number", "scale") from None
    if not scale.is_finite():
        raise MappingError(f"{value!r} is no finite number", "scale")
    return scale
