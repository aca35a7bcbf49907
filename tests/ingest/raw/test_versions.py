"""Copies are found wherever they come: in the table, before the load, or while others wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.loading import buffer
from ingest.loading.load import load_source
from ingest.raw import arrivals
from ingest.raw.known_hashes import known_records, short_hash

Con = duckdb.DuckDBPyConnection
HEAD = "id,type,at\n"


def hashes_of(con: Con) -> pl.Series:
    return con.execute("select record_hash from raw.web_event order by all").pl().to_series()


def test_what_is_stored_is_always_found_and_nothing_in_an_empty_table(warehouse: Con) -> None:
    asked = short_hash(pl.Series([f"{number:032x}" for number in range(1000)]))
    known = known_records(warehouse, "web_event")

    assert known.may_hold(asked) is None

    known.add(asked[:500])
    found = known.may_hold(asked)

    assert found is not None
    assert found.to_list() == [True] * 500 + [False] * 500
    assert known.may_hold(asked[500:]) is None


def test_hashes_of_rows_stored_by_an_earlier_load_are_known(
    warehouse: Con, landing: Any, put: Callable[..., Any], web_events: Callable[..., Any]
) -> None:
    put("a.csv", HEAD + "e1,page,2024-06-01\ne2,page,2024-06-01\n")
    load_source(warehouse, web_events(), landing)
    stored = hashes_of(warehouse)

    found = known_records(warehouse, "web_event").may_hold(short_hash(stored))

    assert found is not None
    assert found.all()
    assert len(stored) == 2


@pytest.mark.parametrize(
    ("few", "most_waiting"), [(0, 1), (2, 1), (0, 10**6), (3, 3), (10**6, 10**6)]
)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=6), min_size=1, max_size=5),
    before=st.sets(st.integers(0, 4)),
)
# what waited as few has been looked up, and comes again when there are too many to wait
@example(files=[[3], [0], [0, 1, 2]], before={0})
def test_rows_and_counts_do_not_depend_on_how_many_wait(
    few: int,
    most_waiting: int,
    files: list[list[int]],
    before: set[int],
    warehouse: Con,
    tmp_path_factory: pytest.TempPathFactory,
    web_events: Callable[..., Any],
) -> None:
    landing = tmp_path_factory.mktemp("landing")
    events = [one for ids in files for one in ids]

    warehouse.execute("delete from raw.web_event; delete from meta.ingest_files")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(buffer, "FULL_ROWS", 1)
        patch.setattr(arrivals, "MOST_WAITING", most_waiting)
        patch.setattr(arrivals, "_FEW", few)
        results = []
        for is_before in (True, False):
            for number, ids in enumerate(files):
                if (number in before) == is_before:
                    lines = "".join(f"e{one},page,2024-06-01\n" for one in ids)
                    (landing / f"{number}.csv").write_text(HEAD + lines)
            results.append(load_source(warehouse, web_events(), landing))
        stored = warehouse.execute("select file, position from raw.web_event").fetchall()

    first_places = {one: place for place, one in reversed(list(_places(files)))}
    assert sum(one.rows_loaded for one in results) == len(set(events))
    assert sum(one.rows_duplicate for one in results) == len(events) - len(set(events))
    assert sorted(stored) == sorted(first_places.values())


@pytest.mark.parametrize(("few", "most_waiting"), [(0, 1), (2, 1), (0, 10**6), (3, 3)])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(
        st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab")), min_size=1, max_size=6),
        min_size=1,
        max_size=5,
    ),
    before=st.sets(st.integers(0, 4)),
)
def test_versions_without_a_date_are_those_that_differ_from_the_one_before(
    few: int,
    most_waiting: int,
    files: list[list[tuple[int, str]]],
    before: set[int],
    warehouse: Con,
    tmp_path_factory: pytest.TempPathFactory,
    payments: Callable[..., Any],
) -> None:
    landing = tmp_path_factory.mktemp("landing")

    warehouse.execute("delete from raw.payment; delete from meta.ingest_files")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(buffer, "FULL_ROWS", 1)
        patch.setattr(arrivals, "MOST_WAITING", most_waiting)
        patch.setattr(arrivals, "_FEW", few)
        for is_before in (True, False):
            for number, lines in enumerate(files):
                if (number in before) == is_before:
                    text = "".join(f"{one},1,2024-06-01,{status}\n" for one, status in lines)
                    (landing / f"{number}.csv").write_text("id,amount,at,status\n" + text)
            load_source(warehouse, payments(), landing)
        stored = warehouse.execute("select file, position from raw.payment").fetchall()

    now: dict[int, str] = {}
    expected = []
    for place, (one, status) in _places(files):
        if now.get(one) != status:
            expected.append(place)
        now[one] = status
    assert sorted(stored) == sorted(expected)


def _places(files: list[list[int]]) -> Any:
    for number, ids in enumerate(files):
        for position, one in enumerate(ids, start=1):
            yield (f"{number}.csv", position), one
