"""A score frame is right or stops the run, with the column in the message."""

from __future__ import annotations

import polars as pl
import pytest

from models_ml import lead_scores
from models_ml.score_contract import LEAD_SCORES, SCORE_TABLES, ScoreContractViolation, conform


@pytest.fixture(scope="module")
def good(leads, lead_model):
    return lead_scores.score(lead_model, leads.current, run_id="r1")


def test_a_right_frame_comes_back_in_table_order(good):
    shuffled = good.select(reversed(good.columns)).sample(fraction=1, shuffle=True, seed=1)

    assert conform(shuffled, LEAD_SCORES).equals(good)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (pl.lit(101.0).alias("score"), "score holds 101"),
        (pl.lit(-0.1).alias("p_low"), "p_low holds -0.1"),
        (pl.lit(11).alias("decile"), "decile holds 11"),
        (pl.lit(None, dtype=pl.String).alias("grade"), "grade is null"),
        (pl.lit("soon").alias("as_of"), "as_of must be"),
        (pl.lit(float("nan")).alias("base_value"), "base_value holds a value that is not finite"),
        (pl.lit(1.0).alias("probability"), "strictly within 0 and 1"),
        (pl.lit(0.123).alias("base_value"), "miss the log-odds"),
        (pl.lit("l1").alias("lead_id"), "occurs more than once"),
        (pl.lit(1).alias("extra"), r"unknown columns \['extra'\]"),
    ],
)
def test_what_breaks_the_contract_is_named(good, change, message):
    with pytest.raises(ScoreContractViolation, match=message):
        conform(good.with_columns(change), LEAD_SCORES)


def test_a_missing_column_is_named(good):
    with pytest.raises(ScoreContractViolation, match=r"missing columns \['method'\]"):
        conform(good.drop("method"), LEAD_SCORES)


def test_every_table_has_its_key_among_its_columns():
    for table in SCORE_TABLES.values():
        assert set(table.key) | set(table.replaces) <= set(table.schema)
