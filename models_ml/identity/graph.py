"""Connected components, and the bridges whose loss would take one apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.int64]


def components(n: int, left: Labels, right: Labels) -> Labels:
    """Label ``n`` nodes by component; the label is the component's smallest node.

    The work follows the links: most nodes have none, and each kind of evidence links a few of all.
    SciPy's copies all nodes into matrices, which takes twice to twenty times as long.

    Examples
    --------
    >>> components(5, np.array([3, 1]), np.array([1, 4])).tolist()
    [0, 1, 2, 1, 1]
    """
    label = np.arange(n, dtype=np.int64)
    hooked = []
    while len(apart := np.flatnonzero(left != right)):
        left, right = left[apart], right[apart]
        # of two labels the larger leads to the smaller, then each to where that one leads
        larger = np.maximum(left, right)
        np.minimum.at(label, larger, np.minimum(left, right))
        hooked.append(larger)
        found = label[larger]
        while not np.array_equal(further := label[found], found):
            label[larger] = found = further
        left, right = label[left], label[right]
    for larger in reversed(hooked):
        label[larger] = label[label[larger]]
    return label


def bridges(left: Labels, right: Labels) -> npt.NDArray[np.bool_]:
    """Mark the edges that are the only way between their two sides.

    Two edges between the same nodes are no bridges. A walk in Python: it is given the
    components a guard has stopped, never the whole graph.

    References
    ----------
    .. [1] R. E. Tarjan, "A note on finding the bridges of a graph", 1974.
    """
    neighbours: dict[int, list[tuple[int, int]]] = {}
    for edge, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        neighbours.setdefault(a, []).append((b, edge))
        neighbours.setdefault(b, []).append((a, edge))
    found = np.zeros(len(left), dtype=bool)
    entered: dict[int, int] = {}
    lowest: dict[int, int] = {}
    for root in neighbours:
        if root in entered:
            continue
        entered[root] = lowest[root] = len(entered)
        stack = [(root, -1, iter(neighbours[root]))]
        while stack:
            node, came_by, ahead = stack[-1]
            for neighbour, edge in ahead:
                if edge == came_by:
                    continue
                if neighbour in entered:
                    lowest[node] = min(lowest[node], entered[neighbour])
                else:
                    entered[neighbour] = lowest[neighbour] = len(entered)
                    stack.append((neighbour, edge, iter(neighbours[neighbour])))
                    break
            else:
                stack.pop()
                if stack:
                    parent = stack[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[node])
                    found[came_by] = lowest[node] > entered[parent]
    return found
