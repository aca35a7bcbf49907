"""A frame of source columns in; a frame of canonical columns and the rejected rows out."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ingest.conform.fault import PER_ROW, UNREADABLE, Fault, judge
from ingest.contracts import LINEAGE, Column
from ingest.expressions.empty_text import null_if_empty
from ingest.expressions.exact_column import exact_column
from ingest.expressions.float_text import as_text
from ingest.expressions.json_text import json_object, members
from ingest.hashing import md5_hex
from ingest.mapping.column_map import FILE, PATH, POSITION, ColumnMap
from ingest.mapping.column_value import MADE, Made, column_value
from ingest.mapping.entity_map import EntityMap
from ingest.source import Source

_HASHED = "$hash:"


@dataclass(frozen=True, slots=True)
class Mapped:
    """Canonical rows with ``position``, and the rows that the mapping could not make.

    Rows have a column ``UNREADABLE`` if something could not be read that costs no row.
    """

    rows: pl.DataFrame
    rejected: pl.DataFrame


def apply_mapping(
    frame: pl.DataFrame, mapping: EntityMap, source: Source, file: str | None = None
) -> Mapped:
    """Make canonical columns of source columns.

    Parameters
    ----------
    frame
        Source columns, cleaned of null values, and ``$position``; optionally ``$attributes``,
        a JSON object of what has no column, and the columns of ``PER_ROW``, which come out again.
    file
        File relative to ``landing/``, for keys made of ``$file``; None if ``frame`` has it as
        ``$path``.
    """
    kept = [name for name in PER_ROW if name in frame.columns]
    per_row = frame.select(kept)
    path = pl.lit(file) if file is not None else frame[PATH]
    frame = frame.drop(*kept, PATH, strict=False)
    given = frame.with_columns(path.alias(FILE))
    hashes = {
        _HASHED + name: _hash(given, column)
        for name, column in mapping.all.items()
        if column.is_hash
    }
    given = given.with_columns(**hashes)
    made = {
        name: _made(given, name, column, mapping, source) for name, column in mapping.all.items()
    }
    # with_columns, since constants alone would select a single row
    values = [each.value.alias(MADE + name) for name, each in made.items()]
    attributes = _attributes(frame, mapping, source)
    if attributes is not None:
        values.append(attributes.alias(MADE + "attributes"))
    full = given.with_columns(values)
    rows = full.select(
        pl.col(POSITION).alias("position"),
        pl.col("^\\$made:.*$").name.replace("^\\$made:", ""),
    )
    faults: list[Fault] = [fault for each in made.values() for fault in each.faults]
    verdict = judge(full, faults)
    rows = rows.hstack(per_row)
    lost = {name: each.lost for name, each in made.items() if each.lost is not None}
    if lost:
        unreadable = full.select(members(lost).alias(UNREADABLE)).to_series()
        if unreadable.null_count() < unreadable.len():
            rows = rows.with_columns(unreadable)
    payload = frame.rename({POSITION: "position"}).hstack(per_row)
    return Mapped(verdict.sound(rows), verdict.rejected(payload, mapping.contract.name))


def _made(
    given: pl.DataFrame, name: str, column: ColumnMap, mapping: EntityMap, source: Source
) -> Made:
    target = _target(name, mapping)
    base, dtype = _base(given, name, column)
    return column_value(base, dtype, column, target, source)


def _target(name: str, mapping: EntityMap) -> Column:
    if name in mapping.columns:
        return mapping.contract.column(name)
    return next(column for column in LINEAGE if column.name == name)


def _base(given: pl.DataFrame, name: str, column: ColumnMap) -> tuple[pl.Expr, pl.DataType]:
    """Return the source's value and its type: one column, several, or a constant."""
    if column.is_hash:
        return pl.col(_HASHED + name), pl.String()
    if not column.columns:
        # of full length: reading a number is a function of the column, and gives as many as it gets
        return pl.repeat(column.constant, pl.len(), dtype=pl.String()), pl.String()
    if len(column.columns) == 1:
        return exact_column(column.columns[0]), given.schema[column.columns[0]]
    texts = [as_text(exact_column(part), given.schema[part]) for part in column.columns]
    joined = pl.concat_str([text.fill_null("") for text in texts], separator=column.join)
    is_there = pl.any_horizontal([text.is_not_null() for text in texts])
    return pl.when(is_there).then(joined), pl.String()


def _hash(given: pl.DataFrame, column: ColumnMap) -> pl.Series:
    """Return a key of several columns, or of all there are."""
    names = column.columns or tuple(n for n in given.columns if n not in {FILE, POSITION})
    texts = [as_text(exact_column(name), given.schema[name]).fill_null("") for name in names]
    return md5_hex(given.select(pl.concat_str(texts, separator="\x1f")).to_series())


def _attributes(frame: pl.DataFrame, mapping: EntityMap, source: Source) -> pl.Expr | None:
    """Return what has no column of its own, as a JSON object."""
    if source.unmapped == "drop":
        return None
    used = {POSITION, "$attributes", *mapping.used}
    unmapped = {name: exact_column(name) for name in frame.columns if name not in used}
    parts = [members(unmapped)] if unmapped else []
    if "$attributes" in frame.columns:
        parts.append(null_if_empty(pl.col("$attributes").str.slice(1).str.strip_suffix("}")))
    return json_object(parts) if parts else None
