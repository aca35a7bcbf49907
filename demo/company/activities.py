"""What reps do for a deal: deals in, demo meetings, calls and mails out.

Only the demo meetings change what becomes of a deal (``demo.company.opportunities``); calls and
mails happen as often before a win as before a loss.
"""

from __future__ import annotations

import polars as pl

from demo.chance import repeat_index, stream
from demo.timeline import LAST_MOMENT

CALLS_PER_DEAL, MAILS_PER_DEAL = 0.4, 0.4
ANSWERED_SHARE = 0.7


def make_activities(seed: int, deals: pl.DataFrame) -> pl.DataFrame:
    """Return one row per activity in time order: ``kind`` is meeting, call or email."""
    rng = stream(seed, "activities")
    own = deals.with_row_index("opportunity").filter(pl.col("merged_into").is_null())
    end = own.select(pl.min_horizontal("closed", "gone"))["closed"].to_numpy()
    created = own["created"].to_numpy()
    meetings = own.with_columns(day="demo", kind=pl.lit("meeting"))
    parts = [meetings.filter(pl.col("demo").is_not_null())]
    for kind, rate in (("call", CALLS_PER_DEAL), ("email", MAILS_PER_DEAL)):
        rows = repeat_index(rng.poisson(rate, len(own)))
        day = created[rows] + (0.02 + 0.95 * rng.random(len(rows))) * (end - created)[rows]
        parts.append(own[rows].with_columns(day=pl.Series(day), kind=pl.lit(kind)))
    columns = ("opportunity", "opportunity_id", "person", "rep", "kind", "day")
    last = pl.min_horizontal(pl.lit(LAST_MOMENT - 0.2), "gone")
    done = pl.concat(part.filter(pl.col("day") < last).select(columns) for part in parts)
    done = done.sort("day", "opportunity", "kind")
    count = len(done)
    return done.with_columns(
        activity_id=pl.format("AC{}", pl.int_range(1, count + 1)),
        answered=pl.Series(rng.random(count) < ANSWERED_SHARE) | (pl.col("kind") != "call"),
        minutes=pl.when(pl.col("kind") == "meeting")
        .then(pl.Series(rng.integers(3, 7, count) * 15))
        .otherwise(pl.Series(rng.integers(2, 26, count))),
    )
