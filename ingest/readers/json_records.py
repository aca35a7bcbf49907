"""JSON and JSON lines in; frames of the fields that are used, and of the rest as JSON, out.

DuckDB reads the objects, so that one malformed line costs one line, and numbers keep their
digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from ingest.engine import frame_of, scratch, shared
from ingest.parsed import UnreadableFile
from ingest.readers.encoded_lines import read_lines
from ingest.readers.json_fields import fields_query, quoted
from ingest.readers.limited import limited_blocks
from ingest.readers.surrogates import without_halves
from ingest.readers.table_chunk import CHUNK_ROWS, TableChunk, TableRequest
from ingest.readers.utf8 import repaired, utf8_blocks
from ingest.sources.rejects import rejected_lines

MAX_DOCUMENT_BYTES = 512 << 20
"""A JSON document is read as a whole; larger exports come as JSON lines."""


def read_json_lines(path: Path, request: TableRequest) -> Iterator[TableChunk]:
    """Yield the objects of a file of one JSON object a line; the position is the line."""
    notes: tuple[str, ...] = ()
    for chunk in read_lines(path, request):
        if not chunk.lines["is_utf8"].all():
            notes = ("has lines that are no UTF-8; they were read as Windows-1252",)
        table = _table(chunk.lines, request)
        rejected = pl.concat([chunk.rejected, table.rejected])
        for start in range(0, max(table.frame.height, 1), CHUNK_ROWS):
            first = start == 0
            yield TableChunk(
                chunk.read if first else 0,
                table.frame.slice(start, CHUNK_ROWS),
                rejected if first else rejected.clear(),
                notes,
            )


def read_json(path: Path, request: TableRequest) -> Iterator[TableChunk]:
    """Yield the objects of a JSON document: an array, or an object that holds one.

    ``options["records"]`` names the key of the array, dotted; without it an object that holds
    exactly one array of objects means that array, and any other object is one record.
    """
    text = _document(path, request)
    if not text.strip():
        return
    if not _is_json(text):
        mended = without_halves(text)
        # the same text is no valid JSON a second time, and to look at 100 MB takes 0.4 s
        if mended == text or not _is_json(mended):
            raise UnreadableFile("is no valid JSON; for one object a line use the format jsonl")
        text = mended
    array = _array(text, request)
    rows = _query("select unnest(from_json(?, '[\"json\"]'))", array)
    lines = pl.DataFrame(
        # a null among the records comes as none
        {"position": range(1, len(rows) + 1), "line": [row[0] or "null" for row in rows]},
        schema={"position": pl.Int64(), "line": pl.String()},
    )
    for chunk in lines.iter_slices(CHUNK_ROWS):
        yield _table(chunk, request)


def _document(path: Path, request: TableRequest) -> str:
    limit = min(request.max_bytes, MAX_DOCUMENT_BYTES)
    encoding = request.options.get("encoding", "utf-8")
    data = b"".join(utf8_blocks(limited_blocks(path, limit), encoding))
    return repaired(data)[0].decode()


def _is_json(text: str) -> bool:
    return bool(_query("select json_valid(?)", text)[0][0])


def _query(sql: str, *parameters: object) -> list[tuple[str]]:
    with scratch() as con:
        return con.execute(sql, list(parameters)).fetchall()


def _array(text: str, request: TableRequest) -> str:
    """Return the text of the array that holds the records."""
    if text.lstrip()[:1] == "[":
        return text
    records = request.options.get("records")
    if records is not None:
        path = "$." + ".".join(quoted(part) for part in records.split("."))
        found = _query("select json_extract(?, ?)::varchar", text, path)[0][0]
        if found is None or not found.startswith("["):
            raise UnreadableFile(f"has no array at {records}; see options.records of the source")
        return found
    arrays = _query(
        "select json_extract(doc, '$.\"' || key || '\"')::varchar from "
        "(select doc, unnest(json_keys(doc)) as key from (select ?::json as doc)) "
        "where json_type(doc, '$.\"' || key || '\"') = 'ARRAY' "
        "and json_type(doc, '$.\"' || key || '\"[0]') = 'OBJECT'",
        text,
    )
    return arrays[0][0] if len(arrays) == 1 else f"[{text}]"


def _table(lines: pl.DataFrame, request: TableRequest) -> TableChunk:
    """Read the objects of ``lines`` (``position``, ``line``)."""
    with scratch() as con:
        con.register("lines", shared(lines.select("line")))
        kinds = frame_of(con, _KIND, lines.height).to_series()
        if kinds.null_count() and (is_half := _may_be_halves(lines["line"], kinds)).any():
            halves = lines["line"].filter(is_half)
            mended = halves.map_elements(without_halves, return_dtype=pl.String)
            lines = lines.with_columns(lines["line"].scatter(is_half.arg_true(), mended))
            con.register("lines", shared(lines.select("line")))
            kinds = frame_of(con, _KIND, lines.height).to_series()
        is_object = (kinds == "OBJECT").fill_null(value=False)
        objects = lines if is_object.all() else lines.filter(is_object)
        con.register("lines", shared(objects.select("position", "line")))
        query, variables = fields_query(request)
        frame = frame_of(con, query, objects.height, **variables)
    bad = lines.filter(~is_object).select("position", "line")
    is_json = kinds.filter(~is_object).is_not_null()
    reason = (
        pl.when(is_json).then(pl.lit("is no JSON object")).otherwise(pl.lit("is no valid JSON"))
    )
    return TableChunk(
        lines.height, frame, rejected_lines(bad, request.entity, "malformed_json", reason)
    )


def _may_be_halves(line: pl.Series, kinds: pl.Series) -> pl.Series:
    """Return which lines are no JSON and have an escape that may be half of a pair."""
    return kinds.is_null() & line.str.contains(r"(?i)\\ud").fill_null(value=False)


_KIND = "select case when json_valid(line) then json_type(line) end as kind from lines"
