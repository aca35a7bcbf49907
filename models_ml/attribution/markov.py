"""First-order Markov attribution, exact: how much less would convert without a node.

The chain goes start -> first touch -> ... -> conversion or null, with the counted transition
shares (Anderl et al. 2016, "Mapping the customer journey"). Removing a node sends everybody who
reaches it to null. With ``N = (I - Q)^-1`` the conversions lost are
``N[start, i] / N[i, i]`` (the chance ever to reach i) times the chance to convert from i, so no
chain is simulated and no second one is solved.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from models_ml.attribution.effects import RemovalEffects
from models_ml.attribution.path_table import PathTable, UnusablePaths

MOST_NODES = 4000  # dense inverse: 128 MB


def first_order_effects(paths: PathTable) -> RemovalEffects:
    """Solve the chain of ``paths``; zeros if nothing converts.

    The value of a conversion depends on the node it happens from (mean value of the conversions
    after that node), so value effects are weighted by value.

    Raises
    ------
    UnusablePaths
        If there are more than 4,000 nodes.
    """
    n = len(paths.nodes)
    if n > MOST_NODES:
        raise UnusablePaths(f"markov solves at most {MOST_NODES} nodes, the paths have {n}")
    if paths.conversions.sum() == 0:
        return RemovalEffects(np.zeros(n), np.zeros(n), 0.0)
    weight = paths.conversions + paths.nulls
    start, last = paths.place == 0, paths.place == paths.length[paths.path] - 1
    begins = np.bincount(paths.node[start], weights=weight[paths.path[start]], minlength=n)
    ends = paths.node[last], paths.path[last]
    converts = np.bincount(ends[0], weights=paths.conversions[ends[1]], minlength=n)
    earns = np.bincount(ends[0], weights=paths.value[ends[1]], minlength=n)
    gives_up = np.bincount(ends[0], weights=paths.nulls[ends[1]], minlength=n)
    follows = np.flatnonzero(~start)
    moves = sparse.coo_array(
        (weight[paths.path[follows]], (paths.node[follows - 1], paths.node[follows])), shape=(n, n)
    ).toarray()
    # a step to itself changes nobody's fate; without it the system is better conditioned
    np.fill_diagonal(moves, 0.0)
    leaving = np.maximum(moves.sum(axis=1) + converts + gives_up, np.finfo(float).tiny)
    fundamental = np.linalg.inv(np.eye(n) - moves / leaving[:, None])
    begin = begins / begins.sum()
    reached = (begin @ fundamental) / np.diag(fundamental)
    from_node = fundamental @ np.column_stack([converts, earns] / leaving)
    total = begin @ from_node
    lost = reached[:, None] * from_node / np.where(total > 0, total, 1.0)
    return RemovalEffects(lost[:, 0], lost[:, 1], float(total[0]))
