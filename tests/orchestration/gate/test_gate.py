from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestration import warehouse
from orchestration.checks import check_results
from orchestration.checks.check_results import CheckResult
from orchestration.gate.verdict import ask
from orchestration.home import Home
from orchestration.publishing.publish import publish
from orchestration.runs import stages

KINDS = ("raw/order", "marts/orders", "crm/lead_scores", "crm/outbox")


def passed(name: str, asset: str) -> CheckResult:
    return CheckResult(check_name=name, asset=asset, passed=True)


@pytest.fixture
def verdict(home: Home) -> Callable[..., CheckResult]:
    """Return a function that runs SQL on the build, asks the gate, and returns its answer."""

    def asked(*statements: str, may_shrink: bool = False, run_id: str = "run-1") -> CheckResult:
        with warehouse.connect(home) as con:
            for statement in statements:
                con.execute(statement)
            stages.begin_run(con, run_id)
            check_results.write(con, run_id, [passed("some_test", asset) for asset in KINDS])
            return ask(con, home, run_id, may_shrink=may_shrink)

    return asked


def found(home: Home, run_id: str = "run-1") -> dict[str, CheckResult]:
    with warehouse.connect(home) as con:
        return {
            f"{check.asset} {check.check_name}": check
            for check in check_results.failed(con, run_id)
        }


def test_the_gate_opens_when_everything_holds(home: Home, verdict: Callable[..., CheckResult]):
    answer = verdict()

    assert answer.passed, answer.message
    assert found(home) == {}


@pytest.mark.parametrize("missing", KINDS)
def test_the_gate_stays_closed_when_a_kind_of_check_has_not_run(home: Home, missing: str):
    with warehouse.connect(home) as con:
        stages.begin_run(con, "run-1")
        kept = [passed("some_test", asset) for asset in KINDS if asset != missing]
        con.execute("drop view crm.lead_scores_current")
        check_results.write(con, "run-1", kept)
        from orchestration.gate.verdict import verdict

        answer = verdict(con, "run-1")

    assert not answer.passed
    assert "no " in answer.message


def test_one_failed_blocking_check_closes_the_gate(home: Home):
    with warehouse.connect(home) as con:
        stages.begin_run(con, "run-1")
        bad = CheckResult(check_name="unique", asset="marts/x", passed=False, rows_failed=3)
        check_results.write(con, "run-1", [*(passed("t", a) for a in KINDS), bad])
        answer = ask(con, home, "run-1")

    assert not answer.passed
    assert answer.rows_failed == 3


def test_a_failed_check_that_does_not_block_leaves_the_gate_open(home: Home):
    with warehouse.connect(home) as con:
        stages.begin_run(con, "run-1")
        warns = CheckResult(
            check_name="t2", asset="marts/x", passed=False, severity="warn", blocking=False
        )
        check_results.write(con, "run-1", [*(passed("t", a) for a in KINDS), warns])

        assert ask(con, home, "run-1").passed


def test_the_failures_of_an_earlier_run_do_not_count(
    home: Home, verdict: Callable[..., CheckResult]
):
    with warehouse.connect(home) as con:
        stages.begin_run(con, "run-0")
        bad = CheckResult(check_name="t", asset="marts/x", passed=False)
        check_results.write(con, "run-0", [bad])

    assert verdict().passed


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        (
            "update crm.lead_scores set probability = 1.2 where lead_id = 'x3'",
            "crm/lead_scores probabilities_are_probabilities",
        ),
        (
            "update crm.churn_risk set probability = null where customer_id = 'x3'",
            "crm/churn_risk probabilities_are_probabilities",
        ),
        (
            "update crm.lead_scores set probability = 'nan' where lead_id = 'x3'",
            "crm/lead_scores probabilities_are_probabilities",
        ),
        (
            "update crm.lead_scores set probability = 0.2",
            "crm/lead_scores scores_tell_entities_apart",
        ),
        (
            "update crm.lead_scores set lead_id = 'x1' where lead_id = 'x2'",
            "crm/lead_scores one_score_per_entity",
        ),
        (
            "insert into meta.quarantine values "
            "('q', 'nobody', 's', 'order', 'f', 1, 'c', 'r', 'p', '2026-01-01')",
            "meta/ingest_files rows_quarantined_are_all_there",
        ),
    ],
)
def test_scores_and_counts_that_cannot_be_right_close_the_gate(
    home: Home, verdict: Callable[..., CheckResult], statement: str, check: str
):
    if "0.2" in statement or "1.2" in statement or "nan" in statement:
        with warehouse.connect(home) as con:
            con.execute("alter table crm.lead_scores alter probability type double")

    answer = verdict(statement)

    assert not answer.passed
    assert check in found(home)


def test_a_table_that_lost_most_of_its_rows_closes_the_gate_unless_somebody_accepts_it(
    home: Home, open_gate: Callable[[str], None], verdict: Callable[..., CheckResult]
):
    open_gate("run-0")
    publish(home, "run-0")
    shrink = "delete from marts.orders where order_id >= 49"

    assert not verdict(shrink).passed
    check = found(home)["marts/orders did_not_shrink"]
    assert check.rows_failed == 51
    assert "100 rows published, 49 built" in check.message
    assert verdict(may_shrink=True, run_id="run-2").passed


def test_a_table_that_is_gone_counts_as_empty(
    home: Home, open_gate: Callable[[str], None], verdict: Callable[..., CheckResult]
):
    open_gate("run-0")
    publish(home, "run-0")

    assert not verdict("drop table marts.orders").passed
    assert found(home)["marts/orders did_not_shrink"].rows_failed == 100


def test_a_shifted_distribution_is_reported_and_does_not_block(
    home: Home, open_gate: Callable[[str], None], verdict: Callable[..., CheckResult]
):
    open_gate("run-0")
    publish(home, "run-0")

    assert verdict().passed
    assert found(home) == {}
    shift = "update crm.churn_risk set probability = probability / 2 + 0.1"
    assert verdict(shift, run_id="run-2").passed
    assert "crm/churn_risk distribution_did_not_shift" in found(home, "run-2")


def test_a_source_that_failed_is_an_error_that_does_not_block(
    home: Home, verdict: Callable[..., CheckResult]
):
    batch = (
        "insert into meta.ingest_batches by name select 'b' as batch_id, 'mail' as source, "
        "timestamp '2999-01-01' as started_at, 0 as files, 0 as records_read, "
        "0 as rows_loaded, 0 as rows_duplicate, 0 as rows_quarantined, 'failed' as status"
    )

    assert verdict(batch).passed
    check = found(home)["source/mail source_was_loaded"]
    assert (check.severity, check.blocking) == ("error", False)


def test_a_list_of_what_stands_now_may_shrink_and_proves_no_score(
    home: Home, open_gate: Callable[[str], None], verdict: Callable[..., CheckResult]
):
    with warehouse.connect(home) as con:
        con.execute("create table crm.contact_lock as from range(100) as t(customer_id)")
    open_gate("run-0")
    publish(home, "run-0")

    assert verdict("delete from crm.contact_lock").passed
    check = found(home)["crm/contact_lock did_not_shrink"]
    assert (check.rows_failed, check.blocking) == (100, False)
    with warehouse.connect(home) as con:
        stages.begin_run(con, "run-2")
        of_dbt = ("raw/order", "marts/orders", "crm/contact_lock", "crm/outbox")
        check_results.write(con, "run-2", [passed("some_test", asset) for asset in of_dbt])
        con.execute("drop view crm.lead_scores_current")
        from orchestration.gate.verdict import verdict as verdict_of

        assert "no score check has run" in verdict_of(con, "run-2").message
