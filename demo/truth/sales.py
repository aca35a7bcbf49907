"""How selling really works: a simulated company in, changes, chances and trends out."""

from __future__ import annotations

import polars as pl

from demo.company.crm_records import lead_versions
from demo.company.opportunities import LOSS_REASONS, LOST_AT, STAGES, WIN_CHANCES
from demo.company.products import TRENDS
from demo.company.territories import TERRITORIES, is_unowned, queued_leads, territory
from demo.company.world import World
from demo.timeline import START, timestamps


def opportunity_states(world: World) -> pl.DataFrame:
    """Return what every deal was at every moment since which it changed.

    ``merged_into`` names the deal that took the place of a deleted one.
    """
    states = world.opportunity_states
    names = {number: stage[0] for number, stage in enumerate(STAGES)}
    deals = world.opportunities.select(
        opportunity=pl.int_range(pl.len()),
        opportunity_id=pl.format("crm:{}", "opportunity_id"),
        into=pl.format("crm:{}", "merged_into"),
    )
    return states.join(deals, on="opportunity", maintain_order="left").select(
        "opportunity_id",
        changed_at=timestamps(states["day"].to_numpy()),
        stage_name=pl.col("stage").replace_strict(names, return_dtype=pl.String),
        amount="amount",
        close_date=START.date() + pl.duration(days=pl.col("planned").floor().cast(pl.Int64)),
        owner_id=pl.format("crm:U{}", pl.col("rep") + 100),
        forecast_category="category",
        is_deleted="deleted",
        merged_into=pl.when("deleted").then("into"),
    )


def win_chances(world: World) -> pl.DataFrame:
    """Return the true chance of every deal that was entered once, and whether it had a demo."""
    deals = world.opportunities
    return deals.select(
        opportunity_id=pl.format("crm:{}", "opportunity_id"),
        type="type",
        had_demo=pl.col("demo").is_not_null(),
        demo_at=timestamps(deals["demo"].fill_null(float("nan")).to_numpy()),
        probability="win_chance",
        wins="won",
        closes_at=timestamps(deals["closed"].to_numpy()),
        is_copy=pl.col("merged_into").is_not_null(),
    ).filter(~pl.col("is_copy")).drop("is_copy")  # fmt: skip


def win_effects() -> pl.DataFrame:
    """Return what an activity really does to the chance to win, by type of deal."""
    rows = [
        {"type": kind, "activity": activity, "chance_without": without, "chance_with": chance}
        for kind, (without, with_demo) in WIN_CHANCES.items()
        for activity, chance in (
            ("meeting", with_demo), ("call", None), ("email", None),
        )
    ]  # fmt: skip
    # calls and mails change nothing: their chances are null and their effect is zero
    return pl.DataFrame(rows).with_columns(
        effect=(pl.col("chance_with") - pl.col("chance_without")).fill_null(0.0),
        chance_without=pl.when(pl.col("chance_with").is_not_null()).then("chance_without"),
    )


def loss_reasons() -> pl.DataFrame:
    """Return the chances of a lost deal to end in a stage and, there, for a reason."""
    return pl.DataFrame(
        [
            {"stage_name": STAGES[stage][0], "share_of_losses": LOST_AT[stage],
             "loss_reason": reason, "share_in_stage": shares[stage]}
            for stage in range(4)
            for reason, shares in LOSS_REASONS.items()
        ]
    )  # fmt: skip


def territories(world: World) -> pl.DataFrame:
    """Return the region of every country, and how many reps sell there."""
    reps = world.agents.filter(pl.col("role") == "sales")["region"].to_list()
    return pl.DataFrame(
        [
            {"country_code": country, "region": region, "rep_count": reps.count(region)}
            for region, countries in TERRITORIES.items()
            for country in countries
        ]
    )


def queued_lead_territories(world: World) -> pl.DataFrame:
    """Return the region of every open lead that still waits in the queue for an owner."""
    last = lead_versions(world.seed, world.leads.table).unique(
        "lead_id", keep="last", maintain_order=True
    )
    waiting = is_unowned(queued_leads(world.seed, world.leads.table))
    return last.filter(waiting & ~pl.col("deleted")).select(
        lead_id=pl.format("crm:{}", "lead_id"),
        country_code="country",
        territory=territory(),
    )


def products(world: World) -> pl.DataFrame:
    """Return how each product sells against others of its price, and how often it comes back."""
    trend = pl.col("trend")
    return world.products.select(
        product_id=pl.format("shop:{}", "sku"),
        trend=trend,
        preference_at_start=trend.replace_strict({t: w[0] for t, w in TRENDS.items()}),
        preference_at_end=trend.replace_strict({t: w[1] for t, w in TRENDS.items()}),
        return_rate="return_rate",
    )
