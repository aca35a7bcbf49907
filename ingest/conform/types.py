"""A column of any type in; the contract's type out, with the rows that do not fit it."""

from __future__ import annotations

import polars as pl

from ingest.conform.fault import Fault, shown
from ingest.contracts import Column
from ingest.expressions.empty_text import null_if_empty
from ingest.from_contracts.column_types import POLARS_TYPES
from ingest.times.timestamps import parse_timestamps, to_naive_utc

TRUE = ("true", "t", "yes", "y", "1", "1.0")
FALSE = ("false", "f", "no", "n", "0", "0.0")

_NOUNS = {
    "integer": "a whole number",
    "number": "a finite number",
    "money": "an amount",
    "boolean": "true or false",
    "date": "a date",
    "timestamp": "a time",
    "text[]": "a list",
    "json": "a JSON object",
    "text": "text",
}


def cleaned(value: pl.Expr) -> pl.Expr:
    """Strip surrounding blanks; nothing left means null."""
    return null_if_empty(value.cast(pl.String).str.strip_chars())


def cast_columns(
    frame: pl.DataFrame, columns: tuple[Column, ...], *, is_tidy: bool = False
) -> tuple[pl.DataFrame, list[Fault]]:
    """Bring columns into the types of the contract; absent ones become null.

    Parameters
    ----------
    is_tidy
        No text needs stripping, or is empty.

    Returns
    -------
    The frame with exactly ``columns`` and, under ``given:<name>``, the texts that did not fit;
    and one fault per column that has any, but for columns that only describe.
    """
    expressions = []
    stripped = []
    faults = []
    given = []
    plain = _plainly_typed(frame, columns)
    for column in columns:
        target = POLARS_TYPES[column.type]
        if column.name not in frame.columns or frame.schema[column.name] == pl.Null():
            expressions.append(pl.lit(None, dtype=target).alias(column.name))
            continue
        if column.name in plain.columns:
            continue
        value = pl.col(column.name)
        dtype = frame.schema[column.name]
        if column.type == "text" and dtype == pl.String():
            if is_tidy:
                continue
            expressions.append(value.str.strip_chars())
            stripped.append(column.name)
            continue
        expressions.append(cast_expression(value, dtype, column.type).alias(column.name))
        if column.type in {"json", "number"} or (column.type != "text" and dtype != target):
            given.append(column)
    # with_columns, since literals alone would select a single row
    typed = frame.with_columns([*expressions, *plain]).select(column.name for column in columns)
    typed = typed.with_columns(_without_empty(typed.select(stripped)))
    originals = {}
    for column in given:
        if typed[column.name].null_count() == frame[column.name].null_count():
            continue
        before = _as_text(frame[column.name])
        misfit = before.is_not_null() & typed[column.name].is_null()
        if not misfit.any():
            continue
        name = f"given:{column.name}"
        originals[name] = pl.select(pl.when(misfit).then(before)).to_series()
        if column.describes:
            continue
        code = "bad_timestamp" if column.type in {"date", "timestamp"} else "bad_type"
        reason = pl.concat_str(
            pl.lit(f"{column.name} is "),
            shown(pl.col(name)),
            pl.lit(f", not {_NOUNS[column.type]}"),
        )
        faults.append(Fault(code, pl.col(name).is_not_null(), reason))
    return typed.with_columns(**originals), faults


def _plainly_typed(frame: pl.DataFrame, columns: tuple[Column, ...]) -> pl.DataFrame:
    """Return the columns of numbers that are all written as Polars reads them.

    Next to every column is: stripping its texts and looking for misfits takes longer than this.
    """
    names = [
        column.name
        for column in columns
        if column.type in {"integer", "number", "money"}
        and frame.schema.get(column.name) == pl.String()
    ]
    types = {column.name: POLARS_TYPES[column.type] for column in columns}
    numbers = frame.select(pl.col(name).cast(types[name], strict=False) for name in names)
    return numbers.select(
        name
        for name in names
        if numbers[name].null_count() == frame[name].null_count()
        and (types[name] != pl.Float64() or numbers[name].is_finite().all())
    )


def _without_empty(texts: pl.DataFrame) -> list[pl.Expr]:
    """Return what makes empty texts null, for the columns that have any.

    Most have none, and making them anew takes as long as stripping them.
    """
    if not texts.width:
        return []
    has_empty = texts.select((pl.all().str.len_bytes() == 0).any()).row(0, named=True)
    names = [name for name, has in has_empty.items() if has]
    return [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names]


def _as_text(values: pl.Series) -> pl.Series:
    if isinstance(values.dtype, pl.List | pl.Struct | pl.Array):
        return values.to_frame("v").select(pl.struct("v").struct.json_encode()).to_series()
    return values.to_frame("v").select(cleaned(pl.col("v"))).to_series()


def cast_expression(value: pl.Expr, dtype: pl.DataType, type_: str) -> pl.Expr:
    """Return ``value`` in the contract's type; null where it does not fit."""
    is_text = dtype == pl.String()
    text = cleaned(value)
    if type_ in {"text", "json"} and isinstance(dtype, pl.Struct):
        return value.struct.json_encode()
    if type_ == "text":
        return text
    if type_ == "json":
        return pl.when(text.str.starts_with("{") & text.str.ends_with("}")).then(text)
    if type_ == "text[]":
        items = value if isinstance(dtype, pl.List) else pl.concat_list(text)
        kept = items.cast(pl.List(pl.String)).list.eval(cleaned(pl.element())).list.drop_nulls()
        return pl.when(kept.list.len() > 0).then(kept)
    if type_ == "boolean":
        lower = text.str.to_lowercase()
        return pl.when(lower.is_in(TRUE)).then(True).when(lower.is_in(FALSE)).then(False)
    if type_ == "integer":
        if is_text:
            return text.str.extract(r"^([+-]?\d+)(?:\.0*)?$").cast(pl.Int64, strict=False)
        whole = value.cast(pl.Int64, strict=False)
        return pl.when(whole.cast(pl.Float64) == value.cast(pl.Float64)).then(whole)
    if type_ == "number":
        number = (text if is_text else value).cast(pl.Float64, strict=False)
        return pl.when(number.is_finite()).then(number)
    if type_ == "money":
        return (text if is_text else value).cast(pl.Decimal(18, 4), strict=False)
    if is_text:
        moment = parse_timestamps(text, "UTC")
        return moment.dt.date() if type_ == "date" else moment
    moment = to_naive_utc(value, dtype, "UTC")
    return moment.dt.date() if type_ == "date" else moment
