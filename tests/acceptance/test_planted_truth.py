"""What was planted in the simulated company of size s is found in its marts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import polars as pl
import pytest

from benchmarks.identity_truth import judge
from tests.acceptance.planted import Pipeline, open_pipeline, truth
from tests.acceptance.warehouse import Warehouse

pytestmark = pytest.mark.pipeline

FLOWS = ("created", "reopened", "increased")
OUTFLOWS = ("decreased", "won", "lost", "deleted")


def shown_pipeline(company: Warehouse, day: date) -> Pipeline:
    return {
        stage: (count, amount.quantize(Decimal("0.01")))
        for stage, count, amount in company.query_build(
            """
            select stage_name, sum(open_count)::bigint, sum(amount_base)
            from marts.fct_pipeline_daily
            where date_day = ?
            group by all
            """,
            day,
        )
    }


def test_the_pipeline_of_any_day_is_the_true_one_to_the_cent(company: Warehouse) -> None:
    states = truth(company.home, "opportunity_states")
    first, last = company.query_build(
        "select min(date_day), max(date_day) from marts.fct_pipeline_daily"
    )[0]
    days = [first + timedelta(days=step) for step in range(3, (last - first).days, 17)]

    assert len(days) > 30
    for day in days:
        assert shown_pipeline(company, day) == open_pipeline(states, day), day


def test_the_waterfall_closes_between_any_two_dates(company: Warehouse) -> None:
    states = truth(company.home, "opportunity_states")
    moved = company.query_build(
        """
        select date_day, movement, sum(open_base_change), sum(open_count_change)::bigint
        from marts.fct_pipeline_movements
        group by all
        """
    )
    first, last = min(row[0] for row in moved), max(row[0] for row in moved)
    bounds = [first + timedelta(days=step) for step in range(0, (last - first).days, 29)]

    opened = {
        day: [sum(column) for column in zip(*open_pipeline(states, day).values(), strict=True)]
        or [0, Decimal(0)]
        for day in bounds
    }
    for number, start in enumerate(bounds):
        for end in bounds[number + 1 :]:
            within = [row for row in moved if start < row[0] <= end]
            assert opened[start][1] + sum(row[2] for row in within) == opened[end][1], (start, end)
            assert opened[start][0] + sum(row[3] for row in within) == opened[end][0], (start, end)
    # nothing is proven by movements that there are none of
    assert {row[1] for row in moved} >= {
        "created", "reopened", "increased", "decreased", "won", "lost", "deleted", "pushed",
        "pulled",
    }  # fmt: skip


def test_the_monthly_waterfall_goes_from_one_month_to_the_next(company: Warehouse) -> None:
    months = company.query_build(
        f"""
        select open_start_base, open_end_base, open_start_count, open_end_count,
            {" + ".join(f"{flow}_base" for flow in FLOWS)}
            - {" - ".join(f"{flow}_base" for flow in OUTFLOWS)} as moved
        from marts.pipeline_waterfall
        order by period_start
        """
    )

    assert len(months) == 24
    for row in months:
        assert row[0] + row[4] == row[1], row
    for before, after in pairwise(months):
        assert (before[1], before[3]) == (after[0], after[2])


def test_demo_meetings_are_found_to_win_deals_and_nothing_else_is(company: Warehouse) -> None:
    chances = truth(company.home, "win_chances")
    shown = chances.filter("had_demo")["probability"].mean()
    plays = {
        sequence: (count, low, high, base)
        for sequence, count, low, high, base in company.query_build(
            """
            select sequence, opportunity_count, win_rate_low, win_rate_high, base_win_rate
            from marts.sales_plays
            where step_count = 1
            """
        )
    }

    count, low, high, base = plays["meeting"]
    assert count > 200
    assert low > base
    assert low <= shown <= high
    for step in ("phone out", "email out"):
        assert not plays[step][1] > base, (step, plays[step])


def test_conversions_follow_the_touches_that_were_planted(company: Warehouse) -> None:
    brought = truth(company.home, "first_orders").drop_nulls("campaign_id")
    touched = {
        path
        for (path,) in company.query_build(
            "select distinct path_id from features.campaign_paths "
            "where is_converted and campaign_id is not null"
        )
    }
    paths = brought.select(path=pl.format("order:{}", "order_id"))["path"]

    assert brought.height > 400
    # a cancelled order is no conversion
    assert paths.is_in(list(touched)).mean() > 0.95
    assert len(touched) > brought.height


def test_customers_are_the_true_persons_and_each_kind_of_mistake_is_seen_through(
    company: Warehouse,
) -> None:
    found = judge(company.home)

    assert found["precision"] >= 0.995
    assert found["recall"] >= 0.95
    assert found["over_merged_share"] <= 0.002
    kinds = found["by_kind"]
    for kind in (
        "typo_name", "typo_email", "merged_record", "changed_email", "changed_surname",
        "role_address", "no_common_identifier",
    ):  # fmt: skip
        assert kinds[kind]["joined"] >= 0.95, (kind, kinds[kind])
    for kind in ("namesake", "household_phone", "shared_device", "kiosk"):
        assert kinds[kind]["joined"] <= 0.02, (kind, kinds[kind])
    assert found["companies"]["precision"] >= 0.995
    assert found["companies"]["recall"] >= 0.95


def test_experiments_show_the_planted_lift_and_the_broken_assignment(company: Warehouse) -> None:
    planted = truth(company.home, "experiments")
    shown = {
        (experiment, variant): figures
        for experiment, variant, *figures in company.query_build(
            """
            select
                experiment_id, variant_id, visitor_count, conversion_rate_low,
                conversion_rate_high, rate_difference_low, rate_difference_high, is_significant,
                has_sample_ratio_mismatch
            from marts.experiment_results
            where goal = 'product_added'
            """
        )
    }

    assert len(planted) == len(shown)
    for (experiment,), rows in planted.group_by("experiment_id"):
        chance = {row["variation_id"]: row["chance"] for row in rows.iter_rows(named=True)}
        difference = chance["treatment"] - chance["control"]
        (has_mismatch,) = set(rows["has_sample_ratio_mismatch"])
        for variant in chance:
            count, low, high, *_, found_mismatch = shown[experiment, variant]
            assert count > 100, (experiment, variant)
            assert low <= chance[variant] <= high, (experiment, variant)
            assert found_mismatch == has_mismatch, (experiment, variant)
        _, _, _, low, high, is_significant, _ = shown[experiment, "treatment"]
        assert low <= difference <= high, experiment
        assert is_significant == (difference != 0), experiment


def test_an_early_meeting_is_found_to_drive_deals_and_other_activities_are_not(
    company: Warehouse,
) -> None:
    shown = {
        feature: (low, base)
        for feature, low, base in company.query_build(
            """
            select feature, conversion_rate_low, base_conversion_rate
            from marts.conversion_drivers
            where record_type = 'opportunity' and feature_value = 'yes' and feature like 'early_%'
            """
        )
    }

    driving = {feature for feature, (low, base) in shown.items() if low > base}
    assert len(shown) == 5
    assert driving == {"early_meeting"}


def test_leads_of_the_queue_go_to_their_territory_or_to_whom_the_customer_knows(
    company: Warehouse,
) -> None:
    waiting = truth(company.home, "queued_leads")
    proposed = {
        lead: rest
        for lead, *rest in company.query_build(
            """
            select lead_id, territory, rule, current_owner_id, is_territory_match
            from crm.lead_assignment
            """
        )
    }
    found = [
        (territory, proposed[lead])
        for lead, _, territory in waiting.iter_rows()
        if lead in proposed
    ]

    assert len(found) >= 0.95 * len(waiting)
    rules = [rule for _, (_, rule, _, _) in found]
    assert rules.count("territory") > 10
    for territory, (shown, rule, owner, is_match) in found:
        assert (shown, owner) == (territory, None)
        assert rule == "customer_owner" or (rule == "territory" and is_match)


def test_quotas_are_of_the_territory_of_the_rep(company: Warehouse) -> None:
    shown = company.query_build(
        """
        select distinct quota_attainment.territory, dim_agents.region
        from marts.quota_attainment
        inner join marts.dim_agents on quota_attainment.owner_id = dim_agents.agent_id
        """
    )

    assert sorted(shown) == [("North", "North"), ("South", "South")]


def test_replies_are_late_by_the_hours_and_the_target_of_the_policy_of_the_ticket(
    company: Warehouse,
) -> None:
    planted = {
        row["ticket_id"]: row for row in truth(company.home, "ticket_targets").iter_rows(named=True)
    }
    shown = company.query_build(
        """
        select
            tickets.ticket_id, tickets.schedule_key, tickets.first_reply_business_minutes,
            policies.sla_policy_id, policies.target_minutes, policies.schedule_id
        from marts.fct_tickets as tickets
        inner join staging.stg_sla_policies as policies
            on
                tickets.priority = policies.priority
                and policies.metric = 'first_reply_time'
        """
    )

    same = 0
    for ticket, schedule, minutes, policy, target, policy_schedule in shown:
        row = planted[ticket]
        assert (policy, target) == (row["sla_policy_id"], row["target_minutes"])
        assert row["schedule_key"].endswith(policy_schedule)
        # an event that was planted to be quarantined leaves a ticket without schedule or reply
        if schedule == row["schedule_key"] and (minutes is None) == (row["is_late"] is None):
            same += 1
            if minutes is not None:
                assert minutes == pytest.approx(row["business_minutes"], abs=0.1), ticket
                assert (minutes > target) == row["is_late"] or abs(minutes - target) < 0.1
    assert same >= 0.97 * len(planted)
    late = [row["is_late"] for row in planted.values() if row["sla_policy_id"] == "urgent"]
    assert late.count(True) > 50
