"""A fitted probability score: features in, log-odds with their parts out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from sklearn.pipeline import Pipeline

from models_ml.estimators.platt_scaling import PlattScaling
from models_ml.estimators.shrunk_base_rates import ShrunkBaseRates
from models_ml.model_card import ModelCard
from models_ml.probability_score.definition import ScoreDefinition
from models_ml.probability_score.feature_table import model_input, rule_input
from models_ml.probability_score.terms import Terms, additive_terms, calibrate


@dataclass(frozen=True)
class Predictor:
    """A pipeline with its calibration (method model), or base rates (method rules)."""

    estimator: Pipeline | ShrunkBaseRates
    scaling: PlattScaling

    def terms(self, frame: pl.DataFrame, definition: ScoreDefinition) -> Terms:
        """Return the calibrated terms of checked feature rows, one contribution per feature."""
        if isinstance(self.estimator, ShrunkBaseRates):
            return calibrate(self._rule_terms(frame, definition), self.scaling)
        if frame.is_empty():
            return Terms(0.0, np.zeros((0, len(definition.features))), np.zeros(0))
        return calibrate(
            additive_terms(self.estimator, model_input(frame, definition)), self.scaling
        )

    def _rule_terms(self, frame: pl.DataFrame, definition: ScoreDefinition) -> Terms:
        X = rule_input(frame, definition)
        names = [f.name for f in definition.features]
        contributions = np.zeros((frame.height, len(names)))
        places = [names.index(key.name) for key in definition.rule_keys]
        contributions[:, places] = self.estimator.contributions(X)
        return Terms(self.estimator.base_, contributions, self.estimator.variance(X))


@dataclass(frozen=True)
class FittedScore:
    """What `train` returns and the store keeps.

    Attributes
    ----------
    predictor
        Makes the scores; fitted on every labelled row.
    evaluated
        The one the card's measures belong to; it has seen nothing of the card's test dates.
        None if no date could be held back.
    edges : ndarray of shape (9,)
        Log-odds that separate the deciles of the reference rows.
    reference_counts : ndarray of shape (10,)
        Reference rows per decile, highest first; ties make them unequal.
    """

    card: ModelCard
    predictor: Predictor
    evaluated: Predictor | None
    edges: np.ndarray
    reference_counts: np.ndarray

    @property
    def version(self) -> str:
        """Model version, also the name of its folder."""
        return self.card.model_version

    def deciles(self, log_odds: np.ndarray) -> np.ndarray:
        """Return 1 (highest tenth of the reference rows) to 10, shape (n_rows,)."""
        return 10 - np.searchsorted(self.edges, log_odds, side="left")
