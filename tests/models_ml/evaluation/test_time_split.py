"""No label window of one fold reaches into the next."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models_ml.evaluation.time_split import time_splits

START = datetime.fromisoformat("2024-01-01")


@given(st.sets(st.integers(0, 900), max_size=40), st.integers(1, 120))
def test_folds_are_apart_by_the_horizon(days, horizon):
    dates = [START + timedelta(days=d) for d in days]

    for split in time_splits(dates, horizon):
        window = timedelta(days=horizon)
        assert max(split.train) + window <= min(split.choose)
        assert max(split.choose) + window <= min(split.test)
        assert max(split.test) == max(dates)


def test_two_years_of_months_hold_back_three_and_three():
    dates = [START + timedelta(days=30 * i) for i in range(22)]

    first = time_splits(dates, 90)[0]

    assert [len(fold) for fold in (first.train, first.choose, first.test)] == [12, 3, 3]


def test_less_than_three_horizons_cannot_be_split():
    dates = [START + timedelta(days=30 * i) for i in range(6)]

    assert time_splits(dates, 90) == []
    assert time_splits([], 90) == []
