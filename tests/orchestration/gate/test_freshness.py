"""A source that gives events is called silent when nothing has happened or changed for too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest

from ingest.from_contracts.schema import create_schemas_and_tables
from orchestration.gate.freshness import freshness

FILLED = {
    "VARCHAR": "'x'",
    "TIMESTAMP": "timestamp '2026-06-30'",
    "BIGINT": "1",
    "BOOLEAN": "false",
}


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        create_schemas_and_tables(con)
        con.execute("insert into meta.settings (name, value) values ('as_of', '2026-07-01')")
        yield con


def add(con: duckdb.DuckDBPyConnection, table: str, **values: str | datetime | None) -> None:
    """Insert a row with these values and something in every other column that needs one."""
    needed = con.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = 'raw' "
        "and table_name = ? and not is_nullable",
        [table],
    ).fetchall()
    others = [f"{FILLED[kind]} as {name}" for name, kind in needed if name not in values]
    said = [f"${name} as {name}" for name in values]
    con.execute(f"insert into raw.{table} by name select {', '.join([*said, *others])}", values)


def on(day: str) -> datetime:
    return datetime.fromisoformat(f"2026-{day} 10:00")


def silent(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return {one.asset: one.message for one in freshness(con) if not one.passed}


def test_a_source_is_silent_after_a_week_or_twice_its_longest_pause(
    con: duckdb.DuckDBPyConnection,
) -> None:
    for day in ("05-01", "05-11", "06-12"):
        add(con, "interaction", source="rare", known_at=on(day))
    for day in ("06-20", "06-21", "06-23"):
        add(con, "interaction", source="busy", known_at=on(day))
    add(con, "interaction", source="fresh", known_at=on("06-24"))

    assert silent(con) == {
        "source/busy": "silent for 8 days before as_of; its longest pause allows 7"
    }


def test_a_changed_record_shows_that_its_source_still_speaks(
    con: duckdb.DuckDBPyConnection,
) -> None:
    add(con, "interaction", source="crm", known_at=on("05-01"))
    assert "source/crm" in silent(con)

    # when an undated record changed is not known: it came with the last file
    add(con, "lead", source="crm", recorded_at=None, known_at=on("06-30"))
    assert "source/crm" in silent(con)

    add(con, "lead", source="crm", recorded_at=on("06-29"), known_at=on("06-29"))
    assert silent(con) == {}


def test_a_source_without_events_and_the_future_are_not_asked(
    con: duckdb.DuckDBPyConnection,
) -> None:
    add(con, "product", source="prices", recorded_at=on("01-01"), known_at=on("01-01"))
    add(con, "interaction", source="calls", known_at=on("05-01"))
    add(con, "interaction", source="calls", known_at=on("07-02"))

    assert list(silent(con)) == ["source/calls"]
    assert [one.asset for one in freshness(con)] == ["source/calls"]
