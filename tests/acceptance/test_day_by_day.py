"""A warehouse built day after day ends with the same marts as one built at once.

Which marts there are is asked of dbt: a new one is covered as soon as it exists.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration import prepared
from tests.acceptance.warehouse import Warehouse
from tests.dbt_builds import build_models

pytestmark = pytest.mark.pipeline

ROOT = Path(__file__).resolve().parents[2]
DAYS = 2
"""Days that are built one by one at the end; a build costs ten seconds."""


def marts() -> list[str]:
    nodes = prepared.project().manifest["nodes"].values()
    return sorted(
        node["name"]
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] == "marts"
    )


def hold_back(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Move every raw row aside and drop what was built of them; return the raw tables."""
    for schema in ("marts", "features", "intermediate", "staging"):
        con.execute(f"drop schema if exists {schema} cascade")
    con.execute("create schema held")
    tables = [
        name
        for (name,) in con.execute(
            "select table_name from information_schema.tables where table_schema = 'raw'"
        ).fetchall()
    ]
    for table in tables:
        con.execute(f'create table held."{table}" as select * from raw."{table}"')
        con.execute(f'delete from raw."{table}"')
    return tables


def deliver(
    con: duckdb.DuckDBPyConnection,
    tables: list[str],
    after: datetime | None,
    until: datetime | None,
) -> None:
    """Add the rows that became known in (after, until], the newest first."""
    for table in tables:
        con.execute(
            f'insert into raw."{table}" select * from held."{table}" '
            "where (known_at > $1 or $1 is null) and (known_at <= $2 or $2 is null) "
            "order by known_at desc, record_hash",
            [after, until],
        )
    if until is not None:
        con.execute("update meta.settings set value = ? where name = 'as_of'", [str(until)])


@pytest.fixture(scope="module")
def day_by_day(
    built: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return both warehouses in one connection: by_day, and at_once."""
    home = tmp_path_factory.mktemp("day_by_day")
    file = home / "warehouse.duckdb"
    shutil.copyfile(built.home / "warehouse.duckdb", file)
    with duckdb.connect(str(file)) as con:
        tables = hold_back(con)
        as_of = con.execute("select value from meta.settings where name = 'as_of'").fetchall()[0][0]
    end = datetime.combine(datetime.fromisoformat(as_of).date(), time())
    evenings = [end - timedelta(days=left) for left in range(DAYS, 0, -1)]
    after = None
    for until in [*evenings, None]:
        with duckdb.connect(str(file)) as con:
            deliver(con, tables, after, until)
            if until is None:
                con.execute("update meta.settings set value = ? where name = 'as_of'", [as_of])
        build_models(home)
        after = until
    with duckdb.connect(":memory:") as con:
        con.execute(f"attach '{file}' as by_day (read_only)")
        con.execute(f"attach '{built.home / 'warehouse.duckdb'}' as at_once (read_only)")
        yield con


def test_the_last_days_bring_late_and_changed_records(
    day_by_day: duckdb.DuckDBPyConnection,
) -> None:
    con = day_by_day
    as_of = con.execute("select value from by_day.meta.settings where name = 'as_of'").fetchall()
    late, changed = 0, 0
    for (table,) in con.execute(
        "select table_name from information_schema.tables "
        "where table_catalog = 'by_day' and table_schema = 'held'"
    ).fetchall():
        counts = con.execute(
            "select count(*) filter (where known_at > occurred_at + interval 1 day), "
            "count(*) filter (where version > 1) "
            "from (select *, row_number() over (partition by record_key order by known_at) "
            f'as version from by_day.held."{table}") '
            "where known_at > cast(? as timestamp) - to_days(?)",
            [as_of[0][0], DAYS],
        ).fetchall()[0]
        late, changed = late + counts[0], changed + counts[1]
    assert late > 0
    assert changed > 0


def test_every_mart_is_the_same_whether_built_day_by_day_or_at_once(
    day_by_day: duckdb.DuckDBPyConnection,
) -> None:
    differing, filled = {}, 0
    for mart in marts():
        rows, gained, lost = day_by_day.execute(
            f"select (select count(*) from at_once.marts.{mart}), "
            f"(select count(*) from "
            f"(from by_day.marts.{mart} except all from at_once.marts.{mart})), "
            f"(select count(*) from "
            f"(from at_once.marts.{mart} except all from by_day.marts.{mart}))"
        ).fetchall()[0]
        filled += rows > 0
        if gained or lost:
            differing[mart] = {"rows": rows, "gained": gained, "lost": lost}
    assert differing == {}
    assert filled >= 0.9 * len(marts())
