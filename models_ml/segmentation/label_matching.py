"""Give a cluster the id it had last time: old and new centroids in, ids out."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

FARTHEST = 1.0  # weighted deviations; a centroid that moved more is another segment


def match_labels(
    centroids: np.ndarray, old_centroids: np.ndarray, old_ids: np.ndarray, highest_id: int
) -> np.ndarray:
    """Return an id for every centroid, shape (n_clusters,).

    Pairs of least total distance (Kuhn 1955) within 1 deviation keep the id; the others get
    ids never used before, in the order of ``centroids``.

    Parameters
    ----------
    centroids, old_centroids
        On the same scale, shapes (n_clusters, n_features) and (n_old, n_features).
    highest_id
        Largest id ever given.
    """
    distance = cdist(centroids, old_centroids)
    ids = np.zeros(len(centroids), dtype=int)
    # a pair beyond reach must cost more than any pair within, else it crowds out a good one
    cost = np.where(distance <= FARTHEST, distance, 1e6)
    for new, old in zip(*linear_sum_assignment(cost), strict=True):
        if distance[new, old] <= FARTHEST:
            ids[new] = old_ids[old]
    fresh = ids == 0
    ids[fresh] = highest_id + 1 + np.arange(fresh.sum())
    return ids
