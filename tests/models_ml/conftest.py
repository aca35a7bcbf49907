"""Simulated leads and the score fitted on them, made once."""

from __future__ import annotations

import pytest
from simulated_scores import AS_OF, Simulated, simulate

from models_ml import lead_scores
from models_ml.probability_score.fitted import FittedScore


@pytest.fixture(scope="session")
def leads() -> Simulated:
    """Return 4,000 simulated leads over 16 dates."""
    return simulate(lead_scores.DEFINITION)


@pytest.fixture(scope="session")
def lead_model(leads: Simulated) -> FittedScore:
    """Return the lead score fitted on `leads`."""
    return lead_scores.train(leads.features, leads.labels, as_of=AS_OF)
