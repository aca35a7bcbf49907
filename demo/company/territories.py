"""Sales territories: leads in, whose country they are of and who waits in a queue out."""

from __future__ import annotations

import polars as pl

from demo.chance import stream
from demo.company.leads import WEB_SOURCES

TERRITORIES: dict[str, tuple[str, ...]] = {
    "North": ("DE", "GB", "NL", "SE", "US"),
    "South": ("AT", "CH", "FR"),
}
"""Countries of each region in which sales reps work."""

QUEUED_SHARE = 0.5
"""Of the leads from the web: they have no owner before they are qualified, closed or converted."""
UNOWNED_STATES = ("new", "working")


def territory(country: str = "country") -> pl.Expr:
    """Return the region of a column of countries."""
    regions = {code: region for region, codes in TERRITORIES.items() for code in codes}
    return pl.col(country).replace_strict(regions, return_dtype=pl.String)


def queued_leads(seed: int, leads: pl.DataFrame) -> pl.Series:
    """Return the numbers of the leads that came into a queue instead of to a rep."""
    rng = stream(seed, "lead queue")
    queued = pl.Series(rng.random(len(leads)) < QUEUED_SHARE)
    return leads.filter(queued & pl.Series(leads["lead_source"].is_in(WEB_SOURCES)))["lead"]


def is_unowned(queued: pl.Series) -> pl.Expr:
    """Say of each state of a lead whether it has no owner yet."""
    return pl.col("lead").is_in(queued.implode()) & pl.col("status").is_in(UNOWNED_STATES)
