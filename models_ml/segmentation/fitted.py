"""Fitted customer segments: scaled customers in, the segment of each out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from models_ml.estimators.log_scaler import LogScaler
from models_ml.estimators.quantile_score import QuantileScore
from models_ml.model_card import ModelCard

DORMANT = "Dormant"
RULE_SEGMENTS = ("Champions", "At risk", "Loyal customers", "New or occasional", "Hibernating")


@dataclass(frozen=True)
class FittedSegments:
    """What `train` returns and the store keeps.

    Attributes
    ----------
    weights : ndarray of shape (n_features,)
        Of the scaled measures in a distance.
    centroids : ndarray of shape (n_segments - 1, n_features)
        Scaled and weighted; no row under method rules.
    ids : ndarray of shape (n_segments,)
        Id of each segment; an id keeps its meaning from model to model. The last segment holds
        the dormant customers under either method.
    highest_id
        Largest id ever given, by this model or one before it.
    """

    card: ModelCard
    scaler: LogScaler
    weights: np.ndarray
    rfm: QuantileScore
    centroids: np.ndarray
    ids: np.ndarray
    names: tuple[str, ...]
    highest_id: int

    @property
    def version(self) -> str:
        """Model version, also the name of its folder."""
        return self.card.model_version

    def assign(
        self, X: np.ndarray, rfm: np.ndarray, dormant: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return place of the segment, distance and silhouette of each customer, (n_customers,).

        The silhouette is the simplified one: distances to centroids in place of mean distances to
        members (Hruschka 2004), so that it does not depend on who else is scored. Both numbers
        are NaN for dormant customers and under method rules.

        Parameters
        ----------
        X : ndarray of shape (n_customers, n_features)
            Unscaled measures, missing is NaN.
        rfm : ndarray of shape (n_customers, 3)
            Scores 1 to 5.
        dormant : ndarray of bool, shape (n_customers,)
        """
        last = len(self.ids) - 1
        nothing = np.full(len(X), np.nan)
        if self.card.method == "rules":
            return np.where(dormant, last, rule_segment(rfm)), nothing, nothing
        distance = cdist(self.scaler.transform(X) * self.weights, self.centroids)
        ranked = np.sort(distance, axis=1)
        own, other = ranked[:, 0], ranked[:, 1]
        silhouette = np.divide(other - own, other, out=np.zeros_like(own), where=other > 0)
        return (
            np.where(dormant, last, distance.argmin(axis=1)),
            np.where(dormant, np.nan, own),
            np.where(dormant, np.nan, silhouette),
        )


def rule_segment(rfm: np.ndarray) -> np.ndarray:
    """Return the place in `RULE_SEGMENTS` of customers by their R, F, M scores (n_customers, 3)."""
    r, value = rfm[:, 0], (rfm[:, 1] + rfm[:, 2]) / 2
    return np.select(
        [(r >= 4) & (value >= 4), (r <= 2) & (value >= 3), value >= 3, r >= 3], [0, 1, 2, 3], 4
    )
