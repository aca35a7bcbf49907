"""Scores are of those who may be acted on: a customer whose records are deleted has none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import polars as pl
import pytest

from models_ml import churn_risk, customer_segments
from models_ml.probability_score import training as probability_training
from orchestration import warehouse
from orchestration.frames import registered
from orchestration.home import Home
from orchestration.scores import scoring, training
from tests.models_ml.simulated_scores import simulate
from tests.models_ml.simulated_segments import customers

AS_OF = datetime.fromisoformat("2026-06-30")


def put(home: Home, table: str, frame: pl.DataFrame) -> None:
    with warehouse.connect(home) as con, registered(con, "rows", frame):
        con.execute(f"create or replace table {table} as select * from rows")


def scored(home: Home, table: str) -> set[str]:
    with warehouse.connect(home) as con:
        return {who for (who,) in con.execute(f"select customer_id from {table}").fetchall()}


def delete(home: Home, *gone: str) -> None:
    frame = pl.DataFrame(
        {"customer_id": list(gone), "deleted_at": [AS_OF] * len(gone)},
        schema={"customer_id": pl.String, "deleted_at": pl.Datetime("us")},
    )
    put(home, scoring.DELETED, frame)


@pytest.fixture
def churn(home: Home) -> Callable[[], int]:
    world = simulate(churn_risk.DEFINITION, per_date=20, dates=2)
    # the newest rows speak of today
    latest = world.features["as_of"].max()
    shift = pl.col("as_of") + (AS_OF - latest)
    with warehouse.connect(home) as con:
        con.execute("drop table crm.churn_risk")
    put(home, churn_risk.READS, world.features.with_columns(shift))
    put(home, churn_risk.LABELS, world.labels.with_columns(shift))
    delete(home)
    training.train_probability(home, "churn_risk", "train")
    return lambda: scoring.score_probability(home, "churn_risk", "run", {})


def test_nobody_is_at_risk_of_leaving_who_is_deleted(home: Home, churn: Callable[[], int]) -> None:
    assert churn() == 20
    everybody = scored(home, "crm.churn_risk_current")

    delete(home, *sorted(everybody)[:3])

    assert churn() == 17
    assert scored(home, "crm.churn_risk_current") == everybody - set(sorted(everybody)[:3])


def test_nobody_is_in_a_segment_who_is_deleted(home: Home) -> None:
    world = customers(60, as_of=AS_OF)
    put(home, customer_segments.READS, world.frame)
    delete(home, "c00003", "c00004", "never ordered")
    training.train_segments(home, "train")

    assert scoring.score_segments(home, "run", {}) == 58

    assert {"c00003", "c00004"}.isdisjoint(scored(home, "crm.customer_segments_current"))


def test_nobody_is_in_a_segment_of_whom_every_order_was_deleted_since(home: Home) -> None:
    put(
        home,
        customer_segments.READS,
        customers(60, as_of=datetime.fromisoformat("2026-05-31")).frame,
    )
    delete(home)
    training.train_segments(home, "train")

    assert scoring.score_segments(home, "run", {}) == 0

    assert scored(home, "crm.customer_segments_current") == set()


def test_a_champion_of_the_same_data_is_not_fitted_again(
    home: Home, churn: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probability_training, "_train", lambda *_: pytest.fail("fitted again"))

    trained = training.train_probability(home, "churn_risk", "again")

    assert (trained.promoted, trained.reason) == (False, "same data and settings as the champion")
    with warehouse.connect(home) as con:
        told = con.execute(
            "select run_id, role, model_version, brier, card_path "
            "from meta.model_runs order by run_id, role"
        ).fetchall()
    first = {row[2:] for row in told if row[0] == "train"}
    assert [row[1] for row in told if row[0] == "again"] == ["challenger", "champion"]
    assert {row[2:] for row in told if row[0] == "again"} == first
