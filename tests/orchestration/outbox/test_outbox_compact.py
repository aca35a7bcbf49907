"""What was delivered long ago leaves the outbox, and what it leads to stays the same."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import duckdb
import pytest
from acting_tables import DECLARATIONS, build, next_generation, risk, tell_and_publish
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration import warehouse
from orchestration.gate.outbox import outbox_checks
from orchestration.home import Home
from orchestration.outbox import deliveries
from orchestration.runs.stages import now

Run = Callable[..., int]
Acknowledge = Callable[..., None]

LONG_AGO = now() - timedelta(days=31)


@pytest.fixture
def run(home: Home, open_gate: Callable[[str], None]) -> Run:
    """Return a function that publishes a label per customer."""
    return partial(tell_and_publish, home, open_gate)


def acknowledge(home: Home, *positions: int, at: datetime = LONG_AGO) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(deliveries, "now", lambda: at)
        deliveries.append(home, deliveries.ACK, [(one, one) for one in positions])


def told(home: Home) -> list[tuple[int, str, str]]:
    """Return position, op and key as a reader finds them."""
    with duckdb.connect() as con:
        con.execute(f"attach '{home.published.resolve()}' as p (read_only)")
        return con.execute(
            "select outbox_id, op, key->>'customer_id' from p.crm.outbox order by 1"
        ).fetchall()


def test_what_was_acknowledged_long_ago_and_overtaken_is_removed(home: Home, run: Run) -> None:
    run(a="1", b="1", c="1")
    run(a="2", c="1")
    assert told(home)[3:] == [(4, "delete", "b"), (5, "update", "a")]
    acknowledge(home, 1, 2, 3, 4, 5)
    run(a="3", c="1")

    # b was deleted and is forgotten; c has not changed since; 5 is the newest that arrived
    assert told(home) == [(3, "insert", "c"), (5, "update", "a"), (6, "update", "a")]

    acknowledge(home, 6)
    assert run(a="4", b="1", c="1") == 4
    assert told(home) == [
        (3, "insert", "c"), (6, "update", "a"), (7, "insert", "b"), (8, "update", "a"),
    ]  # fmt: skip


def test_what_has_not_arrived_stays(home: Home, run: Run) -> None:
    run(a="1", b="1")
    run(a="2", b="2")
    acknowledge(home, 1)
    acknowledge(home, 2, at=LONG_AGO + timedelta(days=2))
    run(a="3", b="3")

    # 1 is not the newest of those that arrived, 2 arrived less than 30 days ago
    assert [position for position, *_ in told(home)] == [2, 3, 4, 5, 6]
    acknowledge(home, 5)
    run(a="4", b="3")

    # 3 will never be needed: who has applied 5 passes over it
    assert [position for position, *_ in told(home)] == [2, 4, 5, 6, 7]


def test_the_gate_finds_rows_that_should_not_be_missing(home: Home, run: Run) -> None:
    run(a="1", b="1", c="1")
    acknowledge(home, 1, at=now())
    run(a="2", b="2", c="2")
    with warehouse.connect(home) as con:
        con.execute("delete from crm.outbox where outbox_id in (1, 2, 5)")
        failed = {
            one.check_name: one.rows_failed
            for one in outbox_checks(con, home, DECLARATIONS)
            if not one.passed
        }

    assert failed["what_was_told_stays"] == 2
    assert failed["positions_are_unique_and_without_gaps"] == 1


generation = st.tuples(
    st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy")),
    st.sets(st.integers(1, 12)),
    st.booleans(),
)


@pytest.fixture(scope="module")
def empty_build() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a build database for a test that takes back what it changes."""
    with build() as con:
        yield con


@contextmanager
def taken_back(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Leave the database as it was: making another takes longer than the example."""
    con.begin()
    try:
        yield
    finally:
        con.rollback()


@given(states=st.lists(generation, min_size=2, max_size=6))
@settings(max_examples=60, deadline=None)
def test_applied_to_empty_tables_it_gives_what_stands(
    empty_build: duckdb.DuckDBPyConnection,
    states: list[tuple[dict[str, str], set[int], bool]],
) -> None:
    con = empty_build
    with tempfile.TemporaryDirectory() as folder, taken_back(con):
        home = Home(Path(folder))
        for labels, arrived, is_old in states:
            risk(con, [(who, label, 1, 1) for who, label in labels.items()])
            # asks the gate, too
            next_generation(con, home)
            there = {one for (one,) in con.execute("select outbox_id from crm.outbox").fetchall()}
            if known := sorted(there & arrived):
                acknowledge(home, *known, at=LONG_AGO if is_old else now())
            held: dict[str, str] = {}
            for op, key, payload in con.execute(
                "select op, key, payload from crm.outbox order by outbox_id"
            ).fetchall():
                if op == "delete":
                    held.pop(json.loads(key)["customer_id"], None)
                else:
                    held[json.loads(key)["customer_id"]] = json.loads(payload)["label"]
            assert held == labels
