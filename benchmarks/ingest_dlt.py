"""The peer dlt: Segment events into DuckDB, merge disposition, Arrow tables as input."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.json as pj

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"


def valid_lines(path: Path) -> pa.BufferReader:
    """Return the file without its malformed lines, which would stop dlt's reader."""
    with pa.input_stream(str(path), compression="gzip") as stream:
        text = stream.read().decode("utf-8", "replace")
    lines = pa.table({"line": text.split("\n")})  # noqa: F841 - read by the query
    good = duckdb.sql("select line from lines where line like '{%}' and json_valid(line)")
    return pa.BufferReader("\n".join(good.to_arrow_table()["line"].to_pylist()).encode())


def load_web(home: Path, database: Path) -> int:
    """Load ``landing/web`` and return the number of events given to dlt."""
    import dlt

    given = 0

    @dlt.resource(name="events", write_disposition="merge", primary_key="messageId")
    def events() -> Iterator[pa.Table]:
        nonlocal given
        files = sorted((home / "landing" / "web").glob("*.jsonl.gz"))
        tables = [
            pj.read_json(valid_lines(path), pj.ReadOptions(block_size=1 << 26)) for path in files
        ]
        # the fields of properties differ from file to file; dlt wants one schema
        table = pa.concat_tables(tables, promote_options="permissive")
        given = table.num_rows
        yield table

    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "events",
            pipelines_dir=folder,
            destination=dlt.destinations.duckdb(str(database)),
            dataset_name="raw",
        )
        pipeline.run(events())
    return given
