"""CRM exports of selling: opportunities, their history, pipeline stages."""

from __future__ import annotations

import io

import polars as pl

from demo.company.opportunities import STAGES, WON
from demo.company.world import World
from demo.files.dirt import DUPLICATE_ROW, CellDirt
from demo.files.export_columns import account_ids, agent_ids, campaign_ids, stamped
from demo.files.landing import Landing
from demo.files.tables import export_csv, export_once, monthly
from demo.timeline import START, iso


def write_deals(landing: Landing, world: World) -> None:
    """Write the opportunities as Parquet and their stage changes as CSV."""
    deals = world.opportunities
    names = dict(zip(world.accounts["account"], world.accounts["name"], strict=True))
    contacts = world.contacts.filter(~pl.col("duplicate")).select("person", "contact_id")
    labels = [stage[0] for stage in STAGES]
    history = world.stages.join(
        deals.with_columns(pl.col("opportunity").cast(pl.Int64)),
        on="opportunity",
        maintain_order="left",
    ).join(contacts, on="person", how="left", maintain_order="left")
    closed = pl.col("stage") >= WON
    frame = stamped(
        history.with_columns(
            planned=pl.when(closed).then("day").otherwise("planned_close"),
            closed_day=pl.when(closed).then("day"),
        ),
        modified_at="day", created_at="created", close_at="planned", closed_at="closed_day",
    )  # fmt: skip
    stage_name = pl.col("stage").replace_strict(dict(enumerate(labels)), return_dtype=pl.String)
    chance = pl.col("stage").replace_strict(
        {i: stage[1] for i, stage in enumerate(STAGES)}, return_dtype=pl.Float64
    )
    forecast = pl.col("stage").replace_strict(
        {i: stage[2] for i, stage in enumerate(STAGES)}, return_dtype=pl.String
    )
    rows = frame.select(
        Id="opportunity_id",
        AccountId=account_ids(),
        ContactId="contact_id",
        CampaignId=campaign_ids(world),
        Name=pl.format(
            "{} {}",
            pl.col("account").replace_strict(names, default="Private", return_dtype=pl.String),
            pl.col("type").str.replace("_", " "),
        ),
        Type="type",
        LeadSource="lead_source",
        StageName=stage_name,
        Amount="amount",
        CurrencyIsoCode=pl.lit("EUR"),
        Probability=chance,
        ExpectedRevenue=pl.col("amount") * chance,
        CloseDate=pl.col("close_at").dt.date(),
        ForecastCategory=forecast,
        IsClosed=closed,
        IsWon=pl.col("stage") == WON,
        LossReason=pl.when(pl.col("stage") > WON).then("loss_reason"),
        OwnerId=agent_ids(world, "rep"),
        CreatedDate="created_at",
        ClosedDate="closed_at",
        SystemModstamp="modified_at",
    )
    files = monthly(
        landing, "crm/{day}/opportunities.parquet", rows, frame["day"],
        kind="opportunities", dirt=(DUPLICATE_ROW,),
    )  # fmt: skip
    for _, name, part in files:
        buffer = io.BytesIO()
        part.write_parquet(buffer)
        landing.write(name, buffer.getvalue(), "opportunities", len(part))
    changes = frame.select(
        OpportunityId="opportunity_id",
        Field=pl.lit("stage"),
        OldValue=pl.col("old_stage").replace_strict(
            dict(enumerate(labels)), default=None, return_dtype=pl.String
        ),
        NewValue=stage_name,
        CreatedDate=iso("modified_at"),
        CreatedById=agent_ids(world, "rep"),
    )
    spoilt = (
        DUPLICATE_ROW,
        CellDirt("value_not_allowed", "quarantined", 0.004, "Field", "mood"),
        CellDirt("unreadable_time", "quarantined", 0.002, "CreatedDate", "soon"),
    )
    export_csv(
        landing, "crm/{day}/opportunity_history.csv", changes, frame["day"],
        kind="opportunity_history", dirt=spoilt,
    )  # fmt: skip


def write_pipeline_stages(landing: Landing, world: World) -> None:
    """Write the stages, once."""
    labels = [stage[0] for stage in STAGES]
    stages = pl.DataFrame(
        {
            "stage": labels,
            "display_order": range(1, len(labels) + 1),
            "probability": [stage[1] for stage in STAGES],
            "is_closed": [i >= WON for i in range(len(labels))],
            "is_won": [i == WON for i in range(len(labels))],
            "forecast_category": [stage[2] for stage in STAGES],
            "modified_at": [f"{START:%Y-%m-%dT%H:%M:%S}Z"] * len(labels),
        }
    )
    export_once(landing, "crm/{day}/pipeline_stages.csv", stages, kind="pipeline_stages")
