"""All measures of one set of predictions, as the names of ``meta.model_runs``."""

from __future__ import annotations

import numpy as np

from models_ml.evaluation.calibration import brier, calibration_line, expected_calibration_error
from models_ml.evaluation.discrimination import lift_at_top_decile, pr_auc, roc_auc

MEASURES = (
    "roc_auc",
    "pr_auc",
    "brier",
    "ece",
    "calibration_slope",
    "calibration_intercept",
    "lift_top_decile",
)


def measure(outcome: np.ndarray, probability: np.ndarray) -> dict[str, float | None]:
    """Return every measure of `MEASURES`; None where the rows cannot tell (one class, no row)."""
    if len(outcome) == 0:
        return dict.fromkeys(MEASURES)
    slope, intercept = calibration_line(outcome, probability)
    values = (
        roc_auc(outcome, probability),
        pr_auc(outcome, probability),
        brier(outcome, probability),
        expected_calibration_error(outcome, probability),
        slope,
        intercept,
        lift_at_top_decile(outcome, probability),
    )
    return {
        name: None if np.isnan(value) else value
        for name, value in zip(MEASURES, values, strict=True)
    }
