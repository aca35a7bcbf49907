"""Train a probability score: features and labels in, fitted score with its card out.

Dates are split in time. The penalty is chosen on dates after those it is fitted on; the measures
of the card come from a model fitted on both and judged on later dates still; the model that
scores is the same recipe on all labelled rows.
"""

from __future__ import annotations

import logging
from datetime import datetime

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from models_ml.evaluation.leakage import SUSPICIOUS_AUC, single_feature_auc
from models_ml.evaluation.scorecard import MEASURES, measure
from models_ml.model_card import ModelCard
from models_ml.model_version import model_version
from models_ml.probability_score.definition import ScoreDefinition
from models_ml.probability_score.feature_table import labelled_rows
from models_ml.probability_score.fitted import FittedScore, Predictor
from models_ml.probability_score.ladder import ladder, on_dates
from models_ml.probability_score.recipe import choose_penalty, fit_model, fit_rates
from models_ml.probability_score.terms import Terms

logger = logging.getLogger(__name__)

RECIPE = 1  # raise when the same data would give another model


def train_score(
    definition: ScoreDefinition,
    features: pl.DataFrame,
    labels: pl.DataFrame,
    as_of: datetime,
    known: FittedScore | None = None,
) -> FittedScore:
    """Fit the score, or its base rates if there is too little data.

    Parameters
    ----------
    known
        Returned as it is, and nothing is fitted, if it was made of the same data and settings.

    Raises
    ------
    UnusableTable
        If a table lacks a column, repeats a key, or labels a window that is not over.
    """
    rows = labelled_rows(features, labels, definition, as_of)
    version = model_version(as_of, {"definition": repr(definition), "recipe": RECIPE}, [rows])
    if known is not None and known.version == version:
        return known
    # one thread: the same sums on every machine, and no threads waiting for a busy second core
    with threadpool_limits(1):
        return _train(definition, rows, as_of, version)


def _train(
    definition: ScoreDefinition, rows: pl.DataFrame, as_of: datetime, version: str
) -> FittedScore:
    split, refusal = ladder(rows, definition)
    tested = on_dates(rows, split.test) if split else rows.clear()
    evaluated: Predictor | None = None
    settings: dict[str, float | int | str] = {"recipe": RECIPE}
    if split and not refusal:
        earlier, later = on_dates(rows, split.train), on_dates(rows, split.choose)
        penalty = choose_penalty(earlier, later, definition)
        evaluated = fit_model(pl.concat([earlier, later]), definition, penalty)
        predictor = fit_model(rows, definition, penalty)
        settings |= {
            "penalty_C_times_rows": penalty,
            "calibration_slope": round(predictor.scaling.slope_, 6),
            "calibration_intercept": round(predictor.scaling.intercept_, 6),
        }
    else:
        if split:
            evaluated = fit_rates(on_dates(rows, split.train + split.choose), definition)
        predictor = fit_rates(rows, definition)

    measures: dict[str, float | None] = dict.fromkeys(MEASURES)
    if evaluated:
        predicted = evaluated.terms(tested, definition).probability
        measures = measure(tested["outcome"].to_numpy(), predicted)
    terms = predictor.terms(rows, definition)
    probe = _probe(rows, definition)
    card = ModelCard(
        score=definition.name,
        model_version=version,
        method="rules" if refusal else "model",
        method_reason=refusal or "enough entities of both outcomes and enough history",
        as_of=as_of.isoformat(),
        horizon_days=definition.horizon_days,
        trained_from=_day(rows["as_of"].min()),
        trained_to=_day(rows["as_of"].max()),
        n_rows=rows.height,
        n_entities=rows[definition.entity].n_unique(),
        n_train=on_dates(rows, split.train + split.choose).height if split else rows.height,
        n_test=tested.height,
        positives=int(rows["outcome"].sum()),
        evaluated_on=[d.isoformat() for d in split.test] if split else [],
        measures=measures,
        features=[f.name for f in (definition.rule_keys if refusal else definition.features)],
        settings=settings,
        weights=_weights(terms, definition),
        single_feature_auc=probe,
        suspicious_features=[name for name, auc in probe.items() if auc > SUSPICIOUS_AUC],
        limitations=list(definition.limitations),
    )
    for name in card.suspicious_features:
        logger.warning(
            "%s: %s alone has an AUC of %.3f; check whether it knows the future",
            definition.name,
            name,
            probe[name],
        )
    edges = _edges(terms.log_odds)
    deciles = 10 - np.searchsorted(edges, terms.log_odds, side="left")
    return FittedScore(card, predictor, evaluated, edges, np.bincount(deciles, minlength=11)[1:])


def _edges(log_odds: np.ndarray) -> np.ndarray:
    inner = np.linspace(0, 1, 11)[1:-1]
    if len(log_odds) == 0:
        # nothing to compare with: equal steps of probability
        return np.log(inner) - np.log1p(-inner)
    return np.quantile(log_odds, inner)


def _weights(terms: Terms, definition: ScoreDefinition) -> dict[str, float]:
    """Return the mean absolute contribution of every feature that has one, largest first."""
    names = [f.name for f in definition.features]
    mean = np.abs(terms.contributions).mean(axis=0) if len(terms.variance) else np.zeros(len(names))
    return {names[j]: float(mean[j]) for j in np.argsort(-mean, kind="stable") if mean[j]}


def _probe(rows: pl.DataFrame, definition: ScoreDefinition) -> dict[str, float]:
    return single_feature_auc(
        rows,
        rows["outcome"].to_numpy(),
        [f.name for f in definition.numeric],
        [f.name for f in definition.categorical],
    )


def _day(moment: object) -> str | None:
    return moment.isoformat() if isinstance(moment, datetime) else None
