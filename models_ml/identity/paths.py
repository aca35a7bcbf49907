"""Edges between identifiers in, the strongest path from one of them to another out."""

from __future__ import annotations

import heapq
from typing import Any

import polars as pl

from models_ml.identity.separation import strength

_STOPPED = 1000
"""What a stopped edge costs more than a used one: a path over used edges alone always wins."""


def strongest_path(edges: pl.DataFrame, start: str, end: str) -> list[dict[str, Any]]:
    """Return the edges that lead from one identifier to another, strong ones preferred.

    Parameters
    ----------
    edges
        Columns of ``identity.edges``; the few that concern one or two customers.

    Returns
    -------
    list
        Rows of ``edges`` in the order of the walk, with ``came_from`` and ``went_to``; empty if
        no edge leads there.
    """
    cost = 1 + strength(pl.col("edge_type")) + _STOPPED * (pl.col("status") == "stopped")
    rows = edges.with_columns(cost=cost).sort(
        "cost", "first_seen_at", "identifier_a", "identifier_b", nulls_last=True
    )
    ways: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for row in rows.iter_rows(named=True):
        ways.setdefault(row["identifier_a"], []).append((row["identifier_b"], row))
        ways.setdefault(row["identifier_b"], []).append((row["identifier_a"], row))
    came: dict[str, tuple[str, dict[str, Any]]] = {}
    done: set[str] = set()
    pushed = 0
    ahead: list[tuple[int, int, str, str, dict[str, Any]]] = [(0, 0, start, "", {})]
    while ahead and end not in done:
        so_far, _, here, before, edge = heapq.heappop(ahead)
        if here in done:
            continue
        done.add(here)
        if edge:
            came[here] = (before, edge)
        for there, row in ways.get(here, []):
            if there not in done:
                pushed += 1
                heapq.heappush(ahead, (so_far + row["cost"], pushed, there, here, row))
    steps: list[dict[str, Any]] = []
    here = end
    while here != start:
        if here not in came:
            return []
        before, edge = came[here]
        steps.insert(0, {**edge, "came_from": before, "went_to": here})
        here = before
    return steps
