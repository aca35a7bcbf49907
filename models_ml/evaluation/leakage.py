"""Does one feature alone know the answer? Then it probably saw the future."""

from __future__ import annotations

import numpy as np
import polars as pl

from models_ml.evaluation.discrimination import roc_auc

SUSPICIOUS_AUC = 0.95


def single_feature_auc(
    frame: pl.DataFrame, outcome: np.ndarray, numeric: list[str], categorical: list[str]
) -> dict[str, float]:
    """Return the ROC AUC of every feature used alone, 0.5 to 1, most telling first.

    A missing number ranks below all others, or above, whichever tells more; a category ranks by
    its own event rate, shrunk by one row of the overall rate.
    """
    found: dict[str, float] = {}
    overall = float(np.mean(outcome)) if len(outcome) else 0.0
    for name in numeric:
        values = frame[name].to_numpy()
        missing = np.isnan(values)
        ends = (-np.inf, np.inf) if missing.any() else (-np.inf,)
        each = [roc_auc(outcome, np.where(missing, end, values)) for end in ends]
        found[name] = max(max(a, 1 - a) for a in each)
    for name in categorical:
        codes = np.unique(frame[name].fill_null("").to_numpy().astype(str), return_inverse=True)[1]
        hits = np.bincount(codes, weights=outcome) + overall
        found[name] = roc_auc(outcome, (hits / (np.bincount(codes) + 1))[codes])
    known = {name: auc for name, auc in found.items() if not np.isnan(auc)}
    return dict(sorted(known.items(), key=lambda item: (-item[1], item[0])))
