"""A small company is resolved with one thread; the warehouse has as many as before afterwards."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.identity.threads import ROW_GROUP, as_many_threads_as_it_can_use


def threads(con: duckdb.DuckDBPyConnection) -> int:
    (found,) = con.execute("select current_setting('threads')").fetchone() or (0,)
    return int(found)


@pytest.mark.parametrize(("rows", "within"), [(10, 1), (ROW_GROUP, 1), (ROW_GROUP + 1, 3)])
def test_only_tables_of_several_row_groups_are_read_by_several_threads(rows, within):
    con = duckdb.connect(config={"threads": 3})
    con.execute("create schema raw")
    con.execute(f"create table raw.contact as select range as record_key from range({rows})")
    with as_many_threads_as_it_can_use(con):
        assert threads(con) == within
    assert threads(con) == 3


def test_threads_come_back_after_a_failure():
    con = duckdb.connect(config={"threads": 3})
    with pytest.raises(ValueError, match="no key"), as_many_threads_as_it_can_use(con):
        raise ValueError("no key")
    assert threads(con) == 3
