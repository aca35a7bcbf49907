"""The peer dlt: Segment events into DuckDB, merge disposition, Arrow tables as input.

It is given the fields of the simulated events, as DuckDB's reader is given its columns: a table of
each file has the one schema that dlt wants, and only one is held at a time (all of size l at once
took more than 16 GB).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.json as pj

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"


def _struct(*names: str, **others: pa.DataType) -> pa.DataType:
    return pa.struct({**dict.fromkeys(names, pa.string()), **others})


FIELDS = pa.schema(
    {
        **dict.fromkeys(
            ("type", "messageId", "anonymousId", "userId", "timestamp", "sentAt", "receivedAt",
             "name", "event"),
            pa.string(),
        ),
        "context": _struct(
            "ip", "userAgent", "locale", "timezone",
            page=_struct("path", "url", "referrer", "search", "title"),
            library=_struct("name", "version"),
            campaign=_struct("name", "source", "medium"),
        ),
        "traits": _struct("email", "firstName", "lastName"),
        "properties": _struct(
            "cart_id", "sku", "name", "currency", "order_id", "experiment_id", "experiment_name",
            "variation_id", "variation_name",
            price=pa.float64(), quantity=pa.int64(), total=pa.float64(),
        ),
    }
)  # fmt: skip


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
        fields = pj.ParseOptions(explicit_schema=FIELDS, unexpected_field_behavior="ignore")
        for path in sorted((home / "landing" / "web").glob("*.jsonl.gz")):
            table = pj.read_json(valid_lines(path), pj.ReadOptions(block_size=1 << 26), fields)
            given += table.num_rows
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
