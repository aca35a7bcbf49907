"""Name a segment by its profile: mean R, F, M scores and scaled centroid in, names out.

Scores run from 1 to 5 (5: recent, often, much); centroid values are deviations from the mean
customer. The first rule that holds names the segment:

| name | rule |
|---|---|
| Champions | R, F and M at least 3.5 |
| At risk | R below 2.5, F or M at least 3.5 |
| Bargain hunters | share of discount at least 1 deviation above the mean |
| Loyal customers | F at least 3.5 |
| Big spenders | M at least 3.5 |
| New customers | R at least 3.5, tenure at least half a deviation below the mean |
| Promising | R at least 3.5 |
| Hibernating | R and F below 2.5 |
| Regulars | none of these |

Segments that share a name add what sets them apart most.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

HIGH, LOW = 3.5, 2.5
WORDS = {
    "days_since_last_order": "days since the last order",
    "orders_365d": "orders",
    "revenue_365d": "revenue",
    "mean_order_amount": "order amount",
    "discount_share_365d": "discount",
    "web_sessions_90d": "web visits",
    "tickets_365d": "tickets",
    "tenure_days": "tenure",
}


def segment_names(rfm: np.ndarray, centroids: np.ndarray, features: tuple[str, ...]) -> list[str]:
    """Return one distinct name per segment.

    Parameters
    ----------
    rfm : ndarray of shape (n_segments, 3)
        Mean recency, frequency and monetary score of the members.
    centroids : ndarray of shape (n_segments, n_features)
        Scaled, in the order of ``features``.
    """
    place = {name: j for j, name in enumerate(features)}
    names = [
        _name(
            (float(r), float(f), float(m)),
            discount=float(centroid[place["discount_share_365d"]]),
            tenure=float(centroid[place["tenure_days"]]),
        )
        for (r, f, m), centroid in zip(rfm, centroids, strict=True)
    ]
    for shared in [name for name, n in Counter(names).items() if n > 1]:
        group = [i for i, name in enumerate(names) if name == shared]
        away = centroids[group] - centroids[group].mean(axis=0)
        for row, i in enumerate(group):
            feature = int(np.abs(away[row]).argmax())
            side = "high" if away[row, feature] > 0 else "low"
            names[i] = f"{shared}, {side} {WORDS[features[feature]]}"
    again = Counter(names)
    seen: Counter[str] = Counter()
    for i, name in enumerate(names):
        if again[name] > 1:
            seen[name] += 1
            names[i] = f"{name} ({seen[name]})"
    return names


def _name(rfm: tuple[float, float, float], discount: float, tenure: float) -> str:
    r, f, m = rfm
    rules = (
        ("Champions", min(r, f, m) >= HIGH),
        ("At risk", r < LOW and max(f, m) >= HIGH),
        ("Bargain hunters", discount >= 1.0),
        ("Loyal customers", f >= HIGH),
        ("Big spenders", m >= HIGH),
        ("New customers", r >= HIGH and tenure <= -0.5),
        ("Promising", r >= HIGH),
        ("Hibernating", max(r, f) < LOW),
    )
    return next((name for name, holds in rules if holds), "Regulars")
