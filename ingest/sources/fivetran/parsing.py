"""One table file of a folder and the vendor's tables in; chunks of canonical entities out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from ingest.options import Options
from ingest.parsed import Parsed
from ingest.readers import TableChunk
from ingest.source import Source
from ingest.sources.fivetran.folder import Folder, table_name
from ingest.sources.fivetran.mapped_rows import map_parts, map_rows, rejected_rows
from ingest.sources.fivetran.table import Table
from ingest.sources.fivetran.text_frames import POSITION, text_chunks

OPTIONS: Options = {"ignore_tables": "texts", "currency": "currency"}
"""``ignore_tables: [contact_property_history]`` passes over tables that nobody wants;
``currency`` is that of amounts which state none, the company's by default."""


def parse_table(
    path: Path, source: Source, tables: dict[str, Table], fields: Mapping[str, str] | None = None
) -> Iterator[Parsed]:
    """Yield the rows of ``path``; nothing for a table that the source ignores.

    Parameters
    ----------
    fields
        Columns by what files may call them, see ``field_names``.
    """
    name = table_name(path, tables)
    ignored = source.options.get("ignore_tables", ())
    if name in ([ignored] if isinstance(ignored, str) else ignored):
        return
    unknown = Table(
        reason_code="unknown_table",
        reason=f"the table {name} is none of {source.format}; name it in options.ignore_tables",
    )
    folder = Folder(path.parent, frozenset(tables), source.options, fields or {})
    for chunk in text_chunks(path, name, source.options, folder.fields):
        yield _parsed(chunk, name, tables.get(name, unknown), tables, folder, source)


def _parsed(
    chunk: TableChunk,
    name: str,
    table: Table,
    tables: dict[str, Table],
    folder: Folder,
    source: Source,
) -> Parsed:
    frame = chunk.frame
    if table.instead is not None and table.instead[0] in frame.columns:
        table = table.instead[1]
    rows: dict[str, list[pl.DataFrame]] = {}
    rejected = [chunk.rejected]
    if table.part is not None and not frame.is_empty():
        outcome = map_parts(frame, table.part, tables, folder, source)
        frame = frame.filter(~pl.col(POSITION).is_in(list(outcome.positions)))
        rejected.append(outcome.rejected)
        for entity, made in outcome.rows:
            rows.setdefault(entity, []).append(made)
    if table.targets and not frame.is_empty():
        outcome = map_rows(frame, name, table, folder, source)
        frame = frame.filter(~pl.col(POSITION).is_in(list(outcome.positions)))
        rejected.append(outcome.rejected)
        for entity, made in outcome.rows:
            rows.setdefault(entity, []).append(made)
    entity = table.targets[0].entity if table.targets else name
    rejected.append(rejected_rows(frame, entity, table.reason_code, table.reason))
    return Parsed(
        read=chunk.read,
        rows={entity: pl.concat(made, how="diagonal_relaxed") for entity, made in rows.items()},
        rejected=pl.concat(rejected),
        notes=chunk.notes,
    )
