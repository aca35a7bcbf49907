"""The pipeline as of any date: the marts against a replay of the same rows without SQL."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pipeline_replay
import pytest
from pipeline_company import (
    AS_OF,
    Row,
    drawn,
    drawn_changes,
    due,
    on,
    reference_rows,
    written_changes,
    written_versions,
)
from pipeline_replay import Deal

pytestmark = pytest.mark.pipeline

ENTERING = ("created", "reopened", "increased")
LEAVING = ("decreased", "won", "lost", "deleted")
DATE_MOVES = ("pushed_out", "pushed_in", "pulled_in", "pulled_out")
CHANGES = [*written_changes(), *drawn_changes(seed=8, count=60)]
VERSIONS = [*written_versions(), *drawn(seed=7, count=60)]


@pytest.fixture(scope="module")
def warehouse(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    path = build_warehouse(
        {
            **reference_rows(),
            "opportunity": VERSIONS,
            "opportunity_history": CHANGES,
        },
        selection=("--select", "+path:dbt_project/models/marts/sales/pipeline"),
    )
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def deals() -> dict[str, Deal]:
    versions: dict[str, list[Row]] = defaultdict(list)
    for version in VERSIONS:
        versions[version["opportunity_id"]].append(version)
    rates = {str(due(f"03-{day:02}")): Decimal("0.9") for day in range(1, 8)}
    replayed = {
        f"t:{key}": pipeline_replay.replay(
            rows, [one for one in CHANGES if one["opportunity_ref"] == f"t:{key}"], rates
        )
        for key, rows in versions.items()
    }
    return {key: deal for key, deal in replayed.items() if deal is not None}


def table(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def records(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    return con.execute(query).pl().to_dicts()


def test_every_state_of_every_opportunity_is_that_of_the_replay(
    warehouse: duckdb.DuckDBPyConnection, deals: dict[str, Deal]
) -> None:
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for opportunity_id, *state in table(
        warehouse,
        "select opportunity_id, valid_from, status, stage_name, amount_base, close_date, owner_id "
        "from intermediate.int_opportunity_states__spans order by opportunity_id, state_index",
    ):
        found[opportunity_id].append(tuple(state))
    assert found == {
        key: [
            (s.at, s.status, s.values["stage"], s.values["amount"], s.values["close_date"],
             s.values["owner"])
            for s in deal.states
        ]
        for key, deal in deals.items()
    }  # fmt: skip


def test_every_day_of_the_pipeline_is_that_of_the_replay(
    warehouse: duckdb.DuckDBPyConnection, deals: dict[str, Deal]
) -> None:
    rows = table(
        warehouse,
        "select date_day, pipeline, stage_name, owner_id, forecast_category, open_count, "
        "without_amount_count, unweighted_count, amount_base, weighted_amount_base "
        "from marts.fct_pipeline_daily",
    )
    assert len(rows) > 1000
    assert {row[:5]: row[5:] for row in rows} == pipeline_replay.daily(list(deals.values()))


def test_the_movements_of_every_month_are_those_of_the_replay(
    warehouse: duckdb.DuckDBPyConnection, deals: dict[str, Deal]
) -> None:
    found = {
        (pipeline_replay.month(row["period_start"]), row["pipeline"], name, unit): value
        for row in records(warehouse, "select * from marts.pipeline_waterfall")
        for name in (*ENTERING, *LEAVING, *DATE_MOVES)
        for unit in ("count", "base")
        if (value := row[f"{name}_{unit}"])
    }
    expected = pipeline_replay.movements(list(deals.values()))
    assert found == {key: value for key, value in expected.items() if value}
    assert {key[2] for key in found} == {*ENTERING, *LEAVING, *DATE_MOVES}


def test_the_waterfall_closes_to_the_cent_and_goes_on_where_it_ended(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = records(
        warehouse, "select * from marts.pipeline_waterfall order by pipeline, period_start"
    )
    ends: dict[tuple[str, str], Any] = {}
    for row in rows:
        for unit in ("count", "base"):
            # a change of an amount moves no opportunity in or out
            flows = [
                name for name in (*ENTERING, *LEAVING)
                if unit == "base" or not name.endswith("creased")
            ]  # fmt: skip
            moved = sum(row[f"{name}_{unit}"] * (1 if name in ENTERING else -1) for name in flows)
            assert row[f"open_start_{unit}"] + moved == row[f"open_end_{unit}"], row
            assert row[f"open_start_{unit}"] == ends.get((row["pipeline"], unit), 0)
            ends[row["pipeline"], unit] = row[f"open_end_{unit}"]


def test_the_movements_are_those_of_the_replay_one_by_one(
    warehouse: duckdb.DuckDBPyConnection, deals: dict[str, Deal]
) -> None:
    found: Counter[tuple[Any, ...]] = Counter()
    for moved_at, pipeline, movement, amount in table(
        warehouse,
        "select moved_at, pipeline, movement, amount_base from marts.fct_pipeline_movements",
    ):
        month = pipeline_replay.month(moved_at.date())
        found[month, pipeline, movement, "count"] += 1
        found[month, pipeline, movement, "base"] += amount
    expected = pipeline_replay.movements(list(deals.values()))
    for movement in (*ENTERING, *LEAVING):
        assert {key: value for key, value in found.items() if key[2] == movement and value} == {
            key: value for key, value in expected.items() if key[2] == movement and value
        }
    moved = [days for deal in deals.values() for days in pipeline_replay.days_moved(deal)]
    assert table(
        warehouse,
        "select count(*) filter (movement = 'pushed'), count(*) filter (movement = 'pulled'), "
        "sum(days_moved)::int from marts.fct_pipeline_movements",
    ) == [(sum(days > 0 for days in moved), sum(days < 0 for days in moved), sum(moved))]


def test_the_pipeline_of_any_two_days_differs_by_what_moved_between_them(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    daily = dict(
        table(
            warehouse,
            "select date_day, sum(amount_base) from marts.fct_pipeline_daily group by all",
        )
    )
    moved = dict(
        table(
            warehouse,
            "select date_day, sum(open_base_change) from marts.fct_pipeline_movements group by all",
        )
    )
    draw = random.Random(1)
    first = min(moved)
    days = [first + timedelta(days=n) for n in range((AS_OF.date() - first).days)]
    for start, end in (sorted(draw.sample(days, 2)) for _ in range(500)):
        between = sum((value for day, value in moved.items() if start < day <= end), Decimal(0))
        assert daily.get(end, 0) - daily.get(start, 0) == between, (start, end)


def test_the_change_log_has_every_value_that_the_replay_saw(
    warehouse: duckdb.DuckDBPyConnection, deals: dict[str, Deal]
) -> None:
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for opportunity_id, field, value in table(
        warehouse,
        "select opportunity_id, field, new_value from marts.fct_opportunity_changes "
        "order by opportunity_id, field, change_index",
    ):
        found[opportunity_id, field].append(value)
    names = {"stage": "stage", "amount": "amount_base", "close_date": "close_date",
             "owner": "owner"}  # fmt: skip
    for key, deal in deals.items():
        for name, field in names.items():
            seen = [state.values[name] for state in deal.states]
            values = [
                None if value is None else str(value)
                for before, value in zip([object(), *seen], seen, strict=False)
                if value != before
            ]
            # of a field that nobody ever stated the log has no row
            assert (found[key, field] or [None]) == values, (key, field)


def test_the_waterfall_ends_each_month_where_the_daily_pipeline_is(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "with days as (select date_day, pipeline, sum(open_count) as open_count, "
        "sum(amount_base) as amount_base from marts.fct_pipeline_daily group by all) "
        "select * from marts.pipeline_waterfall left join days "
        "on last_day = date_day and pipeline_waterfall.pipeline = days.pipeline "
        "where open_end_count <> coalesce(open_count, 0) "
        "or open_end_base <> coalesce(amount_base, 0)",
    ) == []  # fmt: skip


def test_slips_are_those_of_the_replay(
    warehouse: duckdb.DuckDBPyConnection, deals: dict[str, Deal]
) -> None:
    rows = table(
        warehouse,
        "select opportunity_id, status, first_close_date, current_close_date, push_count, "
        "pull_count, days_slipped, reopened_count from marts.opportunity_slips",
    )
    assert {row[0]: row[1:] for row in rows} == {
        key: slip for key, deal in deals.items() if (slip := pipeline_replay.slips(deal))
    }


def test_a_deal_pushed_twice_pulled_once_and_pushed_again_slipped_by_the_days_between(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select first_close_date, current_close_date, push_count, pull_count, days_pushed, "
        "days_pulled, days_slipped, closed_on, days_closed_late "
        "from marts.opportunity_slips where opportunity_id = 't:hist'",
    ) == [
        (date(2026, 1, 31), date(2026, 4, 15), 3, 1, 80, 6, 74, date(2026, 4, 20), 79)
    ]  # fmt: skip


def test_a_deal_won_in_april_but_entered_in_may_is_won_in_april_at_its_last_amount(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select cast(valid_from as date), status, amount_base "
        "from intermediate.int_opportunity_states__spans where opportunity_id = 't:back' "
        "and valid_from >= '2026-04-01' order by 1",
    ) == [
        (date(2026, 4, 1), "open", Decimal("90")),
        (date(2026, 4, 28), "won", Decimal("95.5")),
    ]


def test_a_change_written_down_late_changes_the_days_it_belongs_to(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select new_value, cast(valid_from as date), cast(valid_to as date), cast(known_at as date)"
        " from intermediate.int_opportunity_changes where opportunity_id = 't:hist' "
        "and field = 'stage' order by change_index",
    ) == [
        ("Prospecting", date(2026, 1, 10), date(2026, 3, 5), date(2026, 1, 10)),
        ("Proposal", date(2026, 3, 5), date(2026, 4, 20), date(2026, 6, 20)),
        ("Closed Won", date(2026, 4, 20), None, date(2026, 4, 20)),
    ]


def test_a_deleted_deal_stays_in_the_months_it_was_there_but_not_in_the_slips(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select status, valid_from from intermediate.int_opportunity_states__spans "
        "where opportunity_id = 't:gone' order by 2",
    ) == [("open", on("02-01")), ("deleted", on("04-01"))]
    assert table(
        warehouse, "select * from marts.opportunity_slips where opportunity_id = 't:gone'"
    ) == []  # fmt: skip


def test_a_deletion_that_nothing_is_known_before_tells_what_was_there(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select status, stage_name, pipeline, amount_base, valid_from "
        "from intermediate.int_opportunity_states__spans "
        "where opportunity_id in ('t:told_gone', 't:lost_and_gone') "
        "order by opportunity_id desc, valid_from",
    ) == [
        ("open", "Proposal", "renewal", Decimal("40"), on("02-01")),
        ("deleted", "Proposal", "renewal", Decimal("40"), on("04-01")),
        # a stage that came with the closing was another one before
        ("open", None, "default", Decimal("41"), on("02-01")),
        ("lost", "Closed Lost", "default", Decimal("41"), on("03-01 10:00")),
        ("deleted", "Closed Lost", "default", Decimal("41"), on("04-01")),
    ]


def test_a_deletion_without_a_time_and_a_deal_of_the_future_are_left_out(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select * from intermediate.int_opportunity_changes "
        "where opportunity_id in ('t:untimed_deletion', 't:next_month')",
    ) == []  # fmt: skip
