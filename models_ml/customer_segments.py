"""Groups of customers who buy alike: features in, ``crm.customer_segments`` out."""

from __future__ import annotations

import numpy as np
import polars as pl

from models_ml.estimators.log_scaler import LogScaler
from models_ml.estimators.quantile_score import QuantileScore
from models_ml.model_card import ModelCard
from models_ml.model_version import model_version
from models_ml.score_contract import CUSTOMER_SEGMENTS, conform
from models_ml.segmentation.cluster_count import candidates, choose, cluster
from models_ml.segmentation.fitted import DORMANT, RULE_SEGMENTS, FittedSegments
from models_ml.segmentation.label_matching import match_labels
from models_ml.segmentation.segment_features import (
    FEATURES,
    NAME,
    WEIGHTS,
    dormant,
    measures,
    rfm_measures,
    rows_of,
)
from models_ml.segmentation.segment_moves import segment_moves
from models_ml.segmentation.segment_names import segment_names

READS = "features.segment_features"
LABELS = None
MIN_CUSTOMERS = 200  # fewer split into eight groups would be groups of anecdotes
RECIPE = 1  # raise when the same data would give other segments
WEIGHT = np.array(list(WEIGHTS.values()))
LIMITATIONS = (
    "Holds customers with at least one order.",
    "Segments describe behaviour; they do not say what a treatment would change.",
    "The number of segments is the largest that repeats, not a truth.",
)


def train(
    features: pl.DataFrame, previous_model: FittedSegments | None = None, *, seed: int = 0
) -> FittedSegments:
    """Fit the segments on the newest date of ``features``.

    Customers with an order within a year are clustered by k-means on what they buy (amount and
    discount) and, with a quarter of the weight, on how often, when and with how much contact;
    those without one are the segment Dormant.

    Parameters
    ----------
    features
        ``features.segment_features``; earlier dates are left aside.
    previous_model
        Model in use. A cluster near one of its centroids keeps that segment's id; other clusters
        get ids never used before.
    seed
        Of the k-means starts and of the samples that choose the number of segments.

    Raises
    ------
    UnusableTable
        If a column is missing or wrong, or a customer occurs twice on a date.
    """
    rows = rows_of(features)
    rows = rows.filter(pl.col("as_of") == pl.col("as_of").max())
    rfm = QuantileScore().fit(rfm_measures(rows) if rows.height else np.zeros((1, 3)))
    active = rows.filter(~dormant(rows))
    X = measures(active) if active.height else np.zeros((1, len(FEATURES)))
    scaler = LogScaler().fit(X)
    space = scaler.transform(X) * WEIGHT
    tried = candidates(space, seed) if active.height >= MIN_CUSTOMERS else []
    if tried:
        count = choose(tried, None if previous_model is None else len(previous_model.ids) - 1)
        fit = cluster(space, count, seed)
        scores = rfm.transform(rfm_measures(active))
        centroids, profiles = _by_value(fit.cluster_centers_, fit.labels_, scores)
        ids = _ids(centroids, scaler, previous_model)
        names = segment_names(profiles, centroids / WEIGHT, FEATURES)
    else:
        centroids = np.zeros((0, len(FEATURES)))
        ids = _rule_ids(previous_model)
        names = list(RULE_SEGMENTS)
    dormant_id = int(previous_model.ids[-1]) if previous_model is not None else len(ids) + 1
    ids = np.append(ids, dormant_id)
    names.append(DORMANT)
    method = "model" if tried else "rules"
    reason = (
        f"k-means with {len(ids) - 1} segments of customers with an order within a year"
        if tried
        else f"{active.height} customers with an order within a year; {MIN_CUSTOMERS} that differ "
        "are needed"
    )
    as_of = rows["as_of"].to_list()[0] if rows.height else None
    day = as_of.isoformat() if as_of else None
    chosen = [c for c in tried if c.count == len(ids) - 1]
    card = ModelCard(
        score=NAME,
        model_version=model_version(
            as_of,
            {"recipe": RECIPE, "seed": seed, "ids": ids.tolist(), "names": names},
            [rows],
        ),
        method=method,
        method_reason=reason,
        as_of=day or "none",
        horizon_days=None,
        trained_from=day,
        trained_to=day,
        n_rows=rows.height,
        n_entities=rows.height,
        n_train=active.height,
        n_test=0,
        positives=0,
        evaluated_on=[],
        measures={
            "silhouette": chosen[0].silhouette if chosen else None,
            "stability": chosen[0].stability if chosen else None,
        },
        features=list(FEATURES),
        settings={"recipe": RECIPE, "seed": seed, "segments": len(ids)}
        | {f"silhouette_{c.count}": round(c.silhouette, 4) for c in tried}
        | {f"stability_{c.count}": round(c.stability, 4) for c in tried},
        limitations=list(LIMITATIONS),
    )
    highest = int(max([*ids, previous_model.highest_id if previous_model is not None else 0]))
    return FittedSegments(card, scaler, WEIGHT, rfm, centroids, ids, tuple(names), highest)


def score(
    model: FittedSegments,
    features: pl.DataFrame,
    *,
    run_id: str,
    previous: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return rows of ``crm.customer_segments`` for the newest date of ``features``.

    Parameters
    ----------
    features
        ``features.segment_features``. Earlier dates are scored too, but only to tell the previous
        segment of a customer who has no row in ``previous``.
    previous
        Earlier rows of the table: customer_id, as_of, segment_id, changed_at.

    Raises
    ------
    UnusableTable
        If a column is missing or wrong, or a customer occurs twice on a date.
    """
    rows = rows_of(features)
    if rows.is_empty():
        return CUSTOMER_SEGMENTS.schema.to_frame()
    scores = model.rfm.transform(rfm_measures(rows))
    place, distance, silhouette = model.assign(measures(rows), scores, dormant(rows))
    scored = rows.select(
        "customer_id",
        "as_of",
        pl.Series("segment_id", model.ids[place], dtype=pl.Int32),
        pl.Series("segment_name", np.array(model.names, dtype=object)[place].tolist()),
        pl.Series("distance", distance).fill_nan(None),
        pl.Series("silhouette", silhouette).fill_nan(None),
        *(
            pl.Series(name, scores[:, j], dtype=pl.Int32)
            for j, name in enumerate(("rfm_recency", "rfm_frequency", "rfm_monetary"))
        ),
        pl.lit(model.card.method).alias("method"),
        pl.lit(model.version).alias("model_version"),
        pl.col("as_of").alias("data_cutoff"),
        pl.lit(run_id).alias("run_id"),
    )
    newest = scored["as_of"].max()
    moved = segment_moves(scored.select("customer_id", "as_of", "segment_id"), previous)
    return conform(
        scored.filter(pl.col("as_of") == newest).join(
            moved, on=["customer_id", "as_of"], how="left"
        ),
        CUSTOMER_SEGMENTS,
    )


def _by_value(
    centroids: np.ndarray, labels: np.ndarray, rfm: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return centroids and mean R, F, M scores, the most valuable segment first."""
    scores = np.vstack([rfm[labels == j].mean(axis=0) for j in range(len(centroids))])
    order = np.lexsort((np.arange(len(centroids)), -scores.sum(axis=1)))
    return centroids[order], scores[order]


def _ids(centroids: np.ndarray, scaler: LogScaler, previous: FittedSegments | None) -> np.ndarray:
    if previous is None:
        return 1 + np.arange(len(centroids))
    if not len(previous.centroids):
        return previous.highest_id + 1 + np.arange(len(centroids))
    # both models scale by their own population; compare where the old one stood on the new scale
    unscaled = (
        previous.centroids / previous.weights * previous.scaler.scale_ + previous.scaler.mean_
    )
    old = (unscaled - scaler.mean_) / scaler.scale_ * WEIGHT
    return match_labels(centroids, old, previous.ids[:-1], previous.highest_id)


def _rule_ids(previous: FittedSegments | None) -> np.ndarray:
    if previous is not None and previous.card.method == "rules":
        return previous.ids[:-1]
    first = 1 if previous is None else previous.highest_id + 1
    return first + np.arange(len(RULE_SEGMENTS))
