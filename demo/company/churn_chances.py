"""What one could know about customers: what they did until a day in, true chances of silence out.

Order gaps, activity and leaving follow known laws, so whether a customer has left is an exact
forward filter over two states, alive and gone.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import gammaincc

from demo.chance import Floats, Ints
from demo.company.customers import GAP_SHAPE, STEP, STEPS, Customers


def silence_probability(customers: Customers) -> Floats:
    """Return the true chance of no order in the 90 days after each step, given what was seen.

    Shape customers x (STEPS + 1); column j looks at everything before day ``j * STEP``. Exact but
    for one thing: the hazard of the coming steps is taken as it stands at that moment.
    """
    table = customers.table
    count = len(table)
    start, gap = table["start"].to_numpy(), table["mean_gap"].to_numpy()
    rate = table["activity_rate"].to_numpy()
    last_order, active = _last_order(customers, count), _active(customers, count)
    result = np.full((count, STEPS + 1), np.nan)
    alive = np.ones(count)
    for j in range(STEPS + 1):
        known = start < j * STEP
        stay = 1 - customers.hazard[:, min(j, STEPS - 1)]
        result[:, j] = np.where(
            known, 1 - alive * _orders_again(j * STEP - last_order[:, j], gap, stay), np.nan
        )
        if j == STEPS:
            break
        since = j * STEP - last_order[:, j]
        quiet = _survival(since + STEP, gap) / _survival(since, gap) * np.exp(-rate * STEP)
        prior = alive * stay
        posterior = prior * quiet / (prior * quiet + 1 - prior)
        alive = np.where(known & ~active[:, j], posterior, 1.0)
    return result


def _survival(days: Floats, gap: Floats) -> Floats:
    return np.maximum(gammaincc(GAP_SHAPE, np.maximum(days, 0) * GAP_SHAPE / gap), 1e-300)


def _orders_again(since: Floats, gap: Floats, stay: Floats) -> Floats:
    """Chance that somebody alive now orders within the next nine steps."""
    base = _survival(since, gap)
    chance, alive, before = np.zeros(len(since)), np.ones(len(since)), np.ones(len(since))
    for step in range(1, 10):
        alive = alive * stay
        after = _survival(since + step * STEP, gap) / base
        chance += alive * (before - after)
        before = after
    return chance


def _step_of(days: pl.Series) -> Ints:
    return np.minimum(days.to_numpy() // STEP, STEPS - 1).astype(np.int64)


def _last_order(customers: Customers, count: int) -> Floats:
    last = np.full((count, STEPS + 1), -np.inf)
    orders = customers.orders
    np.maximum.at(
        last, (orders["customer"].to_numpy(), _step_of(orders["day"]) + 1), orders["day"].to_numpy()
    )
    last = np.maximum.accumulate(last, axis=1)
    return np.where(np.isfinite(last), last, 0.0)


def _active(customers: Customers, count: int) -> np.ndarray:
    active = np.zeros((count, STEPS), dtype=bool)
    for events in (customers.orders, customers.tickets, customers.visits, customers.inquiries):
        active[events["customer"].to_numpy(), _step_of(events["day"])] = True
    return active
