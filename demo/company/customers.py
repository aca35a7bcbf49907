"""Customers: who they are, when they leave, and how sure one can be of it.

Time runs in steps of ``STEP`` days. At the start of every step a customer leaves for good with a
chance that depends on what the warehouse can observe then: bad ratings and long waits lately,
open tickets, kind of customer, planted segment. While alive a customer orders with gamma
distributed gaps around a mean of his own and shows other activity (tickets, inquiries, visits) at
a Poisson rate of his own; afterwards there is nothing. So the chance of having left is an exact
forward filter over two states (``demo.company.churn_chances``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import expit

from demo.chance import Floats, Ints, choose, rank_within, repeat_index, stream
from demo.timeline import HORIZON, LAST_MOMENT

STEP = 10
STEPS = HORIZON // STEP
GAP_SHAPE = 3.0
"""Regularity of ordering: 1 would be a Poisson process, larger is more regular."""

BASE_HAZARD = -5.1
BAD_RATING_EFFECT, OPEN_TICKET_EFFECT, LONG_WAIT_EFFECT, PRIVATE_EFFECT = 2.6, 1.0, 1.0, 0.4
RATING_DAYS, WAIT_DAYS, LONG_WAIT = 90, 60, 1.0
"""A bad rating (2 or less of 5) counts for 90 days, a first reply after more than a day for 60."""

TICKETS_PER_DAY, INQUIRIES_PER_DAY = 0.0042, 0.0012


@dataclass(frozen=True, slots=True)
class Segment:
    """A planted way of buying; amounts in EUR, rates per day, shares of the list price."""

    share: float
    gap: float
    basket: float
    discounted: float
    discount: float
    visits: float
    hazard: float


SEGMENTS: dict[str, Segment] = {
    "champion": Segment(0.17, 22.0, 780.0, 0.12, 0.08, 0.012, -0.5),
    "regular": Segment(0.35, 32.0, 190.0, 0.15, 0.10, 0.004, 0.0),
    "bargain_hunter": Segment(0.26, 36.0, 58.0, 0.85, 0.28, 0.007, 0.2),
    "occasional": Segment(0.22, 56.0, 85.0, 0.06, 0.10, 0.0007, 0.3),
}


@dataclass(frozen=True, slots=True)
class Customers:
    """One row per customer in ``table``, what they do in the others.

    ``orders``, ``tickets``, ``visits`` and ``inquiries`` have ``customer`` and ``day``;
    ``hazard`` is the chance to leave, customers x steps.
    """

    table: pl.DataFrame
    orders: pl.DataFrame
    tickets: pl.DataFrame
    visits: pl.DataFrame
    inquiries: pl.DataFrame
    hazard: Floats


def make_customers(seed: int, people: pl.DataFrame, start: Floats) -> Customers:
    """Simulate customers.

    Parameters
    ----------
    people
        One row per customer.
    start
        Day of the first order of each.
    """
    rng = stream(seed, "customers")
    count = len(people)
    segment = choose(rng, {name: s.share for name, s in SEGMENTS.items()}, count).astype(str)
    planted = {
        field: np.array([getattr(SEGMENTS[s], field) for s in segment])
        for field in ("gap", "basket", "visits", "hazard")
    }
    gap = np.clip(planted["gap"] * rng.lognormal(0, 0.12, count), 18, 65)
    visit_rate = planted["visits"] * rng.lognormal(0, 0.3, count)

    tickets = _tickets(rng, start)
    hazard = _hazards(people, tickets, planted["hazard"])
    left = _leaving(rng, hazard, start)
    orders = _orders(rng, start, left, gap)
    visits = _poisson_days(rng, visit_rate, start, left)
    inquiries = _poisson_days(rng, np.full(count, INQUIRIES_PER_DAY), start, left)
    tickets = tickets.filter(pl.col("day") < pl.Series(left).gather(pl.Series(tickets["customer"])))
    table = people.with_columns(
        customer=pl.int_range(count),
        user_id=pl.int_range(50_001, 50_001 + count).cast(pl.String),
        segment=pl.Series(segment),
        start=pl.Series(start),
        left=pl.Series(np.where(left < HORIZON, left, np.nan)).fill_nan(None),
        mean_gap=pl.Series(gap),
        basket=pl.Series(planted["basket"] * rng.lognormal(0, 0.15, count)),
        activity_rate=pl.Series(TICKETS_PER_DAY + INQUIRIES_PER_DAY + visit_rate),
    )
    return Customers(table, orders, tickets, visits, inquiries, hazard)


def _tickets(rng: np.random.Generator, start: Floats) -> pl.DataFrame:
    counts = rng.poisson(TICKETS_PER_DAY * (LAST_MOMENT - start))
    customer = repeat_index(counts)
    total = len(customer)
    day = start[customer] + rng.random(total) * (LAST_MOMENT - start[customer])
    first_reply = rng.lognormal(np.log(0.16), 1.3, total)
    solving = first_reply + rng.lognormal(np.log(1.6), 1.1, total)
    # a long wait makes a bad rating likely, some ratings are bad whatever we do
    bad = rng.random(total) < 0.14 + 0.55 * (first_reply > LONG_WAIT)
    answered = rng.random(total) < 0.65
    score = np.where(bad, rng.integers(1, 3, total), rng.integers(4, 6, total)).astype(float)
    rated = day + solving + 0.1 + rng.exponential(0.6, total)
    answered &= rated < LAST_MOMENT
    return pl.DataFrame(
        {
            "customer": customer,
            "day": day,
            "first_reply": day + first_reply,
            "solved": day + solving,
            "rated": np.where(answered, rated, np.nan),
            "score": np.where(answered, score, np.nan),
        }
    ).with_columns(pl.col("rated", "score").fill_nan(None))


def _hazards(people: pl.DataFrame, tickets: pl.DataFrame, segment_effect: Floats) -> Floats:
    count = len(people)
    customer = tickets["customer"].to_numpy()
    day, reply = tickets["day"].to_numpy(), tickets["first_reply"].to_numpy()
    rated = tickets["rated"].fill_null(np.inf).to_numpy()
    bad = tickets["score"].fill_null(5).to_numpy() <= 2
    late = reply - day > LONG_WAIT
    score = (
        BASE_HAZARD
        + segment_effect[:, None]
        + PRIVATE_EFFECT * (people["account"].to_numpy() < 0)[:, None]
        + BAD_RATING_EFFECT * _running(count, customer[bad], rated[bad], rated[bad] + RATING_DAYS)
        + LONG_WAIT_EFFECT * _running(count, customer[late], reply[late], reply[late] + WAIT_DAYS)
        + OPEN_TICKET_EFFECT * _running(count, customer, day, tickets["solved"].to_numpy())
    )
    return expit(score)


def _running(count: int, customer: Ints, begin: Floats, end: Floats) -> Floats:
    """Return 1 where at the start of a step at least one interval [begin, end) is running."""
    change = np.zeros((count, STEPS + 1))
    for moments, sign in ((begin, 1.0), (end, -1.0)):
        step = np.ceil(np.minimum(moments, HORIZON) / STEP).astype(int)
        np.add.at(change, (customer, step), sign)
    return (np.cumsum(change, axis=1)[:, :STEPS] > 0).astype(float)


def _leaving(rng: np.random.Generator, hazard: Floats, start: Floats) -> Floats:
    steps = np.arange(STEPS) * STEP
    leaves = (rng.random(hazard.shape) < hazard) & (steps[None, :] > start[:, None])
    first = np.argmax(leaves, axis=1)
    return np.where(leaves.any(axis=1), steps[first].astype(float), float(HORIZON + 1))


def _orders(rng: np.random.Generator, start: Floats, left: Floats, gap: Floats) -> pl.DataFrame:
    stop = np.minimum(left, LAST_MOMENT)
    likely = np.ceil((stop - start) / gap * 1.6 + 8).astype(np.int64)
    customer = repeat_index(np.maximum(likely, 1))
    gaps = rng.gamma(GAP_SHAPE, gap[customer] / GAP_SHAPE)
    rank = rank_within(customer)
    gaps[rank == 0] = 0.0
    total = np.cumsum(gaps)
    offset = np.r_[0.0, total][np.searchsorted(customer, np.arange(len(start)))]
    day = start[customer] + total - offset[customer]
    keep = (day < stop[customer]) | (rank == 0)
    return pl.DataFrame({"customer": customer[keep], "day": day[keep], "rank": rank[keep]})


def _poisson_days(
    rng: np.random.Generator, rate: Floats, start: Floats, left: Floats
) -> pl.DataFrame:
    span = np.maximum(np.minimum(left, LAST_MOMENT) - start, 0)
    customer = repeat_index(rng.poisson(rate * span))
    day = start[customer] + rng.random(len(customer)) * span[customer]
    return pl.DataFrame({"customer": customer, "day": day}).sort("customer", "day")
