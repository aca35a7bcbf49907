"""Markov attribution against chains solved by hand and against published paths."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_ml.attribution.credits import node_credits
from models_ml.attribution.markov import removal_effects
from models_ml.attribution.path_table import UnusablePaths, paths_from_text


def paths(*rows: tuple[str, float, float, float]):
    columns = ["path", "total_conversions", "total_conversion_value", "total_null"]
    return paths_from_text(pl.DataFrame(rows, schema=columns, orient="row"))


def test_three_paths_by_hand():
    table = paths(("C1 > C2 > C3", 1, 10, 0), ("C1", 0, 0, 1), ("C2 > C3", 0, 0, 1))

    effects = removal_effects(table)

    assert effects.conversion_rate == pytest.approx(1 / 3, abs=1e-12)
    assert effects.conversion == pytest.approx([0.5, 1.0, 1.0], abs=1e-12)
    assert node_credits(table, "markov")["conversions"].to_numpy() == pytest.approx([0.2, 0.4, 0.4])


def test_two_channels_by_hand():
    table = paths(
        ("Google", 2, 2, 0),
        ("Mailing", 1, 1, 0),
        ("Google > Mailing", 1, 1, 0),
        ("Google", 0, 0, 1),
    )

    effects = removal_effects(table)

    assert effects.conversion_rate == pytest.approx(0.8, abs=1e-12)
    assert effects.conversion == pytest.approx([0.75, 0.5], abs=1e-12)
    credit = node_credits(table, "markov")
    assert credit["conversions"].to_numpy() == pytest.approx([2.4, 1.6], abs=1e-12)
    assert credit["value"].to_numpy() == pytest.approx([2.4, 1.6], abs=1e-12)


def without(rows, node: str) -> float:
    """Solve the chain again with everybody who reaches ``node`` lost."""
    names = sorted({step for path, *_ in rows for step in path})
    size = len(names)
    counts = np.zeros((size + 1, size + 2))
    for path, converted, lost in rows:
        state = size
        for step in path:
            counts[state, names.index(step)] += converted + lost
            state = names.index(step)
        counts[state, size] += converted
        counts[state, size + 1] += lost
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-300)
    if node in names:
        share[names.index(node)] = 0.0
        share[names.index(node), size + 1] = 1.0
    inner = np.vstack([share[:size, :size], share[size:, :size]])
    square = np.column_stack([inner, np.zeros(size + 1)])
    return float(np.linalg.solve(np.eye(size + 1) - square, share[:, size])[size])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from("abcde"), min_size=1, max_size=6),
            st.integers(0, 5),
            st.integers(0, 5),
        ).filter(lambda row: row[1] + row[2] > 0),
        min_size=1,
        max_size=12,
    )
)
def test_effects_are_those_of_a_chain_with_the_node_taken_out(rows):
    table = paths(*((" > ".join(path), float(c), float(c), float(n)) for path, c, n in rows))

    effects = removal_effects(table)

    total = without(rows, "")
    assert effects.conversion_rate == pytest.approx(total, abs=1e-9)
    if total:
        by_hand = [1 - without(rows, node) / total for node in table.nodes]
        assert effects.conversion == pytest.approx(by_hand, abs=1e-9)
    credit = node_credits(table, "markov")
    assert credit["conversions"].sum() == pytest.approx(sum(c for _, c, _ in rows), abs=1e-9)
    assert (credit["conversions"] >= -1e-12).all()


def test_a_channel_that_follows_itself_changes_nothing():
    plain = paths(("a > b", 2, 2, 1), ("b", 0, 0, 3))
    repeated = paths(("a > a > a > b > b", 2, 2, 1), ("b > b", 0, 0, 3))

    assert removal_effects(repeated).conversion == pytest.approx(removal_effects(plain).conversion)


def test_nothing_converted_gives_no_credit():
    credit = node_credits(paths(("a > b", 0, 0, 4)), "markov")

    assert credit["conversions"].to_list() == [0.0, 0.0]


def test_purely_direct_conversions_stay_direct():
    table = paths(("a > b", 3, 30, 1), ("direct", 5, 50, 0))

    credit = {row["node"]: row for row in node_credits(table, "markov").to_dicts()}

    assert credit["direct"] == {"node": "direct", "conversions": 5.0, "value": 50.0}
    assert credit["a"]["conversions"] + credit["b"]["conversions"] == pytest.approx(3.0)


def test_time_decay_of_aggregated_paths_is_refused():
    with pytest.raises(UnusablePaths, match="time of each touch"):
        node_credits(paths(("a > b", 1, 1, 0)), "time_decay")


@pytest.mark.real_data
def test_ten_thousand_published_paths(real_data):
    folder = real_data / "channel_attribution"
    table = paths_from_text(pl.read_csv(folder / "PathData.csv.gz", separator=";"))
    exact = pl.read_csv(folder / "exact_markov_order1_own_computation.csv").sort("channel_name")
    package = pl.read_csv(folder / "reference_markov_order1_result.csv").sort("channel_name")

    effects = removal_effects(table)
    credit = node_credits(table, "markov")

    assert effects.conversion_rate == pytest.approx(0.2238451356, abs=1e-10)
    assert effects.conversion == pytest.approx(
        exact["removal_effect_conversion"].to_numpy(), abs=1e-9
    )
    assert credit["conversions"].to_numpy() == pytest.approx(
        exact["total_conversions"].to_numpy(), abs=1e-9
    )
    # the package simulates: its value credits are near, and near only with weighting by value
    value = package["total_conversion_value"].to_numpy()
    assert np.abs(credit["value"].to_numpy() - value).max() < 0.012 * value.sum()


@pytest.mark.real_data
def test_rule_models_of_published_paths(real_data):
    folder = real_data / "channel_attribution"
    table = paths_from_text(pl.read_csv(folder / "PathData.csv.gz", separator=";"))
    reference = pl.read_csv(folder / "reference_heuristic_models.csv").sort("channel_name")

    for model in ("first", "last", "linear"):
        credit = node_credits(table, model)
        for ours, theirs in (("conversions", "conversions"), ("value", "value")):
            expected = reference[f"{model}_touch_{theirs}"].to_numpy()
            assert credit[ours].to_numpy() == pytest.approx(expected, abs=1e-9, rel=1e-12)
    position = dict(node_credits(table, "position").select("node", "conversions").iter_rows())
    assert position["alpha"] == pytest.approx(7444.8238, abs=5e-5)
    assert position["iota"] == pytest.approx(3944.9482, abs=5e-5)
    assert position["eta"] == pytest.approx(3618.7961, abs=5e-5)
    assert position["beta"] == pytest.approx(1969.7662, abs=5e-5)
