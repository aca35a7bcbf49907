"""What the build database, or else the published file, says about past loads and runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import duckdb

from orchestration import warehouse
from orchestration.errors import Refused
from orchestration.home import Home
from orchestration.publishing.published import attached


@contextmanager
def meta(home: Home) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """Open the build database for reading; while a run holds it, what is published instead.

    None if there is neither.
    """
    if home.warehouse.exists():
        try:
            with warehouse.connect(home, read_only=True, wait_s=0) as con:
                yield con
                return
        except Refused:
            if not home.published.exists():
                raise
    if not home.published.exists():
        yield None
        return
    with duckdb.connect(":memory:") as con, attached(con, home, use=True):
        yield con


def last_batches(home: Home) -> dict[str, tuple[datetime | None, str]]:
    """Return when each source was last loaded and how that ended."""
    with meta(home) as con:
        if con is None:
            return {}
        rows = con.execute(
            "select source, finished_at, status from meta.ingest_batches qualify row_number() "
            "over (partition by source order by started_at desc, batch_id) = 1"
        ).fetchall()
    return {source: (finished_at, status) for source, finished_at, status in rows}
