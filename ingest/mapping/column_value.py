"""The value of a source column and its setting in; the canonical value and its faults out."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from ingest.conform.fault import Fault, shown
from ingest.contracts import Column
from ingest.expressions.empty_text import null_if_empty
from ingest.expressions.float_text import float_text
from ingest.expressions.prefixed import prefixed
from ingest.identifiers import ID_TYPES, person_type
from ingest.mapping.column_map import ColumnMap
from ingest.mapping.durations import in_seconds, of_two_parts
from ingest.mapping.numbers import plain_number, scaled
from ingest.source import Source
from ingest.times.timestamps import to_naive_utc

MADE = "$made:"
"""Prefix under which a fault finds what was made of a value."""


@dataclass(frozen=True, slots=True)
class Made:
    """A canonical value, and the rows for which it cannot be made.

    Parameters
    ----------
    lost
        Texts of which no value could be made, where that costs no row.
    """

    value: pl.Expr
    faults: list[Fault] = field(default_factory=list)
    lost: pl.Expr | None = None


def column_value(
    base: pl.Expr, dtype: pl.DataType, column: ColumnMap, target: Column, source: Source
) -> Made:
    """Make one canonical value.

    Parameters
    ----------
    base
        The source's value; ``dtype`` is its type.
    """
    is_translated = column.replace or column.values or column.patterns or column.otherwise != "keep"
    if dtype.is_float() and (is_translated or target.type == "text"):
        base, dtype = float_text(base), pl.String()
    value, faults = base, []
    if is_translated:
        text = base.cast(pl.String)
        for pattern, replacement in column.replace.items():
            text = text.str.replace_all(pattern, replacement)
        value, is_known = _translated(text, column)
        dtype = pl.String()
        if column.otherwise == "reject":
            said = pl.concat_str(pl.lit(f"{target.name}: there is no translation of "), shown(text))
            faults.append(Fault("unmapped_value", text.is_not_null() & ~is_known, said))
    if target.type in {"date", "timestamp"} and dtype != pl.Null():
        moment = _moment(value, dtype, column, target, source)
        no_time = _no_time(value, column, target)
        if target.describes:
            return Made(moment, faults, pl.when(no_time.rows).then(value.cast(pl.String)))
        return Made(moment, [*faults, no_time])
    if target.is_duration and dtype == pl.String():
        faults.append(of_two_parts(value, target.name))
        value = in_seconds(value)
    if target.type in {"integer", "number", "money"} and dtype == pl.String():
        value = plain_number(value, source.options.get("decimal", "."))
    if column.scale is not None:
        value = scaled(value.cast(pl.String), column.scale)
    if target.type == "text[]" and column.split is not None:
        value = value.cast(pl.String).str.split(column.split)
        dtype = pl.List(pl.String)
    if target.ref == "person":
        if isinstance(dtype, pl.List):
            value = value.list.eval(_typed(pl.element().str.strip_chars(), column))
        else:
            value = _typed(value.cast(pl.String).str.strip_chars(), column)
    return Made(value, faults)


def _moment(
    value: pl.Expr, dtype: pl.DataType, column: ColumnMap, target: Column, source: Source
) -> pl.Expr:
    zone = column.time_zone or source.time_zone
    moment = to_naive_utc(value, dtype, zone, column.format)
    if target.type == "timestamp":
        return moment
    # a day is a day on the source's own calendar, not in UTC
    return moment.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.date()


def _no_time(value: pl.Expr, column: ColumnMap, target: Column) -> Fault:
    what = f"in the format {column.format}" if column.format else "that can be read without format"
    said = pl.concat_str(pl.lit(f"{target.name} is "), shown(value), pl.lit(f", no time {what}"))
    return Fault("bad_timestamp", value.is_not_null() & pl.col(MADE + target.name).is_null(), said)


def _translated(text: pl.Expr, column: ColumnMap) -> tuple[pl.Expr, pl.Expr]:
    """Return the translated text, and whether the tables have it."""
    if column.otherwise == "keep":
        result = text
    elif column.otherwise == "value":
        result = pl.when(text.is_not_null()).then(pl.lit(column.otherwise_value, pl.String))
    else:
        result = pl.lit(None, dtype=pl.String)
    is_known = pl.lit(value=False)
    for pattern, becomes in reversed(column.patterns.items()):
        found = text.str.contains(pattern)
        result = pl.when(found).then(pl.lit(becomes, dtype=pl.String)).otherwise(result)
        is_known |= found
    if column.values:
        found = text.is_in(list(column.values))
        translated = text.replace_strict(
            list(column.values), list(column.values.values()), default=None, return_dtype=pl.String
        )
        result = pl.when(found).then(translated).otherwise(result)
        is_known |= found
    return result, is_known


def _typed(value: pl.Expr, column: ColumnMap) -> pl.Expr:
    """Return a person identifier with its type in front."""
    if column.id_type not in {None, "auto"}:
        return prefixed(f"{column.id_type}:", null_if_empty(value))
    has_type = value.str.contains(rf"^(?:{'|'.join(ID_TYPES)}):")
    guessed = pl.concat_str(person_type(value), pl.lit(":"), value)
    return pl.when(has_type).then(value).when(value != "").then(guessed)
