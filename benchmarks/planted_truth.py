"""How much of the simulated company's planted truth the warehouse finds.

    python -m benchmarks.planted_truth --home DIR     one JSON object on standard output

Each figure stands beside its limit. Scores are judged out of time: fitted on the dates whose
windows had ended, asked about later ones, and compared with the true probabilities on the very
same rows.
"""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score, roc_auc_score

from models_ml import churn_risk, lead_scores

JUDGED_DATES = 8
"""The newest labelled dates are judged, each by a model of what was known by then.

Three dates hold 50 conversions at size s, and the difference of two AUCs on so few is uncertain
by 0.02; eight hold 150.
"""


def figure(value: float, *, at_least: float | None = None, at_most: float | None = None) -> dict:
    """Return a figure beside its limit and whether it holds."""
    limits = {"at_least": at_least, "at_most": at_most}
    holds = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
    return {
        "value": round(float(value), 4),
        **{name: limit for name, limit in limits.items() if limit is not None},
        "holds": bool(holds),
    }


def calibration_slope(probability: np.ndarray, outcome: np.ndarray) -> float:
    """Return the slope of a logistic regression of the outcome on the log-odds; 1 is best."""
    inside = np.clip(probability, 1e-6, 1 - 1e-6)
    log_odds = np.log(inside / (1 - inside))
    fitted = LogisticRegression(C=1e9).fit(log_odds[:, None], outcome)
    return float(fitted.coef_[0, 0])


def judge_score(
    con: duckdb.DuckDBPyConnection, score: ModuleType, truth: pl.DataFrame
) -> dict[str, Any]:
    """Fit on what was known at each date, score the date, and compare with the true probabilities.

    Parameters
    ----------
    truth
        Entity id, as_of and true probability.
    """
    entity = score.DEFINITION.entity
    features = con.sql(f"select * from {score.READS}").pl()
    labels = con.sql(f"select * from {score.LABELS}").pl()
    dates: list[datetime] = sorted(labels["as_of"].unique())
    scored = []
    for date in dates[-JUDGED_DATES:]:
        # Label windows of the dates learned from end before the date that is judged.
        learned = pl.col("as_of") + timedelta(days=score.HORIZON_DAYS) <= date
        model = score.train(features.filter(learned), labels.filter(learned), as_of=date)
        asked = features.filter(pl.col("as_of") == date)
        scored.append(score.score(model, asked, run_id="benchmark"))
    rows = (
        pl.concat(scored)
        .join(labels, on=[entity, "as_of"])
        .join(truth.rename({"probability": "true_probability"}), on=[entity, "as_of"])
    )
    outcome = rows[score.DEFINITION.label].cast(pl.Int8).to_numpy()
    mine, true = rows["probability"].to_numpy(), rows["true_probability"].to_numpy()
    true_auc, auc = roc_auc_score(outcome, true), roc_auc_score(outcome, mine)
    return {
        "rows": rows.height,
        "positives": int(outcome.sum()),
        "method": sorted(rows["method"].unique()),
        "true_auc": round(float(true_auc), 4),
        "auc": figure(auc, at_least=round(true_auc - 0.03, 4)),
        "calibration_slope": figure(calibration_slope(mine, outcome), at_least=0.8, at_most=1.2),
        "true_calibration_slope": round(calibration_slope(true, outcome), 4),
    }


def pairs(sizes: np.ndarray) -> float:
    """Return the number of unordered pairs within groups of these sizes."""
    return float((sizes * (sizes - 1) / 2).sum())


def judge_identity(con: duckdb.DuckDBPyConnection, truth: pl.DataFrame) -> dict[str, Any]:
    """Compare pairs of identifiers that are one customer with pairs that are one person."""
    found = con.sql(
        "select identifier, customer_id from identity.identifier_map where is_current"
    ).pl()
    both = truth.join(found, on="identifier", how="inner")
    together = pairs(both.group_by("person_id", "customer_id").len()["len"].to_numpy())
    same_customer = pairs(both.group_by("customer_id").len()["len"].to_numpy())
    same_person = pairs(truth.group_by("person_id").len()["len"].to_numpy())
    return {
        "identifiers": truth.height,
        "persons": truth["person_id"].n_unique(),
        "customers": both["customer_id"].n_unique(),
        "precision": figure(together / same_customer, at_least=0.99),
        "recall": figure(together / same_person, at_least=0.90),
    }


def judge_segments(con: duckdb.DuckDBPyConnection, truth: pl.DataFrame) -> dict[str, Any]:
    """Compare segments with the planted ones by the adjusted Rand index."""
    found = con.sql(
        """
        select map.identifier, segments.segment_id
        from crm.customer_segments_current as segments
        join identity.identifier_map as map
            on map.customer_id = segments.customer_id and map.is_current
        """
    ).pl()
    both = truth.join(found, on="identifier").unique("person_id", keep="first")
    return {
        "customers": both.height,
        "segments": both["segment_id"].n_unique(),
        "adjusted_rand": figure(
            adjusted_rand_score(both["segment"], both["segment_id"]), at_least=0.5
        ),
    }


def churn_truth(con: duckdb.DuckDBPyConnection, truth: pl.DataFrame) -> pl.DataFrame:
    """Return the true churn probabilities by customer_id."""
    found = con.sql(
        "select identifier, customer_id from identity.identifier_map where is_current"
    ).pl()
    return (
        truth.join(found, on="identifier")
        .unique(["customer_id", "as_of"], keep="none")
        .select("customer_id", "as_of", "probability")
    )


def planted_truth(home: Path) -> dict[str, Any]:
    """Return every figure of one home with truth."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        truth = {file.stem: pl.read_parquet(file) for file in (home / "truth").glob("*.parquet")}
        return {
            "benchmark": "planted_truth",
            "identity": judge_identity(con, truth["identity"]),
            "lead_scores": judge_score(con, lead_scores, truth["lead_probabilities"]),
            "churn_risk": judge_score(
                con, churn_risk, churn_truth(con, truth["churn_probabilities"])
            ),
            "segments": judge_segments(con, truth["segments"]),
        }


def main() -> None:
    """Print the figures of the home given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True, help="a home made by crm demo")
    print(json.dumps(planted_truth(parser.parse_args().home), indent=2))


if __name__ == "__main__":
    main()
