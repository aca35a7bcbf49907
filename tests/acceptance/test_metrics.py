"""Each metric can be computed, and says what the mart that has the same number says."""

from __future__ import annotations

import csv
import io

import pytest

from tests.acceptance.warehouse import Warehouse

pytestmark = pytest.mark.pipeline

SAME = [
    ("won_value", "team_performance", "sum(won_value_base)", 1),
    ("won_count", "team_performance", "sum(won_count)", 1),
    ("lost_count", "rep_performance", "sum(lost_count)", 1),
    ("win_rate", "rep_performance", "sum(won_count) / sum(won_count + lost_count)", 1),
    ("lead_count", "source_to_sale", "sum(lead_count)", 1),
    ("converted_lead_count", "dim_leads", "count(*) filter (where is_converted)", 1),
    ("cost_per_lead", "source_to_sale", "sum(spend_base) / sum(costed_lead_count)", 1),
    ("customer_acquisition_cost", "source_to_sale",
     "sum(spend_base) / nullif(sum(costed_customer_count), 0)", 1),
    ("retention_rate", "retention_cohorts",
     "sum(retained_customer_count) / sum(customer_count)", "is_month_over"),
    ("quota_attainment_rate", "quota_attainment",
     "sum(won_value_base) / sum(quota_base)", "quota_base is not null"),
    ("wait_count", "response_times", "sum(wait_count)", 1),
    ("answered_wait_count", "response_times", "sum(answered_count)", 1),
    ("speed_to_lead_minutes", "speed_to_lead", "median(business_minutes)", 1),
    ("ticket_resolution_minutes", "fct_tickets", "median(full_resolution_business_minutes)", 1),
    ("revenue", "fct_orders", "sum(revenue_base)", "not is_cancelled"),
    ("ad_spend", "fct_ad_spend", "sum(spend_base)", 1),
    ("csat", "fct_survey_responses", "avg(cast(is_satisfied as integer))",
     "survey_type = 'CSAT' and is_answered"),
    ("nps", "fct_survey_responses",
     "100.0 * (count(*) filter (where score >= 9) - count(*) filter (where score <= 6)) / count(*)",
     "survey_type = 'NPS' and is_answered"),
]  # fmt: skip


def value(built: Warehouse, *arguments: str) -> float:
    said = built.answer("metrics", *arguments, "--format", "csv").stdout
    ((number,),) = list(csv.reader(io.StringIO(said)))[1:]
    return float(number)


def test_every_metric_is_computed(built: Warehouse) -> None:
    definitions = built.query(
        "select name, table_name, time_column, dimensions, expression from published.meta.metrics"
    )
    assert len(definitions) > 60
    empty = []
    for name, table, time, dimensions, expression in definitions:
        listed = dimensions.replace("|", ", ")
        rows = built.query(f"select {listed}, {expression} from published.{table} group by all")
        whole = built.query(f"select {expression}, max({time}) from published.{table}")
        if rows and whole[0][0] is None:
            empty.append(name)
    assert empty == []


@pytest.mark.parametrize(("metric", "mart", "expression", "where"), SAME)
def test_a_metric_says_what_the_mart_says(
    built: Warehouse, metric: str, mart: str, expression: str, where: str | int
) -> None:
    ((expected,),) = built.query(f"select {expression} from published.marts.{mart} where {where}")
    assert value(built, metric) == pytest.approx(float(expected), rel=1e-9)


def test_the_pipeline_is_that_of_the_day(built: Warehouse) -> None:
    ((day, open_value),) = built.query(
        "select date_day, sum(amount_base) from published.marts.fct_pipeline_daily "
        "where date_day = (select max(date_day) from published.marts.fct_pipeline_daily) group by 1"
    )
    assert value(built, "pipeline_value", "--since", str(day)) == pytest.approx(float(open_value))
