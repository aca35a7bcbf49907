"""No record that keeps its contract stops the run, however strange what it says."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import strange_company

from orchestration.dbt import prepared
from orchestration.dbt.tests import run_tests

pytestmark = pytest.mark.pipeline

OFF_SCALE = (("CSAT", 10), ("CSAT", 0), ("NPS", -1), ("NPS", 100), ("CES", 9))


@pytest.mark.parametrize("seed", [1, 2])
def test_every_model_is_built_of_what_nobody_can_mean(
    build_warehouse: Callable[..., Path], seed: int
) -> None:
    company = strange_company.Strange(random.Random(seed))
    rows = company.rows()

    built = build_warehouse(rows, strange_company.CUSTOMERS, ["c_org"])

    with duckdb.connect(str(built), read_only=True) as con:
        for entity, mart, key in (
            ("order_line", "fct_order_lines", "order_line_id"),
            ("opportunity", "fct_opportunities", "opportunity_id"),
            ("invoice", "fct_invoices", "invoice_id"),
        ):
            (held,) = con.execute(f"select count({key}) from marts.{mart}").fetchall()[0]
            expected = sum(not row.get("is_deleted", False) for row in rows[entity])
            assert 0 < held <= expected, mart


def test_no_odd_record_keeps_the_gate_shut(build_warehouse: Callable[..., Path]) -> None:
    """What many sources have, and what no data test that stops publishing may take amiss."""
    built = build_warehouse(
        {
            "campaign": [
                {"campaign_id": "c", "name": "Spring", "type": "email"},
                {"campaign_id": "refunded", "name": "Autumn", "actual_cost": -5, "currency": "EUR"},
            ],
            # given back by the platform
            "ad_spend": [
                {"platform": "meta", "ad_account_id": "1", "ad_campaign_id": "1",
                 "spend_date": "2026-05-01", "campaign_ref": "t:c", "spend": -3, "currency": "EUR"},
            ],
            "lead": [
                # of no day
                {"lead_id": "undated", "email": "a@x.com", "campaign_ref": "t:c"},
                # a slip in the year, and an answer from before it became a lead
                {"lead_id": "costs", "email": "b@x.com", "created_at": "2026-05-01",
                 "campaign_ref": "t:c"},
                {"lead_id": "later", "email": "b@x.com", "created_at": "2062-05-01"},
                {"lead_id": "answered", "email": "c@x.com", "created_at": "2026-05-01",
                 "first_responded_at": "2026-02-01"},
            ],
            "opportunity": [
                {"opportunity_id": "later", "stage_name": "Open", "created_at": "2062-05-01"},
            ],
            "ticket": [
                {"ticket_id": "later", "status": "open", "created_at": "2062-05-01"},
            ],
            # nobody knows whose it is
            "invoice": [
                {"invoice_id": "1", "amount": 10, "currency": "EUR", "issued_at": "2026-01-01",
                 "due_date": "2026-02-01"},
            ],
            # on a scale that nobody has stated, and of no day
            "survey_response": [
                {"survey_response_id": "undated", "person_ref": "email:a@x.com",
                 "survey_type": "CSAT", "score": 9},
                *(
                {"survey_response_id": f"{kind}{score}", "person_ref": "email:a@x.com",
                 "survey_type": kind, "score": score, "responded_at": "2026-05-01"}
                for kind, score in OFF_SCALE
                ),
            ],
            # numbered alike
            "campaign_touch": [
                {"touch_id": "1", "campaign_ref": "t:c", "person_ref": "email:a@x.com",
                 "touch_type": "click", "touched_at": "2026-05-01"},
            ],
            "email_event": [
                {"email_event_id": "1", "email_id": "1", "campaign_ref": "t:c",
                 "recipient_ref": "email:a@x.com", "event_type": "click",
                 "event_at": "2026-05-02"},
            ],
        },
        {f"c_{name}": [f"email:{name}@x.com"] for name in "abc"},
    )  # fmt: skip
    project = prepared.project()
    tests = [
        unique_id
        for unique_id, node in project.manifest["nodes"].items()
        if node["resource_type"] == "test" and node["config"]["severity"].lower() == "error"
    ]
    with duckdb.connect(str(built), read_only=True) as con:
        results = run_tests(con, project.manifest, project.sql, tests)
        scores = con.execute(
            "select count(score), count(normalized_score), count(is_satisfied), count(nps_group) "
            "from marts.fct_survey_responses"
        ).fetchall()
        touches = con.execute(
            "select touch_id from marts.fct_campaign_touches order by 1"
        ).fetchall()
    assert len(tests) > 1_000
    assert {one.check_name: one.message for one in results.values() if not one.passed} == {}
    assert scores == [(6, 0, 0, 0)]
    assert touches == [("email_event:t:1",), ("t:1",)]


def test_what_does_not_fit_its_column_is_unknown_and_everything_else_is_told(
    build_warehouse: Callable[..., Path],
) -> None:
    """The number of an article in the place of a quantity."""
    line = {"order_ref": "t:1", "unit_price": 25, "currency": "EUR", "placed_at": "2026-06-01"}
    built = build_warehouse(
        {
            "order_line": [
                {"order_line_id": "1", "quantity": 4_006_381_333_931, **line},
                {"order_line_id": "2", "quantity": 2, **line},
            ]
        },
        selection=["--select", "+fct_order_lines"],
    )
    with duckdb.connect(str(built), read_only=True) as con:
        found = con.execute(
            "select order_line_id, quantity, revenue, revenue_base from marts.fct_order_lines "
            "order by 1"
        ).fetchall()
    assert found == [("t:1", 4_006_381_333_931, None, None), ("t:2", 2, 50, 50)]
