"""CRM exports of selling: opportunities, their history, pipeline stages."""

from __future__ import annotations

import io

import polars as pl

from demo.company.contacts import standing
from demo.company.opportunities import LOST, STAGES, WON
from demo.company.world import World
from demo.files.dirt import DUPLICATE_ROW, CellDirt
from demo.files.export_columns import account_ids, agent_ids, campaign_ids, stamped
from demo.files.landing import Landing
from demo.files.tables import export_csv, export_once, monthly
from demo.timeline import START, iso

LABELS = dict(enumerate(stage[0] for stage in STAGES))
CHANCES = {number: stage[1] for number, stage in enumerate(STAGES)}
TRACKED = {"Stage": "stage", "Amount": "amount", "CloseDate": "close_date", "Owner": "owner"}
"""Columns whose history the CRM keeps; the forecast category shows in later exports only."""


def write_deals(landing: Landing, world: World) -> None:
    """Write the opportunities as Parquet, once more after each change, and their history as CSV."""
    states = _shown(world)
    rows = states.select(
        Id="opportunity_id",
        AccountId=account_ids(),
        ContactId="contact_id",
        CampaignId=campaign_ids(world),
        ProductId="sku",
        Name=pl.format("{} {}", "account_name", pl.col("type").str.replace("_", " ")),
        Type="type",
        LeadSource="lead_source",
        StageName="Stage",
        Amount="amount",
        CurrencyIsoCode=pl.lit("EUR"),
        Probability="chance",
        ExpectedRevenue=pl.col("amount") * pl.col("chance"),
        CloseDate="CloseDate",
        ForecastCategory="category",
        IsClosed=pl.col("stage") >= WON,
        IsWon=pl.col("stage") == WON,
        LossReason=pl.when(pl.col("stage") == LOST).then("loss_reason"),
        OwnerId="Owner",
        CreatedDate="created_at",
        ClosedDate=pl.when(pl.col("stage") >= WON).then("closed_at"),
        IsDeleted="deleted",
        MasterRecordId=pl.when("deleted").then("merged_into"),
        SystemModstamp="modified_at",
    )
    files = monthly(
        landing, "crm/{day}/opportunities.parquet", rows, states["day"],
        kind="opportunities", dirt=(DUPLICATE_ROW,),
    )  # fmt: skip
    for _, name, part in files:
        buffer = io.BytesIO()
        part.write_parquet(buffer)
        landing.write(name, buffer.getvalue(), "opportunities", len(part))
    changes = _history(states)
    spoilt = (
        DUPLICATE_ROW,
        CellDirt("value_not_allowed", "quarantined", 0.004, "Field", "mood"),
        CellDirt("unreadable_time", "quarantined", 0.002, "CreatedDate", "soon"),
    )
    export_csv(
        landing, "crm/{day}/opportunity_history.csv",
        changes.drop("day"), changes["day"], kind="opportunity_history", dirt=spoilt,
    )  # fmt: skip


def _shown(world: World) -> pl.DataFrame:
    """Return every state of every deal with the columns of the deal and the values as exported."""
    names = world.accounts.select("account", account_name="name")
    contacts = standing(world.contacts).select("person", "contact_id")
    goods = world.products.select("product", "sku")
    deals = (
        world.opportunities.drop("amount", "rep")
        .with_columns(opportunity=pl.int_range(pl.len()))
        .join(names, on="account", how="left", maintain_order="left")
        .join(contacts, on="person", how="left", maintain_order="left")
        .join(goods, on="product", how="left", maintain_order="left")
        .with_columns(pl.col("account_name").fill_null("Private"))
    )
    states = world.opportunity_states.join(
        deals, on="opportunity", maintain_order="left"
    ).with_columns(
        # a deal is closed since its stage says so, until it is open again
        ended=pl.when(pl.col("stage") >= WON).then(
            pl.when(pl.col("day") < pl.col("reopened").fill_null(0.0))
            .then("first_lost")
            .otherwise("closed")
        )
    )
    frame = stamped(
        states, modified_at="day", created_at="created", close_at="planned", closed_at="ended"
    )
    return frame.with_columns(
        Stage=pl.col("stage").replace_strict(LABELS, return_dtype=pl.String),
        chance=pl.col("stage").replace_strict(CHANCES, return_dtype=pl.Float64),
        CloseDate=pl.col("close_at").dt.date(),
        Owner=agent_ids(world, "rep"),
        Amount="amount",
    )


def _history(states: pl.DataFrame) -> pl.DataFrame:
    parts = []
    for column, field in TRACKED.items():
        value = pl.col(column).cast(pl.String)
        before = value.shift(1).over("opportunity")
        is_first = pl.int_range(pl.len()).over("opportunity") == 0
        # the CRM notes the first stage of a deal, of other fields only their changes
        noted = value != before if field != "stage" else is_first | (value != before)
        parts.append(
            states.with_columns(old=before, new=value, noted=noted & ~pl.col("deleted"))
            .filter("noted")
            .select(
                "day",
                OpportunityId="opportunity_id",
                Field=pl.lit(field),
                OldValue="old",
                NewValue="new",
                CreatedDate=iso("modified_at"),
                CreatedById="Owner",
            )
        )
    return pl.concat(parts).sort("day", "OpportunityId", "Field")


def write_pipeline_stages(landing: Landing, world: World) -> None:
    """Write the stages, once."""
    stages = pl.DataFrame(
        {
            "stage": list(LABELS.values()),
            "display_order": range(1, len(STAGES) + 1),
            "probability": list(CHANCES.values()),
            "is_closed": [i >= WON for i in LABELS],
            "is_won": [i == WON for i in LABELS],
            "forecast_category": [stage[2] for stage in STAGES],
            "modified_at": [f"{START:%Y-%m-%dT%H:%M:%S}Z"] * len(STAGES),
        }
    )
    export_once(landing, "crm/{day}/pipeline_stages.csv", stages, kind="pipeline_stages")
