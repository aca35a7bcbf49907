"""Rule models: the share of its path's conversion that each touch gets; shares of a path add to 1.

``first`` and ``last`` give all to one touch, ``linear`` gives each the same, ``position`` 40 % to
the first and to the last and 20 % to those between (half each for two touches), ``time_decay``
halves the weight with every 7 days before the conversion.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models_ml.attribution.path_table import PathTable, UnusablePaths

HALF_LIFE_DAYS = 7.0
END_SHARE = 0.4


def _first(paths: PathTable) -> np.ndarray:
    return (paths.place == 0).astype(float)


def _last(paths: PathTable) -> np.ndarray:
    return (paths.place == paths.length[paths.path] - 1).astype(float)


def _linear(paths: PathTable) -> np.ndarray:
    return 1.0 / paths.length[paths.path]


def _position(paths: PathTable) -> np.ndarray:
    n = paths.length[paths.path]
    at_end = (paths.place == 0) | (paths.place == n - 1)
    between = (1 - 2 * END_SHARE) / np.maximum(n - 2, 1)
    return np.where(n <= 2, 1.0 / n, np.where(at_end, END_SHARE, between))


def _time_decay(paths: PathTable) -> np.ndarray:
    if paths.days_before is None:
        raise UnusablePaths("time_decay needs the time of each touch; aggregated paths have none")
    nearest = np.full(len(paths.length), np.inf)
    np.minimum.at(nearest, paths.path, paths.days_before)
    # measured from the nearest touch: the ratio is the same and nothing underflows
    weight = np.exp2(-(paths.days_before - nearest[paths.path]) / HALF_LIFE_DAYS)
    total = np.bincount(paths.path, weights=weight, minlength=len(paths.length))
    return weight / total[paths.path]


RULES: dict[str, Callable[[PathTable], np.ndarray]] = {
    "first": _first,
    "last": _last,
    "linear": _linear,
    "position": _position,
    "time_decay": _time_decay,
}


def touch_weights(paths: PathTable, model: str) -> np.ndarray:
    """Return the share of each touch in its path, shape (n_touches,).

    Raises
    ------
    UnusablePaths
        If ``model`` is time_decay and the paths carry no times.
    """
    return RULES[model](paths)
