"""Whoever applies the outbox in order to empty tables has what stands, whatever happened before."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from acting_tables import Applied, apply, build, next_generation, risk
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.home import Home

CUSTOMERS = [f"c{n}" for n in range(5)]
NOISE = {"score": 1.0, "value": 0.5}

Row = tuple[str | None, float | None, float | None]
Generation = dict[str, object]

rows = st.dictionaries(
    st.sampled_from(CUSTOMERS),
    st.tuples(
        st.sampled_from(["low", "high", 'it\'s "so"\n', None]),
        # quarters are exact: a difference of the noise is one, and not a little less
        st.one_of(st.none(), st.integers(-8, 8).map(lambda n: n / 4)),
        st.one_of(st.none(), st.integers(-8, 8).map(lambda n: n / 4)),
    ),
)
generation = st.fixed_dictionaries(
    {
        "rows": rows,
        "members": st.sets(st.sampled_from(CUSTOMERS)),
        "allowed": st.sets(st.sampled_from(CUSTOMERS)),
        "published": st.booleans(),
        "merged": st.one_of(st.none(), st.tuples(*[st.sampled_from(CUSTOMERS)] * 2)),
    }
)


@pytest.fixture(scope="module")
def made() -> Iterator[duckdb.DuckDBPyConnection]:
    with build() as opened:
        yield opened


@pytest.fixture
def con(made: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    return empty(made)


def empty(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return the build database as if there had been no generation yet."""
    con.execute("delete from crm.outbox; delete from meta.generation")
    con.execute("delete from crm.members; delete from crm.channel_preference")
    return con


def stand(con: duckdb.DuckDBPyConnection, state: Generation) -> dict[str, Row]:
    """Write the tables of a generation and return the rows of crm.risk."""
    people: dict[str, Row] = dict(state["rows"])  # type: ignore[call-overload]
    members, allowed = state["members"], state["allowed"]
    if state["merged"] is not None:
        # the retired id has no row any more, and the survivor has one
        survivor, retired = state["merged"]  # type: ignore[misc]
        if survivor != retired and retired in people:
            people[survivor] = people.pop(retired)
    risk(con, [(customer, *row) for customer, row in people.items()])
    con.execute("delete from crm.members")
    con.execute("delete from crm.channel_preference")
    for customer in members:  # type: ignore[attr-defined]
        con.execute("insert into crm.members values (?, 'a', '2026-01-01', null, true)", [customer])
    for customer in CUSTOMERS:
        con.execute(
            "insert into crm.channel_preference values (?, 'email', ?)",
            [customer, customer in allowed],  # type: ignore[operator]
        )
    return people


def same(told: dict, row: Row) -> None:
    label, score, value = row
    assert told["label"] == label
    for name, number in (("score", score), ("value", value)):
        assert (told[name] is None) == (number is None)
        if number is not None:
            assert abs(told[name] - number) < NOISE[name]


@settings(max_examples=20)
@given(states=st.lists(generation, min_size=1, max_size=5))
def test_any_sequence_of_generations(made: duckdb.DuckDBPyConnection, states: list[Generation]):
    con = empty(made)
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        read, applied = 0, Applied()
        for state in [*states, states[-1] | {"published": True}]:
            people = stand(con, state)
            next_generation(con, home, published=bool(state["published"]))
            if not state["published"]:
                continue
            # a consumer goes on where it stopped
            new = con.execute(
                "select outbox_id, table_name, op, key, payload from crm.outbox "
                "where outbox_id > ? order by outbox_id",
                [read],
            ).fetchall()
            assert [row[0] for row in new] == list(range(read + 1, read + 1 + len(new)))
            read += len(new)
            apply(new, applied)
            by_id = {row["customer_id"]: row for row in applied.get("risk", {}).values()}
            assert by_id.keys() == people.keys()
            for customer, row in people.items():
                same(by_id[customer], row)
            members = {row["customer_id"] for row in applied.get("members", {}).values()}
            assert members == state["members"] & state["allowed"]  # type: ignore[operator]
        everything = con.execute(
            "select outbox_id, table_name, op, key, payload from crm.outbox order by outbox_id"
        ).fetchall()
        assert apply(everything, {}) == applied
        assert len(everything) == read


def test_a_generation_that_was_not_published_leaves_no_trace(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
):
    home = Home(tmp_path)
    risk(con, [("c1", "low", 1, 1)])
    next_generation(con, home)
    risk(con, [("c1", "wrong", 1, 1), ("c2", "wrong", 1, 1)])
    assert len(next_generation(con, home, published=False)) == 2
    risk(con, [("c1", "low", 1, 1), ("c3", "new", 1, 1)])

    assert next_generation(con, home) == [("risk", "insert", "c3")]
    ids = con.execute("select outbox_id, generation from crm.outbox order by all").fetchall()
    assert ids == [(1, 1), (2, 2)]
    ((created,),) = con.execute("select max(told_at) from crm.outbox").fetchall()
    assert isinstance(created, datetime)
