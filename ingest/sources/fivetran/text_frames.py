"""One table file, CSV or Parquet, in; frames of text columns with lower-case names out.

Both formats give the same texts, so that a join never fails over a type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from ingest.expressions.float_text import float_text
from ingest.expressions.json_text import encoded
from ingest.readers import TableChunk, TableRequest
from ingest.readers.delimited import read_delimited
from ingest.readers.parquet import read_parquet

POSITION = "$position"

NOTHING = ("", "1B2M2Y8AsgTpgAmY7PhCfg==", "d41d8cd98f00b204e9800998ecf8427e")
"""An empty text, and what Fivetran's hashing makes of one: taken for a value, it would make one
person of everybody who left their address empty."""


def text_chunks(
    path: Path, table: str, options: dict[str, Any], fields: Mapping[str, str]
) -> Iterator[TableChunk]:
    """Yield the records of a file, stripped of blanks; empty texts are null.

    Parameters
    ----------
    table
        Named in rejected records.
    fields
        Columns by what files may call them, see ``field_names``.

    Raises
    ------
    UnreadableFile
        If the file cannot be read.
    """
    limits: dict[str, Any] = {
        name: options[name] for name in ("max_bytes", "max_line_bytes") if name in options
    }
    request = TableRequest(entity=table, used=(), options=limits)
    is_parquet = path.name.lower().endswith(".parquet")
    chunks = read_parquet(path, request) if is_parquet else read_delimited(path, request, ",")
    for chunk in chunks:
        yield TableChunk(chunk.read, _texts(chunk.frame, fields), chunk.rejected, chunk.notes)


def _texts(frame: pl.DataFrame, fields: Mapping[str, str]) -> pl.DataFrame:
    names: dict[str, str] = {}
    for name in frame.columns:
        # what begins with $ is ours
        lower = name.strip().lower().lstrip("$")
        plain = lower = fields.get(lower, lower)
        number = 2
        while plain in names.values():
            plain, number = f"{lower}_{number}", number + 1
        names[name] = plain
    columns = [
        _text(pl.col(name), dtype).alias(names[name])
        for name, dtype in frame.schema.items()
        if name != POSITION
    ]
    if POSITION not in frame.columns:
        return frame.select(pl.lit(None, pl.Int64).alias(POSITION)).clear()
    return frame.select(pl.col(POSITION).cast(pl.Int64), *columns)


def _text(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List | pl.Array | pl.Struct):
        return encoded(value)
    if isinstance(dtype, pl.Datetime):
        utc = value.dt.convert_time_zone("UTC") if dtype.time_zone else value
        return utc.dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
    if dtype.is_float():
        return float_text(value)
    text = value.cast(pl.String).str.strip_chars()
    return pl.when(~text.is_in(NOTHING)).then(text)
