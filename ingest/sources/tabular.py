"""A table in any of six formats in; its columns, and with its mapping rows of one entity, out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import polars.selectors as cs

from ingest.errors import nearest
from ingest.expressions.exact_column import exact_column
from ingest.mapping import EntityMap, Mapped, apply_mapping, entity_map
from ingest.parsed import Parsed, UnreadableFile
from ingest.readers import TableChunk, TableRequest
from ingest.readers.delimited import read_delimited
from ingest.readers.json_records import read_json, read_json_lines
from ingest.readers.parquet import read_parquet
from ingest.readers.sheet import read_sheet
from ingest.source import Source

_TEXTS = cs.string() - cs.starts_with("$")
_TEXTS_AS_THEY_ARE = cs.binary() | cs.categorical() | cs.enum()
"""Texts of Parquet files in types of their own, which nobody strips."""


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Read one file chunk by chunk; ``map_table`` maps what comes out.

    Raises
    ------
    UnreadableFile
        If a source column that ``where`` looks at, or that a required column is made of, is missing
        from the file.
    """
    mapping = entity_map(source)
    request = TableRequest(
        entity=mapping.contract.name,
        used=mapping.read,
        lists=_list_columns(mapping),
        keep_rest=source.unmapped == "keep",
        options=source.options,
    )
    for chunk in _chunks(path, source.format, request):
        every_row, notes = _with_all_columns(chunk.frame, mapping)
        frame = _chosen(every_row, mapping, source)
        left_out = every_row.height - frame.height
        yield Parsed(
            read=chunk.read - left_out,
            rejected=chunk.rejected,
            notes=chunk.notes + notes,
            table=frame,
            left_out=left_out,
            is_tidy=chunk.is_tidy,
        )


def map_table(table: pl.DataFrame, source: Source, *, is_tidy: bool = False) -> Mapped:
    """Map the rows of one or more files with the same columns.

    Parameters
    ----------
    table
        Source columns, ``$position`` and ``$path``; columns of ``PER_ROW`` come out again.
    is_tidy
        It is known that no text is empty, begins or ends with a blank.
    """
    table = table if is_tidy else _stripped(table)
    return apply_mapping(_without_null_values(table, source), entity_map(source), source)


def gives_tidy_texts(table: pl.DataFrame, source: Source) -> bool:
    """Say whether no text that ``map_table`` makes is empty, begins or ends with a blank."""
    return entity_map(source).gives_tidy_texts and not table.select(_TEXTS_AS_THEY_ARE).width


def _chunks(path: Path, format_: str, request: TableRequest) -> Iterator[TableChunk]:
    if format_ in {"csv", "tsv"}:
        return read_delimited(path, request, "," if format_ == "csv" else "\t")
    if format_ == "json":
        return read_json(path, request)
    if format_ == "jsonl":
        return read_json_lines(path, request)
    if format_ == "parquet":
        return read_parquet(path, request)
    return read_sheet(path, request)


def _list_columns(mapping: EntityMap) -> frozenset[str]:
    """Return the source columns that become lists as they are."""
    return frozenset(
        name
        for column, setting in mapping.columns.items()
        if mapping.contract.column(column).type == "text[]" and setting.split is None
        for name in setting.columns
    )


def _with_all_columns(
    frame: pl.DataFrame, mapping: EntityMap
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Add the source columns that an export left out; a needed one makes it unreadable."""
    missing = [name for name in mapping.read if name not in frame.columns]
    if not missing or frame.is_empty():
        return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in missing), ()
    for name in missing:
        if mapping.needs(name):
            present = [column for column in frame.columns if not column.startswith("$")]
            raise UnreadableFile(f"has no column {name!r}; {nearest(name, present)}")
    filled = frame.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
    return filled, (f"has no column {', '.join(missing)}",)


def _chosen(frame: pl.DataFrame, mapping: EntityMap, source: Source) -> pl.DataFrame:
    """Return the rows that the source is about."""
    if not mapping.where or frame.is_empty():
        return frame
    asked = frame.select(exact_column(condition.column) for condition in mapping.where)
    asked = _without_null_values(_stripped(asked), source)
    is_chosen = asked.select(
        pl.all_horizontal(
            condition.holds(asked.schema[condition.column]) for condition in mapping.where
        )
    ).to_series()
    return frame if is_chosen.all() else frame.filter(is_chosen)


def _stripped(frame: pl.DataFrame) -> pl.DataFrame:
    """Strip texts, and make null of those of which nothing is left."""
    stripped = frame.with_columns(_TEXTS.str.strip_chars())
    return _with_nulls(stripped, _TEXTS.str.len_bytes() == 0)


def _without_null_values(frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Make null what the source writes for nothing."""
    nothing = list(source.options.get("null_values", ()))
    return _with_nulls(frame, _TEXTS.is_in(nothing)) if nothing else frame


def _with_nulls(frame: pl.DataFrame, is_nothing: pl.Expr) -> pl.DataFrame:
    """Make texts null; most columns have none of those, and are not made anew."""
    nothing = frame.select(is_nothing)
    return frame.with_columns(
        pl.when(~nothing[name]).then(exact_column(name)).alias(name)
        for name in nothing.columns
        if nothing[name].any()
    )
