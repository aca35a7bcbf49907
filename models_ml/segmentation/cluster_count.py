"""How many clusters: scaled customers in, the largest number that repeats on other customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

COUNTS = range(3, 9)
SAMPLE = 2000  # customers; more cost time and move the measures in the third decimal
SILHOUETTE_SAMPLE = 1000
SPLITS = 3
STABLE = 0.9
STILL_STABLE = 0.85  # for the count in use: noise is no reason to give everybody a new segment
STARTS = 2


@dataclass(frozen=True)
class Candidate:
    """A number of clusters, its silhouette, and how well fits on two halves agree (0 to 1)."""

    count: int
    silhouette: float
    stability: float


def candidates(X: np.ndarray, seed: int) -> list[Candidate]:
    """Try every count of `COUNTS` on at most 2,000 rows of ``X`` (n_customers, n_features).

    Stability is the adjusted Rand index of two fits on disjoint halves, both applied to all
    rows, averaged over three splits.
    """
    rng = np.random.default_rng(seed)
    if len(X) > SAMPLE:
        X = X[np.sort(rng.choice(len(X), SAMPLE, replace=False))]
    judged = X[np.sort(rng.permutation(len(X))[:SILHOUETTE_SAMPLE])]
    orders = [rng.permutation(len(X)) for _ in range(SPLITS)]
    most = min(len(np.unique(X, axis=0)), len(X) // 10)
    found = []
    for count in [c for c in COUNTS if c < most]:
        labels = cluster(X, count, seed).predict(judged)
        if len(np.unique(labels)) < 2:
            continue
        agreement = []
        for order in orders:
            halves = order[: len(X) // 2], order[len(X) // 2 :]
            one, other = (cluster(X[half], count, seed).predict(X) for half in halves)
            agreement.append(adjusted_rand_score(one, other))
        found.append(
            Candidate(count, float(silhouette_score(judged, labels)), float(np.mean(agreement)))
        )
    return found


def choose(found: list[Candidate], previous: int | None) -> int:
    """Return the largest count whose halves agree at least 0.9, else the count that agrees most.

    More segments tell more as long as they are found again in other customers, the idea of
    prediction strength (Tibshirani and Walther 2005); the silhouette alone nearly always prefers
    the fewest. The count of the previous model stays while its halves agree at least 0.85.
    """
    for candidate in found:
        if candidate.count == previous and candidate.stability >= STILL_STABLE:
            return candidate.count
    stable = [c.count for c in found if c.stability >= STABLE]
    return max(stable) if stable else max(found, key=lambda c: (c.stability, -c.count)).count


def cluster(X: np.ndarray, count: int, seed: int) -> KMeans:
    """Fit k-means from a few seeded starts."""
    # one thread: the same sums on every machine, and no threads waiting for a busy second core
    with threadpool_limits(1):
        return KMeans(count, n_init=STARTS, random_state=seed).fit(X)
