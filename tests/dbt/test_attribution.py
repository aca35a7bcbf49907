"""Attribution from touches to channels and campaigns, beside a second implementation."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import small_campaign_company as company

from orchestration.home import Home
from orchestration.scores.scoring import score_campaigns, score_channels
from tests.dbt_builds import build_models

pytestmark = pytest.mark.pipeline


@pytest.fixture(scope="module")
def warehouse(
    build_warehouse: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    built = build_warehouse(
        company.rows(),
        company.CUSTOMERS,
        selection=("--select", "+campaign_credits", "+campaign_costs"),
    )
    home = tmp_path_factory.mktemp("scored")
    shutil.copy(built, home / "warehouse.duckdb")
    score_channels(Home(home), "r1", {})
    score_campaigns(Home(home), "r1", {})
    build_models(
        home, "--select", "int_chain_credits__shared", "channel_attribution", "campaign_roi"
    )
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def conversions() -> list[dict[str, Any]]:
    return company.conversions_again(company.rows())


def test_every_touch_is_credited_as_the_rule_says(
    warehouse: duckdb.DuckDBPyConnection, conversions: list[dict[str, Any]]
) -> None:
    found = {
        (row["conversion_id"], row["touch_id"], row["attribution_model"]): row
        for row in warehouse.table("marts.fct_attribution").pl().to_dicts()
    }
    again = {}
    for one in conversions:
        touched = one["touches"] or [None]
        for model in company.MODELS:
            credit = company.weights(model, touched) if one["touches"] else [1.0]
            for touch, part in zip(touched, credit, strict=True):
                if part:
                    again[one["id"], touch and f"t:{touch['touch_id']}", model] = (one, part)
    assert found.keys() == again.keys()
    assert len({len(one["touches"]) for one in conversions}) >= 4
    for key, (one, part) in again.items():
        assert found[key]["credit"] == pytest.approx(part, abs=1e-12)
        assert found[key]["is_acquisition"] == one["is_acquisition"]
        for name in ("value", "base"):
            credited = found[key]["credited_value" + ("_base" if name == "base" else "")]
            if one[name] is None:
                assert credited is None
            else:
                assert float(credited) == pytest.approx(float(one[name]) * part, abs=1.01e-4)


def test_the_parts_of_a_conversion_are_its_value_to_the_last_decimal(
    warehouse: duckdb.DuckDBPyConnection, conversions: list[dict[str, Any]]
) -> None:
    sums = warehouse.sql(
        "select conversion_id, attribution_model, sum(credited_value), sum(credited_value_base) "
        "from marts.fct_attribution group by all"
    ).fetchall()
    value = {one["id"]: (one["value"], one["base"]) for one in conversions}
    assert len(sums) == len(conversions) * len(company.MODELS)
    assert all(value[key] == (own, base) for key, _, own, base in sums)


def chain_again(paths: list[tuple[list[str], float, float]], order: int) -> dict[str, Any]:
    """Solve the chain with and without each channel, state by state; value per conversion."""
    channels = sorted({step for steps, *_ in paths for step in steps})

    def outcome(removed: str | None) -> np.ndarray:
        states: dict[tuple[str, ...], int] = {(): 0}
        moves: dict[tuple[int, int], float] = defaultdict(float)
        ends: dict[int, np.ndarray] = defaultdict(lambda: np.zeros(3))
        for steps, converted, value in paths:
            state = 0
            for place in range(len(steps)):
                name = tuple(steps[max(0, place + 1 - order) : place + 1])
                following = states.setdefault(name, len(states))
                moves[state, following] += 1
                state = following
            ends[state] += [converted, value, 1 - converted]
        size = len(states)
        chance, leaving = np.zeros((size, size)), np.zeros(size)
        for (one, other), count in moves.items():
            chance[one, other] += count
        gains = np.array([ends[state] for state in range(size)])
        leaving = chance.sum(axis=1) + gains[:, 0] + gains[:, 2]
        chance, gains = chance / leaving[:, None], gains[:, :2] / leaving[:, None]
        for name, state in states.items():
            if removed in name:
                chance[state], gains[state] = 0, 0
        return np.linalg.solve(np.eye(size) - chance, gains)[0]

    whole = outcome(None)
    lost = {channel: 1 - outcome(channel) / whole for channel in channels}
    total = sum(lost.values())
    return {channel: effect / total for channel, effect in lost.items()}


@pytest.mark.parametrize(("model", "order"), [("markov", 1), ("markov_2", 2), ("markov_3", 3)])
def test_channels_share_by_what_would_be_lost_without_them(
    warehouse: duckdb.DuckDBPyConnection,
    conversions: list[dict[str, Any]],
    model: str,
    order: int,
) -> None:
    touched = [one for one in conversions if one["touches"]]
    paths = [
        ([company.channel_of(touch) for touch in one["touches"]], 1.0, float(one["base"] or 0))
        for one in touched
    ]
    paths += [
        ([company.channel_of(touch) for touch in path], 0.0, 0.0)
        for path in company.open_paths_again(company.rows(), conversions)
    ]
    share = chain_again(paths, order)
    for currency in ("EUR", "USD", "XAU"):
        its = [one for one in touched if one["currency"] == currency]
        rows = warehouse.execute(
            "select channel, conversions, credited_value from marts.channel_attribution "
            "where attribution_model = ? and currency = ? and channel <> 'direct'",
            [model, currency],
        ).fetchall()
        assert {channel for channel, *_ in rows} == share.keys()
        for channel, credited, value in rows:
            by_conversion, by_value = share[channel]
            assert credited == pytest.approx(len(its) * by_conversion, abs=1e-9)
            whole = float(sum(one["value"] for one in its))
            assert float(value) == pytest.approx(whole * by_value, abs=1.01e-4)


def test_credits_are_all_conversions_and_all_money_under_every_model(
    warehouse: duckdb.DuckDBPyConnection, conversions: list[dict[str, Any]]
) -> None:
    rows = warehouse.sql(
        "select attribution_model, currency, sum(conversions), sum(acquisitions), "
        "sum(credited_value) from marts.channel_attribution group by all"
    ).fetchall()
    assert len(rows) == 9 * 3
    for _, currency, count, acquisitions, value in rows:
        its = [one for one in conversions if one["currency"] == currency]
        assert count == pytest.approx(len(its), abs=1e-9)
        assert acquisitions == pytest.approx(sum(one["is_acquisition"] for one in its), abs=1e-9)
        assert value == sum(one["value"] for one in its)
    base = sum(one["base"] or Decimal(0) for one in conversions)
    roi = warehouse.sql(
        "select attribution_model, sum(conversions), sum(revenue_base) from marts.campaign_roi "
        "group by all"
    ).fetchall()
    assert len(roi) == 7
    for _, count, revenue in roi:
        assert count == pytest.approx(len(conversions), abs=1e-9)
        assert revenue == base


def test_campaigns_are_rated_by_what_they_cost_and_whom_they_won(
    warehouse: duckdb.DuckDBPyConnection, conversions: list[dict[str, Any]]
) -> None:
    rows = {
        row["campaign_id"]: row
        for row in warehouse.sql(
            "select * from marts.campaign_roi where attribution_model = 'linear'"
        )
        .pl()
        .to_dicts()
    }
    assert rows.keys() == {"direct", "t:idle", *(f"t:{key}" for key in company.CAMPAIGNS)}
    touched = sum(bool(one["touches"]) for one in conversions)
    for key in company.CAMPAIGNS:
        parts = [
            (one, 1 / len(one["touches"]))
            for one in conversions
            for touch in one["touches"]
            if touch["campaign_ref"] == f"t:{key}"
        ]
        paid = [
            touch["cost"]
            for touch in company.rows()["campaign_touch"]
            if touch["campaign_ref"] == f"t:{key}" and touch["cost"]
        ]
        row, cost = rows[f"t:{key}"], 500 + sum(paid)
        acquired = sum(part for one, part in parts if one["is_acquisition"])
        revenue = sum(float(one["base"] or 0) * part for one, part in parts)
        assert row["cost_base"] == cost
        assert row["conversions"] == pytest.approx(sum(part for _, part in parts), abs=1e-9)
        assert row["share"] == pytest.approx(row["conversions"] / touched, abs=1e-9)
        assert float(row["revenue_base"]) == pytest.approx(revenue, abs=0.01)
        assert row["roi"] == pytest.approx(revenue / float(cost) - 1, abs=1e-4)
        assert float(row["cac_base"]) == pytest.approx(float(cost) / acquired, abs=1e-3)
        assert row["conversions_low"] < row["conversions"] < row["conversions_high"]
        assert row["margin_base"] is None
    assert rows["t:idle"]["roi"] == -1
    assert (rows["direct"]["share"], rows["direct"]["roi_low"]) == (None, None)
