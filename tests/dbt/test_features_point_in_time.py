"""Features of a moment use what was known at that moment, and nothing that became known later.

A small warehouse with late arrivals, corrections, deletions and future-dated statements in every
source entity is built three times: without the rows known after T and as of T, with them and as
of T, with them and as of 90 days later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import duckdb
import pytest
from features_counted_again import COUNTED_BY_HAND
from simulated_world import NEWEST, World, simulated_world, write_warehouse

from tests.dbt_builds import build_models

pytestmark = pytest.mark.pipeline

CUTOFF = NEWEST - timedelta(days=90)
FEATURES = ("lead_features", "churn_features", "segment_features")
LABELS = ("lead_labels", "churn_labels")


@pytest.fixture(scope="module")
def world() -> World:
    return simulated_world(seed=11)


@pytest.fixture(scope="module")
def build_features(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., duckdb.DuckDBPyConnection]]:
    """Return a builder of features as of one moment from the rows known by another."""
    connections: list[duckdb.DuckDBPyConnection] = []

    def build(as_of: datetime, known_by: datetime | None = None) -> duckdb.DuckDBPyConnection:
        home = tmp_path_factory.mktemp("home")
        write_warehouse(home / "warehouse.duckdb", world, as_of, known_by)
        build_models(home, "--select", *(f"+{name}" for name in (*FEATURES, *LABELS)))
        connections.append(duckdb.connect(str(home / "warehouse.duckdb"), read_only=True))
        return connections[-1]

    yield build
    for connection in connections:
        connection.close()


Build = Callable[..., duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module")
def at_cutoff(build_features: Build) -> duckdb.DuckDBPyConnection:
    return build_features(CUTOFF, known_by=CUTOFF)


@pytest.fixture(scope="module")
def at_cutoff_with_later_rows(build_features: Build) -> duckdb.DuckDBPyConnection:
    return build_features(CUTOFF)


@pytest.fixture(scope="module")
def newest(build_features: Build) -> duckdb.DuckDBPyConnection:
    return build_features(NEWEST)


def rows_of(con: duckdb.DuckDBPyConnection, table: str, since: datetime | None = None) -> list:
    return con.execute(
        f"select * from features.{table} where as_of between ? and ? order by all",
        [since or datetime.fromisoformat("1970-01-01"), CUTOFF],
    ).fetchall()


@pytest.mark.parametrize("table", [*FEATURES, *LABELS])
def test_rows_known_later_change_nothing(
    table: str,
    at_cutoff: duckdb.DuckDBPyConnection,
    at_cutoff_with_later_rows: duckdb.DuckDBPyConnection,
) -> None:
    expected = rows_of(at_cutoff, table)
    assert len(expected) > 10
    assert rows_of(at_cutoff_with_later_rows, table) == expected


@pytest.mark.parametrize("table", ["lead_features", "churn_features"])
def test_a_row_for_training_is_the_row_that_was_scored(
    table: str, at_cutoff: duckdb.DuckDBPyConnection, newest: duckdb.DuckDBPyConnection
) -> None:
    oldest = NEWEST - timedelta(days=24 * 30)
    expected = rows_of(at_cutoff, table, since=oldest)
    assert len(expected) > 10
    assert rows_of(newest, table, since=oldest) == expected


def test_features_say_what_counting_by_hand_says(newest: duckdb.DuckDBPyConnection) -> None:
    expected = newest.execute(COUNTED_BY_HAND).fetchall()
    found = newest.execute(
        """
        select
            customer_id, as_of, orders_total, orders_365d, orders_90d, tickets_90d, tickets_open,
            interactions_90d, inbound_30d, web_sessions_30d, web_sessions_90d, email_clicks_90d,
            cast(revenue_365d as decimal(18, 4))
        from features.churn_features
        order by all
        """
    ).fetchall()
    assert len(found) > 100
    assert found == expected


def test_labels_say_what_came_within_90_days(newest: duckdb.DuckDBPyConnection) -> None:
    leads = dict(
        newest.execute(
            """
            select labels.is_converted, count(*)
            from features.lead_labels as labels
            inner join features.lead_features using (lead_id, as_of)
            group by all
            """
        ).fetchall()
    )
    assert set(leads) == {True, False}
    wrong = newest.execute(
        """
        select *
        from features.churn_labels as labels
        where is_churned <> (
            labels.customer_id not in (
                select customer_id
                from intermediate.int_order_versions__known as orders
                where
                    known_from <= timestamp '2026-01-01'
                    and coalesce(known_to > timestamp '2026-01-01', true)
                    and coalesce(cancelled_at > timestamp '2026-01-01', true)
                    and placed_at > labels.as_of
                    and placed_at <= labels.as_of + interval 90 day
            )
        )
        """
    ).fetchall()
    assert wrong == []
