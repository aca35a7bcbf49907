"""Split labelled dates into train, choose and test so that no window is seen twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LARGEST_FOLD = 3


@dataclass(frozen=True)
class TimeSplit:
    """Dates of the three folds, each ascending; windows of a fold end before the next begins."""

    train: tuple[datetime, ...]
    choose: tuple[datetime, ...]
    test: tuple[datetime, ...]


def time_splits(as_ofs: list[datetime], horizon_days: int) -> list[TimeSplit]:
    """Return the possible splits, the one with the largest later folds first; often none.

    The test fold is the last dates; the choosing fold the last dates whose label windows end
    by the first test date; the training fold every date whose windows end by the first
    choosing date.

    Parameters
    ----------
    as_ofs
        Distinct dates that have labels.

    Examples
    --------
    >>> days = [datetime(2026, 1, 1) + timedelta(days=30 * i) for i in range(8)]
    >>> split = time_splits(days, horizon_days=90)[0]
    >>> len(split.train), len(split.choose), len(split.test)
    (2, 1, 1)
    """
    horizon, days = timedelta(days=horizon_days), sorted(as_ofs)
    splits = []
    for size in range(LARGEST_FOLD, 0, -1):
        test = days[-size:]
        choose = [d for d in days if test and d + horizon <= test[0]][-size:]
        train = [d for d in days if choose and d + horizon <= choose[0]]
        if len(test) == len(choose) == size and len(train) >= size:
            splits.append(TimeSplit(tuple(train), tuple(choose), tuple(test)))
    return splits
