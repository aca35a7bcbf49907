"""What changes in a deal before it ends: deals in, every state of their records out.

Stage, amount, day of closing, owner and forecast category change at moments of their own. A rep
who changes the category overrules the stage, until the next stage sets it again.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import Floats, Ints, stream
from demo.company.agents import SALES
from demo.company.opportunities import STAGES, WON, stage_entries
from demo.timeline import LAST_MOMENT

AMOUNT_CHANGES = (0.62, 0.28, 0.10)
CLOSE_DATE_CHANGES = (0.50, 0.32, 0.13, 0.05)
"""Share of the deals with none, one, two, three changes."""

PUSHED_SHARE = 0.75
"""Share of the changes of a closing day that push it; the others pull it."""

OWNER_SHARE, CATEGORY_SHARE = 0.09, 0.12
FIELDS = ("stage", "amount", "planned", "rep", "category")


def opportunity_states(seed: int, deals: pl.DataFrame) -> pl.DataFrame:
    """Return one row per moment at which a record changed, with its whole state since then.

    Returns
    -------
    DataFrame
        ``opportunity``, ``day``, the ``FIELDS`` (``planned`` is the day of closing in days),
        ``deleted``; in time order.
    """
    begin = deals["created"].to_numpy()
    end = deals["first_lost"].fill_null(deals["closed"]).to_numpy()
    parts = [
        _stages(deals),
        _amounts(stream(seed, "amount changes"), deals, begin, end),
        _close_dates(stream(seed, "close date changes"), deals, begin, end),
        _owners(stream(seed, "owner changes"), deals, begin, end),
        _categories(stream(seed, "category changes"), begin, end),
        deals.with_row_index("opportunity")
        .filter(pl.col("gone").is_not_null())
        .select("opportunity", day="gone", deleted=pl.lit(value=True)),
    ]
    states = pl.concat([part.cast({"opportunity": pl.Int64}) for part in parts], how="diagonal")
    gone = deals["gone"].fill_null(np.inf).gather(states["opportunity"])
    states = states.filter(pl.col("day") <= gone)
    return (
        states.filter(pl.col("day") < LAST_MOMENT)
        .sort("opportunity", "day")
        .with_columns(
            pl.col(FIELDS).forward_fill().over("opportunity"),
            deleted=pl.col("deleted").fill_null(value=False),
        )
        .sort("day", "opportunity")
    )


def _stages(deals: pl.DataFrame) -> pl.DataFrame:
    categories = {number: stage[2] for number, stage in enumerate(STAGES)}
    entries = stage_entries(deals).with_columns(
        category=pl.col("stage").replace_strict(categories, return_dtype=pl.String)
    )
    first = deals.with_row_index("opportunity").select(
        pl.col("opportunity").cast(pl.Int64), "amount", "rep", day="created",
        planned=pl.col("planned_close").cast(pl.Float64),
    )  # fmt: skip
    ends = entries.filter(pl.col("stage") >= WON).select("opportunity", "day", ended="day")
    back = deals.with_row_index("opportunity").filter(pl.col("reopened").is_not_null())
    back = back.select(
        pl.col("opportunity").cast(pl.Int64), day="reopened", resumed=pl.col("reopened") + 30
    )
    keys = ["opportunity", "day"]
    return (
        entries.join(first, on=keys, how="left", maintain_order="left")
        .join(ends, on=keys, how="left", maintain_order="left")
        .join(back, on=keys, how="left", maintain_order="left")
        .with_columns(planned=pl.coalesce("planned", "ended", "resumed"))
        .drop("ended", "resumed")
    )


def _moments(
    rng: np.random.Generator, begin: Floats, end: Floats, shares: tuple[float, ...]
) -> list[tuple[Ints, Floats]]:
    """Return for the first, second… change which deals have one and when."""
    most = len(shares) - 1
    counts = rng.choice(most + 1, len(begin), p=shares)
    place = np.sort(rng.random((len(begin), most)), axis=1)
    rounds = []
    for number in range(most):
        rows = np.flatnonzero(counts > number)
        # a deal with one change has it anywhere in its time, one with two the first one earlier
        spot = place[rows, most - counts[rows] + number]
        rounds.append((rows, begin[rows] + (0.03 + 0.94 * spot) * (end[rows] - begin[rows])))
    return rounds


def _amounts(
    rng: np.random.Generator, deals: pl.DataFrame, begin: Floats, end: Floats
) -> pl.DataFrame:
    amount = deals["amount"].to_numpy().copy()
    parts = []
    for rows, day in _moments(rng, begin, end, AMOUNT_CHANGES):
        factor = rng.lognormal(0.0, 0.3, len(rows))
        changed = np.maximum(np.round(amount[rows] * factor / 50) * 50, 50)
        amount[rows] = np.where(changed == amount[rows], changed + 50, changed)
        parts.append(pl.DataFrame({"opportunity": rows, "day": day, "amount": amount[rows]}))
    return pl.concat(parts)


def _close_dates(
    rng: np.random.Generator, deals: pl.DataFrame, begin: Floats, end: Floats
) -> pl.DataFrame:
    planned = deals["planned_close"].to_numpy().astype(float)
    parts = []
    for rows, day in _moments(rng, begin, end, CLOSE_DATE_CHANGES):
        pushed = rng.random(len(rows)) < PUSHED_SHARE
        shift = np.where(pushed, rng.integers(7, 46, len(rows)), -rng.integers(3, 15, len(rows)))
        planned[rows] = np.maximum(planned[rows] + shift, day + 1)
        parts.append(pl.DataFrame({"opportunity": rows, "day": day, "planned": planned[rows]}))
    return pl.concat(parts)


def _owners(
    rng: np.random.Generator, deals: pl.DataFrame, begin: Floats, end: Floats
) -> pl.DataFrame:
    rows, day = _moments(rng, begin, end, (1 - OWNER_SHARE, OWNER_SHARE))[0]
    rep = (deals["rep"].to_numpy()[rows] + rng.integers(1, SALES, len(rows))) % SALES
    return pl.DataFrame({"opportunity": rows, "day": day, "rep": rep})


def _categories(rng: np.random.Generator, begin: Floats, end: Floats) -> pl.DataFrame:
    rows, day = _moments(rng, begin, end, (1 - CATEGORY_SHARE, CATEGORY_SHARE))[0]
    chosen = np.array(["most_likely", "commit"])[rng.integers(0, 2, len(rows))]
    return pl.DataFrame({"opportunity": rows, "day": day, "category": chosen})
