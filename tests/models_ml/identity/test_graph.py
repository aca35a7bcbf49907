"""Components and bridges against their definitions."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models_ml.identity.graph import bridges, components

NODES = 8
EDGES = st.lists(st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)), max_size=14)


def labels(edges: list[tuple[int, int]]) -> list[int]:
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return components(NODES, ends[:, 0], ends[:, 1]).tolist()


@given(EDGES)
def test_a_label_is_the_smallest_node_that_can_be_reached(edges):
    reached = {node: {node} for node in range(NODES)}
    for _ in range(NODES):
        for a, b in edges:
            reached[a] = reached[b] = reached[a] | reached[b]
            for node in reached[a]:
                reached[node] = reached[a]

    assert labels(edges) == [min(reached[node]) for node in range(NODES)]


@given(EDGES)
def test_a_bridge_is_an_edge_whose_loss_parts_its_ends(edges):
    edges = [(a, b) for a, b in edges if a != b]
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)

    found = bridges(ends[:, 0], ends[:, 1]).tolist()

    for number, (a, b) in enumerate(edges):
        without = labels(edges[:number] + edges[number + 1 :])
        assert found[number] == (without[a] != without[b])


def test_a_long_path_is_one_component_in_whatever_order_its_nodes_are_numbered():
    numbers = np.random.default_rng(1).permutation(50_000)

    assert not components(len(numbers), numbers[:-1], numbers[1:]).any()
