"""Champion and challenger: two fitted scores and later data in, a decision and its rows out.

Both are judged on the challenger's test dates by models that saw nothing of them: each score's
held-back model (`FittedScore.evaluated`), which differ in their training data only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from models_ml.evaluation.scorecard import MEASURES, measure
from models_ml.probability_score.definition import ScoreDefinition
from models_ml.probability_score.feature_table import UnusableTable, labelled_rows
from models_ml.probability_score.fitted import FittedScore

RUN_COLUMNS = (
    "run_id",
    "score",
    "model_version",
    "role",
    "method",
    "trained_at",
    "as_of",
    "n_train",
    "n_test",
    "positives",
    *MEASURES,
    "promoted",
    "reason",
    "card_path",
)


@dataclass(frozen=True)
class Decision:
    """Whether the challenger becomes champion, why, and both sets of measures."""

    promoted: bool
    reason: str
    champion: dict[str, float | None] | None
    challenger: dict[str, float | None]


def promote(
    definition: ScoreDefinition,
    champion: FittedScore | None,
    challenger: FittedScore,
    features: pl.DataFrame,
    labels: pl.DataFrame,
) -> Decision:
    """Decide whether ``challenger`` replaces ``champion``.

    It does if its Brier score on its own test dates is not larger than the champion's there. A
    model always replaces rules and rules never replace a model that can still score, because
    rules are what is left when there is too little data.

    Parameters
    ----------
    champion
        The score in use; None if there is none.
    features, labels
        Tables the challenger was trained on.
    """
    own = challenger.card.measures
    if champion is None:
        return Decision(True, "there is no champion yet", None, own)
    if champion.version == challenger.version:
        return Decision(False, "same data and settings as the champion", own, own)
    if champion.card.method != challenger.card.method:
        if challenger.card.method == "model":
            return Decision(True, "enough data for a model; the champion is rules", None, own)
        reason = f"the champion is a model, the challenger rules: {challenger.card.method_reason}"
        return Decision(False, reason, champion.card.measures, own)
    if champion.card.features != challenger.card.features:
        return Decision(True, "the features have changed; the champion cannot score", None, own)
    if challenger.evaluated is None or champion.evaluated is None:
        return Decision(True, "not compared: no date could be held back; newer data", None, own)
    # the champion's held-back model has seen everything before its own first test date
    unseen = datetime.fromisoformat(champion.card.evaluated_on[0])
    dates = [datetime.fromisoformat(day) for day in challenger.card.evaluated_on]
    days = [day for day in dates if day >= unseen]
    if not days:
        reason = f"not compared: the champion has seen the test dates, the first is {dates[0]}"
        return Decision(False, reason, None, own)
    today = datetime.fromisoformat(challenger.card.as_of)
    rows = labelled_rows(features, labels, definition, today).filter(pl.col("as_of").is_in(days))
    if rows.is_empty():
        raise UnusableTable(f"{definition.labels} has no row on the test dates {days}")
    outcome = rows["outcome"].to_numpy()
    theirs, ours = (
        measure(outcome, model.evaluated.terms(rows, definition).probability)  # type: ignore[union-attr]
        for model in (champion, challenger)
    )
    before, after = theirs["brier"], ours["brier"]
    better = after is not None and before is not None and after <= before
    relation = "not larger" if better else "larger"
    reason = (
        f"Brier score {after:.5f} is {relation} than the champion's {before:.5f} on "
        f"{days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}"
    )
    return Decision(better, reason, theirs, ours)


def model_run(
    model: FittedScore,
    *,
    run_id: str,
    role: str,
    trained_at: datetime,
    measures: dict[str, float | None],
    promoted: bool,
    reason: str,
    card_path: str,
) -> dict[str, object]:
    """Return one row of ``meta.model_runs``; ``role`` is champion or challenger."""
    card = model.card
    return {
        "run_id": run_id,
        "score": card.score,
        "model_version": card.model_version,
        "role": role,
        "method": card.method,
        "trained_at": trained_at,
        "as_of": datetime.fromisoformat(card.as_of),
        "n_train": card.n_train,
        "n_test": card.n_test,
        "positives": card.positives,
        **{name: measures.get(name) for name in MEASURES},
        "promoted": promoted,
        "reason": reason,
        "card_path": card_path,
    }
