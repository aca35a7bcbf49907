"""Markov attribution of order 2 and more, exact: the state is the last touches, not the last one.

A node is removed by sending to null everybody who enters a state that holds it, and the chain
without these states is solved again. Beyond the longest path the chain knows every path by heart,
and the effect of a node is the share of conversions whose path it is on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from models_ml.attribution.effects import RemovalEffects
from models_ml.attribution.path_table import PathTable, UnusablePaths

MOST_STATES = 100_000


@dataclass(frozen=True)
class _States:
    """State of each touch, shape (n_touches,), and the nodes that each state holds."""

    of_touch: np.ndarray
    nodes: np.ndarray


def higher_order_effects(paths: PathTable, order: int) -> RemovalEffects:
    """Solve the chain of ``paths`` whose states are the last ``order`` touches.

    Raises
    ------
    UnusablePaths
        If the paths make more than 100,000 states.
    """
    n_nodes = len(paths.nodes)
    if paths.conversions.sum() == 0:
        return RemovalEffects(np.zeros(n_nodes), np.zeros(n_nodes), 0.0)
    states = _states(paths, order)
    n = len(states.nodes)
    if n > MOST_STATES:
        raise UnusablePaths(f"markov of order {order} solves at most {MOST_STATES} states, not {n}")
    weight = (paths.conversions + paths.nulls)[paths.path]
    start, last = paths.place == 0, paths.place == paths.length[paths.path] - 1
    begins = np.bincount(states.of_touch[start], weights=weight[start], minlength=n)
    ends, end_path = states.of_touch[last], paths.path[last]
    converts, earns, gives_up = (
        np.bincount(ends, weights=each[end_path], minlength=n)
        for each in (paths.conversions, paths.value, paths.nulls)
    )
    follows = np.flatnonzero(~start)
    moves = sparse.csr_array(
        (weight[follows], (states.of_touch[follows - 1], states.of_touch[follows])), shape=(n, n)
    )
    leaving = np.maximum(moves.sum(axis=1) + converts + gives_up, np.finfo(float).tiny)
    chance = sparse.csr_array(sparse.diags_array(1 / leaving) @ moves)
    outcome = np.column_stack([converts, earns]) / leaving[:, None]
    begin = begins / begins.sum()

    def solved(kept: np.ndarray) -> np.ndarray:
        inner = sparse.eye_array(len(kept), format="csc") - chance[kept][:, kept].tocsc()
        return begin[kept] @ spsolve(inner, outcome[kept]).reshape(len(kept), 2)

    total = solved(np.arange(n))
    without = np.zeros((n_nodes, 2))
    for node in range(n_nodes):
        kept = np.flatnonzero((states.nodes != node).all(axis=1))
        if len(kept):
            without[node] = solved(kept)
    lost = 1 - without / np.where(total > 0, total, 1.0)
    # a solve ends a rounding error above the whole where a node changes nothing
    lost = np.maximum(lost, 0.0) * (total > 0)
    return RemovalEffects(lost[:, 0], lost[:, 1], float(total[0]))


def _states(paths: PathTable, order: int) -> _States:
    touches = np.arange(len(paths.node))
    columns = []
    for back in range(order):
        is_there = paths.place >= back
        columns.append(np.where(is_there, paths.node[np.where(is_there, touches - back, 0)], -1))
    nodes, of_touch = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    return _States(of_touch.ravel(), nodes)
