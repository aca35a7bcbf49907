"""Credits of rule models, touch by touch."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_paths import touches

from models_ml.attribution.credits import node_credits, touch_credits
from models_ml.attribution.path_table import UnusablePaths, paths_from_touches


def credits_of(frame: pl.DataFrame, model: str) -> list[float]:
    rows = touch_credits(frame).filter(pl.col("attribution_model") == model)
    return rows.sort("path_id", "touch_index")["conversions"].to_list()


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, [1.0]),
        (2, [0.5, 0.5]),
        (3, [0.4, 0.2, 0.4]),
        (4, [0.4, 0.1, 0.1, 0.4]),
    ],
)
def test_position_gives_the_ends_40_percent_each(count, expected):
    frame = touches(([("a", 10.0 - i) for i in range(count)], "100"))

    assert credits_of(frame, "position") == pytest.approx(expected)


def test_time_decay_halves_in_a_week():
    frame = touches(([("a", 14.0), ("b", 7.0), ("c", 0.0)], "70"))

    assert credits_of(frame, "time_decay") == pytest.approx([1 / 7, 2 / 7, 4 / 7])


def test_first_last_and_linear():
    frame = touches(([("a", 3.0), ("b", 2.0), ("a", 1.0), ("c", 0.0)], "100"))

    assert credits_of(frame, "first") == [1.0, 0.0, 0.0, 0.0]
    assert credits_of(frame, "last") == [0.0, 0.0, 0.0, 1.0]
    assert credits_of(frame, "linear") == [0.25] * 4


STEPS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.floats(0, 90)), min_size=0, max_size=5
)
VALUE = st.one_of(st.none(), st.decimals(0, 10_000, places=2).map(str))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(STEPS, VALUE).filter(lambda p: p[0] or p[1]), min_size=1, max_size=15))
def test_credits_of_every_model_add_up_to_conversions_and_value(drawn):
    frame = touches(*((sorted(steps, key=lambda s: -s[1]), value) for steps, value in drawn))
    conversions = sum(value is not None for _, value in drawn)
    value = float(sum(float(v) for _, v in drawn if v is not None))

    for model in ("first", "last", "linear", "position", "time_decay", "markov"):
        total = node_credits(paths_from_touches(frame), model).sum()
        assert total["conversions"][0] == pytest.approx(conversions, abs=1e-9)
        assert total["value"][0] == pytest.approx(value, abs=1e-6)
    each = (
        touch_credits(frame)
        .group_by("attribution_model", "path_id")
        .agg(pl.col("conversions").sum())
    )
    assert set(each["conversions"].round(9)) <= {0.0, 1.0}


def test_touches_are_credited_in_their_order_not_in_that_of_the_rows():
    frame = touches(([("a", 3.0), ("b", 2.0), ("c", 1.0)], "10")).reverse()

    assert credits_of(frame, "first") == [1.0, 0.0, 0.0]


def test_channels_can_be_credited_instead_of_campaigns():
    frame = touches(([("a1", 3.0), ("a2", 2.0), ("b1", 1.0)], "10"))

    credit = node_credits(paths_from_touches(frame, "channel"), "linear")

    assert dict(credit.select("node", "conversions").iter_rows()) == pytest.approx(
        {"a": 2 / 3, "b": 1 / 3}
    )


def test_a_touch_twice_is_named():
    frame = touches(([("a", 1.0)], "10"))

    with pytest.raises(UnusablePaths, match="p000000 has more than one touch 1"):
        paths_from_touches(pl.concat([frame, frame]))


def test_a_missing_column_is_named():
    with pytest.raises(UnusablePaths, match="lacks the column touched_at"):
        paths_from_touches(touches(([("a", 1.0)], "10")).drop("touched_at"))
