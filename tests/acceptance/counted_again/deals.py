"""Raw opportunities and their history in; stays in stages and months of sales out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl

from tests.acceptance.counted_again.raw import Raw


def opportunities(raw: Raw) -> pl.DataFrame:
    """Return the deals, with the moment each was closed."""
    deals = raw.current("opportunity").with_columns(is_won=pl.col("is_won").fill_null(value=False))
    deals = deals.with_columns(
        is_closed=pl.col("is_closed").fill_null(value=False) | pl.col("is_won")
    )
    return deals.with_columns(
        ended_at=pl.when("is_closed").then(
            pl.coalesce("closed_at", pl.col("close_date").cast(pl.Datetime("us")))
        )
    )


def stage_stays(raw: Raw) -> dict[tuple[str, int], tuple[str, datetime, datetime | None]]:
    """Return stage, beginning and end of each stay of a deal that has a history, numbered."""
    deals = raw.current("opportunity").select("record_key")
    changes = (
        raw.current("opportunity_history")
        .filter((pl.col("field") == "stage") & pl.col("new_value").is_not_null())
        .join(deals, left_on="opportunity_ref", right_on="record_key", how="semi")
        .sort("changed_at", "record_key")
    )
    stays: dict[str, list[list[Any]]] = {}
    for deal, stage, moment in changes.select(
        "opportunity_ref", "new_value", "changed_at"
    ).iter_rows():
        own = stays.setdefault(deal, [])
        if own and own[-1][0] == stage:
            continue
        if own:
            own[-1][2] = moment
        own.append([stage, moment, None])
    return {
        (deal, place): (stage, entered, exited)
        for deal, own in stays.items()
        for place, (stage, entered, exited) in enumerate(own, start=1)
    }


def sales_by_month(raw: Raw) -> dict[tuple[str | None, date], tuple[int, int, int, int]]:
    """Return deals created, won, lost, and value won by owner and month."""
    deals = opportunities(raw)
    owner = colleagues(raw)
    months: dict[tuple[str | None, date], list[int]] = {}

    def count(who: str | None, moment: datetime | None, place: int, by: int) -> None:
        if moment is not None:
            key = (owner.get(who or "", who), date(moment.year, moment.month, 1))
            months.setdefault(key, [0, 0, 0, 0])[place] += by

    for who, created, ended, won, amount in deals.select(
        "owner_ref", "created_at", "ended_at", "is_won", "amount"
    ).iter_rows():
        count(who, created, 0, 1)
        count(who, ended, 1 if won else 2, 1)
        if won:
            count(who, ended, 3, amount or 0)
    return {
        key: (figures[0], figures[1], figures[2], figures[3]) for key, figures in months.items()
    }


def colleagues(raw: Raw) -> dict[str, str]:
    """Return for every account of a colleague the one that stands for all of theirs."""
    agents = raw.current("agent").sort(
        pl.col("team").is_null(), pl.col("role").is_null(), "record_key"
    )
    stands: dict[str, str] = {}
    owner: dict[str, str] = {}
    for key, email in agents.select("record_key", "email").iter_rows():
        owner[key] = stands.setdefault((email or key).lower() if email else key, key)
    return owner
