"""Every metric has one definition, and what is made of the definitions is fresh."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt import metric_definitions
from orchestration.dbt.metric_definitions import (
    BadMetric,
    Metric,
    read_metrics,
    render_page,
    render_seed,
)
from orchestration.dbt.published_pages import published_tables

SQL_WORDS = {
    "and", "as", "avg", "case", "cast", "count", "date_diff", "distinct", "double", "else", "end",
    "in", "is", "max", "min", "not", "null", "nullif", "or", "quantile_cont", "sum", "then", "when",
}  # fmt: skip
COLUMNS = {
    f"{table.schema}.{table.name}": {column["name"] for column in table.columns}
    for table in published_tables()
}

DEFINITIONS = """
semantic_models:
  - name: deals
    model: ref('fct_deals')
    defaults: {agg_time_dimension: closed_at}
    dimensions: [{name: closed_at, type: time}, {name: team, type: categorical}]
    measures:
      - {name: value_won, agg: sum, expr: amount_base}
      - {name: deals_won, agg: count_distinct, expr: deal_id}
      - {name: days_p90, agg: percentile, expr: days, agg_params: {percentile: 0.9}}
  - name: visits
    model: ref('fct_visits')
    defaults: {agg_time_dimension: began_at}
    dimensions: [{name: began_at, type: time}]
    measures: [{name: visits_begun, agg: count, expr: visit_id}]
metrics:
  - {name: won, label: W, description: w, type: simple, type_params: {measure: value_won}}
  - {name: deals, label: D, description: d, type: simple, type_params: {measure: deals_won}}
  - {name: days, label: P, description: p, type: simple, type_params: {measure: days_p90}}
  - {name: visits, label: V, description: v, type: simple, type_params: {measure: visits_begun}}
  - {name: size, label: S, description: s, type: ratio,
     type_params: {numerator: won, denominator: deals}}
  - {name: speed, label: X, description: x, type: derived,
     type_params: {expr: deals * size / days, metrics: [{name: deals}, {name: size}, {name: days}]}}
"""
MIXED = """
  - {name: rate, label: R, description: r, type: ratio,
     type_params: {numerator: deals, denominator: visits}}
"""


def write(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "some.yml").write_text(text)
    monkeypatch.setattr(metric_definitions, "FOLDER", folder)


def test_a_metric_becomes_one_expression(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, DEFINITIONS, monkeypatch)

    metrics = {metric.name: metric for metric in read_metrics()}

    won, deals = "sum(amount_base)", "count(distinct deal_id)"
    size = f"cast({won} as double) / nullif({deals}, 0)"
    assert metrics["size"].expression == size
    assert metrics["speed"].expression == f"({deals}) * ({size}) / (quantile_cont(days, 0.9))"
    assert metrics["speed"].formula == "deals * size / days"
    assert metrics["speed"].table_name == "marts.fct_deals"
    assert (metrics["won"].time_column, metrics["won"].dimensions) == ("closed_at", ("team",))


def test_a_metric_of_two_tables_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, DEFINITIONS + MIXED, monkeypatch)

    with pytest.raises(BadMetric, match="rate is made of deals, visits"):
        read_metrics()


def test_the_committed_seed_and_page_are_those_of_the_definitions() -> None:
    metrics = read_metrics()

    assert len(metrics) > 60
    assert metric_definitions.SEED.read_text() == render_seed(metrics)
    assert metric_definitions.PAGE.read_text() == render_page(metrics)


@pytest.mark.parametrize("metric", read_metrics(), ids=lambda metric: metric.name)
def test_a_metric_names_columns_that_its_table_has(metric: Metric) -> None:
    columns = COLUMNS[metric.table_name]
    with_words_gone = re.sub(r"'[^']*'", "", metric.expression)
    named = set(re.findall(r"[a-z_]+", with_words_gone)) - SQL_WORDS

    assert {metric.time_column, *metric.dimensions} <= columns
    assert named <= columns


def test_an_order_without_a_rate_makes_the_average_no_smaller() -> None:
    expression = {metric.name: metric.expression for metric in read_metrics()}
    orders = (
        "(values (100.0, false, false), (null, false, false), (50, true, false), (-10, false, true)"
        ") as orders (revenue_base, is_cancelled, is_refund)"
    )

    found = duckdb.sql(
        f"select {expression['average_order_value']}, {expression['order_count']} from {orders}"
    ).fetchone()

    assert found == (90.0, 2)
