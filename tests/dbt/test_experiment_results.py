"""Experiments beside rates, intervals and a chi-square counted in the test."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from scipy import stats

pytestmark = pytest.mark.pipeline


def results(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], dict[str, Any]]:
    found = con.table("marts.experiment_results").pl().to_dicts()
    by_key = {(row["experiment_id"], row["variant_id"], row["goal"]): row for row in found}
    assert len(by_key) == len(found)
    return by_key


def wilson(converted: int, shown: int) -> tuple[float, float]:
    interval = stats.binomtest(converted, shown).proportion_ci(0.95, method="wilson")
    return interval.low, interval.high


def test_a_variant_is_compared_with_the_control(web_warehouse: duckdb.DuckDBPyConnection) -> None:
    found = results(web_warehouse)
    control = found["button", "control", "account_created"]
    green = found["button", "green", "account_created"]
    # sixty visitors each and Ada on two devices; a crawler and who saw both are left out
    assert (control["visitor_count"], control["converted_count"]) == (60, 6)
    assert (green["visitor_count"], green["converted_count"]) == (61, 18)
    assert (control["mixed_visitor_count"], green["mixed_visitor_count"]) == (1, 0)
    assert (control["is_control"], green["is_control"]) == (True, False)
    assert (control["lift"], control["is_significant"]) == (None, None)
    for row in (control, green):
        low, high = wilson(row["converted_count"], row["visitor_count"])
        assert row["conversion_rate_low"] == pytest.approx(low, abs=1e-9)
        assert row["conversion_rate_high"] == pytest.approx(high, abs=1e-9)
    p, q = 18 / 61, 6 / 60
    assert green["lift"] == pytest.approx(p / q - 1)
    (p_low, p_high), (q_low, q_high) = wilson(18, 61), wilson(6, 60)
    below = ((p - p_low) ** 2 + (q_high - q) ** 2) ** 0.5
    above = ((p_high - p) ** 2 + (q - q_low) ** 2) ** 0.5
    assert green["rate_difference_low"] == pytest.approx(p - q - below)
    assert green["rate_difference_high"] == pytest.approx(p - q + above)
    assert green["is_significant"]


def test_newcombes_own_example() -> None:
    # 56 of 70 against 48 of 80: 0.0524 to 0.3339 (Newcombe 1998, table II a, method 10)
    (p_low, p_high), (q_low, q_high) = wilson(56, 70), wilson(48, 80)
    below = ((0.8 - p_low) ** 2 + (q_high - 0.6) ** 2) ** 0.5
    above = ((p_high - 0.8) ** 2 + (0.6 - q_low) ** 2) ** 0.5
    assert (0.2 - below, 0.2 + above) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_purchases_count_within_thirty_days_of_the_first_exposure(
    web_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = results(web_warehouse)
    assert found["button", "green", "conversion"]["converted_count"] == 1
    assert float(found["button", "green", "conversion"]["value_base"]) == 80
    # shown 35 days before
    assert found["price", "b", "conversion"]["converted_count"] == 0
    assert found["price", "b", "conversion"]["is_significant"] is False


def test_a_split_that_is_not_the_planned_one_is_told(
    web_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = results(web_warehouse)
    for experiment, counts, is_broken in (("button", (60, 61), False), ("price", (90, 41), True)):
        chi_square, p = stats.chisquare(counts)
        row = next(one for key, one in found.items() if key[0] == experiment)
        assert row["srm_chi_square"] == pytest.approx(chi_square)
        assert row["has_sample_ratio_mismatch"] == is_broken == (p < 0.001)
