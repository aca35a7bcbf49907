"""What brought customers who never were leads: customers and campaigns in, their touches out.

Of the first orders that a click on a campaign precedes, the campaign's incremental share would not
have come without it. Touches before repeat orders cause nothing.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import choose, stream
from demo.company.customers import Customers
from demo.timeline import LAST_MOMENT

BROUGHT_BY = {"": 0.48, "paid_search": 0.27, "paid_social": 0.18, "email": 0.07}
"""Share of the direct customers by the type of campaign whose click comes before the order."""

ASSISTED_SHARE, SEEN_SHARE = 0.4, 0.1
"""Of the brought ones: another campaign was seen before; of the others: one was seen in vain."""

REMINDED_SHARE = 0.04
"""Share of the repeat orders that a click in the month's newsletter precedes."""


def first_orders(
    seed: int, customers: Customers, leads: int, campaigns: pl.DataFrame
) -> pl.DataFrame:
    """Return one row per direct customer: ``campaign`` (or -1) and whether it was the cause.

    Parameters
    ----------
    leads
        How many persons, the first, are leads.
    """
    rng = stream(seed, "first orders")
    table = customers.table.filter(pl.col("person") >= leads).select("customer", "person", "start")
    kind = choose(rng, BROUGHT_BY, len(table)).astype(str)
    campaign = _running(rng, campaigns, kind, table["start"].to_numpy())
    shares = np.append(campaigns["incremental_share"].to_numpy(), 0.0)
    return table.with_columns(
        campaign=pl.Series(campaign),
        is_incremental=pl.Series(rng.random(len(table)) < shares[campaign]),
    )


def order_touches(
    seed: int, customers: Customers, brought: pl.DataFrame, campaigns: pl.DataFrame
) -> pl.DataFrame:
    """Return ``person``, ``campaign``, ``day``, ``touch_type`` of all touches before orders."""
    rng = stream(seed, "order touches")
    count = len(brought)
    start = brought["start"].to_numpy()
    by_campaign = brought["campaign"].to_numpy() >= 0
    other = choose(rng, {"paid_search": 0.5, "paid_social": 0.5}, count).astype(str)
    seen = rng.random(count) < np.where(by_campaign, ASSISTED_SHARE, SEEN_SHARE)
    before = start - 1 - rng.exponential(5, count)
    earlier = np.where(seen, _running(rng, campaigns, other, before), -1)
    clicks = brought.select(
        "person", "campaign", day=pl.Series(start - 0.01 - 0.5 * rng.random(count)),
        touch_type=pl.lit("click"),
    )  # fmt: skip
    views = brought.select(
        "person",
        campaign=pl.Series(earlier),
        day=pl.Series(before),
        touch_type=pl.lit("impression"),
    )
    again = customers.orders.filter(pl.col("rank") > 0)
    again = again.filter(pl.Series(rng.random(len(again)) < REMINDED_SHARE))
    moment = again["day"].to_numpy() - 0.01 - 2 * rng.random(len(again))
    letter = _running(rng, campaigns, np.full(len(again), "email"), moment)
    reminders = pl.DataFrame(
        {
            "person": customers.table["person"].gather(again["customer"]),
            "campaign": letter,
            "day": moment,
            "touch_type": pl.Series(["click"], dtype=pl.String).new_from_index(0, len(again)),
        }
    )
    touches = pl.concat([clicks, views, reminders])
    return touches.filter((pl.col("campaign") >= 0) & pl.col("day").is_between(0, LAST_MOMENT))


def _running(
    rng: np.random.Generator, campaigns: pl.DataFrame, kind: np.ndarray, day: np.ndarray
) -> np.ndarray:
    """Return a campaign of the wanted type that runs on the day, -1 without."""
    pick = rng.random(len(kind))
    found = np.full(len(kind), -1, dtype=np.int64)
    wanted = campaigns.filter(pl.col("type").is_in(list(BROUGHT_BY)))
    for (type_, begin, end), group in wanted.group_by(
        "type", "start_day", "end_day", maintain_order=True
    ):
        rows = np.flatnonzero((kind == type_) & (day >= begin) & (day < end + 1))
        ids = group["campaign"].to_numpy()
        found[rows] = ids[(pick[rows] * len(ids)).astype(int)]
    return found
