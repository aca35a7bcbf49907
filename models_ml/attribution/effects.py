"""What removing a node costs, and the shares of the credit that follow from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RemovalEffects:
    """Shares lost by removing each node, shape (n_nodes,), and the chain's own result.

    Attributes
    ----------
    conversion, value
        Share of conversions, and of value, lost without the node (0 to 1).
    conversion_rate
        Chance that a path converts.
    """

    conversion: np.ndarray
    value: np.ndarray
    conversion_rate: float


def shares(effect: np.ndarray) -> np.ndarray:
    """Return each node's share of all effects: the shares of the credit, adding up to 1 or to 0."""
    total = effect.sum()
    return effect / total if total > 0 else np.zeros(len(effect))
