"""A table in any of six formats and its mapping in; rows of one canonical entity out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import polars.selectors as cs

from ingest.errors import nearest
from ingest.mapping import EntityMap, apply_mapping, entity_map
from ingest.parsed import Parsed, UnreadableFile
from ingest.readers import TableChunk, TableRequest
from ingest.readers.delimited import read_delimited
from ingest.readers.json_records import read_json, read_json_lines
from ingest.readers.parquet import read_parquet
from ingest.readers.sheet import read_sheet
from ingest.source import Source


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Read one file chunk by chunk and map each.

    Raises
    ------
    UnreadableFile
        If a source column that a required column is made of is missing from the file.
    """
    mapping = entity_map(source)
    request = TableRequest(
        entity=mapping.contract.name,
        used=mapping.used,
        lists=_list_columns(mapping),
        keep_rest=source.unmapped == "keep",
        options=source.options,
    )
    label = _label(path)
    for chunk in _chunks(path, source.format, request):
        frame, notes = _with_all_columns(chunk.frame, mapping)
        mapped = apply_mapping(_without_null_values(frame, source), mapping, source, label)
        yield Parsed(
            read=chunk.read,
            rows={mapping.contract.name: mapped.rows},
            rejected=pl.concat([chunk.rejected, mapped.rejected]),
            notes=chunk.notes + notes,
        )


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


def _label(path: Path) -> str:
    """Return the path below ``landing``, for keys made of ``$file``."""
    parts = path.parts
    below = len(parts) - parts[::-1].index("landing") if "landing" in parts else len(parts) - 1
    return "/".join(parts[below:])


def _with_all_columns(
    frame: pl.DataFrame, mapping: EntityMap
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Add the source columns that an export left out; a needed one makes it unreadable."""
    missing = [name for name in mapping.used if name not in frame.columns]
    if not missing or frame.is_empty():
        return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in missing), ()
    for name in missing:
        if mapping.needs(name):
            present = [column for column in frame.columns if not column.startswith("$")]
            raise UnreadableFile(f"has no column {name!r}; {nearest(name, present)}")
    filled = frame.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
    return filled, (f"has no column {', '.join(missing)}",)


def _without_null_values(frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Strip texts, and make null what the source writes for nothing."""
    nothing = ["", *source.options.get("null_values", ())]
    texts = cs.string() - cs.starts_with("$")
    stripped = texts.str.strip_chars()
    return frame.with_columns(pl.when(~stripped.is_in(nothing)).then(stripped).name.keep())
