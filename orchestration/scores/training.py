"""One score's training: feature tables in; a stored model, a decision and its rows out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from models_ml import churn_risk, customer_segments, lead_scores, store
from models_ml.model_card import ModelCard
from models_ml.probability_score.fitted import FittedScore
from models_ml.promotion import model_run, promote
from models_ml.segmentation.fitted import FittedSegments
from orchestration import warehouse
from orchestration.frames import append
from orchestration.home import Home
from orchestration.runs.stages import now
from orchestration.scores.champions import champion, crown
from orchestration.sql_values import value

PROBABILITY_MODULES: dict[str, Any] = {"lead_scores": lead_scores, "churn_risk": churn_risk}
"""Scores that are learned from labels, by name."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training came to."""

    card: ModelCard
    promoted: bool
    reason: str


def as_of(home: Home) -> datetime:
    """Return the moment the warehouse looks from (naive UTC)."""
    with warehouse.connect(home) as con:
        found = value(
            con, "select cast(value as timestamp) from meta.settings where name = 'as_of'"
        )
    if not isinstance(found, datetime):
        raise TypeError("meta.settings has no as_of: the landing files must be loaded first")
    return found


def read(home: Home, *tables: str) -> list[pl.DataFrame]:
    """Return whole feature tables as frames."""
    with warehouse.connect(home) as con:
        return [con.table(table).pl() for table in tables]


def write_model_runs(home: Home, rows: list[dict[str, object]]) -> None:
    """Add rows to ``meta.model_runs``."""
    frame = pl.DataFrame(rows, infer_schema_length=None)
    with warehouse.connect(home) as con:
        append(con, "meta.model_runs", frame)


def train_probability(home: Home, name: str, run_id: str) -> Trained:
    """Fit a challenger, compare it with the champion, and put the better one to use.

    The same data and settings as the champion's would fit the champion again: it is not fitted.
    """
    module = PROBABILITY_MODULES[name]
    features, labels = read(home, module.READS, module.LABELS)
    present = champion(home, name)
    before = present if isinstance(present, FittedScore) else None
    challenger: FittedScore = module.train(features, labels, as_of=as_of(home), known=before)
    decision = promote(module.DEFINITION, before, challenger, features, labels)
    if challenger is not before:
        store.save(challenger, home.models)
    if decision.promoted:
        crown(home, name, challenger.version)
    trained_at = now()
    rows = [
        model_run(
            challenger,
            run_id=run_id,
            role="champion" if decision.promoted else "challenger",
            trained_at=trained_at,
            measures=decision.challenger,
            promoted=decision.promoted,
            reason=decision.reason,
            card_path=f"models/{name}/{challenger.version}/card.md",
        )
    ]
    if before is not None and decision.champion is not None and not decision.promoted:
        rows.append(
            model_run(
                before,
                run_id=run_id,
                role="champion",
                trained_at=trained_at,
                measures=decision.champion,
                promoted=False,
                reason="stays in use",
                card_path=f"models/{name}/{before.version}/card.md",
            )
        )
    write_model_runs(home, rows)
    return Trained(challenger.card, decision.promoted, decision.reason)


def train_segments(home: Home, run_id: str) -> Trained:
    """Fit the segments anew; ids of segments that are still there stay."""
    (features,) = read(home, customer_segments.READS)
    present = champion(home, customer_segments.NAME)
    before = present if isinstance(present, FittedSegments) else None
    fitted = customer_segments.train(features, before)
    place = store.save(fitted, home.models)
    crown(home, customer_segments.NAME, fitted.version)
    card, reason = fitted.card, "segments follow the newest customers; ids stay"
    write_model_runs(
        home,
        [
            {
                "run_id": run_id,
                "score": card.score,
                "model_version": card.model_version,
                "role": "champion",
                "method": card.method,
                "trained_at": now(),
                "as_of": None if card.as_of == "none" else datetime.fromisoformat(card.as_of),
                "n_train": card.n_train,
                "n_test": card.n_test,
                "positives": card.positives,
                "promoted": True,
                "reason": reason,
                "card_path": str((place / "card.md").relative_to(home.folder)),
            }
        ],
    )
    return Trained(card, True, reason)
